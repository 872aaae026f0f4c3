// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {MemberAccounts} from "../../../contracts/accounts/MemberAccounts.sol";
import {IConsortium} from "../../../contracts/interfaces/IConsortium.sol";
import {IMemberAccount} from "../../../contracts/interfaces/IMemberAccount.sol";
import {AccountOrders} from "./AccountOrders.sol";

/// @notice Ada, whose account a stranger deployed, with a phone, a guardian fixed in its address, and further devices.
abstract contract AccountHolder is AccountOrders {
    uint256 internal constant PHONE = 0xada;
    uint256 internal constant LAPTOP = 0xada2;
    uint256 internal constant TABLET = 0xada3;
    uint256 internal constant THIEF = 0xbad;
    uint256 internal constant GUARDIAN = 0x9a4d1a;
    bytes32 internal constant TERMS = keccak256("terms");
    address internal stranger = address(0x57a46);
    address internal guardian = vm.addr(GUARDIAN);
    MemberAccounts internal accounts;
    IMemberAccount internal account;
    bytes26 internal agreed;

    function setUp() public virtual {
        vm.warp(1_800_000_000);
        accounts = new MemberAccounts(IConsortium(address(0xc025)), relyingParty());
        agreed = recoveryBy(guardian, 4 days);
        account = deployed(PHONE, agreed);
    }

    function deployed(uint256 secret, bytes26 recovery) internal returns (IMemberAccount) {
        (bytes32 x, bytes32 y) = keyOf(secret);
        vm.prank(stranger);
        return IMemberAccount(accounts.deploy(x, y, address(bytes20(recovery)), uint48(uint208(recovery))));
    }

    function signedBy(uint256 secret, bytes32 order) internal view returns (bytes memory) {
        return packed(secret, digestOf(account, order), agreed);
    }

    // ---------------------------------------------------------------- orders, brought by a stranger

    function add(uint256 by, uint256 secret) internal {
        (bytes32 x, bytes32 y) = keyOf(secret);
        bytes memory signature = signedBy(by, additionOf(secret, account.nextOrder(), LATER));
        vm.prank(stranger);
        account.addKey(x, y, LATER, signature);
    }

    function remove(uint256 by, uint256 secret) internal {
        bytes memory signature = signedBy(by, removalOf(secret, account.nextOrder(), LATER));
        vm.prank(stranger);
        account.removeKey(nameOf(secret), LATER, signature);
    }

    function choose(uint256 by, address who, uint48 delay) internal {
        bytes memory signature = signedBy(by, choiceOf(who, delay, account.nextOrder(), LATER));
        vm.prank(stranger);
        account.chooseGuardian(who, delay, LATER, signature);
    }

    function keep(uint256 by, address refused, uint48 from) internal {
        bytes memory signature = signedBy(by, refusalOf(refused, from, LATER));
        vm.prank(stranger);
        account.keepGuardian(refused, from, LATER, signature);
    }

    function objectTo(uint256 by, uint32 number) internal {
        bytes memory signature = signedBy(by, vetoOf(number, LATER));
        vm.prank(stranger);
        account.veto(number, LATER, signature);
    }

    /// @dev By whom, with their own call.
    function recover(address by, uint256 secret) internal {
        (bytes32 x, bytes32 y) = keyOf(secret);
        vm.prank(by);
        account.startRecovery(x, y, 0, UNSIGNED);
    }

    function complete() internal {
        vm.prank(stranger);
        account.completeRecovery();
    }

    function recovered(uint256 secret) internal {
        recover(guardian, secret);
        vm.warp(block.timestamp + 4 days);
        complete();
    }

    /// @dev The key is there long enough to remove others.
    function settle() internal {
        vm.warp(block.timestamp + 72 hours);
    }

    // ---------------------------------------------------------------- user operations

    function operation(uint256 secret, bytes memory act) internal view returns (PackedUserOperation memory made) {
        made.sender = address(account);
        made.callData = bytes.concat(bytes4(0x8dd7712f), act);
        made.signature = packed(secret, TERMS, agreed);
    }

    function carriedOut(uint256 secret, bytes memory act) internal {
        PackedUserOperation memory made = operation(secret, act);
        vm.prank(ENTRY_POINT);
        account.executeUserOp(made, TERMS);
    }

    // ---------------------------------------------------------------- claims

    function agreesBy(uint256 secret) internal view returns (bool) {
        (bytes32 x, bytes32 y) = keyOf(secret);
        bool signs = account.isSigner(x, y);
        (bool standing, ) = account.keyStanding(nameOf(secret));
        ok(signs == standing, "by its coordinates as by its name");
        bytes4 answer = account.isValidSignature(TERMS, packed(secret, TERMS, agreed));
        ok(answer == (signs ? YES : NO), "who signs is heard, and nobody else");
        return signs;
    }

    /// @dev Gone for ever: nowhere and by no way does the account agree by it.
    function gone(uint256 secret) internal {
        ok(!agreesBy(secret), "no signer");
        ok(
            !accounts.agrees(address(account), TERMS, packed(secret, TERMS, agreed)),
            "nor where accounts not deployed are"
        );
        (bytes32 x, bytes32 y) = keyOf(secret);
        bytes memory signature = signedBy(secret, additionOf(0x999, account.nextOrder(), LATER));
        (bytes32 otherX, bytes32 otherY) = keyOf(0x999);
        refuses(IMemberAccount.NotAgreed.selector);
        account.addKey(otherX, otherY, LATER, signature);
        PackedUserOperation memory made = operation(secret, "");
        vm.prank(ENTRY_POINT);
        eq(account.validateUserOp(made, TERMS, 0), 1, "no user operation");
        refuses(abi.encodeWithSelector(IMemberAccount.NotSigner.selector, nameOf(secret)));
        vm.prank(ENTRY_POINT);
        account.executeUserOp(made, TERMS);
        ok(!account.isSigner(x, y), "still not");
    }

    function refuses(bytes4 why) internal {
        vm.expectRevert(abi.encodePacked(why));
    }

    function refuses(bytes memory why) internal {
        vm.expectRevert(why);
    }
}
