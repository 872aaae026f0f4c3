// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IMemberAccount} from "../../../contracts/interfaces/IMemberAccount.sol";
import {AccountHolder} from "../support/AccountHolder.sol";

/// @notice The lost phone: a guardian starts a change of key, whoever still holds a key objects, or nobody does.
contract AccountRecoveryTest is AccountHolder {
    uint256 internal constant NEW = 0xada9;

    // ---------------------------------------------------------------- starting

    function test_the_guardian_in_the_address_starts_a_change_of_key_by_a_call() public {
        (bytes32 x, bytes32 y) = keyOf(NEW);
        uint48 readyAt = uint48(block.timestamp + 4 days);
        eq(account.nextRecovery(), 1, "the first");
        vm.expectEmit(address(account));
        emit IMemberAccount.RecoveryStarted(1, guardian, x, y, readyAt);
        recover(guardian, NEW);
        (uint32 number, address by, bytes32 newX, bytes32 newY, uint48 ready) = account.recoveryWaiting();
        eq(number, 1, "number");
        eq(by, guardian, "by whom");
        ok(newX == x && newY == y, "for which key");
        eq(ready, readyAt, "when");
        eq(account.nextRecovery(), 2, "the next");
        ok(agreesBy(PHONE) && !agreesBy(NEW), "nothing has changed yet");
    }

    function test_the_guardian_signs_and_anybody_brings_it() public {
        recoverBySignature(keyed(GUARDIAN, recoveryOf(NEW, 1, LATER)));
        waits(1);
    }

    function test_a_member_whose_account_is_not_deployed_is_a_guardian_and_stays_one_deployed() public {
        (bytes32 x, bytes32 y) = keyOf(0xbe4);
        bytes26 recovery = recoveryBy(accounts.accountOf(x, y, address(0), 0), 4 days);
        account = deployed(PHONE, recovery);
        recoverBySignature(packed(0xbe4, digestOf(account, recoveryOf(NEW, 1, LATER)), 0));
        waits(1);
        accounts.deploy(x, y, address(0), 0);
        recoverBySignature(packed(0xbe4, digestOf(account, recoveryOf(NEW, 2, LATER)), 0));
        waits(2);
    }

    function test_an_account_nobody_ever_deployed_is_recovered_by_the_guardian_in_its_address() public {
        bytes26 recovery = recoveryBy(guardian, 3 days);
        (bytes32 x, bytes32 y) = keyOf(LAPTOP);
        address ada = accounts.accountOf(x, y, guardian, 3 days);
        ok(accounts.agrees(ada, TERMS, packed(LAPTOP, TERMS, recovery)), "by the lost key, so far");
        account = deployed(LAPTOP, recovery);
        agreed = recovery;
        eq(address(account), ada, "the same address");
        recover(guardian, NEW);
        vm.warp(block.timestamp + 3 days);
        complete();
        ok(agreesBy(NEW), "the new key");
        gone(LAPTOP);
    }

    function test_nobody_but_the_guardian_starts_a_change_of_key() public {
        bytes[6] memory signatures = [
            UNSIGNED,
            keyed(THIEF, recoveryOf(NEW, 1, LATER)),
            keyed(GUARDIAN, recoveryOf(LAPTOP, 1, LATER)),
            keyed(GUARDIAN, recoveryOf(NEW, 2, LATER)),
            keyed(GUARDIAN, recoveryOf(NEW, 1, LATER - 1)),
            signedBy(PHONE, recoveryOf(NEW, 1, LATER))
        ];
        for (uint256 i; i < signatures.length; ++i) {
            refuses(abi.encodeWithSelector(IMemberAccount.NotGuardian.selector, guardian));
            recoverBySignature(signatures[i]);
        }
    }

    function test_a_guardians_signature_works_once_and_by_its_deadline() public {
        uint48 deadline = uint48(block.timestamp + 100);
        bytes memory signature = keyed(GUARDIAN, recoveryOf(NEW, 1, deadline));
        (bytes32 x, bytes32 y) = keyOf(NEW);
        vm.warp(deadline + 1);
        refuses(abi.encodeWithSelector(IMemberAccount.OrderExpired.selector, deadline));
        account.startRecovery(x, y, deadline, signature);
        vm.warp(deadline);
        account.startRecovery(x, y, deadline, signature);
        refuses(abi.encodeWithSelector(IMemberAccount.NotGuardian.selector, guardian));
        account.startRecovery(x, y, deadline, signature);
    }

    function test_an_account_without_a_guardian_cannot_be_recovered() public {
        account = deployed(PHONE, 0);
        (bytes32 x, bytes32 y) = keyOf(NEW);
        refuses(IMemberAccount.NoGuardian.selector);
        account.startRecovery(x, y, LATER, new bytes(65));
        refuses(IMemberAccount.NoGuardian.selector);
        vm.prank(address(0));
        account.startRecovery(x, y, LATER, UNSIGNED);
    }

    function test_the_new_key_is_one_that_can_sign_and_was_never_there() public {
        add(PHONE, LAPTOP);
        add(PHONE, TABLET);
        remove(PHONE, TABLET);
        uint256[3] memory known = [PHONE, LAPTOP, TABLET];
        for (uint256 i; i < 3; ++i) {
            refuses(abi.encodeWithSelector(IMemberAccount.KeyKnown.selector, nameOf(known[i])));
            recover(guardian, known[i]);
        }
        (bytes32 x, bytes32 y) = keyOf(NEW);
        refuses(abi.encodeWithSelector(IMemberAccount.NotOnCurve.selector, y, x));
        vm.prank(guardian);
        account.startRecovery(y, x, 0, UNSIGNED);
    }

    function test_a_guardian_who_begins_again_begins_the_delay_again() public {
        recover(guardian, LAPTOP);
        vm.warp(block.timestamp + 4 days - 1);
        recover(guardian, NEW);
        waits(2);
        vm.warp(block.timestamp + 1);
        refuses(abi.encodeWithSelector(IMemberAccount.RecoveryNotReady.selector, block.timestamp + 4 days - 1));
        complete();
        refusesVeto(1);
        objectTo(PHONE, 2);
    }

    // ---------------------------------------------------------------- objecting

    function test_whoever_holds_a_key_objects_from_any_device_by_way_of_anybody() public {
        add(PHONE, LAPTOP);
        recover(guardian, NEW);
        vm.expectEmit(address(account));
        emit IMemberAccount.RecoveryVetoed(1, nameOf(LAPTOP));
        objectTo(LAPTOP, 1);
        waits(0);
        vm.warp(block.timestamp + 30 days);
        refuses(abi.encodeWithSelector(IMemberAccount.NoRecoveryWaits.selector, 0));
        complete();
        ok(agreesBy(PHONE) && agreesBy(LAPTOP), "all as it was");
        recover(guardian, NEW);
        refusesVeto(1);
        objectTo(PHONE, 2);
    }

    function test_there_is_time_to_object_until_the_change_is_carried_out() public {
        recover(guardian, NEW);
        vm.warp(block.timestamp + 40 days);
        objectTo(PHONE, 1);
        refuses(abi.encodeWithSelector(IMemberAccount.NoRecoveryWaits.selector, 0));
        complete();
    }

    function test_nobody_else_objects() public {
        add(PHONE, LAPTOP);
        remove(PHONE, LAPTOP);
        recover(guardian, NEW);
        bytes[5] memory signatures = [
            UNSIGNED,
            signedBy(THIEF, vetoOf(1, LATER)),
            signedBy(LAPTOP, vetoOf(1, LATER)),
            signedBy(PHONE, vetoOf(2, LATER)),
            keyed(GUARDIAN, vetoOf(1, LATER))
        ];
        for (uint256 i; i < signatures.length; ++i) {
            refuses(IMemberAccount.NotAgreed.selector);
            vm.prank(guardian);
            account.veto(1, LATER, signatures[i]);
        }
        uint48 past = uint48(block.timestamp - 1);
        bytes memory late = signedBy(PHONE, vetoOf(1, past));
        refuses(abi.encodeWithSelector(IMemberAccount.OrderExpired.selector, past));
        account.veto(1, past, late);
    }

    function test_there_is_no_objecting_where_nothing_waits() public {
        refusesVeto(0);
        refusesVeto(1);
        recover(guardian, NEW);
        refusesVeto(0);
        refusesVeto(2);
        objectTo(PHONE, 1);
        refusesVeto(1);
    }

    // ---------------------------------------------------------------- carrying out

    function test_without_an_objection_the_new_key_is_the_only_one_after_the_delay() public {
        add(PHONE, LAPTOP);
        recover(guardian, NEW);
        uint256 readyAt = block.timestamp + 4 days;
        refuses(abi.encodeWithSelector(IMemberAccount.RecoveryNotReady.selector, readyAt));
        complete();
        vm.warp(readyAt - 1);
        refuses(abi.encodeWithSelector(IMemberAccount.RecoveryNotReady.selector, readyAt));
        complete();
        vm.warp(readyAt);
        (bytes32 x, bytes32 y) = keyOf(NEW);
        vm.expectEmit(address(account));
        emit IMemberAccount.Recovered(1, nameOf(NEW), x, y);
        complete();
        ok(agreesBy(NEW), "the new one");
        eq(account.keyCount(), 1, "only");
        gone(PHONE);
        gone(LAPTOP);
        waits(0);
        refuses(abi.encodeWithSelector(IMemberAccount.NoRecoveryWaits.selector, 0));
        complete();
    }

    function test_a_recovered_account_is_whole_and_old_keys_do_not_come_back() public {
        add(PHONE, LAPTOP);
        recovered(NEW);
        uint256[2] memory old = [PHONE, LAPTOP];
        for (uint256 i; i < 2; ++i) {
            (bytes32 x, bytes32 y) = keyOf(old[i]);
            bytes memory signature = signedBy(NEW, additionOf(old[i], account.nextOrder(), LATER));
            refuses(abi.encodeWithSelector(IMemberAccount.KeyKnown.selector, nameOf(old[i])));
            account.addKey(x, y, LATER, signature);
        }
        add(NEW, TABLET);
        remove(NEW, TABLET);
        for (uint256 i; i < 7; ++i) add(NEW, 0x2000 + i);
        eq(account.keyCount(), 8, "eight keys again");
        settle();
        remove(0x2001, NEW);
        gone(NEW);
        recovered(0x3000);
        ok(agreesBy(0x3000) && !agreesBy(0x2001), "and once more");
        eq(account.keyCount(), 1, "one key");
        gone(PHONE);
    }

    function test_a_key_the_member_added_meanwhile_is_no_new_key() public {
        recover(guardian, NEW);
        add(PHONE, NEW);
        vm.warp(block.timestamp + 4 days);
        refuses(abi.encodeWithSelector(IMemberAccount.KeyKnown.selector, nameOf(NEW)));
        complete();
        ok(agreesBy(PHONE) && agreesBy(NEW), "as the member has it");
    }

    function test_a_new_key_of_a_recovery_starts_settled() public {
        recovered(NEW);
        (bool signs, uint48 settledFrom) = account.keyStanding(nameOf(NEW));
        ok(signs && settledFrom == 0, "it waited already");
    }

    // ---------------------------------------------------------------- within

    function keyed(uint256 secret, bytes32 order) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(secret, digestOf(account, order));
        return abi.encodePacked(r, s, v);
    }

    function recoverBySignature(bytes memory signature) internal {
        (bytes32 x, bytes32 y) = keyOf(NEW);
        vm.prank(stranger);
        account.startRecovery(x, y, LATER, signature);
    }

    function refusesVeto(uint32 number) internal {
        bytes memory signature = signedBy(PHONE, vetoOf(number, LATER));
        refuses(abi.encodeWithSelector(IMemberAccount.NoRecoveryWaits.selector, number));
        account.veto(number, LATER, signature);
    }

    function waits(uint32 number) internal view {
        (uint32 waiting, , , , uint48 readyAt) = account.recoveryWaiting();
        eq(waiting, number, "which waits");
        ok((readyAt == 0) == (number == 0), "or none");
    }
}
