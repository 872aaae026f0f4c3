// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IRewards, Offer} from "../../contracts/interfaces/IRewards.sol";
import {ShopStatus} from "../../contracts/libraries/ShopWord.sol";
import {Tier} from "../../contracts/libraries/StandingWord.sol";
import {RewardStreet} from "./support/RewardStreet.sol";
import {TwoShops} from "./support/TwoShops.sol";

/// @notice Offering rewards, and ending their sale.
contract RewardsOfferTest is RewardStreet, TwoShops {
    function setUp() public override {
        foundShops(10_000 * PAR, 10_000 * PAR);
        issue(cafe, 1, 1, entry(ada, 1_000));
    }

    // ---------------------------------------------------------------- offering

    function test_an_offer_stands_as_it_was_made_and_is_numbered_by_shop() public {
        Offer memory what = Offer(cafe, 100, 20, 3, uint48(NOON + 1), uint48(NOON + 9), Tier.Silver, books, true);
        uint256 reward = (uint256(cafe) << 32) | 1;
        vm.expectEmit(address(rewards));
        emit IRewards.Offered(reward, cafe, what, CONTENT);
        eq(offered(what), reward, "the first of the cafe");
        ok(keccak256(abi.encode(rewards.offerOf(reward))) == keccak256(abi.encode(what)), "as made");
        eq(offered(cafe, 1, 1), reward + 1, "the second");
        eq(offered(books, 1, 1), (uint256(books) << 32) | 1, "the books count for themselves");
        (uint32 sold, uint32 unused, bool cancelled, bool lapsed) = rewards.stateOf(reward);
        ok(sold == 0 && unused == 0 && !cancelled && !lapsed, "nothing happened yet");
        Offer memory none = rewards.offerOf(reward + 2);
        ok(none.shop == 0 && none.price == 0 && none.stock == 0, "zeros where there is none");
    }

    function test_only_the_owner_offers_and_cancels() public {
        Offer memory what = offering(cafe, 1, 1);
        vm.prank(ownerFor(books));
        vm.expectRevert(abi.encodeWithSelector(IRewards.NotShopOwner.selector, cafe, ownerFor(books)));
        rewards.offer(what, CONTENT);
        uint256 reward = offered(what);
        vm.prank(ownerFor(books));
        vm.expectRevert(abi.encodeWithSelector(IRewards.NotShopOwner.selector, cafe, ownerFor(books)));
        rewards.cancelOffer(reward);
        what.shop = 0;
        vm.expectRevert(abi.encodeWithSelector(IRewards.NotShopOwner.selector, 0, address(this)));
        rewards.offer(what, CONTENT);
    }

    function test_a_shop_that_is_not_active_or_only_redeems_offers_nothing() public {
        vm.prank(board);
        consortium.suspend(cafe);
        Offer memory what = offering(cafe, 1, 1);
        vm.prank(ownerFor(cafe));
        vm.expectRevert(abi.encodeWithSelector(IRewards.ShopNotOffering.selector, cafe, ShopStatus.Suspended));
        rewards.offer(what, CONTENT);
        address owner = ownerFor(3);
        vm.prank(owner);
        what.shop = consortium.applyToJoin();
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IRewards.ShopNotOffering.selector, 3, ShopStatus.Applied));
        rewards.offer(what, CONTENT);
        vm.prank(board);
        consortium.admit(3, true);
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IRewards.ShopNotOffering.selector, 3, ShopStatus.Active));
        rewards.offer(what, CONTENT);
    }

    function test_an_offer_needs_a_price_a_stock_a_time_to_come_and_room() public {
        _bad(0, 1, NOON, NOON + 1);
        _bad(1, 0, NOON, NOON + 1);
        _bad(1, 1, NOON + 5, NOON + 5);
        _bad(1, 1, NOON - 5, NOON);
        _bad(2 ** 47, 2, NOON, NOON + 1);
        _bad(2 ** 24, 2 ** 24, NOON, NOON + 1);
        offered(Offer(cafe, 2 ** 24, 2 ** 24 - 1, 0, uint48(NOON), uint48(NOON + 1), Tier.None, 0, false));
        offered(Offer(cafe, 2 ** 48 - 1, 1, 0, uint48(NOON), uint48(NOON + 1), Tier.None, 0, false));
    }

    function test_a_cancelled_reward_is_cancelled_once_and_sold_no_more() public {
        uint256 reward = offered(cafe, 100, 5);
        vm.expectRevert(abi.encodeWithSelector(IRewards.UnknownReward.selector, reward + 1));
        rewards.cancelOffer(reward + 1);
        vm.expectEmit(address(rewards));
        emit IRewards.OfferCancelled(reward);
        cancel(reward);
        vm.prank(ownerFor(cafe));
        vm.expectRevert(abi.encodeWithSelector(IRewards.RewardCancelled.selector, reward));
        rewards.cancelOffer(reward);
        refused(ownPurchase(ADA, reward, 1, 1), abi.encodeWithSelector(IRewards.RewardCancelled.selector, reward));
    }

    // ---------------------------------------------------------------- in short

    function _bad(uint256 price, uint256 stock, uint256 opensAt, uint256 closesAt) private {
        Offer memory what = offering(cafe, price, stock);
        (what.opensAt, what.closesAt) = (uint48(opensAt), uint48(closesAt));
        vm.prank(ownerFor(cafe));
        vm.expectRevert(abi.encodeWithSelector(IRewards.BadOffer.selector, price, stock, opensAt, closesAt));
        rewards.offer(what, CONTENT);
    }
}
