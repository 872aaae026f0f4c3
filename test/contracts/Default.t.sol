// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IClearingHouse} from "../../contracts/interfaces/IClearingHouse.sol";
import {IConsortium} from "../../contracts/interfaces/IConsortium.sol";
import {IRedemptions, Item, Payment, Refund} from "../../contracts/interfaces/IRedemptions.sol";
import {ShopStatus} from "../../contracts/libraries/ShopWord.sol";
import {Counter} from "./support/Counter.sol";
import {TwoShops} from "./support/TwoShops.sol";

/// @notice The grounds of a default, to the second, and what it stops (N-17).
contract DefaultTest is Counter, TwoShops {
    /// @dev A year on, the cafe keeps 300 for 1,000 points: exactly the 30 % it must.
    function setUp() public override {
        foundShops(1_000 * PAR, 1_000 * PAR);
        issue(cafe, 1, 1, entry(ada, 1_000));
        issue(books, 1, 1, entry(ada, 1_000));
        vm.warp(NOON + 360 days);
        vm.prank(ownerFor(cafe));
        clearing.withdraw(cafe, ada, 700 * PAR);
    }

    // ---------------------------------------------------------------- seven days

    function test_a_stressed_shop_has_seven_days_to_the_second() public {
        uint256 from = stress() + 7 days;
        vm.warp(from - 1);
        noDefault(cafe, from);
        vm.warp(from);
        vm.expectEmit(address(clearing));
        emit IClearingHouse.Defaulted(cafe, 300 * PAR, 1_000 * PAR);
        vm.prank(address(0x57a46));
        clearing.declareDefault(cafe);
        statusIs(cafe, ShopStatus.Defaulted);
        eq(clearing.stressedAt(cafe), 0, "that is over");
        noDefault(cafe, 0);
    }

    function test_who_restores_the_reserve_in_time_or_late_is_not_defaulted() public {
        uint256 since = stress();
        vm.warp(since + 6 days);
        fund(cafe, 700 * PAR);
        vm.warp(since + 8 days);
        noDefault(cafe, 0);
        // Short again: seven days anew, and only once somebody was refused.
        redeem(books, 1, payment(ADA, books, 1, 1, cafe, 501));
        vm.prank(ownerFor(cafe));
        clearing.withdraw(cafe, ada, 0);
        noDefault(cafe, 0);
    }

    function test_a_shop_that_is_short_but_never_was_stressed_is_not_defaulted() public {
        vm.prank(board);
        consortium.setRequiredRatio(10_000);
        vm.warp(block.timestamp + 100 days);
        noDefault(cafe, 0);
        clearing.markStressed(cafe);
        noDefault(cafe, block.timestamp + 7 days);
    }

    function test_a_shop_stressed_long_ago_and_restored_is_not_defaulted_for_a_moments_want() public {
        uint256 since = stress();
        // Customers spend at home until 300 is enough for 300; the owner does nothing at all.
        redeem(cafe, 1, payment(ADA, cafe, 1, 1, cafe, 700));
        clearing.settle(shops(cafe, books));
        vm.warp(since + 30 days);
        vm.prank(board);
        consortium.setRequiredRatio(RATIO);
        vm.prank(ownerFor(cafe));
        clearing.withdraw(cafe, ada, 210 * PAR);
        redeem(books, 1, payment(ADA, books, 1, 1, cafe, 1));
        noDefault(cafe, 0);
    }

    function test_what_the_shop_is_owed_saves_it_whoever_settled_or_not() public {
        uint256 since = stress();
        redeem(cafe, 1, payment(ADA, cafe, 1, 1, books, 700));
        vm.warp(since + 7 days);
        noDefault(cafe, 0);
        eq(reserveOf(cafe), 300 * PAR, "though nothing is settled");
        redeem(books, 1, payment(ADA, books, 1, 1, cafe, 1));
        clearing.settle(shops(books, cafe));
        eq(clearing.stressedAt(cafe), 0, "settling takes note of it");
    }

    function test_a_suspended_shop_can_default() public {
        uint256 since = stress();
        vm.prank(board);
        consortium.suspend(cafe);
        vm.warp(since + 7 days);
        clearing.declareDefault(cafe);
        statusIs(cafe, ShopStatus.Defaulted);
    }

    function test_a_shop_whose_points_are_all_gone_cannot_default() public {
        uint256 since = stress();
        redeem(cafe, 1, payment(ADA, cafe, 1, 1, cafe, 1_000));
        vm.warp(since + 30 days);
        noDefault(cafe, 0);
        vm.prank(ownerFor(cafe));
        consortium.announceExit(cafe);
        vm.warp(block.timestamp + 31 days);
        noDefault(cafe, 0);
    }

    // ---------------------------------------------------------------- leaving

    function test_who_leaves_has_30_days_to_the_second() public {
        vm.prank(ownerFor(cafe));
        consortium.announceExit(cafe);
        uint256 from = block.timestamp + 30 days;
        vm.warp(from - 1);
        noDefault(cafe, from);
        vm.warp(from);
        clearing.declareDefault(cafe);
        statusIs(cafe, ShopStatus.Defaulted);
        eq(consortium.ratioByAgeOf(cafe), 3_000, "what it had to keep before");
        eq(consortium.requiredRatioOf(cafe), 10_000, "all that is left is its members'");
    }

    function test_who_leaves_with_every_point_backed_is_never_defaulted() public {
        vm.prank(ownerFor(cafe));
        consortium.announceExit(cafe);
        fund(cafe, 700 * PAR - 1);
        noDefault(cafe, block.timestamp + 30 days);
        fund(cafe, 1);
        vm.warp(block.timestamp + 400 days);
        noDefault(cafe, 0);
    }

    function test_credit_counts_for_who_leaves() public {
        vm.prank(ownerFor(cafe));
        consortium.announceExit(cafe);
        redeem(cafe, 1, payment(ADA, cafe, 1, 1, books, 700));
        vm.warp(block.timestamp + 31 days);
        noDefault(cafe, 0);
    }

    function test_leaving_wins_a_stressed_shop_no_time() public {
        uint256 since = stress();
        vm.warp(since + 6 days);
        vm.prank(ownerFor(cafe));
        consortium.announceExit(cafe);
        noDefault(cafe, since + 7 days);
        vm.warp(since + 7 days);
        clearing.declareDefault(cafe);
        statusIs(cafe, ShopStatus.Defaulted);
    }

    function test_a_stressed_shop_that_leaves_and_restores_what_it_kept_before_has_its_30_days() public {
        uint256 since = stress();
        vm.prank(ownerFor(cafe));
        consortium.announceExit(cafe);
        uint256 from = block.timestamp + 30 days;
        vm.prank(board);
        consortium.setRequiredRatio(RATIO);
        vm.warp(since + 10 days);
        noDefault(cafe, from);
        clearing.relieve(cafe);
        vm.warp(from);
        clearing.declareDefault(cafe);
    }

    // ---------------------------------------------------------------- nobody else

    function test_only_shops_in_the_street_can_default() public {
        noDefault(0, 0);
        noDefault(99, 0);
        uint32 applicant = consortium.applyToJoin();
        noDefault(applicant, 0);
        consortium.withdrawApplication(applicant);
        noDefault(applicant, 0);
        noDefault(books, 0);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.NotClearingHouse.selector, address(this)));
        consortium.markDefaulted(cafe);
    }

    // ---------------------------------------------------------------- what stops

    function test_a_defaulted_shop_takes_nothing_gives_nothing_and_draws_nothing_out() public {
        Payment memory taken = paid(cafe, payment(ADA, cafe, 1, 1, books, 10));
        fall();
        vm.prank(ownerFor(cafe));
        stopped(ShopStatus.Defaulted);
        clearing.withdraw(cafe, ada, 1);
        Refund memory refund = agreed(cafe, 1, taken, points48(1));
        vm.expectRevert(abi.encodeWithSelector(IRedemptions.ShopNotRefunding.selector, cafe, ShopStatus.Defaulted));
        redemptions.refund(cafe, taken, refund);
        Item[] memory items = only(payment(ADA, cafe, 1, 2, books, 10));
        bytes memory acceptance = acceptanceOf(cafe, 1, items);
        vm.expectRevert(abi.encodeWithSelector(IRedemptions.ShopNotAccepting.selector, cafe, ShopStatus.Defaulted));
        redemptions.redeem(cafe, 1, items, acceptance);
    }

    function test_who_leaves_draws_nothing_out_either() public {
        vm.prank(ownerFor(cafe));
        consortium.announceExit(cafe);
        fund(cafe, 5_000 * PAR);
        vm.prank(ownerFor(cafe));
        stopped(ShopStatus.Exiting);
        clearing.withdraw(cafe, ada, 1);
    }

    function test_payments_made_in_its_points_before_are_paid_back_in_cash() public {
        Payment memory undone = paid(books, basket(ADA, books, 1, shops(cafe, books), points48(10, 20)));
        uint256 cafes = undone.lines[0].token == address(tokenOf(cafe)) ? 0 : 1;
        fall();
        uint48[] memory points = new uint48[](2);
        points[cafes] = 1;
        Refund memory refund = agreed(books, 1, undone, points);
        vm.expectRevert(abi.encodeWithSelector(IRedemptions.RefundInCash.selector, cafe));
        redemptions.refund(books, undone, refund);
        (points[cafes], points[1 - cafes]) = (0, 20);
        undo(books, undone, points);
        eq(tokenOf(books).balanceOf(ada), 1_000, "the other line comes back");
        Payment memory later = paid(books, atDefaultPrice(ADA, books, 2, cafe, 10));
        cannotUndo(books, later, 1, abi.encodeWithSelector(IRedemptions.RefundInCash.selector, cafe));
    }

    // ---------------------------------------------------------------- within

    /// @dev The board asks for everything, of which the cafe has 30 %.
    function stress() internal returns (uint256 since) {
        vm.prank(board);
        consortium.setRequiredRatio(10_000);
        clearing.markStressed(cafe);
        return block.timestamp;
    }

    function fall() internal {
        vm.warp(stress() + 7 days);
        clearing.declareDefault(cafe);
        vm.prank(board);
        consortium.setRequiredRatio(RATIO);
    }

    function noDefault(uint32 shop, uint256 from) internal {
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NoDefault.selector, shop, from));
        clearing.declareDefault(shop);
    }

    function stopped(ShopStatus status) internal {
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.WithdrawalsStopped.selector, cafe, status));
    }

    function statusIs(uint32 shop, ShopStatus should) internal view {
        ok(consortium.shopOf(shop).status == should, "status");
    }
}
