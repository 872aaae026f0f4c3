// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {Founders} from "../../contracts/Founders.sol";
import {IConsortium} from "../../contracts/interfaces/IConsortium.sol";
import {IFounders} from "../../contracts/interfaces/IFounders.sol";
import {IScoreLog} from "../../contracts/interfaces/IScoreLog.sol";
import {Offices} from "../../contracts/libraries/Offices.sol";
import {ShopStatus} from "../../contracts/libraries/ShopWord.sol";
import {GovernedStreet} from "./support/GovernedStreet.sol";

contract FoundersTest is GovernedStreet {
    address internal register;
    address internal scores;
    bytes internal raise = abi.encodeCall(IConsortium.setRequiredRatio, (9_000));

    function setUp() public {
        foundWithBoard(3);
        (register, scores) = (address(consortium), address(standing.scoreLog()));
    }

    // ---------------------------------------------------------------- what they may do

    function test_the_founders_get_a_town_going_without_a_vote() public {
        vm.prank(ownerFor(4));
        consortium.applyToJoin();
        act(register, abi.encodeCall(IConsortium.admit, (4, true)));
        act(register, abi.encodeCall(IConsortium.suspend, (1)));
        ok(consortium.shopOf(1).status == ShopStatus.Suspended, "suspended");
        act(register, abi.encodeCall(IConsortium.reinstate, (1)));
        act(register, abi.encodeCall(IConsortium.setBreakageShare, (2_500, 4)));
        eq(consortium.breakageShareOf(1), 2_500, "shared");
        act(scores, abi.encodeCall(standing.scoreLog().appointScorer, (address(0x5c))));
        eq(standing.scoreLog().scorer(), address(0x5c), "appointed");
        vm.expectEmit(address(founders));
        emit IFounders.FoundersActed(register, IConsortium.setRequiredRatio.selector, raise);
        act(register, raise);
        eq(consortium.requiredRatio(), 9_000, "set");
    }

    function test_the_founders_hear_what_the_register_answers() public {
        vm.prank(ownerFor(1));
        consortium.askImport(1, address(0x1e), 7);
        bytes memory call = abi.encodeCall(IConsortium.approveImport, (1, address(0x1e), 7));
        eq(abi.decode(act(register, call), (uint32)), 2, "the new till");
    }

    function test_a_founders_act_fails_as_the_register_fails() public {
        vm.prank(foundersKey);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.WrongStatus.selector, 1, ShopStatus.Active));
        founders.act(register, abi.encodeCall(IConsortium.admit, (1, false)));
        vm.prank(foundersKey);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.RatioOutOfBounds.selector, 10_001, 2_000, 10_000));
        founders.act(register, abi.encodeCall(IConsortium.setRequiredRatio, (10_001)));
    }

    // ---------------------------------------------------------------- and what not

    function test_the_founders_do_nothing_else() public {
        notTheirs(register, abi.encodeCall(IConsortium.permitPause, ()));
        notTheirs(register, abi.encodeCall(IConsortium.pauseIssuing, ()));
        notTheirs(register, abi.encodeCall(IConsortium.resumeIssuing, ()));
        notTheirs(register, abi.encodeCall(IConsortium.announceExit, (1)));
        notTheirs(register, abi.encodeCall(IAccessManaged.setAuthority, (address(this))));
        notTheirs(register, "");
        notTheirs(register, hex"000000");
        notTheirs(address(authority), abi.encodeCall(authority.grantRole, (0, foundersKey, 0)));
        notTheirs(address(authority), abi.encodeCall(authority.execute, (register, raise)));
        notTheirs(address(standing), abi.encodeCall(standing.scoreLog().appointScorer, (address(1))));
        notTheirs(address(clearing), abi.encodeCall(clearing.withdraw, (1, foundersKey, 1)));
        notTheirs(address(founders), abi.encodeCall(founders.act, (register, raise)));
        IScoreLog log = standing.scoreLog();
        notTheirs(scores, abi.encodeCall(log.commit, (1, 1, 0, 0, 0, bytes32(uint256(1)))));
        // The right words to the wrong place.
        notTheirs(address(money), raise);
    }

    function test_only_the_founders_key_acts() public {
        address[4] memory others = [address(this), ownerFor(1), guardian, address(governor)];
        for (uint256 i; i < 4; ++i) {
            vm.prank(others[i]);
            vm.expectRevert(abi.encodeWithSelector(IFounders.NotFounders.selector, others[i]));
            founders.act(register, raise);
        }
        vm.prank(foundersKey);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, foundersKey));
        consortium.setRequiredRatio(9_000);
    }

    // ---------------------------------------------------------------- until when

    function test_the_founding_phase_ends_by_itself() public {
        uint48 end = founders.endsAt();
        vm.warp(end);
        act(register, raise);
        vm.warp(end + 1);
        vm.prank(foundersKey);
        vm.expectRevert(abi.encodeWithSelector(IFounders.FoundingPhaseOver.selector, end));
        founders.act(register, raise);
    }

    function test_the_board_ends_the_founding_phase_earlier() public {
        decide(address(authority), abi.encodeCall(authority.revokeRole, (Offices.BOARD, address(founders))));
        ok(block.timestamp < founders.endsAt(), "earlier");
        vm.prank(foundersKey);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(founders)));
        founders.act(register, raise);
    }

    function test_the_founding_phase_lasts_366_days_at_most() public {
        uint48 now_ = uint48(block.timestamp);
        vm.expectEmit();
        emit IFounders.FoundingPhaseBegan(foundersKey, now_ + 366 days);
        eq(new Founders(consortium, foundersKey, now_ + 366 days).endsAt(), now_ + 366 days, "to the second");
        eq(new Founders(consortium, foundersKey, now_).endsAt(), now_, "or this very second");
        outOfBounds(now_ + 366 days + 1);
        outOfBounds(now_ - 1);
        vm.expectRevert(abi.encodeWithSelector(IFounders.ZeroKey.selector));
        new Founders(consortium, address(0), now_);
    }

    // ---------------------------------------------------------------- within

    function act(address target, bytes memory call) internal returns (bytes memory) {
        vm.prank(foundersKey);
        return founders.act(target, call);
    }

    function notTheirs(address target, bytes memory call) internal {
        ok(!founders.mayDo(target, bytes4(call)), "said beforehand");
        vm.prank(foundersKey);
        vm.expectRevert(abi.encodeWithSelector(IFounders.NotFoundersAct.selector, target, bytes4(call)));
        founders.act(target, call);
    }

    function outOfBounds(uint48 end) internal {
        (uint256 earliest, uint256 latest) = (block.timestamp, block.timestamp + 366 days);
        vm.expectRevert(abi.encodeWithSelector(IFounders.EndOutOfBounds.selector, end, earliest, latest));
        new Founders(consortium, foundersKey, end);
    }
}
