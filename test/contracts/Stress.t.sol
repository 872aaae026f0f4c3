// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Claim, IClearingHouse} from "../../contracts/interfaces/IClearingHouse.sol";
import {IRedemptions, Item, RefusedBecause} from "../../contracts/interfaces/IRedemptions.sol";
import {Counter} from "./support/Counter.sol";
import {TwoShops} from "./support/TwoShops.sol";

/// @notice An issuer below its trigger: who says so, when, and what ends it (N-13).
contract StressTest is Counter, TwoShops {
    /// @dev A year on, the cafe keeps 300 for 1,000 points: exactly the 30 % it must.
    function setUp() public override {
        foundShops(1_000 * PAR, 0);
        issue(cafe, 1, 1, entry(ada, 1_000));
        vm.warp(NOON + 360 days);
        takeOut(cafe, 700 * PAR);
    }

    // ---------------------------------------------------------------- a payment that would go too far

    function test_who_keeps_what_it_must_is_not_stressed_by_a_payment_too_large() public {
        isRefused(1, 200);
        eq(clearing.stressedAt(cafe), 0, "300 of 1,000 is all it must keep");
    }

    function test_who_keeps_less_is_stressed_by_the_first_payment_refused() public {
        redeem(books, 1, payment(ADA, books, 1, 1, cafe, 1));
        eq(clearing.stressedAt(cafe), 0, "299 of 999 pays on");
        vm.expectEmit(address(clearing));
        emit IClearingHouse.Stressed(cafe, uint48(block.timestamp + 7 days));
        isRefused(2, 200);
        uint256 since = block.timestamp;
        eq(clearing.stressedAt(cafe), since, "since now");
        vm.warp(since + 3 days);
        vm.recordLogs();
        isRefused(3, 200);
        eq(said(IClearingHouse.Stressed.selector), 0, "said once");
        eq(clearing.stressedAt(cafe), since, "and not anew with every refusal");
        redeem(books, 1, payment(ADA, books, 1, 4, cafe, 1));
        ok(redemptions.paymentSpent(books, 1, 4), "a small payment above the trigger still stands");
        redeem(cafe, 1, payment(ADA, cafe, 1, 1, cafe, 500));
        eq(tokenOf(cafe).balanceOf(ada), 498, "and at home they always spend");
    }

    function test_one_unit_short_is_short() public {
        vm.prank(board);
        consortium.setRequiredRatio(3_001);
        isRefused(1, 200);
        eq(clearing.stressedAt(cafe), block.timestamp, "300.1 would be required");
    }

    function test_nobody_is_stressed_by_points_that_are_not_there() public {
        redeem(books, 1, payment(ADA, books, 1, 1, cafe, 1));
        vm.expectEmit(address(redemptions));
        emit IRedemptions.RedemptionRefused(books, 1, 2, ben, RefusedBecause.Balance);
        redeem(books, 1, payment(BEN, books, 1, 2, cafe, 900));
        eq(clearing.stressedAt(cafe), 0, "who holds nothing accuses nobody");
    }

    function test_of_several_issuers_only_the_one_that_fails_is_stressed() public {
        uint32 salon = openShop(1_000 * PAR);
        issue(salon, 1, 1, entry(ada, 500));
        redeem(books, 1, payment(ADA, books, 1, 1, cafe, 1));
        Item memory item = basket(ADA, books, 2, shops(salon, cafe), points48(400, 200));
        redeem(books, 1, item);
        ok(!redemptions.paymentSpent(books, 1, 2), "both or none");
        ok(netOf(salon) == 0 && netOf(books) == int256(PAR), "no line stands alone");
        eq(clearing.stressedAt(cafe), block.timestamp, "the cafe");
        eq(clearing.stressedAt(salon), 0, "not the salon");
    }

    function test_a_suspended_shop_can_be_stressed_and_a_leaving_one_is_not() public {
        belowTrigger();
        vm.prank(board);
        consortium.suspend(cafe);
        isRefused(1, 900);
        eq(clearing.stressedAt(cafe), block.timestamp, "suspended");
        uint32 salon = openShop(100 * PAR);
        issue(salon, 1, 1, entry(ada, 100));
        vm.warp(block.timestamp + 360 days);
        vm.prank(board);
        consortium.setRequiredRatio(RATIO);
        takeOut(salon, 70 * PAR);
        vm.prank(ownerFor(salon));
        consortium.announceExit(salon);
        redeem(books, 1, payment(ADA, books, 1, 2, salon, 1));
        ok(!redemptions.paymentSpent(books, 1, 2), "30 of 100 is too little for who leaves");
        eq(clearing.stressedAt(salon), 0, "but its 30 days run, not seven");
        cannotMark(salon);
    }

    function test_who_leaves_short_of_what_it_must_keep_is_never_stressed() public {
        redeem(books, 1, payment(ADA, books, 1, 1, cafe, 1));
        vm.prank(ownerFor(cafe));
        consortium.announceExit(cafe);
        uint256 announcedAt = block.timestamp;
        vm.recordLogs();
        cannotMark(cafe);
        isRefused(2, 1);
        eq(clearing.stressedAt(cafe), 0, "neither by a word nor by a payment refused");
        eq(said(IClearingHouse.Stressed.selector), 0, "and nobody is told so");
        vm.warp(announcedAt + 7 days);
        cannotMark(cafe);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NoDefault.selector, cafe, announcedAt + 30 days));
        clearing.declareDefault(cafe);
    }

    // ---------------------------------------------------------------- anyone says so

    function test_anyone_marks_a_shop_below_its_trigger_and_nobody_one_at_it() public {
        cannotMark(cafe);
        vm.prank(board);
        consortium.setRequiredRatio(6_000);
        cannotMark(cafe);
        vm.prank(board);
        consortium.setRequiredRatio(6_001);
        vm.expectEmit(address(clearing));
        emit IClearingHouse.Stressed(cafe, uint48(block.timestamp + 7 days));
        vm.prank(address(0x57a46));
        clearing.markStressed(cafe);
        eq(clearing.stressedAt(cafe), block.timestamp, "since now");
        vm.warp(block.timestamp + 1 days);
        cannotMark(cafe);
    }

    function test_no_shop_the_house_and_who_only_applied_are_never_stressed() public {
        cannotMark(0);
        cannotMark(99);
        cannotMark(consortium.applyToJoin());
        cannotMark(books);
    }

    // ---------------------------------------------------------------- what ends it

    function test_a_deposit_that_restores_the_reserve_relieves_and_a_unit_less_does_not() public {
        belowTrigger();
        clearing.markStressed(cafe);
        fund(cafe, 700 * PAR - 1);
        eq(clearing.stressedAt(cafe), block.timestamp, "a unit is missing");
        money.mint(address(this), 1);
        money.approve(address(clearing), 1);
        vm.expectEmit(address(clearing));
        emit IClearingHouse.Relieved(cafe);
        clearing.deposit(cafe, 1);
        eq(clearing.stressedAt(cafe), 0, "relieved");
        vm.recordLogs();
        fund(cafe, 1);
        eq(said(IClearingHouse.Relieved.selector), 0, "said once");
    }

    function test_anyone_takes_note_that_a_shop_keeps_again_what_it_must() public {
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NotStressed.selector, cafe));
        clearing.relieve(cafe);
        belowTrigger();
        clearing.markStressed(cafe);
        redeem(cafe, 1, payment(ADA, cafe, 1, 1, cafe, 699));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.StillShort.selector, cafe, PAR));
        clearing.relieve(cafe);
        redeem(cafe, 1, payment(ADA, cafe, 1, 2, cafe, 1));
        vm.expectEmit(address(clearing));
        emit IClearingHouse.Relieved(cafe);
        vm.prank(address(0x57a46));
        clearing.relieve(cafe);
        eq(clearing.stressedAt(cafe), 0, "relieved");
    }

    function test_what_a_shop_is_short_of_is_rounded_up() public {
        uint32 salon = openShop(3 * PAR);
        issue(salon, 1, 1, entry(ada, 3));
        vm.warp(block.timestamp + 360 days);
        vm.prank(board);
        consortium.setRequiredRatio(3_300);
        takeOut(salon, 201);
        belowTrigger();
        clearing.markStressed(salon);
        vm.prank(board);
        consortium.setRequiredRatio(3_333);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.StillShort.selector, salon, 1));
        clearing.relieve(salon);
    }

    function test_what_others_owe_the_shop_counts_and_settling_relieves() public {
        fund(books, 800 * PAR);
        issue(books, 1, 1, entry(ada, 800));
        belowTrigger();
        clearing.markStressed(cafe);
        redeem(cafe, 1, payment(ADA, cafe, 1, 1, books, 699));
        clearing.settle(shops(books, cafe));
        eq(clearing.stressedAt(cafe), block.timestamp, "999 of 1,000");
        redeem(cafe, 1, payment(ADA, cafe, 1, 2, books, 1));
        vm.expectEmit(address(clearing));
        emit IClearingHouse.Relieved(cafe);
        clearing.settle(shops(cafe, books));
        eq(clearing.stressedAt(cafe), 0, "1,000 of 1,000");
    }

    function test_who_may_take_money_out_again_is_stressed_no_more() public {
        belowTrigger();
        clearing.markStressed(cafe);
        redeem(cafe, 1, payment(ADA, cafe, 1, 1, cafe, 800));
        takeOut(cafe, 0);
        eq(clearing.stressedAt(cafe), 0, "300 for 200");
    }

    function test_who_is_short_is_not_relieved_by_taking_nothing_out() public {
        belowTrigger();
        clearing.markStressed(cafe);
        takeOut(cafe, 0);
        clearing.settle(shops(cafe, cafe));
        eq(clearing.stressedAt(cafe), block.timestamp, "stressed on");
    }

    // ---------------------------------------------------------------- whose word counts

    function test_only_who_takes_points_moves_money_between_shops() public {
        Claim[] memory claims = new Claim[](0);
        bytes memory no = abi.encodeWithSelector(IClearingHouse.NotRedeeming.selector, address(this));
        vm.expectRevert(no);
        clearing.move(cafe, claims);
        vm.expectRevert(no);
        clearing.moveBack(cafe, claims);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NotRewards.selector, address(this)));
        clearing.release(cafe, 1);
        address rewards = consortium.network().rewards;
        vm.prank(rewards);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NotRedeeming.selector, rewards));
        clearing.moveBack(cafe, claims);
        vm.prank(address(redemptions));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NotRewards.selector, address(redemptions)));
        clearing.release(cafe, 1);
        vm.prank(rewards);
        ok(clearing.move(0, claims), "rewards move into the house");
    }

    // ---------------------------------------------------------------- within

    /// @dev The board asks for everything: half of it is the trigger, and the cafe has 30 %.
    function belowTrigger() internal {
        vm.prank(board);
        consortium.setRequiredRatio(10_000);
    }

    function takeOut(uint32 shop, uint256 amount) internal {
        vm.prank(ownerFor(shop));
        clearing.withdraw(shop, ownerFor(shop), amount);
    }

    function cannotMark(uint32 shop) internal {
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NotStressed.selector, shop));
        clearing.markStressed(shop);
    }

    function isRefused(uint64 sequence, uint256 points) internal {
        redeem(books, 1, payment(ADA, books, 1, sequence, cafe, points));
        ok(!redemptions.paymentSpent(books, 1, sequence), "refused");
    }
}
