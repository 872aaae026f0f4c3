// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IssuedChunk, Reversal} from "../../../contracts/interfaces/IIssuance.sol";
import {ShopPoints} from "../../../contracts/ShopPoints.sol";
import {Street} from "./Street.sol";

/// @notice Purchases that are undone again: what was sold, what a till agrees to, and how lanes are looked at.
abstract contract Returns is Street {
    /// @dev Purchases of one chunk as they were issued.
    struct Sold {
        uint32 shop;
        uint256 record;
        IssuedChunk chunk;
    }

    /// @dev Sells at a counter; every entry must be issued.
    function sell(uint32 shop, uint32 till, uint64 first, bytes memory entries) internal returns (Sold memory sold) {
        (uint16 quarter, , ) = tokenOf(shop).clock();
        issue(shop, till, first, entries);
        uint256 bits = (1 << (entries.length / 36)) - 1;
        sold = Sold(shop, receiptName(shop, till, first), IssuedChunk(till, first, bits, quarter, entries));
        ok(issuance.recordHash(sold.record) != 0, "issued");
    }

    function receiptName(uint32 shop, uint32 till, uint64 sequence) internal pure returns (uint256) {
        return (uint256(shop) << 96) | (uint256(till) << 64) | sequence;
    }

    /// @dev The name of the receipt of one entry of a chunk.
    function purchaseOf(Sold memory sold, uint256 index) internal pure returns (uint256) {
        return receiptName(sold.shop, sold.chunk.till, sold.chunk.firstSequence) + index;
    }

    /// @dev What till 1 agrees to now, for the next hour.
    function agreement(
        Sold memory sold,
        uint32 index,
        uint256 points,
        uint256 taken,
        uint256 debt
    ) internal view returns (Reversal memory agreed) {
        agreed.till = 1;
        agreed.index = index;
        agreed.before = issuance.reversed(purchaseOf(sold, index));
        (agreed.points, agreed.taken, agreed.debt) = (uint48(points), uint48(taken), uint48(debt));
        agreed.deadline = uint48(block.timestamp + 1 hours);
        sign(sold, agreed);
    }

    function sign(Sold memory sold, Reversal memory agreed) internal view {
        agreed.signature = signed(tillKey[sold.shop][agreed.till], reversalDigest(sold, agreed));
    }

    function reversalDigest(Sold memory sold, Reversal memory agreed) internal view returns (bytes32) {
        return reversalDigest(sold.shop, purchaseOf(sold, agreed.index), agreed);
    }

    function reverse(Sold memory sold, Reversal memory agreed) internal {
        issuance.reverse(sold.shop, sold.record, sold.chunk, agreed);
    }

    /// @dev All of an entry, taken from what its member has.
    function reverseWhole(Sold memory sold, uint32 index, uint256 points) internal {
        reverse(sold, agreement(sold, index, points, points, 0));
    }

    // ---------------------------------------------------------------- lanes

    function lanesAre(
        ShopPoints token,
        address account,
        uint256 a,
        uint256 b,
        uint256 c,
        uint256 d,
        uint256 e
    ) internal view {
        (uint48[5] memory lanes, ) = token.lanesOf(account);
        areLanes(lanes, a, b, c, d, e);
    }

    function supplyIs(ShopPoints token, uint256 a, uint256 b, uint256 c, uint256 d, uint256 e) internal view {
        (uint48[5] memory lanes, ) = token.supplyLanes();
        areLanes(lanes, a, b, c, d, e);
    }

    /// @dev A word of lanes under this quarter's stamp, newest first.
    function wordOf(
        uint256 quarter,
        uint256 a,
        uint256 b,
        uint256 c,
        uint256 d,
        uint256 e
    ) internal pure returns (uint256) {
        return (quarter << 240) | (e << 192) | (d << 144) | (c << 96) | (b << 48) | a;
    }

    function areLanes(uint48[5] memory is_, uint256 a, uint256 b, uint256 c, uint256 d, uint256 e) private pure {
        eq(is_[0], a, "lane 0");
        eq(is_[1], b, "lane 1");
        eq(is_[2], c, "lane 2");
        eq(is_[3], d, "lane 3");
        eq(is_[4], e, "lane 4");
    }
}
