// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Account} from "@openzeppelin/contracts/account/Account.sol";
import {ERC7821} from "@openzeppelin/contracts/account/extensions/draft-ERC7821.sol";
import {Execution} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {Errors} from "@openzeppelin/contracts/utils/Errors.sol";
import {IMemberAccount} from "../../../contracts/interfaces/IMemberAccount.sol";
import {AccountHolder} from "../support/AccountHolder.sol";

/// @notice What an account calls: it remembers, refuses, or calls the account back.
contract Called {
    error Refused(uint256 number);

    uint256 public number;
    uint256 public received;
    address public by;

    function note(uint256 number_) external payable {
        (number, by, received) = (number_, msg.sender, msg.value);
    }

    function refuse(uint256 number_) external pure {
        revert Refused(number_);
    }

    function callBack(bytes calldata act) external {
        (bool done, bytes memory why) = msg.sender.call(act);
        if (done) return;
        assembly ("memory-safe") {
            revert(add(why, 32), mload(why))
        }
    }
}

/// @notice User operations as the entry point brings them: checked first, carried out later.
contract MemberAccountOperationsTest is AccountHolder {
    bytes32 internal constant BATCH = bytes32(bytes1(0x01));
    Called internal called = new Called();

    // ---------------------------------------------------------------- checking

    function test_an_operation_is_good_by_any_signer_over_its_hash() public {
        add(PHONE, LAPTOP);
        eq(checked(operation(PHONE, ""), TERMS), 0, "the phone");
        eq(checked(operation(LAPTOP, ""), TERMS), 0, "the laptop");
        eq(checked(operation(THIEF, ""), TERMS), 1, "nobody else");
        eq(checked(operation(PHONE, ""), keccak256("more")), 1, "nothing else");
    }

    function test_only_the_entry_point_has_an_operation_checked_and_carried_out() public {
        PackedUserOperation memory made = operation(PHONE, "");
        address[4] memory callers = [stranger, guardian, address(account), address(accounts)];
        for (uint256 i; i < callers.length; ++i) {
            bytes memory why = abi.encodeWithSelector(Account.AccountUnauthorized.selector, callers[i]);
            refuses(why);
            vm.prank(callers[i]);
            account.validateUserOp(made, TERMS, 0);
            refuses(why);
            vm.prank(callers[i]);
            account.executeUserOp(made, TERMS);
        }
    }

    function test_an_account_that_holds_ether_pays_its_fee_and_one_that_holds_none_owes_nobody() public {
        PackedUserOperation memory made = operation(PHONE, "");
        (bool sent, ) = address(account).call{value: 0}("");
        ok(sent, "it takes ether");
        vm.deal(address(account), 100);
        vm.prank(ENTRY_POINT);
        eq(account.validateUserOp(made, TERMS, 40), 0, "good");
        eq(address(account).balance, 60, "paid");
        eq(ENTRY_POINT.balance, 40, "to the entry point");
        vm.prank(ENTRY_POINT);
        eq(account.validateUserOp(made, TERMS, 61), 0, "the entry point sees for itself");
        eq(address(account).balance, 60, "nothing paid");
    }

    // ---------------------------------------------------------------- carrying out calls

    function test_an_operation_calls_several_contracts_as_the_account() public {
        vm.deal(address(account), 10);
        Execution[] memory calls = new Execution[](2);
        calls[0] = Execution(address(called), 0, abi.encodeCall(called.note, (6)));
        calls[1] = Execution(address(called), 7, abi.encodeCall(called.note, (8)));
        carriedOut(PHONE, abi.encodeCall(account.execute, (BATCH, abi.encode(calls))));
        eq(called.number(), 8, "both, in order");
        eq(called.by(), address(account), "by the account");
        eq(called.received(), 7, "with its ether");
    }

    function test_a_refusal_comes_back_with_its_reason() public {
        bytes memory why = abi.encodeWithSelector(Called.Refused.selector, 3);
        bytes memory act = calling(abi.encodeCall(called.refuse, (3)));
        PackedUserOperation memory made = operation(PHONE, act);
        refuses(why);
        vm.prank(ENTRY_POINT);
        account.executeUserOp(made, TERMS);
        made = operation(PHONE, hex"12345678");
        refuses(Errors.FailedCall.selector);
        vm.prank(ENTRY_POINT);
        account.executeUserOp(made, TERMS);
    }

    function test_only_a_batch_that_stands_or_falls_whole_is_executed() public {
        bytes32[3] memory modes = [
            bytes32(0),
            BATCH | bytes32(uint256(1) << 240),
            BATCH | bytes32(bytes32(hex"0000000000007821"))
        ];
        ok(account.supportsExecutionMode(BATCH), "a batch");
        for (uint256 i; i < modes.length; ++i) {
            ok(!account.supportsExecutionMode(modes[i]), "another mode");
            bytes memory act = abi.encodeCall(account.execute, (modes[i], abi.encode(new Execution[](0))));
            PackedUserOperation memory made = operation(PHONE, act);
            refuses(ERC7821.UnsupportedExecutionMode.selector);
            vm.prank(ENTRY_POINT);
            account.executeUserOp(made, TERMS);
        }
    }

    function test_nobody_executes_but_by_way_of_an_operation() public {
        bytes memory calls = abi.encode(new Execution[](0));
        address[3] memory callers = [stranger, guardian, ENTRY_POINT];
        for (uint256 i; i < callers.length; ++i) {
            refuses(abi.encodeWithSelector(Account.AccountUnauthorized.selector, callers[i]));
            vm.prank(callers[i]);
            account.execute(BATCH, calls);
        }
    }

    function test_a_key_that_an_earlier_operation_of_the_bundle_removed_carries_nothing_out() public {
        add(PHONE, LAPTOP);
        PackedUserOperation memory made = operation(LAPTOP, calling(abi.encodeCall(called.note, (9))));
        eq(checked(made, TERMS), 0, "good when it was checked");
        carriedOut(PHONE, abi.encodeCall(account.removeKey, (nameOf(LAPTOP), LATER, UNSIGNED)));
        refuses(abi.encodeWithSelector(IMemberAccount.NotSigner.selector, nameOf(LAPTOP)));
        vm.prank(ENTRY_POINT);
        account.executeUserOp(made, TERMS);
        eq(called.number(), 0, "not carried out");
    }

    // ---------------------------------------------------------------- orders

    function test_an_operation_gives_every_order_without_another_signature() public {
        (bytes32 x, bytes32 y) = keyOf(LAPTOP);
        vm.expectEmit(address(account));
        emit IMemberAccount.KeyAdded(nameOf(LAPTOP), x, y, nameOf(PHONE), uint48(block.timestamp + 72 hours));
        carriedOut(PHONE, abi.encodeCall(account.addKey, (x, y, LATER, UNSIGNED)));
        carriedOut(LAPTOP, abi.encodeCall(account.chooseGuardian, (stranger, 5 days, LATER, UNSIGNED)));
        uint48 from = uint48(block.timestamp + 4 days);
        carriedOut(PHONE, abi.encodeCall(account.keepGuardian, (stranger, from, LATER, UNSIGNED)));
        recover(guardian, TABLET);
        vm.expectEmit(address(account));
        emit IMemberAccount.RecoveryVetoed(1, nameOf(LAPTOP));
        carriedOut(LAPTOP, abi.encodeCall(account.veto, (1, LATER, UNSIGNED)));
        carriedOut(PHONE, abi.encodeCall(account.removeKey, (nameOf(LAPTOP), LATER, UNSIGNED)));
        gone(LAPTOP);
        eq(account.keyCount(), 1, "one key");
    }

    function test_an_operation_gives_no_order_that_a_signature_could_not() public {
        add(PHONE, THIEF);
        uint48 settledFrom = uint48(block.timestamp + 72 hours);
        bytes memory why = abi.encodeWithSelector(IMemberAccount.KeyNotSettled.selector, nameOf(THIEF), settledFrom);
        refusesAct(THIEF, abi.encodeCall(account.removeKey, (nameOf(PHONE), LATER, UNSIGNED)), why);
        why = abi.encodeWithSelector(IMemberAccount.OwnKey.selector, nameOf(PHONE));
        refusesAct(PHONE, abi.encodeCall(account.removeKey, (nameOf(PHONE), LATER, UNSIGNED)), why);
        uint48 past = uint48(block.timestamp - 1);
        why = abi.encodeWithSelector(IMemberAccount.OrderExpired.selector, past);
        refusesAct(PHONE, abi.encodeCall(account.veto, (1, past, UNSIGNED)), why);
    }

    function test_even_a_whole_batch_by_one_wrong_touch_leaves_the_key_that_made_it() public {
        add(PHONE, LAPTOP);
        settle();
        (bytes32 x, bytes32 y) = keyOf(THIEF);
        Execution[] memory calls = new Execution[](3);
        calls[0] = Execution(address(account), 0, abi.encodeCall(account.addKey, (x, y, LATER, UNSIGNED)));
        calls[1] = Execution(address(0), 0, abi.encodeCall(account.removeKey, (nameOf(LAPTOP), LATER, UNSIGNED)));
        calls[2] = Execution(
            address(account),
            0,
            abi.encodeCall(account.chooseGuardian, (stranger, 3 days, LATER, ""))
        );
        carriedOut(PHONE, abi.encodeCall(account.execute, (BATCH, abi.encode(calls))));
        calls[2].callData = abi.encodeCall(account.removeKey, (nameOf(PHONE), LATER, UNSIGNED));
        bytes memory act = abi.encodeCall(account.execute, (BATCH, abi.encode(calls)));
        refusesAct(PHONE, act, abi.encodeWithSelector(IMemberAccount.KeyKnown.selector, nameOf(THIEF)));
        // Who notices within three days has everything again.
        uint48 from = uint48(block.timestamp + 4 days);
        vm.warp(block.timestamp + 72 hours - 1);
        remove(PHONE, THIEF);
        keep(PHONE, stranger, from);
        gone(THIEF);
        ok(agreesBy(PHONE), "the member's");
    }

    function test_whom_an_operation_calls_gives_no_order_in_its_stead() public {
        (bytes32 x, bytes32 y) = keyOf(THIEF);
        bytes memory order = abi.encodeCall(account.addKey, (x, y, LATER, UNSIGNED));
        bytes memory act = calling(abi.encodeCall(called.callBack, (order)));
        refusesAct(PHONE, act, abi.encodePacked(IMemberAccount.NotAgreed.selector));
        bytes memory more = abi.encodeCall(account.executeUserOp, (operation(PHONE, order), TERMS));
        act = calling(abi.encodeCall(called.callBack, (more)));
        refusesAct(PHONE, act, abi.encodeWithSelector(Account.AccountUnauthorized.selector, address(called)));
    }

    // ---------------------------------------------------------------- the accounts' code itself

    function test_the_code_of_all_accounts_is_no_account_and_obeys_nobody() public {
        IMemberAccount code = IMemberAccount(accounts.implementation());
        (address nobody, ) = code.recovery();
        eq(nobody, address(0), "no guardian");
        account = code;
        agreed = 0;
        PackedUserOperation memory made = operation(PHONE, "");
        vm.prank(ENTRY_POINT);
        eq(code.validateUserOp(made, TERMS, 0), 1, "no operation");
        (bytes32 x, bytes32 y) = keyOf(THIEF);
        bytes memory signature = signedBy(PHONE, additionOf(THIEF, 0, LATER));
        refuses(IMemberAccount.NotAgreed.selector);
        code.addKey(x, y, LATER, signature);
        refuses(IMemberAccount.NoGuardian.selector);
        code.startRecovery(x, y, LATER, UNSIGNED);
    }

    // ---------------------------------------------------------------- within

    function checked(PackedUserOperation memory made, bytes32 hash) internal returns (uint256) {
        vm.prank(ENTRY_POINT);
        return account.validateUserOp(made, hash, 0);
    }

    function calling(bytes memory data) internal view returns (bytes memory) {
        Execution[] memory calls = new Execution[](1);
        calls[0] = Execution(address(called), 0, data);
        return abi.encodeCall(account.execute, (BATCH, abi.encode(calls)));
    }

    function refusesAct(uint256 secret, bytes memory act, bytes memory why) internal {
        PackedUserOperation memory made = operation(secret, act);
        refuses(why);
        vm.prank(ENTRY_POINT);
        account.executeUserOp(made, TERMS);
    }
}
