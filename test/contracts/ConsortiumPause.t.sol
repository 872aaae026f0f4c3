// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IConsortium} from "../../contracts/interfaces/IConsortium.sol";
import {IIssuance} from "../../contracts/interfaces/IIssuance.sol";
import {ShopPoints} from "../../contracts/ShopPoints.sol";
import {Street} from "./support/Street.sol";

/// @notice The guardian's pause, and the share of breakage that the board names (N-18, N-23).
contract ConsortiumPauseTest is Street {
    uint256 internal constant MEMBER = 0x3e3be4;
    uint32 internal shop;
    uint32 internal charity;

    function setUp() public {
        found();
        shop = openShop(10_000_000);
        charity = openCharity();
    }

    // ---------------------------------------------------------------- the pause

    function test_a_pause_ends_by_itself_after_72_hours() public {
        vm.expectEmit(address(consortium));
        emit IConsortium.IssuingPaused(uint48(NOON + 72 hours));
        pause();
        eq(consortium.pausedUntil(), NOON + 72 hours, "until");
        vm.warp(NOON + 72 hours - 1);
        bytes memory entries = entry(vm.addr(MEMBER), 100);
        bytes memory signature = signedBatch(shop, 1, 0, entries);
        vm.expectRevert(abi.encodeWithSelector(IIssuance.IssuingIsPaused.selector, NOON + 72 hours));
        issuance.issue(shop, 1, 0, entries, signature, "");
        vm.warp(NOON + 72 hours);
        issuance.issue(shop, 1, 0, entries, signature, "");
        eq(tokenOf(shop).balanceOf(vm.addr(MEMBER)), 100, "what was signed meanwhile is issued");
    }

    function test_the_next_pause_waits_14_days() public {
        pause();
        uint48 from = uint48(NOON + 72 hours + 14 days);
        eq(consortium.pauseAllowedFrom(), from, "from");
        tooSoon(from);
        vm.warp(from - 1);
        tooSoon(from);
        vm.warp(from);
        pause();
        eq(consortium.pausedUntil(), from + 72 hours, "again");
    }

    function test_ending_a_pause_early_does_not_allow_another() public {
        vm.prank(guardian);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.NotPaused.selector));
        consortium.resumeIssuing();
        pause();
        vm.warp(NOON + 1 hours);
        vm.expectEmit(address(consortium));
        emit IConsortium.IssuingResumed();
        vm.prank(guardian);
        consortium.resumeIssuing();
        issue(shop, 1, 0, entry(vm.addr(MEMBER), 100));
        vm.prank(guardian);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.NotPaused.selector));
        consortium.resumeIssuing();
        tooSoon(uint48(NOON + 72 hours + 14 days));
    }

    function test_the_board_permits_another_pause_at_once() public {
        pause();
        vm.warp(NOON + 80 hours);
        vm.expectEmit(address(consortium));
        emit IConsortium.PausePermitted();
        vm.prank(board);
        consortium.permitPause();
        eq(consortium.pauseAllowedFrom(), 0, "as if there never had been one");
        pause();
        eq(consortium.pausedUntil(), NOON + 80 hours + 72 hours, "72 hours from then");
        tooSoon(uint48(NOON + 80 hours + 72 hours + 14 days));
    }

    function test_a_pause_stops_issuing_and_nothing_else() public {
        uint32 other = openShop(0);
        issue(shop, 1, 0, entry(vm.addr(MEMBER), 1_000));
        pause();
        redeem(other, 1, payment(MEMBER, other, 1, 0, shop, 400));
        ShopPoints points = tokenOf(shop);
        vm.prank(vm.addr(MEMBER));
        points.transfer(address(0xf1), 100);
        uint32[] memory shops = new uint32[](2);
        (shops[0], shops[1]) = (shop, other);
        clearing.settle(shops);
        vm.prank(ownerFor(other));
        clearing.withdraw(other, ownerFor(other), 400 * PAR);
        vm.prank(ownerFor(other));
        consortium.announceExit(other);
        eq(money.balanceOf(ownerFor(other)), 400 * PAR, "paid out in the pause");
    }

    function test_pausing_and_permitting_are_two_offices() public {
        bytes memory notBoard = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, board);
        bytes memory notGuardian = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, guardian);
        vm.prank(board);
        vm.expectRevert(notBoard);
        consortium.pauseIssuing();
        vm.prank(board);
        vm.expectRevert(notBoard);
        consortium.resumeIssuing();
        vm.prank(guardian);
        vm.expectRevert(notGuardian);
        consortium.permitPause();
        vm.prank(guardian);
        vm.expectRevert(notGuardian);
        consortium.suspend(shop);
    }

    // ---------------------------------------------------------------- the breakage share

    function test_a_breakage_share_is_a_quarter_at_most() public {
        vm.prank(board);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.BreakageShareOutOfBounds.selector, 2_501, 2_500));
        consortium.setBreakageShare(2_501, charity);
        vm.expectEmit(address(consortium));
        emit IConsortium.BreakageShareSet(2_500, charity);
        vm.prank(board);
        consortium.setBreakageShare(2_500, charity);
        eq(consortium.breakageShareOf(shop), 2_500, "of every shop");
        eq(consortium.beneficiary(), charity, "to whom");
    }

    function test_a_breakage_share_goes_to_an_active_shop_that_only_redeems() public {
        notBeneficiary(shop);
        notBeneficiary(0);
        notBeneficiary(99);
        vm.prank(board);
        consortium.suspend(charity);
        notBeneficiary(charity);
        vm.prank(board);
        consortium.setBreakageShare(0, 0);
        eq(consortium.breakageShareOf(shop), 0, "none needs nobody");
    }

    function test_what_waits_of_earlier_shares_goes_to_no_shop_that_issues() public {
        vm.prank(board);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.NotBeneficiary.selector, shop));
        consortium.setBreakageShare(0, shop);
        vm.prank(board);
        consortium.setBreakageShare(0, charity);
        eq(consortium.beneficiary(), charity, "none from now on, and still somebody for the rest");
    }

    // ---------------------------------------------------------------- within

    function pause() internal {
        vm.prank(guardian);
        consortium.pauseIssuing();
    }

    function tooSoon(uint48 from) internal {
        vm.prank(guardian);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.PauseTooSoon.selector, from));
        consortium.pauseIssuing();
    }

    function notBeneficiary(uint32 to) internal {
        vm.prank(board);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.NotBeneficiary.selector, to));
        consortium.setBreakageShare(1, to);
    }
}
