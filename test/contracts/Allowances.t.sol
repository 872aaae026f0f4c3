// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IIssuance, LeftOut} from "../../contracts/interfaces/IIssuance.sol";
import {Lots} from "./support/Lots.sol";

/// @notice What a till, a shop, a campaign and an import may give, to the second and to the hundredth (N-8).
contract AllowancesTest is Lots {
    /// @dev One hundredth of a point a second.
    uint48 internal constant DAILY = 86_400;
    uint64 internal sequence;

    function setUp() public override {
        super.setUp();
        setTill(1, DAILY);
        setShop(10 * DAILY);
    }

    // ---------------------------------------------------------------- refilling

    function test_a_new_till_may_give_three_days_worth() public {
        allowanceIs(1, 3 * DAILY);
        gives(1, 3 * DAILY);
        allowanceIs(1, 0);
        refuses(1, 1, LeftOut.OverTillAllowance);
    }

    function test_a_till_gains_by_the_second() public {
        gives(1, 3 * DAILY);
        vm.warp(block.timestamp + 1);
        refuses(1, 2, LeftOut.OverTillAllowance);
        gives(1, 1);
        refuses(1, 1, LeftOut.OverTillAllowance);
        vm.warp(block.timestamp + 1_000);
        allowanceIs(1, 1_000);
        refuses(1, 1_001, LeftOut.OverTillAllowance);
        gives(1, 1_000);
    }

    function test_three_days_gather_and_no_more() public {
        gives(1, 100);
        vm.warp(block.timestamp + 99);
        allowanceIs(1, 3 * DAILY - 1);
        vm.warp(block.timestamp + 1);
        allowanceIs(1, 3 * DAILY);
        vm.warp(block.timestamp + 365 days);
        allowanceIs(1, 3 * DAILY);
        refuses(1, 3 * DAILY + 1, LeftOut.OverTillAllowance);
        gives(1, 3 * DAILY);
    }

    function test_what_a_second_brings_may_be_less_than_a_hundredth_and_is_not_lost() public {
        setTill(1, DAILY / 2 + 1);
        gives(1, 3 * (DAILY / 2 + 1));
        uint256 start = block.timestamp;
        vm.warp(start + 1);
        allowanceIs(1, 0);
        refuses(1, 1, LeftOut.OverTillAllowance);
        vm.warp(start + 2);
        allowanceIs(1, 1);
        uint256 given;
        for (uint256 second = 2; second <= 41; second += 3) {
            vm.warp(start + second);
            uint256 left = issuance.allowanceOf(shop, 1);
            gives(1, left);
            given += left;
        }
        eq(given, (41 * (DAILY / 2 + 1)) / DAILY, "what 41 seconds bring, rounded once");
    }

    function test_a_raised_rate_counts_at_once_and_from_then_on() public {
        gives(1, 3 * DAILY);
        setTill(1, 2 * DAILY);
        allowanceIs(1, 3 * DAILY);
        gives(1, 3 * DAILY);
        vm.warp(block.timestamp + 10);
        allowanceIs(1, 20);
    }

    function test_a_lowered_rate_waits_until_what_was_given_has_drained() public {
        gives(1, 3 * DAILY);
        setTill(1, DAILY / 2);
        allowanceIs(1, 0);
        // 259,200 were given; 129,600 may be gathered; half a hundredth drains a second.
        vm.warp(block.timestamp + 259_200);
        allowanceIs(1, 0);
        vm.warp(block.timestamp + 1);
        allowanceIs(1, 0);
        vm.warp(block.timestamp + 1);
        allowanceIs(1, 1);
        setTill(1, DAILY);
        ok(issuance.allowanceOf(shop, 1) > 3 * DAILY - 10, "by the rate of today alone");
    }

    /// @dev A till's allowance by another road: of all moments at which it began to give, the one that leaves least.
    function testFuzz_an_allowance_against_the_written_rule(uint256 seed, uint32 rate) public {
        uint256 daily = within(rate, 1, 400_000);
        setTill(1, uint48(daily));
        setShop(type(uint48).max);
        uint256[10] memory times;
        uint256[10] memory amounts;
        for (uint256 i; i < 10; ++i) {
            vm.warp(block.timestamp + within(draw(seed, i), 0, i % 3 == 0 ? 3 days : 1_000));
            uint256 left = 3 * daily * 1 days;
            for (uint256 k; k < i; ++k) {
                uint256 since;
                for (uint256 later = k; later < i; ++later) {
                    since += amounts[later] * 1 days;
                }
                uint256 drained = (block.timestamp - times[k]) * daily;
                uint256 used = since > drained ? since - drained : 0;
                if (3 * daily * 1 days - used < left) left = 3 * daily * 1 days - used;
            }
            allowanceIs(1, left / 1 days);
            (times[i], amounts[i]) = (block.timestamp, within(draw(seed, i + 50), 0, left / 1 days));
            if (amounts[i] > 1_000_000) amounts[i] = 1_000_000;
            gives(1, amounts[i]);
        }
    }

    // ---------------------------------------------------------------- whose it is

    function test_what_is_too_much_waits_and_the_smaller_ones_behind_it_do_not() public {
        gives(1, 3 * DAILY - 100);
        bytes memory entries = abi.encodePacked(entry(ada, 60), entry(ada, 50), entry(ada, 40), entry(ada, 1));
        leftOut(1, 502, LeftOut.OverTillAllowance);
        leftOut(1, 504, LeftOut.OverTillAllowance);
        issue(shop, 1, 501, entries);
        allowanceIs(1, 0);
        vm.warp(block.timestamp + 51);
        issue(shop, 1, 501, entries);
        eq(tokenOf(shop).balanceOf(ada), 3 * DAILY + 51, "the rest under the same signature");
        allowanceIs(1, 0);
    }

    function test_each_till_has_its_own_and_the_shop_one_for_all() public {
        uint32 second = newTill(shop);
        setTill(second, 8 * DAILY);
        setReceiptLimit();
        gives(1, 3 * DAILY);
        allowanceIs(second, 24 * DAILY);
        allowanceIs(0, 27 * DAILY);
        gives(second, 24 * DAILY);
        allowanceIs(0, 3 * DAILY);
        vm.warp(block.timestamp + 1 days);
        allowanceIs(1, DAILY);
        allowanceIs(second, 8 * DAILY);
        allowanceIs(0, 13 * DAILY);
        setShop(DAILY);
        refuses(second, 1, LeftOut.OverShopAllowance);
        uint32 other = openShop(1_000_000_000_000);
        eq(issuance.allowanceOf(other, 1), 15_000_000, "another shop's tills are its own");
    }

    function test_the_shops_allowance_binds_to_the_hundredth() public {
        setShop(DAILY);
        setTill(1, 10 * DAILY);
        gives(1, 3 * DAILY - 5);
        refuses(1, 6, LeftOut.OverShopAllowance);
        gives(1, 5);
        vm.warp(block.timestamp + 7);
        refuses(1, 8, LeftOut.OverShopAllowance);
        gives(1, 7);
        allowanceIs(0, 0);
    }

    function test_a_campaign_draws_on_its_budget_and_on_the_shop_and_on_no_till() public {
        setReceiptLimit();
        setShop(DAILY);
        uint32 campaign = newCampaign(shop, 2 * DAILY);
        allowanceIs(campaign, 0);
        gives(campaign, 2 * DAILY);
        refuses(campaign, 1, LeftOut.OverBudget);
        eq(issuance.budgetSpent(shop, campaign), 2 * DAILY, "all of its budget");
        allowanceIs(0, DAILY);
        allowanceIs(1, 3 * DAILY);
        uint32 another = newCampaign(shop, 5 * DAILY);
        refuses(another, DAILY + 1, LeftOut.OverShopAllowance);
        gives(another, DAILY);
        refuses(1, 1, LeftOut.OverShopAllowance);
        vm.warp(block.timestamp + 365 days);
        refuses(campaign, 1, LeftOut.OverBudget);
        eq(issuance.budgetSpent(shop, another), DAILY, "a budget never refills");
    }

    function test_an_import_draws_on_its_budget_and_on_nothing_else() public {
        setReceiptLimit();
        setShop(1);
        setTill(1, 1);
        uint32 import_ = newImport(shop, 100 * DAILY);
        gives(import_, 100 * DAILY - 1);
        refuses(import_, 2, LeftOut.OverBudget);
        gives(import_, 1);
        allowanceIs(0, 3);
        allowanceIs(1, 3);
        allowanceIs(import_, 0);
        eq(issuance.budgetSpent(shop, import_), 100 * DAILY, "its whole budget");
        eq(issuance.budgetSpent(shop, 1), 0, "a counter has none");
    }

    function test_an_unknown_till_may_give_nothing() public view {
        allowanceIs(99, 0);
        eq(issuance.allowanceOf(77, 0), 0, "nor an unknown shop");
    }

    // ---------------------------------------------------------------- which reason

    function test_the_budget_is_named_before_the_shops_allowance() public {
        setShop(1);
        uint32 campaign = newCampaign(shop, 3);
        refuses(campaign, 4, LeftOut.OverBudget);
        gives(campaign, 3);
        uint32 another = newCampaign(shop, 100);
        refuses(another, 4, LeftOut.OverShopAllowance);
    }

    function test_the_tills_allowance_is_named_before_the_shops_and_funding_last() public {
        uint32 poor = openShop(5 * PAR);
        vm.prank(ownerFor(poor));
        consortium.setTillAllowance(poor, 1, 4);
        vm.prank(ownerFor(poor));
        consortium.setShopAllowance(poor, 3);
        // Till: 12, shop: 9, funded: 5.
        leaves(poor, 1, 13, LeftOut.OverTillAllowance);
        leaves(poor, 2, 12, LeftOut.OverShopAllowance);
        leaves(poor, 3, 9, LeftOut.NotFunded);
        leaves(poor, 4, 6, LeftOut.NotFunded);
        bytes memory fits = entry(ada, 5);
        issue(poor, 1, 5, fits);
        eq(tokenOf(poor).totalSupply(), 5, "what all three allow");
        leaves(poor, 6, 1, LeftOut.NotFunded);
    }

    function test_what_went_before_in_the_batch_counts_for_the_reason() public {
        setShop(DAILY);
        bytes memory entries = abi.encodePacked(entry(ada, 2 * DAILY), entry(ada, DAILY + 1), entry(ada, DAILY));
        leftOut(1, 2, LeftOut.OverTillAllowance);
        issue(shop, 1, 1, entries);
        eq(tokenOf(shop).totalSupply(), 3 * DAILY, "the first and the third");
    }

    function test_an_import_names_its_budget_before_funding() public {
        uint32 poor = openShop(5 * PAR);
        uint32 import_ = newImport(poor, 8);
        bytes memory nine = entry(ada, 9);
        vm.expectEmit(address(issuance));
        emit IIssuance.ReceiptLeftOut(poor, import_, 1, LeftOut.OverBudget);
        issue(poor, import_, 1, nine);
        bytes memory eight = entry(ada, 8);
        vm.expectEmit(address(issuance));
        emit IIssuance.ReceiptLeftOut(poor, import_, 1, LeftOut.NotFunded);
        issue(poor, import_, 1, eight);
        eq(issuance.budgetSpent(poor, import_), 0, "what is left out draws on nothing");
    }

    // ---------------------------------------------------------------- what counts, and what does not

    function test_nothing_left_out_counts_and_nothing_worth_no_points_is_left_out() public {
        gives(1, 3 * DAILY - 10);
        refuses(1, 11, LeftOut.OverTillAllowance);
        allowanceIs(1, 10);
        gives(1, 10);
        gives(1, 0);
        bytes memory same = entry(ada, 0);
        leftOut(1, sequence, LeftOut.ReceiptSpent);
        issue(shop, 1, sequence, same);
    }

    function test_what_gives_nothing_is_as_if_nobody_had_brought_it() public {
        gives(1, 3 * DAILY);
        vm.warp(block.timestamp + 1_000);
        refuses(1, 3 * DAILY, LeftOut.OverTillAllowance);
        setTill(1, 2 * DAILY);
        allowanceIs(1, 3 * DAILY + 2_000);
    }

    function test_a_batch_of_many_chunks_counts_as_one() public {
        bytes memory entries;
        for (uint256 i; i < 201; ++i) {
            entries = abi.encodePacked(entries, entry(ada, 10));
        }
        issue(shop, 1, 1, entries);
        allowanceIs(1, 3 * DAILY - 2_010);
        allowanceIs(0, 30 * DAILY - 2_010);
    }

    function test_what_is_reversed_gives_no_allowance_back() public {
        Sold memory sold = sell(shop, 1, 1, entry(ada, 1_000));
        reverseWhole(sold, 0, 1_000);
        allowanceIs(1, 3 * DAILY - 1_000);
        allowanceIs(0, 30 * DAILY - 1_000);
    }

    function test_a_revoked_till_draws_on_its_allowance_still() public {
        bytes memory entries = abi.encodePacked(entry(ada, 3 * DAILY), entry(ada, 1));
        bytes memory signature = signedBatch(shop, 1, 1, entries);
        bytes memory owners = signed(0x0a11 + shop, batchDigest(shop, 1, 1, entries));
        vm.prank(ownerFor(shop));
        consortium.revokeTill(shop, 1);
        leftOut(1, 2, LeftOut.OverTillAllowance);
        issuance.issue(shop, 1, 1, entries, signature, owners);
        allowanceIs(1, 0);
    }

    // ---------------------------------------------------------------- the guardian's pause

    function test_nobody_issues_while_issuing_is_paused() public {
        uint32 campaign = newCampaign(shop, 100);
        uint32 import_ = newImport(shop, 100);
        vm.prank(guardian);
        consortium.pauseIssuing();
        uint48 until = uint48(block.timestamp + 72 hours);
        bytes memory entries = entry(ada, 5);
        for (uint32 till = 1; till <= import_; ++till) {
            ok(till == 1 || till == campaign || till == import_, "each kind of till");
            bytes memory signature = signedBatch(shop, till, 900, entries);
            vm.expectRevert(abi.encodeWithSelector(IIssuance.IssuingIsPaused.selector, until));
            issuance.issue(shop, till, 900, entries, signature, "");
        }
        vm.warp(until - 1);
        bytes memory again = signedBatch(shop, 1, 900, entries);
        vm.expectRevert(abi.encodeWithSelector(IIssuance.IssuingIsPaused.selector, until));
        issuance.issue(shop, 1, 900, entries, again, "");
        vm.warp(until);
        issuance.issue(shop, 1, 900, entries, again, "");
        eq(tokenOf(shop).balanceOf(ada), 5, "what was signed meanwhile is issued afterwards");
    }

    function test_a_pause_ended_early_is_over_at_once() public {
        vm.prank(guardian);
        consortium.pauseIssuing();
        vm.warp(block.timestamp + 1 hours);
        vm.prank(guardian);
        consortium.resumeIssuing();
        gives(1, 5);
    }

    function test_a_pause_stops_no_reversal() public {
        Sold memory sold = sell(shop, 1, 1, entry(ada, 1_000));
        vm.prank(guardian);
        consortium.pauseIssuing();
        reverseWhole(sold, 0, 1_000);
        eq(tokenOf(shop).totalSupply(), 0, "undone");
    }

    // ---------------------------------------------------------------- within

    function setTill(uint32 till, uint48 daily) internal {
        vm.prank(ownerFor(shop));
        consortium.setTillAllowance(shop, till, daily);
    }

    function setShop(uint48 daily) internal {
        vm.prank(ownerFor(shop));
        consortium.setShopAllowance(shop, daily);
    }

    function setReceiptLimit() internal {
        vm.prank(ownerFor(shop));
        consortium.setReceiptLimit(shop, type(uint48).max);
    }

    function allowanceIs(uint32 till, uint256 should) internal view {
        eq(issuance.allowanceOf(shop, till), should, "allowance");
    }

    function gives(uint32 till, uint256 amount) internal {
        issue(shop, till, ++sequence, entry(ada, amount));
        ok(issuance.receiptSpent(shop, till, sequence), "given");
    }

    function refuses(uint32 till, uint256 amount, LeftOut reason) internal {
        bytes memory one = entry(ada, amount);
        leftOut(till, ++sequence, reason);
        issue(shop, till, sequence, one);
        ok(!issuance.receiptSpent(shop, till, sequence), "not given");
    }

    function leaves(uint32 place, uint64 number, uint256 amount, LeftOut reason) internal {
        bytes memory one = entry(ada, amount);
        vm.expectEmit(address(issuance));
        emit IIssuance.ReceiptLeftOut(place, 1, number, reason);
        issue(place, 1, number, one);
    }

    function leftOut(uint32 till, uint64 number, LeftOut reason) internal {
        vm.expectEmit(address(issuance));
        emit IIssuance.ReceiptLeftOut(shop, till, number, reason);
    }
}
