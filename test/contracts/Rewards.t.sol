// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC1155MetadataURI} from "@openzeppelin/contracts/token/ERC1155/extensions/IERC1155MetadataURI.sol";
import {Line} from "../../contracts/interfaces/IRedemptions.sol";
import {IRewards, Offer, Purchase} from "../../contracts/interfaces/IRewards.sol";
import {Lanes} from "../../contracts/libraries/Lanes.sol";
import {ShopStatus} from "../../contracts/libraries/ShopWord.sol";
import {Tier} from "../../contracts/libraries/StandingWord.sol";
import {RewardStreet} from "./support/RewardStreet.sol";
import {ScoredStreet} from "./support/ScoredStreet.sol";
import {AgreeingAccount} from "./support/Signers.sol";
import {TwoShops} from "./support/TwoShops.sol";

/// @notice Buying vouchers (N-16).
contract RewardsTest is RewardStreet, ScoredStreet, TwoShops {
    function setUp() public override {
        foundWithScores();
        openAndSell();
    }

    // ---------------------------------------------------------------- a purchase that stands

    function test_of_what_was_never_offered_nobody_holds_any() public view {
        eq(rewards.balanceOf(ada, (uint256(cafe) << 32) | 77), 0, "none");
    }

    function test_vouchers_are_bought_with_points_of_any_shops_whose_value_waits_in_the_house() public {
        uint256 reward = offered(cafe, 200, 5);
        Line[] memory lines = two(cafe, 300, books, 100);
        Lanes[] memory lanes = new Lanes[](2);
        bool cafeFirst = lines[0].token == address(tokenOf(cafe));
        (lanes[0], lanes[1]) = cafeFirst ? (Lanes.wrap(300), Lanes.wrap(100)) : (Lanes.wrap(100), Lanes.wrap(300));
        vm.expectEmit(address(rewards));
        emit IERC1155.TransferSingle(address(rewards), address(0), ada, reward, 2);
        vm.expectEmit(address(rewards));
        emit IRewards.VouchersBought(reward, ada, 2, 77, lines, lanes);
        buy(purchase(ADA, reward, 2, 77, lines));
        eq(rewards.balanceOf(ada, reward), 2, "vouchers");
        eq(tokenOf(cafe).balanceOf(ada), 700, "burned");
        eq(tokenOf(books).balanceOf(ada), 200, "burned");
        ok(netOf(cafe) == -300 * int256(PAR) && netOf(books) == -100 * int256(PAR), "every line moves, the own too");
        housed(400 * PAR);
        eq(rewards.outstandingOf(cafe), 400 * PAR, "for the shop that offers");
        eq(rewards.boughtBy(reward, ada), 2, "counted");
        ok(rewards.nonceUsed(ada, 77) && !rewards.nonceUsed(ada, 76), "the number is used");
        (uint32 sold, uint32 unused, , ) = rewards.stateOf(reward);
        ok(sold == 2 && unused == 2, "counted");
    }

    function test_an_account_contract_buys_by_its_own_answer() public {
        AgreeingAccount account = new BuyingAccount();
        issue(cafe, 1, 9, entry(address(account), 100));
        uint256 reward = offered(cafe, 100, 5);
        Purchase memory what = ownPurchase(ADA, reward, 1, 0);
        (what.member, what.signature) = (address(account), "");
        refused(what, abi.encodeWithSelector(IRewards.BadMemberSignature.selector, account));
        account.agree(digestOf(what));
        buy(what);
        eq(rewards.balanceOf(address(account), reward), 1, "bought");
    }

    function test_vouchers_name_their_shop_and_nobody() public {
        uint256 reward = offered(cafe, 100, 5);
        string memory text =
            "data:application/json;base64,"
            "eyJuYW1lIjoiSGlnaHN0cmVldCBzaG9wIDE6IHJld2FyZCAxIiwiZGVjaW1hbHMiOjB9";
        ok(keccak256(bytes(rewards.uri(reward))) == keccak256(bytes(text)), "Highstreet shop 1: reward 1");
        eq(bytes(rewards.uri(reward + 1)).length, 0, "nothing where there is no reward");
        ok(rewards.supportsInterface(type(IERC1155).interfaceId), "ERC-1155");
        ok(rewards.supportsInterface(type(IERC1155MetadataURI).interfaceId), "with metadata");
    }

    // ---------------------------------------------------------------- a purchase that is refused alone

    function test_a_submission_of_nothing_is_refused() public {
        vm.expectRevert(abi.encodeWithSelector(IRewards.NoItems.selector));
        rewards.buy(new Purchase[](0));
    }

    function test_nobody_buys_round_the_submission() public {
        Purchase memory what = ownPurchase(ADA, offered(cafe, 100, 5), 1, 0);
        vm.expectRevert(abi.encodeWithSelector(IRewards.OnlyWithin.selector, address(this)));
        rewards.buyAlone(what);
    }

    function test_what_is_refused_spends_nothing_and_stops_no_other() public {
        uint256 reward = offered(cafe, 100, 5);
        Purchase[] memory purchases = new Purchase[](3);
        purchases[0] = ownPurchase(BEN, reward, 5, 1);
        purchases[1] = ownPurchase(BEN, reward, 1, 1);
        purchases[2] = ownPurchase(ADA, reward, 4, 1);
        purchases[0].lines[0].points = 499;
        sign(BEN, purchases[0]);
        bytes memory reason = abi.encodeWithSelector(IRewards.BadLines.selector, reward, 499, 500);
        vm.expectEmit(address(rewards));
        emit IRewards.PurchaseRefused(reward, ben, 1, reason);
        rewards.buy(purchases);
        eq(rewards.balanceOf(ben, reward), 1, "the number of the refused served again");
        eq(rewards.balanceOf(ada, reward), 4, "the rest");
        housed(500 * PAR);
    }

    function test_what_does_not_exist_is_not_sold() public {
        Purchase memory what = ownPurchase(ADA, offered(cafe, 100, 5), 0, 0);
        refused(what, abi.encodeWithSelector(IRewards.NoVouchers.selector));
        what = ownPurchase(ADA, what.reward, 1, 0);
        what.reward += 1;
        refused(what, abi.encodeWithSelector(IRewards.UnknownReward.selector, what.reward));
        what.reward += (1 << 64) - 1;
        refused(what, abi.encodeWithSelector(IRewards.UnknownReward.selector, what.reward));
    }

    function test_it_is_sold_from_the_first_to_the_last_second_of_its_period() public {
        Offer memory terms_ = offering(cafe, 100, 5);
        (terms_.opensAt, terms_.closesAt) = (uint48(NOON + 10), uint48(NOON + 20));
        uint256 reward = offered(terms_);
        bytes memory closed = abi.encodeWithSelector(IRewards.OutsidePeriod.selector, reward, NOON + 10, NOON + 20);
        vm.warp(NOON + 9);
        refused(ownPurchase(ADA, reward, 1, 0), closed);
        vm.warp(NOON + 10);
        buy(ownPurchase(ADA, reward, 1, 0));
        vm.warp(NOON + 20);
        buy(ownPurchase(ADA, reward, 1, 1));
        vm.warp(NOON + 21);
        refused(ownPurchase(ADA, reward, 1, 2), closed);
        eq(rewards.balanceOf(ada, reward), 2, "at both edges");
    }

    function test_a_shop_that_is_not_active_sells_nothing() public {
        uint256 reward = offered(cafe, 100, 5);
        Purchase memory what = purchase(ADA, reward, 1, 0, one(books, 100));
        vm.prank(board);
        consortium.suspend(cafe);
        refused(what, abi.encodeWithSelector(IRewards.ShopNotOffering.selector, cafe, ShopStatus.Suspended));
        vm.prank(ownerFor(cafe));
        consortium.announceExit(cafe);
        refused(what, abi.encodeWithSelector(IRewards.ShopNotOffering.selector, cafe, ShopStatus.Exiting));
    }

    function test_S23_the_brewery_tour_has_twelve_places_and_never_thirteen() public {
        uint256 tour = offered(cafe, 50, 12);
        Purchase[] memory purchases = new Purchase[](15);
        for (uint256 i; i < 15; ++i) {
            purchases[i] = ownPurchase(i % 2 == 0 ? ADA : BEN, tour, 1, i);
        }
        vm.expectEmit(address(rewards));
        emit IRewards.PurchaseRefused(tour, ada, 12, abi.encodeWithSelector(IRewards.SoldOut.selector, tour, 0, 1));
        rewards.buy(purchases);
        eq(rewards.balanceOf(ada, tour) + rewards.balanceOf(ben, tour), 12, "twelve");
        housed(12 * 50 * PAR);
        giveBack(ADA, tour, 2);
        refused(ownPurchase(BEN, tour, 3, 20), abi.encodeWithSelector(IRewards.SoldOut.selector, tour, 2, 3));
        buy(ownPurchase(BEN, tour, 2, 20));
        refused(ownPurchase(ADA, tour, 1, 21), abi.encodeWithSelector(IRewards.SoldOut.selector, tour, 0, 1));
        use(cafe, usage(BEN, 1, tour, 2, 1));
        refused(ownPurchase(ADA, tour, 1, 21), abi.encodeWithSelector(IRewards.SoldOut.selector, tour, 0, 1));
        eq(rewards.balanceOf(ada, tour) + rewards.balanceOf(ben, tour), 10, "a place used is gone");
    }

    function test_a_member_buys_no_more_than_their_share_ever() public {
        Offer memory what = offering(cafe, 100, 9);
        what.perMember = 2;
        uint256 reward = offered(what);
        refused(ownPurchase(ADA, reward, 3, 0), _over(reward, 2, 3));
        buy(ownPurchase(ADA, reward, 1, 0));
        refused(ownPurchase(ADA, reward, 2, 1), _over(reward, 1, 2));
        buy(ownPurchase(ADA, reward, 1, 1));
        giveBack(ADA, reward, 2);
        refused(ownPurchase(ADA, reward, 1, 2), _over(reward, 0, 1));
        buy(ownPurchase(BEN, reward, 2, 0));
        eq(rewards.balanceOf(ben, reward), 2, "each for themselves");
    }

    function test_a_reward_for_silver_is_sold_to_silver_and_gold_of_that_shop() public {
        Offer memory what = offering(cafe, 100, 9);
        (what.tier, what.tierShop) = (Tier.Silver, books);
        uint256 reward = offered(what);
        refused(ownPurchase(ADA, reward, 1, 0), _tooLow(reward, Tier.None));
        prove(score(cafe, ada, Tier.Gold));
        prove(score(books, ada, Tier.Bronze));
        refused(ownPurchase(ADA, reward, 1, 0), _tooLow(reward, Tier.Bronze));
        prove(score(books, ada, Tier.Silver));
        buy(ownPurchase(ADA, reward, 1, 0));
        eq(rewards.balanceOf(ada, reward), 1, "with silver");
        what.tier = Tier.Gold;
        uint256 golden = offered(what);
        bytes memory facts = abi.encode(golden, ada, Tier.Silver, Tier.Gold);
        refused(ownPurchase(ADA, golden, 1, 3), bytes.concat(IRewards.TierTooLow.selector, facts));
        prove(score(books, ada, Tier.Gold));
        buy(ownPurchase(ADA, reward, 1, 1));
        eq(rewards.balanceOf(ada, reward), 2, "with gold");
        (what.tier, what.tierShop) = (Tier.Bronze, 0);
        uint256 everywhere = offered(what);
        facts = abi.encode(everywhere, ada, Tier.None, Tier.Bronze);
        refused(ownPurchase(ADA, everywhere, 1, 2), bytes.concat(IRewards.TierTooLow.selector, facts));
        prove(score(0, ada, Tier.Bronze));
        buy(ownPurchase(ADA, everywhere, 1, 2));
        eq(rewards.balanceOf(ada, everywhere), 1, "with the network's bronze");
    }

    // ---------------------------------------------------------------- what it is paid with

    function test_lines_add_up_to_the_price_in_order_and_each_is_worth_something() public {
        uint256 reward = offered(cafe, 100, 5);
        _badLines(reward, one(cafe, 99), 99);
        _badLines(reward, one(cafe, 101), 101);
        _badLines(reward, new Line[](0), 0);
        _badLines(reward, one(cafe, 0), 0);
        Line[] memory lines = two(cafe, 50, books, 50);
        (lines[0], lines[1]) = (lines[1], lines[0]);
        _badLines(reward, lines, 50);
        lines[1] = lines[0];
        _badLines(reward, lines, 50);
        lines = new Line[](17);
        for (uint160 i; i < 17; ++i) {
            lines[i] = Line(address(i + 1), 1);
        }
        _badLines(reward, lines, 0);
        eq(tokenOf(cafe).balanceOf(ada), 1_000, "untouched");
    }

    function test_it_is_paid_with_live_points_of_the_network_that_are_there() public {
        uint256 reward = offered(cafe, 400, 5);
        bytes memory few = abi.encodeWithSelector(IRewards.TooFewPoints.selector, tokenOf(books), 300, 301);
        refused(purchase(ADA, reward, 1, 0, two(cafe, 99, books, 301)), few);
        Line[] memory lines = one(cafe, 400);
        lines[0].token = address(money);
        refused(purchase(ADA, reward, 1, 0, lines), abi.encodeWithSelector(IRewards.UnknownToken.selector, money));
        housed(0);
    }

    function test_points_of_a_defaulted_shop_buy_nothing() public {
        uint256 reward = offeredForYears(cafe, 100, 5);
        goUnder(books);
        bytes memory gone = abi.encodeWithSelector(IRewards.IssuerHasDefaulted.selector, books);
        refused(purchase(ADA, reward, 1, 0, one(books, 100)), gone);
    }

    function test_an_issuer_below_its_trigger_is_spared_even_at_home() public {
        uint256 reward = offeredForYears(cafe, 270, 5);
        vm.warp(block.timestamp + 361 days);
        uint256 free = clearing.freeReserveOf(cafe);
        vm.prank(ownerFor(cafe));
        clearing.withdraw(cafe, ownerFor(cafe), free);
        // 450 of 1,500 points are kept; of 270 spent, 180 would stay for 1,230 points, which need 184.5.
        bytes memory stressed = abi.encodeWithSelector(IRewards.IssuerIsStressed.selector, reward);
        refused(ownPurchase(ADA, reward, 1, 0), stressed);
        refused(purchase(ADA, reward, 1, 0, two(cafe, 269, books, 1)), stressed);
        buy(purchase(ADA, reward, 1, 0, two(cafe, 260, books, 10)));
        housed(270 * PAR);
    }

    // ---------------------------------------------------------------- what is signed

    function test_a_purchase_stands_once() public {
        uint256 reward = offered(cafe, 100, 5);
        Purchase memory what = ownPurchase(ADA, reward, 1, type(uint256).max);
        buy(what);
        bytes memory again = abi.encodeWithSelector(IRewards.NonceUsed.selector, ada, type(uint256).max);
        refused(what, again);
        Purchase memory other = ownPurchase(ADA, reward, 2, type(uint256).max);
        refused(other, again);
        buy(ownPurchase(BEN, reward, 1, type(uint256).max));
        eq(rewards.balanceOf(ada, reward), 1, "once");
    }

    function test_an_agreement_holds_until_its_deadline_and_not_a_second_longer() public {
        uint256 reward = offered(cafe, 100, 5);
        Purchase memory what = ownPurchase(ADA, reward, 1, 0);
        Purchase memory late = ownPurchase(ADA, reward, 1, 1);
        vm.warp(what.deadline);
        buy(what);
        eq(rewards.balanceOf(ada, reward), 1, "in the last second");
        vm.warp(what.deadline + 1);
        refused(late, abi.encodeWithSelector(IRewards.AgreementExpired.selector, what.deadline));
    }

    function test_whatever_is_altered_was_not_signed() public {
        uint256 reward = offered(cafe, 100, 5);
        uint256 other = offered(cafe, 100, 5);
        bytes memory bad = abi.encodeWithSelector(IRewards.BadMemberSignature.selector, ada);
        Purchase memory what = ownPurchase(ADA, reward, 1, 0);
        what.reward = other;
        refused(what, bad);
        (what.reward, what.count, what.lines[0].points) = (reward, 2, 200);
        refused(what, bad);
        (what.count, what.lines[0].points, what.nonce) = (1, 100, 1);
        refused(what, bad);
        (what.nonce, what.deadline) = (0, what.deadline + 1);
        refused(what, bad);
        what.deadline -= 1;
        what.lines = one(books, 100);
        refused(what, bad);
        what = ownPurchase(ADA, reward, 1, 0);
        what.member = ben;
        refused(what, abi.encodeWithSelector(IRewards.BadMemberSignature.selector, ben));
        eq(rewards.balanceOf(ada, reward) + rewards.balanceOf(ben, reward), 0, "nothing");
    }

    function test_what_was_signed_for_another_chain_contract_or_act_is_no_purchase() public {
        uint256 reward = offered(cafe, 100, 5);
        bytes memory bad = abi.encodeWithSelector(IRewards.BadMemberSignature.selector, ada);
        Purchase memory what = ownPurchase(ADA, reward, 1, 0);
        uint256 here = block.chainid;
        vm.chainId(here + 1);
        refused(what, bad);
        vm.chainId(here);
        what.signature = signed(ADA, typed(DOMAIN, address(rewards.desk()), hashOf(what)));
        refused(what, bad);
        what.signature = signed(ADA, typed("Highstreet Redemptions", address(redemptions), hashOf(what)));
        refused(what, bad);
        what.signature = returning(ADA, reward, 1, 0, what.deadline);
        refused(what, bad);
        sign(ADA, what);
        buy(what);
    }

    // ---------------------------------------------------------------- in short

    function _badLines(uint256 reward, Line[] memory lines, uint256 points) private {
        bytes memory reason = abi.encodeWithSelector(IRewards.BadLines.selector, reward, points, 100);
        refused(purchase(ADA, reward, 1, 0, lines), reason);
    }

    function _over(uint256 reward, uint256 left, uint256 asked) private view returns (bytes memory) {
        return abi.encodeWithSelector(IRewards.OverMemberLimit.selector, reward, ada, left, asked);
    }

    function _tooLow(uint256 reward, Tier held_) private view returns (bytes memory) {
        return abi.encodeWithSelector(IRewards.TierTooLow.selector, reward, ada, held_, Tier.Silver);
    }
}

/// @notice An account that agrees to one digest and takes vouchers.
contract BuyingAccount is AgreeingAccount {
    function onERC1155Received(address, address, uint256, uint256, bytes calldata) external pure returns (bytes4) {
        return this.onERC1155Received.selector;
    }
}
