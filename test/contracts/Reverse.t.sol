// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IIssuance, IssuedChunk, Reversal} from "../../contracts/interfaces/IIssuance.sol";
import {ShopStatus} from "../../contracts/libraries/ShopWord.sol";
import {Lots} from "./support/Lots.sol";

/// @notice A purchase is undone: at most what it gave, from whom it gave it to, once, by a till of the shop (N-10).
contract ReverseTest is Lots {
    Sold internal sold;

    function setUp() public override {
        super.setUp();
        sold = sell(shop, 1, 7, abi.encodePacked(entry(ada, 100), entry(ben, 50), entry(ada, 30)));
    }

    // ---------------------------------------------------------------- who

    function test_a_suspended_and_a_leaving_shop_reverse_too() public {
        vm.prank(board);
        consortium.suspend(shop);
        reverseWhole(sold, 0, 10);
        vm.prank(ownerFor(shop));
        consortium.announceExit(shop);
        reverseWhole(sold, 0, 10);
        eq(points.balanceOf(ada), 110, "taken both times");
    }

    function test_a_defaulted_shop_reverses_nothing() public {
        Reversal memory agreed = agreement(sold, 0, 10, 10, 0);
        vm.prank(address(clearing));
        consortium.markDefaulted(shop);
        vm.expectRevert(abi.encodeWithSelector(IIssuance.ShopNotReversing.selector, shop, ShopStatus.Defaulted));
        reverse(sold, agreed);
    }

    function test_an_applicant_a_withdrawn_one_and_nobody_reverse_nothing() public {
        Reversal memory agreed = agreement(sold, 0, 10, 10, 0);
        vm.expectRevert(abi.encodeWithSelector(IIssuance.ShopNotReversing.selector, 99, ShopStatus.None));
        issuance.reverse(99, sold.record, sold.chunk, agreed);
        vm.prank(ownerFor(2));
        uint32 applicant = consortium.applyToJoin();
        vm.expectRevert(abi.encodeWithSelector(IIssuance.ShopNotReversing.selector, applicant, ShopStatus.Applied));
        issuance.reverse(applicant, sold.record, sold.chunk, agreed);
        vm.prank(ownerFor(2));
        consortium.withdrawApplication(applicant);
        vm.expectRevert(abi.encodeWithSelector(IIssuance.ShopNotReversing.selector, applicant, ShopStatus.Withdrawn));
        issuance.reverse(applicant, sold.record, sold.chunk, agreed);
    }

    function test_any_active_counter_of_the_shop_agrees_and_no_other_key() public {
        uint32 second = newTill(shop);
        uint32 campaign = newCampaign(shop, 1_000);
        uint32 import_ = newImport(shop, 1_000);
        byTill(second, 10);
        eq(points.balanceOf(ada), 120, "the second till undid what the first had sold");
        notByTill(campaign);
        notByTill(import_);
        notByTill(99);
        vm.prank(ownerFor(shop));
        consortium.revokeTill(shop, second);
        notByTill(second);
        vm.prank(ownerFor(shop));
        consortium.revokeTill(shop, 1);
        notByTill(1);
    }

    function test_what_a_campaign_or_a_revoked_till_gave_a_counter_undoes() public {
        uint32 campaign = newCampaign(shop, 1_000);
        Sold memory gift = sell(shop, campaign, 1, entry(ben, 200));
        reverseWhole(gift, 0, 200);
        eq(points.balanceOf(ben), 50, "the gift is undone");
        uint32 second = newTill(shop);
        Sold memory bought = sell(shop, second, 1, entry(ben, 200));
        vm.prank(ownerFor(shop));
        consortium.revokeTill(shop, second);
        reverseWhole(bought, 0, 200);
        eq(points.balanceOf(ben), 50, "the purchase too");
    }

    // ---------------------------------------------------------------- which purchase

    function test_only_the_record_as_it_was_stored_proves_a_purchase() public {
        Reversal memory agreed = agreement(sold, 0, 10, 10, 0);
        IssuedChunk memory chunk = sold.chunk;
        notInRecord(shop, sold.record + 1, chunk, agreed);
        notInRecord(shop, 0, chunk, agreed);
        chunk.entries = abi.encodePacked(entry(ada, 101), entry(ben, 50), entry(ada, 30));
        notInRecord(shop, sold.record, chunk, agreed);
        chunk = copy(sold.chunk);
        chunk.firstSequence = 8;
        notInRecord(shop, sold.record, chunk, agreed);
        chunk = copy(sold.chunk);
        chunk.issuedBits = 1;
        notInRecord(shop, sold.record, chunk, agreed);
        chunk = copy(sold.chunk);
        chunk.quarter = 1;
        notInRecord(shop, sold.record, chunk, agreed);
        chunk = copy(sold.chunk);
        chunk.till = 2;
        notInRecord(shop, sold.record, chunk, agreed);
        uint32 other = openShop(1_000_000);
        notInRecord(other, sold.record, sold.chunk, agreed);
        reverse(sold, agreed);
    }

    function test_an_entry_that_was_left_out_or_never_was_there_is_not_undone() public {
        vm.prank(ownerFor(shop));
        consortium.setReceiptLimit(shop, 60);
        bytes memory entries = abi.encodePacked(entry(ada, 70), entry(ada, 60));
        issue(shop, 1, 20, entries);
        Sold memory half = Sold(shop, receiptName(shop, 1, 21), IssuedChunk(1, 20, 2, 0, entries));
        notInRecord(shop, half.record, half.chunk, agreement(half, 0, 10, 10, 0));
        notInRecord(shop, half.record, half.chunk, agreement(half, 2, 10, 10, 0));
        notInRecord(shop, half.record, half.chunk, agreement(half, 256, 10, 10, 0));
        notInRecord(shop, half.record, half.chunk, agreement(half, type(uint32).max, 10, 10, 0));
        reverseWhole(half, 1, 60);
        vm.prank(ownerFor(shop));
        consortium.setReceiptLimit(shop, 70);
        issue(shop, 1, 20, entries);
        Sold memory rest = Sold(shop, receiptName(shop, 1, 20), IssuedChunk(1, 20, 1, 0, entries));
        reverseWhole(rest, 0, 70);
        notInRecord(shop, rest.record, rest.chunk, agreement(rest, 1, 10, 10, 0));
        eq(points.balanceOf(ada), 130, "each once");
    }

    function test_the_last_entry_of_a_full_chunk_is_undone_under_its_own_name() public {
        bytes memory entries;
        for (uint256 i; i < 100; ++i) {
            entries = abi.encodePacked(entries, entry(i == 99 ? ben : ada, i + 1));
        }
        Sold memory full = sell(shop, 1, 250, entries);
        vm.expectEmit(address(issuance));
        emit IIssuance.Reversed(shop, ben, 1, 349, 1, 100, 100, 0);
        reverseWhole(full, 99, 100);
        eq(issuance.reversed(receiptName(shop, 1, 349)), 100, "kept under the receipt's name");
        eq(issuance.reversed(full.record), 0, "not under the record's");
    }

    // ---------------------------------------------------------------- when

    function test_a_sale_is_undone_within_30_days_to_the_second() public {
        Reversal memory agreed = agreement(sold, 0, 10, 10, 0);
        agreed.deadline = type(uint48).max;
        sign(sold, agreed);
        vm.warp(NOON + 30 days + 1);
        vm.expectRevert(abi.encodeWithSelector(IIssuance.ReversalWindowOver.selector, NOON + 30 days));
        reverse(sold, agreed);
        vm.warp(NOON + 30 days);
        reverse(sold, agreed);
        eq(points.balanceOf(ada), 120, "in the last second");
    }

    function test_the_window_runs_from_the_sale_and_not_from_the_issue() public {
        Sold memory late = sell(shop, 1, 30, entry(ada, 40, NOON - 6 days));
        Reversal memory agreed = agreement(late, 0, 10, 10, 0);
        agreed.deadline = type(uint48).max;
        sign(late, agreed);
        vm.warp(NOON + 24 days + 1);
        vm.expectRevert(abi.encodeWithSelector(IIssuance.ReversalWindowOver.selector, NOON + 24 days));
        reverse(late, agreed);
        vm.warp(NOON + 24 days);
        reverse(late, agreed);
        uint32 import_ = newImport(shop, 1_000);
        Sold memory old = sell(shop, import_, 1, entry(ada, 40, 1_000));
        Reversal memory tooOld = agreement(old, 0, 10, 10, 0);
        vm.expectRevert(abi.encodeWithSelector(IIssuance.ReversalWindowOver.selector, 1_000 + 30 days));
        reverse(old, tooOld);
    }

    function test_each_entry_of_a_chunk_has_its_own_window() public {
        Sold memory mixed = sell(shop, 1, 30, abi.encodePacked(entry(ada, 40), entry(ben, 40, NOON - 5 days)));
        vm.warp(NOON + 25 days + 1);
        Reversal memory older = agreement(mixed, 1, 40, 40, 0);
        vm.expectRevert(abi.encodeWithSelector(IIssuance.ReversalWindowOver.selector, NOON + 25 days));
        reverse(mixed, older);
        reverseWhole(mixed, 0, 40);
        eq(points.balanceOf(ben), 90, "Ben's purchase stands");
    }

    function test_a_till_agrees_up_to_its_deadline() public {
        Reversal memory agreed = agreement(sold, 0, 10, 10, 0);
        vm.warp(agreed.deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(IIssuance.ReversalExpired.selector, agreed.deadline));
        reverse(sold, agreed);
        vm.warp(agreed.deadline);
        reverse(sold, agreed);
    }

    // ---------------------------------------------------------------- what the till signed

    function test_every_word_of_the_agreement_is_signed() public {
        bytes memory signature = agreement(sold, 0, 20, 10, 5).signature;
        for (uint256 i; i < 6; ++i) {
            Reversal memory other = agreement(sold, 0, 20, 10, 5);
            if (i == 0) other.index = 2;
            if (i == 1) other.points = 21;
            if (i == 2) other.taken = 11;
            if (i == 3) other.debt = 4;
            if (i == 4) other.deadline += 1;
            if (i == 5) other.before = 1;
            other.signature = signature;
            badSignature(sold, other);
        }
        reverse(sold, agreement(sold, 0, 20, 10, 5));
    }

    function test_another_tills_shops_chains_or_contracts_signature_is_none() public {
        uint32 second = newTill(shop);
        Reversal memory agreed = agreement(sold, 0, 20, 20, 0);
        bytes memory good = agreed.signature;
        bytes32 digest = reversalDigest(sold, agreed);
        agreed.signature = signed(tillKey[shop][second], digest);
        badSignature(sold, agreed);
        agreed.signature = signed(0x0a11 + shop, digest);
        badSignature(sold, agreed);
        agreed.signature = signed(0xada, digest);
        badSignature(sold, agreed);
        agreed.signature = "";
        badSignature(sold, agreed);
        agreed.till = second;
        agreed.signature = good;
        badSignature(sold, agreed);
        agreed.till = 1;
        vm.chainId(block.chainid + 1);
        badSignature(sold, agreed);
        vm.chainId(block.chainid - 1);
        reverse(sold, agreed);
    }

    function test_what_another_network_signed_is_worth_nothing_here() public {
        Reversal memory agreed = agreement(sold, 0, 20, 20, 0);
        bytes memory here = agreed.signature;
        address first = address(issuance);
        found();
        eq(openShop(1_000_000_000_000), shop, "the same number of a shop");
        Sold memory twin = sell(shop, 1, 7, sold.chunk.entries);
        ok(address(issuance) != first && twin.record == sold.record, "all the same but the contract");
        agreed.signature = here;
        badSignature(twin, agreed);
    }

    function test_a_batchs_signature_agrees_to_no_reversal() public {
        Reversal memory agreed = agreement(sold, 0, 20, 20, 0);
        agreed.signature = signedBatch(shop, 1, 7, sold.chunk.entries);
        badSignature(sold, agreed);
    }

    // ---------------------------------------------------------------- within

    function byTill(uint32 till, uint256 amount) internal {
        Reversal memory agreed = agreement(sold, 0, amount, amount, 0);
        agreed.till = till;
        sign(sold, agreed);
        reverse(sold, agreed);
    }

    function notByTill(uint32 till) internal {
        Reversal memory agreed = agreement(sold, 0, 10, 10, 0);
        agreed.till = till;
        if (tillKey[shop][till] != 0) sign(sold, agreed);
        vm.expectRevert(abi.encodeWithSelector(IIssuance.TillNotReversing.selector, shop, till));
        reverse(sold, agreed);
    }

    function notInRecord(uint32 place, uint256 record, IssuedChunk memory chunk, Reversal memory agreed) internal {
        vm.expectRevert(abi.encodeWithSelector(IIssuance.NotInRecord.selector, record));
        issuance.reverse(place, record, chunk, agreed);
    }

    function badSignature(Sold memory of_, Reversal memory agreed) internal {
        vm.expectRevert(abi.encodeWithSelector(IIssuance.BadTillSignature.selector, shop, agreed.till));
        reverse(of_, agreed);
    }

    function copy(IssuedChunk memory chunk) internal pure returns (IssuedChunk memory) {
        return IssuedChunk(chunk.till, chunk.firstSequence, chunk.issuedBits, chunk.quarter, chunk.entries);
    }
}
