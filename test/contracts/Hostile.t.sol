// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {IIssuance} from "../../contracts/interfaces/IIssuance.sol";
import {IRedemptions, Item, RefusedBecause} from "../../contracts/interfaces/IRedemptions.sol";
import {IShopPoints} from "../../contracts/interfaces/IShopPoints.sol";
import {ShopPoints} from "../../contracts/ShopPoints.sol";
import {CautiousAccount, FailingAccount} from "./support/Signers.sol";
import {TwoShops} from "./support/TwoShops.sol";

/// @notice What somebody hostile tries with signatures, gas, order and time, and what comes of it.
contract HostileTest is TwoShops {
    uint256 internal constant CURVE = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
    ShopPoints internal points;

    function setUp() public override {
        foundShops(10_000 * PAR, 10_000 * PAR);
        points = tokenOf(cafe);
        issue(cafe, 1, 1, abi.encodePacked(entry(ada, 1_000), entry(ben, 500)));
    }

    // ---------------------------------------------------------------- signatures

    function test_what_was_signed_on_one_chain_is_worth_nothing_on_another() public {
        bytes memory entries = entry(ada, 5);
        bytes memory batch = signedBatch(cafe, 1, 9, entries);
        Item[] memory items = only(payment(ADA, books, 1, 1, cafe, 10));
        bytes memory acceptance = acceptanceOf(books, 1, items);
        vm.chainId(block.chainid + 1);
        vm.expectRevert(abi.encodeWithSelector(IIssuance.BadTillSignature.selector, cafe, 1));
        issuance.issue(cafe, 1, 9, entries, batch, "");
        vm.expectRevert(abi.encodeWithSelector(IRedemptions.BadTillSignature.selector, books, 1));
        redemptions.redeem(books, 1, items, acceptance);
        refused(1, ada, RefusedBecause.BadSignature);
        redeem(books, 1, items);
    }

    function test_the_other_half_of_the_curve_signs_nothing() public {
        Item memory item = payment(ADA, books, 1, 1, cafe, 10);
        bytes memory good = item.signature;
        (bytes32 r, bytes32 s, uint8 v) = (bytes32(0), bytes32(0), uint8(good[64]));
        assembly ("memory-safe") {
            r := mload(add(good, 32))
            s := mload(add(good, 64))
        }
        item.signature = abi.encodePacked(r, bytes32(CURVE - uint256(s)), v == 27 ? uint8(28) : uint8(27));
        refused(1, ada, RefusedBecause.BadSignature);
        redeem(books, 1, item);
    }

    function test_nobody_cannot_agree_by_a_broken_signature() public {
        Item memory item = payment(ADA, books, 1, 1, cafe, 10);
        item.member = address(0);
        item.signature = new bytes(65);
        refused(1, address(0), RefusedBecause.BadSignature);
        redeem(books, 1, item);
    }

    function test_an_account_that_fails_has_not_agreed_whatever_it_says() public {
        Item memory item = payment(ADA, books, 1, 1, cafe, 10);
        item.member = address(new FailingAccount());
        refused(1, item.member, RefusedBecause.BadSignature);
        redeem(books, 1, item);
    }

    function test_terms_for_a_reward_are_no_terms_for_a_payment() public {
        Item memory item = payment(ADA, books, 1, 1, cafe, 10);
        item.purpose = 7;
        refused(1, ada, RefusedBecause.BadSignature);
        redeem(books, 1, item);
        sign(ADA, books, 1, item);
        redeem(books, 1, item);
        ok(redemptions.paymentSpent(books, 1, 1), "signed for that reward it stands");
    }

    function test_one_authorization_serves_once_whichever_way_it_is_brought() public {
        string memory fields =
            "(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)";
        bytes32 kind = keccak256(bytes(string.concat("TransferWithAuthorization", fields)));
        uint256 end = block.timestamp + 1;
        bytes32 digest = typed(
            points.name(),
            address(points),
            keccak256(abi.encode(kind, ada, ben, 9, 0, end, bytes32(0)))
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(ADA, digest);
        vm.prank(ben);
        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009InvalidSignature.selector));
        points.receiveWithAuthorization(ada, ben, 9, 0, end, 0, abi.encodePacked(r, s, v));
        points.transferWithAuthorization(ada, ben, 9, 0, end, 0, abi.encodePacked(r, s, v));
        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009UsedAuthorization.selector, ada, bytes32(0)));
        points.transferWithAuthorization(ada, ben, 9, 0, end, 0, v, r, s);
        eq(points.balanceOf(ben), 509, "once");
    }

    // ---------------------------------------------------------------- whoever submits

    function test_a_spoiled_signature_delays_its_payment_and_nothing_else() public {
        Item[] memory items = new Item[](2);
        items[0] = payment(ADA, books, 1, 1, cafe, 10);
        items[1] = payment(ADA, books, 1, 2, cafe, 20);
        bytes memory good = items[0].signature;
        items[0].signature = new bytes(65);
        refused(1, ada, RefusedBecause.BadSignature);
        redeem(books, 1, items);
        items[0].signature = good;
        refused(2, ada, RefusedBecause.ReceiptSpent);
        redeem(books, 1, items);
        eq(points.balanceOf(ada), 970, "each once");
    }

    function test_no_amount_of_gas_lets_a_key_appear_not_to_have_signed() public {
        Item[] memory items = new Item[](2);
        items[0] = payment(ADA, books, 1, 1, cafe, 10);
        items[1] = payment(ADA, books, 1, 2, cafe, 20);
        standsOrReverts(items, 120_000, 200);
    }

    function test_no_amount_of_gas_lets_an_account_appear_not_to_have_agreed() public {
        address account = address(new CautiousAccount());
        issue(cafe, 1, 9, entry(account, 100));
        Item memory item = payment(ADA, books, 1, 1, cafe, 10);
        item.member = account;
        standsOrReverts(only(item), 180_000, 500);
    }

    function test_a_long_signature_does_not_come_off_the_gas_of_the_account() public {
        address account = address(new CautiousAccount());
        issue(cafe, 1, 9, entry(account, 100));
        Item memory item = payment(ADA, books, 1, 1, cafe, 10);
        item.member = account;
        item.signature = new bytes(40_000);
        standsOrReverts(only(item), 180_000, 500);
    }

    // ---------------------------------------------------------------- the edges of numbers

    function test_the_very_last_number_of_a_till_pays_once() public {
        uint64 last = type(uint64).max;
        Item memory item = payment(ADA, books, 1, last, cafe, 10);
        redeem(books, 1, item);
        refused(last, ada, RefusedBecause.ReceiptSpent);
        redeem(books, 1, item);
        ok(!redemptions.paymentSpent(books, 2, 0), "the next till's first number is its own");
        eq(points.balanceOf(ada), 990, "once");
    }

    function test_an_import_draws_on_its_budget_over_many_submissions() public {
        uint32 import_ = newImport(cafe, 100);
        issue(cafe, import_, 1, entry(ada, 60, 1));
        issue(cafe, import_, 2, entry(ada, 0, 1));
        issue(cafe, import_, 1, entry(ada, 60, 1));
        eq(issuance.budgetSpent(cafe, import_), 60, "what came again draws nothing");
        issue(cafe, import_, 3, abi.encodePacked(entry(ada, 41, 1), entry(ada, 40, 1)));
        eq(issuance.budgetSpent(cafe, import_), 100, "all of it");
        eq(points.balanceOf(ada), 1_100, "and no more");
    }

    // ---------------------------------------------------------------- points

    function test_sending_nothing_to_oneself_or_to_the_token_confuses_nothing() public {
        points.transferFrom(ada, ben, 0);
        vm.prank(ada);
        points.transfer(ada, 0);
        vm.prank(ada);
        points.transfer(address(points), 100);
        eq(points.balanceOf(address(points)), 100, "the token holds them like anybody");
        eq(points.totalSupply(), 1_500, "none made, none lost");
        for (uint256 i; i < 5; ++i) {
            endQuarter(cafe);
        }
        eq(points.balanceOf(address(points)), 0, "until they lapse");
    }

    function test_what_lapsed_is_said_once_even_to_whoever_sends_to_themselves() public {
        lapseAll();
        issue(cafe, 1, 9, entry(ada, 7));
        vm.recordLogs();
        vm.prank(ben);
        points.transfer(ben, 0);
        eq(said(IShopPoints.PointsLapsed.selector), 1, "ben's once, though both ends are his");
        vm.prank(ben);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, ben, 0, 1));
        points.transfer(ben, 1);
    }

    function test_lapsing_an_account_twice_says_it_once() public {
        lapseAll();
        address[] memory accounts = new address[](4);
        (accounts[0], accounts[1], accounts[2]) = (ada, ada, ben);
        vm.recordLogs();
        points.lapse(accounts);
        eq(said(IShopPoints.PointsLapsed.selector), 2, "once each");
        points.lapse(accounts);
        eq(said(IShopPoints.PointsLapsed.selector), 0, "and never again");
        eq(points.totalSupply(), 0, "supply");
    }

    function test_a_receivers_lapsed_points_are_said_before_the_new_ones_arrive() public {
        lapseAll();
        issue(cafe, 1, 9, entry(ada, 7));
        vm.expectEmit(address(points));
        emit IShopPoints.PointsLapsed(ben, 500);
        vm.expectEmit(address(points));
        emit IERC20.Transfer(ben, address(0), 500);
        vm.expectEmit(address(points));
        emit IERC20.Transfer(ada, ben, 7);
        vm.prank(ada);
        points.transfer(ben, 7);
        eq(points.balanceOf(ben), 7, "the living only");
    }

    function test_each_issue_and_each_burn_is_a_transfer() public {
        vm.expectEmit(address(points));
        emit IERC20.Transfer(address(0), ada, 5);
        issue(cafe, 1, 9, entry(ada, 5));
        vm.expectEmit(address(points));
        emit IERC20.Transfer(ada, address(0), 10);
        redeem(books, 1, payment(ADA, books, 1, 1, cafe, 10));
    }

    function test_a_notice_in_the_last_second_moves_the_end_by_its_30_days() public {
        vm.warp(NOON + QUARTER - 1);
        vm.prank(ownerFor(cafe));
        points.postNotice("last second");
        vm.warp(NOON + QUARTER - 1 + 30 days - 1);
        (uint16 quarter, , ) = points.clock();
        eq(quarter, 0, "not a second earlier");
        // Years later it is still one quarter on, and the next notice opens by the new quarter's own start.
        vm.warp(NOON + 10 * QUARTER);
        vm.prank(ownerFor(cafe));
        points.postNotice("next");
        (quarter, , ) = points.clock();
        eq(quarter, 1, "one step, however late");
    }

    // ---------------------------------------------------------------- within

    /// @dev With every amount of gas up to the first that does: all of it stands, or nothing happened at all.
    function standsOrReverts(Item[] memory items, uint256 from, uint256 step) internal {
        bytes memory call = abi.encodeCall(redemptions.redeem, (books, 1, items, acceptanceOf(books, 1, items)));
        for (uint256 gas_ = from; gas_ < 1_000_000; gas_ += step) {
            (bool done, ) = address(redemptions).call{gas: gas_}(call);
            if (!done) continue;
            for (uint256 i; i < items.length; ++i) {
                ok(redemptions.paymentSpent(books, 1, items[i].sequence), "whoever agreed has paid");
            }
            return;
        }
        ok(false, "it never stood");
    }

    function lapseAll() internal {
        for (uint256 i; i < 5; ++i) {
            endQuarter(cafe);
        }
    }
}
