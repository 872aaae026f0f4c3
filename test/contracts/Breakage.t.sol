// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IClearingHouse} from "../../contracts/interfaces/IClearingHouse.sol";
import {Counter} from "./support/Counter.sol";

/// @notice The share of what lapsed points free: a tenth to the charity, by vote, from the quarters that begin then.
contract BreakageTest is Counter {
    uint256 internal constant ADA = 0xada;
    address internal ada = vm.addr(ADA);
    uint32 internal cafe;
    uint32 internal charity;

    function setUp() public {
        found();
        cafe = openShop(2_000 * PAR);
        charity = openCharity();
        newTill(charity);
    }

    function test_without_a_vote_nothing_is_shared() public {
        lapseSome(1_000, 0);
        cannotShare(cafe);
        vote(1_000);
        cannotShare(cafe);
    }

    function test_a_quarter_that_began_before_the_vote_bears_no_share_and_the_next_does() public {
        issue(cafe, 1, 1, entry(ada, 1_000));
        vote(1_000);
        for (uint256 i; i < 5; ++i) {
            endQuarter(cafe);
            issue(cafe, 1, uint64(10 + i), entry(ada, 100));
        }
        tokenOf(cafe).poke();
        // The first quarter's points lapse at the end of a quarter that began after the vote, which bears the share.
        uint256 required = clearing.requiredReserveOf(cafe);
        vm.expectEmit(address(clearing));
        emit IClearingHouse.BreakageShared(cafe, charity, 100, shareOf(100));
        vm.prank(address(0x57a46));
        clearing.shareBreakage(cafe);
        ok(netOf(cafe) == -int256(shareOf(100)) && netOf(charity) == int256(shareOf(100)), "a tenth of what was freed");
        ok(allOf(cafe) >= required, "and never of what must be kept");
        cannotShare(cafe);
    }

    function test_the_share_is_paid_once_and_only_what_lapsed_since_comes_on_top() public {
        vote(1_000);
        lapseSome(1_000, 500);
        uint256 first = shareOf(100);
        clearing.shareBreakage(cafe);
        ok(netOf(charity) == int256(first), "a tenth");
        cannotShare(cafe);
        for (uint256 i; i < 5; ++i) {
            endQuarter(cafe);
        }
        tokenOf(cafe).poke();
        clearing.shareBreakage(cafe);
        ok(netOf(charity) == int256(first + shareOf(50)), "and a tenth of the others");
    }

    function test_no_more_than_is_free_is_paid_and_the_rest_waits() public {
        vote(2_500);
        lapseSome(1_000, 500);
        takeOut(clearing.freeReserveOf(cafe));
        cannotShare(cafe);
        uint256 perPoint = (PAR * consortium.requiredRatioOf(cafe)) / 10_000;
        fund(cafe, 10 * perPoint + perPoint - 1);
        clearing.shareBreakage(cafe);
        ok(netOf(charity) == int256(10 * perPoint), "whole points only");
        eq(allOf(cafe), clearing.requiredReserveOf(cafe) + perPoint - 1, "what must stay stays");
        fund(cafe, 2_000 * PAR);
        clearing.shareBreakage(cafe);
        ok(netOf(charity) == int256(250 * perPoint), "later all of it, together");
        cannotShare(cafe);
    }

    function test_only_an_active_shop_that_only_redeems_gets_it() public {
        vote(1_000);
        lapseSome(1_000, 0);
        vm.prank(board);
        consortium.suspend(charity);
        cannotShare(cafe);
        vm.prank(board);
        consortium.reinstate(charity);
        clearing.shareBreakage(cafe);
        ok(netOf(charity) > 0, "the charity, and nobody else");
        ok(netOf(cafe) + netOf(charity) == 0, "to the last unit");
    }

    function test_a_defaulted_shops_money_belongs_to_its_points() public {
        vote(1_000);
        lapseSome(1_000, 500);
        takeOut(clearing.freeReserveOf(cafe));
        vm.prank(ownerFor(cafe));
        consortium.announceExit(cafe);
        vm.warp(block.timestamp + 30 days);
        clearing.declareDefault(cafe);
        fund(cafe, 5_000 * PAR);
        cannotShare(cafe);
    }

    function test_a_leaving_shop_shares_what_it_has_above_every_points_value() public {
        vote(1_000);
        lapseSome(1_000, 500);
        vm.prank(ownerFor(cafe));
        consortium.announceExit(cafe);
        clearing.shareBreakage(cafe);
        ok(netOf(charity) == int256(30 * PAR), "what they freed, and not more because it leaves");
        ok(allOf(cafe) >= clearing.liabilityOf(cafe), "every point is still backed");
    }

    function test_who_has_no_points_shares_nothing_in_words() public {
        vote(1_000);
        uint32 applicant = consortium.applyToJoin();
        cannotShare(applicant);
        cannotShare(99);
        cannotShare(0);
        cannotShare(charity);
    }

    function test_the_share_stresses_nobody_and_settles_like_any_debt() public {
        vote(2_500);
        lapseSome(1_000, 1_000);
        clearing.shareBreakage(cafe);
        eq(clearing.stressedAt(cafe), 0, "it kept what it must");
        clearing.settle(shops(charity, cafe));
        uint256 all = reserveOf(charity);
        ok(all != 0, "the charity has it");
        vm.prank(ownerFor(charity));
        clearing.withdraw(charity, ada, all);
        eq(money.balanceOf(ada), all, "and can use it");
    }

    function testFuzz_whatever_lapses_the_shop_keeps_what_it_must(uint16 bps, uint48 points, uint256 left) public {
        uint256 share = within(bps, 1, 2_500);
        uint256 lapsed = within(points, 0, 1_500);
        vote(uint16(share));
        lapseSome(lapsed, 400);
        uint256 free = clearing.freeReserveOf(cafe);
        takeOut(within(left, 0, free));
        uint256 owed = (lapsed * share) / 10_000;
        (bool done, bytes memory why) = address(clearing).call(abi.encodeCall(clearing.shareBreakage, (cafe)));
        if (!done) {
            ok(bytes4(why) == IClearingHouse.NothingToShare.selector, "typed");
            return;
        }
        ok(netOf(charity) <= int256(shareOf(owed)), "never more than the share");
        ok(allOf(cafe) >= clearing.requiredReserveOf(cafe), "never of what must be kept");
    }

    // ---------------------------------------------------------------- within

    /// @dev Points of one quarter lapse; as many younger ones stay alive.
    function lapseSome(uint256 points, uint256 younger) internal {
        endQuarter(cafe);
        issue(cafe, 1, 1, entry(ada, points));
        endQuarter(cafe);
        if (younger != 0) issue(cafe, 1, 2, entry(ada, younger));
        for (uint256 i; i < 4; ++i) {
            endQuarter(cafe);
        }
        tokenOf(cafe).poke();
        eq(tokenOf(cafe).totalSupply(), younger, "the older have lapsed");
    }

    function vote(uint16 bps) internal {
        vm.prank(board);
        consortium.setBreakageShare(bps, charity);
    }

    /// @dev What so many points have freed: the required share of their par.
    function shareOf(uint256 points) internal view returns (uint256) {
        return (points * PAR * consortium.requiredRatioOf(cafe)) / 10_000;
    }

    function takeOut(uint256 amount) internal {
        vm.prank(ownerFor(cafe));
        clearing.withdraw(cafe, ada, amount);
        vm.prank(ada);
        money.transfer(address(0xdead), amount);
    }

    function cannotShare(uint32 shop) internal {
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NothingToShare.selector, shop));
        clearing.shareBreakage(shop);
    }
}
