// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @notice The identity of a purchase or of a payment.
/// @dev One word; it also names the record whose first receipt it is.
///
///   255          128 127      96 95       64 63              0
///  +----------------+-----------+-----------+-----------------+
///  |       0        |   shop    |   till    |    sequence     |
///  +----------------+-----------+-----------+-----------------+
type Receipt is uint256;

using ReceiptRules for Receipt global;

/// @notice Making a receipt's word, and finding its bit in a bitmap.
library ReceiptRules {
    function made(uint32 shop, uint32 till, uint64 sequence) internal pure returns (Receipt) {
        return Receipt.wrap((uint256(shop) << 96) | (uint256(till) << 64) | sequence);
    }

    /// @notice The receipt `count` numbers further on, at the same till.
    function plus(Receipt self, uint256 count) internal pure returns (Receipt) {
        return Receipt.wrap(Receipt.unwrap(self) + count);
    }

    /// @notice Whose number it is, and which.
    function parts(Receipt self) internal pure returns (uint32 shop, uint32 till, uint64 sequence) {
        uint256 word = Receipt.unwrap(self);
        return (uint32(word >> 96), uint32(word >> 64), uint64(word));
    }

    /// @notice The bitmap word the receipt belongs to: 256 numbers of one till share one.
    function wordKey(Receipt self) internal pure returns (uint256) {
        return Receipt.unwrap(self) >> 8;
    }

    /// @notice The receipt's bit within its word.
    function bit(Receipt self) internal pure returns (uint256) {
        return 1 << (Receipt.unwrap(self) & 0xff);
    }
}

/// @notice Which receipts of one kind are spent, for ever; purchases and payments each keep a bitmap of their own.
struct ReceiptBitmap {
    /// @notice 256 receipts by the upper bits of their number.
    mapping(uint256 wordKey => uint256 bits) words;
}

using ReceiptBitmapRules for ReceiptBitmap global;

/// @notice Asking for a receipt and spending it.
library ReceiptBitmapRules {
    function isSpent(ReceiptBitmap storage self, Receipt receipt) internal view returns (bool) {
        return self.words[receipt.wordKey()] & receipt.bit() != 0;
    }

    function spend(ReceiptBitmap storage self, Receipt receipt) internal {
        self.words[receipt.wordKey()] |= receipt.bit();
    }
}
