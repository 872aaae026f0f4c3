// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Claim} from "../../contracts/interfaces/IClearingHouse.sol";
import {Founding, IssuerMode} from "../../contracts/interfaces/IConsortium.sol";
import {Payment} from "../../contracts/interfaces/IRedemptions.sol";
import {StreetMoney} from "../../contracts/StreetMoney.sol";
import {PositionRules, PositionWord} from "../../contracts/libraries/PositionWord.sol";
import {Counter} from "./support/Counter.sol";
import {TwoShops} from "./support/TwoShops.sol";

/// @notice A settlement money with as many decimals as it is asked for.
contract FineMoney is ERC20("Fine Euro", "FEUR") {
    uint8 private immutable _decimals;

    constructor(uint8 decimals_) {
        _decimals = decimals_;
    }

    function decimals() public view override returns (uint8) {
        return _decimals;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// @notice The highest par, lanes filled to the brim, and words at their ends: refused in words, never wrapped.
contract BoundsTest is Counter, TwoShops {
    uint256 internal constant HIGHEST_PAR = type(uint64).max;
    uint48 internal constant MOST = type(uint48).max;
    uint8 internal decimals = 18;
    uint256 internal parNow = HIGHEST_PAR;

    function setUp() public override {
        foundShops(0, 0);
    }

    function newMoney() internal override returns (StreetMoney) {
        return StreetMoney(address(new FineMoney(decimals)));
    }

    function terms() internal view override returns (Founding memory) {
        return Founding(parNow, QUARTER, address(authority), RATIO, true);
    }

    function test_the_fullest_shop_at_the_highest_par_is_paid_settled_and_undone_exactly() public {
        uint256 supply = fill();
        eq(clearing.liabilityOf(cafe), supply * HIGHEST_PAR, "five full quarters");
        ok(clearing.liabilityOf(cafe) < 2 ** 115, "far from the end of a word");
        Payment memory undone = paid(books, payment(ADA, books, 1, 1, cafe, MOST));
        eq(undone.value, uint256(MOST) * HIGHEST_PAR, "value");
        ok(netOf(books) == int256(undone.value), "owed to the unit");
        undo(books, undone, MOST);
        ok(netOf(books) == 0 && netOf(cafe) == 0, "and back");
        eq(tokenOf(cafe).totalSupply(), supply, "all five full again");
        for (uint64 i = 2; i < 7; ++i) {
            redeem(books, 1, payment(ADA, books, 1, i, cafe, MOST));
        }
        clearing.settle(shops(cafe, books));
        eq(reserveOf(books), supply * HIGHEST_PAR, "all of it, paid");
        vm.prank(ownerFor(books));
        clearing.withdraw(books, ada, supply * HIGHEST_PAR);
        eq(money.balanceOf(ada), supply * HIGHEST_PAR, "and drawn");
    }

    function test_a_point_is_a_cent_in_every_money_of_6_to_18_decimals() public {
        for (decimals = 6; decimals <= 18; ++decimals) {
            parNow = 10 ** (decimals - 4);
            found();
            (cafe, books) = (openShop(10 * 10 ** decimals), openShop(0));
            issue(cafe, 1, 1, entry(ada, 99_999));
            Payment memory undone = paid(books, payment(ADA, books, 1, 1, cafe, 12_345));
            ok(netOf(books) == int256((12_345 * 10 ** decimals) / 10_000), "123.45 points are 1.2345");
            undo(books, undone, 45);
            clearing.settle(shops(cafe, books));
            eq(reserveOf(books), (123 * 10 ** decimals) / 100, "1.23 and not a unit more or less");
            eq(
                clearing.freeReserveOf(cafe),
                (10 * 10 ** decimals) - (99_999 * 10 ** decimals) / 10_000,
                "one part free"
            );
        }
    }

    function test_at_the_lowest_par_a_single_unit_carries_a_point_and_is_paid() public {
        parNow = 1;
        found();
        (cafe, books) = (openShop(1), openShop(0));
        eq(clearing.issuableOf(cafe), 1, "a hundredth of a point");
        issue(cafe, 1, 1, entry(ada, 1));
        redeem(books, 1, payment(ADA, books, 1, 1, cafe, 1));
        clearing.settle(shops(cafe, books));
        ok(netOf(books) == 0 && reserveOf(books) == 1, "paid");
    }

    function test_the_fullest_shop_in_default_pays_every_point_its_price() public {
        uint256 supply = fill();
        vm.warp(block.timestamp + 400 days);
        uint256 free = clearing.freeReserveOf(cafe);
        vm.prank(ownerFor(cafe));
        clearing.withdraw(cafe, address(this), free);
        vm.prank(ownerFor(cafe));
        consortium.announceExit(cafe);
        vm.warp(block.timestamp + 30 days);
        clearing.declareDefault(cafe);
        uint256 all = allOf(cafe);
        eq(clearing.valueOf(cafe, IssuerMode.Defaulted, supply), all, "all points, all money");
        for (uint64 i = 2; i < 7; ++i) {
            redeem(books, 1, atDefaultPrice(ADA, books, i, cafe, MOST));
        }
        ok(all - uint256(netOf(books)) < 5, "less than a unit a payment is rounded away");
    }

    function test_a_reserve_beyond_its_half_of_the_word_is_refused() public {
        fund(cafe, type(uint128).max);
        money.mint(address(this), 1);
        money.approve(address(clearing), 1);
        vm.expectRevert(
            abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 128, uint256(2 ** 128))
        );
        clearing.deposit(cafe, 1);
        eq(reserveOf(cafe), type(uint128).max, "nothing wrapped");
        eq(clearing.freeReserveOf(cafe), type(uint128).max, "all free");
        ok(clearing.issuableOf(cafe) > MOST, "and counts");
        vm.prank(ownerFor(cafe));
        clearing.withdraw(cafe, ada, type(uint128).max);
        eq(reserveOf(cafe), 0, "to the last unit");
    }

    function test_a_net_position_beyond_its_half_of_the_word_is_refused() public {
        fund(cafe, type(uint128).max);
        vm.prank(address(redemptions));
        clearing.move(books, claim(2 ** 127 - 1));
        ok(netOf(books) == type(int128).max && netOf(cafe) == -type(int128).max, "the most there is room for");
        vm.prank(address(redemptions));
        vm.expectRevert(abi.encodeWithSelector(SafeCast.SafeCastOverflowedIntDowncast.selector, 128, int256(2 ** 127)));
        clearing.move(books, claim(1));
        uint256 all = allOf(cafe);
        clearing.settle(shops(cafe, books));
        eq(reserveOf(cafe), all, "settled");
        eq(reserveOf(books), 2 ** 127 - 1, "settled");
        vm.prank(address(redemptions));
        ok(clearing.move(books, claim(1)), "and there is room again");
    }

    function testFuzz_a_position_keeps_both_halves_or_refuses(int256 net, uint256 reserve) public view {
        try this.made(net, reserve) returns (PositionWord word) {
            ok(word.net() == net && word.reserve() == reserve, "exactly");
            ok(net >= type(int128).min && net <= type(int128).max && reserve <= type(uint128).max, "only what fits");
            int256 backing = int256(reserve) + (net < 0 ? net : int256(0));
            ok(word.backing() == backing, "backing counts no credit");
        } catch (bytes memory why) {
            ok(why.length > 4, "in words");
            ok(net != int128(net) || reserve > type(uint128).max, "only what does not fit");
        }
    }

    function testFuzz_a_position_that_fits_is_kept(int128 net, uint128 reserve) public pure {
        PositionWord word = PositionRules.made(net, reserve);
        ok(word.net() == net && word.reserve() == reserve, "exactly");
    }

    function made(int256 net, uint256 reserve) external pure returns (PositionWord) {
        return PositionRules.made(net, reserve);
    }

    // ---------------------------------------------------------------- within

    /// @dev Ada holds the most a lane can hold in each of five quarters, all of it backed.
    function fill() internal returns (uint256 supply) {
        address owner = ownerFor(cafe);
        vm.prank(owner);
        consortium.setReceiptLimit(cafe, MOST);
        vm.prank(owner);
        consortium.setTillAllowance(cafe, 1, MOST);
        vm.prank(owner);
        consortium.setShopAllowance(cafe, MOST);
        fund(cafe, 5 * uint256(MOST) * HIGHEST_PAR);
        for (uint64 i = 1; i < 6; ++i) {
            issue(cafe, 1, i, entry(ada, MOST));
            if (i < 5) endQuarter(cafe);
        }
        supply = tokenOf(cafe).totalSupply();
        eq(supply, 5 * uint256(MOST), "full");
    }

    function claim(uint256 value) internal view returns (Claim[] memory claims) {
        claims = new Claim[](1);
        claims[0] = Claim(cafe, IssuerMode.Open, value, 0);
    }
}
