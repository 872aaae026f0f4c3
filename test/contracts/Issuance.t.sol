// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IIssuance, LeftOut} from "../../contracts/interfaces/IIssuance.sol";
import {ShopStatus} from "../../contracts/libraries/ShopWord.sol";
import {Street} from "./support/Street.sol";

/// @notice Purchases become points: each receipt once (N-6), as signed (N-7), within limits (N-8), funded (N-9).
contract IssuanceTest is Street {
    address internal ada = vm.addr(0xada);
    address internal ben = vm.addr(0xbe4);
    uint32 internal shop;

    /// @dev The third shop of the street, so that no till bears its number.
    function setUp() public {
        found();
        openShop(0);
        openShop(0);
        shop = openShop(1_000_000_000);
    }

    // ---------------------------------------------------------------- what stops a whole batch

    function test_no_entries_or_broken_ones_are_refused() public {
        bytes memory signature = signedBatch(shop, 1, 1, "");
        vm.expectRevert(abi.encodeWithSelector(IIssuance.BadEntries.selector, 0));
        issuance.issue(shop, 1, 1, "", signature, "");
        bytes memory broken = abi.encodePacked(entry(ada, 5), uint8(1));
        vm.expectRevert(abi.encodeWithSelector(IIssuance.BadEntries.selector, 37));
        issuance.issue(shop, 1, 1, broken, signature, "");
    }

    function test_500_entries_are_a_batch_and_501_are_not() public {
        bytes memory entries = many(500, 1);
        issue(shop, 1, 1, entries);
        eq(tokenOf(shop).totalSupply(), 500, "supply");
        bytes memory more = abi.encodePacked(entries, entry(ada, 1));
        vm.expectRevert(abi.encodeWithSelector(IIssuance.BadEntries.selector, 501 * 36));
        issuance.issue(shop, 1, 1, more, "", "");
    }

    function test_the_last_numbers_of_a_till_can_be_used_and_none_beyond() public {
        uint64 last = type(uint64).max - 1;
        issue(shop, 1, last, entry(ada, 7));
        ok(issuance.receiptSpent(shop, 1, last), "the last number is spent");
        bytes memory two = abi.encodePacked(entry(ada, 1), entry(ada, 1));
        vm.expectRevert(abi.encodeWithSelector(IIssuance.SequenceTooHigh.selector, last));
        issuance.issue(shop, 1, last, two, "", "");
    }

    function test_a_suspended_shop_issues_nothing() public {
        vm.prank(board);
        consortium.suspend(shop);
        bytes memory entries = entry(ada, 5);
        bytes memory signature = signedBatch(shop, 1, 1, entries);
        vm.expectRevert(abi.encodeWithSelector(IIssuance.ShopNotIssuing.selector, shop, ShopStatus.Suspended, false));
        issuance.issue(shop, 1, 1, entries, signature, "");
    }

    function test_a_shop_that_only_redeems_issues_nothing() public {
        uint32 charity = openCharity();
        newTill(charity);
        fund(charity, 1_000_000);
        bytes memory entries = entry(ada, 5);
        bytes memory signature = signedBatch(charity, 1, 1, entries);
        vm.expectRevert(abi.encodeWithSelector(IIssuance.ShopNotIssuing.selector, charity, ShopStatus.Active, true));
        issuance.issue(charity, 1, 1, entries, signature, "");
    }

    function test_an_unknown_till_issues_nothing() public {
        vm.expectRevert(abi.encodeWithSelector(IIssuance.UnknownTill.selector, shop, 9));
        issuance.issue(shop, 9, 1, entry(ada, 5), "", "");
    }

    function test_a_till_signs_its_own_batches_only() public {
        uint32 other = newTill(shop);
        bytes memory entries = entry(ada, 5);
        bytes memory signature = signed(tillKey[shop][other], batchDigest(shop, 1, 1, entries));
        vm.expectRevert(abi.encodeWithSelector(IIssuance.BadTillSignature.selector, shop, 1));
        issuance.issue(shop, 1, 1, entries, signature, "");
    }

    function test_a_prefix_needs_the_signature_over_that_prefix() public {
        bytes memory both = abi.encodePacked(entry(ada, 5), entry(ben, 6));
        bytes memory signature = signedBatch(shop, 1, 1, both);
        bytes memory first = entry(ada, 5);
        vm.expectRevert(abi.encodeWithSelector(IIssuance.BadTillSignature.selector, shop, 1));
        issuance.issue(shop, 1, 1, first, signature, "");
        issue(shop, 1, 1, first);
        issue(shop, 1, 1, both);
        eq(tokenOf(shop).balanceOf(ada), 5, "the first once");
        eq(tokenOf(shop).balanceOf(ben), 6, "the second by the later signature");
    }

    function test_a_changed_amount_breaks_the_signature() public {
        bytes memory signature = signedBatch(shop, 1, 1, entry(ada, 5));
        bytes memory more = entry(ada, 6);
        vm.expectRevert(abi.encodeWithSelector(IIssuance.BadTillSignature.selector, shop, 1));
        issuance.issue(shop, 1, 1, more, signature, "");
    }

    function test_a_signature_serves_one_till_and_one_place_only() public {
        bytes memory entries = entry(ada, 5);
        bytes memory signature = signedBatch(shop, 1, 1, entries);
        vm.expectRevert(abi.encodeWithSelector(IIssuance.BadTillSignature.selector, shop, 1));
        issuance.issue(shop, 1, 2, entries, signature, "");
    }

    // ---------------------------------------------------------------- a revoked till

    function test_a_revoked_till_needs_the_owner_beside_it() public {
        bytes memory entries = entry(ada, 5);
        bytes memory signature = signedBatch(shop, 1, 1, entries);
        bytes32 digest = batchDigest(shop, 1, 1, entries);
        vm.prank(ownerFor(shop));
        consortium.revokeTill(shop, 1);
        vm.expectRevert(abi.encodeWithSelector(IIssuance.OwnerSignatureMissing.selector, shop, 1));
        issuance.issue(shop, 1, 1, entries, signature, "");
        vm.expectRevert(abi.encodeWithSelector(IIssuance.OwnerSignatureMissing.selector, shop, 1));
        issuance.issue(shop, 1, 1, entries, signature, signature);
        bytes memory owners = signed(0x0a11 + shop, digest);
        vm.expectRevert(abi.encodeWithSelector(IIssuance.BadTillSignature.selector, shop, 1));
        issuance.issue(shop, 1, 1, entries, owners, owners);
        issuance.issue(shop, 1, 1, entries, signature, owners);
        eq(tokenOf(shop).balanceOf(ada), 5, "issued with both");
    }

    // ---------------------------------------------------------------- what is left out, and why

    function test_the_same_batch_again_gives_nothing_twice() public {
        bytes memory entries = abi.encodePacked(entry(ada, 5), entry(ben, 6));
        issue(shop, 1, 1, entries);
        leftOut(1, LeftOut.ReceiptSpent);
        leftOut(2, LeftOut.ReceiptSpent);
        issue(shop, 1, 1, entries);
        eq(tokenOf(shop).totalSupply(), 11, "supply");
    }

    function test_a_receipt_over_the_limit_waits_and_one_at_the_limit_does_not() public {
        vm.prank(ownerFor(shop));
        consortium.setReceiptLimit(shop, 100);
        leftOut(2, LeftOut.OverReceiptLimit);
        issue(shop, 1, 1, abi.encodePacked(entry(ada, 100), entry(ben, 101)));
        eq(tokenOf(shop).balanceOf(ada), 100, "at the limit");
        ok(!issuance.receiptSpent(shop, 1, 2), "what is left out is not spent");
        vm.prank(ownerFor(shop));
        consortium.setReceiptLimit(shop, 101);
        issue(shop, 1, 2, entry(ben, 101));
        eq(tokenOf(shop).balanceOf(ben), 101, "after the limit rose");
    }

    function test_what_is_not_funded_waits_and_the_rest_is_issued() public {
        uint32 poor = openShop(1_000 * PAR);
        bytes memory entries = abi.encodePacked(entry(ada, 600), entry(ben, 401), entry(ben, 400), entry(ada, 1));
        leftOut(poor, 2, LeftOut.NotFunded);
        leftOut(poor, 4, LeftOut.NotFunded);
        issue(poor, 1, 1, entries);
        eq(tokenOf(poor).totalSupply(), 1_000, "exactly what the reserve carries");
        eq(clearing.freeReserveOf(poor), 0, "nothing free");
        fund(poor, 402 * PAR);
        issue(poor, 1, 1, entries);
        eq(tokenOf(poor).totalSupply(), 1_402, "the rest under the same signature");
    }

    function test_the_time_of_sale_counts_a_week_back_and_ten_minutes_ahead() public {
        uint256 time = block.timestamp;
        bytes memory entries = abi.encodePacked(
            entry(ada, 1, time - 7 days),
            entry(ada, 2, time - 7 days - 1),
            entry(ada, 4, time + 10 minutes),
            entry(ada, 8, time + 10 minutes + 1)
        );
        leftOut(2, LeftOut.TimeOfSale);
        leftOut(4, LeftOut.TimeOfSale);
        issue(shop, 1, 1, entries);
        eq(tokenOf(shop).balanceOf(ada), 5, "the first and the third");
    }

    function test_a_campaign_minds_the_time_of_sale_as_a_counter_does() public {
        uint32 campaign = newCampaign(shop, 1_000);
        uint256 time = block.timestamp;
        leftOutAt(shop, campaign, 1, LeftOut.TimeOfSale);
        leftOutAt(shop, campaign, 2, LeftOut.TimeOfSale);
        bytes memory outside = abi.encodePacked(
            entry(ada, 1, time - 7 days - 1),
            entry(ada, 2, time + 10 minutes + 1),
            entry(ada, 4, time - 7 days)
        );
        issue(shop, campaign, 1, outside);
        eq(tokenOf(shop).balanceOf(ada), 4, "the third");
    }

    function test_after_the_last_second_that_an_entry_can_name_counters_give_nothing_more() public {
        vm.warp(2 ** 32 - 1);
        issue(shop, 1, 1, entry(ada, 1));
        vm.warp(2 ** 32 + 7 days + 1);
        leftOut(2, LeftOut.TimeOfSale);
        leftOut(3, LeftOut.TimeOfSale);
        issue(shop, 1, 2, abi.encodePacked(entry(ada, 2, 2 ** 32 - 1), entry(ada, 4)));
        eq(tokenOf(shop).balanceOf(ada), 1, "nothing but what was issued in its time");
    }

    function test_nobody_gets_nothing() public {
        leftOut(1, LeftOut.NoMember);
        issue(shop, 1, 1, entry(address(0), 5));
        eq(tokenOf(shop).totalSupply(), 0, "supply");
    }

    function test_a_purchase_worth_no_points_spends_its_receipt() public {
        issue(shop, 1, 1, entry(ada, 0));
        ok(issuance.receiptSpent(shop, 1, 1), "spent");
    }

    function test_an_import_key_reaches_back_but_not_beyond_its_budget() public {
        uint32 import_ = newImport(shop, 100);
        bytes memory old = abi.encodePacked(entry(ada, 60, 1), entry(ben, 41, 1), entry(ben, 40, 1));
        leftOutAt(shop, import_, 2, LeftOut.OverBudget);
        issue(shop, import_, 1, old);
        eq(issuance.budgetSpent(shop, import_), 100, "all of the budget");
        leftOutAt(shop, import_, 9, LeftOut.OverBudget);
        issue(shop, import_, 9, entry(ada, 1, 1));
        eq(tokenOf(shop).totalSupply(), 100, "supply");
        leftOutAt(shop, import_, 10, LeftOut.TimeOfSale);
        issue(shop, import_, 10, entry(ada, 0, block.timestamp + 11 minutes));
        issue(shop, 1, 1, entry(ada, 3));
        eq(issuance.budgetSpent(shop, 1), 0, "a counter has no budget to draw on");
    }

    // ---------------------------------------------------------------- what is written down

    function test_each_chunk_of_100_keeps_the_hash_of_what_was_issued() public {
        bytes memory entries = many(101, 3);
        bytes memory last = entryAt(entries, 100);
        vm.expectEmit(address(issuance));
        emit IIssuance.Issued(shop, 1, 301, 1, name(shop, 1, 301), last);
        issue(shop, 1, 201, entries);
        bytes32 hash = keccak256(abi.encode(shop, uint32(1), uint64(301), uint256(1), keccak256(last), uint16(0)));
        ok(issuance.recordHash(name(shop, 1, 301)) == hash, "the second chunk's hash");
        ok(issuance.recordHash(name(shop, 1, 201)) != 0, "the first chunk has one of its own");
        eq(tokenOf(shop).totalSupply(), 303, "supply");
    }

    function test_a_record_bears_the_name_of_the_first_receipt_it_issued() public {
        issue(shop, 1, 255, entry(ada, 5));
        bytes memory entries = abi.encodePacked(entry(ben, 1), entry(ada, 5), entry(ben, 2), entry(ben, 3));
        issue(shop, 1, 254, entries);
        uint256 bits = 13;
        bytes32 hash = keccak256(abi.encode(shop, uint32(1), uint64(254), bits, keccak256(entries), uint16(0)));
        ok(issuance.recordHash(name(shop, 1, 254)) == hash, "hash of the three");
        eq(tokenOf(shop).balanceOf(ben), 6, "across a word of the bitmap");
        ok(issuance.receiptSpent(shop, 1, 254), "also the one before the bitmap's next word");
        ok(issuance.receiptSpent(shop, 1, 257) && !issuance.receiptSpent(shop, 1, 258), "exactly these");
        ok(!issuance.receiptSpent(shop, 2, 254), "another till's numbers are its own");
        bytes memory late = abi.encodePacked(entry(ada, 5), entry(ada, 9));
        issue(shop, 1, 257, late);
        hash = keccak256(abi.encode(shop, uint32(1), uint64(257), uint256(2), keccak256(late), uint16(0)));
        ok(issuance.recordHash(name(shop, 1, 258)) == hash, "named after the first issued, not the first sent");
    }

    function test_500_members_who_never_held_points_fit_into_one_transaction() public {
        bytes memory entries = many(500, 100);
        bytes memory signature = signedBatch(shop, 1, 1, entries);
        bytes memory call = abi.encodeCall(issuance.issue, (shop, 1, 1, entries, signature, ""));
        uint256 calldataGas = 21_000 + 16 * call.length;
        uint256 before = gasleft();
        issuance.issue(shop, 1, 1, entries, signature, "");
        ok(before - gasleft() + calldataGas < 16_777_216, "below the most a transaction may use");
        eq(tokenOf(shop).totalSupply(), 50_000, "supply");
    }

    // ---------------------------------------------------------------- fuzz

    function testFuzz_the_order_of_submissions_does_not_matter(uint256 seed, uint8 start) public {
        bytes memory entries = many(40, 1);
        uint64 first = uint64(start) + 230;
        uint256 expected;
        bool[40] memory given;
        for (uint256 round; round < 6; ++round) {
            uint256 from = within(uint256(keccak256(abi.encode(seed, round))), 0, 39);
            uint256 to = within(uint256(keccak256(abi.encode(seed, round, "to"))), from, 39);
            bytes memory part;
            for (uint256 i = from; i <= to; ++i) {
                part = abi.encodePacked(part, entryAt(entries, i));
                if (!given[i]) ++expected;
                given[i] = true;
            }
            issue(shop, 1, uint64(first + from), part);
            eq(tokenOf(shop).totalSupply(), expected, "each receipt once");
        }
    }

    // ---------------------------------------------------------------- within

    function leftOut(uint64 sequence, LeftOut reason) internal {
        leftOutAt(shop, 1, sequence, reason);
    }

    function leftOut(uint32 place, uint64 sequence, LeftOut reason) internal {
        leftOutAt(place, 1, sequence, reason);
    }

    function leftOutAt(uint32 place, uint32 till, uint64 sequence, LeftOut reason) internal {
        vm.expectEmit(address(issuance));
        emit IIssuance.ReceiptLeftOut(place, till, sequence, reason);
    }

    function many(uint256 count, uint256 points) internal view returns (bytes memory entries) {
        entries = new bytes(0);
        for (uint256 i; i < count; ++i) {
            entries = abi.encodePacked(entries, entry(address(uint160(0xfeed00 + i)), points));
        }
    }

    function entryAt(bytes memory entries, uint256 index) internal pure returns (bytes memory one) {
        one = new bytes(36);
        for (uint256 k; k < 36; ++k) {
            one[k] = entries[index * 36 + k];
        }
    }

    function name(uint32 place, uint32 till, uint64 sequence) internal pure returns (uint256) {
        return (uint256(place) << 96) | (uint256(till) << 64) | sequence;
    }
}
