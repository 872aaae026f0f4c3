// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Lanes} from "../../contracts/libraries/Lanes.sol";
import {PurchaseEntries} from "../../contracts/libraries/PurchaseEntries.sol";
import {Receipt, ReceiptBitmap, ReceiptRules} from "../../contracts/libraries/ReceiptBitmap.sol";
import {PositionRules, PositionWord} from "../../contracts/libraries/PositionWord.sol";
import {QuarterRules} from "../../contracts/libraries/QuarterClock.sol";
import {ShopRules, ShopStatus, ShopWord} from "../../contracts/libraries/ShopWord.sol";
import {TillKind, TillRules, TillWord} from "../../contracts/libraries/TillWord.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {LotBook} from "./support/LotBook.sol";
import {Test} from "./support/Test.sol";

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
                Lanes taken = word.oldestFirst(amount);
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
        Lanes taken = word.oldestFirst(full + 1);
        eq(taken.lane(4), full, "all of the oldest");
        eq(taken.lane(2), 1, "one of the next");
        eq(word.withoutLanes(taken).lane(2), full - 1, "left");
        eq(word.withoutLanes(taken).withLanes(taken).total(), 3 * full, "back again");
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
        eq(QuarterRules.starting(1_000).noticeOpensAt(30 days), 1_000, "30 days");
        eq(QuarterRules.starting(1_000).noticeOpensAt(60 days), 1_000, "60 days");
        eq(QuarterRules.starting(1_000).noticeOpensAt(60 days + 1), 1_001, "a second more");
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
        ok(word.revoked() && word.key() == key && word.kind() == TillKind.Import && word.budget() == budget, "kept");
    }
}
