// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Founding} from "../../contracts/interfaces/IConsortium.sol";
import {IIssuance, Reversal} from "../../contracts/interfaces/IIssuance.sol";
import {IShopPoints} from "../../contracts/interfaces/IShopPoints.sol";
import {Lanes} from "../../contracts/libraries/Lanes.sol";
import {ShopStatus} from "../../contracts/libraries/ShopWord.sol";
import {Lots} from "./support/Lots.sol";

/// @notice Once the shop has defaulted its token's clock stands still for ever.
contract StoppedTest is Lots {
    function test_only_the_consortium_stops_a_clock() public {
        address[4] memory others = [address(this), ownerFor(shop), board, address(clearing)];
        for (uint256 i; i < 4; ++i) {
            vm.prank(others[i]);
            vm.expectRevert(abi.encodeWithSelector(IShopPoints.NotConsortium.selector, others[i]));
            points.stop();
        }
    }

    function test_a_stopped_clock_stands_for_ever_and_nothing_lapses() public {
        fill(ada);
        stop(4);
        vm.warp(block.timestamp + 100 * 365 days);
        lanesAre(points, ada, 10, 20, 30, 40, 50);
        supplyIs(points, 10, 20, 30, 40, 50);
        vm.recordLogs();
        points.poke();
        points.lapse(list(ada));
        eq(vm.getRecordedLogs().length, 0, "nothing to say");
        lanesAre(points, ada, 10, 20, 30, 40, 50);
    }

    function test_a_pending_notice_is_dropped() public {
        fill(ada);
        (, uint48 startedAt, ) = points.clock();
        vm.warp(startedAt + QUARTER - 30 days);
        vm.prank(ownerFor(shop));
        points.postNotice("in vain");
        stop(4);
        (uint16 quarter, uint48 start, uint48 noticeAt) = points.clock();
        ok(quarter == 4 && start == startedAt && noticeAt == 0, "no notice stands");
        vm.warp(block.timestamp + 31 days);
        lanesAre(points, ada, 10, 20, 30, 40, 50);
        points.poke();
        eq(quarterNow(), 4, "the quarter did not end");
    }

    function test_a_quarter_that_has_ended_has_ended_also_for_a_defaulted_shop() public {
        fill(ada);
        pass(1);
        vm.expectEmit(address(points));
        emit IShopPoints.QuarterBegan(5, uint48(block.timestamp));
        stop(5);
        lanesAre(points, ada, 0, 10, 20, 30, 40);
        supplyIs(points, 0, 10, 20, 30, 40);
    }

    function test_no_notice_is_posted_any_more() public {
        stop(0);
        vm.warp(block.timestamp + 10 * QUARTER);
        vm.prank(ownerFor(shop));
        vm.expectRevert(abi.encodeWithSelector(IShopPoints.ClockStopped.selector));
        points.postNotice("too late");
    }

    function test_its_points_are_still_sent_spent_and_restored() public {
        fill(ada);
        stop(4);
        vm.warp(block.timestamp + 1_000 days);
        send(ada, ben, 60);
        lanesAre(points, ben, 0, 0, 0, 10, 50);
        Lanes burned = burn(ben, 55);
        eq(Lanes.unwrap(burned), wordOf(4, 0, 0, 0, 5, 50), "the oldest first, as ever");
        restore(ben, Lanes.unwrap(burned));
        lanesAre(points, ben, 0, 0, 0, 10, 50);
    }

    function test_a_defaulted_shop_issues_nothing_and_reverses_nothing() public {
        Sold memory sold = sell(shop, 1, 1, entry(ada, 100));
        Reversal memory agreed = agreement(sold, 0, 100, 100, 0);
        vm.prank(address(clearing));
        consortium.markDefaulted(shop);
        bytes memory entries = entry(ada, 5);
        bytes memory signature = signedBatch(shop, 1, 2, entries);
        vm.expectRevert(abi.encodeWithSelector(IIssuance.ShopNotIssuing.selector, shop, ShopStatus.Defaulted, false));
        issuance.issue(shop, 1, 2, entries, signature, "");
        vm.expectRevert(abi.encodeWithSelector(IIssuance.ShopNotReversing.selector, shop, ShopStatus.Defaulted));
        reverse(sold, agreed);
    }

    // ---------------------------------------------------------------- within

    function stop(uint16 quarter) internal {
        vm.expectEmit(address(points));
        emit IShopPoints.ClockStoppedFor(quarter);
        vm.prank(address(consortium));
        points.stop();
    }

    function list(address account) internal pure returns (address[] memory accounts) {
        accounts = new address[](1);
        accounts[0] = account;
    }
}

/// @notice A consortium may agree that points do not lapse by time: then nobody can make them.
contract LastingPointsTest is Lots {
    function terms() internal view override returns (Founding memory) {
        return Founding(PAR, QUARTER, address(authority), RATIO, false);
    }

    function test_no_notice_is_ever_posted() public {
        ok(!consortium.pointsLapse(), "agreed when it was founded");
        vm.warp(NOON + 20 * QUARTER);
        vm.prank(ownerFor(shop));
        vm.expectRevert(abi.encodeWithSelector(IShopPoints.PointsDoNotLapse.selector));
        points.postNotice("never");
        vm.expectRevert(abi.encodeWithSelector(IShopPoints.NotShopOwner.selector, shop, address(this)));
        points.postNotice("nor by a stranger");
    }

    function test_points_stay_and_add_up_in_their_first_quarter() public {
        issue(shop, 1, 1, entry(ada, 100));
        vm.warp(NOON + 50 * 365 days);
        points.poke();
        eq(points.balanceOf(ada), 100, "half a century later");
        issue(shop, 1, 2, entry(ada, 11));
        lanesAre(points, ada, 111, 0, 0, 0, 0);
        supplyIs(points, 111, 0, 0, 0, 0);
        (uint16 quarter, uint48 startedAt, uint48 noticeAt) = points.clock();
        ok(quarter == 0 && startedAt == NOON && noticeAt == 0, "still the first quarter");
    }

    function test_a_purchase_is_undone_and_a_default_stops_as_everywhere() public {
        Sold memory sold = sell(shop, 1, 1, entry(ada, 100));
        reverseWhole(sold, 0, 100);
        eq(points.balanceOf(ada), 0, "undone");
        vm.prank(address(consortium));
        points.stop();
        vm.prank(ownerFor(shop));
        vm.expectRevert(abi.encodeWithSelector(IShopPoints.PointsDoNotLapse.selector));
        points.postNotice("never");
    }
}
