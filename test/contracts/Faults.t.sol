// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IIssuance, Reversal} from "../../contracts/interfaces/IIssuance.sol";
import {IRedemptions, Item, RefusedBecause} from "../../contracts/interfaces/IRedemptions.sol";
import {RecordedLog} from "./support/Test.sol";
import {Lots} from "./support/Lots.sol";

/// @notice F-3: faults that other systems are known for, each tried on this one: above all what a receipt
/// gives twice (N-6) and what a return leaves behind (N-10).
contract FaultsTest is Lots {
    uint32 internal other;

    function setUp() public override {
        super.setUp();
        other = openShop(1_000_000_000_000);
    }

    // ---------------------------------------------------------------- returns

    function test_F3_buy_earn_refund_keeps_no_points() public {
        for (uint64 round = 1; round <= 5; ++round) {
            Sold memory sold = sell(shop, 1, round, entry(ada, 100));
            reverseWhole(sold, 0, 100);
            eq(points.balanceOf(ada), 0, "bought and returned");
        }
        // Nor by way of a friend: what was sent away is owed, or taken off the cash.
        Sold memory last = sell(shop, 1, 9, entry(ada, 100));
        send(ada, ben, 100);
        reverse(last, agreement(last, 0, 100, 0, 100));
        issue(shop, 1, 10, entry(ada, 100));
        eq(points.balanceOf(ada), 0, "the next points pay what is owed");
        eq(points.balanceOf(ben), 100, "once, for one purchase that was kept");
    }

    function test_F3_a_refund_charges_points_once() public {
        Sold memory sold = sell(shop, 1, 1, entry(ada, 100));
        issue(shop, 1, 2, entry(ada, 500));
        Reversal memory agreed = agreement(sold, 0, 100, 100, 0);
        reverse(sold, agreed);
        uint256 purchase = purchaseOf(sold, 0);
        for (uint256 i; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IIssuance.ReversalOutOfTurn.selector, purchase, 100));
            reverse(sold, agreed);
        }
        Reversal memory anew = agreement(sold, 0, 100, 100, 0);
        vm.expectRevert(abi.encodeWithSelector(IIssuance.ReversalOutOfBounds.selector, purchase, 0, 100));
        reverse(sold, anew);
        eq(points.balanceOf(ada), 500, "the other purchase is untouched");
    }

    function test_F3_points_on_voided_lines() public {
        Sold memory sold = sell(shop, 1, 1, abi.encodePacked(entry(ada, 70), entry(ada, 30)));
        reverseWhole(sold, 1, 30);
        reverse(sold, agreement(sold, 0, 20, 20, 0));
        eq(points.balanceOf(ada), 50, "what was kept, and nothing for what was not");
        eq(points.totalSupply(), 50, "nor does the shop owe for it");
    }

    // ---------------------------------------------------------------- again

    function test_F3_an_offline_retry_under_another_name_doubles_nothing() public {
        bytes memory one = entry(ada, 100);
        bytes memory two = abi.encodePacked(one, entry(ben, 50));
        issue(shop, 1, 5, one);
        // The till was not sure: the same number again, in a longer batch, by another sender, days later.
        issue(shop, 1, 5, two);
        vm.warp(block.timestamp + 3 days);
        bytes memory signature = signedBatch(shop, 1, 5, two);
        vm.prank(ben);
        issuance.issue(shop, 1, 5, two, signature, "");
        issue(shop, 1, 4, abi.encodePacked(entry(cem, 1), one, entry(ben, 50)));
        eq(points.balanceOf(ada), 100, "once");
        eq(points.balanceOf(ben), 50, "once");
        // Other content under a spent number gives nothing either: the till takes a new number.
        issue(shop, 1, 5, entry(ada, 999));
        eq(points.balanceOf(ada), 100, "a spent receipt is spent for any content");
    }

    function test_F3_an_award_handled_again_pays_once() public {
        uint32 campaign = newCampaign(shop, 1_000);
        bytes memory award = entry(ada, 250);
        for (uint256 i; i < 4; ++i) {
            issue(shop, campaign, 1, award);
            vm.warp(block.timestamp + 1 hours);
        }
        eq(points.balanceOf(ada), 250, "one award");
        eq(issuance.budgetSpent(shop, campaign), 250, "one draw on the budget");
    }

    // ---------------------------------------------------------------- at once

    function test_F3_twenty_gifts_of_a_hundred_are_one_gift() public {
        give(ada, 100);
        uint256 arrived;
        for (uint256 i; i < 20; ++i) {
            address friend = vm.addr(0xf00 + i);
            bytes memory gift = giftOf(friend, 100, bytes32(i));
            bytes memory call = abi.encodeWithSignature(
                "transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,bytes)",
                ada,
                friend,
                100,
                0,
                type(uint256).max,
                bytes32(i),
                gift
            );
            (bool done, ) = address(points).call(call);
            if (done) ++arrived;
        }
        eq(arrived, 1, "each was signed for, one was there");
        eq(points.totalSupply(), 100, "none were made");
        eq(points.balanceOf(vm.addr(0xf00)), 100, "the first got them");
    }

    function test_F3_two_payments_race_for_one_balance() public {
        give(ada, 100);
        Item memory here = payment(ADA, shop, 1, 1, shop, 100);
        Item memory there = payment(ADA, other, 1, 1, shop, 100);
        redeem(other, 1, there);
        vm.expectEmit(address(redemptions));
        emit IRedemptions.RedemptionRefused(shop, 1, 1, ada, RefusedBecause.Balance);
        redeem(shop, 1, here);
        eq(points.balanceOf(ada), 0, "spent once");
        Item[] memory both = new Item[](2);
        give(ada, 100);
        both[0] = payment(ADA, shop, 1, 7, shop, 60);
        both[1] = payment(ADA, shop, 1, 8, shop, 60);
        vm.expectEmit(address(redemptions));
        emit IRedemptions.RedemptionRefused(shop, 1, 8, ada, RefusedBecause.Balance);
        redeem(shop, 1, both);
        eq(points.balanceOf(ada), 40, "in one submission as well");
    }

    // ---------------------------------------------------------------- kinds

    function test_F3_a_balance_is_checked_in_the_kind_it_is_deducted_from() public {
        give(ada, 60);
        issue(other, 1, 1, entry(ada, 60));
        // 120 in all, but not of one shop.
        vm.expectEmit(address(redemptions));
        emit IRedemptions.RedemptionRefused(shop, 1, 1, ada, RefusedBecause.Balance);
        redeem(shop, 1, payment(ADA, shop, 1, 1, shop, 100));
        eq(points.balanceOf(ada) + tokenOf(other).balanceOf(ada), 120, "nothing was deducted anywhere");
        // And within a shop: what lapsed is not there, whatever the stored word says.
        pass(4);
        give(ada, 30);
        pass(1);
        vm.expectEmit(address(redemptions));
        emit IRedemptions.RedemptionRefused(shop, 1, 2, ada, RefusedBecause.Balance);
        redeem(shop, 1, payment(ADA, shop, 1, 2, shop, 31));
        redeem(shop, 1, payment(ADA, shop, 1, 3, shop, 30));
        lanesAre(points, ada, 0, 0, 0, 0, 0);
        supplyIs(points, 0, 0, 0, 0, 0);
    }

    function test_F3_points_that_came_in_any_way_lapse() public {
        uint32 campaign = newCampaign(shop, 1_000);
        uint32 import_ = newImport(shop, 1_000);
        issue(shop, 1, 1, entry(ada, 1));
        issue(shop, campaign, 1, entry(ada, 2));
        issue(shop, import_, 1, entry(ada, 4, 1));
        give(ben, 16);
        send(ben, ada, 8);
        restore(ada, wordOf(0, 16, 0, 0, 0, 0));
        eq(points.balanceOf(ada), 31, "each in its own way");
        pass(4);
        eq(points.balanceOf(ada), 31, "five quarters");
        restore(ada, wordOf(0, 32, 0, 0, 0, 0));
        pass(1);
        eq(points.balanceOf(ada), 0, "and not one longer");
        eq(points.totalSupply(), 0, "none without an end");
    }

    // ---------------------------------------------------------------- history

    /// @dev Whatever happens, who replays the Transfers has the stored balances, and the live ones after `lapse`.
    function testFuzz_F3_history_and_balance_agree(uint256 seed) public {
        address[3] memory members = [ada, ben, cem];
        vm.recordLogs();
        for (uint256 i; i < 24; ++i) {
            uint256 dice = draw(seed, i);
            address one = members[(dice >> 8) % 3];
            uint256 amount = within(dice >> 16, 0, points.balanceOf(one));
            if (dice % 7 == 0) pass(1);
            else if (dice % 7 == 1) restore(one, wordOf(quarterNow(), amount, 0, amount, 0, 1));
            else if (dice % 7 == 2) burn(one, amount);
            else if (dice % 7 == 3) takeBack(one, amount, quarterNow(), amount / 2);
            else if (dice % 7 == 4) send(one, members[(dice >> 12) % 3], amount);
            else give(one, within(dice >> 16, 0, 500));
        }
        address[] memory all = new address[](3);
        (all[0], all[1], all[2]) = (ada, ben, cem);
        points.lapse(all);
        RecordedLog[] memory logs = vm.getRecordedLogs();
        uint256 supply;
        for (uint256 m; m < 3; ++m) {
            uint256 replayed = replay(logs, members[m]);
            eq(replayed, points.balanceOf(members[m]), "the sum of what was said");
            supply += replayed;
        }
        eq(supply, points.totalSupply(), "and the supply is theirs");
    }

    // ---------------------------------------------------------------- who is who

    function test_F3_nobody_becomes_somebody_by_appending_their_name() public {
        give(ada, 100);
        bytes memory forged = abi.encodePacked(abi.encodeCall(IERC20.transfer, (cem, 100)), ada);
        vm.prank(cem);
        (bool done, ) = address(points).call(forged);
        ok(!done, "cem is cem");
        bytes memory asIssuance = abi.encodePacked(abi.encodeCall(points.issue, (entry(cem, 9), 1)), issuance);
        (done, ) = address(points).call(asIssuance);
        ok(!done, "and this is nobody's issuance");
        eq(points.balanceOf(cem), 0, "nothing came of it");
    }

    // ---------------------------------------------------------------- within

    function giftOf(address to, uint256 value, bytes32 nonce) internal view returns (bytes memory) {
        bytes32 kind = keccak256(
            "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,"
            "bytes32 nonce)"
        );
        bytes32 hash = keccak256(abi.encode(kind, ada, to, value, 0, type(uint256).max, nonce));
        return signed(ADA, typed(points.name(), address(points), hash));
    }

    function replay(RecordedLog[] memory logs, address member) internal view returns (uint256 balance) {
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].emitter != address(points) || logs[i].topics[0] != IERC20.Transfer.selector) continue;
            uint256 amount = abi.decode(logs[i].data, (uint256));
            if (address(uint160(uint256(logs[i].topics[2]))) == member) balance += amount;
            if (address(uint160(uint256(logs[i].topics[1]))) == member) balance -= amount;
        }
    }
}
