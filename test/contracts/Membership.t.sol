// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC6372} from "@openzeppelin/contracts/interfaces/IERC6372.sol";
import {IMembership} from "../../contracts/interfaces/IMembership.sol";
import {Street} from "./support/Street.sol";

/// @notice Who sits on the board, and since when: one active shop, one seat (N-22).
contract MembershipTest is Street {
    address internal friend = address(0xf41e);

    function setUp() public {
        found();
    }

    // ---------------------------------------------------------------- seats

    function test_a_seat_comes_with_being_active_and_votes_at_once() public {
        vm.prank(ownerFor(1));
        consortium.applyToJoin();
        eq(membership.seatsOf(ownerFor(1)), 0, "an applicant has none");
        vm.expectEmit(address(membership));
        emit IMembership.SeatTaken(ownerFor(1), 1);
        vm.prank(board);
        consortium.admit(1, false);
        eq(membership.seatsOf(ownerFor(1)), 1, "seat");
        eq(membership.getVotes(ownerFor(1)), 1, "a vote without delegating first");
        eq(membership.delegates(ownerFor(1)), ownerFor(1), "their own");
    }

    function test_a_shop_that_only_redeems_has_a_seat_too() public {
        vm.prank(ownerFor(1));
        consortium.applyToJoin();
        vm.prank(board);
        consortium.admit(1, true);
        eq(membership.getVotes(ownerFor(1)), 1, "vote");
    }

    function test_an_owner_has_as_many_seats_as_active_shops() public {
        uint32 first = openShop(0);
        vm.prank(ownerFor(1));
        uint32 second = consortium.applyToJoin();
        vm.prank(board);
        consortium.admit(second, false);
        eq(membership.getVotes(ownerFor(1)), 2, "two shops, two votes");
        vm.expectEmit(address(membership));
        emit IMembership.SeatLeft(ownerFor(1), 1);
        vm.prank(board);
        consortium.suspend(first);
        eq(membership.getVotes(ownerFor(1)), 1, "one is suspended");
    }

    function test_a_suspended_shop_has_no_seat_until_it_is_reinstated() public {
        uint32 shop = openShop(0);
        vm.prank(board);
        consortium.suspend(shop);
        eq(membership.getVotes(ownerFor(shop)), 0, "none while suspended");
        vm.prank(board);
        consortium.reinstate(shop);
        eq(membership.getVotes(ownerFor(shop)), 1, "again");
    }

    function test_a_shop_that_leaves_or_defaults_loses_its_seat_once() public {
        uint32 leaving = openShop(0);
        uint32 suspended = openShop(0);
        vm.prank(ownerFor(leaving));
        consortium.announceExit(leaving);
        eq(membership.seatsOf(ownerFor(leaving)), 0, "left");
        vm.prank(address(clearing));
        consortium.markDefaulted(leaving);
        vm.prank(board);
        consortium.suspend(suspended);
        vm.prank(address(clearing));
        consortium.markDefaulted(suspended);
        eq(membership.seatsOf(ownerFor(leaving)) + membership.seatsOf(ownerFor(suspended)), 0, "not below zero");
        vm.warp(block.timestamp + 1);
        eq(membership.getPastTotalSupply(block.timestamp - 1), 0, "no seat is left in the town");
    }

    function test_only_the_consortium_gives_and_takes_seats() public {
        bytes memory refusal = abi.encodeWithSelector(IMembership.NotConsortium.selector, address(this));
        vm.expectRevert(refusal);
        membership.takeSeat(friend);
        vm.expectRevert(refusal);
        membership.leaveSeat(friend);
        vm.prank(address(consortium));
        vm.expectRevert(abi.encodeWithSelector(IMembership.NoSeat.selector, friend));
        membership.leaveSeat(friend);
    }

    // ---------------------------------------------------------------- votes of others

    function test_a_delegated_seat_leaves_with_its_shop() public {
        uint32 one = openShop(0);
        openShop(0);
        vm.prank(ownerFor(1));
        membership.delegate(ownerFor(2));
        eq(membership.getVotes(ownerFor(2)), 2, "both");
        vm.prank(board);
        consortium.suspend(one);
        eq(membership.getVotes(ownerFor(2)), 1, "the delegated one is gone");
        vm.prank(board);
        consortium.reinstate(one);
        eq(membership.getVotes(ownerFor(2)), 2, "and comes back to whom it was lent");
        eq(membership.getVotes(ownerFor(1)), 0, "not to the owner");
    }

    function test_a_seat_delegated_before_it_was_taken_goes_to_the_delegate() public {
        vm.prank(ownerFor(1));
        membership.delegate(friend);
        eq(membership.getVotes(friend), 0, "nothing to lend yet");
        openShop(0);
        eq(membership.getVotes(friend), 1, "lent as it comes");
        eq(membership.delegates(ownerFor(1)), friend, "the choice stays");
    }

    function test_a_vote_given_up_comes_back_with_the_next_shop() public {
        openShop(0);
        vm.prank(ownerFor(1));
        membership.delegate(address(0));
        eq(membership.getVotes(ownerFor(1)), 0, "given up");
        vm.prank(ownerFor(1));
        uint32 second = consortium.applyToJoin();
        vm.prank(board);
        consortium.admit(second, false);
        eq(membership.getVotes(ownerFor(1)), 2, "each seat counts once");
        vm.prank(board);
        consortium.suspend(second);
        eq(membership.getVotes(ownerFor(1)), 1, "and goes once");
    }

    // ---------------------------------------------------------------- a shop sold

    function test_the_seat_goes_with_a_shop_that_is_sold() public {
        uint32 shop = openShop(0);
        sell(shop, friend);
        eq(membership.getVotes(ownerFor(shop)), 0, "the seller");
        eq(membership.getVotes(friend), 1, "the buyer");
        vm.prank(board);
        consortium.suspend(shop);
        eq(membership.getVotes(friend), 0, "the buyer's goes with the shop");
    }

    function test_a_shop_sold_while_suspended_brings_its_seat_when_it_is_reinstated() public {
        uint32 shop = openShop(0);
        vm.prank(board);
        consortium.suspend(shop);
        sell(shop, friend);
        eq(membership.seatsOf(friend), 0, "none yet");
        vm.prank(board);
        consortium.reinstate(shop);
        eq(membership.getVotes(friend), 1, "the buyer's");
        eq(membership.getVotes(ownerFor(shop)), 0, "not the seller's");
    }

    function test_a_lent_seat_is_not_sold_with_the_shop_to_the_old_delegate() public {
        uint32 shop = openShop(0);
        vm.prank(ownerFor(shop));
        membership.delegate(address(0xde1));
        sell(shop, friend);
        eq(membership.getVotes(address(0xde1)), 0, "the seller's delegate");
        eq(membership.getVotes(friend), 1, "the buyer");
    }

    // ---------------------------------------------------------------- history

    function test_what_was_counted_at_a_second_stays() public {
        uint32 one = openShop(0);
        vm.warp(NOON + 10);
        openShop(0);
        vm.warp(NOON + 20);
        vm.prank(board);
        consortium.suspend(one);
        vm.warp(NOON + 30);
        eq(membership.getPastTotalSupply(NOON), 1, "at noon");
        eq(membership.getPastTotalSupply(NOON + 10), 2, "ten seconds later");
        eq(membership.getPastTotalSupply(NOON + 19), 2, "to the second before");
        eq(membership.getPastTotalSupply(NOON + 20), 1, "one suspended");
        eq(membership.getPastVotes(ownerFor(one), NOON + 19), 1, "its vote");
        eq(membership.getPastVotes(ownerFor(one), NOON + 20), 0, "none");
        eq(IERC6372(membership).clock(), NOON + 30, "counted by the second");
        ok(keccak256(bytes(membership.CLOCK_MODE())) == keccak256("mode=timestamp"), "and said so");
    }

    function testFuzz_seats_are_the_active_shops_whatever_is_done(uint256 seed) public {
        uint32 shops = 4;
        for (uint32 i; i < shops; ++i) {
            openShop(0);
        }
        for (uint256 step; step < 24; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint32 shop = uint32(seed % shops) + 1;
            address owner = consortium.ownerOf(shop);
            address other = ownerFor(((seed >> 32) % shops) + 1);
            uint256 what = (seed >> 64) % 5;
            if (what == 0) attempt(board, abi.encodeCall(consortium.suspend, (shop)));
            if (what == 1) attempt(board, abi.encodeCall(consortium.reinstate, (shop)));
            if (what == 2) sell(shop, other);
            if (what == 3 && (seed >> 128) & 7 == 0) attempt(owner, abi.encodeCall(consortium.announceExit, (shop)));
            if (what == 4) {
                vm.prank(owner);
                membership.delegate(other);
            }
        }
        uint256 seats;
        uint256 votes;
        for (uint32 i = 1; i <= shops; ++i) {
            seats += membership.seatsOf(ownerFor(i));
            votes += membership.getVotes(ownerFor(i));
        }
        uint256 active;
        for (uint32 i = 1; i <= shops; ++i) {
            if (uint8(consortium.shopOf(i).status) == 2) ++active;
        }
        vm.warp(block.timestamp + 1);
        eq(seats, active, "one seat per active shop");
        eq(membership.getPastTotalSupply(block.timestamp - 1), active, "in the total too");
        eq(votes, active, "every seat votes once");
    }

    // ---------------------------------------------------------------- within

    function attempt(address who, bytes memory call) internal {
        vm.prank(who);
        (bool done, ) = address(consortium).call(call);
        done;
    }

    function sell(uint32 shop, address to) internal {
        vm.prank(consortium.ownerOf(shop));
        consortium.offerShop(shop, to);
        vm.prank(to);
        consortium.takeOver(shop);
    }
}
