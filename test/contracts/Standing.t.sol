// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {Held, IStanding, Score} from "../../contracts/interfaces/IStanding.sol";
import {Tier} from "../../contracts/libraries/StandingWord.sol";
import {ScoredStreet} from "./support/ScoredStreet.sol";

/// @notice Tiers and badges: bound to their account, and no tier falls without notice (N-19).
contract StandingTest is ScoredStreet {
    address internal constant MEMBER = address(0x3e3b);
    uint256 internal constant NOTICE = 30 days;
    uint32 internal shop;

    function setUp() public {
        foundWithScores();
        shop = openShop(0);
    }

    function _prove(Tier tier) internal returns (uint32) {
        return prove(score(shop, MEMBER, tier));
    }

    function _award(uint128 badges) internal {
        vm.prank(ownerFor(shop));
        standing.award(shop, MEMBER, badges);
    }

    /// @dev Commits the score, and says that proving it is refused.
    function _refused(uint32 run, Score memory one, bytes memory why) internal {
        (, bytes32[] memory proof) = treeOf(beside(one), 0);
        vm.expectRevert(why);
        standing.prove(run, one, proof);
    }

    function _expectTransfer(address from, address to, uint256 id) internal {
        vm.expectEmit(address(standing));
        emit IERC1155.TransferSingle(address(this), from, to, id, 1);
    }

    function _notNewest(uint32 run, uint32 newest) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IStanding.RunNotNewest.selector, run, newest);
    }

    function _balance(Tier tier) internal view returns (uint256) {
        return standing.balanceOf(MEMBER, standing.tierId(shop, tier));
    }

    // ---------------------------------------------------------------- badges by the owner

    function test_only_the_owner_awards_and_nobody_awards_for_the_network() public {
        vm.expectRevert(abi.encodeWithSelector(IStanding.NotShopOwner.selector, shop, address(this)));
        standing.award(shop, MEMBER, 1);
        vm.prank(board);
        vm.expectRevert(abi.encodeWithSelector(IStanding.NotShopOwner.selector, shop, board));
        standing.award(shop, MEMBER, 1);
        vm.prank(ownerFor(shop));
        vm.expectRevert(abi.encodeWithSelector(IStanding.NotShopOwner.selector, 0, ownerFor(shop)));
        standing.award(0, MEMBER, 1);
        vm.prank(address(0));
        vm.expectRevert(abi.encodeWithSelector(IStanding.ShopNotAwarding.selector, 0));
        standing.award(0, MEMBER, 1);
    }

    function test_a_shop_that_is_not_active_awards_nothing() public {
        vm.prank(board);
        consortium.suspend(shop);
        vm.prank(ownerFor(shop));
        vm.expectRevert(abi.encodeWithSelector(IStanding.ShopNotAwarding.selector, shop));
        standing.award(shop, MEMBER, 1);
    }

    function test_nobody_is_given_no_badge() public {
        vm.prank(ownerFor(shop));
        vm.expectRevert(abi.encodeWithSelector(IStanding.NoMember.selector));
        standing.award(shop, address(0), 1);
    }

    function test_badges_that_are_held_are_not_given_again() public {
        _award(6);
        vm.prank(ownerFor(shop));
        vm.expectRevert(abi.encodeWithSelector(IStanding.NoNewBadge.selector, shop, MEMBER, 4));
        standing.award(shop, MEMBER, 4);
        vm.prank(ownerFor(shop));
        vm.expectRevert(abi.encodeWithSelector(IStanding.NoNewBadge.selector, shop, MEMBER, 0));
        standing.award(shop, MEMBER, 0);
    }

    function test_one_badge_is_announced_alone_and_several_together() public {
        address owner = ownerFor(shop);
        vm.expectEmit(address(standing));
        emit IERC1155.TransferSingle(owner, address(0), MEMBER, standing.badgeId(shop, 127), 1);
        _award(1 << 127);
        uint256[] memory ids = new uint256[](2);
        uint256[] memory ones = new uint256[](2);
        (ids[0], ids[1], ones[0], ones[1]) = (standing.badgeId(shop, 0), standing.badgeId(shop, 9), 1, 1);
        vm.expectEmit(address(standing));
        emit IERC1155.TransferBatch(owner, address(0), MEMBER, ids, ones);
        _award((1 << 127) | (1 << 9) | 1);
        ok(standing.holdsBadge(shop, MEMBER, 127) && standing.holdsBadge(shop, MEMBER, 9), "held");
        ok(!standing.holdsBadge(shop, MEMBER, 8) && !standing.holdsBadge(0, MEMBER, 9), "and no other");
    }

    function test_a_badge_leaves_the_rest_of_the_standing_alone() public {
        prove(score(shop, MEMBER, Tier.Gold, 2));
        uint32 run = _prove(Tier.Silver);
        vm.warp(NOON + 1 days);
        _award(1);
        Held memory now_ = held(shop, MEMBER);
        ok(now_.tier == Tier.Gold && now_.next == Tier.Silver, "tiers");
        ok(now_.since == NOON && now_.until == NOON + NOTICE, "dates");
        ok(now_.badges == 3 && now_.run == run, "badges and run");
    }

    // ---------------------------------------------------------------- what is no proof

    function test_a_run_that_nobody_committed_proves_nothing() public {
        _refused(1, score(shop, MEMBER, Tier.Gold), abi.encodeWithSelector(IStanding.UnknownRun.selector, 1));
    }

    function test_a_run_speaks_for_30_days() public {
        Score memory one = score(shop, MEMBER, Tier.Gold);
        uint32 run = commit(beside(one));
        vm.warp(NOON + 30 days + 1);
        _refused(run, one, abi.encodeWithSelector(IStanding.RunTooOld.selector, run, NOON));
        vm.warp(NOON + 30 days);
        proveIn(run, beside(one), 0);
        ok(held(shop, MEMBER).tier == Tier.Gold, "in its last second");
    }

    function testFuzz_a_score_that_differs_anywhere_is_not_in_the_run(uint256 seed) public {
        Score memory one = score(shop, MEMBER, Tier.Silver, 5);
        uint32 run = commit(beside(one));
        (, bytes32[] memory proof) = treeOf(beside(one), 0);
        uint256 field = seed % 7;
        uint256 by = within(seed >> 8, 1, 3);
        if (field == 0) one.shop ^= uint32(by);
        else if (field == 1) one.member = address(uint160(one.member) ^ uint160(by));
        else if (field == 2) one.tier ^= uint8(by);
        else if (field == 3) one.badges ^= uint128(by);
        else if (field == 4) one.alivePpm ^= uint32(by);
        else if (field == 5) one.purchasesMillionths ^= uint64(by);
        else one.valueMinor ^= uint64(by);
        vm.expectRevert(abi.encodeWithSelector(IStanding.NotInRun.selector, run, leafOf(one)));
        standing.prove(run, one, proof);
    }

    function test_a_proof_that_is_cut_or_lengthened_is_none() public {
        Score memory one = score(shop, MEMBER, Tier.Silver);
        uint32 run = commit(beside(one));
        vm.expectRevert(abi.encodeWithSelector(IStanding.NotInRun.selector, run, leafOf(one)));
        standing.prove(run, one, new bytes32[](0));
        vm.expectRevert(abi.encodeWithSelector(IStanding.NotInRun.selector, run, leafOf(one)));
        standing.prove(run, one, new bytes32[](2));
    }

    function test_a_run_that_names_nobody_no_tier_or_no_shop_changes_nothing() public {
        Score memory nobody = score(shop, address(0), Tier.Gold);
        uint32 run = commit(beside(nobody));
        _refused(run, nobody, abi.encodeWithSelector(IStanding.NoMember.selector));
        Score memory platinum = score(shop, MEMBER, Tier.Gold);
        platinum.tier = 4;
        run = commit(beside(platinum));
        _refused(run, platinum, abi.encodeWithSelector(IStanding.UnknownTier.selector, 4));
        Score memory nowhere = score(shop + 1, MEMBER, Tier.Gold);
        run = commit(beside(nowhere));
        _refused(run, nowhere, abi.encodeWithSelector(IStanding.UnknownShop.selector, shop + 1));
    }

    function test_each_score_has_its_effect_once_and_none_after_a_later_one() public {
        Score memory silver = score(shop, MEMBER, Tier.Silver);
        uint32 first = commit(beside(silver));
        uint32 second = _prove(Tier.Bronze);
        _refused(second, score(shop, MEMBER, Tier.Bronze), _superseded(second, second));
        _refused(first, silver, _superseded(first, second));
        // Other shops and other members are not concerned.
        uint32 third = commit(beside(score(0, MEMBER, Tier.Silver)));
        proveIn(third, beside(score(0, MEMBER, Tier.Silver)), 0);
        ok(held(0, MEMBER).tier == Tier.Silver && held(shop, MEMBER).tier == Tier.Bronze, "each for itself");
        proveIn(third, beside(score(0, MEMBER, Tier.Silver)), 1);
    }

    function _superseded(uint32 run, uint32 proved) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IStanding.ScoreSuperseded.selector, run, proved);
    }

    // ---------------------------------------------------------------- upwards, at once

    function test_a_higher_tier_is_there_at_once_whoever_proves_it() public {
        _prove(Tier.Bronze);
        vm.warp(NOON + 1 days);
        Score[] memory scores = beside(score(shop, MEMBER, Tier.Gold));
        uint32 run = commit(scores);
        _expectTransfer(MEMBER, address(0), standing.tierId(shop, Tier.Bronze));
        _expectTransfer(address(0), MEMBER, standing.tierId(shop, Tier.Gold));
        vm.expectEmit(address(standing));
        emit IStanding.ScoreProved(run, shop, MEMBER, Tier.Gold);
        proveIn(run, scores, 0);
        Held memory now_ = held(shop, MEMBER);
        ok(now_.tier == Tier.Gold && standing.tierOf(shop, MEMBER) == Tier.Gold, "tier");
        ok(now_.since == NOON + 1 days && now_.until == 0 && now_.run == run, "since now, no end in sight");
    }

    function test_an_older_run_may_still_raise() public {
        Score[] memory gold = beside(score(shop, MEMBER, Tier.Gold));
        uint32 run = commit(gold);
        commit(beside(score(shop, MEMBER, Tier.Bronze)));
        proveIn(run, gold, 0);
        ok(held(shop, MEMBER).tier == Tier.Gold, "earned then, given now");
    }

    function test_a_raise_withdraws_a_notice() public {
        _prove(Tier.Silver);
        _prove(Tier.Bronze);
        Score[] memory gold = beside(score(shop, MEMBER, Tier.Gold));
        uint32 run = commit(gold);
        vm.expectEmit(address(standing));
        emit IStanding.NoticeWithdrawn(shop, MEMBER);
        proveIn(run, gold, 0);
        Held memory now_ = held(shop, MEMBER);
        ok(now_.tier == Tier.Gold && now_.until == 0 && now_.next == Tier.None, "no notice");
    }

    function test_the_same_tier_withdraws_a_notice_and_keeps_the_date_it_is_held_since() public {
        _prove(Tier.Silver);
        _prove(Tier.Bronze);
        vm.warp(NOON + 10 days);
        uint32 run = _prove(Tier.Silver);
        Held memory now_ = held(shop, MEMBER);
        ok(now_.tier == Tier.Silver && now_.until == 0 && now_.next == Tier.None, "no notice");
        ok(now_.since == NOON && now_.run == run, "since");
        vm.expectRevert(abi.encodeWithSelector(IStanding.NothingNoticed.selector, shop, MEMBER));
        standing.lower(shop, MEMBER);
    }

    function test_a_score_gives_badges_and_takes_none() public {
        _award(8);
        prove(score(shop, MEMBER, Tier.None, 1));
        prove(score(shop, MEMBER, Tier.None, 3));
        eq(held(shop, MEMBER).badges, 11, "all that were ever given");
        prove(score(0, MEMBER, Tier.None, 4));
        eq(standing.balanceOf(MEMBER, standing.badgeId(0, 2)), 1, "the network's by proof");
    }

    // ---------------------------------------------------------------- downwards, with notice

    function test_a_lower_tier_changes_nothing_for_30_days() public {
        _prove(Tier.Gold);
        vm.warp(NOON + 3 days);
        Score[] memory none = beside(score(shop, MEMBER, Tier.None));
        uint32 run = commit(none);
        vm.expectEmit(address(standing));
        emit IStanding.DowngradeNoticed(shop, MEMBER, Tier.None, uint40(NOON + 33 days));
        proveIn(run, none, 0);
        Held memory now_ = held(shop, MEMBER);
        ok(now_.tier == Tier.Gold && now_.next == Tier.None, "still gold");
        ok(now_.since == NOON && now_.until == NOON + 33 days, "dates");
        eq(_balance(Tier.Gold), 1, "balance");
    }

    function test_only_the_newest_run_may_lower() public {
        _prove(Tier.Gold);
        Score[] memory bronze = beside(score(shop, MEMBER, Tier.Bronze));
        uint32 run = commit(bronze);
        commit(beside(score(shop, MEMBER, Tier.Gold)));
        _refused(run, bronze[0], _notNewest(run, run + 1));
    }

    function test_a_notice_keeps_its_date_unless_the_fall_is_deeper() public {
        _prove(Tier.Gold);
        _prove(Tier.Silver);
        vm.warp(NOON + 10 days);
        _prove(Tier.Silver);
        eq(held(shop, MEMBER).until, NOON + NOTICE, "the same again");
        _prove(Tier.Bronze);
        ok(held(shop, MEMBER).next == Tier.Bronze, "deeper");
        eq(held(shop, MEMBER).until, NOON + 10 days + NOTICE, "30 days of its own");
        vm.warp(NOON + 20 days);
        _prove(Tier.Silver);
        ok(held(shop, MEMBER).next == Tier.Silver, "less deep");
        eq(held(shop, MEMBER).until, NOON + 10 days + NOTICE, "the date that was told");
    }

    function testFuzz_a_tier_falls_to_the_second(uint40 noticedAfter, uint32 later) public {
        _prove(Tier.Silver);
        vm.warp(NOON + within(noticedAfter, 0, 3650 days));
        uint256 noticedAt = block.timestamp;
        _prove(Tier.Bronze);
        vm.warp(noticedAt + (later % 4 == 0 ? NOTICE - 1 : within(later, 0, NOTICE - 1)));
        vm.expectRevert(
            abi.encodeWithSelector(IStanding.NoticeStillRuns.selector, shop, MEMBER, uint40(noticedAt + NOTICE))
        );
        standing.lower(shop, MEMBER);
        eq(_balance(Tier.Silver), 1, "held to the last second");
        vm.warp(noticedAt + NOTICE + (later % 2 == 0 ? 0 : later));
        eq(_balance(Tier.Silver), 1, "nothing changes by time alone");
        _expectTransfer(MEMBER, address(0), standing.tierId(shop, Tier.Silver));
        _expectTransfer(address(0), MEMBER, standing.tierId(shop, Tier.Bronze));
        standing.lower(shop, MEMBER);
        Held memory now_ = held(shop, MEMBER);
        ok(now_.tier == Tier.Bronze && now_.since == block.timestamp, "since now");
        ok(now_.until == 0 && now_.next == Tier.None, "no notice left");
    }

    function test_lowering_is_done_once_and_to_none_leaves_none() public {
        vm.expectRevert(abi.encodeWithSelector(IStanding.NothingNoticed.selector, shop, MEMBER));
        standing.lower(shop, MEMBER);
        _prove(Tier.Bronze);
        _prove(Tier.None);
        vm.warp(NOON + NOTICE);
        standing.lower(shop, MEMBER);
        eq(_balance(Tier.Bronze), 0, "gone");
        vm.expectRevert(abi.encodeWithSelector(IStanding.NothingNoticed.selector, shop, MEMBER));
        standing.lower(shop, MEMBER);
    }

    function test_a_notice_that_has_run_comes_before_the_score() public {
        _prove(Tier.Gold);
        _prove(Tier.Silver);
        vm.warp(NOON + NOTICE);
        Score[] memory bronze = beside(score(shop, MEMBER, Tier.Bronze));
        uint32 run = commit(bronze);
        _expectTransfer(MEMBER, address(0), standing.tierId(shop, Tier.Gold));
        _expectTransfer(address(0), MEMBER, standing.tierId(shop, Tier.Silver));
        proveIn(run, bronze, 0);
        Held memory now_ = held(shop, MEMBER);
        ok(now_.tier == Tier.Silver && now_.next == Tier.Bronze, "silver, and bronze noticed");
        eq(now_.until, NOON + 2 * NOTICE, "30 days of its own");
        vm.warp(NOON + 2 * NOTICE);
        _prove(Tier.Gold);
        ok(held(shop, MEMBER).tier == Tier.Gold && held(shop, MEMBER).until == 0, "bronze, and at once gold");
    }

    // ---------------------------------------------------------------- as an ERC-1155

    function test_nothing_is_ever_sent_or_allowed() public {
        _prove(Tier.Gold);
        uint256 id = standing.tierId(shop, Tier.Gold);
        uint256[] memory ids = new uint256[](1);
        uint256[] memory ones = new uint256[](1);
        (ids[0], ones[0]) = (id, 1);
        bytes memory bound = abi.encodeWithSelector(IStanding.Soulbound.selector);
        vm.prank(MEMBER);
        vm.expectRevert(bound);
        standing.safeTransferFrom(MEMBER, address(this), id, 1, "");
        vm.prank(MEMBER);
        vm.expectRevert(bound);
        standing.safeBatchTransferFrom(MEMBER, address(this), ids, ones, "");
        vm.prank(MEMBER);
        vm.expectRevert(bound);
        standing.setApprovalForAll(address(this), true);
        ok(!standing.isApprovedForAll(MEMBER, address(this)) && !standing.isApprovedForAll(MEMBER, MEMBER), "nobody");
        ok(standing.locked(id) && standing.locked(0) && standing.locked(type(uint256).max), "locked");
    }

    function test_balances_of_many() public {
        prove(score(shop, MEMBER, Tier.Gold, 2));
        address[] memory who = new address[](4);
        uint256[] memory ids = new uint256[](4);
        (who[0], who[1], who[2], who[3]) = (MEMBER, MEMBER, MEMBER, address(this));
        (ids[0], ids[1]) = (standing.tierId(shop, Tier.Gold), standing.tierId(shop, Tier.Silver));
        (ids[2], ids[3]) = (standing.badgeId(shop, 1), standing.tierId(shop, Tier.Gold));
        uint256[] memory balances = standing.balanceOfBatch(who, ids);
        ok(balances[0] == 1 && balances[1] == 0 && balances[2] == 1 && balances[3] == 0, "each");
        vm.expectRevert(abi.encodeWithSignature("ERC1155InvalidArrayLength(uint256,uint256)", 4, 3));
        standing.balanceOfBatch(new address[](3), ids);
    }

    function test_what_is_no_id_has_no_balance_and_no_metadata() public {
        prove(score(shop, MEMBER, Tier.Gold, type(uint128).max));
        prove(score(0, MEMBER, Tier.Gold, type(uint128).max));
        uint256 place = uint256(shop) << 16;
        uint256[8] memory ids = [
            place | 3,
            place | (1 << 8),
            place | (1 << 8) | 4,
            place | (2 << 8) | 128,
            place | (3 << 8) | 1,
            place | (0x12 << 8) | 1,
            (1 << 48) | place | (1 << 8) | 3,
            (1 << 255) | (1 << 8) | 3
        ];
        for (uint256 i; i < ids.length; ++i) {
            eq(standing.balanceOf(MEMBER, ids[i]), 0, "balance");
            eq(bytes(standing.uri(ids[i])).length, 0, "metadata");
        }
        eq(standing.balanceOf(MEMBER, place | (1 << 8) | 3), 1, "gold");
        eq(standing.balanceOf(MEMBER, place | (2 << 8) | 127), 1, "the last badge");
    }

    function test_what_it_says_it_is() public view {
        ok(standing.supportsInterface(0x01ffc9a7), "ERC-165");
        ok(standing.supportsInterface(0xd9b67a26), "ERC-1155");
        ok(standing.supportsInterface(0x0e89341c), "its metadata");
        ok(standing.supportsInterface(0xb45a3c0e), "locked");
        ok(!standing.supportsInterface(0xffffffff) && !standing.supportsInterface(0x80ac58cd), "nothing else");
    }
}
