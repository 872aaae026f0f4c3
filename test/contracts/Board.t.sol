// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {GovernorTimelockAccess} from "@openzeppelin/contracts/governance/extensions/GovernorTimelockAccess.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IBoard} from "../../contracts/interfaces/IBoard.sol";
import {IConsortium} from "../../contracts/interfaces/IConsortium.sol";
import {Offices} from "../../contracts/libraries/Offices.sol";
import {GovernedStreet} from "./support/GovernedStreet.sol";

/// @notice The board's vote from a proposal to what it changes (N-22).
contract BoardTest is GovernedStreet {
    address internal register;
    bytes internal raise;

    function setUp() public {
        foundWithBoard(5);
        register = address(consortium);
        raise = abi.encodeCall(IConsortium.setRequiredRatio, (9_000));
    }

    // ---------------------------------------------------------------- a vote from end to end

    function test_three_of_five_shops_change_the_ratio_eight_days_after_the_vote() public {
        uint256 proposal = propose(ownerFor(1), register, raise);
        stands(proposal, IGovernor.ProposalState.Pending, "announced");
        openVote();
        for (uint32 i = 1; i <= 3; ++i) {
            vote(proposal, ownerFor(i), FOR);
        }
        vote(proposal, ownerFor(4), AGAINST);
        closeVote(proposal);
        stands(proposal, IGovernor.ProposalState.Succeeded, "passed");
        queue(register, raise);
        eq(governor.proposalEta(proposal), block.timestamp + 8 days, "in eight days");
        vm.warp(block.timestamp + 8 days - 1);
        bytes memory early = abi.encodeWithSelector(
            GovernorTimelockAccess.GovernorUnmetDelay.selector,
            proposal,
            block.timestamp + 1
        );
        refusedByBoard(executing(register, raise), early);
        vm.warp(block.timestamp + 1);
        // Anyone carries out what was decided.
        vm.expectEmit(register);
        emit IConsortium.RequiredRatioSet(9_000);
        execute(register, raise);
        eq(consortium.requiredRatio(), 9_000, "decided");
        stands(proposal, IGovernor.ProposalState.Executed, "done");
    }

    function test_a_shop_that_announces_its_exit_in_the_delay_keeps_the_old_terms() public {
        uint32 charity = openCharityByFounders();
        vm.warp(block.timestamp + 400 days);
        bytes memory share = abi.encodeCall(IConsortium.setBreakageShare, (2_000, charity));
        agree(register, share);
        vm.prank(ownerFor(5));
        consortium.announceExit(5);
        execute(register, share);
        eq(consortium.breakageShareOf(5), 0, "what it joined the way out with");
        eq(consortium.breakageShareOf(4), 2_000, "whoever stays");
        eq(consortium.requiredRatioOf(5), 10_000, "all of it, as the exit asks, whatever was voted");
        eq(consortium.requiredRatioOf(4), RATIO, "the settled ratio");
        decide(register, abi.encodeCall(IConsortium.setRequiredRatio, (2_000)));
        eq(consortium.requiredRatioOf(5), 10_000, "nor does a lower one reach it");
    }

    // ---------------------------------------------------------------- who decides

    function test_a_minority_decides_nothing() public {
        uint256 proposal = propose(ownerFor(1), register, raise);
        openVote();
        vote(proposal, ownerFor(1), FOR);
        closeVote(proposal);
        stands(proposal, IGovernor.ProposalState.Defeated, "one of five is below two of five");
        vm.warp(block.timestamp + 1);
        bytes memory lower = abi.encodeCall(IConsortium.setRequiredRatio, (2_000));
        proposal = propose(ownerFor(1), register, lower);
        openVote();
        vote(proposal, ownerFor(1), FOR);
        vote(proposal, ownerFor(2), FOR);
        vote(proposal, ownerFor(3), AGAINST);
        vote(proposal, ownerFor(4), AGAINST);
        closeVote(proposal);
        stands(proposal, IGovernor.ProposalState.Defeated, "a tie changes nothing");
        refusedIn(IGovernor.ProposalState.Defeated, proposal, queueing(register, lower));
    }

    function test_abstaining_counts_for_the_quorum_and_for_nothing_else() public {
        uint256 proposal = propose(ownerFor(1), register, raise);
        openVote();
        vote(proposal, ownerFor(1), FOR);
        vote(proposal, ownerFor(2), ABSTAIN);
        closeVote(proposal);
        stands(proposal, IGovernor.ProposalState.Succeeded, "two took part, one was for it, none against");
    }

    function test_the_quorum_is_two_in_five_seats_rounded_up() public {
        eq(governor.quorum(block.timestamp - 1), 2, "of five");
        decide(register, abi.encodeCall(IConsortium.suspend, (5)));
        vm.warp(block.timestamp + 1);
        eq(governor.quorum(block.timestamp - 1), 2, "of four: 1.6 is two");
        vm.prank(foundersKey);
        founders.act(register, abi.encodeCall(IConsortium.suspend, (4)));
        vm.warp(block.timestamp + 1);
        eq(governor.quorum(block.timestamp - 1), 2, "of three: 1.2 is two");
        eq(governor.quorum(NOON - 1), 0, "before there was a shop");
    }

    function test_of_53_seats_22_are_two_in_five() public {
        for (uint160 i = 6; i <= 53; ++i) {
            vm.prank(register);
            membership.takeSeat(address(0x5ea7 + i));
        }
        vm.warp(block.timestamp + 1);
        eq(governor.quorum(block.timestamp - 1), 22, "21.2 is 22");
    }

    function test_what_is_proposed_has_to_wait_and_what_nobody_proposed_has_not() public {
        uint256 proposal = propose(ownerFor(1), register, raise);
        ok(governor.proposalNeedsQueuing(proposal), "eight days");
        ok(!governor.proposalNeedsQueuing(proposal + 1), "there is no such proposal");
    }

    function test_a_suspended_shop_neither_proposes_nor_votes() public {
        vm.prank(foundersKey);
        founders.act(register, abi.encodeCall(IConsortium.suspend, (5)));
        vm.warp(block.timestamp + 1);
        cannotPropose(ownerFor(5));
        uint256 proposal = propose(ownerFor(1), register, raise);
        openVote();
        vote(proposal, ownerFor(5), AGAINST);
        vote(proposal, ownerFor(1), FOR);
        vote(proposal, ownerFor(2), FOR);
        (uint256 against, uint256 inFavour, ) = governor.proposalVotes(proposal);
        eq(against, 0, "worth nothing");
        eq(inFavour, 2, "worth one each");
    }

    function test_votes_are_those_of_the_second_the_vote_opened() public {
        uint256 proposal = propose(ownerFor(1), register, raise);
        vm.warp(governor.proposalSnapshot(proposal));
        vm.prank(foundersKey);
        founders.act(register, abi.encodeCall(IConsortium.suspend, (5)));
        vm.warp(block.timestamp + 1);
        // Too late to count, either way.
        vm.prank(foundersKey);
        founders.act(register, abi.encodeCall(IConsortium.suspend, (4)));
        uint32 late = joinByFounders();
        vote(proposal, ownerFor(late), FOR);
        vote(proposal, ownerFor(5), FOR);
        vote(proposal, ownerFor(4), FOR);
        (, uint256 inFavour, ) = governor.proposalVotes(proposal);
        eq(inFavour, 1, "only the one that was active then");
    }

    function test_whoever_has_no_seat_proposes_nothing() public {
        cannotPropose(address(this));
        cannotPropose(foundersKey);
        cannotPropose(guardian);
    }

    function test_a_lent_vote_is_cast_by_the_delegate() public {
        vm.prank(ownerFor(2));
        membership.delegate(ownerFor(1));
        vm.warp(block.timestamp + 1);
        uint256 proposal = propose(ownerFor(1), register, raise);
        openVote();
        vote(proposal, ownerFor(1), FOR);
        vote(proposal, ownerFor(2), FOR);
        (, uint256 inFavour, ) = governor.proposalVotes(proposal);
        eq(inFavour, 2, "both, once");
        vm.prank(ownerFor(1));
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorAlreadyCastVote.selector, ownerFor(1)));
        governor.castVote(proposal, FOR);
    }

    // ---------------------------------------------------------------- when

    function test_the_vote_opens_after_a_day_and_closes_after_seven() public {
        uint256 proposedAt = block.timestamp;
        uint256 proposal = propose(ownerFor(1), register, raise);
        eq(governor.proposalSnapshot(proposal), proposedAt + 1 days, "opens");
        eq(governor.proposalDeadline(proposal), proposedAt + 8 days, "closes");
        vm.warp(proposedAt + 1 days);
        refusedIn(IGovernor.ProposalState.Pending, proposal, abi.encodeCall(governor.castVote, (proposal, FOR)));
        vm.warp(proposedAt + 8 days);
        vote(proposal, ownerFor(1), FOR);
        vm.warp(proposedAt + 8 days + 1);
        refusedIn(IGovernor.ProposalState.Defeated, proposal, abi.encodeCall(governor.castVote, (proposal, FOR)));
    }

    function test_a_decision_nobody_carries_out_expires() public {
        uint256 proposal = agree(register, raise);
        vm.warp(governor.proposalEta(proposal) + 30 days);
        stands(proposal, IGovernor.ProposalState.Queued, "to the last second");
        vm.warp(block.timestamp + 1);
        stands(proposal, IGovernor.ProposalState.Expired, "gone");
        refusedIn(IGovernor.ProposalState.Expired, proposal, executing(register, raise));
    }

    function test_a_decision_nobody_queues_expires() public {
        uint256 proposal = propose(ownerFor(1), register, raise);
        openVote();
        vote(proposal, ownerFor(1), FOR);
        vote(proposal, ownerFor(2), FOR);
        vm.warp(governor.proposalDeadline(proposal) + 30 days);
        stands(proposal, IGovernor.ProposalState.Succeeded, "to the last second");
        vm.warp(block.timestamp + 1);
        stands(proposal, IGovernor.ProposalState.Expired, "gone");
        refusedIn(IGovernor.ProposalState.Expired, proposal, queueing(register, raise));
    }

    function test_whoever_proposed_takes_it_back_before_the_vote_only() public {
        uint256 proposal = propose(ownerFor(1), register, raise);
        (address[] memory targets, uint256[] memory values, bytes[] memory acts) = only(register, raise);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorUnableToCancel.selector, proposal, address(this)));
        governor.cancel(targets, values, acts, keccak256(bytes(AS_SAID)));
        vm.prank(ownerFor(1));
        governor.cancel(targets, values, acts, keccak256(bytes(AS_SAID)));
        stands(proposal, IGovernor.ProposalState.Canceled, "taken back");
    }

    // ---------------------------------------------------------------- what it decides

    function test_the_board_admits_suspends_reinstates_and_permits() public {
        vm.prank(ownerFor(6));
        consortium.applyToJoin();
        decide(register, abi.encodeCall(IConsortium.suspend, (2)));
        decide(register, abi.encodeCall(IConsortium.reinstate, (2)));
        vm.prank(ownerFor(2));
        consortium.askImport(2, address(0x1e), 5);
        decide(register, abi.encodeCall(IConsortium.approveImport, (2, address(0x1e), 5)));
        decide(register, abi.encodeCall(IConsortium.permitPause, ()));
        decide(register, abi.encodeCall(IConsortium.admit, (6, false)));
        eq(membership.seatsOf(ownerFor(6)), 1, "admitted");
        eq(consortium.tillCount(2), 2, "approved");
    }

    function test_the_offices_and_their_acts_are_those_every_deployment_tells_its_authority() public pure {
        ok(Offices.BOARD == 1 && Offices.GUARDIAN == 2, "numbers");
        eq(Offices.boardActs().length, 7, "the board's acts in the register");
        eq(Offices.boardActsOnScores().length, 1, "the board's act in the log of scores");
        eq(Offices.guardianActs().length, 2, "the guardian's acts");
    }

    function test_the_board_appoints_another_guardian_and_another_scorer() public {
        address next = address(0x96a2d2);
        decide(address(authority), abi.encodeCall(authority.revokeRole, (Offices.GUARDIAN, guardian)));
        decide(address(authority), abi.encodeCall(authority.grantRole, (Offices.GUARDIAN, next, 0)));
        vm.prank(guardian);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, guardian));
        consortium.pauseIssuing();
        vm.prank(next);
        consortium.pauseIssuing();
        decide(address(standing.scoreLog()), abi.encodeCall(standing.scoreLog().appointScorer, (next)));
        eq(standing.scoreLog().scorer(), next, "scorer");
    }

    function test_what_the_code_forbids_no_vote_carries_through() public {
        bytes memory tooLow = abi.encodeCall(IConsortium.setRequiredRatio, (1_999));
        agree(register, tooLow);
        bytes memory why = abi.encodeWithSelector(IConsortium.RatioOutOfBounds.selector, 1_999, 2_000, 10_000);
        refusedByBoard(executing(register, tooLow), why);
    }

    function test_the_boards_own_rules_never_change() public {
        bytes memory shorter = abi.encodeCall(governor.setBaseDelaySeconds, (0));
        agree(address(governor), shorter);
        bytes memory fixed_ = abi.encodeWithSelector(IBoard.RulesAreFixed.selector);
        refusedByBoard(executing(address(governor), shorter), fixed_);
        bytes4[] memory selectors = new bytes4[](1);
        vm.expectRevert(fixed_);
        governor.setAccessManagerIgnored(register, selectors, true);
        eq(governor.baseDelaySeconds(), 8 days, "the delay");
        ok(governor.votingPeriod() < governor.baseDelaySeconds(), "longer than the vote");
        eq(governor.proposalThreshold(), 1, "one seat proposes");
    }

    // ---------------------------------------------------------------- within

    function refusedIn(IGovernor.ProposalState state, uint256 proposal, bytes memory call) internal {
        refusedByBoard(
            call,
            abi.encodeWithSelector(IGovernor.GovernorUnexpectedProposalState.selector, proposal, state)
        );
    }

    function openCharityByFounders() internal returns (uint32 shop) {
        shop = newApplicant();
        vm.prank(foundersKey);
        founders.act(register, abi.encodeCall(IConsortium.admit, (shop, true)));
    }

    function joinByFounders() internal returns (uint32 shop) {
        shop = newApplicant();
        vm.prank(foundersKey);
        founders.act(register, abi.encodeCall(IConsortium.admit, (shop, false)));
    }

    function cannotPropose(address who) internal {
        (address[] memory targets, uint256[] memory values, bytes[] memory acts) = only(register, raise);
        vm.prank(who);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorInsufficientProposerVotes.selector, who, 0, 1));
        governor.propose(targets, values, acts, AS_SAID);
    }
}
