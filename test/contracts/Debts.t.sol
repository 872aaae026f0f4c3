// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IShopPoints} from "../../contracts/interfaces/IShopPoints.sol";
import {Lanes} from "../../contracts/libraries/Lanes.sol";
import {Lots} from "./support/Lots.sol";

/// @notice What a member owes: points of a returned purchase that were spent already, waived by the shop for the time.
contract DebtsTest is Lots {
    function test_a_debt_is_said_and_kept() public {
        give(ada, 100);
        vm.expectEmit(address(points));
        emit IShopPoints.DebtRecorded(ada, 40);
        takeBack(ada, 60, 0, 40);
        eq(points.debtOf(ada), 40, "owed");
        eq(points.balanceOf(ada), 40, "a balance is never negative, nor touched by what is owed");
    }

    function test_debts_add_up_and_are_each_members_own() public {
        give(ada, 10);
        give(ben, 10);
        takeBack(ada, 0, 0, 3);
        takeBack(ada, 0, 0, 4);
        takeBack(ben, 0, 0, 5);
        eq(points.debtOf(ada), 7, "Ada's two");
        eq(points.debtOf(ben), 5, "Ben's own");
    }

    function test_the_next_points_pay_and_the_rest_arrives() public {
        takeBack(ada, 0, 0, 40);
        vm.expectEmit(address(points));
        emit IShopPoints.DebtPaid(ada, 25);
        vm.expectEmit(address(points));
        emit IERC20.Transfer(address(0), ada, 0);
        give(ada, 25);
        owesAndHas(15, 0);
        vm.expectEmit(address(points));
        emit IShopPoints.DebtPaid(ada, 15);
        vm.expectEmit(address(points));
        emit IERC20.Transfer(address(0), ada, 5);
        give(ada, 20);
        owesAndHas(0, 5);
        vm.recordLogs();
        give(ada, 8);
        eq(said(IShopPoints.DebtPaid.selector), 0, "nothing is owed any more");
        owesAndHas(0, 13);
    }

    function test_exactly_as_many_as_owed_pay_it_off() public {
        takeBack(ada, 0, 0, 40);
        give(ada, 40);
        owesAndHas(0, 0);
        eq(points.totalSupply(), 0, "none of them arrived");
        give(ada, 1);
        owesAndHas(0, 1);
    }

    function test_a_purchase_worth_no_points_pays_nothing_and_says_nothing() public {
        takeBack(ada, 0, 0, 40);
        vm.recordLogs();
        give(ada, 0);
        eq(said(IShopPoints.DebtPaid.selector), 0, "nothing paid");
        owesAndHas(40, 0);
        give(ada, 41);
        owesAndHas(0, 1);
    }

    function test_within_one_chunk_each_entry_pays_what_is_left() public {
        takeBack(ada, 0, 0, 40);
        bytes memory entries = abi.encodePacked(entry(ada, 30), entry(ben, 30), entry(ada, 30));
        vm.prank(address(issuance));
        points.issue(entries, 7);
        owesAndHas(0, 20);
        eq(points.balanceOf(ben), 30, "Ben owes nothing");
        eq(points.totalSupply(), 50, "the supply is what arrived");
    }

    function test_the_word_of_a_debt_is_read_only_where_there_is_one() public {
        give(ada, 100);
        give(ben, 100);
        takeBack(ada, 10, 0, 5);
        uint256 owing = readsOf(ada);
        uint256 notOwing = readsOf(ben);
        ok(owing > notOwing, "Ada's debt was looked up");
        eq(readsOf(ada), notOwing, "and once paid it is not any more");
    }

    // ---------------------------------------------------------------- what a debt outlives

    function test_a_debt_outlives_every_quarter_and_every_lapse() public {
        give(ada, 100);
        takeBack(ada, 0, 0, 40);
        pass(1);
        points.lapse(only(ada));
        pass(6);
        points.lapse(only(ada));
        owesAndHas(40, 0);
        give(ada, 41);
        owesAndHas(0, 1);
    }

    function test_a_debt_stays_where_it_is_when_points_are_sent() public {
        give(ada, 100);
        takeBack(ada, 0, 0, 40);
        send(ada, ben, 100);
        eq(points.debtOf(ben), 0, "it never moves with points");
        give(ben, 10);
        eq(points.balanceOf(ben), 110, "Ben's points arrive in full");
        send(ben, ada, 60);
        owesAndHas(40, 60);
        send(ada, ada, 60);
        send(ada, ben, 0);
        give(ada, 40);
        owesAndHas(0, 60);
    }

    function test_a_gift_pays_no_debt() public {
        give(ben, 100);
        takeBack(ada, 0, 0, 40);
        vm.recordLogs();
        send(ben, ada, 100);
        eq(said(IShopPoints.DebtPaid.selector), 0, "only the shop's own new points pay");
        owesAndHas(40, 100);
    }

    function test_a_debt_outlives_payments_and_their_refunds() public {
        give(ada, 100);
        takeBack(ada, 0, 0, 40);
        Lanes burned = burn(ada, 100);
        eq(Lanes.unwrap(burned) >> 240, 0, "what was burned owes nothing");
        restore(ada, Lanes.unwrap(burned));
        owesAndHas(40, 100);
        give(ada, 50);
        owesAndHas(0, 110);
    }

    function test_a_refund_pays_no_debt() public {
        takeBack(ada, 0, 0, 40);
        restore(ada, wordOf(0, 30, 0, 0, 0, 0));
        owesAndHas(40, 30);
    }

    function test_a_debt_survives_a_second_return() public {
        give(ada, 100);
        takeBack(ada, 10, 0, 40);
        takeBack(ada, 90, 0, 0);
        owesAndHas(40, 0);
        give(ada, 30);
        owesAndHas(10, 0);
        takeBack(ada, 0, 0, 30);
        owesAndHas(40, 0);
    }

    /// @dev Whatever is returned and bought, hundredth for hundredth: given = arrived + paid, owed = recorded - paid.
    function testFuzz_debts_are_paid_to_the_hundredth(uint256 seed) public {
        uint256 recorded;
        uint256 given;
        uint256 taken;
        for (uint256 i; i < 16; ++i) {
            uint256 amount = within(draw(seed, i) >> 8, 0, 1_000);
            if (draw(seed, i) % 3 == 0) {
                recorded += amount;
                takeBack(ada, 0, 0, amount);
            } else if (draw(seed, i) % 3 == 1) {
                given += amount;
                give(ada, amount);
            } else {
                uint256 balance = points.balanceOf(ada);
                if (amount > balance) amount = balance;
                taken += amount;
                takeBack(ada, amount, 0, 0);
            }
            uint256 owed = points.debtOf(ada);
            eq(points.balanceOf(ada) + taken + recorded, given + owed, "nothing is lost between");
            eq(points.totalSupply(), points.balanceOf(ada), "nor made");
        }
    }

    // ---------------------------------------------------------------- within

    function owesAndHas(uint256 owed, uint256 has) internal view {
        eq(points.debtOf(ada), owed, "what Ada owes");
        eq(points.balanceOf(ada), has, "what Ada has");
    }

    function only(address account) internal pure returns (address[] memory accounts) {
        accounts = new address[](1);
        accounts[0] = account;
    }

    /// @dev How many words of the token's storage an issue of 50 to this member reads.
    function readsOf(address member) internal returns (uint256) {
        bytes memory one = entry(member, 50);
        vm.record();
        vm.prank(address(issuance));
        points.issue(one, 1);
        (bytes32[] memory reads, ) = vm.accesses(address(points));
        return reads.length;
    }
}
