// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IShopPoints} from "../../contracts/interfaces/IShopPoints.sol";
import {Lanes} from "../../contracts/libraries/Lanes.sol";
import {Lots} from "./support/Lots.sol";

/// @notice Points of an undone payment come back as old as they would be by now.
contract RestoreTest is Lots {
    function test_only_redemptions_and_rewards_burn_and_restore() public {
        address[4] memory others = [address(this), ownerFor(shop), address(issuance), address(consortium)];
        for (uint256 i; i < 4; ++i) {
            vm.prank(others[i]);
            vm.expectRevert(abi.encodeWithSelector(IShopPoints.NotRedeeming.selector, others[i]));
            points.restore(ada, Lanes.wrap(1));
            vm.prank(others[i]);
            vm.expectRevert(abi.encodeWithSelector(IShopPoints.NotRedeeming.selector, others[i]));
            points.burn(ada, 0);
        }
        address rewards = consortium.network().rewards;
        vm.prank(rewards);
        points.restore(ada, Lanes.wrap(7));
        vm.prank(rewards);
        points.burn(ada, 3);
        eq(points.balanceOf(ada), 4, "rewards may");
    }

    function test_what_comes_back_in_the_same_quarter_is_as_it_was() public {
        fill(ada);
        Lanes burned = burn(ada, 125);
        eq(Lanes.unwrap(burned), wordOf(4, 0, 5, 30, 40, 50), "oldest first");
        lanesAre(points, ada, 10, 15, 0, 0, 0);
        restore(ada, Lanes.unwrap(burned));
        lanesAre(points, ada, 10, 20, 30, 40, 50);
        supplyIs(points, 10, 20, 30, 40, 50);
    }

    function test_each_lane_comes_back_aged_and_what_lapsed_comes_in_the_oldest() public {
        fill(ada);
        Lanes burned = burn(ada, 150);
        for (uint256 i; i < 2; ++i) {
            pass(1);
        }
        // 50 and 40 would have lapsed, 30 are in their last quarter.
        restore(ada, Lanes.unwrap(burned));
        lanesAre(points, ada, 0, 0, 10, 20, 30 + 40 + 50);
        supplyIs(points, 0, 0, 10, 20, 120);
        pass(1);
        eq(points.balanceOf(ada), 30, "and lapses with it");
    }

    function test_points_of_any_age_come_back_for_their_last_quarter() public {
        restore(ada, wordOf(0, 1, 2, 3, 4, 5));
        lanesAre(points, ada, 1, 2, 3, 4, 5);
        pass(40);
        restore(ben, wordOf(0, 1, 2, 3, 4, 5));
        lanesAre(points, ben, 0, 0, 0, 0, 15);
        eq(points.totalSupply(), 15, "Ada's are gone, Ben's are back");
    }

    function test_the_events_say_what_lapsed_then_what_came_back() public {
        fill(ada);
        pass(1);
        vm.expectEmit(address(points));
        emit IShopPoints.QuarterBegan(5, uint48(block.timestamp));
        vm.expectEmit(address(points));
        emit IShopPoints.PointsLapsed(ada, 50);
        vm.expectEmit(address(points));
        emit IERC20.Transfer(ada, address(0), 50);
        vm.expectEmit(address(points));
        emit IShopPoints.PointsRestored(ada, Lanes.wrap(wordOf(5, 0, 7, 0, 0, 9)));
        vm.expectEmit(address(points));
        emit IERC20.Transfer(address(0), ada, 16);
        restore(ada, wordOf(4, 7, 0, 0, 4, 5));
        lanesAre(points, ada, 0, 17, 20, 30, 49);
    }

    function test_no_lane_of_the_supply_runs_over_whichever_it_is() public {
        uint256 nearlyFull = type(uint48).max - 10;
        for (uint256 i; i < 5; ++i) {
            if (i != 0) pass(1);
            give(ada, nearlyFull);
        }
        for (uint256 age; age < 5; ++age) {
            uint256 one = uint256(4) << 240;
            vm.prank(address(redemptions));
            vm.expectRevert(abi.encodeWithSelector(IShopPoints.SupplyLaneOverflow.selector, nearlyFull, 11));
            points.restore(ben, Lanes.wrap(one | (11 << (48 * age))));
            restore(ben, one | (10 << (48 * age)));
        }
        lanesAre(points, ben, 10, 10, 10, 10, 10);
        uint256 full = type(uint48).max;
        supplyIs(points, full, full, full, full, full);
    }

    function test_what_lapsed_and_what_nearly_did_must_fit_together() public {
        uint256 nearlyFull = type(uint48).max - 10;
        give(ada, nearlyFull);
        pass(4);
        vm.prank(address(redemptions));
        vm.expectRevert(abi.encodeWithSelector(IShopPoints.SupplyLaneOverflow.selector, nearlyFull, 11));
        points.restore(ben, Lanes.wrap(wordOf(0, 5, 6, 0, 0, 0)));
        restore(ben, wordOf(0, 4, 6, 0, 0, 0));
        lanesAre(points, ben, 0, 0, 0, 0, 10);
    }

    /// @dev Whatever is burned and however long it stays away: nothing is lost, and each point is as old as it would
    /// be, or in its last quarter.
    function testFuzz_what_was_burned_comes_back_whole(uint256 seed, uint8 away) public {
        fill(ada);
        uint256 amount = within(seed, 0, 150);
        Lanes burned = burn(ada, amount);
        uint256 quarters = within(away, 0, 7);
        pass(quarters);
        restore(ben, Lanes.unwrap(burned));
        eq(points.balanceOf(ben), amount, "all of it");
        (uint48[5] memory lanes, ) = points.lanesOf(ben);
        uint256[5] memory should;
        for (uint256 age; age < 5; ++age) {
            should[age + quarters > 4 ? 4 : age + quarters] += burned.lane(age);
        }
        for (uint256 age; age < 5; ++age) {
            eq(lanes[age], should[age], "as old as it would be");
        }
    }
}
