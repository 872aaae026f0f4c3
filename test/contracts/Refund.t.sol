// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IRedemptions, Item, Payment, Refund} from "../../contracts/interfaces/IRedemptions.sol";
import {IShopPoints} from "../../contracts/interfaces/IShopPoints.sol";
import {IClearingHouse} from "../../contracts/interfaces/IClearingHouse.sol";
import {Lanes} from "../../contracts/libraries/Lanes.sol";
import {SignedConsent} from "../../contracts/libraries/SignedConsent.sol";
import {Redemptions} from "../../contracts/Redemptions.sol";
import {Counter} from "./support/Counter.sol";
import {TwoShops} from "./support/TwoShops.sol";

/// @notice Undoing payments: what comes back, what is refused, and who must agree (N-15).
contract RefundTest is Counter, TwoShops {
    uint32 internal salon;

    function setUp() public override {
        foundShops(10_000 * PAR, 10_000 * PAR);
        salon = openShop(10_000 * PAR);
        issue(cafe, 1, 1, entry(ada, 1_000));
        issue(books, 1, 1, entry(ada, 300));
        issue(salon, 1, 1, entry(ada, 400));
    }

    // ---------------------------------------------------------------- what comes back

    function test_an_undone_payment_leaves_everything_as_it_was() public {
        Payment memory undone = paid(books, payment(ADA, books, 1, 7, cafe, 100));
        ok(netOf(books) == 10_000 && netOf(cafe) == -10_000, "paid");
        uint48[] memory points = points48(100);
        Refund memory refund = agreed(books, 1, undone, points);
        vm.expectEmit(address(clearing));
        emit IClearingHouse.NetMovedBack(books, cafe, 10_000);
        vm.expectEmit(address(tokenOf(cafe)));
        emit IShopPoints.PointsRestored(ada, Lanes.wrap(100));
        vm.expectEmit(address(redemptions));
        emit IRedemptions.Refunded(books, ada, 1, 7, 1, points);
        redemptions.refund(books, undone, refund);
        ok(netOf(books) == 0 && netOf(cafe) == 0, "nobody owes anybody");
        eq(tokenOf(cafe).balanceOf(ada), 1_000, "balance");
        eq(tokenOf(cafe).totalSupply(), 1_000, "supply");
        eq(redemptions.refunded(nameOf(books, undone), 0), 100, "remembered");
        ok(redemptions.paymentSpent(books, 1, 7), "its number stays spent");
    }

    function test_a_payment_can_be_undone_bit_by_bit_and_no_further() public {
        Payment memory undone = paid(books, payment(ADA, books, 1, 1, cafe, 100));
        undo(books, undone, 30);
        undo(books, undone, 20);
        eq(tokenOf(cafe).balanceOf(ada), 950, "fifty are back");
        bytes4 tooHigh = IRedemptions.RefundTooHigh.selector;
        cannotUndo(books, undone, 51, abi.encodeWithSelector(tooHigh, nameOf(books, undone), 0, 50, 51));
        undo(books, undone, 50);
        cannotUndo(books, undone, 1, abi.encodeWithSelector(tooHigh, nameOf(books, undone), 0, 0, 1));
        eq(tokenOf(cafe).balanceOf(ada), 1_000, "all of it, once");
        ok(netOf(books) == 0, "and the money");
    }

    function test_each_line_is_undone_on_its_own_and_at_home_no_money_moves() public {
        Payment memory undone = paid(books, mixed(1));
        uint256 cafes = undone.lines[0].token == address(tokenOf(cafe)) ? 0 : 1;
        uint48[] memory points = new uint48[](2);
        (points[cafes], points[1 - cafes]) = (0, 40);
        vm.recordLogs();
        undo(books, undone, points);
        eq(said(IShopPoints.PointsRestored.selector), 1, "the other line's token is not touched");
        ok(netOf(books) == 10_000, "own points move no money");
        eq(tokenOf(books).balanceOf(ada), 300, "books");
        (points[cafes], points[1 - cafes]) = (100, 0);
        vm.recordLogs();
        undo(books, undone, points);
        eq(said(IClearingHouse.NetMovedBack.selector), 1, "to the cafe and to nobody else");
        ok(netOf(books) == 0 && netOf(cafe) == 0, "the cafe has its money back");
        eq(tokenOf(cafe).balanceOf(ada), 1_000, "cafe");
    }

    function test_several_issuers_get_each_what_was_theirs() public {
        (uint32[] memory issuers, uint48[] memory points) = (shops(cafe, salon), points48(100, 60));
        Payment memory undone = paid(books, basket(ADA, books, 1, issuers, points));
        bool inOrder = undone.lines[0].token == address(tokenOf(cafe));
        undo(books, undone, inOrder ? points48(90, 10) : points48(10, 90));
        ok(netOf(cafe) == -1_000 && netOf(salon) == -5_000 && netOf(books) == 6_000, "each its own");
        eq(tokenOf(cafe).balanceOf(ada), 990, "cafe");
        eq(tokenOf(salon).balanceOf(ada), 350, "salon");
    }

    function test_every_payment_of_a_submission_can_be_undone_and_none_for_another() public {
        Item[] memory items = new Item[](3);
        for (uint64 i; i < 3; ++i) {
            items[i] = payment(ADA, books, 1, i + 1, cafe, 10 * (i + 1));
        }
        Payment[] memory payments = paid(books, items);
        for (uint256 i = 3; i > 0; --i) {
            undo(books, payments[i - 1], uint48(10 * i));
        }
        eq(tokenOf(cafe).balanceOf(ada), 1_000, "all three");
        payments[0].index = 1;
        cannotUndo(books, payments[0], 1, notInRecord(payments[0]));
    }

    function test_F3_a_refund_charges_no_points_again() public {
        Payment memory undone = paid(books, payment(ADA, books, 1, 1, cafe, 1_000));
        eq(tokenOf(cafe).balanceOf(ada), 0, "all spent");
        undo(books, undone, 1_000);
        eq(tokenOf(cafe).balanceOf(ada), 1_000, "what was paid, not more and not less");
        undone = paid(books, payment(ADA, books, 1, 2, cafe, 1_000));
        undo(books, undone, 1_000);
        eq(tokenOf(cafe).balanceOf(ada), 1_000, "however often");
        ok(netOf(books) == 0 && netOf(cafe) == 0, "and nobody owes anything");
    }

    function test_a_settled_payment_can_be_undone_too() public {
        Payment memory undone = paid(books, payment(ADA, books, 1, 1, cafe, 100));
        clearing.settle(shops(cafe, books));
        undo(books, undone, 100);
        ok(netOf(books) == -10_000 && netOf(cafe) == 10_000, "the way back waits for the next settling");
        clearing.settle(shops(cafe, books));
        eq(reserveOf(cafe), 10_000 * PAR, "cafe");
        eq(reserveOf(books), 10_000 * PAR, "books");
    }

    // ---------------------------------------------------------------- when

    function test_a_payment_can_be_undone_for_30_days_to_the_second() public {
        Payment memory undone = paid(books, payment(ADA, books, 1, 1, cafe, 100));
        uint256 until = block.timestamp + 30 days;
        vm.warp(until);
        undo(books, undone, 1);
        vm.warp(until + 1);
        cannotUndo(books, undone, 1, abi.encodeWithSelector(IRedemptions.RefundWindowOver.selector, until));
    }

    function test_a_tills_agreement_holds_until_its_deadline() public {
        Payment memory undone = paid(books, payment(ADA, books, 1, 1, cafe, 100));
        Refund memory refund = agreed(books, 1, undone, points48(1));
        Refund memory next = agreed(books, 1, undone, points48(1), points48(1));
        vm.warp(refund.deadline);
        redemptions.refund(books, undone, refund);
        vm.warp(refund.deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(IRedemptions.RefundExpired.selector, refund.deadline));
        redemptions.refund(books, undone, next);
    }

    function test_an_agreement_works_once() public {
        Payment memory undone = paid(books, payment(ADA, books, 1, 1, cafe, 100));
        Refund memory refund = agreed(books, 1, undone, points48(10));
        redemptions.refund(books, undone, refund);
        vm.expectRevert(outOfTurn(undone));
        redemptions.refund(books, undone, refund);
        refund = agreed(books, 1, undone, points48(11), points48(10));
        vm.expectRevert(outOfTurn(undone));
        redemptions.refund(books, undone, refund);
        eq(tokenOf(cafe).balanceOf(ada), 910, "once");
    }

    function test_an_agreement_speaks_of_every_line_and_gives_something_back() public {
        Payment memory undone = paid(books, payment(ADA, books, 1, 1, cafe, 100));
        refuses(undone, agreed(books, 1, undone, points48(0, 0), points48(10)), outOfTurn(undone));
        refuses(undone, agreed(books, 1, undone, points48(0), points48(10, 0)), outOfTurn(undone));
        refuses(undone, agreed(books, 1, undone, new uint48[](0), new uint48[](0)), outOfTurn(undone));
        bytes memory nothing_ = abi.encodeWithSelector(IRedemptions.NothingToRefund.selector);
        cannotUndo(books, undone, 0, nothing_);
    }

    // ---------------------------------------------------------------- of what

    function test_only_what_the_record_says_can_be_undone() public {
        uint32[] memory issuers = shops(cafe, salon);
        bytes memory stored = abi.encode(paid(books, basket(ADA, books, 1, issuers, points48(100, 60))));
        for (uint256 i; i < 11; ++i) {
            Payment memory altered = abi.decode(stored, (Payment));
            if (i == 0) altered.member = address(this);
            if (i == 1) altered.sequence = 2;
            if (i == 2) altered.lines[0].points += 1;
            if (i == 3) altered.lines[0].token = address(tokenOf(books));
            if (i == 4) altered.lanes[0] = Lanes.wrap(Lanes.unwrap(altered.lanes[0]) << 48);
            if (i == 5) altered.value += 1;
            if (i == 6) altered.index = 1;
            if (i == 7) altered.results[0] = keccak256("another");
            if (i == 8) altered.recordedAt += 1;
            if (i == 9) altered.record += 1;
            if (i == 10) altered.till = 2;
            refuses(altered, agreed(books, 1, altered, points48(1, 1)), notInRecord(altered));
        }
        Payment memory elsewhere = abi.decode(stored, (Payment));
        Refund memory refund = agreed(cafe, 1, elsewhere, points48(1, 1));
        vm.expectRevert(notInRecord(elsewhere));
        redemptions.refund(cafe, elsewhere, refund);
    }

    function test_what_never_was_paid_cannot_be_undone() public {
        Payment memory never;
        refuses(never, agreed(books, 1, never, points48(1)), notInRecord(never));
        never.results = new bytes32[](1);
        refuses(never, agreed(books, 1, never, points48(1)), notInRecord(never));
    }

    // ---------------------------------------------------------------- who agrees

    function test_any_counter_of_the_shop_agrees_and_no_other_till() public {
        uint32 second = newTill(books);
        uint32 import_ = newImport(books, 5);
        uint32 campaign = newCampaign(books, 5);
        Payment memory undone = paid(books, payment(ADA, books, 1, 1, cafe, 100));
        redemptions.refund(books, undone, agreed(books, second, undone, points48(10)));
        eq(tokenOf(cafe).balanceOf(ada), 910, "another counter");
        vm.prank(ownerFor(books));
        consortium.revokeTill(books, 1);
        uint32[4] memory others = [uint32(1), import_, campaign, 99];
        tillKey[books][99] = 0x99;
        for (uint256 i; i < others.length; ++i) {
            Refund memory refund = agreed(books, others[i], undone, points48(1));
            refuses(undone, refund, abi.encodeWithSelector(IRedemptions.TillNotAccepting.selector, books, others[i]));
        }
        redemptions.refund(books, undone, agreed(books, second, undone, points48(10)));
        eq(tokenOf(cafe).balanceOf(ada), 920, "the till that took the payment need not stand any more");
    }

    function test_what_a_till_agreed_to_cannot_be_altered() public {
        Payment memory undone = paid(books, payment(ADA, books, 1, 1, cafe, 100));
        bytes memory bad = abi.encodeWithSelector(IRedemptions.BadTillSignature.selector, books, 1);
        Refund memory refund = agreed(books, 1, undone, points48(10));
        refund.points[0] = 11;
        refuses(undone, refund, bad);
        (refund.points[0], refund.before[0]) = (10, 1);
        refuses(undone, refund, bad);
        refund.before[0] = 0;
        refund.deadline += 1;
        refuses(undone, refund, bad);
        refund = agreed(books, 1, undone, points48(10));
        Payment memory other = paid(books, payment(ADA, books, 1, 2, cafe, 100));
        refuses(other, refund, bad);
        tillKey[books][1] = tillKey[cafe][1];
        refuses(undone, agreed(books, 1, undone, points48(10)), bad);
    }

    function test_an_agreement_for_another_chain_or_contract_is_worth_nothing() public {
        Payment memory undone = paid(books, payment(ADA, books, 1, 1, cafe, 100));
        Refund memory refund = agreed(books, 1, undone, points48(10));
        vm.chainId(block.chainid + 1);
        bytes memory bad = abi.encodeWithSelector(IRedemptions.BadTillSignature.selector, books, 1);
        refuses(undone, refund, bad);
        vm.chainId(block.chainid - 1);
        Redemptions real = redemptions;
        redemptions = new Redemptions(consortium);
        Refund memory elsewhere = agreed(books, 1, undone, points48(10));
        redemptions = real;
        refuses(undone, elsewhere, bad);
        redemptions.refund(books, undone, refund);
    }

    function test_too_little_gas_undoes_nothing_and_says_so() public {
        Payment memory undone = paid(books, payment(ADA, books, 1, 1, cafe, 100));
        bytes memory call = abi.encodeCall(redemptions.refund, (books, undone, agreed(books, 1, undone, points48(10))));
        bool said_;
        for (uint256 gas_ = 5_000; gas_ < 50_000; gas_ += 500) {
            (bool done, bytes memory why) = address(redemptions).call{gas: gas_}(call);
            ok(!done, "not with so little");
            if (why.length == 0) continue;
            ok(bytes4(why) == SignedConsent.TooLittleGas.selector, "no good agreement looks bad");
            said_ = true;
        }
        ok(said_, "it was said");
    }

    // ---------------------------------------------------------------- within

    /// @dev 100 of the cafe's and 40 of the books' own points, paid at the books.
    function mixed(uint64 sequence) internal view returns (Item memory) {
        return basket(ADA, books, sequence, shops(cafe, books), points48(100, 40));
    }

    function refuses(Payment memory undone, Refund memory refund, bytes memory why) internal {
        vm.expectRevert(why);
        redemptions.refund(books, undone, refund);
    }

    function notInRecord(Payment memory undone) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IRedemptions.NotInRecord.selector, undone.record);
    }

    function outOfTurn(Payment memory undone) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IRedemptions.RefundOutOfTurn.selector, nameOf(books, undone));
    }
}
