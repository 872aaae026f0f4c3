// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IClearingHouse} from "../../contracts/interfaces/IClearingHouse.sol";
import {IssuerMode} from "../../contracts/interfaces/IConsortium.sol";
import {IIssuance} from "../../contracts/interfaces/IIssuance.sol";
import {Item, Payment, RefusedBecause, IRedemptions} from "../../contracts/interfaces/IRedemptions.sol";
import {IShopPoints} from "../../contracts/interfaces/IShopPoints.sol";
import {ShopStatus} from "../../contracts/libraries/ShopWord.sol";
import {ShopPoints} from "../../contracts/ShopPoints.sol";
import {Counter} from "./support/Counter.sol";
import {TwoShops} from "./support/TwoShops.sol";

/// @notice What the points of a shop in default are worth: fixed for ever, paid to the last of them, never less.
contract DefaultPriceTest is Counter, TwoShops {
    function setUp() public override {
        foundShops(1_000 * PAR, 1_000 * PAR);
        issue(cafe, 1, 1, abi.encodePacked(entry(ada, 700), entry(ben, 300)));
        issue(books, 1, 1, entry(ada, 1_000));
        vm.warp(NOON + 360 days);
    }

    // ---------------------------------------------------------------- the price

    function test_the_price_is_what_the_money_carries_and_every_payment_is_rounded_down() public {
        fall(333 * PAR + 33);
        priceIs(333 * PAR + 33, 1_000 * PAR);
        eq(clearing.valueOf(cafe, IssuerMode.Defaulted, 1_000), 333 * PAR + 33, "all of it");
        eq(clearing.valueOf(cafe, IssuerMode.Defaulted, 1), 33, "33.333 rounded down");
        redeem(books, 1, atDefaultPrice(ADA, books, 1, cafe, 10));
        ok(netOf(books) == 333 && netOf(cafe) == -333, "333.33 rounded down");
        priceIs(333 * PAR + 33, 1_000 * PAR);
    }

    function test_without_consent_to_the_price_they_buy_nothing_elsewhere() public {
        fall(300 * PAR);
        Item memory item = payment(ADA, books, 1, 1, cafe, 10);
        refuses(item, RefusedBecause.IssuerDefaulted);
        item.purpose = 7;
        sign(ADA, books, 1, item);
        refuses(item, RefusedBecause.IssuerDefaulted);
        item.purpose = AT_DEFAULT_PRICE | 7;
        refuses(item, RefusedBecause.BadSignature);
        sign(ADA, books, 1, item);
        redeem(books, 1, item);
        ok(redemptions.paymentSpent(books, 1, 1), "with it they do");
        ok(netOf(books) == int256(3 * PAR), "at 30 %");
    }

    function test_consent_to_the_price_changes_nothing_for_other_shops_points() public {
        fall(300 * PAR);
        uint32 salon = openShop(0);
        Item memory item = basket(ADA, salon, 1, shops(cafe, books), points48(10, 20));
        item.purpose = AT_DEFAULT_PRICE;
        sign(ADA, salon, 1, item);
        Payment memory stands = paid(salon, item);
        eq(stands.value, 3 * PAR + 20 * PAR, "each at its own");
        ok(netOf(salon) == int256(23 * PAR) && netOf(books) == -int256(20 * PAR), "and owed so");
        Item memory before = atDefaultPrice(ADA, salon, 2, books, 30);
        eq(paid(salon, before).value, 30 * PAR, "par where nobody defaulted");
    }

    function test_all_that_is_there_counts_credit_and_pool_too() public {
        uint32 salon = openShop(1_000 * PAR);
        issue(salon, 1, 1, entry(ada, 500));
        vm.warp(block.timestamp + 360 days);
        redeem(cafe, 1, payment(ADA, cafe, 1, 1, books, 40));
        redeem(cafe, 1, payment(ADA, cafe, 1, 2, salon, 60));
        clearing.settle(shops(books, books));
        eq(clearing.pool(), 40 * PAR, "the books have paid, the salon has not");
        fall(300 * PAR);
        eq(clearing.pool(), 0, "what was in the pool came in");
        eq(reserveOf(cafe), 240 * PAR, "into the reserve");
        ok(netOf(cafe) == int256(60 * PAR), "the rest is still owed");
        priceIs(300 * PAR, 1_000 * PAR);
        redeem(salon, 1, atDefaultPrice(ADA, salon, 1, cafe, 700));
        redeem(books, 1, atDefaultPrice(BEN, books, 1, cafe, 300));
        eq(allOf(cafe), 0, "all paid");
        clearing.settle(shops(cafe, salon));
        clearing.settle(shops(cafe, books));
        eq(reserveOf(books), 1_000 * PAR - 40 * PAR + 90 * PAR, "and it arrives");
    }

    function test_a_debtors_debt_comes_off_before_the_price_is_reckoned() public {
        redeem(books, 1, payment(BEN, books, 1, 1, cafe, 200));
        fall(240 * PAR);
        ok(netOf(cafe) == 0, "it paid what it owed");
        priceIs(240 * PAR, 800 * PAR);
        clearing.settle(shops(books, books));
        ok(netOf(books) == 0, "and the books have it");
    }

    function test_with_enough_money_for_every_point_the_price_is_par_and_no_more() public {
        fall(500 * PAR);
        priceIs(500 * PAR, 1_000 * PAR);
        fund(cafe, 500 * PAR - 1);
        clearing.raisePrice(cafe);
        priceIs(1_000 * PAR - 1, 1_000 * PAR);
        fund(cafe, 2_000 * PAR);
        vm.expectEmit(address(clearing));
        emit IClearingHouse.PriceRaised(cafe, 1, 1);
        clearing.raisePrice(cafe);
        eq(clearing.valueOf(cafe, IssuerMode.Defaulted, 700), 700 * PAR, "par");
        redeem(books, 1, atDefaultPrice(ADA, books, 1, cafe, 700));
        ok(netOf(books) == int256(700 * PAR), "par");
        cannotRaise();
    }

    // ---------------------------------------------------------------- only up

    function test_money_that_comes_later_raises_the_price_of_what_is_not_spent() public {
        fall(300 * PAR);
        redeem(books, 1, atDefaultPrice(ADA, books, 1, cafe, 500));
        cannotRaise();
        fund(cafe, 100 * PAR);
        redeem(books, 1, atDefaultPrice(ADA, books, 1 + 1, cafe, 100));
        ok(netOf(books) == int256(180 * PAR), "until somebody says so it is the old price");
        vm.expectEmit(address(clearing));
        emit IClearingHouse.PriceRaised(cafe, 220 * PAR, 400 * PAR);
        vm.prank(address(0x57a46));
        clearing.raisePrice(cafe);
        cannotRaise();
        redeem(books, 1, atDefaultPrice(ADA, books, 3, cafe, 100));
        ok(netOf(books) == int256(180 * PAR + 55 * PAR), "55 %");
        redeem(books, 1, atDefaultPrice(BEN, books, 4, cafe, 300));
        eq(allOf(cafe), 0, "to the last point and the last unit");
        clearing.raisePrice(cafe);
        priceIs(1, 1);
        cannotRaise();
    }

    function test_only_a_defaulted_shop_has_a_price() public {
        bytes memory no = abi.encodeWithSelector(IClearingHouse.NotDefaulted.selector, cafe, ShopStatus.Active);
        vm.expectRevert(no);
        clearing.raisePrice(cafe);
        vm.expectRevert(no);
        clearing.valueOf(cafe, IssuerMode.Defaulted, 1);
        eq(clearing.valueOf(cafe, IssuerMode.Open, 7), 7 * PAR, "par");
        eq(clearing.valueOf(cafe, IssuerMode.Exiting, 7), 7 * PAR, "par");
        priceIs(0, 0);
    }

    // ---------------------------------------------------------------- the token

    function test_the_token_gives_nothing_and_ages_no_more() public {
        ShopPoints points = tokenOf(cafe);
        vm.prank(ownerFor(cafe));
        clearing.withdraw(cafe, ada, 700 * PAR);
        vm.prank(ownerFor(cafe));
        consortium.announceExit(cafe);
        vm.warp(block.timestamp + 1 days);
        vm.prank(ownerFor(cafe));
        points.postNotice(keccak256("a day too late"));
        vm.warp(block.timestamp + 29 days);
        clearing.declareDefault(cafe);
        vm.warp(block.timestamp + 3_000 days);
        points.poke();
        (uint16 quarter, , uint48 noticeAt) = points.clock();
        eq(quarter, 0, "the quarter of the default");
        eq(noticeAt, 0, "whose notice is void");
        eq(points.totalSupply(), 1_000, "all of them");
        vm.prank(ownerFor(cafe));
        vm.expectRevert(abi.encodeWithSelector(IShopPoints.ClockStopped.selector));
        points.postNotice(keccak256("again"));
        bytes memory batch = signedBatch(cafe, 1, 50, entry(ada, 1));
        vm.expectRevert(abi.encodeWithSelector(IIssuance.ShopNotIssuing.selector, cafe, ShopStatus.Defaulted, false));
        issuance.issue(cafe, 1, 50, entry(ada, 1), batch, "");
        vm.prank(ada);
        points.transfer(ben, 700);
        eq(points.balanceOf(ben), 1_000, "but they can be given away");
    }

    function test_a_quarter_that_had_ended_by_then_has_ended() public {
        for (uint256 i; i < 5; ++i) {
            endQuarter(cafe);
        }
        issue(cafe, 1, 9, entry(ada, 100));
        vm.warp(block.timestamp + 10 days);
        fall(30 * PAR);
        priceIs(30 * PAR, 100 * PAR);
    }

    // ---------------------------------------------------------------- by chance

    /// @dev Whatever the money, in any order and split: everybody is paid at the price, and the money suffices.
    function testFuzz_every_point_is_paid_in_any_order_and_split(uint256 money_, uint256 seed, uint8 raises) public {
        fall(within(money_, 200 * PAR, 1_000 * PAR - 1));
        uint256 left = 1_000;
        (uint256 up, uint256 down) = priceOf();
        for (uint64 i = 1; left != 0; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            (uint256 key, address who) = seed % 2 == 0 ? (ADA, ada) : (BEN, ben);
            uint256 balance = tokenOf(cafe).balanceOf(who);
            if (balance == 0) (key, who, balance) = key == ADA ? (BEN, ben, left) : (ADA, ada, left);
            uint256 points = i > 12 ? balance : within(seed >> 8, 1, balance);
            uint256 before = allOf(cafe);
            redeem(books, 1, atDefaultPrice(key, books, i, cafe, points));
            ok(redemptions.paymentSpent(books, 1, i), "every remaining point is paid");
            eq(before - allOf(cafe), (points * PAR * up) / down, "at the price");
            left -= points;
            if (i == raises % 8) {
                fund(cafe, within(seed >> 64, 1, 100 * PAR));
                clearing.raisePrice(cafe);
                (uint256 higher, uint256 of_) = priceOf();
                ok(higher * down > up * of_ && higher <= of_, "only up, and to par at most");
                (up, down) = (higher, of_);
            }
        }
        eq(tokenOf(cafe).totalSupply(), 0, "all of them");
    }

    // ---------------------------------------------------------------- within

    /// @dev The cafe leaves with so much money, a fifth of its points' value at least, and brings no more in 30 days.
    function fall(uint256 money_) internal {
        vm.prank(board);
        consortium.setRequiredRatio(2_000);
        uint256 tooMuch = allOf(cafe) - money_;
        vm.prank(ownerFor(cafe));
        clearing.withdraw(cafe, address(this), tooMuch);
        vm.prank(ownerFor(cafe));
        consortium.announceExit(cafe);
        vm.warp(block.timestamp + 30 days);
        clearing.declareDefault(cafe);
    }

    function refuses(Item memory item, RefusedBecause reason) internal {
        vm.expectEmit(address(redemptions));
        emit IRedemptions.RedemptionRefused(books, 1, item.sequence, item.member, reason);
        redeem(books, 1, item);
    }

    function cannotRaise() internal {
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.PriceNotHigher.selector, cafe));
        clearing.raisePrice(cafe);
    }

    function priceOf() internal view returns (uint256 money_, uint256 liability) {
        (money_, liability) = clearing.priceOf(cafe);
    }

    function priceIs(uint256 money_, uint256 liability) internal view {
        (uint128 up, uint128 down) = clearing.priceOf(cafe);
        eq(up, money_, "money");
        eq(down, liability, "liability");
    }
}
