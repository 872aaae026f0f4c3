// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IShopPoints} from "../../contracts/interfaces/IShopPoints.sol";
import {Lanes} from "../../contracts/libraries/Lanes.sol";
import {Lots} from "./support/Lots.sol";

/// @notice Points of an undone purchase go back where they came from: no point grows older or younger by it.
contract TakeBackTest is Lots {
    // ---------------------------------------------------------------- who, and how many

    function test_only_issuance_takes_points_back() public {
        address[4] memory others = [address(this), ownerFor(shop), address(redemptions), address(consortium)];
        for (uint256 i; i < 4; ++i) {
            vm.prank(others[i]);
            vm.expectRevert(abi.encodeWithSelector(IShopPoints.NotIssuance.selector, others[i]));
            points.takeBack(ada, 0, 0, 0);
        }
    }

    function test_what_is_not_there_is_not_taken() public {
        give(ada, 100);
        vm.prank(address(issuance));
        vm.expectRevert(abi.encodeWithSelector(IShopPoints.TooFewToTakeBack.selector, ada, 100, 101));
        points.takeBack(ada, 101, 0, 0);
        takeBack(ada, 100, 0, 0);
        eq(points.balanceOf(ada), 0, "to the last hundredth");
    }

    function test_what_lapsed_cannot_be_taken_back() public {
        give(ada, 100);
        pass(5);
        vm.prank(address(issuance));
        vm.expectRevert(abi.encodeWithSelector(IShopPoints.TooFewToTakeBack.selector, ada, 0, 1));
        points.takeBack(ada, 1, 0, 0);
    }

    // ---------------------------------------------------------------- which ones

    function test_where_every_point_was_there_nobody_hears_of_a_debt() public {
        fill(ada);
        vm.recordLogs();
        takeBack(ada, 30, 2, 0);
        eq(said(IShopPoints.DebtRecorded.selector), 0, "no debt");
    }

    function test_the_purchases_own_quarter_goes_first() public {
        fill(ada);
        takeBack(ada, 30, 2, 0);
        lanesAre(points, ada, 10, 20, 0, 40, 50);
        supplyIs(points, 10, 20, 0, 40, 50);
    }

    function test_the_younger_go_next_and_the_nearest_of_them_first() public {
        fill(ada);
        takeBack(ada, 30 + 20 + 4, 2, 0);
        lanesAre(points, ada, 6, 0, 0, 40, 50);
    }

    function test_the_older_go_last_and_the_nearest_of_them_first() public {
        fill(ada);
        takeBack(ada, 30 + 20 + 10 + 40 + 1, 2, 0);
        lanesAre(points, ada, 0, 0, 0, 0, 49);
        supplyIs(points, 0, 0, 0, 0, 49);
    }

    function test_a_purchase_of_today_is_taken_from_today_and_then_backwards() public {
        fill(ada);
        takeBack(ada, 15, 4, 0);
        lanesAre(points, ada, 0, 15, 30, 40, 50);
    }

    function test_a_purchase_of_the_oldest_quarter_is_taken_from_there_and_then_onwards() public {
        fill(ada);
        takeBack(ada, 60, 0, 0);
        lanesAre(points, ada, 10, 20, 30, 30, 0);
    }

    function test_a_purchase_that_lapsed_is_taken_from_the_oldest_that_live() public {
        fill(ada);
        pass(1);
        // Born in quarter 0, whose points are gone: 40, 30, 20 and 10 are left, in ages 4 to 1.
        takeBack(ada, 45, 0, 0);
        lanesAre(points, ada, 0, 10, 20, 25, 0);
        pass(2);
        takeBack(ada, 20, 0, 0);
        lanesAre(points, ada, 0, 0, 0, 10, 0);
    }

    function test_it_says_which_lanes_after_it_said_what_lapsed() public {
        fill(ada);
        pass(1);
        vm.expectEmit(address(points));
        emit IShopPoints.QuarterBegan(5, uint48(block.timestamp));
        vm.expectEmit(address(points));
        emit IShopPoints.PointsLapsed(ada, 50);
        vm.expectEmit(address(points));
        emit IERC20.Transfer(ada, address(0), 50);
        vm.expectEmit(address(points));
        emit IShopPoints.DebtRecorded(ada, 3);
        vm.expectEmit(address(points));
        emit IShopPoints.PointsTakenBack(ada, Lanes.wrap(wordOf(5, 0, 0, 0, 21, 0)));
        vm.expectEmit(address(points));
        emit IERC20.Transfer(ada, address(0), 21);
        takeBack(ada, 21, 2, 3);
    }

    function test_nothing_may_be_taken_and_all_be_owed() public {
        give(ada, 10);
        takeBack(ada, 0, 0, 7);
        lanesAre(points, ada, 10, 0, 0, 0, 0);
        eq(points.debtOf(ada), 7, "owed");
    }

    // ---------------------------------------------------------------- never a longer life

    /// @dev Ada and Ben do the same all along; Ada buys something in between and brings it back. Whoever compares their
    /// points afterwards, quarter by quarter, cannot tell which of them it was.
    function testFuzz_a_purchase_and_its_return_leave_every_point_as_it_was(uint256 seed) public {
        for (uint256 i; i < 3; ++i) {
            step(draw(seed, i));
        }
        uint16 bornIn = quarterNow();
        uint256 bought = within(draw(seed, 100), 1, 3_000);
        give(ada, bought);
        for (uint256 i = 3; i < 12; ++i) {
            step(draw(seed, i));
        }
        uint256 extra = points.balanceOf(ada) - points.balanceOf(ben);
        ok(extra <= bought, "no more than was bought");
        takeBack(ada, extra, bornIn, 0);
        (uint48[5] memory hers, ) = points.lanesOf(ada);
        (uint48[5] memory his, ) = points.lanesOf(ben);
        for (uint256 age; age < 5; ++age) {
            eq(hers[age], his[age], "as if it had never been bought");
        }
    }

    /// @dev The same for both: points arrive, are spent, are sent, or a quarter ends. Nothing comes from others: a
    /// gift of points of the returned purchase's own quarter would go first.
    function step(uint256 dice) internal {
        uint256 amount = within(dice >> 8, 0, 2_000);
        uint256 both = points.balanceOf(ben);
        if (dice % 4 == 0) return pass(1);
        if (dice % 4 == 1) {
            give(ada, amount);
            return give(ben, amount);
        }
        if (amount > both) amount = both;
        if (dice % 4 == 2) {
            burn(ada, amount);
            burn(ben, amount);
            return;
        }
        send(ada, cem, amount);
        send(ben, cem, amount);
    }
}
