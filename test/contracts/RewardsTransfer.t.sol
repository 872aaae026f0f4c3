// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IRewards, Offer} from "../../contracts/interfaces/IRewards.sol";
import {RewardStreet} from "./support/RewardStreet.sol";
import {TwoShops} from "./support/TwoShops.sol";

/// @notice Vouchers that members send to one another.
contract RewardsTransferTest is RewardStreet, TwoShops {
    uint256 internal reward;

    function setUp() public override {
        super.setUp();
        reward = offeredForYears(cafe, 100, 20);
        buy(ownPurchase(ADA, reward, 3, 0));
    }

    function test_a_voucher_sent_on_is_the_receivers() public {
        vm.expectEmit(address(rewards));
        emit IERC1155.TransferSingle(ada, ada, ben, reward, 2);
        _send(2);
        eq(rewards.balanceOf(ada, reward), 1, "sender");
        eq(rewards.balanceOf(ben, reward), 2, "receiver");
        (uint32 sold, uint32 unused, , ) = rewards.stateOf(reward);
        ok(sold == 3 && unused == 3, "none more, none less");
        housed(300 * PAR);
    }

    function test_the_oldest_go_on_and_keep_their_age() public {
        endQuarter(cafe);
        issue(cafe, 1, 9, entry(ada, 200));
        // 700 old points and then 100 young ones.
        buy(ownPurchase(ADA, reward, 8, 1));
        _send(9);
        vm.expectEmit(address(rewards));
        emit IRewards.VouchersReturned(reward, ada, 2, word(1, [uint256(100), 100, 0, 0, 0]));
        giveBack(ADA, reward, 2);
        endQuarter(cafe);
        vm.expectEmit(address(rewards));
        emit IRewards.VouchersReturned(reward, ben, 9, word(2, [uint256(0), 0, 900, 0, 0]));
        giveBack(BEN, reward, 9);
        housed(0);
    }

    function test_what_a_sender_has_of_old_joins_what_a_receiver_has_of_new() public {
        for (uint256 i; i < 6; ++i) {
            endQuarter(cafe);
        }
        issue(cafe, 1, 9, entry(ben, 100));
        buy(ownPurchase(BEN, reward, 1, 0));
        _send(3);
        vm.expectEmit(address(rewards));
        emit IRewards.VouchersReturned(reward, ben, 4, word(6, [uint256(100), 0, 0, 0, 300]));
        giveBack(BEN, reward, 4);
    }

    function test_a_reward_that_is_personal_stays_with_who_bought_it() public {
        Offer memory what = offering(cafe, 100, 5);
        what.transferable = false;
        uint256 personal = offered(what);
        buy(ownPurchase(ADA, personal, 1, 1));
        vm.prank(ada);
        vm.expectRevert(abi.encodeWithSelector(IRewards.NotTransferable.selector, personal));
        rewards.safeTransferFrom(ada, ben, personal, 1, "");
        vm.prank(ada);
        vm.expectRevert(abi.encodeWithSelector(IRewards.NotTransferable.selector, personal));
        rewards.safeTransferFrom(ada, ben, personal, 0, "");
        (uint256[] memory rewards_, uint256[] memory counts) = _both(reward, 1, personal, 1);
        vm.prank(ada);
        vm.expectRevert(abi.encodeWithSelector(IRewards.NotTransferable.selector, personal));
        rewards.safeBatchTransferFrom(ada, ben, rewards_, counts, "");
        eq(rewards.balanceOf(ada, reward), 3, "nor the other with it");
    }

    function test_nobody_sends_more_than_they_hold_or_what_is_anothers() public {
        bytes4 few = IERC1155Errors.ERC1155InsufficientBalance.selector;
        vm.prank(ada);
        vm.expectRevert(abi.encodeWithSelector(few, ada, 3, 4, reward));
        rewards.safeTransferFrom(ada, ben, reward, 4, "");
        vm.prank(ada);
        vm.expectRevert(abi.encodeWithSelector(few, ada, 3, type(uint256).max, reward));
        rewards.safeTransferFrom(ada, ben, reward, type(uint256).max, "");
        vm.prank(ben);
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155MissingApprovalForAll.selector, ben, ada));
        rewards.safeTransferFrom(ada, ben, reward, 1, "");
        vm.prank(ada);
        vm.expectRevert(abi.encodeWithSelector(IRewards.UnknownReward.selector, reward + 1));
        rewards.safeTransferFrom(ada, ben, reward + 1, 0, "");
        vm.prank(ada);
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidReceiver.selector, address(0)));
        rewards.safeTransferFrom(ada, address(0), reward, 1, "");
        vm.prank(ada);
        rewards.setApprovalForAll(ben, true);
        vm.expectEmit(address(rewards));
        emit IERC1155.TransferSingle(ben, ada, ben, reward, 1);
        vm.prank(ben);
        rewards.safeTransferFrom(ada, ben, reward, 1, "");
        eq(rewards.balanceOf(ben, reward), 1, "who is approved does");
        (uint256[] memory rewards_, uint256[] memory counts) = _both(reward, 1, reward, 1);
        vm.expectEmit(address(rewards));
        emit IERC1155.TransferBatch(ben, ada, ben, rewards_, counts);
        vm.prank(ben);
        rewards.safeBatchTransferFrom(ada, ben, rewards_, counts, "");
    }

    function test_sending_none_and_sending_to_oneself_change_nothing() public {
        _send(0);
        vm.prank(ada);
        rewards.safeTransferFrom(ada, ada, reward, 3, "");
        eq(rewards.balanceOf(ada, reward), 3, "sender");
        eq(rewards.balanceOf(ben, reward), 0, "receiver");
        giveBack(ADA, reward, 3);
        lanesAre(cafe, ada, [uint256(1_000), 0, 0, 0, 0], "all came back");
    }

    function test_many_go_at_once_or_none() public {
        uint256 other = offered(cafe, 50, 5);
        buy(ownPurchase(ADA, other, 2, 1));
        (uint256[] memory rewards_, uint256[] memory counts) = _both(reward, 2, other, 3);
        bytes4 few = IERC1155Errors.ERC1155InsufficientBalance.selector;
        vm.prank(ada);
        vm.expectRevert(abi.encodeWithSelector(few, ada, 2, 3, other));
        rewards.safeBatchTransferFrom(ada, ben, rewards_, counts, "");
        counts[1] = 2;
        vm.expectEmit(address(rewards));
        emit IERC1155.TransferBatch(ada, ada, ben, rewards_, counts);
        vm.prank(ada);
        rewards.safeBatchTransferFrom(ada, ben, rewards_, counts, "");
        eq(rewards.balanceOf(ben, reward) + rewards.balanceOf(ben, other), 4, "both");
        vm.prank(ada);
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidArrayLength.selector, 2, 1));
        rewards.safeBatchTransferFrom(ada, ben, rewards_, new uint256[](1), "");
        housed(400 * PAR);
    }

    // ---------------------------------------------------------------- in short

    function _send(uint256 count) private {
        vm.prank(ada);
        rewards.safeTransferFrom(ada, ben, reward, count, "");
    }

    function _both(
        uint256 a,
        uint256 ofA,
        uint256 b,
        uint256 ofB
    ) private pure returns (uint256[] memory rewards_, uint256[] memory counts) {
        (rewards_, counts) = (new uint256[](2), new uint256[](2));
        (rewards_[0], rewards_[1], counts[0], counts[1]) = (a, b, ofA, ofB);
    }
}
