// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Lots} from "./support/Lots.sol";

/// @notice Which part of the points that lapse frees reserve for a shop that only redeems: the part that was in force
/// when their last quarter began (N-18).
contract QuarterShareTest is Lots {
    uint32 internal charity;

    function setUp() public override {
        super.setUp();
        charity = openCharity();
    }

    function test_without_a_share_nothing_is_shared() public {
        give(ada, 1_000);
        pass(6);
        points.poke();
        eq(points.breakageShared(), 0, "nothing");
    }

    function test_a_share_counts_from_the_next_quarter_on() public {
        give(ada, 1_000);
        passed(1);
        give(ada, 100);
        passed(3);
        setShare(1_000);
        passed(1);
        // The quarter that has just ended began before the share was set.
        eq(points.totalSupply(), 100, "the 1,000 have lapsed");
        eq(points.breakageShared(), 0, "under the old share, which was none");
        passed(1);
        eq(points.breakageShared(), 10, "the next began after it");
    }

    function test_each_quarter_bears_its_own_share() public {
        for (uint256 i; i < 6; ++i) {
            give(ada, 1_000);
            setShare(uint16((i + 1) * 100));
            passed(1);
        }
        // Quarter 4 bore 4 %, and 1,000 lapsed as it ended; quarter 5 bore 5 %.
        eq(points.breakageShared(), 40 + 50, "4 % of 1,000 and 5 % of 1,000");
    }

    function test_a_quarter_stored_late_bears_the_share_of_its_first_second() public {
        setShare(1_000);
        give(ada, 1_000);
        passed(3);
        pass(1);
        vm.warp(block.timestamp + 10 days);
        setShare(2_000);
        // Quarter 4 is stored only now, by this very notice or poke, under another share than it began with.
        points.poke();
        passed(1);
        eq(points.breakageShared(), 100, "10 % of 1,000");
    }

    function test_among_many_changes_the_one_before_the_quarter_counts() public {
        give(ada, 10_000);
        passed(3);
        setShare(500);
        pass(1);
        vm.warp(block.timestamp + 1);
        setShare(700);
        vm.warp(block.timestamp + 1 days);
        setShare(900);
        vm.warp(block.timestamp + 1 days);
        setShare(0);
        passed(1);
        eq(points.breakageShared(), 500, "5 % of 10,000");
    }

    function test_a_change_in_a_quarters_very_first_second_counts_for_it() public {
        give(ada, 10_000);
        passed(3);
        pass(1);
        setShare(500);
        passed(1);
        eq(points.breakageShared(), 500, "from now on means from this second on");
    }

    function test_a_shop_that_announced_its_exit_keeps_the_old_share() public {
        setShare(1_000);
        give(ada, 1_000);
        passed(4);
        vm.prank(ownerFor(shop));
        consortium.announceExit(shop);
        setShare(2_500);
        vm.warp(block.timestamp + 1);
        eq(consortium.breakageShareOf(shop), 1_000, "the share of that moment");
        eq(consortium.breakageShareOf(charity), 2_500, "others bear the new one");
        passed(1);
        eq(points.breakageShared(), 100, "10 % of the first quarter's");
        eq(consortium.breakageShareAt(shop, uint48(block.timestamp)), 1_000, "and of every later one");
        eq(consortium.breakageShareAt(shop, uint48(NOON) - 1), 0, "before there was a share there was none");
    }

    function test_a_quarter_that_began_before_the_exit_bears_its_own_share() public {
        setShare(500);
        give(ada, 1_000);
        passed(3);
        pass(1);
        vm.warp(block.timestamp + 5 days);
        setShare(2_000);
        vm.prank(ownerFor(shop));
        consortium.announceExit(shop);
        points.poke();
        passed(1);
        eq(points.breakageShared(), 50, "5 %, though it left under 20 %");
    }

    function test_only_what_lapses_counts() public {
        setShare(2_500);
        passed(1);
        give(ada, 1_000);
        give(ben, 500);
        burn(ada, 300);
        takeBack(ada, 200, 1, 0);
        send(ada, cem, 100);
        passed(5);
        eq(points.breakageShared(), 250, "a quarter of 1,000");
        restore(ada, wordOf(1, 300, 0, 0, 0, 0));
        passed(1);
        eq(points.breakageShared(), 250 + 75, "what came back for its last quarter lapses too");
    }

    function test_each_quarters_part_is_rounded_down() public {
        setShare(333);
        passed(1);
        give(ada, 999);
        passed(1);
        give(ada, 30);
        passed(4);
        eq(points.breakageShared(), 33, "33.26");
        passed(1);
        eq(points.breakageShared(), 33, "0.999 more are none");
    }

    function test_a_stopped_token_keeps_what_was_shared_and_shares_no_more() public {
        setShare(1_000);
        passed(1);
        give(ada, 1_000);
        passed(1);
        give(ada, 1_000);
        passed(4);
        vm.prank(address(consortium));
        points.stop();
        vm.warp(block.timestamp + 1_000 days);
        points.poke();
        eq(points.breakageShared(), 100, "of the first");
        eq(points.totalSupply(), 1_000, "the second never lapse");
    }

    function test_what_is_shared_fits_whatever_lapses() public {
        setShare(2_500);
        passed(1);
        for (uint256 i; i < 7; ++i) {
            give(ada, type(uint48).max);
            passed(1);
        }
        uint256 each = (uint256(type(uint48).max) * 2_500) / 10_000;
        eq(points.breakageShared(), 3 * each, "three full quarters");
        eq(points.totalSupply(), 4 * uint256(type(uint48).max), "the others live");
    }

    // ---------------------------------------------------------------- within

    function setShare(uint16 bps) internal {
        vm.prank(board);
        consortium.setBreakageShare(bps, charity);
    }

    /// @dev Quarters that end and are stored at once.
    function passed(uint256 quarters) internal {
        for (uint256 i; i < quarters; ++i) {
            pass(1);
            points.poke();
        }
    }
}
