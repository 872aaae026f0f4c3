// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IRedemptions, Item, Line, RefusedBecause} from "../../contracts/interfaces/IRedemptions.sol";
import {Lanes} from "../../contracts/libraries/Lanes.sol";
import {SignedConsent} from "../../contracts/libraries/SignedConsent.sol";
import {ShopStatus} from "../../contracts/libraries/ShopWord.sol";
import {AgreeingAccount, FloodingAccount, GreedyAccount, TerseAccount} from "./support/Signers.sol";
import {TwoShops} from "./support/TwoShops.sol";

/// @notice Payments with both consents (N-11), elsewhere at par (N-12), each refused alone (N-26).
contract RedemptionsTest is TwoShops {
    // ---------------------------------------------------------------- what stops a whole submission

    function test_a_submission_of_nothing_is_refused() public {
        vm.expectRevert(abi.encodeWithSelector(IRedemptions.NoItems.selector));
        redemptions.redeem(books, 1, new Item[](0), "");
    }

    function test_a_suspended_shop_accepts_nothing_yet_its_points_spend_elsewhere() public {
        vm.prank(board);
        consortium.suspend(cafe);
        Item[] memory items = only(payment(ADA, cafe, 1, 1, books, 10));
        bytes memory acceptance = acceptanceOf(cafe, 1, items);
        vm.expectRevert(abi.encodeWithSelector(IRedemptions.ShopNotAccepting.selector, cafe, ShopStatus.Suspended));
        redemptions.redeem(cafe, 1, items, acceptance);
        redeem(books, 1, payment(ADA, books, 1, 1, cafe, 10));
        eq(tokenOf(cafe).balanceOf(ada), 990, "spent elsewhere");
    }

    function test_revoked_unknown_and_import_tills_accept_nothing() public {
        uint32 import_ = newImport(books, 5);
        Item[] memory items = only(payment(ADA, books, import_, 1, cafe, 10));
        bytes memory acceptance = acceptanceOf(books, import_, items);
        vm.expectRevert(abi.encodeWithSelector(IRedemptions.TillNotAccepting.selector, books, import_));
        redemptions.redeem(books, import_, items, acceptance);
        vm.prank(ownerFor(books));
        consortium.revokeTill(books, 1);
        items = only(payment(ADA, books, 1, 1, cafe, 10));
        acceptance = acceptanceOf(books, 1, items);
        vm.expectRevert(abi.encodeWithSelector(IRedemptions.TillNotAccepting.selector, books, 1));
        redemptions.redeem(books, 1, items, acceptance);
        vm.expectRevert(abi.encodeWithSelector(IRedemptions.TillNotAccepting.selector, books, 9));
        redemptions.redeem(books, 9, items, acceptance);
    }

    function test_without_the_tills_consent_nothing_moves() public {
        Item[] memory items = only(payment(ADA, books, 1, 1, cafe, 10));
        bytes memory other = acceptanceOf(books, 1, only(payment(ADA, books, 1, 2, cafe, 10)));
        vm.expectRevert(abi.encodeWithSelector(IRedemptions.BadTillSignature.selector, books, 1));
        redemptions.redeem(books, 1, items, other);
    }

    // ---------------------------------------------------------------- a payment that stands

    function test_elsewhere_it_burns_and_the_issuer_owes() public {
        uint256 lanes = 10;
        vm.expectEmit(address(redemptions));
        emit IRedemptions.Redeemed(books, ada, 1, 7, 0, name(books, 1, 7), one(cafe, 10), words(lanes));
        redeem(books, 1, payment(ADA, books, 1, 7, cafe, 10));
        eq(tokenOf(cafe).balanceOf(ada), 990, "balance");
        eq(tokenOf(cafe).totalSupply(), 1_490, "supply");
        (int128 owed, ) = clearing.positionOf(cafe);
        (int128 earned, ) = clearing.positionOf(books);
        ok(owed == -1_000 && earned == 1_000, "10 points at par 100");
        ok(redemptions.paymentSpent(books, 1, 7), "receipt spent");
        ok(!issuance.receiptSpent(books, 1, 7), "purchases keep numbers of their own");
        eq(redemptions.lastPaymentAt(books) + redemptions.lastPaymentAt(cafe), 0, "who stays has no last payment");
    }

    function test_at_the_issuer_itself_no_money_moves() public {
        redeem(cafe, 1, payment(ADA, cafe, 1, 1, cafe, 1_000));
        (int128 net, ) = clearing.positionOf(cafe);
        ok(net == 0, "no net");
        eq(tokenOf(cafe).balanceOf(ada), 0, "burned");
    }

    function test_two_lines_of_two_issuers_stand_together() public {
        Item memory item = payment(ADA, books, 1, 1, cafe, 10);
        item.lines = two(cafe, 400, books, 300);
        sign(ADA, books, 1, item);
        redeem(books, 1, item);
        eq(tokenOf(cafe).balanceOf(ada), 600, "cafe");
        eq(tokenOf(books).balanceOf(ada), 0, "books");
        (int128 net, ) = clearing.positionOf(books);
        ok(net == 40_000, "only the foreign line earns");
    }

    function test_the_oldest_quarter_is_spent_first_and_the_lanes_say_so() public {
        endQuarter(cafe);
        issue(cafe, 1, 3, entry(ada, 50));
        uint256 quarter1 = (uint256(1) << 240) | (1_000 << 48) | 20;
        vm.expectEmit(address(redemptions));
        emit IRedemptions.Redeemed(books, ada, 1, 1, 0, name(books, 1, 1), one(cafe, 1_020), words(quarter1));
        redeem(books, 1, payment(ADA, books, 1, 1, cafe, 1_020));
        (uint48[5] memory left, ) = tokenOf(cafe).lanesOf(ada);
        eq(left[0], 30, "the newest remain");
    }

    function test_the_record_is_the_hash_of_the_payments_that_stand_in_order() public {
        Item[] memory items = new Item[](3);
        items[0] = payment(ADA, books, 1, 1, cafe, 5_000);
        items[1] = payment(ADA, books, 1, 2, cafe, 10);
        items[2] = payment(BEN, books, 1, 3, cafe, 20);
        refused(1, ada, RefusedBecause.Balance);
        redeem(books, 1, items);
        bytes32[] memory results = new bytes32[](2);
        results[0] = keccak256(abi.encode(ada, uint64(2), one(cafe, 10), words(10), uint256(1_000)));
        results[1] = keccak256(abi.encode(ben, uint64(3), one(cafe, 20), words(20), uint256(2_000)));
        bytes32 hash = keccak256(abi.encode(books, uint32(1), block.timestamp, results));
        ok(redemptions.recordHash(name(books, 1, 2)) == hash, "named after the first that stands");
        ok(redemptions.recordHash(name(books, 1, 1)) == 0, "no record for the refused");
        ok(!redemptions.paymentSpent(books, 1, 1), "the refused may come again");
    }

    // ---------------------------------------------------------------- a payment that is refused alone

    function test_a_receipt_pays_once() public {
        Item memory item = payment(ADA, books, 1, 1, cafe, 10);
        Item[] memory twice = new Item[](2);
        (twice[0], twice[1]) = (item, item);
        refused(1, ada, RefusedBecause.ReceiptSpent);
        redeem(books, 1, twice);
        refused(1, ada, RefusedBecause.ReceiptSpent);
        redeem(books, 1, item);
        eq(tokenOf(cafe).balanceOf(ada), 990, "once");
    }

    function test_terms_hold_until_their_deadline_and_not_a_second_longer() public {
        Item memory item = payment(ADA, books, 1, 1, cafe, 10);
        Item memory next = payment(ADA, books, 1, 2, cafe, 10);
        vm.warp(item.deadline);
        redeem(books, 1, item);
        vm.warp(item.deadline + 1);
        refused(2, ada, RefusedBecause.Expired);
        redeem(books, 1, next);
        eq(tokenOf(cafe).balanceOf(ada), 990, "the first alone");
    }

    function test_nobody_pays_with_anothers_points() public {
        Item memory item = payment(ADA, books, 1, 1, cafe, 10);
        sign(BEN, books, 1, item);
        refused(1, ada, RefusedBecause.BadSignature);
        redeem(books, 1, item);
        sign(ADA, books, 1, item);
        item.lines[0].points = 11;
        refused(1, ada, RefusedBecause.BadSignature);
        redeem(books, 1, item);
        item.lines[0].points = 10;
        redeem(cafe, 1, item);
        ok(!redemptions.paymentSpent(cafe, 1, 1), "terms for one shop are none for another");
        eq(tokenOf(cafe).balanceOf(ada), 1_000, "untouched");
    }

    function test_lines_must_be_there_ascending_and_worth_something() public {
        Item memory item = payment(ADA, books, 1, 1, cafe, 0);
        refusedAs(item, RefusedBecause.BadLines);
        item.lines = new Line[](0);
        refusedAs(item, RefusedBecause.BadLines);
        item.lines = two(cafe, 1, books, 1);
        (item.lines[0], item.lines[1]) = (item.lines[1], item.lines[0]);
        refusedAs(item, RefusedBecause.BadLines);
        (item.lines[0], item.lines[1]) = (one(cafe, 1)[0], one(cafe, 1)[0]);
        refusedAs(item, RefusedBecause.BadLines);
        item.lines = new Line[](17);
        for (uint160 i; i < 17; ++i) {
            item.lines[i] = Line(address(i + 1), 1);
        }
        refusedAs(item, RefusedBecause.BadLines);
        item.lines = new Line[](16);
        for (uint160 i; i < 16; ++i) {
            item.lines[i] = Line(address(i + 1), 1);
        }
        refusedAs(item, RefusedBecause.UnknownToken);
        eq(tokenOf(cafe).balanceOf(ada), 1_000, "untouched");
    }

    function test_a_token_of_no_shop_is_unknown() public {
        Item memory item = payment(ADA, books, 1, 1, cafe, 1);
        item.lines[0].token = address(money);
        refusedAs(item, RefusedBecause.UnknownToken);
    }

    function test_more_than_the_balance_is_refused_and_all_of_it_is_not() public {
        refusedAs(payment(ADA, books, 1, 1, cafe, 1_001), RefusedBecause.Balance);
        Item memory item = payment(ADA, books, 1, 2, cafe, 1);
        item.lines = two(cafe, 1_000, books, 301);
        refusedAs(item, RefusedBecause.Balance);
        eq(tokenOf(cafe).balanceOf(ada), 1_000, "no line stands alone");
        redeem(books, 1, payment(ADA, books, 1, 3, cafe, 1_000));
        eq(tokenOf(cafe).balanceOf(ada), 0, "all of it");
    }

    function test_lapsed_points_pay_nothing() public {
        for (uint256 i; i < 5; ++i) {
            endQuarter(cafe);
        }
        refusedAs(payment(ADA, books, 1, 1, cafe, 1), RefusedBecause.Balance);
    }

    function test_a_stressed_issuers_points_still_spend_at_home() public {
        stress();
        refusedAs(payment(ADA, books, 1, 1, cafe, 10), RefusedBecause.IssuerStressed);
        Item memory item = payment(ADA, books, 1, 2, cafe, 1);
        item.lines = two(cafe, 1, books, 1);
        refusedAs(item, RefusedBecause.IssuerStressed);
        eq(tokenOf(books).balanceOf(ada), 300, "no line stands alone");
        redeem(cafe, 1, payment(ADA, cafe, 1, 1, cafe, 10));
        eq(tokenOf(cafe).balanceOf(ada), 989, "at home");
    }

    // ---------------------------------------------------------------- members whose account is a contract

    function test_an_account_contract_agrees_by_its_own_answer() public {
        AgreeingAccount account = new AgreeingAccount();
        issue(cafe, 1, 9, entry(address(account), 100));
        Item memory item = payment(ADA, books, 1, 1, cafe, 40);
        item.member = address(account);
        refusedBy(item, address(account), RefusedBecause.BadSignature);
        account.agree(typed("Highstreet Redemptions", address(redemptions), termsHash(books, 1, item)));
        redeem(books, 1, item);
        eq(tokenOf(cafe).balanceOf(address(account)), 60, "agreed");
    }

    function test_a_hostile_account_stops_nobody_else() public {
        address[3] memory hostile = [
            address(new GreedyAccount()),
            address(new TerseAccount()),
            address(new FloodingAccount())
        ];
        issue(cafe, 1, 9, entry(hostile[2], 100));
        Item[] memory items = new Item[](4);
        for (uint64 i; i < 3; ++i) {
            items[i] = payment(ADA, books, 1, i + 1, cafe, 10);
            items[i].member = hostile[i];
        }
        items[3] = payment(ADA, books, 1, 4, cafe, 10);
        uint256 before = gasleft();
        refused(1, hostile[0], RefusedBecause.BadSignature);
        refused(2, hostile[1], RefusedBecause.BadSignature);
        redeem(books, 1, items);
        ok(before - gasleft() < 1_200_000, "the greedy gets a stipend, not the block");
        eq(tokenOf(cafe).balanceOf(ada), 990, "the honest stands");
        eq(tokenOf(cafe).balanceOf(hostile[2]), 90, "one word of a flood is an answer like any other");
    }

    function test_too_little_gas_stops_all_instead_of_refusing_somebody() public {
        AgreeingAccount account = new AgreeingAccount();
        issue(cafe, 1, 9, entry(address(account), 100));
        Item memory item = payment(ADA, books, 1, 1, cafe, 40);
        item.member = address(account);
        account.agree(typed("Highstreet Redemptions", address(redemptions), termsHash(books, 1, item)));
        Item[] memory items = only(item);
        bytes memory call = abi.encodeCall(redemptions.redeem, (books, 1, items, acceptanceOf(books, 1, items)));
        for (uint256 gas_ = 20_000; gas_ < 170_000; gas_ += 10_000) {
            (bool done, ) = address(redemptions).call{gas: gas_}(call);
            ok(!done, "nothing is decided with too little gas");
        }
        (, bytes memory why) = address(redemptions).call{gas: 160_000}(call);
        ok(bytes4(why) == SignedConsent.TooLittleGas.selector, "and it says so");
        (bool paid, ) = address(redemptions).call{gas: 600_000}(call);
        ok(paid && redemptions.paymentSpent(books, 1, 1), "with enough it stands");
    }

    // ---------------------------------------------------------------- within

    function stress() internal {
        // A newcomer must keep all of it, so that half is the trigger; the ratio falls, the owner takes what is free.
        vm.warp(NOON + 360 days);
        uint256 free = clearing.freeReserveOf(cafe);
        vm.prank(ownerFor(cafe));
        clearing.withdraw(cafe, ownerFor(cafe), free);
        redeem(books, 1, payment(ADA, books, 1, 90, cafe, 1));
        vm.prank(board);
        consortium.setRequiredRatio(10_000);
    }

    function refusedAs(Item memory item, RefusedBecause reason) internal {
        sign(ADA, books, 1, item);
        refusedBy(item, ada, reason);
        ok(!redemptions.paymentSpent(books, 1, item.sequence), "not spent");
    }

    function refusedBy(Item memory item, address member, RefusedBecause reason) internal {
        refused(item.sequence, member, reason);
        redeem(books, 1, item);
    }

    function one(uint32 issuer, uint48 points) internal view returns (Line[] memory lines) {
        lines = new Line[](1);
        lines[0] = Line(address(tokenOf(issuer)), points);
    }

    function two(uint32 a, uint48 pointsA, uint32 b, uint48 pointsB) internal view returns (Line[] memory lines) {
        lines = new Line[](2);
        lines[0] = one(a, pointsA)[0];
        lines[1] = one(b, pointsB)[0];
        if (lines[0].token > lines[1].token) (lines[0], lines[1]) = (lines[1], lines[0]);
    }

    function words(uint256 word) internal pure returns (Lanes[] memory lanes) {
        lanes = new Lanes[](1);
        lanes[0] = Lanes.wrap(word);
    }

    function name(uint32 place, uint32 till, uint64 sequence) internal pure returns (uint256) {
        return (uint256(place) << 96) | (uint256(till) << 64) | sequence;
    }
}
