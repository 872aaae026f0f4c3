// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {IClearingHouse} from "../../contracts/interfaces/IClearingHouse.sol";
import {IConsortium} from "../../contracts/interfaces/IConsortium.sol";
import {IIssuance} from "../../contracts/interfaces/IIssuance.sol";
import {IRedemptions, Item} from "../../contracts/interfaces/IRedemptions.sol";
import {Offices} from "../../contracts/libraries/Offices.sol";
import {ShopStatus} from "../../contracts/libraries/ShopWord.sol";
import {NoAuthority, YesAuthority} from "./support/Authorities.sol";
import {Turned} from "./support/Turned.sol";

/// @notice What somebody who holds an office, or has stolen one, cannot do with it: docs/security.md names each
/// (N-23).
contract CompromisedTest is Turned {
    function setUp() public {
        found();
        cafe = openShop(1_000_000);
        books = openShop(1_000_000);
        salon = openShop(1_000_000);
        vm.warp(block.timestamp + 400 days);
        handOver();
        issue(cafe, 1, 0, entry(member, 5_000));
        issue(salon, 1, 0, entry(member, 5_000));
        vm.prank(thief);
        consortium.applyToJoin();
    }

    // ---------------------------------------------------------------- the whole board

    function test_a_board_that_is_turned_mints_nothing_moves_nothing_and_takes_no_reserve() public {
        seize();
        bytes32 before = everything();
        doEveryRestrictedAct(thief);
        ok(everything() == before, "points, positions and money are as they were");
        nothingForbiddenGoesThrough(thief);
        YesAuthority yes = new YesAuthority();
        vm.prank(thief);
        authority.updateAuthority(address(consortium), address(yes));
        address scoreLog = address(standing.scoreLog());
        vm.prank(thief);
        authority.updateAuthority(scoreLog, address(yes));
        nothingForbiddenGoesThrough(thief);
        ok(everything() == before, "still");
    }

    function test_a_board_that_is_turned_makes_no_import_key_for_a_shop_that_did_not_ask() public {
        seize();
        vm.prank(thief);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.ImportNotAsked.selector, cafe, thief, 1));
        consortium.approveImport(cafe, thief, 1);
    }

    function test_a_board_that_is_turned_closes_nothing_that_members_and_owners_do() public {
        undoableLater();
        seize();
        closeEverything();
        everythingStillGoes();
    }

    function test_an_authority_that_refuses_everything_closes_nothing_either() public {
        undoableLater();
        seize();
        NoAuthority no = new NoAuthority();
        vm.prank(thief);
        authority.updateAuthority(address(consortium), address(no));
        everythingStillGoes();
    }

    function test_a_shop_that_sees_the_vote_coming_is_gone_before_it_takes_effect() public {
        bytes memory give = abi.encodeCall(authority.grantRole, (0, thief, 0));
        uint256 proposal = propose(ownerFor(cafe), address(authority), give);
        openVote();
        vote(proposal, ownerFor(cafe), FOR);
        vote(proposal, ownerFor(books), FOR);
        closeVote(proposal);
        queue(address(authority), give);
        vm.prank(ownerFor(salon));
        consortium.announceExit(salon);
        vm.warp(governor.proposalEta(proposal));
        execute(address(authority), give);
        vm.prank(thief);
        authority.grantRole(Offices.BOARD, thief, 0);
        vm.prank(thief);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.WrongStatus.selector, salon, ShopStatus.Exiting));
        consortium.suspend(salon);
    }

    // ---------------------------------------------------------------- a minority of it

    function test_a_minority_of_the_board_does_nothing_at_all() public {
        bytes memory give = abi.encodeCall(authority.grantRole, (0, thief, 0));
        uint256 proposal = propose(ownerFor(cafe), address(authority), give);
        openVote();
        vote(proposal, ownerFor(cafe), FOR);
        closeVote(proposal);
        stands(proposal, IGovernor.ProposalState.Defeated, "one of three");
        bytes32 before = everything();
        nothingForbiddenGoesThrough(ownerFor(cafe));
        noOfficeOf(ownerFor(cafe));
        ok(everything() == before, "as it was");
    }

    // ---------------------------------------------------------------- the guardian

    function test_a_turned_guardian_pauses_issuing_and_nothing_else() public {
        undoableLater();
        bytes32 before = everything();
        vm.prank(guardian);
        consortium.pauseIssuing();
        noOfficeOf(guardian);
        nothingForbiddenGoesThrough(guardian);
        ok(everything() == before, "as it was");
        everythingStillGoes();
    }

    // ---------------------------------------------------------------- the founders

    function test_turned_founders_mint_nothing_move_nothing_and_take_no_reserve() public {
        uint32 theirs = consortium.shopCount();
        bytes32 before = everything();
        byFounders(abi.encodeCall(consortium.admit, (theirs, true)));
        byFounders(abi.encodeCall(consortium.suspend, (salon)));
        byFounders(abi.encodeCall(consortium.reinstate, (salon)));
        byFounders(abi.encodeCall(consortium.setRequiredRatio, (2_000)));
        byFounders(abi.encodeCall(consortium.setBreakageShare, (2_500, theirs)));
        vm.prank(foundersKey);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.ImportNotAsked.selector, cafe, thief, 1));
        founders.act(address(consortium), abi.encodeCall(consortium.approveImport, (cafe, thief, 1)));
        noOfficeOf(foundersKey);
        nothingForbiddenGoesThrough(foundersKey);
        ok(everything() == before, "as it was");
    }

    function test_turned_founders_close_nothing() public {
        undoableLater();
        byFounders(abi.encodeCall(consortium.setRequiredRatio, (10_000)));
        everythingStillGoes();
    }

    // ---------------------------------------------------------------- an owner

    function test_a_turned_owner_takes_only_what_is_their_own() public {
        bytes32 before = everything();
        nothingForbiddenGoesThrough(ownerFor(cafe));
        uint256 free = clearing.freeReserveOf(cafe);
        eq(free, 1_000_000 - (5_000 * PAR * RATIO) / 10_000, "above what it must keep");
        vm.prank(ownerFor(cafe));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.ReserveTooLow.selector, cafe, free, free + 1));
        clearing.withdraw(cafe, thief, free + 1);
        ok(everything() == before, "as it was");
    }

    function test_points_an_owner_gives_away_are_paid_by_that_owner_alone() public {
        vm.prank(ownerFor(cafe));
        consortium.setReceiptLimit(cafe, type(uint48).max);
        issue(cafe, 1, 1, entry(member, clearing.issuableOf(cafe)));
        eq(clearing.issuableOf(cafe), 0, "as much as its reserve carries");
        uint256 carried;
        for (uint64 i; i < 40; ++i) {
            (, uint256 before) = (0, tokenOf(cafe).balanceOf(member));
            redeem(books, 1, payment(MEMBER, books, 1, i, cafe, 1_000));
            if (tokenOf(cafe).balanceOf(member) == before) break;
            carried += 1_000 * PAR;
        }
        ok(carried != 0 && carried <= 1_000_000, "what the cafe had, and not a unit more");
        clearing.settle(shops(cafe, books));
        eq(reserveOf(books), 1_000_000 + carried, "whoever took the points is paid in full");
        eq(reserveOf(salon), 1_000_000, "and nobody else pays");
    }

    // ---------------------------------------------------------------- a till

    function test_a_stolen_till_gives_three_days_worth_until_it_is_revoked() public {
        vm.prank(ownerFor(books));
        consortium.setTillAllowance(books, 1, 100);
        for (uint64 i; i < 10; ++i) {
            issue(books, 1, i, entry(thief, 100));
        }
        eq(tokenOf(books).balanceOf(thief), 300, "three days");
        vm.warp(block.timestamp + 1 days);
        for (uint64 i = 10; i < 20; ++i) {
            issue(books, 1, i, entry(thief, 100));
        }
        eq(tokenOf(books).balanceOf(thief), 400, "and the day until it was noticed");
        vm.prank(ownerFor(books));
        consortium.revokeTill(books, 1);
        vm.warp(block.timestamp + 3 days);
        bytes memory entries = entry(thief, 100);
        bytes memory signature = signedBatch(books, 1, 20, entries);
        vm.expectRevert(abi.encodeWithSelector(IIssuance.OwnerSignatureMissing.selector, books, 1));
        issuance.issue(books, 1, 20, entries, signature, "");
    }

    function test_a_stolen_till_takes_nobodys_points_and_no_reserve() public {
        bytes32 before = everything();
        Item memory item = payment(0x7f1ef, books, 1, 0, cafe, 500);
        item.member = member;
        redeem(books, 1, item);
        address till = vm.addr(tillKey[books][1]);
        nothingForbiddenGoesThrough(till);
        noOfficeOf(till);
        ok(everything() == before, "as it was");
    }

    // ---------------------------------------------------------------- whoever submits

    function test_a_turned_relayer_alters_nothing_repeats_nothing_and_stops_nobody() public {
        Item memory item = payment(MEMBER, books, 1, 0, cafe, 500);
        bytes memory acceptance = acceptanceOf(books, 1, only(item));
        bytes32 before = everything();
        item.lines[0].points = 600;
        vm.expectRevert(abi.encodeWithSelector(IRedemptions.BadTillSignature.selector, books, 1));
        redemptions.redeem(books, 1, only(item), acceptance);
        nothingForbiddenGoesThrough(thief);
        ok(everything() == before, "as it was");
        item.lines[0].points = 500;
        // Withheld by one, brought by another; once.
        vm.prank(address(0xa4b0d));
        redemptions.redeem(books, 1, only(item), acceptance);
        bytes32 paid_ = everything();
        ok(paid_ != before, "paid");
        redemptions.redeem(books, 1, only(item), acceptance);
        ok(everything() == paid_, "once");
    }
}
