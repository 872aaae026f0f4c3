// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Claim, IClearingHouse} from "../../contracts/interfaces/IClearingHouse.sol";
import {Street} from "./support/Street.sol";

/// @notice Reserves and what shops owe one another: netted (N-12), backed (N-13), settled in any order (N-14).
contract ClearingHouseTest is Street {
    uint256 internal constant ADA = 0xada;
    uint256 internal constant EURO = 1_000_000;
    address internal ada = vm.addr(ADA);

    function setUp() public {
        found();
    }

    // ---------------------------------------------------------------- deposit and withdraw

    function test_a_deposit_needs_a_shop() public {
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.UnknownShop.selector, 7));
        clearing.deposit(7, 1);
    }

    function test_a_deposit_adds_to_the_reserve_and_says_from_whom() public {
        uint32 shop = openShop(0);
        money.mint(address(this), 5);
        money.approve(address(clearing), 5);
        vm.expectEmit(address(clearing));
        emit IClearingHouse.Deposited(shop, address(this), 5);
        clearing.deposit(shop, 5);
        (, uint128 reserve) = clearing.positionOf(shop);
        eq(reserve, 5, "reserve");
    }

    function test_a_deposit_that_arrives_short_is_refused() public {
        uint32 shop = openShop(0);
        vm.mockCall(address(money), abi.encodeWithSelector(IERC20.transferFrom.selector), abi.encode(true));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.DepositShort.selector, 9, 0));
        clearing.deposit(shop, 9);
    }

    function test_only_the_owner_withdraws_and_only_to_somebody() public {
        uint32 shop = openShop(100);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NotShopOwner.selector, shop, address(this)));
        clearing.withdraw(shop, address(this), 1);
        vm.prank(ownerFor(shop));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.ZeroRecipient.selector));
        clearing.withdraw(shop, address(0), 1);
    }

    function test_what_is_free_can_be_withdrawn_and_not_a_unit_more() public {
        uint32 shop = openShop(1_000 * PAR + 7);
        issue(shop, 1, 1, entry(ada, 1_000));
        eq(clearing.requiredReserveOf(shop), 1_000 * PAR, "a newcomer keeps all");
        vm.prank(ownerFor(shop));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.ReserveTooLow.selector, shop, 7, 8));
        clearing.withdraw(shop, ada, 8);
        vm.prank(ownerFor(shop));
        vm.expectEmit(address(clearing));
        emit IClearingHouse.Withdrawn(shop, ada, 7);
        clearing.withdraw(shop, ada, 7);
        eq(money.balanceOf(ada), 7, "paid to whom the owner named");
    }

    function test_who_only_applied_need_keep_nothing_and_takes_all_of_it_out_again() public {
        vm.prank(ownerFor(1));
        uint32 applicant = consortium.applyToJoin();
        fund(applicant, 7);
        eq(clearing.liabilityOf(applicant), 0, "no token, no points");
        vm.prank(ownerFor(1));
        clearing.withdraw(applicant, ada, 7);
        eq(money.balanceOf(ada), 7, "to the last unit");
    }

    function test_the_required_reserve_is_rounded_up() public {
        uint32 shop = openShop(1_000 * PAR);
        issue(shop, 1, 1, entry(ada, 3));
        vm.warp(NOON + 360 days);
        vm.prank(board);
        consortium.setRequiredRatio(3_333);
        eq(clearing.requiredReserveOf(shop), 100, "99.99 rounded up");
    }

    function test_unsettled_credit_can_neither_be_withdrawn_nor_issued_against() public {
        (uint32 cafe, uint32 books) = (openShop(1_000 * PAR), openShop(10));
        issue(cafe, 1, 1, entry(ada, 500));
        redeem(books, 1, payment(ADA, books, 1, 1, cafe, 500));
        eq(clearing.freeReserveOf(books), 10, "the credit is not counted");
        eq(clearing.issuableOf(books), 0, "nor does it carry points");
        eq(clearing.freeReserveOf(cafe), 500 * PAR, "what is owed is not free");
        eq(clearing.issuableOf(cafe), 500, "nor does it carry points");
    }

    // ---------------------------------------------------------------- move

    function test_only_redemptions_move_what_is_owed() public {
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NotRedeeming.selector, address(this)));
        clearing.move(1, new Claim[](0));
    }

    function test_the_trigger_is_half_of_what_is_required_to_the_unit() public {
        uint32 cafe = openShop(1_000 * PAR);
        issue(cafe, 1, 1, entry(ada, 1_000));
        vm.warp(NOON + 360 days);
        vm.prank(ownerFor(cafe));
        clearing.withdraw(cafe, ada, 700 * PAR);
        // 300 left for 1,000 points; v may go while 300 - v >= 15 % of (1,000 - v).
        ok(clearing.canRedeemElsewhere(cafe, 17_647), "150 = 0.85 v: just above");
        ok(!clearing.canRedeemElsewhere(cafe, 17_648), "just below");
        ok(!clearing.canRedeemElsewhere(cafe, 300 * PAR + 1), "one unit more than there is");
        ok(!clearing.canRedeemElsewhere(cafe, 1_000 * PAR), "more than there is");
        ok(!clearing.canRedeemElsewhere(cafe, 2_000 * PAR), "more than all points");
    }

    function test_a_shop_can_pay_for_every_point_it_issued_and_owes_no_more() public {
        uint32 cafe = openShop(1_000 * PAR);
        uint32 books = openShop(0);
        issue(cafe, 1, 1, entry(ada, 1_000));
        redeem(books, 1, payment(ADA, books, 1, 1, cafe, 1_000));
        (int128 net, uint128 reserve) = clearing.positionOf(cafe);
        ok(net + int128(reserve) == 0, "paid for by its own reserve to the last unit");
        eq(clearing.issuableOf(cafe), 0, "and nothing more");
    }

    // ---------------------------------------------------------------- settle

    function test_F1_netting_of_four_shops() public {
        uint16[16] memory redeemed = [
            4000,
            2500,
            1000,
            500,
            1500,
            2000,
            500,
            0,
            500,
            1000,
            3000,
            1500,
            2000,
            500,
            500,
            4000
        ];
        uint32[] memory shops = new uint32[](4);
        for (uint256 i; i < 4; ++i) {
            // Reserves for every point: newcomers keep all.
            shops[i] = openShop(10_000 * 100 * PAR);
        }
        uint256 gross;
        uint64 sequence;
        for (uint256 i; i < 4; ++i) {
            issue(shops[i], 1, 1, entry(ada, 800_000));
            for (uint256 k; k < 4; ++k) {
                uint256 points = redeemed[i * 4 + k];
                if (points == 0) continue;
                redeem(shops[k], 1, payment(ADA, shops[k], 1, ++sequence, shops[i], points * 100));
                if (i != k) gross += points;
            }
        }
        eq(gross, 12_000, "gross points between shops");
        netIs(shops[0], 0);
        netIs(shops[1], 20 * int256(EURO));
        netIs(shops[2], -10 * int256(EURO));
        netIs(shops[3], -10 * int256(EURO));
        clearing.settle(shops);
        for (uint256 i; i < 4; ++i) {
            netIs(shops[i], 0);
        }
        (, uint128 books) = clearing.positionOf(shops[1]);
        (, uint128 gym) = clearing.positionOf(shops[3]);
        eq(books, 120 * EURO, "books were paid");
        eq(gym, 90 * EURO, "gym has paid");
        eq(clearing.pool(), 0, "nothing stays in between");
    }

    function test_creditors_before_debtors_in_the_list_are_paid_all_the_same() public {
        (uint32 cafe, uint32 books) = owing(300);
        vm.expectEmit(address(clearing));
        emit IClearingHouse.Settled(cafe, -int256(300 * PAR));
        vm.expectEmit(address(clearing));
        emit IClearingHouse.Settled(books, int256(300 * PAR));
        clearing.settle(list(books, cafe));
        eq(clearing.pool(), 0, "pool");
    }

    function test_a_debtor_alone_pays_into_the_pool_and_the_creditor_takes_it_later() public {
        (uint32 cafe, uint32 books) = owing(300);
        clearing.settle(list(cafe, cafe));
        eq(clearing.pool(), 300 * PAR, "paid once");
        clearing.settle(list(books, books));
        eq(clearing.pool(), 0, "taken once");
        netIs(books, 0);
    }

    function test_a_creditor_gets_no_more_than_the_pool_holds() public {
        (uint32 cafe, uint32 books) = owing(300);
        uint32 salon = openShop(1_000 * PAR);
        issue(salon, 1, 1, entry(ada, 50));
        redeem(books, 1, payment(ADA, books, 1, 9, salon, 50));
        clearing.settle(list(salon, books));
        netIs(books, int256(300 * PAR));
        netIs(cafe, -int256(300 * PAR));
        clearing.settle(new uint32[](0));
    }

    function testFuzz_settling_any_subset_keeps_the_books(uint256 seed) public {
        uint32[4] memory shops;
        for (uint256 i; i < 4; ++i) {
            shops[i] = openShop(1_000 * PAR);
            issue(shops[i], 1, 1, entry(ada, 1_000));
        }
        for (uint64 round = 1; round < 12; ++round) {
            uint256 dice = uint256(keccak256(abi.encode(seed, round)));
            uint32 issuer = shops[dice % 4];
            uint32 redeemer = shops[(dice >> 8) % 4];
            uint256 left = tokenOf(issuer).balanceOf(ada);
            if (left > 1) redeem(redeemer, 1, payment(ADA, redeemer, 1, round, issuer, within(dice >> 16, 1, left)));
            clearing.settle(list(shops[(dice >> 80) % 4], shops[(dice >> 88) % 4]));
            int256 sum;
            uint256 held = clearing.pool();
            for (uint256 i; i < 4; ++i) {
                (int128 net, uint128 reserve) = clearing.positionOf(shops[i]);
                sum += net;
                held += reserve;
                ok(net + int256(uint256(reserve)) >= 0, "nobody owes more than it has");
            }
            ok(sum == int256(clearing.pool()), "sum of net = pool");
            eq(held, 4_000 * PAR, "no money made or lost");
        }
    }

    // ---------------------------------------------------------------- within

    /// @dev The cafe owes the books for so many points.
    function owing(uint256 points) internal returns (uint32 cafe, uint32 books) {
        (cafe, books) = (openShop(1_000 * PAR), openShop(0));
        issue(cafe, 1, 1, entry(ada, 1_000));
        redeem(books, 1, payment(ADA, books, 1, 1, cafe, points));
    }

    function netIs(uint32 shop, int256 should) internal view {
        (int128 net, ) = clearing.positionOf(shop);
        ok(net == should, "net position");
    }

    function list(uint32 a, uint32 b) internal pure returns (uint32[] memory shops) {
        shops = new uint32[](2);
        (shops[0], shops[1]) = (a, b);
    }
}
