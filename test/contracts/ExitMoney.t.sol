// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IConsortium} from "../../contracts/interfaces/IConsortium.sol";
import {IRedemptions, Item, Payment, RefusedBecause} from "../../contracts/interfaces/IRedemptions.sol";
import {ShopStatus} from "../../contracts/libraries/ShopWord.sol";
import {Counter} from "./support/Counter.sol";
import {TwoShops} from "./support/TwoShops.sol";

/// @notice The way out, seen from the till and from the money: what a leaving shop still takes and owes, what keeps it
/// from going, and that nobody else can.
contract ExitMoneyTest is Counter, TwoShops {
    uint256 internal announcedAt;

    /// @dev The cafe leaves with 1,000 for its 600 points.
    function setUp() public override {
        foundShops(1_000 * PAR, 1_000 * PAR);
        issue(cafe, 1, 1, entry(ada, 600));
        issue(books, 1, 1, entry(ada, 500));
        vm.prank(ownerFor(cafe));
        consortium.announceExit(cafe);
        announcedAt = block.timestamp;
        vm.warp(announcedAt + 5 days);
    }

    // ---------------------------------------------------------------- while it leaves

    function test_it_takes_points_on_and_each_payment_that_stands_keeps_it() public {
        redeem(cafe, 1, payment(ADA, cafe, 1, 1, books, 100));
        ok(netOf(cafe) == int256(100 * PAR), "taken and owed");
        eq(redemptions.lastPaymentAt(cafe), block.timestamp, "at the till that leaves");
        eq(redemptions.lastPaymentAt(books), 0, "who stays is not watched");
    }

    function test_its_points_spent_elsewhere_keep_it_too() public {
        redeem(books, 1, payment(ADA, books, 1, 1, cafe, 100));
        eq(redemptions.lastPaymentAt(cafe), block.timestamp, "the issuer");
        vm.warp(block.timestamp + 1 days);
        redeem(books, 1, payment(ADA, books, 1, 2, books, 100));
        eq(redemptions.lastPaymentAt(cafe), block.timestamp - 1 days, "not by others' points");
        redeem(cafe, 1, payment(ADA, cafe, 1, 1, cafe, 100));
        eq(redemptions.lastPaymentAt(cafe), block.timestamp, "nor only by others' money");
    }

    function test_nobody_keeps_it_by_repeating_what_is_refused() public {
        Item memory item = payment(ADA, cafe, 1, 1, books, 100);
        Item[] memory items = only(item);
        bytes memory acceptance = acceptanceOf(cafe, 1, items);
        redemptions.redeem(cafe, 1, items, acceptance);
        uint256 last = block.timestamp;
        vm.warp(last + 20 days);
        vm.expectEmit(address(redemptions));
        emit IRedemptions.RedemptionRefused(cafe, 1, 1, ada, RefusedBecause.ReceiptSpent);
        vm.prank(address(0x57a46));
        redemptions.redeem(cafe, 1, items, acceptance);
        redeem(books, 1, payment(ADA, books, 1, 3, cafe, 601));
        eq(redemptions.lastPaymentAt(cafe), last, "only what stands counts");
    }

    function test_elsewhere_its_points_need_their_whole_value_behind_them() public {
        uint32 salon = openShop(100 * PAR);
        issue(salon, 1, 1, entry(ada, 100));
        vm.warp(block.timestamp + 360 days);
        vm.prank(ownerFor(salon));
        clearing.withdraw(salon, ada, 1);
        vm.prank(ownerFor(salon));
        consortium.announceExit(salon);
        eq(clearing.requiredReserveOf(salon), 100 * PAR, "all of it");
        ok(!clearing.canRedeemElsewhere(salon, 1), "a unit is missing");
        redeem(books, 1, payment(ADA, books, 1, 1, salon, 1));
        ok(!redemptions.paymentSpent(books, 1, 1), "refused");
        redeem(salon, 1, payment(ADA, salon, 1, 1, salon, 1));
        ok(clearing.canRedeemElsewhere(salon, 99 * PAR), "99 points, and a unit less than 100 behind them");
        redeem(books, 1, payment(ADA, books, 1, 2, salon, 99));
        ok(redemptions.paymentSpent(books, 1, 2), "now they spend, to the last");
        ok(allOf(salon) == PAR - 1, "what is left is the owner's");
    }

    function test_exactly_the_value_of_all_its_points_is_enough() public {
        uint32 salon = openShop(100 * PAR);
        issue(salon, 1, 1, entry(ada, 100));
        vm.prank(ownerFor(salon));
        consortium.announceExit(salon);
        ok(clearing.canRedeemElsewhere(salon, PAR), "100 for 100");
        redeem(books, 1, payment(ADA, books, 1, 1, salon, 60));
        redeem(books, 1, payment(ADA, books, 1, 2, salon, 40));
        ok(redemptions.paymentSpent(books, 1, 1) && redemptions.paymentSpent(books, 1, 2), "to the last");
        eq(allOf(salon), 0, "and the last unit");
    }

    // ---------------------------------------------------------------- going

    function test_it_goes_when_no_point_is_left_and_no_payment_can_be_undone() public {
        redeem(books, 1, payment(ADA, books, 1, 1, cafe, 599));
        vm.expectRevert(abi.encodeWithSelector(IConsortium.PointsOutstanding.selector, cafe, 1));
        consortium.finishExit(cafe);
        redeem(cafe, 1, payment(ADA, cafe, 1, 1, cafe, 1));
        uint256 until = block.timestamp + 30 days;
        vm.warp(until);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.RefundsPossible.selector, cafe, until));
        consortium.finishExit(cafe);
        vm.warp(until + 1);
        vm.prank(address(0x57a46));
        consortium.finishExit(cafe);
        ok(consortium.shopOf(cafe).status == ShopStatus.Exited, "gone");
        clearing.settle(shops(cafe, books));
        eq(clearing.freeReserveOf(cafe), 401 * PAR, "all that is left is free");
        vm.prank(ownerFor(cafe));
        clearing.withdraw(cafe, ada, 401 * PAR);
        eq(allOf(cafe), 0, "and the owner has it");
    }

    function test_what_is_owed_to_who_has_gone_still_reaches_its_owner() public {
        redeem(cafe, 1, payment(ADA, cafe, 1, 1, books, 500));
        redeem(books, 1, payment(ADA, books, 1, 1, cafe, 600));
        vm.warp(block.timestamp + 30 days + 1);
        consortium.finishExit(cafe);
        clearing.settle(shops(books, cafe));
        vm.prank(ownerFor(cafe));
        clearing.withdraw(cafe, ada, 900 * PAR);
        eq(money.balanceOf(ada), 900 * PAR, "1,000 less 600 and 500 more");
    }

    function test_a_payment_from_before_the_announcement_can_be_undone_until_it_goes() public {
        uint32 salon = openShop(1_000 * PAR);
        issue(salon, 1, 1, entry(ada, 100));
        Payment memory undone = paid(books, payment(ADA, books, 1, 1, salon, 100));
        vm.prank(ownerFor(salon));
        consortium.announceExit(salon);
        vm.warp(block.timestamp + 30 days);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.RefundsPossible.selector, salon, block.timestamp));
        consortium.finishExit(salon);
        undo(books, undone, 100);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.PointsOutstanding.selector, salon, 100));
        consortium.finishExit(salon);
        vm.warp(block.timestamp + 1);
        cannotUndo(
            books,
            undone,
            1,
            abi.encodeWithSelector(IRedemptions.RefundWindowOver.selector, block.timestamp - 1)
        );
    }

    function test_who_has_gone_takes_and_gives_nothing_any_more() public {
        redeem(cafe, 1, payment(ADA, cafe, 1, 1, cafe, 600));
        vm.warp(block.timestamp + 30 days + 1);
        consortium.finishExit(cafe);
        Item[] memory items = only(payment(ADA, cafe, 1, 2, books, 10));
        bytes memory acceptance = acceptanceOf(cafe, 1, items);
        vm.expectRevert(abi.encodeWithSelector(IRedemptions.ShopNotAccepting.selector, cafe, ShopStatus.Exited));
        redemptions.redeem(cafe, 1, items, acceptance);
        clearing.settle(shops(cafe, books));
        fund(cafe, 5);
        vm.prank(ownerFor(cafe));
        clearing.withdraw(cafe, ada, 1_000 * PAR + 5);
    }
}
