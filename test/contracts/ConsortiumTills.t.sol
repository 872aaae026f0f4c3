// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IConsortium, IssuingTerms, Shop, Till} from "../../contracts/interfaces/IConsortium.sol";
import {ShopStatus} from "../../contracts/libraries/ShopWord.sol";
import {TillKind} from "../../contracts/libraries/TillWord.sol";
import {AgreeingAccount} from "./support/Signers.sol";
import {Street} from "./support/Street.sol";

/// @notice What an owner decides about the shop's keys and limits.
contract ConsortiumTillsTest is Street {
    uint256 internal constant OWNER_KEY = 0x0a11 + 3;
    address internal owner = ownerFor(3);
    address internal key = address(0x7e7);
    uint32 internal shop;

    /// @dev The third shop of the street, so that no till bears its number.
    function setUp() public {
        found();
        openShop(0);
        openShop(0);
        shop = openShop(0);
    }

    // ---------------------------------------------------------------- keys

    function test_a_till_has_one_key_for_ever_and_a_key_one_till() public {
        vm.expectEmit(address(consortium));
        emit IConsortium.TillAdded(shop, 2, key, TillKind.Counter, 0);
        vm.expectEmit(address(consortium));
        emit IConsortium.TillAllowanceSet(shop, 2, 5_000_000);
        vm.prank(owner);
        consortium.addTill(shop, key);
        vm.prank(owner);
        consortium.revokeTill(shop, 2);
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.TillKeyUsed.selector, shop, key, 2));
        consortium.addTill(shop, key);
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.TillKeyUsed.selector, shop, key, 2));
        consortium.addCampaign(shop, key, 1);
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.ZeroTillKey.selector));
        consortium.addTill(shop, address(0));
        eq(consortium.tillCount(shop), 2, "count");
        Till memory till = consortium.tillOf(shop, 2);
        ok(till.key == key && till.revoked && till.kind == TillKind.Counter, "revoked, its key kept");
        ok(till.dailyPoints == 5_000_000 && till.budget == 0, "with what it could give");
    }

    function test_a_campaign_has_a_budget_for_its_life() public {
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.ZeroBudget.selector));
        consortium.addCampaign(shop, key, 0);
        vm.expectEmit(address(consortium));
        emit IConsortium.TillAdded(shop, 2, key, TillKind.Campaign, 77);
        vm.prank(owner);
        consortium.addCampaign(shop, key, 77);
        Till memory till = consortium.tillOf(shop, 2);
        ok(till.kind == TillKind.Campaign && till.budget == 77 && till.dailyPoints == 0, "as added");
    }

    function test_a_till_is_revoked_once() public {
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.UnknownTill.selector, shop, 2));
        consortium.revokeTill(shop, 2);
        vm.expectEmit(address(consortium));
        emit IConsortium.TillRevoked(shop, 1);
        vm.prank(owner);
        consortium.revokeTill(shop, 1);
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.TillAlreadyRevoked.selector, shop, 1));
        consortium.revokeTill(shop, 1);
    }

    // ---------------------------------------------------------------- revoked from afar

    function test_anyone_brings_the_owners_signed_revocation() public {
        uint48 deadline = uint48(block.timestamp);
        bytes memory signature = signed(OWNER_KEY, revocation(shop, 1, deadline));
        vm.expectEmit(address(consortium));
        emit IConsortium.TillRevoked(shop, 1);
        vm.prank(address(0x4e1a));
        consortium.revokeTillBySignature(shop, 1, deadline, signature);
        ok(consortium.tillOf(shop, 1).revoked, "revoked");
        vm.expectRevert(abi.encodeWithSelector(IConsortium.TillAlreadyRevoked.selector, shop, 1));
        consortium.revokeTillBySignature(shop, 1, deadline, signature);
    }

    function test_a_revocation_holds_until_its_deadline_for_its_till_alone() public {
        uint32 other = newTill(shop);
        uint48 deadline = uint48(block.timestamp + 1 hours);
        bytes memory signature = signed(OWNER_KEY, revocation(shop, 1, deadline));
        badSignature(shop, other, deadline, signature);
        badSignature(shop, 1, deadline + 1, signature);
        badSignature(shop, 1, deadline, signed(0xbad, revocation(shop, 1, deadline)));
        badSignature(shop, 1, deadline, "");
        vm.warp(deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.SignatureExpired.selector, deadline));
        consortium.revokeTillBySignature(shop, 1, deadline, signature);
        vm.warp(deadline);
        consortium.revokeTillBySignature(shop, 1, deadline, signature);
    }

    function test_a_revocation_for_another_network_or_chain_is_none_here() public {
        uint48 deadline = uint48(block.timestamp);
        bytes32 hash = revocationHash(shop, 1, deadline);
        bytes32 elsewhere = typed("Highstreet Consortium", address(issuance), hash);
        badSignature(shop, 1, deadline, signed(OWNER_KEY, elsewhere));
        badSignature(shop, 1, deadline, signed(OWNER_KEY, typed("Highstreet Issuance", address(consortium), hash)));
        uint256 here = block.chainid;
        vm.chainId(here + 1);
        bytes32 onAnother = typed("Highstreet Consortium", address(consortium), hash);
        vm.chainId(here);
        badSignature(shop, 1, deadline, signed(OWNER_KEY, onAnother));
    }

    function test_an_owner_that_is_a_contract_revokes_by_its_own_answer() public {
        AgreeingAccount account = new AgreeingAccount();
        vm.prank(owner);
        consortium.offerShop(shop, address(account));
        vm.prank(address(account));
        consortium.takeOver(shop);
        uint48 deadline = uint48(block.timestamp);
        // What the seller signed counts no more.
        badSignature(shop, 1, deadline, signed(OWNER_KEY, revocation(shop, 1, deadline)));
        account.agree(revocation(shop, 1, deadline));
        consortium.revokeTillBySignature(shop, 1, deadline, "anything");
        ok(consortium.tillOf(shop, 1).revoked, "revoked");
    }

    // ---------------------------------------------------------------- past sales

    function test_an_import_key_is_asked_for_by_the_owner_and_approved_by_the_board() public {
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.ZeroBudget.selector));
        consortium.askImport(shop, key, 0);
        vm.expectEmit(address(consortium));
        emit IConsortium.ImportAsked(shop, key, 1_000);
        vm.prank(owner);
        consortium.askImport(shop, key, 1_000);
        (address asked, uint48 budget) = consortium.askedImportOf(shop);
        ok(asked == key && budget == 1_000, "kept");
        notAsked(key, 1_001);
        notAsked(address(0x1e), 1_000);
        vm.prank(board);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.ZeroBudget.selector));
        consortium.approveImport(shop, key, 0);
        vm.expectEmit(address(consortium));
        emit IConsortium.TillAdded(shop, 2, key, TillKind.Import, 900);
        vm.prank(board);
        consortium.approveImport(shop, key, 900);
        Till memory till = consortium.tillOf(shop, 2);
        ok(till.kind == TillKind.Import && till.budget == 900 && !till.revoked, "as approved");
        notAsked(key, 1);
    }

    function test_the_board_makes_no_import_key_of_its_own() public {
        notAsked(key, 1);
        notAsked(address(0), 1);
    }

    function test_what_the_seller_asked_for_is_not_approved_at_the_buyers_cost() public {
        vm.prank(owner);
        consortium.askImport(shop, key, 5);
        vm.prank(owner);
        consortium.offerShop(shop, address(0xb4));
        vm.prank(address(0xb4));
        consortium.takeOver(shop);
        notAsked(key, 5);
    }

    function test_an_import_needs_an_active_shop() public {
        vm.prank(ownerFor(4));
        consortium.applyToJoin();
        vm.prank(ownerFor(4));
        consortium.askImport(4, key, 5);
        vm.prank(board);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.WrongStatus.selector, 4, ShopStatus.Applied));
        consortium.approveImport(4, key, 5);
    }

    // ---------------------------------------------------------------- limits

    function test_a_receipt_limit_is_never_zero() public {
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.ZeroReceiptLimit.selector));
        consortium.setReceiptLimit(shop, 0);
        vm.expectEmit(address(consortium));
        emit IConsortium.ReceiptLimitSet(shop, type(uint48).max);
        vm.prank(owner);
        consortium.setReceiptLimit(shop, type(uint48).max);
        Shop memory after_ = consortium.shopOf(shop);
        ok(after_.receiptLimit == type(uint48).max && after_.joinedAt == NOON, "the rest of the word stays");
        ok(after_.status == ShopStatus.Active && after_.points == address(tokenOf(shop)), "all of it");
    }

    function test_a_counters_allowance_is_set_and_nobody_elses() public {
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.ZeroAllowance.selector));
        consortium.setTillAllowance(shop, 1, 0);
        vm.expectEmit(address(consortium));
        emit IConsortium.TillAllowanceSet(shop, 1, 123);
        vm.prank(owner);
        consortium.setTillAllowance(shop, 1, 123);
        Till memory till = consortium.tillOf(shop, 1);
        ok(till.dailyPoints == 123 && till.kind == TillKind.Counter && !till.revoked, "the rest of the word stays");
        eq(till.key, vm.addr(tillKey[shop][1]), "its key too");
        uint32 campaign = newCampaign(shop, 50);
        uint32 import_ = newImport(shop, 50);
        notCounter(campaign, TillKind.Campaign);
        notCounter(import_, TillKind.Import);
        eq(consortium.tillOf(shop, campaign).budget, 50, "a budget stays");
    }

    function test_an_allowance_of_no_till_is_none() public {
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.NotCounter.selector, shop, 9, TillKind.None));
        consortium.setTillAllowance(shop, 9, 1);
        eq(consortium.tillOf(shop, 9).dailyPoints, 0, "nothing was written");
    }

    function test_a_shops_allowance_is_set() public {
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.ZeroAllowance.selector));
        consortium.setShopAllowance(shop, 0);
        vm.expectEmit(address(consortium));
        emit IConsortium.ShopAllowanceSet(shop, 456);
        vm.prank(owner);
        consortium.setShopAllowance(shop, 456);
        IssuingTerms memory asRead = consortium.issuingTermsOf(shop, 1);
        eq(asRead.shopDailyPoints, 456, "as purchases read it");
        eq(consortium.shopAllowance(shop), 456, "as anyone does");
        eq(consortium.ownerOf(shop), owner, "the rest of the word stays");
        eq(consortium.tillCount(shop), 1, "all of it");
    }

    // ---------------------------------------------------------------- within

    function revocationHash(uint32 shop_, uint32 till, uint48 deadline) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encode(keccak256("Revocation(uint32 shop,uint32 till,uint48 deadline)"), shop_, till, deadline)
            );
    }

    function revocation(uint32 shop_, uint32 till, uint48 deadline) internal view returns (bytes32) {
        return typed("Highstreet Consortium", address(consortium), revocationHash(shop_, till, deadline));
    }

    function badSignature(uint32 shop_, uint32 till, uint48 deadline, bytes memory signature) internal {
        vm.expectRevert(abi.encodeWithSelector(IConsortium.BadOwnerSignature.selector, shop_));
        consortium.revokeTillBySignature(shop_, till, deadline, signature);
    }

    function notAsked(address key_, uint48 budget) internal {
        vm.prank(board);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.ImportNotAsked.selector, shop, key_, budget));
        consortium.approveImport(shop, key_, budget);
    }

    function notCounter(uint32 till, TillKind kind) internal {
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.NotCounter.selector, shop, till, kind));
        consortium.setTillAllowance(shop, till, 1);
    }
}
