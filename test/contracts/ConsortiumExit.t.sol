// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IConsortium, IssuerMode} from "../../contracts/interfaces/IConsortium.sol";
import {Line} from "../../contracts/interfaces/IRedemptions.sol";
import {Offer, Purchase} from "../../contracts/interfaces/IRewards.sol";
import {IShopPoints} from "../../contracts/interfaces/IShopPoints.sol";
import {ShopStatus} from "../../contracts/libraries/ShopWord.sol";
import {Tier} from "../../contracts/libraries/StandingWord.sol";
import {VoucherTerms} from "./support/VoucherTerms.sol";

/// @notice Every edge between a shop's statuses, and the way out (N-17).
contract ConsortiumExitTest is VoucherTerms {
    uint256 internal constant REFUNDS = 30 days;
    uint256 internal constant MEMBER = 0x3e3be4;
    /// @dev As many as there are acts below, and statuses above.
    uint256 internal constant ACTS = 7;
    uint256 internal constant STATUSES = 8;

    function setUp() public {
        found();
    }

    // ---------------------------------------------------------------- the edges

    function test_a_shop_takes_exactly_the_edges_that_the_rules_name() public {
        uint256 taken;
        for (uint256 from; from < STATUSES; ++from) {
            for (uint256 what; what < ACTS; ++what) {
                uint32 shop = shopIn(ShopStatus(from));
                ok(consortium.shopOf(shop).status == ShopStatus(from), "brought there");
                ShopStatus wanted = edge(ShopStatus(from), what);
                (bool done, bytes memory answer) = attempt(shop, what);
                ok(done == (wanted != ShopStatus.None), "taken just where there is an edge");
                ShopStatus now_ = consortium.shopOf(shop).status;
                if (done) {
                    ok(now_ == wanted, "to where the rule says");
                    ++taken;
                } else {
                    ok(now_ == ShopStatus(from), "nothing changes");
                    refusedAs(answer, shop, ShopStatus(from));
                }
            }
        }
        eq(taken, 10, "edges");
    }

    /// @dev N-17, written down once more.
    function edge(ShopStatus from, uint256 what) internal pure returns (ShopStatus) {
        if (from == ShopStatus.Applied && what == 0) return ShopStatus.Active;
        if (from == ShopStatus.Applied && what == 1) return ShopStatus.Withdrawn;
        if (from == ShopStatus.Active && what == 2) return ShopStatus.Suspended;
        if (from == ShopStatus.Suspended && what == 3) return ShopStatus.Active;
        if (from == ShopStatus.Active && what == 4) return ShopStatus.Exiting;
        if (from == ShopStatus.Suspended && what == 4) return ShopStatus.Exiting;
        if (from == ShopStatus.Exiting && what == 5) return ShopStatus.Exited;
        if (from == ShopStatus.Active && what == 6) return ShopStatus.Defaulted;
        if (from == ShopStatus.Suspended && what == 6) return ShopStatus.Defaulted;
        if (from == ShopStatus.Exiting && what == 6) return ShopStatus.Defaulted;
        return ShopStatus.None;
    }

    function attempt(uint32 shop, uint256 what) internal returns (bool, bytes memory) {
        if (what == 0) return does(board, abi.encodeCall(consortium.admit, (shop, false)));
        if (what == 1) return does(consortium.ownerOf(shop), abi.encodeCall(consortium.withdrawApplication, (shop)));
        if (what == 2) return does(board, abi.encodeCall(consortium.suspend, (shop)));
        if (what == 3) return does(board, abi.encodeCall(consortium.reinstate, (shop)));
        if (what == 4) return does(consortium.ownerOf(shop), abi.encodeCall(consortium.announceExit, (shop)));
        if (what == 5) {
            vm.warp(block.timestamp + REFUNDS + 1);
            return does(address(this), abi.encodeCall(consortium.finishExit, (shop)));
        }
        return does(address(clearing), abi.encodeCall(consortium.markDefaulted, (shop)));
    }

    function shopIn(ShopStatus status) internal returns (uint32 shop) {
        if (status == ShopStatus.None) return consortium.shopCount() + 1;
        address owner = ownerFor(consortium.shopCount() + 1);
        vm.prank(owner);
        shop = consortium.applyToJoin();
        if (status == ShopStatus.Applied) return shop;
        if (status == ShopStatus.Withdrawn) {
            must(owner, abi.encodeCall(consortium.withdrawApplication, (shop)));
            return shop;
        }
        must(board, abi.encodeCall(consortium.admit, (shop, false)));
        if (status == ShopStatus.Suspended) must(board, abi.encodeCall(consortium.suspend, (shop)));
        if (status == ShopStatus.Exiting || status == ShopStatus.Exited) {
            must(owner, abi.encodeCall(consortium.announceExit, (shop)));
        }
        if (status == ShopStatus.Exited) {
            vm.warp(block.timestamp + REFUNDS + 1);
            must(owner, abi.encodeCall(consortium.finishExit, (shop)));
        }
        if (status == ShopStatus.Defaulted) {
            must(address(clearing), abi.encodeCall(consortium.markDefaulted, (shop)));
        }
    }

    /// @dev A shop that is none has no owner either: its caller is the zero address, and passes for it.
    function refusedAs(bytes memory answer, uint32 shop, ShopStatus from) internal pure {
        bytes memory wanted = abi.encodeWithSelector(IConsortium.WrongStatus.selector, shop, from);
        ok(keccak256(answer) == keccak256(wanted), "because of its status");
    }

    // ---------------------------------------------------------------- announcing

    function test_an_exit_needs_no_money_and_fixes_the_terms_of_its_moment() public {
        uint32 charity = openCharity();
        uint32 shop = openShop(0);
        vm.prank(board);
        consortium.setBreakageShare(1_000, charity);
        vm.warp(NOON + 400 days);
        eq(consortium.requiredRatioOf(shop), RATIO, "settled");
        vm.expectEmit(address(consortium));
        emit IConsortium.ExitAnnounced(shop, uint48(block.timestamp + 30 days));
        vm.prank(ownerFor(shop));
        consortium.announceExit(shop);
        eq(consortium.requiredRatioOf(shop), 10_000, "all of it");
        ok(consortium.modeOf(shop) == IssuerMode.Exiting, "its points are redeemed as those of a leaving shop");
        eq(consortium.leavingOf(shop).exitAnnouncedAt, block.timestamp, "since now");
        vm.prank(board);
        consortium.setBreakageShare(2_500, charity);
        eq(consortium.breakageShareOf(shop), 1_000, "as when it announced");
        eq(consortium.leavingOf(shop).breakageShareBps, 1_000, "for anyone to see");
        eq(consortium.breakageShareAt(shop, uint48(NOON - 1)), 0, "before there was any");
        eq(consortium.breakageShareAt(shop, uint48(NOON)), 1_000, "and before it left");
    }

    function test_nobody_refuses_an_exit_not_even_of_a_suspended_shop() public {
        uint32 shop = openShop(0);
        vm.prank(board);
        consortium.suspend(shop);
        vm.prank(ownerFor(shop));
        consortium.announceExit(shop);
        ok(consortium.shopOf(shop).status == ShopStatus.Exiting, "leaving");
        vm.prank(board);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.WrongStatus.selector, shop, ShopStatus.Exiting));
        consortium.reinstate(shop);
    }

    // ---------------------------------------------------------------- finishing

    function test_an_exit_waits_until_the_last_payment_is_past_undoing() public {
        uint32 shop = openShop(0);
        vm.prank(ownerFor(shop));
        consortium.announceExit(shop);
        uint256 until = block.timestamp + REFUNDS;
        vm.warp(until);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.RefundsPossible.selector, shop, until));
        consortium.finishExit(shop);
        vm.warp(until + 1);
        vm.expectEmit(address(consortium));
        emit IConsortium.ShopStatusChanged(shop, ShopStatus.Exiting, ShopStatus.Exited);
        consortium.finishExit(shop);
        ok(consortium.shopOf(shop).status == ShopStatus.Exited, "gone");
    }

    function test_an_exit_waits_for_every_point_and_the_window_of_its_last_payment() public {
        uint32 shop = openShop(10_000_000);
        uint32 other = openShop(0);
        issue(shop, 1, 0, entry(vm.addr(MEMBER), 500));
        vm.prank(ownerFor(shop));
        consortium.announceExit(shop);
        vm.warp(block.timestamp + REFUNDS + 1);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.PointsOutstanding.selector, shop, 500));
        consortium.finishExit(shop);
        redeem(other, 1, payment(MEMBER, other, 1, 0, shop, 500));
        uint256 until = block.timestamp + REFUNDS;
        vm.expectRevert(abi.encodeWithSelector(IConsortium.RefundsPossible.selector, shop, until));
        consortium.finishExit(shop);
        vm.warp(until + 1);
        consortium.finishExit(shop);
        // What is left is the owner's, all of it.
        uint256 left = clearing.freeReserveOf(shop);
        eq(left, 10_000_000 - 500 * PAR, "nothing is kept back");
        vm.prank(ownerFor(shop));
        clearing.withdraw(shop, ownerFor(shop), left);
        eq(money.balanceOf(ownerFor(shop)), left, "withdrawn");
    }

    function test_an_exit_waits_for_every_voucher() public {
        uint32 shop = openShop(10_000_000);
        issue(shop, 1, 0, entry(vm.addr(MEMBER), 500));
        uint256 reward = sellVoucher(shop, 500);
        vm.prank(ownerFor(shop));
        consortium.announceExit(shop);
        vm.warp(block.timestamp + REFUNDS + 1);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.VouchersOutstanding.selector, shop, 500 * PAR));
        consortium.finishExit(shop);
        // Anyone gives them back while the shop leaves; as points they are still there.
        address[] memory holders = new address[](1);
        holders[0] = vm.addr(MEMBER);
        rewards.giveBackAll(reward, holders);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.PointsOutstanding.selector, shop, 500));
        consortium.finishExit(shop);
    }

    // ---------------------------------------------------------------- a default

    function test_a_default_stops_the_token_for_ever() public {
        uint32 shop = openShop(10_000_000);
        issue(shop, 1, 0, entry(vm.addr(MEMBER), 500));
        vm.prank(address(clearing));
        consortium.markDefaulted(shop);
        ok(consortium.modeOf(shop) == IssuerMode.Defaulted, "its points have a price now");
        eq(consortium.requiredRatioOf(shop), 10_000, "and all of its money is theirs");
        IShopPoints points = tokenOf(shop);
        vm.warp(block.timestamp + 80 days);
        vm.prank(ownerFor(shop));
        vm.expectRevert(abi.encodeWithSelector(IShopPoints.ClockStopped.selector));
        points.postNotice(keccak256("the quarter ends"));
        vm.prank(address(clearing));
        vm.expectRevert(abi.encodeWithSelector(IConsortium.WrongStatus.selector, shop, ShopStatus.Defaulted));
        consortium.markDefaulted(shop);
    }

    // ---------------------------------------------------------------- within

    /// @dev The member buys the only voucher of a reward that is sold for another month.
    function sellVoucher(uint32 shop, uint48 price) internal returns (uint256 reward) {
        (uint48 from, uint48 until) = (uint48(block.timestamp), uint48(block.timestamp + 30 days));
        Offer memory offer = Offer(shop, price, 1, 0, from, until, Tier.None, 0, false);
        vm.prank(ownerFor(shop));
        reward = rewards.offer(offer, keccak256("a free coffee"));
        Line[] memory lines = new Line[](1);
        lines[0] = Line(address(tokenOf(shop)), price);
        Purchase[] memory purchases = new Purchase[](1);
        purchases[0] = Purchase(vm.addr(MEMBER), reward, 1, 7, until, lines, "");
        sign(MEMBER, purchases[0]);
        rewards.buy(purchases);
        eq(rewards.outstandingOf(shop), price * PAR, "bought");
    }

    function does(address who, bytes memory call) internal returns (bool, bytes memory) {
        vm.prank(who);
        return address(consortium).call(call);
    }

    function must(address who, bytes memory call) internal {
        (bool done, ) = does(who, call);
        ok(done, "a step on the way");
    }
}
