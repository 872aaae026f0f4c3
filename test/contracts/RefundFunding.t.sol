// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IRedemptions, Payment, Refund} from "../../contracts/interfaces/IRedemptions.sol";
import {ShopStatus} from "../../contracts/libraries/ShopWord.sol";
import {Counter} from "./support/Counter.sol";
import {TwoShops} from "./support/TwoShops.sol";

/// @notice What a refund needs of the redeeming shop, which shops give points back at all, and what nobody gains by
/// paying and undoing.
contract RefundFundingTest is Counter, TwoShops {
    function setUp() public override {
        foundShops(10_000 * PAR, 0);
        issue(cafe, 1, 1, entry(ada, 1_000));
    }

    // ---------------------------------------------------------------- the redeeming shop's money

    function test_a_shop_that_has_taken_the_money_out_pays_back_in_cash() public {
        Payment memory undone = paid(books, payment(ADA, books, 1, 1, cafe, 100));
        clearing.settle(shops(cafe, books));
        vm.prank(ownerFor(books));
        clearing.withdraw(books, ada, 40 * PAR + 1);
        cannotUndo(books, undone, 60, unfunded(60 * PAR));
        undo(books, undone, 59);
        fund(books, 1);
        undo(books, undone, 1);
        eq(allOf(books), 0, "to the last unit");
        cannotUndo(books, undone, 1, unfunded(PAR));
    }

    function test_what_is_owed_to_the_shop_pays_as_well_as_its_reserve() public {
        fund(books, 30 * PAR);
        Payment memory undone = paid(books, payment(ADA, books, 1, 1, cafe, 100));
        undo(books, undone, 100);
        ok(netOf(books) == 0, "out of what this very payment brought");
        eq(reserveOf(books), 30 * PAR, "the reserve is untouched");
    }

    function test_own_points_need_the_reserve_that_newly_issued_ones_would() public {
        fund(books, 100 * PAR);
        issue(books, 1, 1, entry(ada, 100));
        Payment memory undone = paid(books, payment(ADA, books, 1, 1, books, 50));
        issue(books, 1, 2, entry(ben, 20));
        cannotUndo(books, undone, 31, unfunded(31 * PAR));
        undo(books, undone, 30);
        eq(clearing.issuableOf(books), 0, "not a point more");
        cannotUndo(books, undone, 1, unfunded(PAR));
        fund(books, 20 * PAR);
        undo(books, undone, 20);
        eq(tokenOf(books).totalSupply(), 120, "all back");
    }

    function test_what_moves_back_covers_no_own_points_any_more() public {
        fund(books, 100 * PAR);
        issue(books, 1, 1, entry(ada, 100));
        Payment memory undone = paid(books, basket(ADA, books, 1, shops(cafe, books), points48(60, 40)));
        bool cafeFirst = undone.lines[0].token == address(tokenOf(cafe));
        clearing.settle(shops(cafe, books));
        vm.prank(ownerFor(books));
        clearing.withdraw(books, ada, 80 * PAR);
        // 80 left for 60 points: it could carry 20 of its own, or half of what it got from the cafe, but not both.
        Refund memory both = agreed(books, 1, undone, cafeFirst ? points48(40, 20) : points48(20, 40));
        vm.expectRevert(unfunded(60 * PAR));
        redemptions.refund(books, undone, both);
        undo(books, undone, cafeFirst ? points48(0, 20) : points48(20, 0));
    }

    // ---------------------------------------------------------------- which shops

    function test_a_suspended_and_a_leaving_shop_give_back() public {
        Payment memory undone = paid(books, payment(ADA, books, 1, 1, cafe, 100));
        vm.prank(board);
        consortium.suspend(books);
        undo(books, undone, 10);
        vm.prank(ownerFor(books));
        consortium.announceExit(books);
        undo(books, undone, 10);
        eq(tokenOf(cafe).balanceOf(ada), 920, "both");
        consortiumSays(books, ShopStatus.Exiting);
    }

    function test_a_leaving_shop_gives_back_only_above_the_value_of_all_its_own_points() public {
        fund(books, 100 * PAR);
        issue(books, 1, 1, entry(ben, 100));
        Payment memory undone = paid(books, payment(ADA, books, 1, 1, cafe, 100));
        clearing.settle(shops(cafe, books));
        vm.prank(ownerFor(books));
        clearing.withdraw(books, ada, 60 * PAR);
        vm.prank(ownerFor(books));
        consortium.announceExit(books);
        cannotUndo(books, undone, 41, unfunded(41 * PAR));
        undo(books, undone, 40);
        eq(allOf(books), 100 * PAR, "every point of its own is backed");
    }

    function test_a_leaving_issuers_points_come_back_and_it_may_not_go_meanwhile() public {
        Payment memory undone = paid(books, payment(ADA, books, 1, 1, cafe, 1_000));
        vm.prank(ownerFor(cafe));
        consortium.announceExit(cafe);
        undo(books, undone, 10);
        eq(tokenOf(cafe).totalSupply(), 10, "back, and to be honoured");
        eq(allOf(cafe), 9_000 * PAR + 10 * PAR, "with their money");
    }

    // ---------------------------------------------------------------- what nobody gains

    /// @dev One owner has two shops. The first takes the second's points, and its owner draws the money out; then the
    /// payment is undone at the cost of what lies there for other people's points.
    function test_undoing_a_payment_never_eats_the_reserve_of_the_shops_own_points() public {
        fund(books, 1_000 * PAR);
        issue(books, 1, 1, entry(ben, 1_000));
        vm.warp(block.timestamp + 360 days);
        takeOutAll(books);
        eq(allOf(books), 300 * PAR, "what it must keep for ben");
        Payment memory undone = paid(books, payment(ADA, books, 1, 1, cafe, 300));
        clearing.settle(shops(cafe, books));
        takeOutAll(books);
        cannotUndo(books, undone, 300, unfunded(300 * PAR));
        cannotUndo(books, undone, 151, unfunded(151 * PAR));
        undo(books, undone, 150);
        eq(allOf(books), 150 * PAR, "the trigger's share stays for every remaining point");
        eq(clearing.stressedAt(books), 0, "a refund accuses nobody");
    }

    function test_paying_and_undoing_gains_nobody_anything() public {
        fund(books, 500 * PAR);
        issue(books, 1, 1, entry(ben, 500));
        vm.warp(block.timestamp + 200 days);
        uint256 freeAtCafe = clearing.freeReserveOf(cafe);
        uint256 freeAtBooks = clearing.freeReserveOf(books);
        for (uint64 i = 1; i < 6; ++i) {
            Payment memory undone = paid(books, payment(ADA, books, 1, i, cafe, 100 * i));
            if (i % 2 == 0) clearing.settle(shops(cafe, books));
            undo(books, undone, uint48(100 * i));
        }
        clearing.settle(shops(cafe, books));
        eq(clearing.freeReserveOf(cafe), freeAtCafe, "cafe");
        eq(clearing.freeReserveOf(books), freeAtBooks, "books");
        eq(tokenOf(cafe).balanceOf(ada), 1_000, "ada");
        eq(clearing.pool(), 0, "nothing in between");
    }

    function test_undoing_never_brings_an_issuer_nearer_to_its_trigger() public {
        Payment memory undone = paid(books, payment(ADA, books, 1, 1, cafe, 400));
        vm.warp(block.timestamp + 29 days);
        takeOutAll(cafe);
        vm.prank(board);
        consortium.setRequiredRatio(10_000);
        uint256 before = (allOf(cafe) * 10_000) / clearing.liabilityOf(cafe);
        undo(books, undone, 400);
        uint256 afterwards = (allOf(cafe) * 10_000) / clearing.liabilityOf(cafe);
        ok(afterwards >= before, "each point comes with its par");
    }

    // ---------------------------------------------------------------- within

    function takeOutAll(uint32 shop) internal {
        uint256 free = clearing.freeReserveOf(shop);
        vm.prank(ownerFor(shop));
        clearing.withdraw(shop, ownerFor(shop), free);
    }

    function consortiumSays(uint32 shop, ShopStatus should) internal view {
        ok(consortium.shopOf(shop).status == should, "status");
    }

    function unfunded(uint256 value) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IRedemptions.RefundUnfunded.selector, books, value);
    }
}
