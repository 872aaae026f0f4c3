// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Claim, IClearingHouse} from "./interfaces/IClearingHouse.sol";
import {IConsortium, Network} from "./interfaces/IConsortium.sol";
import {IRedemptions, Item, Line, RefusedBecause} from "./interfaces/IRedemptions.sol";
import {IShopPoints} from "./interfaces/IShopPoints.sol";
import {Lanes} from "./libraries/Lanes.sol";
import {Receipt, ReceiptBitmap, ReceiptRules} from "./libraries/ReceiptBitmap.sol";
import {ShopStatus, ShopWord} from "./libraries/ShopWord.sol";
import {SignedConsent} from "./libraries/SignedConsent.sol";
import {TillKind, TillWord} from "./libraries/TillWord.sol";

contract Redemptions is IRedemptions, EIP712 {
    uint256 internal constant MOST_LINES = 16;
    bytes32 private constant LINE_TYPEHASH = keccak256("Line(address token,uint48 points)");
    bytes32 private constant TERMS_TYPEHASH = keccak256(
        "Terms(address member,uint32 shop,uint32 till,uint64 sequence,uint32 purpose,uint48 deadline,Line[] lines)"
        "Line(address token,uint48 points)"
    );
    bytes32 private constant ACCEPTANCE_TYPEHASH = keccak256("Acceptance(uint32 shop,uint32 till,bytes32[] terms)");

    IConsortium private immutable _consortium;
    IClearingHouse private immutable _clearingHouse;
    uint256 private immutable _par;

    ReceiptBitmap private _payments;
    /// @inheritdoc IRedemptions
    mapping(uint256 record => bytes32) public recordHash;

    constructor(IConsortium consortium) EIP712("Highstreet Redemptions", "1") {
        Network memory network = consortium.network();
        _consortium = consortium;
        _clearingHouse = IClearingHouse(network.clearingHouse);
        _par = consortium.par();
    }

    // ---------------------------------------------------------------- anyone, with both consents

    /// @inheritdoc IRedemptions
    function redeem(uint32 shop, uint32 till, Item[] calldata items, bytes calldata tillSignature) external {
        if (items.length == 0) revert NoItems();
        bytes32[] memory terms = new bytes32[](items.length);
        for (uint256 i; i < items.length; ++i) {
            terms[i] = _termsHash(shop, till, items[i]);
        }
        _requireAccepted(shop, till, terms, tillSignature);
        // The record bears the name of the first payment that stands: a payment stands once, so the name is free.
        uint256 record;
        uint256 standing;
        for (uint256 i; i < items.length; ++i) {
            Item calldata item = items[i];
            Receipt receipt = ReceiptRules.made(shop, till, item.sequence);
            (RefusedBecause reason, Claim[] memory claims) = _check(shop, receipt, item, terms[i]);
            // At the issuer itself no money moves, and no issuer is asked.
            if (reason == RefusedBecause.None && claims.length != 0 && !_clearingHouse.move(shop, claims)) {
                reason = RefusedBecause.IssuerStressed;
            }
            if (reason != RefusedBecause.None) {
                emit RedemptionRefused(shop, till, item.sequence, item.member, reason);
                continue;
            }
            if (standing == 0) record = Receipt.unwrap(receipt);
            // The terms have done their service; their place takes the results.
            terms[standing++] = _pay(receipt, item, record);
        }
        if (standing == 0) return;
        assembly ("memory-safe") {
            mstore(terms, standing)
        }
        recordHash[record] = keccak256(abi.encode(shop, till, block.timestamp, terms));
    }

    // ---------------------------------------------------------------- whoever asks

    /// @inheritdoc IRedemptions
    function paymentSpent(uint32 shop, uint32 till, uint64 sequence) external view returns (bool) {
        return _payments.isSpent(ReceiptRules.made(shop, till, sequence));
    }

    // ---------------------------------------------------------------- the till's consent

    function _requireAccepted(
        uint32 shop,
        uint32 till,
        bytes32[] memory terms,
        bytes calldata tillSignature
    ) private view {
        (ShopWord shopWord, TillWord tillWord) = _consortium.wordsOf(shop, till);
        if (shopWord.status() != ShopStatus.Active) revert ShopNotAccepting(shop, shopWord.status());
        if (tillWord.kind() != TillKind.Counter || tillWord.revoked()) revert TillNotAccepting(shop, till);
        bytes32 list = keccak256(abi.encodePacked(terms));
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(ACCEPTANCE_TYPEHASH, shop, till, list)));
        if (!SignedConsent.isGivenBy(tillWord.key(), digest, tillSignature)) revert BadTillSignature(shop, till);
    }

    function _termsHash(uint32 shop, uint32 till, Item calldata item) private pure returns (bytes32) {
        Line[] calldata lines = item.lines;
        bytes32[] memory hashes = new bytes32[](lines.length);
        for (uint256 i; i < lines.length; ++i) {
            Line calldata line = lines[i];
            hashes[i] = keccak256(abi.encode(LINE_TYPEHASH, line.token, line.points));
        }
        return
            keccak256(
                abi.encode(
                    TERMS_TYPEHASH,
                    item.member,
                    shop,
                    till,
                    item.sequence,
                    item.purpose,
                    item.deadline,
                    keccak256(abi.encodePacked(hashes))
                )
            );
    }

    // ---------------------------------------------------------------- one payment

    /// @dev Whether a payment may stand, changing nothing; and what its lines would move between shops.
    function _check(
        uint32 shop,
        Receipt receipt,
        Item calldata item,
        bytes32 terms
    ) private view returns (RefusedBecause reason, Claim[] memory claims) {
        if (_payments.isSpent(receipt)) return (RefusedBecause.ReceiptSpent, claims);
        if (block.timestamp > item.deadline) return (RefusedBecause.Expired, claims);
        if (!SignedConsent.isGivenBy(item.member, _hashTypedDataV4(terms), item.signature)) {
            return (RefusedBecause.BadSignature, claims);
        }
        return _checkLines(shop, item.member, item.lines);
    }

    function _checkLines(
        uint32 shop,
        address member,
        Line[] calldata lines
    ) private view returns (RefusedBecause reason, Claim[] memory claims) {
        if (lines.length == 0 || lines.length > MOST_LINES) return (RefusedBecause.BadLines, claims);
        claims = new Claim[](lines.length);
        uint256 foreign;
        address last;
        for (uint256 i; i < lines.length; ++i) {
            (address token, uint256 points) = (lines[i].token, lines[i].points);
            if (points == 0 || token <= last) return (RefusedBecause.BadLines, claims);
            last = token;
            uint32 issuer = _consortium.shopOfPoints(token);
            if (issuer == 0) return (RefusedBecause.UnknownToken, claims);
            (uint256 balance, uint256 supply) = IShopPoints(token).balanceAndSupply(member);
            if (balance < points) return (RefusedBecause.Balance, claims);
            if (issuer == shop) continue;
            claims[foreign++] = Claim({issuer: issuer, value: points * _par, liabilityAfter: (supply - points) * _par});
        }
        assembly ("memory-safe") {
            mstore(claims, foreign)
        }
    }

    /// @dev Spends the receipt and burns the lines, which `_check` has found to be there.
    function _pay(Receipt receipt, Item calldata item, uint256 record) private returns (bytes32 result) {
        _payments.spend(receipt);
        Line[] calldata lines = item.lines;
        Lanes[] memory lanes = new Lanes[](lines.length);
        uint256 points;
        for (uint256 i; i < lines.length; ++i) {
            Line calldata line = lines[i];
            lanes[i] = IShopPoints(line.token).burn(item.member, line.points);
            points += line.points;
        }
        (uint32 shop, uint32 till, uint64 sequence) = receipt.parts();
        emit Redeemed(shop, item.member, till, sequence, item.purpose, record, lines, lanes);
        return keccak256(abi.encode(item.member, sequence, lines, lanes, points * _par));
    }
}
