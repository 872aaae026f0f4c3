// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IMemberAccount} from "../../../contracts/interfaces/IMemberAccount.sol";
import {AccountHolder} from "../support/AccountHolder.sol";

/// @notice Who may start a change of key: fixed in the address or chosen later, and nothing else is theirs.
contract AccountRecoveryGuardianTest is AccountHolder {
    uint256 internal constant NEW = 0xada9;
    address internal shop = address(0x5409);

    // ---------------------------------------------------------------- fixed in the address

    function test_guardian_and_delay_are_those_of_the_address() public view {
        guards(account, guardian, 4 days);
    }

    function test_a_delay_nobody_could_object_in_or_live_to_see_counts_as_the_nearest_that_is_good() public {
        uint48[6] memory said = [uint48(0), 1, 72 hours - 1, 72 hours, 30 days, 30 days + 1];
        uint48[6] memory holds = [uint48(72 hours), 72 hours, 72 hours, 72 hours, 30 days, 30 days];
        for (uint256 i; i < said.length; ++i) {
            guards(deployed(PHONE, recoveryBy(guardian, said[i])), guardian, holds[i]);
        }
        guards(deployed(PHONE, recoveryBy(guardian, LATER)), guardian, 30 days);
        guards(deployed(PHONE, 0), address(0), 72 hours);
        account = deployed(PHONE, recoveryBy(guardian, 1));
        recover(guardian, NEW);
        vm.warp(block.timestamp + 72 hours - 1);
        refuses(abi.encodeWithSelector(IMemberAccount.RecoveryNotReady.selector, block.timestamp + 1));
        complete();
    }

    // ---------------------------------------------------------------- choosing

    function test_another_guardian_takes_effect_by_itself_after_the_delay_that_holds_now() public {
        uint48 from = uint48(block.timestamp + 4 days);
        vm.expectEmit(address(account));
        emit IMemberAccount.GuardianChosen(shop, 10 days, from, nameOf(PHONE));
        choose(PHONE, shop, 10 days);
        eq(account.nextOrder(), 1, "one order");
        guardWaits(shop, 10 days, from);
        vm.warp(from - 1);
        guards(account, guardian, 4 days);
        recover(guardian, NEW);
        guardWaits(shop, 10 days, from);
        vm.warp(from);
        guards(account, shop, 10 days);
        guardWaits(address(0), 0, 0);
        refusesRecoveryBy(guardian, shop);
        recover(shop, NEW);
        vm.warp(from + 10 days);
        complete();
        ok(agreesBy(NEW), "recovered by the chosen one");
    }

    function test_a_change_of_key_dies_with_the_office_of_who_started_it() public {
        choose(PHONE, shop, 3 days);
        vm.warp(block.timestamp + 1);
        recover(guardian, NEW);
        vm.warp(block.timestamp + 4 days);
        refuses(abi.encodeWithSelector(IMemberAccount.GuardianReplaced.selector, guardian, shop));
        complete();
        ok(agreesBy(PHONE), "the keys stay");
    }

    function test_an_account_without_a_guardian_gets_one_72_hours_after_it_was_chosen() public {
        account = deployed(PHONE, 0);
        agreed = 0;
        choose(PHONE, shop, 72 hours);
        vm.warp(block.timestamp + 72 hours - 1);
        refuses(IMemberAccount.NoGuardian.selector);
        recover(shop, NEW);
        vm.warp(block.timestamp + 1);
        recover(shop, NEW);
    }

    function test_a_guardian_can_be_let_go() public {
        choose(PHONE, address(0), 72 hours);
        settle();
        recover(guardian, NEW);
        vm.warp(block.timestamp + 24 hours);
        guards(account, address(0), 72 hours);
        refuses(IMemberAccount.NoGuardian.selector);
        recover(guardian, NEW);
    }

    function test_who_was_chosen_first_holds_while_the_next_one_waits() public {
        choose(PHONE, shop, 10 days);
        vm.warp(block.timestamp + 4 days);
        uint48 from = uint48(block.timestamp + 10 days);
        choose(PHONE, address(0xcafe), 5 days);
        guards(account, shop, 10 days);
        guardWaits(address(0xcafe), 5 days, from);
        // Chosen anew before that: the wait begins again, and still of the ten days.
        vm.warp(block.timestamp + 1 days);
        choose(PHONE, address(0xbea), 30 days);
        guards(account, shop, 10 days);
        vm.warp(from);
        guards(account, shop, 10 days);
        vm.warp(from + 1 days);
        guards(account, address(0xbea), 30 days);
    }

    function test_a_guardian_is_somebody_else_and_leaves_time_to_object() public {
        refusesChoice(address(account), 4 days, abi.encodePacked(IMemberAccount.OwnGuardian.selector));
        uint48[4] memory delays = [uint48(0), 72 hours - 1, 30 days + 1, LATER];
        for (uint256 i; i < delays.length; ++i) {
            bytes4 why = IMemberAccount.DelayOutOfBounds.selector;
            refusesChoice(shop, delays[i], abi.encodeWithSelector(why, delays[i], 72 hours, 30 days));
        }
        choose(PHONE, shop, 72 hours);
        choose(PHONE, shop, 30 days);
    }

    function test_nobody_else_chooses() public {
        bytes[4] memory signatures = [
            UNSIGNED,
            signedBy(THIEF, choiceOf(shop, 4 days, 0, LATER)),
            signedBy(PHONE, choiceOf(shop, 4 days, 1, LATER)),
            signedBy(PHONE, choiceOf(guardian, 4 days, 0, LATER))
        ];
        for (uint256 i; i < signatures.length; ++i) {
            refuses(IMemberAccount.NotAgreed.selector);
            vm.prank(guardian);
            account.chooseGuardian(shop, 4 days, LATER, signatures[i]);
        }
        uint48 past = uint48(block.timestamp - 1);
        bytes memory late = signedBy(PHONE, choiceOf(shop, 4 days, 0, past));
        refuses(abi.encodeWithSelector(IMemberAccount.OrderExpired.selector, past));
        account.chooseGuardian(shop, 4 days, past, late);
        bytes memory good = signedBy(PHONE, choiceOf(shop, 4 days, 0, LATER));
        account.chooseGuardian(shop, 4 days, LATER, good);
        refuses(IMemberAccount.NotAgreed.selector);
        account.chooseGuardian(shop, 4 days, LATER, good);
    }

    // ---------------------------------------------------------------- keeping

    function test_whoever_holds_a_key_keeps_the_guardian_until_the_chosen_one_takes_effect() public {
        add(PHONE, LAPTOP);
        choose(PHONE, shop, 3 days);
        uint48 from = uint48(block.timestamp + 4 days);
        vm.warp(from - 1);
        vm.expectEmit(address(account));
        emit IMemberAccount.GuardianKept(shop, nameOf(LAPTOP));
        keep(LAPTOP, shop, from);
        guardWaits(address(0), 0, 0);
        vm.warp(from + 30 days);
        guards(account, guardian, 4 days);
        refusesKeeping(shop, from);
    }

    function test_what_is_refused_is_named_and_waits() public {
        refusesKeeping(address(0), 0);
        choose(PHONE, shop, 3 days);
        uint48 from = uint48(block.timestamp + 4 days);
        refusesKeeping(shop, from + 1);
        refusesKeeping(guardian, from);
        vm.warp(from);
        refusesKeeping(shop, from);
        guards(account, shop, 3 days);
    }

    function test_nobody_else_keeps_the_guardian() public {
        choose(PHONE, shop, 3 days);
        uint48 from = uint48(block.timestamp + 4 days);
        bytes[4] memory signatures = [
            UNSIGNED,
            signedBy(THIEF, refusalOf(shop, from, LATER)),
            signedBy(PHONE, refusalOf(shop, from - 1, LATER)),
            signedBy(PHONE, refusalOf(guardian, from, LATER))
        ];
        for (uint256 i; i < signatures.length; ++i) {
            refuses(IMemberAccount.NotAgreed.selector);
            vm.prank(guardian);
            account.keepGuardian(shop, from, LATER, signatures[i]);
        }
        uint48 past = uint48(block.timestamp - 1);
        bytes memory late = signedBy(PHONE, refusalOf(shop, from, past));
        refuses(abi.encodeWithSelector(IMemberAccount.OrderExpired.selector, past));
        account.keepGuardian(shop, from, past, late);
    }

    // ---------------------------------------------------------------- after a recovery

    function test_whom_the_lost_keys_chose_does_not_come_after_a_recovery() public {
        recover(guardian, NEW);
        vm.warp(block.timestamp + 4 days);
        choose(PHONE, shop, 3 days);
        complete();
        guardWaits(address(0), 0, 0);
        vm.warp(block.timestamp + 30 days);
        guards(account, guardian, 4 days);
    }

    function test_a_guardian_in_office_stays_after_a_recovery() public {
        choose(PHONE, shop, 3 days);
        vm.warp(block.timestamp + 4 days);
        recover(shop, NEW);
        vm.warp(block.timestamp + 3 days);
        complete();
        guards(account, shop, 3 days);
        ok(agreesBy(NEW), "recovered");
    }

    function test_whoever_takes_office_in_the_second_of_the_recovery_stays() public {
        choose(PHONE, guardian, 10 days);
        recover(guardian, NEW);
        vm.warp(block.timestamp + 4 days);
        complete();
        guards(account, guardian, 10 days);
        ok(agreesBy(NEW), "recovered");
    }

    // ---------------------------------------------------------------- nothing else

    function test_a_guardian_gives_no_order_and_agrees_to_nothing() public {
        recover(guardian, NEW);
        (bytes32 x, bytes32 y) = keyOf(THIEF);
        bytes[6] memory acts = [
            abi.encodeCall(account.addKey, (x, y, LATER, keyed(additionOf(THIEF, 0, LATER)))),
            abi.encodeCall(account.removeKey, (nameOf(PHONE), LATER, keyed(removalOf(PHONE, 0, LATER)))),
            abi.encodeCall(account.chooseGuardian, (shop, 4 days, LATER, keyed(choiceOf(shop, 4 days, 0, LATER)))),
            abi.encodeCall(account.veto, (1, LATER, keyed(vetoOf(1, LATER)))),
            abi.encodeCall(account.execute, (bytes32(bytes1(0x01)), abi.encode(new bytes[](0)))),
            abi.encodeCall(account.executeUserOp, (operation(GUARDIAN, ""), TERMS))
        ];
        for (uint256 i; i < acts.length; ++i) {
            vm.prank(guardian);
            (bool done, bytes memory why) = address(account).call(acts[i]);
            ok(!done && why.length >= 4, "refused, and says why");
        }
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(GUARDIAN, TERMS);
        ok(account.isValidSignature(TERMS, abi.encodePacked(r, s, v)) == NO, "the account does not speak by them");
        ok(account.isValidSignature(TERMS, packed(GUARDIAN, TERMS, agreed)) == NO, "by a passkey neither");
        guards(account, guardian, 4 days);
        ok(agreesBy(PHONE), "as it was");
    }

    // ---------------------------------------------------------------- within

    function keyed(bytes32 order) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(GUARDIAN, digestOf(account, order));
        return abi.encodePacked(r, s, v);
    }

    function guards(IMemberAccount whose, address who, uint48 delay) internal view {
        (address is_, uint48 holds) = whose.recovery();
        eq(is_, who, "guardian");
        eq(holds, delay, "delay");
    }

    function guardWaits(address who, uint48 delay, uint48 from) internal view {
        (address is_, uint48 its, uint48 when) = account.guardianWaiting();
        eq(is_, who, "who waits");
        eq(its, delay, "with which delay");
        eq(when, from, "until when");
    }

    function refusesRecoveryBy(address who, address guardian_) internal {
        refuses(abi.encodeWithSelector(IMemberAccount.NotGuardian.selector, guardian_));
        (bytes32 x, bytes32 y) = keyOf(NEW);
        vm.prank(who);
        account.startRecovery(x, y, LATER, UNSIGNED);
    }

    function refusesChoice(address who, uint48 delay, bytes memory why) internal {
        bytes memory signature = signedBy(PHONE, choiceOf(who, delay, account.nextOrder(), LATER));
        refuses(why);
        account.chooseGuardian(who, delay, LATER, signature);
    }

    function refusesKeeping(address who, uint48 from) internal {
        bytes memory signature = signedBy(PHONE, refusalOf(who, from, LATER));
        refuses(abi.encodeWithSelector(IMemberAccount.NoGuardianWaits.selector, who, from));
        account.keepGuardian(who, from, LATER, signature);
    }
}
