// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Line, Item} from "../../contracts/interfaces/IRedemptions.sol";
import {IClearingHouse} from "../../contracts/interfaces/IClearingHouse.sol";
import {StreetMoney} from "../../contracts/StreetMoney.sol";
import {HookMoney} from "./support/HookMoney.sol";
import {TwoShops} from "./support/TwoShops.sol";

/// @notice The clearing house with a settlement money that keeps none of its promises, and at the edge of its
/// rules (N-1, N-13).
contract MoneyTest is TwoShops {
    HookMoney internal hook;

    function setUp() public override {
        foundShops(1_000 * PAR, 0);
    }

    function newMoney() internal override returns (StreetMoney) {
        hook = new HookMoney();
        return hook;
    }

    // ---------------------------------------------------------------- deposits

    function test_a_money_with_a_fee_cannot_be_deposited() public {
        hook.take(1);
        money.mint(address(this), 9);
        money.approve(address(clearing), 9);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.DepositShort.selector, 9, 8));
        clearing.deposit(cafe, 9);
    }

    function test_what_really_arrived_is_credited() public {
        hook.give(3);
        money.mint(address(this), 9);
        money.approve(address(clearing), 9);
        vm.expectEmit(address(clearing));
        emit IClearingHouse.Deposited(books, address(this), 12);
        clearing.deposit(books, 9);
        reserveIs(books, 12);
    }

    function test_a_money_that_calls_back_credits_nothing_twice() public {
        money.mint(address(hook), 50);
        hook.callBack(address(clearing), abi.encodeCall(clearing.deposit, (books, 50)));
        fund(cafe, 50);
        ok(!hook.reached(), "a deposit within a deposit");
        reserveIs(cafe, 1_000 * PAR + 50);
        hook.callBack(address(clearing), abi.encodeCall(clearing.deposit, (books, 0)));
        vm.prank(ownerFor(cafe));
        clearing.withdraw(cafe, ada, 50);
        ok(!hook.reached(), "a deposit within a withdrawal");
        hook.callBack(address(clearing), abi.encodeCall(clearing.settle, (new uint32[](1))));
        fund(cafe, 1);
        ok(hook.reached(), "settling reads only what is written");
        eq(money.balanceOf(address(clearing)), 1_000 * PAR + 1, "the books and the money agree");
        reserveIs(cafe, 1_000 * PAR + 1);
    }

    // ---------------------------------------------------------------- withdrawals

    function test_money_is_not_withdrawn_to_where_it_belongs_to_nobody() public {
        vm.prank(ownerFor(cafe));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.RecipientIsClearingHouse.selector));
        clearing.withdraw(cafe, address(clearing), 1);
    }

    function test_a_suspended_shops_owner_takes_out_what_is_free_and_revokes_tills() public {
        issue(cafe, 1, 1, entry(ada, 400));
        vm.prank(board);
        consortium.suspend(cafe);
        vm.prank(ownerFor(cafe));
        clearing.withdraw(cafe, ada, 600 * PAR);
        eq(money.balanceOf(ada), 600 * PAR, "what is free");
        vm.prank(ownerFor(cafe));
        consortium.revokeTill(cafe, 1);
        ok(consortium.tillOf(cafe, 1).revoked, "a stolen key waits for no board");
    }

    // ---------------------------------------------------------------- between shops

    function test_every_line_elsewhere_is_said_and_the_home_line_is_not() public {
        issue(cafe, 1, 1, entry(ada, 400));
        fund(books, 100 * PAR);
        issue(books, 1, 1, entry(ada, 100));
        vm.expectEmit(address(clearing));
        emit IClearingHouse.NetMoved(cafe, books, 40 * PAR);
        redeem(books, 1, payment(ADA, books, 1, 1, cafe, 40));
        vm.recordLogs();
        redeem(books, 1, payment(ADA, books, 1, 2, books, 40));
        eq(said(IClearingHouse.NetMoved.selector), 0, "at home no money moves");
    }

    function test_two_issuers_owe_each_their_own_line_and_the_record_holds_both() public {
        uint32 salon = openShop(1_000 * PAR);
        issue(cafe, 1, 1, entry(ada, 400));
        issue(salon, 1, 1, entry(ada, 400));
        (uint32 a, uint32 b) = address(tokenOf(cafe)) < address(tokenOf(salon)) ? (cafe, salon) : (salon, cafe);
        Item memory item = payment(ADA, books, 1, 5, a, 30);
        item.lines = new Line[](2);
        item.lines[0] = Line(address(tokenOf(a)), 30);
        item.lines[1] = Line(address(tokenOf(b)), 70);
        sign(ADA, books, 1, item);
        redeem(books, 1, item);
        (int128 earned, ) = clearing.positionOf(books);
        (int128 owed, ) = clearing.positionOf(b);
        ok(earned == int128(int256(100 * PAR)) && owed == -int128(int256(70 * PAR)), "each its own");
        uint256[] memory lanes = new uint256[](2);
        (lanes[0], lanes[1]) = (30, 70);
        bytes32[] memory results = new bytes32[](1);
        results[0] = keccak256(abi.encode(ada, uint64(5), item.lines, lanes, 100 * PAR));
        bytes32 hash = keccak256(abi.encode(books, uint32(1), block.timestamp, results));
        ok(redemptions.recordHash((uint256(books) << 96) | (1 << 64) | 5) == hash, "both lines and their value");
    }

    function test_exactly_half_of_the_required_ratio_is_enough() public {
        issue(cafe, 1, 1, entry(ada, 1_000));
        vm.warp(NOON + 360 days);
        vm.prank(board);
        consortium.setRequiredRatio(4_000);
        vm.prank(ownerFor(cafe));
        clearing.withdraw(cafe, ada, 600 * PAR);
        // 400 left for 1,000: after v = 250 it is 150 for 750, which is 20 % to the unit.
        ok(clearing.canRedeemElsewhere(cafe, 250 * PAR), "exactly the trigger");
        ok(!clearing.canRedeemElsewhere(cafe, 250 * PAR + 1), "one unit below it");
        redeem(books, 1, payment(ADA, books, 1, 1, cafe, 251));
        ok(!redemptions.paymentSpent(books, 1, 1), "a point more is refused");
        redeem(books, 1, payment(ADA, books, 1, 2, cafe, 250));
        ok(redemptions.paymentSpent(books, 1, 2), "these stand");
    }

    function test_lapsed_points_no_longer_weigh_on_the_trigger() public {
        issue(cafe, 1, 1, entry(ada, 900));
        endQuarter(cafe);
        issue(cafe, 1, 2, entry(ada, 100));
        for (uint256 i; i < 4; ++i) {
            endQuarter(cafe);
        }
        vm.prank(board);
        consortium.setRequiredRatio(10_000);
        uint256 free = clearing.freeReserveOf(cafe);
        eq(free, 900 * PAR, "what lapsed is free");
        vm.prank(ownerFor(cafe));
        clearing.withdraw(cafe, ada, free);
        redeem(books, 1, payment(ADA, books, 1, 1, cafe, 100));
        ok(redemptions.paymentSpent(books, 1, 1), "the living spend");
    }

    function test_settling_what_is_settled_says_nothing() public {
        issue(cafe, 1, 1, entry(ada, 400));
        redeem(books, 1, payment(ADA, books, 1, 1, cafe, 40));
        vm.recordLogs();
        uint32[] memory shops = new uint32[](5);
        (shops[0], shops[1], shops[2], shops[3], shops[4]) = (books, 99, cafe, books, cafe);
        clearing.settle(shops);
        eq(said(IClearingHouse.Settled.selector), 2, "once each, in whatever order and however often named");
        clearing.settle(shops);
        eq(said(IClearingHouse.Settled.selector), 0, "nothing is left");
        redeem(books, 1, payment(ADA, books, 1, 2, cafe, 40));
        (shops[2], shops[4]) = (books, books);
        vm.recordLogs();
        clearing.settle(shops);
        eq(said(IClearingHouse.Settled.selector), 0, "a creditor before an empty pool");
    }

    // ---------------------------------------------------------------- within

    function reserveIs(uint32 shop, uint256 should) internal view {
        (, uint128 reserve) = clearing.positionOf(shop);
        eq(reserve, should, "reserve");
    }
}
