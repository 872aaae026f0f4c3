// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IRedemptions, Item, Line, RefusedBecause} from "../../../contracts/interfaces/IRedemptions.sol";
import {ShopPoints} from "../../../contracts/ShopPoints.sol";
import {Passkeys} from "../support/Passkeys.sol";
import {TwoShops} from "../support/TwoShops.sol";

/// @notice Members with passkeys pay on the street: nothing is deployed for it, and whoever deploys changes nothing.
contract PasskeyPaymentsTest is Passkeys, TwoShops {
    ShopPoints internal points;

    function setUp() public override {
        foundShops(10_000 * PAR, 10_000 * PAR);
        (bytes32 x, bytes32 y) = keyOf(ADA);
        ada = accounts.accountOf(x, y, address(0), 0);
        (x, y) = keyOf(BEN);
        ben = accounts.accountOf(x, y, address(0xcafe), 3 days);
        points = tokenOf(cafe);
        issue(cafe, 1, 1, abi.encodePacked(entry(ada, 1_000), entry(ben, 500)));
    }

    // ---------------------------------------------------------------- payments

    function test_a_member_pays_by_passkey_and_nothing_is_deployed() public {
        redeem(books, 1, byAda(1, 100));
        redeem(books, 1, byBen(2, 50));
        eq(points.balanceOf(ada), 900, "Ada paid");
        eq(points.balanceOf(ben), 450, "Ben too, whose account has a guardian");
        eq(ada.code.length + ben.code.length, 0, "nothing was deployed");
    }

    function test_a_payment_that_waits_outlives_a_deployment_by_anybody() public {
        Item[] memory items = new Item[](3);
        items[0] = byAda(1, 100);
        items[1] = byBen(2, 50);
        items[2] = byAda(3, 10);
        deployAda();
        redeem(books, 1, items);
        eq(points.balanceOf(ada), 890, "both of Ada's");
        eq(points.balanceOf(ben), 450, "and Ben's, not deployed");
        redeem(books, 1, byAda(4, 10));
        eq(points.balanceOf(ada), 880, "and from now on");
    }

    function test_a_spoiled_assertion_delays_its_payment_and_nothing_else() public {
        Item[] memory items = new Item[](2);
        items[0] = byAda(1, 100);
        items[1] = byBen(2, 50);
        bytes memory good = items[0].signature;
        for (uint256 length = 0; length <= 1_100; length += 55) {
            items[0].signature = new bytes(length);
            refused(items[0]);
        }
        items[0].signature = packed(BEN, digestOf(items[0]), 0);
        refused(items[0]);
        items[0].signature = good;
        items[0].purpose = 7;
        refused(items[0]);
        items[0].purpose = 0;
        items[0].signature = new bytes(1_024);
        redeem(books, 1, items);
        eq(points.balanceOf(ben), 450, "Ben's stood beside garbage");
        items[0].signature = good;
        redeem(books, 1, items);
        eq(points.balanceOf(ada), 900, "Ada's stands later");
        eq(points.balanceOf(ben), 450, "each once");
    }

    function test_no_amount_of_gas_lets_a_passkey_appear_not_to_have_agreed() public {
        Item[] memory items = new Item[](2);
        items[0] = byAda(1, 10);
        items[1] = byBen(2, 10);
        standsOrReverts(items);
    }

    function test_no_amount_of_gas_lets_a_deployed_passkey_appear_not_to_have_agreed() public {
        deployAda();
        standsOrReverts(only(byAda(1, 10)));
    }

    // ---------------------------------------------------------------- transfers

    function test_a_member_sends_points_by_passkey_before_and_after_a_deployment() public {
        bytes memory first = transferByAda(1);
        bytes memory second = transferByAda(2);
        points.transferWithAuthorization(ada, ben, 5, 0, type(uint48).max, bytes32(uint256(1)), first);
        deployAda();
        points.transferWithAuthorization(ada, ben, 5, 0, type(uint48).max, bytes32(uint256(2)), second);
        eq(points.balanceOf(ben), 510, "both arrived");
    }

    // ---------------------------------------------------------------- purchases

    function test_an_owner_stands_by_passkey_behind_what_a_revoked_till_sold() public {
        vm.prank(ownerFor(cafe));
        consortium.offerShop(cafe, ada);
        vm.prank(ada);
        consortium.takeOver(cafe);
        vm.prank(ada);
        consortium.revokeTill(cafe, 1);
        bytes memory entries = entry(ben, 7);
        bytes memory tills = signedBatch(cafe, 1, 9, entries);
        bytes memory owners = packed(ADA, batchDigest(cafe, 1, 9, entries), 0);
        issuance.issue(cafe, 1, 9, entries, tills, owners);
        eq(points.balanceOf(ben), 507, "issued");
        eq(ada.code.length, 0, "and nothing was deployed");
    }

    // ---------------------------------------------------------------- within

    function byAda(uint64 sequence, uint48 amount) internal view returns (Item memory item) {
        item = unsigned(ada, sequence, amount);
        item.signature = packed(ADA, digestOf(item), 0);
    }

    function byBen(uint64 sequence, uint48 amount) internal view returns (Item memory item) {
        item = unsigned(ben, sequence, amount);
        item.signature = packed(BEN, digestOf(item), recoveryBy(address(0xcafe), 3 days));
    }

    function unsigned(address member, uint64 sequence, uint48 amount) internal view returns (Item memory) {
        Line[] memory lines = new Line[](1);
        lines[0] = Line(address(points), amount);
        return Item(member, sequence, 0, uint48(block.timestamp + 1 days), lines, "");
    }

    function digestOf(Item memory item) internal view returns (bytes32) {
        return typed("Highstreet Redemptions", address(redemptions), termsHash(books, 1, item));
    }

    function transferByAda(uint256 nonce) internal view returns (bytes memory) {
        string memory fields =
            "(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)";
        bytes32 kind = keccak256(bytes(string.concat("TransferWithAuthorization", fields)));
        bytes32 hash = keccak256(abi.encode(kind, ada, ben, 5, 0, type(uint48).max, nonce));
        return packed(ADA, typed(points.name(), address(points), hash), 0);
    }

    function deployAda() internal {
        (bytes32 x, bytes32 y) = keyOf(ADA);
        vm.prank(address(0xbad));
        accounts.deploy(x, y, address(0), 0);
        ok(ada.code.length != 0, "deployed");
    }

    function refused(Item memory item) internal {
        vm.expectEmit(address(redemptions));
        emit IRedemptions.RedemptionRefused(books, 1, item.sequence, item.member, RefusedBecause.BadSignature);
        redeem(books, 1, item);
    }

    /// @dev With every amount of gas up to the first that does: all of it stands, or nothing happened at all.
    function standsOrReverts(Item[] memory items) internal {
        bytes memory data = abi.encodeCall(redemptions.redeem, (books, 1, items, acceptanceOf(books, 1, items)));
        for (uint256 gas_ = 20_000; gas_ < 1_000_000; gas_ += 500) {
            (bool done, ) = address(redemptions).call{gas: gas_}(data);
            if (!done) continue;
            for (uint256 i; i < items.length; ++i) {
                ok(redemptions.paymentSpent(books, 1, items[i].sequence), "whoever agreed has paid");
            }
            return;
        }
        ok(false, "it never stood");
    }
}
