// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IConsortium} from "../../contracts/interfaces/IConsortium.sol";
import {Line} from "../../contracts/interfaces/IRedemptions.sol";
import {Offer, Purchase} from "../../contracts/interfaces/IRewards.sol";
import {Tier} from "../../contracts/libraries/StandingWord.sol";
import {Counter} from "./support/Counter.sol";
import {TwoShops} from "./support/TwoShops.sol";
import {VoucherTerms} from "./support/VoucherTerms.sol";

/// @notice What stands in the house for vouchers when the shop that honours them leaves or defaults.
contract DefaultVouchersTest is Counter, TwoShops, VoucherTerms {
    uint256 internal reward;

    /// @dev Ben holds 1,000 points of the cafe; ada has three of its vouchers, bought with 300 points of the books.
    function setUp() public override {
        foundShops(1_000 * PAR, 1_000 * PAR);
        issue(cafe, 1, 1, entry(ben, 1_000));
        issue(books, 1, 1, entry(ada, 1_000));
        vm.warp(NOON + 360 days);
        Offer memory what = Offer({
            shop: cafe,
            price: 100,
            stock: 10,
            perMember: 0,
            opensAt: uint48(block.timestamp),
            closesAt: uint48(block.timestamp + 300 days),
            tier: Tier.None,
            tierShop: 0,
            transferable: true
        });
        vm.prank(ownerFor(cafe));
        reward = rewards.offer(what, keccak256("a breakfast"));
        buy(3, 300);
        eq(rewards.balanceOf(ada, reward), 3, "three vouchers");
        ok(netOf(0) == int256(300 * PAR), "their value is nobody's yet");
    }

    function test_vouchers_of_a_defaulted_shop_come_back_as_points_that_are_paid_for() public {
        fall();
        giveAllBack();
        eq(tokenOf(cafe).balanceOf(ada), 300, "as points of the shop");
        ok(netOf(0) == 0 && allOf(cafe) == 600 * PAR, "with their whole value");
        (uint256 up, uint256 down) = price();
        ok(up == 300 * PAR && down == 1_000 * PAR, "the price is what it was");
        clearing.raisePrice(cafe);
        (up, down) = price();
        ok(up == 600 * PAR && down == 1_300 * PAR, "and can be raised by it");
        redeem(books, 1, atDefaultPrice(ADA, books, 1, cafe, 300));
        redeem(books, 1, atDefaultPrice(BEN, books, 2, cafe, 1_000));
        ok(redemptions.paymentSpent(books, 1, 1) && redemptions.paymentSpent(books, 1, 2), "every point is paid");
        clearing.settle(shops(cafe, books));
    }

    function test_those_that_come_back_without_a_raise_are_paid_at_the_price_as_well() public {
        fall();
        redeem(books, 1, atDefaultPrice(BEN, books, 1, cafe, 1_000));
        eq(allOf(cafe), 0, "all its money is spent");
        giveAllBack();
        redeem(books, 1, atDefaultPrice(ADA, books, 2, cafe, 100));
        ok(redemptions.paymentSpent(books, 1, 2), "their own value pays for them");
        clearing.raisePrice(cafe);
        (uint256 up, uint256 down) = price();
        ok(up == 1 && down == 1, "and for more than that");
        redeem(books, 1, atDefaultPrice(ADA, books, 3, cafe, 200));
        eq(allOf(cafe), 70 * PAR, "what nobody claims stays for points to come");
    }

    function test_unsold_value_in_the_house_is_no_money_of_the_shop() public {
        clearing.settle(shops(books, 0));
        eq(reserveOf(0), 300 * PAR, "settled like any other");
        fall();
        (uint256 up, ) = price();
        eq(up, 300 * PAR, "not counted in the price");
        giveAllBack();
        ok(netOf(0) == -int256(300 * PAR), "owed by the house, which has it");
        clearing.settle(shops(cafe, 0));
        eq(reserveOf(0), 0, "and pays it");
        eq(reserveOf(cafe), 600 * PAR, "to the shop");
    }

    function test_who_leaves_stays_until_its_vouchers_are_back() public {
        vm.prank(ownerFor(cafe));
        consortium.announceExit(cafe);
        redeem(cafe, 1, payment(BEN, cafe, 1, 1, cafe, 1_000));
        vm.warp(block.timestamp + 31 days);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.VouchersOutstanding.selector, cafe, 300 * PAR));
        consortium.finishExit(cafe);
        giveAllBack();
        vm.expectRevert(abi.encodeWithSelector(IConsortium.PointsOutstanding.selector, cafe, 300));
        consortium.finishExit(cafe);
        redeem(books, 1, payment(ADA, books, 1, 1, cafe, 300));
        vm.warp(block.timestamp + 30 days + 1);
        consortium.finishExit(cafe);
        clearing.settle(shops(cafe, 0));
        eq(allOf(cafe), 1_000 * PAR, "the vouchers' value paid for their points");
    }

    // ---------------------------------------------------------------- within

    function buy(uint32 count, uint48 points) internal {
        Purchase[] memory purchases = new Purchase[](1);
        Line[] memory lines = new Line[](1);
        lines[0] = Line(address(tokenOf(books)), points);
        uint48 deadline = uint48(block.timestamp + 1);
        purchases[0] = Purchase(ada, reward, count, 1, deadline, lines, "");
        sign(ADA, purchases[0]);
        rewards.buy(purchases);
    }

    function giveAllBack() internal {
        address[] memory holders = new address[](1);
        holders[0] = ada;
        rewards.giveBackAll(reward, holders);
    }

    /// @dev The cafe leaves with 300 for its 1,000 points, and brings no more.
    function fall() internal {
        vm.prank(ownerFor(cafe));
        clearing.withdraw(cafe, address(this), 700 * PAR);
        vm.prank(ownerFor(cafe));
        consortium.announceExit(cafe);
        vm.warp(block.timestamp + 30 days);
        clearing.declareDefault(cafe);
    }

    function price() internal view returns (uint256 up, uint256 down) {
        (up, down) = clearing.priceOf(cafe);
    }
}
