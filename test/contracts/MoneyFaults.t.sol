// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IClearingHouse} from "../../contracts/interfaces/IClearingHouse.sol";
import {Payment} from "../../contracts/interfaces/IRedemptions.sol";
import {StreetMoney} from "../../contracts/StreetMoney.sol";
import {MoodyMoney} from "./support/MoodyMoney.sol";
import {Counter} from "./support/Counter.sol";
import {TwoShops} from "./support/TwoShops.sol";

/// @notice Whatever the settlement money does to one: the others are paid, and points spend and settle on
/// (N-1, N-14).
contract MoneyFaultsTest is Counter, TwoShops {
    MoodyMoney internal moody;

    function setUp() public override {
        foundShops(1_000 * PAR, 500 * PAR);
        issue(cafe, 1, 1, entry(ada, 600));
        issue(books, 1, 1, entry(ada, 100));
    }

    function newMoney() internal override returns (StreetMoney) {
        moody = new MoodyMoney();
        return moody;
    }

    // ---------------------------------------------------------------- denied

    function test_an_owner_who_is_denied_takes_the_money_elsewhere_and_stops_nobody() public {
        moody.deny(ownerFor(cafe), true);
        address owner = ownerFor(cafe);
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(MoodyMoney.Denied.selector, owner));
        clearing.withdraw(cafe, owner, 400 * PAR);
        eq(reserveOf(cafe), 1_000 * PAR, "nothing is lost by trying");
        streetGoesOn();
        uint256 free = clearing.freeReserveOf(books);
        vm.prank(ownerFor(books));
        clearing.withdraw(books, ownerFor(books), free);
        vm.prank(owner);
        clearing.withdraw(cafe, ada, 400 * PAR);
        eq(money.balanceOf(ada), 400 * PAR, "to an address the owner names");
    }

    function test_while_the_clearing_house_is_denied_points_still_spend_and_settle() public {
        moody.deny(address(clearing), true);
        address owner = ownerFor(cafe);
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(MoodyMoney.Denied.selector, address(clearing)));
        clearing.withdraw(cafe, owner, 1);
        streetGoesOn();
        vm.prank(owner);
        consortium.announceExit(cafe);
        redeem(books, 1, payment(ADA, books, 1, 9, cafe, tokenOf(cafe).balanceOf(ada)));
        vm.warp(block.timestamp + 30 days + 1);
        consortium.finishExit(cafe);
        moody.deny(address(clearing), false);
        uint256 all = allOf(cafe);
        clearing.settle(shops(cafe, books));
        vm.prank(owner);
        clearing.withdraw(cafe, owner, all);
        eq(money.balanceOf(owner), all, "once it may pay again, all is there");
    }

    function test_whoever_is_denied_deposits_nothing_and_another_can_for_them() public {
        moody.deny(ada, true);
        vm.prank(ada);
        money.approve(address(clearing), 5);
        vm.prank(ada);
        vm.expectRevert(abi.encodeWithSelector(MoodyMoney.Denied.selector, ada));
        clearing.deposit(cafe, 5);
        fund(cafe, 5);
        eq(reserveOf(cafe), 1_000 * PAR + 5, "anybody's money is welcome");
    }

    // ---------------------------------------------------------------- refuses in its own way

    function test_a_money_that_says_no_moves_nothing_in_the_books() public {
        moody.be(MoodyMoney.Mood.SaysFalse);
        neitherInNorOut(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(money)));
        streetGoesOn();
    }

    function test_a_money_that_fails_without_a_word_moves_nothing_in_the_books() public {
        moody.be(MoodyMoney.Mood.Fails);
        neitherInNorOut("");
        streetGoesOn();
        moody.be(MoodyMoney.Mood.Good);
        inAndOut();
    }

    function test_a_money_that_answers_nothing_is_as_good_as_one_that_says_yes() public {
        moody.be(MoodyMoney.Mood.SaysNothing);
        inAndOut();
    }

    // ---------------------------------------------------------------- takes more than it should

    function test_a_charge_on_the_sender_is_never_paid_with_the_others_money() public {
        moody.be(MoodyMoney.Mood.ChargesSender);
        uint256 held = money.balanceOf(address(clearing));
        vm.prank(ownerFor(cafe));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.WithdrawnTooMuch.selector, held - 9, held - 10));
        clearing.withdraw(cafe, ada, 9);
        eq(money.balanceOf(address(clearing)), held, "all of it is there");
        streetGoesOn();
        moody.be(MoodyMoney.Mood.Good);
        inAndOut();
    }

    function test_a_charge_on_what_arrives_is_the_receivers_own() public {
        moody.be(MoodyMoney.Mood.TakesHalf);
        money.mint(address(this), 10);
        money.approve(address(clearing), 10);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.DepositShort.selector, 10, 5));
        clearing.deposit(cafe, 10);
        vm.prank(ownerFor(cafe));
        clearing.withdraw(cafe, ada, 10);
        eq(money.balanceOf(ada), 5, "half arrives");
        eq(reserveOf(cafe), 1_000 * PAR - 10, "ten left");
        booksBalance();
    }

    // ---------------------------------------------------------------- within

    /// @dev Paying, undoing and settling need no money to move.
    function streetGoesOn() internal {
        Payment memory undone = paid(books, payment(ADA, books, 1, 1, cafe, 100));
        undo(books, undone, 40);
        redeem(cafe, 1, payment(ADA, cafe, 1, 1, books, 100));
        uint256 all = allOf(cafe);
        clearing.settle(shops(cafe, books));
        eq(allOf(cafe), all, "settling moves nothing between shops that is not owed");
        ok(netOf(cafe) == 0 && netOf(books) == 0, "settled");
        booksBalance();
    }

    function inAndOut() internal {
        uint256 before = reserveOf(cafe);
        fund(cafe, 7);
        eq(reserveOf(cafe), before + 7, "in");
        vm.prank(ownerFor(cafe));
        clearing.withdraw(cafe, ada, 7);
        eq(reserveOf(cafe), before, "and out");
        booksBalance();
    }

    function neitherInNorOut(bytes memory why) internal {
        money.mint(address(this), 5);
        money.approve(address(clearing), 5);
        vm.expectRevert(why);
        clearing.deposit(cafe, 5);
        vm.prank(ownerFor(cafe));
        vm.expectRevert(why);
        clearing.withdraw(cafe, ada, 5);
        eq(reserveOf(cafe), 1_000 * PAR, "the books say so");
        booksBalance();
    }

    function booksBalance() internal view {
        uint256 inBooks = reserveOf(cafe) + reserveOf(books) + clearing.pool();
        eq(money.balanceOf(address(clearing)), inBooks, "the money is what the books say");
    }
}
