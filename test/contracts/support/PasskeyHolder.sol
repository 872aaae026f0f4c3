// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IMemberAccount} from "../../../contracts/interfaces/IMemberAccount.sol";
import {MemberAccounts} from "../../../contracts/accounts/MemberAccounts.sol";
import {IConsortium} from "../../../contracts/interfaces/IConsortium.sol";
import {Ceremony, Passkeys} from "./Passkeys.sol";

/// @notice Ada, whose account is not deployed, and her twin of another network, with the same passkey, whose account
/// is: whatever one is asked to agree to, the other is asked as well, and gives the same answer.
abstract contract PasskeyHolder is Passkeys {
    uint256 internal constant ADA = 0xada;
    bytes32 internal constant TERMS = keccak256("terms");
    IConsortium internal consortium = IConsortium(address(0xc025));
    address internal shop = address(0x5409);
    MemberAccounts internal accounts;
    address internal ada;
    IMemberAccount private _twin;

    function setUp() public {
        accounts = new MemberAccounts(consortium, relyingParty());
        ada = accountOf(ADA, 0);
        (bytes32 x, bytes32 y) = keyOf(ADA);
        _twin = IMemberAccount(new MemberAccounts(consortium, relyingParty()).deploy(x, y, address(0), 0));
    }

    function accountOf(uint256 secret, bytes26 recovery) internal view returns (address) {
        (bytes32 x, bytes32 y) = keyOf(secret);
        return accounts.accountOf(x, y, address(bytes20(recovery)), uint48(uint208(recovery)));
    }

    function agrees(address account, bytes32 digest, bytes memory signature) internal view returns (bool yes) {
        yes = accounts.agrees(account, digest, signature);
        if (account != ada) return yes;
        ok(_twin.isValidSignature(digest, signature) == (yes ? YES : NO), "the same answer once it is deployed");
    }

    /// @dev Whether Ada's account agrees after such a ceremony.
    function agreed(Ceremony memory how) internal view returns (bool) {
        return agrees(ada, TERMS, packed(ADA, TERMS, 0, how));
    }

    function refused(address account, bytes32 digest, bytes memory signature, string memory what) internal view {
        ok(!agrees(account, digest, signature), what);
    }
}
