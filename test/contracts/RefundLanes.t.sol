// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Payment} from "../../contracts/interfaces/IRedemptions.sol";
import {IShopPoints} from "../../contracts/interfaces/IShopPoints.sol";
import {Lanes} from "../../contracts/libraries/Lanes.sol";
import {ShopPoints} from "../../contracts/ShopPoints.sol";
import {Counter} from "./support/Counter.sol";
import {TwoShops} from "./support/TwoShops.sol";

/// @notice The age of points that come back: the youngest first, each as old as the token's clock has made it, and
/// what lapsed meanwhile in the oldest quarter that is still alive.
contract RefundLanesTest is Counter, TwoShops {
    function setUp() public override {
        foundShops(100_000 * PAR, 100_000 * PAR);
    }

    function test_the_youngest_come_back_first_and_the_oldest_last() public {
        threeQuarters();
        Payment memory undone = paid(books, payment(ADA, books, 1, 1, cafe, 170));
        lanesAre(0, 30, 0, 0, 0, "20 of the youngest, 50 and 100 of the older are spent");
        undo(books, undone, 10);
        lanesAre(0, 40, 0, 0, 0, "ten of the twenty youngest");
        undo(books, undone, 25);
        lanesAre(0, 50, 15, 0, 0, "the other ten, and fifteen of the next");
        undo(books, undone, 135);
        lanesAre(0, 50, 50, 100, 0, "all of it");
    }

    function test_a_payment_before_the_quarters_end_comes_back_a_quarter_older() public {
        issue(cafe, 1, 1, entry(ada, 100));
        announceEnd();
        issue(cafe, 1, 2, entry(ada, 50));
        Payment memory undone = paid(books, payment(ADA, books, 1, 1, cafe, 120));
        vm.warp(block.timestamp + 2 days);
        Lanes aged = Lanes.wrap((uint256(1) << 240) | (120 << 48));
        vm.recordLogs();
        undo(books, undone, 120);
        eq(said(IShopPoints.PointsRestored.selector), 1, "said");
        lanesAre(0, 150, 0, 0, 0, "all a quarter old");
        eq(aged.total(), 120, "as the event's word says");
    }

    function test_what_lapsed_meanwhile_comes_back_in_the_oldest_living_quarter() public {
        issue(cafe, 1, 1, entry(ada, 100));
        for (uint256 i; i < 4; ++i) {
            endQuarter(cafe);
        }
        issue(cafe, 1, 2, entry(ada, 60));
        announceEnd();
        lanesAre(60, 0, 0, 0, 100, "the old ones have two days left");
        Payment memory undone = paid(books, payment(ADA, books, 1, 1, cafe, 130));
        vm.warp(block.timestamp + 2 days);
        lanesAre(0, 30, 0, 0, 0, "their quarter is over");
        undo(books, undone, 40);
        lanesAre(0, 60, 0, 0, 10, "30 of the young, ten of those that would be gone");
        undo(books, undone, 90);
        lanesAre(0, 60, 0, 0, 100, "none is lost by paying and bringing back");
        eq(tokenOf(cafe).totalSupply(), 160, "the supply says the same");
        announceEnd();
        vm.warp(block.timestamp + 2 days);
        lanesAre(0, 0, 60, 0, 0, "and they lapse one quarter later, once");
    }

    function test_points_come_back_beside_what_the_member_has_since_got() public {
        issue(cafe, 1, 1, entry(ada, 100));
        Payment memory undone = paid(books, payment(ADA, books, 1, 1, cafe, 100));
        issue(cafe, 1, 2, entry(ada, 7));
        undo(books, undone, 100);
        lanesAre(107, 0, 0, 0, 0, "both");
    }

    function test_the_members_own_lapsed_points_are_shed_and_said_when_others_come_back() public {
        issue(cafe, 1, 1, entry(ada, 100));
        for (uint256 i; i < 4; ++i) {
            endQuarter(cafe);
        }
        announceEnd();
        Payment memory undone = paid(books, payment(ADA, books, 1, 1, cafe, 40));
        vm.warp(block.timestamp + 2 days);
        vm.recordLogs();
        undo(books, undone, 40);
        eq(said(IShopPoints.PointsLapsed.selector), 1, "the sixty that lapsed in her hands");
        lanesAre(0, 0, 0, 0, 40, "the forty that were away live on");
    }

    function test_a_full_lane_refuses_in_words() public {
        ample();
        vm.prank(ownerFor(cafe));
        consortium.setReceiptLimit(cafe, type(uint48).max);
        uint48 most = type(uint48).max;
        issue(cafe, 1, 1, entry(ada, most));
        Payment memory undone = paid(books, payment(ADA, books, 1, 1, cafe, 100));
        vm.warp(block.timestamp + 3 days);
        issue(cafe, 1, 2, entry(ada, 1));
        bytes4 full = IShopPoints.SupplyLaneOverflow.selector;
        cannotUndo(books, undone, 100, abi.encodeWithSelector(full, most - 99, 100));
        undo(books, undone, 99);
        eq(tokenOf(cafe).balanceOf(ada), most, "to the brim");
    }

    // ---------------------------------------------------------------- by chance, against plain books

    /// @dev Lots of five ages, one payment oldest first, a quarter's end or none, and refunds in any split.
    function testFuzz_lanes_come_back_as_plain_books_say(uint256 seed, uint8 refunds, bool quarterEnds) public {
        uint48[5] memory held;
        uint256 total;
        for (uint64 age = 5; age > 0; --age) {
            uint256 points =
                within(uint256(keccak256(abi.encode(seed, age))), 0, 3) == 0
                    ? 0
                    : within(uint256(keccak256(abi.encode(seed, age, "points"))), 1, 400);
            issue(cafe, 1, age, entry(ada, points));
            held[age - 1] = uint48(points);
            total += points;
            if (age > 1) endQuarter(cafe);
        }
        if (total == 0) return;
        announceEnd();
        uint48 spent = uint48(within(uint256(keccak256(abi.encode(seed, "spent"))), 1, total));
        Payment memory undone = paid(books, payment(ADA, books, 1, 1, cafe, spent));
        uint48[5] memory away;
        for (uint256 age = 5; age > 0 && spent != 0; --age) {
            away[age - 1] = held[age - 1] < spent ? held[age - 1] : spent;
            held[age - 1] -= away[age - 1];
            spent -= away[age - 1];
        }
        uint256 shift;
        if (quarterEnds) {
            vm.warp(block.timestamp + 2 days);
            shift = 1;
            (held[4], held[3], held[2], held[1], held[0]) = (held[3], held[2], held[1], held[0], 0);
        }
        for (uint256 i; i <= refunds % 6; ++i) {
            uint256 left = uint256(away[0]) + away[1] + away[2] + away[3] + away[4];
            if (left == 0) break;
            uint48 back = uint48(within(uint256(keccak256(abi.encode(seed, i, "back"))), 1, left));
            undo(books, undone, back);
            for (uint256 age; age < 5 && back != 0; ++age) {
                uint48 part = away[age] < back ? away[age] : back;
                uint256 to = age + shift > 4 ? 4 : age + shift;
                (away[age], held[to], back) = (away[age] - part, held[to] + part, back - part);
            }
            lanesAre(held[0], held[1], held[2], held[3], held[4], "as the books say");
            (uint48[5] memory supply, ) = tokenOf(cafe).supplyLanes();
            ok(keccak256(abi.encode(supply)) == keccak256(abi.encode(held)), "and the supply");
        }
    }

    // ---------------------------------------------------------------- within

    /// @dev 100 three quarters old, 50 two and 50 one quarter old.
    function threeQuarters() internal {
        issue(cafe, 1, 1, entry(ada, 100));
        endQuarter(cafe);
        issue(cafe, 1, 2, entry(ada, 50));
        endQuarter(cafe);
        issue(cafe, 1, 3, entry(ada, 50));
        endQuarter(cafe);
        lanesAre(0, 50, 50, 100, 0, "a quarter on");
    }

    /// @dev The running quarter ends in a day.
    function announceEnd() internal {
        ShopPoints points = tokenOf(cafe);
        (, uint48 startedAt, ) = points.clock();
        if (block.timestamp < startedAt + QUARTER - 30 days) vm.warp(startedAt + QUARTER - 30 days);
        vm.prank(ownerFor(cafe));
        points.postNotice(keccak256("soon"));
        vm.warp(block.timestamp + 29 days);
    }

    /// @dev Reserve and allowances for as many points as a lane can hold.
    function ample() internal {
        fund(cafe, uint256(2 ** 49) * PAR);
        fund(books, 1_000 * PAR);
        vm.prank(ownerFor(cafe));
        consortium.setTillAllowance(cafe, 1, type(uint48).max);
        vm.prank(ownerFor(cafe));
        consortium.setShopAllowance(cafe, type(uint48).max);
    }

    function lanesAre(uint48 a, uint48 b, uint48 c, uint48 d, uint48 e, string memory what) internal view {
        (uint48[5] memory lanes, ) = tokenOf(cafe).lanesOf(ada);
        eq(lanes[0], a, what);
        eq(lanes[1], b, what);
        eq(lanes[2], c, what);
        eq(lanes[3], d, what);
        eq(lanes[4], e, what);
    }
}
