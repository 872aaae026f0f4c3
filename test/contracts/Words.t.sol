// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Allowance} from "../../contracts/libraries/Allowance.sol";
import {Lanes} from "../../contracts/libraries/Lanes.sol";
import {PurchaseEntries} from "../../contracts/libraries/PurchaseEntries.sol";
import {Receipt, ReceiptBitmap, ReceiptRules} from "../../contracts/libraries/ReceiptBitmap.sol";
import {PositionRules, PositionWord} from "../../contracts/libraries/PositionWord.sol";
import {QuarterClock, QuarterRules} from "../../contracts/libraries/QuarterClock.sol";
import {ShopRules, ShopStatus, ShopWord} from "../../contracts/libraries/ShopWord.sol";
import {StandingId} from "../../contracts/libraries/StandingId.sol";
import {StandingWord, Tier} from "../../contracts/libraries/StandingWord.sol";
import {TillKind, TillRules, TillWord} from "../../contracts/libraries/TillWord.sol";
import {VoucherId} from "../../contracts/libraries/VoucherId.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {LotBook} from "./support/LotBook.sol";
import {Test} from "./support/Test.sol";

/// @notice Every packed word keeps what is put into it: lanes (N-3), receipts (N-6), positions (N-12), clocks.
contract WordsTest is Test {
    ReceiptBitmap internal bitmap;

    // ---------------------------------------------------------------- lanes

    function testFuzz_lanes_against_a_plain_book_of_lots(uint256 seed) public {
        LotBook book = new LotBook();
        Lanes word = Lanes.wrap(0);
        Lanes other = Lanes.wrap(0);
        uint16 quarter;
        for (uint256 step; step < 24; ++step) {
            uint256 dice = uint256(keccak256(abi.encode(seed, step)));
            uint256 amount = dice >> 8;
            if (dice % 4 == 0) {
                uint256 skip = within(amount, 1, 3);
                for (uint256 i; i < skip; ++i) {
                    book.nextQuarter();
                }
                quarter += uint16(skip);
                (word, ) = word.agedTo(quarter);
                (other, ) = other.agedTo(quarter);
            } else if (dice % 4 == 1) {
                amount = within(amount, 0, 1_000_000);
                word = word.withIssued(amount);
                book.issue(address(1), amount);
            } else {
                amount = within(amount, 0, word.total());
                (Lanes taken, bool enough) = word.oldestFirst(amount);
                ok(enough, "it is there");
                eq(taken.total(), amount, "as many as asked for");
                eq(taken.quarter(), quarter, "under the stamp of the word");
                word = word.withoutLanes(taken);
                if (dice % 4 == 2) other = other.withLanes(taken);
                if (dice % 4 == 2) book.transfer(address(1), address(2), amount);
                else book.burn(address(1), amount);
            }
            for (uint256 age; age < 5; ++age) {
                eq(word.lane(age), book.laneOf(address(1), age), "lane of the one");
                eq(other.lane(age), book.laneOf(address(2), age), "lane of the other");
            }
        }
    }

    function testFuzz_what_ages_is_either_alive_or_lapsed(uint240 lanes, uint16 stamp, uint8 quarters) public pure {
        uint256 from = stamp & 0x3fff;
        Lanes word = Lanes.wrap((from << 240) | lanes);
        uint16 to = uint16(from + quarters);
        (Lanes aged, uint256 lapsed) = word.agedTo(to);
        eq(aged.total() + lapsed, word.total(), "nothing is lost between");
        eq(aged.quarter(), to, "stamp");
        for (uint256 age; age < 5; ++age) {
            eq(aged.lane(age), age < quarters ? 0 : word.lane(age - quarters), "each lane moved along");
        }
    }

    function test_the_highest_lanes_do_not_touch_their_neighbours() public pure {
        uint256 full = type(uint48).max;
        Lanes word = Lanes.wrap((full << 192) | (full << 96) | full);
        eq(word.total(), 3 * full, "sum");
        (Lanes taken, ) = word.oldestFirst(full + 1);
        eq(taken.lane(4), full, "all of the oldest");
        eq(taken.lane(2), 1, "one of the next");
        eq(word.withoutLanes(taken).lane(2), full - 1, "left");
        eq(word.withoutLanes(taken).withLanes(taken).total(), 3 * full, "back again");
    }

    function testFuzz_what_an_account_owes_never_moves_with_its_lanes(
        uint240 lanes,
        uint8 quarters,
        uint256 some
    ) public pure {
        Lanes word = Lanes.wrap(uint256(lanes)).withDebt();
        ok(word.owes() && !word.withoutDebt().owes(), "owes, or does not");
        eq(word.total(), word.withoutDebt().total(), "a debt is no points");
        eq(word.quarter(), 0, "nor a quarter");
        (Lanes aged, ) = word.agedTo(quarters);
        ok(aged.owes(), "it does not age");
        uint256 points = within(some, 0, aged.total());
        (Lanes oldest, ) = aged.oldestFirst(points);
        ok(!oldest.owes() && aged.withoutLanes(oldest).owes(), "it stays with the account");
        ok(!aged.youngestFirst(points).owes() && !aged.fromAge(points, 2).owes(), "whichever points are taken");
        ok(!Lanes.wrap(0).withLanes(aged).owes(), "and never arrives");
    }

    function testFuzz_whatever_order_takes_as_many_as_asked_for(uint240 lanes, uint256 some, uint8 age) public pure {
        Lanes word = Lanes.wrap((uint256(77) << 240) | lanes);
        uint256 points = within(some, 0, word.total());
        (Lanes oldest, bool enough) = word.oldestFirst(points);
        ok(enough, "it is there");
        (, enough) = word.oldestFirst(word.total() + 1);
        ok(!enough, "one more is not");
        Lanes[3] memory orders = [oldest, word.youngestFirst(points), word.fromAge(points, age)];
        for (uint256 i; i < 3; ++i) {
            eq(orders[i].total(), points, "as many");
            eq(orders[i].quarter(), 77, "under the same stamp");
            for (uint256 lane; lane < 5; ++lane) {
                ok(orders[i].lane(lane) <= word.lane(lane), "from where they are");
            }
        }
    }

    // ---------------------------------------------------------------- receipts

    function testFuzz_a_spent_receipt_spends_no_other(uint32 shop, uint32 till, uint64 a, uint64 b) public {
        Receipt one = ReceiptRules.made(shop, till, a);
        Receipt other = ReceiptRules.made(shop, till, b);
        bitmap.spend(one);
        ok(bitmap.isSpent(one), "spent");
        ok(bitmap.isSpent(other) == (a == b), "its neighbours only if they are the same");
        ok(!bitmap.isSpent(ReceiptRules.made(shop ^ 1, till, a)), "another shop");
        ok(!bitmap.isSpent(ReceiptRules.made(shop, till ^ 1, a)), "another till");
        (uint32 shop_, uint32 till_, uint64 sequence) = one.parts();
        ok(shop_ == shop && till_ == till && sequence == a, "the name says whose it is");
    }

    function testFuzz_neighbouring_receipts_are_told_apart(uint64 start, uint256 pattern) public {
        start = uint64(within(start, 0, type(uint64).max - 64));
        for (uint64 i; i < 64; ++i) {
            if ((pattern >> i) & 1 == 1) bitmap.spend(ReceiptRules.made(3, 4, start + i));
        }
        for (uint64 i; i < 64; ++i) {
            bool should = (pattern >> i) & 1 == 1;
            ok(bitmap.isSpent(ReceiptRules.made(3, 4, start + i)) == should, "exactly the pattern");
        }
    }

    // ---------------------------------------------------------------- entries

    function testFuzz_the_running_hash_is_taken_entry_by_entry(bytes32 start, uint256 seed, uint8 count) public view {
        bytes memory all;
        bytes32 head = start;
        count = uint8(within(count, 0, 20));
        for (uint256 i; i < count; ++i) {
            bytes memory one = abi.encodePacked(keccak256(abi.encode(seed, i)), bytes4(uint32(i)));
            all = abi.encodePacked(all, one);
            head = keccak256(abi.encodePacked(head, one));
        }
        ok(this.hashOf(all, start) == head, "head");
    }

    function testFuzz_an_entry_is_read_as_it_was_packed(
        address member,
        uint48 points,
        uint48 spend,
        uint32 soldAt
    ) public view {
        bytes memory all = abi.encodePacked(new bytes(36), member, points, spend, soldAt, new bytes(36));
        (address who, uint256 howMany, uint256 when) = this.readSecond(all);
        ok(who == member && howMany == points && when == soldAt, "as packed");
    }

    function hashOf(bytes calldata entries, bytes32 start) external pure returns (bytes32) {
        return PurchaseEntries.runningHash(entries, start);
    }

    function readSecond(bytes calldata entries) external pure returns (address member, uint256 points, uint256 time) {
        (member, points) = PurchaseEntries.memberAndPoints(entries, 1);
        time = PurchaseEntries.soldAt(entries, 1);
    }

    // ---------------------------------------------------------------- positions

    function testFuzz_a_position_keeps_both_halves(int128 net, uint128 reserve) public pure {
        PositionWord word = PositionRules.made(net, reserve);
        ok(word.net() == net && word.reserve() == reserve, "both");
        int256 owed = net < 0 ? int256(net) : int256(0);
        ok(word.backing() == int256(uint256(reserve)) + owed, "credit does not back anything");
    }

    function test_a_position_that_does_not_fit_is_refused_and_never_cut() public {
        uint256 reserve = uint256(type(uint128).max) + 1;
        vm.expectRevert(abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 128, reserve));
        this.madeOf(0, reserve);
        int256 net = int256(type(int128).max) + 1;
        vm.expectRevert(abi.encodeWithSelector(SafeCast.SafeCastOverflowedIntDowncast.selector, 128, net));
        this.madeOf(net, 0);
    }

    function madeOf(int256 net, uint256 reserve) external pure returns (PositionWord) {
        return PositionRules.made(net, reserve);
    }

    // ---------------------------------------------------------------- clocks, shops and tills

    function test_a_quarter_of_up_to_60_days_is_announced_from_its_first_second() public pure {
        eq(QuarterRules.starting(1_000, 0).noticeOpensAt(30 days), 1_000, "30 days");
        eq(QuarterRules.starting(1_000, 0).noticeOpensAt(60 days), 1_000, "60 days");
        eq(QuarterRules.starting(1_000, 0).noticeOpensAt(60 days + 1), 1_001, "a second more");
    }

    function testFuzz_a_clocks_word_changes_only_what_is_changed(
        uint48 time,
        uint16 share,
        uint112 shared
    ) public pure {
        QuarterClock word = QuarterRules.starting(time, share);
        ok(word.startedAt() == time && word.shareBps() == share && word.quarter() == 0, "as it was born");
        word = word.withBreakage(share ^ 1, shared).withNotice(time);
        ok(word.shareBps() == share ^ 1 && word.shared() == shared, "the breakage");
        ok(word.startedAt() == time && word.noticeAt() == time && !word.isStopped(), "the rest");
        word = word.stopped();
        ok(word.isStopped() && word.noticeAt() == 0, "stopped, without a notice");
        ok(word.shareBps() == share ^ 1 && word.shared() == shared && word.startedAt() == time, "and all it had");
    }

    function testFuzz_a_till_allotted_anew_keeps_the_rest(address key, uint48 first, uint48 next) public pure {
        TillWord word = TillRules.made(key, TillKind.Counter, first).withRevoked().withAllotted(next);
        ok(word.allotted() == next && word.key() == key, "allotted");
        ok(word.kind() == TillKind.Counter && word.revoked(), "the rest");
    }

    function testFuzz_an_allowance_never_gives_more_than_three_days(
        uint48 daily,
        uint32 time,
        uint48 given
    ) public pure {
        Allowance fresh = Allowance.wrap(0);
        uint256 full = 3 * uint256(daily);
        eq(fresh.leftDown(daily, time), full, "a fresh one is full");
        uint256 used = within(given, 0, full);
        Allowance word = fresh.withGiven(daily, time, used);
        eq(word.leftDown(daily, time), full - used, "less what was given");
        eq(word.leftDown(daily, uint256(time) + 3 days), full, "and three days on it is full again");
        eq(
            word.leftDown(daily, uint256(time) + 1 days),
            full - (used > daily ? used - daily : 0),
            "a day brings a day's"
        );
    }

    function testFuzz_a_shops_word_changes_only_what_is_changed(
        uint48 limit,
        address token,
        bool redeemsOnly,
        uint40 time
    ) public pure {
        ShopWord word = ShopRules.applied(1).admitted(token, redeemsOnly, time);
        word = word.withStatus(ShopStatus.Suspended).withReceiptLimit(limit);
        ok(word.status() == ShopStatus.Suspended && word.redeemsOnly() == redeemsOnly, "status");
        ok(word.joinedAt() == time && word.receiptLimit() == limit && word.points() == token, "the rest");
    }

    function testFuzz_a_revoked_till_keeps_all_it_had(address key, uint48 budget) public pure {
        TillWord word = TillRules.made(key, TillKind.Import, budget);
        ok(!word.revoked(), "not yet");
        word = word.withRevoked();
        ok(word.revoked() && word.key() == key && word.kind() == TillKind.Import && word.allotted() == budget, "kept");
    }

    // ---------------------------------------------------------------- every word as it is drawn

    function test_shops_and_tills_are_laid_out_as_drawn() public pure {
        ShopWord shop = ShopRules.applied(7);
        eq(ShopWord.unwrap(shop), (1 << 249) | (7 << 160), "applied: status and limit");
        shop = shop.admitted(address(9), true, 8);
        eq(ShopWord.unwrap(shop), (2 << 249) | (1 << 248) | (8 << 208) | (7 << 160) | 9, "admitted: all of it");
        TillWord till = TillRules.made(address(9), TillKind.Import, 7).withRevoked();
        eq(TillWord.unwrap(till), (7 << 176) | (1 << 168) | (3 << 160) | 9, "a till");
    }

    function test_what_counts_money_points_and_time_is_laid_out_as_drawn() public pure {
        eq(PositionWord.unwrap(PositionRules.made(7, 9)), (7 << 128) | 9, "a position");
        eq(Allowance.unwrap(Allowance.wrap(0).withGiven(1, 7, 9)), (7 << 128) | (9 * 86_400), "an allowance");
        (Lanes lanes, ) = Lanes.wrap(9).withDebt().agedTo(3);
        eq(Lanes.unwrap(lanes), (1 << 255) | (3 << 240) | (9 << 144), "lanes");
        QuarterClock clock = QuarterRules.starting(8, 6).withNotice(9);
        eq(QuarterClock.unwrap(clock), (6 << 112) | (8 << 48) | 9, "a clock with its notice");
        clock = clock.asOf(10_000_000, 1_000_000).withBreakage(6, 5).stopped();
        uint256 next = (5 << 128) | (6 << 112) | (1 << 96) | ((9 + 30 days) << 48);
        eq(QuarterClock.unwrap(clock), (1 << 255) | next, "a quarter later, stopped");
    }

    function test_receipts_standings_and_ids_are_laid_out_as_drawn() public pure {
        eq(Receipt.unwrap(ReceiptRules.made(7, 8, 9)), (7 << 96) | (8 << 64) | 9, "a receipt");
        StandingWord standing = StandingWord.wrap(0).withTier(Tier.Gold, 8).withNotice(Tier.Silver, 7);
        standing = standing.withBadges(9).withRun(6);
        uint256 dates = (6 << 216) | (7 << 176) | (8 << 136);
        eq(StandingWord.unwrap(standing), dates | (2 << 132) | (3 << 128) | 9, "a standing");
        eq(StandingId.ofTier(7, Tier.Gold), (7 << 16) | (1 << 8) | 3, "a tier");
        eq(StandingId.ofBadge(7, 9), (7 << 16) | (2 << 8) | 9, "a badge");
        eq(VoucherId.made(7, 9), (7 << 32) | 9, "a voucher");
    }
}
