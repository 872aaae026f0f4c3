// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IClearingHouse} from "../../contracts/interfaces/IClearingHouse.sol";
import {IRewards, Offer, Use} from "../../contracts/interfaces/IRewards.sol";
import {ShopStatus} from "../../contracts/libraries/ShopWord.sol";
import {SignedConsent} from "../../contracts/libraries/SignedConsent.sol";
import {RewardStreet} from "./support/RewardStreet.sol";
import {CautiousAccount, GreedyAccount} from "./support/Signers.sol";
import {TwoShops} from "./support/TwoShops.sol";

/// @notice Using vouchers at a till.
contract RewardsUseTest is RewardStreet, TwoShops {
    uint256 internal reward;

    /// @dev The cafe is the third shop of the street, so that no till that takes vouchers bears its number.
    function setUp() public override {
        found();
        openShop(0);
        openShop(0);
        openAndSell();
        reward = offered(cafe, 100, 10);
        buy(purchase(ADA, reward, 5, 0, two(cafe, 300, books, 200)));
        buy(ownPurchase(BEN, reward, 2, 0));
    }

    // ---------------------------------------------------------------- what stops a whole submission

    function test_a_submission_of_nothing_is_refused() public {
        vm.expectRevert(abi.encodeWithSelector(IRewards.NoItems.selector));
        rewards.use(cafe, 1, new Use[](0), "");
    }

    function test_a_suspended_shop_takes_no_vouchers_and_one_that_leaves_does() public {
        Use[] memory uses = only(usage(ADA, 1, reward, 1, 1));
        bytes memory accepted = acceptance(cafe, 1, uses);
        vm.prank(board);
        consortium.suspend(cafe);
        vm.expectRevert(abi.encodeWithSelector(IRewards.ShopNotAccepting.selector, cafe, ShopStatus.Suspended));
        rewards.use(cafe, 1, uses, accepted);
        vm.prank(ownerFor(cafe));
        consortium.announceExit(cafe);
        rewards.use(cafe, 1, uses, accepted);
        eq(rewards.balanceOf(ada, reward), 4, "used while the shop leaves");
    }

    function test_only_a_till_at_a_counter_takes_vouchers() public {
        _notAccepting(newImport(cafe, 5));
        _notAccepting(newCampaign(cafe, 5));
        _notAccepting(9);
        vm.prank(ownerFor(cafe));
        consortium.revokeTill(cafe, 1);
        _notAccepting(1);
    }

    function test_without_the_tills_consent_to_exactly_these_nothing_is_used() public {
        Use[] memory uses = only(usage(ADA, 1, reward, 1, 1));
        bytes memory other = acceptance(cafe, 1, only(usage(ADA, 1, reward, 1, 2)));
        _notSigned(uses, other);
        bytes memory accepted = acceptance(cafe, 1, uses);
        uses[0].count = 2;
        sign(ADA, cafe, 1, uses[0]);
        _notSigned(uses, accepted);
        uses[0].count = 1;
        sign(ADA, cafe, 1, uses[0]);
        uint256 here = block.chainid;
        vm.chainId(here + 1);
        _notSigned(uses, accepted);
        vm.chainId(here);
        rewards.use(cafe, 1, uses, accepted);
    }

    // ---------------------------------------------------------------- a use that stands

    function test_a_used_voucher_is_gone_and_its_value_is_the_shops() public {
        int256 before = netOf(cafe);
        vm.expectEmit(address(rewards));
        emit IERC1155.TransferSingle(address(this), ada, address(0), reward, 2);
        vm.expectEmit(address(rewards));
        emit IRewards.VouchersUsed(reward, ada, 1, 7, 2);
        vm.expectEmit(address(clearing));
        emit IClearingHouse.VouchersReleased(cafe, 200 * PAR);
        use(cafe, usage(ADA, 1, reward, 2, 7));
        eq(rewards.balanceOf(ada, reward), 3, "vouchers");
        ok(netOf(cafe) == before + 200 * int256(PAR), "the shop has earned it");
        housed(500 * PAR);
        (uint32 sold, uint32 unused, , ) = rewards.stateOf(reward);
        ok(sold == 7 && unused == 5, "sold stays, unused falls");
        ok(rewards.useSpent(cafe, 1, 7) && !rewards.useSpent(cafe, 1, 8), "the receipt is spent");
        ok(!redemptions.paymentSpent(cafe, 1, 7) && !issuance.receiptSpent(cafe, 1, 7), "numbers of its own");
    }

    function test_the_smallest_voucher_is_the_shops_when_it_is_used_or_lapses() public {
        uint256 small = offered(cafe, 1, 2);
        buy(ownPurchase(ADA, small, 2, 9));
        vm.expectEmit(address(clearing));
        emit IClearingHouse.VouchersReleased(cafe, PAR);
        use(cafe, usage(ADA, 1, small, 1, 1));
        vm.warp(rewards.offerOf(small).closesAt + 30 days);
        vm.expectEmit(address(clearing));
        emit IClearingHouse.VouchersReleased(cafe, PAR);
        rewards.lapseUnused(small);
    }

    function test_uses_of_a_submission_are_looked_at_one_by_one_and_paid_together() public {
        Use[] memory uses = new Use[](4);
        uses[0] = usage(ADA, 1, reward, 3, 1);
        uses[1] = usage(ADA, 1, reward, 3, 2);
        uses[2] = usage(BEN, 1, reward, 1, 1);
        uses[3] = usage(BEN, 1, reward, 2, 3);
        bytes memory few = abi.encodeWithSelector(
            IERC1155Errors.ERC1155InsufficientBalance.selector,
            ada,
            2,
            3,
            reward
        );
        vm.expectEmit(address(rewards));
        emit IRewards.UseRefused(reward, ada, 2, few);
        vm.expectEmit(address(rewards));
        emit IRewards.UseRefused(reward, ben, 1, abi.encodeWithSelector(IRewards.UseSpent.selector, cafe, 1, 1));
        use(cafe, uses);
        eq(rewards.balanceOf(ada, reward), 2, "three once");
        eq(rewards.balanceOf(ben, reward), 0, "two");
        ok(!rewards.useSpent(cafe, 1, 2), "the refused may come again");
        housed(200 * PAR);
    }

    function test_the_oldest_points_vouchers_are_used_first() public {
        endQuarter(cafe);
        issue(cafe, 1, 9, entry(ada, 150));
        reward = offered(cafe, 100, 10);
        buy(purchase(ADA, reward, 2, 1, two(books, 100, cafe, 100)));
        // The cafe's oldest were spent: its 100 are a quarter old, those of the books are young.
        use(cafe, usage(ADA, 1, reward, 1, 1));
        vm.expectEmit(address(rewards));
        emit IRewards.VouchersReturned(reward, ada, 1, word(1, [uint256(100), 0, 0, 0, 0]));
        giveBack(ADA, reward, 1);
    }

    function test_a_cancelled_reward_can_still_be_used_by_who_holds_it() public {
        cancel(reward);
        use(cafe, usage(ADA, 1, reward, 5, 1));
        housed(200 * PAR);
    }

    function test_whoever_was_given_a_voucher_uses_it() public {
        vm.prank(ada);
        rewards.safeTransferFrom(ada, ben, reward, 3, "");
        use(cafe, usage(BEN, 1, reward, 5, 1));
        eq(rewards.balanceOf(ben, reward), 0, "all");
    }

    // ---------------------------------------------------------------- a use that is refused alone

    function test_what_does_not_exist_is_not_used() public {
        refused(cafe, usage(ADA, 1, reward, 0, 1), abi.encodeWithSelector(IRewards.NoVouchers.selector));
        uint256 none = reward + 9;
        refused(cafe, usage(ADA, 1, none, 1, 1), abi.encodeWithSelector(IRewards.UnknownReward.selector, none));
    }

    function test_vouchers_are_used_where_they_were_offered() public {
        Use memory what = usage(ADA, 1, reward, 1, 1);
        sign(ADA, books, 1, what);
        vm.recordLogs();
        refused(books, what, abi.encodeWithSelector(IRewards.OtherShop.selector, reward, books));
        eq(said(IClearingHouse.VouchersReleased.selector), 0, "nothing was released");
    }

    function test_they_are_used_from_the_first_to_the_last_second_of_the_period() public {
        Offer memory terms_ = offering(cafe, 100, 5);
        terms_.closesAt = uint48(NOON + 20);
        uint256 short = offered(terms_);
        bytes memory closed = abi.encodeWithSelector(IRewards.OutsidePeriod.selector, short, NOON, NOON + 20);
        buy(ownPurchase(ADA, short, 3, 9));
        use(cafe, usage(ADA, 1, short, 1, 1));
        vm.warp(NOON + 20);
        use(cafe, usage(ADA, 1, short, 1, 2));
        vm.warp(NOON + 21);
        refused(cafe, usage(ADA, 1, short, 1, 3), closed);
        vm.warp(NOON - 1);
        refused(cafe, usage(ADA, 1, short, 1, 3), closed);
        eq(rewards.balanceOf(ada, short), 1, "at both edges");
    }

    function test_a_receipt_stands_once() public {
        Use memory what = usage(ADA, 1, reward, 1, 256);
        use(cafe, what);
        bytes memory spent = abi.encodeWithSelector(IRewards.UseSpent.selector, cafe, 1, 256);
        refused(cafe, what, spent);
        refused(cafe, usage(BEN, 1, reward, 2, 256), spent);
        use(cafe, usage(ADA, 1, reward, 1, 0));
        eq(rewards.balanceOf(ada, reward), 3, "each once");
    }

    function test_an_agreement_holds_until_its_deadline_and_not_a_second_longer() public {
        Use memory what = usage(ADA, 1, reward, 1, 1);
        Use memory late = usage(ADA, 1, reward, 1, 2);
        vm.warp(what.deadline);
        use(cafe, what);
        ok(rewards.useSpent(cafe, 1, 1), "used in the last second");
        vm.warp(what.deadline + 1);
        refused(cafe, late, abi.encodeWithSelector(IRewards.AgreementExpired.selector, late.deadline));
    }

    function test_whatever_is_altered_was_not_signed() public {
        bytes memory bad = abi.encodeWithSelector(IRewards.BadMemberSignature.selector, ada);
        Use memory what = usage(ADA, 1, reward, 1, 1);
        what.count = 2;
        refused(cafe, what, bad);
        (what.count, what.sequence) = (1, 2);
        refused(cafe, what, bad);
        (what.sequence, what.deadline) = (1, what.deadline + 1);
        refused(cafe, what, bad);
        what.deadline -= 1;
        what.holder = ben;
        refused(cafe, what, abi.encodeWithSelector(IRewards.BadMemberSignature.selector, ben));
        what.holder = ada;
        // Signed for the other till of the shop.
        uint32 till = newTill(cafe);
        sign(ADA, cafe, till, what);
        refused(cafe, what, bad);
        Use[] memory uses = only(what);
        rewards.use(cafe, till, uses, acceptance(cafe, till, uses));
        eq(rewards.balanceOf(ada, reward), 4, "signed for that till it stands there");
    }

    function test_a_hostile_account_stops_nobody_else() public {
        Use[] memory uses = new Use[](2);
        uses[0] = usage(ADA, 1, reward, 1, 1);
        uses[0].holder = address(new GreedyAccount());
        uses[1] = usage(ADA, 1, reward, 1, 2);
        use(cafe, uses);
        eq(rewards.balanceOf(ada, reward), 4, "the other stands");
    }

    function test_with_too_little_gas_the_whole_reverts_and_nobody_is_refused() public {
        address account = address(new CautiousAccount());
        vm.prank(ada);
        rewards.safeTransferFrom(ada, ben, reward, 1, "");
        Use memory what = usage(ADA, 1, reward, 1, 1);
        what.holder = account;
        Use[] memory uses = only(what);
        bytes memory call = abi.encodeCall(rewards.use, (cafe, 1, uses, acceptance(cafe, 1, uses)));
        bytes memory few = abi.encodeWithSelector(
            IERC1155Errors.ERC1155InsufficientBalance.selector,
            account,
            0,
            1,
            reward
        );
        for (uint256 gas = 20_000; ; gas += 5_000) {
            vm.recordLogs();
            (bool done, bytes memory why) = address(rewards).call{gas: gas}(call);
            if (!done) {
                ok(why.length == 0 || bytes4(why) == SignedConsent.TooLittleGas.selector, "for want of gas");
                continue;
            }
            // The account agreed, as it does with all its gas; it only has no vouchers.
            (, bytes memory reason) = abi.decode(vm.getRecordedLogs()[0].data, (uint64, bytes));
            ok(keccak256(reason) == keccak256(few), "never a bad signature");
            break;
        }
    }

    // ---------------------------------------------------------------- in short

    function _notAccepting(uint32 till) private {
        Use[] memory uses = only(usage(ADA, till, reward, 1, 1));
        bytes memory accepted = tillKey[cafe][till] == 0 ? new bytes(65) : acceptance(cafe, till, uses);
        vm.expectRevert(abi.encodeWithSelector(IRewards.TillNotAccepting.selector, cafe, till));
        rewards.use(cafe, till, uses, accepted);
    }

    function _notSigned(Use[] memory uses, bytes memory accepted) private {
        vm.expectRevert(abi.encodeWithSelector(IRewards.BadTillSignature.selector, cafe, 1));
        rewards.use(cafe, 1, uses, accepted);
    }
}
