// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IMemberAccount} from "../../../contracts/interfaces/IMemberAccount.sol";
import {AccountHolder} from "../support/AccountHolder.sol";

/// @notice Further passkeys: added, and removed for ever (N-25).
contract AccountKeysTest is AccountHolder {
    // ---------------------------------------------------------------- to begin with

    function test_the_key_in_the_address_is_the_only_signer_of_a_new_account() public view {
        ok(agreesBy(PHONE), "the phone");
        ok(!agreesBy(LAPTOP), "nothing else");
        eq(account.keyCount(), 1, "one key");
        (bool signs, uint48 settledFrom) = account.keyStanding(nameOf(PHONE));
        ok(signs && settledFrom == 0, "settled since ever");
        eq(account.nextOrder(), 0, "no order yet");
    }

    // ---------------------------------------------------------------- adding

    function test_an_added_key_agrees_at_once_by_the_same_bytes_over_the_same_digest() public {
        (bytes32 x, bytes32 y) = keyOf(LAPTOP);
        uint48 settledFrom = uint48(block.timestamp + 72 hours);
        vm.expectEmit(address(account));
        emit IMemberAccount.KeyAdded(nameOf(LAPTOP), x, y, nameOf(PHONE), settledFrom);
        add(PHONE, LAPTOP);
        ok(agreesBy(LAPTOP) && agreesBy(PHONE), "both from now on");
        ok(!agreesBy(TABLET), "and no other");
        (bool signs, uint48 from) = account.keyStanding(nameOf(LAPTOP));
        ok(signs, "it signs");
        eq(from, settledFrom, "and removes others in three days");
        eq(account.keyCount(), 2, "two keys");
        eq(account.nextOrder(), 1, "one order");
        ok(account.isValidSignature(keccak256("more"), packed(LAPTOP, TERMS, agreed)) == NO, "not to another digest");
    }

    function test_guardian_and_delay_in_the_bytes_are_the_accounts_whichever_key_signed() public {
        add(PHONE, LAPTOP);
        ok(account.isValidSignature(TERMS, packed(LAPTOP, TERMS, 0)) == NO, "left out");
        ok(account.isValidSignature(TERMS, packed(LAPTOP, TERMS, recoveryBy(guardian, 5 days))) == NO, "another");
    }

    function test_an_added_key_adds_the_next_one() public {
        add(PHONE, LAPTOP);
        add(LAPTOP, TABLET);
        ok(agreesBy(TABLET), "the third");
        eq(account.keyCount(), 3, "three keys");
    }

    function test_nobody_else_adds_a_key() public {
        (bytes32 x, bytes32 y) = keyOf(THIEF);
        bytes memory thiefs = signedBy(THIEF, additionOf(THIEF, 0, LATER));
        address[4] memory callers = [stranger, guardian, ENTRY_POINT, address(accounts)];
        for (uint256 i; i < callers.length; ++i) {
            refuses(IMemberAccount.NotAgreed.selector);
            vm.prank(callers[i]);
            account.addKey(x, y, LATER, thiefs);
            refuses(IMemberAccount.NotAgreed.selector);
            vm.prank(callers[i]);
            account.addKey(x, y, LATER, UNSIGNED);
        }
        ok(!agreesBy(THIEF), "not added");
    }

    function test_an_order_is_bound_to_its_words_its_number_its_account_and_its_chain() public {
        (bytes32 x, bytes32 y) = keyOf(LAPTOP);
        IMemberAccount twin = deployed(PHONE, recoveryBy(address(0x7e3), 4 days));
        bytes[5] memory others = [
            signedBy(PHONE, additionOf(TABLET, 0, LATER)),
            signedBy(PHONE, additionOf(LAPTOP, 1, LATER)),
            signedBy(PHONE, additionOf(LAPTOP, 0, LATER - 1)),
            signedBy(PHONE, removalOf(LAPTOP, 0, LATER)),
            packed(PHONE, digestOf(twin, additionOf(LAPTOP, 0, LATER)), agreed)
        ];
        for (uint256 i; i < others.length; ++i) {
            refuses(IMemberAccount.NotAgreed.selector);
            account.addKey(x, y, LATER, others[i]);
        }
        bytes memory good = signedBy(PHONE, additionOf(LAPTOP, 0, LATER));
        uint256 here = block.chainid;
        vm.chainId(here + 1);
        refuses(IMemberAccount.NotAgreed.selector);
        account.addKey(x, y, LATER, good);
        vm.chainId(here);
        account.addKey(x, y, LATER, good);
        ok(agreesBy(LAPTOP), "as it was signed");
    }

    function test_an_order_is_carried_out_once_and_by_its_deadline() public {
        (bytes32 x, bytes32 y) = keyOf(LAPTOP);
        uint48 deadline = uint48(block.timestamp + 100);
        bytes memory signature = signedBy(PHONE, additionOf(LAPTOP, 0, deadline));
        vm.warp(deadline + 1);
        refuses(abi.encodeWithSelector(IMemberAccount.OrderExpired.selector, deadline));
        account.addKey(x, y, deadline, signature);
        vm.warp(deadline);
        account.addKey(x, y, deadline, signature);
        refuses(IMemberAccount.NotAgreed.selector);
        account.addKey(x, y, deadline, signature);
        eq(account.nextOrder(), 1, "one order");
    }

    function test_a_key_that_could_never_sign_is_not_added() public {
        (bytes32 x, bytes32 y) = keyOf(LAPTOP);
        bytes32 prime = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff;
        bytes32[2][4] memory points = [[x, ~y], [bytes32(0), 0], [bytes32(uint256(x) ^ 1), y], [prime, y]];
        for (uint256 i; i < points.length; ++i) {
            (x, y) = (points[i][0], points[i][1]);
            bytes32 kind = keccak256("AddKey(bytes32 x,bytes32 y,uint64 order,uint48 deadline)");
            bytes memory signature = signedBy(PHONE, keccak256(abi.encode(kind, x, y, uint64(0), LATER)));
            refuses(abi.encodeWithSelector(IMemberAccount.NotOnCurve.selector, x, y));
            account.addKey(x, y, LATER, signature);
        }
    }

    function test_a_key_is_added_once() public {
        add(PHONE, LAPTOP);
        knows(LAPTOP);
        knows(PHONE);
        eq(account.keyCount(), 2, "two keys");
    }

    function test_an_account_has_eight_keys_at_most() public {
        for (uint256 i = 1; i < 8; ++i) add(PHONE, 0x1000 + i);
        eq(account.keyCount(), 8, "eight");
        bytes memory signature = signedBy(PHONE, additionOf(LAPTOP, 7, LATER));
        (bytes32 x, bytes32 y) = keyOf(LAPTOP);
        refuses(abi.encodeWithSelector(IMemberAccount.TooManyKeys.selector, 8));
        account.addKey(x, y, LATER, signature);
        remove(PHONE, 0x1003);
        add(PHONE, LAPTOP);
        eq(account.keyCount(), 8, "room again");
    }

    // ---------------------------------------------------------------- removing

    function test_a_removed_key_never_agrees_again() public {
        add(PHONE, LAPTOP);
        vm.expectEmit(address(account));
        emit IMemberAccount.KeyRemoved(nameOf(LAPTOP), nameOf(PHONE));
        remove(PHONE, LAPTOP);
        gone(LAPTOP);
        knows(LAPTOP);
        ok(agreesBy(PHONE), "the other stays");
        eq(account.keyCount(), 1, "one key");
    }

    function test_the_key_in_the_address_is_a_signer_until_it_is_removed() public {
        add(PHONE, LAPTOP);
        settle();
        bytes memory queued = packed(PHONE, TERMS, agreed);
        ok(account.isValidSignature(TERMS, queued) == YES, "until then");
        remove(LAPTOP, PHONE);
        ok(account.isValidSignature(TERMS, queued) == NO, "what it agreed to before, too");
        ok(!accounts.agrees(address(account), TERMS, queued), "by the first path, too");
        gone(PHONE);
        knows(PHONE);
        ok(agreesBy(LAPTOP), "the other stays");
        eq(account.keyCount(), 1, "one key");
        vm.prank(stranger);
        (bytes32 x, bytes32 y) = keyOf(PHONE);
        accounts.deploy(x, y, guardian, 4 days);
        gone(PHONE);
    }

    function test_a_key_does_not_remove_itself_and_so_one_is_always_left() public {
        refusesRemoval(PHONE, PHONE, abi.encodeWithSelector(IMemberAccount.OwnKey.selector, nameOf(PHONE)));
        add(PHONE, LAPTOP);
        settle();
        refusesRemoval(LAPTOP, LAPTOP, abi.encodeWithSelector(IMemberAccount.OwnKey.selector, nameOf(LAPTOP)));
        remove(LAPTOP, PHONE);
        refusesRemoval(LAPTOP, LAPTOP, abi.encodeWithSelector(IMemberAccount.OwnKey.selector, nameOf(LAPTOP)));
    }

    function test_for_72_hours_an_added_key_removes_no_other() public {
        add(PHONE, THIEF);
        uint48 settledFrom = uint48(block.timestamp + 72 hours);
        bytes memory why = abi.encodeWithSelector(IMemberAccount.KeyNotSettled.selector, nameOf(THIEF), settledFrom);
        refusesRemoval(THIEF, PHONE, why);
        vm.warp(settledFrom - 1);
        refusesRemoval(THIEF, PHONE, why);
        vm.warp(settledFrom);
        remove(THIEF, PHONE);
        gone(PHONE);
    }

    function test_until_then_whoever_was_there_before_removes_it() public {
        add(PHONE, THIEF);
        vm.warp(block.timestamp + 72 hours - 1);
        remove(PHONE, THIEF);
        gone(THIEF);
    }

    function test_only_a_signer_is_removed() public {
        bytes memory why = abi.encodeWithSelector(IMemberAccount.NotSigner.selector, nameOf(LAPTOP));
        refusesRemoval(PHONE, LAPTOP, why);
        add(PHONE, LAPTOP);
        remove(PHONE, LAPTOP);
        refusesRemoval(PHONE, LAPTOP, why);
    }

    function test_nobody_else_removes_a_key() public {
        add(PHONE, LAPTOP);
        bytes memory thiefs = signedBy(THIEF, removalOf(LAPTOP, 1, LATER));
        bytes memory earlier = signedBy(PHONE, removalOf(LAPTOP, 0, LATER));
        address[3] memory callers = [stranger, guardian, ENTRY_POINT];
        bytes[3] memory signatures = [thiefs, earlier, UNSIGNED];
        for (uint256 i; i < 9; ++i) {
            refuses(IMemberAccount.NotAgreed.selector);
            vm.prank(callers[i / 3]);
            account.removeKey(nameOf(LAPTOP), LATER, signatures[i % 3]);
        }
        uint48 past = uint48(block.timestamp - 1);
        bytes memory late = signedBy(PHONE, removalOf(LAPTOP, 1, past));
        refuses(abi.encodeWithSelector(IMemberAccount.OrderExpired.selector, past));
        account.removeKey(nameOf(LAPTOP), past, late);
        ok(agreesBy(LAPTOP), "still there");
    }

    // ---------------------------------------------------------------- whatever is tried

    function testFuzz_one_key_is_always_left_and_none_comes_back(uint256 chance) public {
        bool[6] memory wasRemoved;
        for (uint256 turn; turn < 24; ++turn) {
            chance = uint256(keccak256(abi.encode(chance)));
            (uint256 by, uint256 which) = (chance % 6, (chance >> 8) % 6);
            (bytes32 x, bytes32 y) = keyOf(PHONE + which);
            uint64 order = account.nextOrder();
            bool before = account.isSigner(x, y);
            if (chance & (1 << 16) == 0) {
                bytes memory signature = signedBy(PHONE + by, additionOf(PHONE + which, order, LATER));
                try account.addKey(x, y, LATER, signature) {
                    ok(!wasRemoved[which], "none comes back");
                } catch {}
            } else {
                bytes memory signature = signedBy(PHONE + by, removalOf(PHONE + which, order, LATER));
                try account.removeKey(nameOf(PHONE + which), LATER, signature) {
                    ok(before, "who was a signer");
                    wasRemoved[which] = true;
                } catch {}
            }
            eq(account.keyCount(), signers(), "as many as agree");
            ok(account.keyCount() != 0, "one is left");
            vm.warp(block.timestamp + ((chance >> 20) % 48 hours));
        }
    }

    // ---------------------------------------------------------------- within

    function signers() internal view returns (uint256 count) {
        for (uint256 i; i < 6; ++i) {
            (bool signs, ) = account.keyStanding(nameOf(PHONE + i));
            if (signs) ++count;
        }
    }

    function refusesRemoval(uint256 by, uint256 secret, bytes memory why) internal {
        bytes memory signature = signedBy(by, removalOf(secret, account.nextOrder(), LATER));
        refuses(why);
        account.removeKey(nameOf(secret), LATER, signature);
    }

    /// @dev It is not added, by the newest key that signs.
    function knows(uint256 secret) internal {
        uint256 by = agreesBy(PHONE) ? PHONE : LAPTOP;
        (bytes32 x, bytes32 y) = keyOf(secret);
        bytes memory signature = signedBy(by, additionOf(secret, account.nextOrder(), LATER));
        refuses(abi.encodeWithSelector(IMemberAccount.KeyKnown.selector, nameOf(secret)));
        account.addKey(x, y, LATER, signature);
    }
}
