// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Claim, IClearingHouse} from "./interfaces/IClearingHouse.sol";
import {IConsortium, IssuerMode, Network} from "./interfaces/IConsortium.sol";
import {IMemberAccounts} from "./interfaces/IMemberAccounts.sol";
import {Line} from "./interfaces/IRedemptions.sol";
import {IShopPoints} from "./interfaces/IShopPoints.sol";
import {Lanes} from "./libraries/Lanes.sol";
import {SignedConsent} from "./libraries/SignedConsent.sol";
import {TillWord} from "./libraries/TillWord.sol";

/// @notice What is wrong with the lines somebody wants to pay with.
enum Amiss {
    Nothing,
    Order,
    Token,
    Balance,
    Defaulted
}

/// @notice What redemptions and rewards have in common: lines of points, looked at and burned, and a till's consent.
abstract contract TakesPoints is EIP712 {
    /// @dev What lines come to, or which of them is amiss and why.
    struct Due {
        Amiss amiss;
        uint256 line;
        uint256 points;
        uint256 value;
        Claim[] claims;
    }

    uint256 internal constant MOST_LINES = 16;
    /// @dev Set in a purpose, the member and the till agree to points of defaulted shops at their price.
    uint32 internal constant AT_DEFAULT_PRICE = 1 << 31;
    bytes32 private constant LINE_TYPEHASH = keccak256("Line(address token,uint48 points)");
    bytes32 private constant ACCEPTANCE_TYPEHASH = keccak256("Acceptance(uint32 shop,uint32 till,bytes32[] terms)");

    IConsortium internal immutable _consortium;
    IClearingHouse internal immutable _clearingHouse;
    IMemberAccounts internal immutable _accounts;
    uint256 internal immutable _par;

    constructor(IConsortium consortium) {
        Network memory network = consortium.network();
        _consortium = consortium;
        _clearingHouse = IClearingHouse(network.clearingHouse);
        _accounts = IMemberAccounts(network.accounts);
        _par = consortium.par();
    }

    /// @dev Looks at the lines of `member` and changes nothing. Lines of `shop` itself move no money and become no
    /// claims; for the house (0) every line does.
    function _dueFor(
        uint32 shop,
        address member,
        Line[] calldata lines,
        uint32 purpose
    ) internal view returns (Due memory due) {
        if (lines.length == 0 || lines.length > MOST_LINES) return _amiss(due, Amiss.Order, 0);
        Claim[] memory claims = new Claim[](lines.length);
        uint256 foreign;
        address last;
        for (uint256 i; i < lines.length; ++i) {
            (address token, uint256 points) = (lines[i].token, lines[i].points);
            if (points == 0 || token <= last) return _amiss(due, Amiss.Order, i);
            last = token;
            Claim memory claim = claims[foreign];
            Amiss amiss = _fill(claim, member, token, points, purpose);
            if (amiss != Amiss.Nothing) return _amiss(due, amiss, i);
            unchecked {
                // At most 16 times 48 bits, and what they are worth.
                due.points += points;
                due.value += claim.value;
                if (claim.issuer != shop) ++foreign;
            }
        }
        assembly ("memory-safe") {
            mstore(claims, foreign)
        }
        due.claims = claims;
    }

    /// @dev Burns the lines, which `_dueFor` has found to be there.
    function _burn(address member, Line[] calldata lines) internal returns (Lanes[] memory lanes) {
        lanes = new Lanes[](lines.length);
        for (uint256 i; i < lines.length; ++i) {
            Line calldata line = lines[i];
            lanes[i] = IShopPoints(line.token).burn(member, line.points);
        }
    }

    /// @dev Whether the till's key signed Acceptance(shop, till, terms).
    function _isAccepted(
        uint32 shop,
        uint32 till,
        TillWord tillWord,
        bytes32[] memory terms,
        bytes calldata signature
    ) internal view returns (bool) {
        bytes32 list = keccak256(abi.encodePacked(terms));
        return _isSignedBy(tillWord.key(), keccak256(abi.encode(ACCEPTANCE_TYPEHASH, shop, till, list)), signature);
    }

    function _isSignedBy(address who, bytes32 structHash, bytes calldata signature) internal view returns (bool) {
        return SignedConsent.isGivenBy(_accounts, who, _hashTypedDataV4(structHash), signature);
    }

    /// @dev The EIP-712 hash of an array of lines.
    function _linesHash(Line[] calldata lines) internal pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](lines.length);
        for (uint256 i; i < lines.length; ++i) {
            Line calldata line = lines[i];
            hashes[i] = keccak256(abi.encode(LINE_TYPEHASH, line.token, line.points));
        }
        return keccak256(abi.encodePacked(hashes));
    }

    /// @dev What a line claims of its issuer, or what is amiss with it.
    function _fill(
        Claim memory claim,
        address member,
        address token,
        uint256 points,
        uint32 purpose
    ) private view returns (Amiss) {
        (claim.issuer, claim.mode) = _consortium.issuerOf(token);
        if (claim.issuer == 0) return Amiss.Token;
        (uint256 balance, uint256 supply) = IShopPoints(token).balanceAndSupply(member);
        if (balance < points) return Amiss.Balance;
        unchecked {
            // Nobody has more than there is; a par value has 64 bits.
            claim.liabilityAfter = (supply - points) * _par;
            claim.value = points * _par;
        }
        if (claim.mode == IssuerMode.Defaulted) {
            if (purpose & AT_DEFAULT_PRICE == 0) return Amiss.Defaulted;
            claim.value = _clearingHouse.valueOf(claim.issuer, claim.mode, points);
        }
        return Amiss.Nothing;
    }

    function _amiss(Due memory due, Amiss what, uint256 line) private pure returns (Due memory) {
        (due.amiss, due.line) = (what, line);
        return due;
    }
}
