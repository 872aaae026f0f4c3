// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IClearingHouse} from "../../contracts/interfaces/IClearingHouse.sol";
import {IConsortium} from "../../contracts/interfaces/IConsortium.sol";
import {IRewards} from "../../contracts/interfaces/IRewards.sol";
import {IShopPoints} from "../../contracts/interfaces/IShopPoints.sol";
import {RewardStreet} from "./support/RewardStreet.sol";
import {TwoShops} from "./support/TwoShops.sol";

/// @notice Vouchers that go back, and those that nobody used.
contract RewardsReturnTest is RewardStreet, TwoShops {
    uint256 internal reward;

    function setUp() public override {
        super.setUp();
        reward = offeredForYears(cafe, 100, 20);
        buy(purchase(ADA, reward, 5, 0, two(cafe, 200, books, 300)));
        buy(ownPurchase(BEN, reward, 2, 0));
    }

    // ---------------------------------------------------------------- by the holder

    function test_vouchers_come_back_as_points_of_the_shop_and_places_are_free_again() public {
        int256 before = netOf(cafe);
        vm.expectEmit(address(rewards));
        emit IERC1155.TransferSingle(ada, ada, address(0), reward, 4);
        vm.expectEmit(address(rewards));
        emit IRewards.VouchersReturned(reward, ada, 4, word(0, [uint256(400), 0, 0, 0, 0]));
        giveBack(ADA, reward, 4);
        eq(rewards.balanceOf(ada, reward), 1, "one is left");
        eq(tokenOf(cafe).balanceOf(ada), 800 + 400, "points of the cafe");
        eq(tokenOf(books).balanceOf(ada), 0, "not of the books, which paid for them");
        ok(netOf(cafe) == before + 400 * int256(PAR), "their value came along");
        housed(300 * PAR);
        (uint32 sold, uint32 unused, , ) = rewards.stateOf(reward);
        ok(sold == 3 && unused == 3, "four places are free again");
        eq(rewards.boughtBy(reward, ada), 5, "bought all the same");
    }

    function test_nobody_gives_back_what_they_do_not_hold() public {
        vm.prank(ada);
        vm.expectRevert(_few(ada, 5, 6));
        rewards.giveBack(reward, 6);
        vm.expectRevert(_few(address(this), 0, 1));
        rewards.giveBack(reward, 1);
        vm.prank(ada);
        vm.expectRevert(abi.encodeWithSelector(IRewards.NoVouchers.selector));
        rewards.giveBack(reward, 0);
        vm.prank(ada);
        vm.expectRevert(abi.encodeWithSelector(IRewards.UnknownReward.selector, reward + 1));
        rewards.giveBack(reward + 1, 1);
    }

    function test_the_youngest_come_back_first_and_waiting_costs_the_rest_no_life() public {
        endQuarter(cafe);
        issue(cafe, 1, 9, entry(ada, 150));
        buy(purchase(ADA, reward, 2, 1, one(cafe, 200)));
        // Held are 700: 500 of the first purchase, grown a quarter older, and 200 of the cafe's, oldest first.
        vm.expectEmit(address(rewards));
        emit IRewards.VouchersReturned(reward, ada, 1, word(1, [uint256(0), 100, 0, 0, 0]));
        giveBack(ADA, reward, 1);
        buy(purchase(ADA, reward, 8, 2, one(cafe, 800)));
        lanesAre(cafe, ada, [uint256(50), 0, 0, 0, 0], "the youngest are left");
        vm.expectEmit(address(rewards));
        emit IRewards.VouchersReturned(reward, ada, 2, word(1, [uint256(100), 100, 0, 0, 0]));
        giveBack(ADA, reward, 2);
    }

    function test_a_vouchers_value_outlives_its_points_and_comes_back_in_their_last_quarter() public {
        for (uint256 i; i < 4; ++i) {
            endQuarter(cafe);
        }
        issue(cafe, 1, 9, entry(ada, 100));
        buy(purchase(ADA, reward, 1, 1, one(cafe, 100)));
        for (uint256 i; i < 3; ++i) {
            endQuarter(cafe);
        }
        eq(tokenOf(cafe).balanceOf(ada), 100, "all points of the first quarter have lapsed");
        eq(rewards.balanceOf(ada, reward), 6, "the vouchers have not");
        vm.expectEmit(address(tokenOf(cafe)));
        emit IShopPoints.PointsRestored(ada, word(7, [uint256(0), 0, 0, 0, 600]));
        giveBack(ADA, reward, 6);
        lanesAre(cafe, ada, [uint256(0), 0, 0, 100, 600], "in the oldest lane that lives");
        endQuarter(cafe);
        eq(tokenOf(cafe).balanceOf(ada), 100, "and there they lapse");
        housed(200 * PAR);
    }

    /// @dev The paying token's own quarters count by age: four quarters old there is four quarters old here.
    function test_points_of_another_clock_keep_their_age() public {
        for (uint256 i; i < 3; ++i) {
            endQuarter(books);
        }
        issue(books, 1, 9, entry(ada, 200));
        uint256 other = offeredForYears(cafe, 50, 10);
        buy(purchase(ADA, other, 2, 9, one(books, 100)));
        vm.expectEmit(address(rewards));
        emit IRewards.VouchersReturned(other, ada, 2, word(0, [uint256(100), 0, 0, 0, 0]));
        giveBack(ADA, other, 2);
        endQuarter(books);
        endQuarter(books);
        buy(purchase(ADA, other, 2, 10, one(books, 100)));
        vm.expectEmit(address(rewards));
        emit IRewards.VouchersReturned(other, ada, 2, word(0, [uint256(0), 0, 100, 0, 0]));
        giveBack(ADA, other, 2);
    }

    function test_what_the_supply_cannot_hold_does_not_come_back() public {
        uint256 most = type(uint48).max;
        fund(cafe, most * PAR);
        vm.prank(ownerFor(cafe));
        consortium.setReceiptLimit(cafe, uint48(most));
        uint32 import_ = newImport(cafe, uint48(most));
        issue(cafe, import_, 1, entry(ben, most - 1_100));
        (uint48[5] memory supply, ) = tokenOf(cafe).supplyLanes();
        eq(supply[0], most, "full to the last hundredth of a point");
        vm.prank(ada);
        vm.expectRevert(abi.encodeWithSelector(IShopPoints.SupplyLaneOverflow.selector, most, 100));
        rewards.giveBack(reward, 1);
        eq(rewards.balanceOf(ada, reward), 5, "they stay");
        housed(700 * PAR);
    }

    // ---------------------------------------------------------------- by the holder's signature

    function test_a_signed_return_is_brought_by_anyone_and_once() public {
        uint48 deadline = uint48(block.timestamp + 5);
        bytes memory signature = returning(ADA, reward, 2, 3, deadline);
        vm.warp(deadline);
        rewards.giveBackBySignature(ada, reward, 2, 3, deadline, signature);
        eq(tokenOf(cafe).balanceOf(ada), 1_000, "to the holder, not to who brings it");
        vm.expectRevert(abi.encodeWithSelector(IRewards.NonceUsed.selector, ada, 3));
        rewards.giveBackBySignature(ada, reward, 2, 3, deadline, signature);
        bytes memory used = abi.encodeWithSelector(IRewards.NonceUsed.selector, ada, 3);
        refused(ownPurchase(ADA, reward, 1, 3), used);
        vm.expectRevert(abi.encodeWithSelector(IRewards.NonceUsed.selector, ada, 0));
        rewards.giveBackBySignature(ada, reward, 2, 0, deadline, signature);
        signature = returning(ADA, reward, 2, 4, deadline);
        vm.warp(deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(IRewards.AgreementExpired.selector, deadline));
        rewards.giveBackBySignature(ada, reward, 2, 4, deadline, signature);
        ok(!rewards.nonceUsed(ada, 4), "what is refused spends no number");
    }

    function test_an_altered_return_was_not_signed() public {
        uint48 deadline = uint48(block.timestamp + 5);
        bytes memory signature = returning(ADA, reward, 2, 3, deadline);
        _notReturned(ben, reward, 2, 3, deadline, signature);
        _notReturned(ada, reward + 1, 2, 3, deadline, signature);
        _notReturned(ada, reward, 1, 3, deadline, signature);
        _notReturned(ada, reward, 2, 4, deadline, signature);
        _notReturned(ada, reward, 2, 3, deadline + 1, signature);
        uint256 here = block.chainid;
        vm.chainId(here + 1);
        _notReturned(ada, reward, 2, 3, deadline, signature);
        vm.chainId(here);
        rewards.giveBackBySignature(ada, reward, 2, 3, deadline, signature);
    }

    // ---------------------------------------------------------------- by anyone

    function test_while_the_shop_is_there_nobody_gives_anothers_vouchers_back() public {
        _notReturnable();
        vm.expectRevert(abi.encodeWithSelector(IRewards.NoItems.selector));
        rewards.giveBackAll(reward, new address[](0));
        ok(!rewards.returnable(reward + 1), "what does not exist does not come back");
    }

    function test_what_costs_next_to_nothing_comes_back_and_what_never_was_offered_does_not() public {
        uint256 small = offered(cafe, 1, 1);
        cancel(small);
        ok(rewards.returnable(small), "cancelled");
        ok(!rewards.returnable(77), "of no shop");
    }

    function test_a_cancelled_reward_comes_back_to_all_who_hold_it() public {
        vm.prank(ben);
        rewards.safeTransferFrom(ben, address(0xca1), reward, 1, "");
        cancel(reward);
        address[] memory holders = new address[](5);
        (holders[0], holders[1], holders[2]) = (ada, ben, ada);
        (holders[3], holders[4]) = (address(0), address(0xca1));
        rewards.giveBackAll(reward, holders);
        eq(tokenOf(cafe).balanceOf(ada), 1_300, "once, though named twice");
        eq(tokenOf(cafe).balanceOf(ben), 400, "what was given away");
        eq(tokenOf(cafe).balanceOf(address(0xca1)), 100, "went to whom it was given");
        housed(0);
        (uint32 sold, uint32 unused, bool cancelled, ) = rewards.stateOf(reward);
        ok(sold == 0 && unused == 0 && cancelled, "nothing is out any more");
    }

    function test_after_thirty_days_of_suspension_and_not_a_second_earlier_they_come_back() public {
        vm.prank(board);
        consortium.suspend(cafe);
        vm.warp(block.timestamp + 30 days);
        _notReturnable();
        vm.warp(block.timestamp + 1);
        ok(rewards.returnable(reward), "now");
        vm.prank(board);
        consortium.reinstate(cafe);
        _notReturnable();
        vm.prank(board);
        consortium.suspend(cafe);
        vm.warp(block.timestamp + 30 days + 1);
        rewards.giveBackAll(reward, these(ada, ben));
        eq(tokenOf(cafe).balanceOf(ada), 1_300, "back");
        housed(0);
    }

    function test_a_shop_that_leaves_gives_its_vouchers_back_before_it_is_gone() public {
        vm.prank(ownerFor(cafe));
        consortium.announceExit(cafe);
        redeem(books, 1, payment(ADA, books, 1, 1, cafe, 800));
        redeem(books, 1, payment(BEN, books, 1, 2, cafe, 300));
        vm.warp(block.timestamp + 31 days);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.VouchersOutstanding.selector, cafe, 700 * PAR));
        consortium.finishExit(cafe);
        rewards.giveBackAll(reward, these(ada, ben));
        vm.expectRevert(abi.encodeWithSelector(IConsortium.PointsOutstanding.selector, cafe, 700));
        consortium.finishExit(cafe);
        redeem(books, 1, payment(ADA, books, 1, 3, cafe, 500));
        redeem(books, 1, payment(BEN, books, 1, 4, cafe, 200));
        vm.warp(block.timestamp + 31 days);
        consortium.finishExit(cafe);
        housed(0);
    }

    function test_a_defaulted_shops_vouchers_come_back_as_its_points() public {
        goUnder(cafe);
        rewards.giveBackAll(reward, these(ada, ben));
        eq(tokenOf(cafe).balanceOf(ada), 1_300, "as its points");
        housed(0);
        (int128 net, uint128 reserve) = clearing.positionOf(cafe);
        uint256 money_ = uint256(int256(net) + int256(uint256(reserve)));
        ok(money_ >= 700 * PAR, "in full, into what its points are paid from");
    }

    // ---------------------------------------------------------------- those nobody used

    function test_thirty_days_after_the_period_what_nobody_used_is_the_shops() public {
        uint256 from = rewards.offerOf(reward).closesAt + 30 days;
        int256 before = netOf(cafe);
        vm.warp(from - 1);
        vm.expectRevert(abi.encodeWithSelector(IRewards.NotLapsedYet.selector, reward, from));
        rewards.lapseUnused(reward);
        giveBack(ADA, reward, 1);
        vm.warp(from);
        vm.expectEmit(address(rewards));
        emit IRewards.UnusedLapsed(reward, 6, 600 * PAR);
        rewards.lapseUnused(reward);
        ok(netOf(cafe) == before + 700 * int256(PAR), "with what came back");
        housed(0);
        eq(rewards.balanceOf(ada, reward) + rewards.balanceOf(ben, reward), 0, "there are none any more");
        (, uint32 unused, , bool lapsed) = rewards.stateOf(reward);
        ok(unused == 0 && lapsed, "lapsed");
        _lapsed();
    }

    function test_what_is_to_go_back_never_falls_to_the_shop() public {
        cancel(reward);
        vm.warp(rewards.offerOf(reward).closesAt + 31 days);
        vm.expectRevert(abi.encodeWithSelector(IRewards.OwedToHolders.selector, reward));
        rewards.lapseUnused(reward);
        rewards.giveBackAll(reward, these(ada, ben));
        housed(0);
        vm.expectRevert(abi.encodeWithSelector(IRewards.UnknownReward.selector, reward + 1));
        rewards.lapseUnused(reward + 1);
    }

    function test_a_reward_that_nobody_bought_lapses_as_well() public {
        uint256 none = offered(books, 5, 5);
        vm.warp(block.timestamp + 120 days);
        vm.expectEmit(address(rewards));
        emit IRewards.UnusedLapsed(none, 0, 0);
        vm.recordLogs();
        rewards.lapseUnused(none);
        eq(said(IClearingHouse.VouchersReleased.selector), 0, "nothing to release");
        eq(rewards.outstandingOf(books), 0, "nothing moved");
        housed(700 * PAR);
    }

    // ---------------------------------------------------------------- any course of things

    /// @dev Plain ages, counted by hand, against the packed words: two clocks, purchases, gifts and returns in between.
    function testFuzz_what_comes_back_is_never_younger_than_what_was_paid(uint256 dice) public {
        uint256[5] memory paid;
        uint256 other = offeredForYears(cafe, 10, 1_000);
        for (uint64 turn; turn < 6; ++turn) {
            dice = uint256(keccak256(abi.encode(dice)));
            if (dice & 1 == 0) {
                endQuarter(cafe);
                (paid[4], paid[3], paid[2], paid[1], paid[0]) = (paid[4] + paid[3], paid[2], paid[1], paid[0], 0);
            }
            if (dice & 2 == 0) endQuarter(books);
            issue(cafe, 1, 100 + turn, entry(ada, 10 + ((dice >> 8) % 90)));
            issue(books, 1, 100 + turn, entry(ada, 10 + ((dice >> 16) % 90)));
            uint256 count = 1 + ((dice >> 24) % 4);
            uint256 ofBooks = 1 + ((dice >> 32) % (10 * count - 1));
            uint256[5] memory before = _ages(ada);
            if (tokenOf(cafe).balanceOf(ada) < 10 * count - ofBooks) continue;
            if (tokenOf(books).balanceOf(ada) < ofBooks) continue;
            buy(purchase(ADA, other, uint32(count), 100 + turn, two(cafe, 10 * count - ofBooks, books, ofBooks)));
            uint256[5] memory afterwards = _ages(ada);
            for (uint256 age; age < 5; ++age) {
                paid[age] += before[age] - afterwards[age];
            }
        }
        uint256[5] memory had = _lanes(cafe, ada);
        uint256 all = rewards.balanceOf(ada, other);
        if (all > 1) giveBack(ADA, other, uint32(all / 2));
        if (all > 0) giveBack(ADA, other, uint32(all - all / 2));
        uint256[5] memory has = _lanes(cafe, ada);
        for (uint256 age; age < 5; ++age) {
            eq(has[age] - had[age], paid[age], "lane by lane, no younger and no older");
        }
    }

    // ---------------------------------------------------------------- in short

    function _ages(address member) private view returns (uint256[5] memory lanes) {
        uint256[5] memory ofBooks = _lanes(books, member);
        lanes = _lanes(cafe, member);
        for (uint256 age; age < 5; ++age) {
            lanes[age] += ofBooks[age];
        }
    }

    function _lanes(uint32 shop, address member) private view returns (uint256[5] memory lanes) {
        (uint48[5] memory there, ) = tokenOf(shop).lanesOf(member);
        for (uint256 age; age < 5; ++age) {
            lanes[age] = there[age];
        }
    }

    function _few(address holder, uint256 balance, uint256 asked) private view returns (bytes memory) {
        bytes4 few = IERC1155Errors.ERC1155InsufficientBalance.selector;
        return abi.encodeWithSelector(few, holder, balance, asked, reward);
    }

    function _notReturned(
        address holder,
        uint256 which,
        uint32 count,
        uint256 nonce,
        uint48 deadline,
        bytes memory signature
    ) private {
        vm.expectRevert(abi.encodeWithSelector(IRewards.BadMemberSignature.selector, holder));
        rewards.giveBackBySignature(holder, which, count, nonce, deadline, signature);
    }

    function _notReturnable() private {
        ok(!rewards.returnable(reward), "not returnable");
        vm.expectRevert(abi.encodeWithSelector(IRewards.NotReturnable.selector, reward));
        rewards.giveBackAll(reward, these(ada, ben));
    }

    /// @dev Whatever is tried with vouchers that have lapsed.
    function _lapsed() private {
        bytes memory gone = abi.encodeWithSelector(IRewards.VouchersLapsed.selector, reward);
        vm.expectRevert(gone);
        rewards.lapseUnused(reward);
        vm.prank(ada);
        vm.expectRevert(gone);
        rewards.giveBack(reward, 1);
        vm.prank(ada);
        vm.expectRevert(gone);
        rewards.safeTransferFrom(ada, ben, reward, 1, "");
        vm.prank(ownerFor(cafe));
        vm.expectRevert(gone);
        rewards.cancelOffer(reward);
        vm.prank(ownerFor(cafe));
        consortium.announceExit(cafe);
        _notReturnable();
    }
}
