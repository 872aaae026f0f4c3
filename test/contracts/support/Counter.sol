// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IRedemptions, Item, Line, Payment, Refund} from "../../../contracts/interfaces/IRedemptions.sol";
import {Lanes} from "../../../contracts/libraries/Lanes.sol";
import {Street} from "./Street.sol";
import {RecordedLog} from "./Test.sol";

/// @notice A counter where payments are taken and undone: it keeps of each payment what undoing it needs, read from the
/// events alone as anyone could.
abstract contract Counter is Street {
    uint32 internal constant AT_DEFAULT_PRICE = 1 << 31;

    // ---------------------------------------------------------------- paying

    /// @dev A payment that stands, as its record holds it.
    function paid(uint32 shop, Item memory item) internal returns (Payment memory) {
        return paid(shop, only(item))[0];
    }

    /// @dev Payments of one submission at the shop's first till, of which all must stand.
    function paid(uint32 shop, Item[] memory items) internal returns (Payment[] memory payments) {
        uint256[] memory values = new uint256[](items.length);
        for (uint256 i; i < items.length; ++i) {
            values[i] = valueOf(items[i].lines);
        }
        vm.recordLogs();
        redeem(shop, 1, items);
        payments = read(vm.getRecordedLogs());
        eq(payments.length, items.length, "payments that stand");
        bytes32[] memory results = new bytes32[](items.length);
        for (uint256 i; i < items.length; ++i) {
            Payment memory one = payments[i];
            one.value = values[i];
            results[i] = keccak256(abi.encode(one.member, one.sequence, one.lines, one.lanes, one.value));
        }
        for (uint256 i; i < items.length; ++i) {
            (payments[i].results, payments[i].index) = (results, i);
        }
    }

    /// @dev Several lines of one member, in the order the contract wants.
    function basket(
        uint256 memberKey,
        uint32 shop,
        uint64 sequence,
        uint32[] memory issuers,
        uint48[] memory points
    ) internal view returns (Item memory item) {
        item = payment(memberKey, shop, 1, sequence, issuers[0], points[0]);
        item.lines = new Line[](issuers.length);
        for (uint256 i; i < issuers.length; ++i) {
            putInOrder(item.lines, i, Line(address(tokenOf(issuers[i])), points[i]));
        }
        sign(memberKey, shop, 1, item);
    }

    /// @dev A payment that agrees to the price of a shop in default.
    function atDefaultPrice(
        uint256 memberKey,
        uint32 shop,
        uint64 sequence,
        uint32 issuer,
        uint256 points
    ) internal view returns (Item memory item) {
        item = payment(memberKey, shop, 1, sequence, issuer, points);
        item.purpose = AT_DEFAULT_PRICE;
        sign(memberKey, shop, 1, item);
    }

    // ---------------------------------------------------------------- undoing

    /// @dev The till agrees to undo so much of each line.
    function agreed(
        uint32 shop,
        uint32 till,
        Payment memory undone,
        uint48[] memory points
    ) internal view returns (Refund memory) {
        uint48[] memory before = new uint48[](undone.lines.length);
        for (uint256 i; i < before.length; ++i) {
            before[i] = redemptions.refunded(nameOf(shop, undone), i);
        }
        return agreed(shop, till, undone, before, points);
    }

    function agreed(
        uint32 shop,
        uint32 till,
        Payment memory undone,
        uint48[] memory before,
        uint48[] memory points
    ) internal view returns (Refund memory refund) {
        refund = Refund(till, before, points, uint48(block.timestamp + 1 days), "");
        signRefund(shop, undone, refund);
    }

    function signRefund(uint32 shop, Payment memory undone, Refund memory refund) internal view {
        refund.signature = signed(tillKey[shop][refund.till], refundDigest(shop, nameOf(shop, undone), refund));
    }

    /// @dev Undoes so much of a payment of one line.
    function undo(uint32 shop, Payment memory undone, uint48 points) internal {
        undo(shop, undone, points48(points));
    }

    function undo(uint32 shop, Payment memory undone, uint48[] memory points) internal {
        redemptions.refund(shop, undone, agreed(shop, 1, undone, points));
    }

    function cannotUndo(uint32 shop, Payment memory undone, uint48 points, bytes memory why) internal {
        Refund memory refund = agreed(shop, 1, undone, points48(points));
        vm.expectRevert(why);
        redemptions.refund(shop, undone, refund);
    }

    // ---------------------------------------------------------------- reading

    function nameOf(uint32 shop, Payment memory one) internal pure returns (uint256) {
        return (uint256(shop) << 96) | (uint256(one.till) << 64) | one.sequence;
    }

    function netOf(uint32 shop) internal view returns (int256 net) {
        (net, ) = clearing.positionOf(shop);
    }

    function reserveOf(uint32 shop) internal view returns (uint256 reserve) {
        (, reserve) = clearing.positionOf(shop);
    }

    /// @dev What the shop has, if everybody settled.
    function allOf(uint32 shop) internal view returns (uint256) {
        return uint256(netOf(shop) + int256(reserveOf(shop)));
    }

    /// @dev Par, or money / liability of it where the issuer has defaulted, rounded down line by line.
    function valueOf(Line[] memory lines) internal view returns (uint256 value) {
        for (uint256 i; i < lines.length; ++i) {
            uint256 par = consortium.par();
            (uint128 money_, uint128 liability) = clearing.priceOf(consortium.shopOfPoints(lines[i].token));
            if (liability == 0) value += lines[i].points * par;
            else value += (lines[i].points * par * money_) / liability;
        }
    }

    function points48(uint48 points) internal pure returns (uint48[] memory list) {
        list = new uint48[](1);
        list[0] = points;
    }

    function points48(uint48 first, uint48 second) internal pure returns (uint48[] memory list) {
        list = new uint48[](2);
        (list[0], list[1]) = (first, second);
    }

    function shops(uint32 first, uint32 second) internal pure returns (uint32[] memory list) {
        list = new uint32[](2);
        (list[0], list[1]) = (first, second);
    }

    function read(RecordedLog[] memory logs) private view returns (Payment[] memory payments) {
        payments = new Payment[](logs.length);
        uint256 count;
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] != IRedemptions.Redeemed.selector) continue;
            Payment memory one = payments[count++];
            one.member = address(uint160(uint256(logs[i].topics[2])));
            (one.till, one.sequence, , one.record, one.lines, one.lanes) = abi.decode(
                logs[i].data,
                (uint32, uint64, uint32, uint256, Line[], Lanes[])
            );
            one.recordedAt = block.timestamp;
        }
        assembly ("memory-safe") {
            mstore(payments, count)
        }
    }
}
