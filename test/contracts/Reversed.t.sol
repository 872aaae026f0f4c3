// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IIssuance, Reversal} from "../../contracts/interfaces/IIssuance.sol";
import {IShopPoints} from "../../contracts/interfaces/IShopPoints.sol";
import {Lots} from "./support/Lots.sol";

/// @notice How much of a purchase is undone, and what becomes of it: taken, owed, or deducted from the cash.
contract ReversedTest is Lots {
    Sold internal sold;

    function setUp() public override {
        super.setUp();
        sold = sell(shop, 1, 7, abi.encodePacked(entry(ada, 100), entry(ben, 50)));
    }

    function test_a_purchase_and_its_return_net_to_zero() public {
        vm.expectEmit(address(points));
        emit IERC20.Transfer(ada, address(0), 100);
        vm.expectEmit(address(issuance));
        emit IIssuance.Reversed(shop, ada, 1, 7, 1, 100, 100, 0);
        reverseWhole(sold, 0, 100);
        eq(points.balanceOf(ada), 0, "Ada's points are gone");
        eq(points.balanceOf(ben), 50, "Ben's are not");
        eq(points.totalSupply(), 50, "and the shop owes no more for them");
        eq(issuance.reversed(purchaseOf(sold, 0)), 100, "all of it");
        eq(issuance.reversed(purchaseOf(sold, 1)), 0, "of this receipt");
    }

    function test_an_agreement_works_once() public {
        Reversal memory agreed = agreement(sold, 0, 30, 30, 0);
        reverse(sold, agreed);
        outOfTurn(agreed, 30);
        eq(points.balanceOf(ada), 70, "once");
        // Not even once the numbers look right again: they only grow.
        reverseWhole(sold, 0, 30);
        outOfTurn(agreed, 60);
    }

    function test_two_agreements_made_at_once_are_one_reversal() public {
        // There would be enough for both: nothing but its turn stops the second.
        Reversal memory one = agreement(sold, 0, 40, 40, 0);
        Reversal memory other = agreement(sold, 0, 40, 40, 0);
        other.deadline += 1;
        sign(sold, other);
        reverse(sold, one);
        outOfTurn(other, 40);
        eq(points.balanceOf(ada), 60, "the second till's answer came too late");
    }

    function test_an_agreement_that_counts_ahead_waits_for_its_turn() public {
        Reversal memory second = agreement(sold, 0, 30, 30, 0);
        second.before = 20;
        sign(sold, second);
        outOfTurn(second, 0);
        reverseWhole(sold, 0, 20);
        reverse(sold, second);
        eq(issuance.reversed(purchaseOf(sold, 0)), 50, "in order");
    }

    function test_all_reversals_of_a_receipt_together_are_at_most_what_it_gave() public {
        reverseWhole(sold, 0, 1);
        reverseWhole(sold, 0, 59);
        outOfBounds(agreement(sold, 0, 41, 0, 0), 40, 41);
        outOfBounds(agreement(sold, 0, 0, 0, 0), 40, 0);
        outOfBounds(agreement(sold, 0, type(uint48).max, 0, 0), 40, type(uint48).max);
        reverseWhole(sold, 0, 40);
        outOfBounds(agreement(sold, 0, 1, 0, 0), 0, 1);
        outOfBounds(agreement(sold, 0, 0, 0, 0), 0, 0);
        eq(points.balanceOf(ada), 0, "no more than 100");
    }

    function test_a_purchase_worth_no_points_has_nothing_to_reverse() public {
        Sold memory free = sell(shop, 1, 90, entry(ada, 0));
        Reversal memory agreed = agreement(free, 0, 0, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IIssuance.ReversalOutOfBounds.selector, purchaseOf(free, 0), 0, 0));
        reverse(free, agreed);
    }

    function test_what_is_taken_and_owed_is_at_most_what_is_reversed() public {
        uneven(30, 31, 0);
        uneven(30, 0, 31);
        uneven(30, 20, 11);
        uneven(30, type(uint48).max, type(uint48).max);
        reverse(sold, agreement(sold, 0, 30, 20, 10));
        eq(points.balanceOf(ada), 80, "20 taken");
        eq(points.debtOf(ada), 10, "10 owed");
    }

    function test_what_was_deducted_from_the_cash_is_reversed_without_being_taken() public {
        burn(ada, 80);
        vm.expectEmit(address(issuance));
        emit IIssuance.Reversed(shop, ada, 1, 7, 1, 100, 20, 30);
        reverse(sold, agreement(sold, 0, 100, 20, 30));
        eq(points.balanceOf(ada), 0, "what was there");
        eq(points.debtOf(ada), 30, "what the shop waived");
        eq(issuance.reversed(purchaseOf(sold, 0)), 100, "50 were taken off the cash: nothing is left to reverse");
    }

    function test_what_is_not_there_is_not_taken_and_nothing_is_reversed() public {
        burn(ada, 80);
        Reversal memory agreed = agreement(sold, 0, 100, 21, 79);
        vm.expectRevert(abi.encodeWithSelector(IShopPoints.TooFewToTakeBack.selector, ada, 20, 21));
        reverse(sold, agreed);
        eq(issuance.reversed(purchaseOf(sold, 0)), 0, "nothing happened");
        eq(points.debtOf(ada), 0, "nothing is owed");
    }

    function test_over_the_turn_of_a_quarter_the_purchases_own_points_go() public {
        pass(1);
        vm.warp(NOON + 2 * QUARTER - 40 days);
        vm.prank(ownerFor(shop));
        points.postNotice("ends on time");
        vm.warp(NOON + 2 * QUARTER - 10 days);
        Sold memory late = sell(shop, 1, 30, entry(ben, 200));
        vm.warp(NOON + 2 * QUARTER);
        issue(shop, 1, 31, entry(ben, 70));
        lanesAre(points, ben, 70, 200, 50, 0, 0);
        reverseWhole(late, 0, 200);
        lanesAre(points, ben, 70, 0, 50, 0, 0);
    }

    function test_the_next_purchase_pays_what_is_owed_and_its_return_owes_it_again() public {
        burn(ada, 100);
        reverse(sold, agreement(sold, 0, 100, 0, 100));
        Sold memory next = sell(shop, 1, 40, entry(ada, 130));
        eq(points.balanceOf(ada), 30, "100 were owed");
        reverse(next, agreement(next, 0, 130, 30, 100));
        eq(points.balanceOf(ada), 0, "as before");
        eq(points.debtOf(ada), 100, "as before");
    }

    function test_a_reversed_receipt_stays_spent() public {
        reverseWhole(sold, 0, 100);
        ok(issuance.receiptSpent(shop, 1, 7), "spent for ever");
        issue(shop, 1, 7, sold.chunk.entries);
        eq(points.balanceOf(ada), 0, "the same batch gives nothing again");
        ok(issuance.recordHash(sold.record) != 0, "and its record stands");
    }

    /// @dev However a receipt is undone in parts: what is reversed never exceeds what it gave, and what was taken and
    /// is owed is what Ada has less.
    function testFuzz_parts_add_up_to_at_most_the_whole(uint256 seed) public {
        uint256 left = 100;
        uint256 has = 100;
        uint256 owes;
        for (uint256 i; i < 12; ++i) {
            uint256 part = within(draw(seed, i), 0, 40);
            uint256 taken = within(draw(seed, i + 20), 0, part);
            uint256 debt = within(draw(seed, i + 40), 0, part - taken);
            Reversal memory agreed = agreement(sold, 0, part, taken, debt);
            if (part == 0 || part > left) {
                outOfBounds(agreed, left, part);
                continue;
            }
            reverse(sold, agreed);
            (left, has, owes) = (left - part, has - taken, owes + debt);
            eq(points.balanceOf(ada), has, "has");
            eq(points.debtOf(ada), owes, "owes");
            eq(issuance.reversed(purchaseOf(sold, 0)), 100 - left, "reversed");
        }
    }

    // ---------------------------------------------------------------- within

    function outOfTurn(Reversal memory agreed, uint48 before) internal {
        uint256 purchase = purchaseOf(sold, 0);
        vm.expectRevert(abi.encodeWithSelector(IIssuance.ReversalOutOfTurn.selector, purchase, before));
        reverse(sold, agreed);
    }

    function outOfBounds(Reversal memory agreed, uint256 left, uint256 asked) internal {
        uint256 purchase = purchaseOf(sold, 0);
        vm.expectRevert(abi.encodeWithSelector(IIssuance.ReversalOutOfBounds.selector, purchase, left, asked));
        reverse(sold, agreed);
    }

    function uneven(uint256 amount, uint256 taken, uint256 debt) internal {
        Reversal memory agreed = agreement(sold, 0, amount, taken, debt);
        vm.expectRevert(abi.encodeWithSelector(IIssuance.ReversalUneven.selector, amount, taken, debt));
        reverse(sold, agreed);
    }
}
