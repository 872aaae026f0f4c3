// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ShopStatus} from "../../contracts/libraries/ShopWord.sol";
import {TwoShops} from "./support/TwoShops.sol";

/// @notice What is changed later touches no point that has been given: neither its quarter, nor its life, nor what it
/// pays anywhere (N-5).
contract LaterChangesTest is TwoShops {
    struct Held {
        uint48[5] lanes;
        uint16 quarter;
        uint256 balance;
        uint48 startedAt;
        uint48 noticeAt;
    }

    function test_the_boards_ratio_changes_what_no_point_pays() public {
        vm.warp(block.timestamp + 400 days);
        eq(_paidElsewhere(1), 100 * PAR, "100 points at par");
        vm.prank(board);
        consortium.setRequiredRatio(9_000);
        eq(_paidElsewhere(2), 100 * PAR, "under a higher ratio the same");
        vm.prank(board);
        consortium.setRequiredRatio(2_000);
        eq(_paidElsewhere(3), 100 * PAR, "under a lower ratio the same");
    }

    function testFuzz_limits_and_shares_touch_no_point(uint48 limit, uint48 daily, uint16 share) public {
        Held memory before = _heldBy(ada);
        _change(limit, daily, share);
        _same(before, _heldBy(ada));
        eq(_paidElsewhere(1), 100 * PAR, "and each pays what it paid");
    }

    function test_points_outlive_whatever_their_shop_has_become() public {
        Held memory before = _heldBy(ada);
        vm.prank(board);
        consortium.suspend(cafe);
        _same(before, _heldBy(ada));
        eq(_paidElsewhere(1), 100 * PAR, "suspended");
        before = _heldBy(ada);
        vm.prank(ownerFor(cafe));
        consortium.announceExit(cafe);
        _same(before, _heldBy(ada));
        eq(_paidElsewhere(2), 100 * PAR, "leaving");
        ok(consortium.shopOf(cafe).status == ShopStatus.Exiting, "it really leaves");
    }

    // ---------------------------------------------------------------- within

    /// @dev Everything a board and an owner can set, at any value they may set it to.
    function _change(uint48 limit, uint48 daily, uint16 share) private {
        uint32 charity = openCharity();
        vm.prank(ownerFor(cafe));
        consortium.setTillAllowance(cafe, 1, 1 + (daily % 20_000_000));
        vm.prank(ownerFor(cafe));
        consortium.revokeTill(cafe, 1);
        vm.prank(ownerFor(cafe));
        consortium.setReceiptLimit(cafe, 1 + (limit % 1_000_000));
        vm.prank(board);
        consortium.setBreakageShare(share % 2_501, charity);
    }

    /// @dev What the books earn by 100 of Ada's points of the cafe.
    function _paidElsewhere(uint64 sequence) private returns (uint256) {
        (int128 before, ) = clearing.positionOf(books);
        redeem(books, 1, payment(ADA, books, 1, sequence, cafe, 100));
        (int128 earned, ) = clearing.positionOf(books);
        return uint256(int256(earned - before));
    }

    function _heldBy(address member) private view returns (Held memory held) {
        (held.lanes, held.quarter) = tokenOf(cafe).lanesOf(member);
        held.balance = tokenOf(cafe).balanceOf(member);
        (, held.startedAt, held.noticeAt) = tokenOf(cafe).clock();
    }

    function _same(Held memory before, Held memory now_) private pure {
        ok(keccak256(abi.encode(now_)) == keccak256(abi.encode(before)), "lanes, quarter, balance and clock");
    }
}
