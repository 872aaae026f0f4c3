// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @notice Where a shop stands in the consortium.
enum ShopStatus {
    None,
    Applied,
    Active,
    Suspended,
    Exiting,
    Exited,
    Defaulted,
    Withdrawn
}

/// @notice What every purchase and payment asks about a shop.
/// @dev One storage word, so that the hot paths pay for one cold read.
///
///   255    249   248   247       208 207         160 159                        0
///  +----------+-------+-------------+---------------+----------------------------+
///  |  status  | r.o.  |  joinedAt   | receiptLimit  |       token address        |
///  +----------+-------+-------------+---------------+----------------------------+
///               redeems  seconds, UTC  hundredths of
///               only                   a point
type ShopWord is uint256;

using ShopRules for ShopWord global;

/// @notice Reading and rewriting the fields of a shop's word.
library ShopRules {
    uint256 private constant STATUS_SHIFT = 249;
    uint256 private constant REDEEMS_ONLY = 1 << 248;
    uint256 private constant JOINED_SHIFT = 208;
    uint256 private constant LIMIT_SHIFT = 160;

    /// @notice The word of a shop that has just applied.
    function applied(uint48 receiptLimit_) internal pure returns (ShopWord) {
        return ShopWord.wrap((uint256(ShopStatus.Applied) << STATUS_SHIFT) | (uint256(receiptLimit_) << LIMIT_SHIFT));
    }

    function status(ShopWord self) internal pure returns (ShopStatus) {
        return ShopStatus(ShopWord.unwrap(self) >> STATUS_SHIFT);
    }

    function redeemsOnly(ShopWord self) internal pure returns (bool) {
        return ShopWord.unwrap(self) & REDEEMS_ONLY != 0;
    }

    function joinedAt(ShopWord self) internal pure returns (uint48) {
        return uint40(ShopWord.unwrap(self) >> JOINED_SHIFT);
    }

    function receiptLimit(ShopWord self) internal pure returns (uint48) {
        return uint48(ShopWord.unwrap(self) >> LIMIT_SHIFT);
    }

    function points(ShopWord self) internal pure returns (address) {
        return address(uint160(ShopWord.unwrap(self)));
    }

    /// @notice The word of the applicant once admitted: active, with its token, from `time` on.
    function admitted(ShopWord self, address token, bool redeemsOnly_, uint40 time) internal pure returns (ShopWord) {
        uint256 word = ShopWord.unwrap(self.withStatus(ShopStatus.Active));
        if (redeemsOnly_) word |= REDEEMS_ONLY;
        return ShopWord.wrap(word | (uint256(time) << JOINED_SHIFT) | uint160(token));
    }

    function withStatus(ShopWord self, ShopStatus to) internal pure returns (ShopWord) {
        uint256 rest = ShopWord.unwrap(self) & ((1 << STATUS_SHIFT) - 1);
        return ShopWord.wrap(rest | (uint256(to) << STATUS_SHIFT));
    }

    function withReceiptLimit(ShopWord self, uint48 limit) internal pure returns (ShopWord) {
        uint256 rest = ShopWord.unwrap(self) & ~(uint256(type(uint48).max) << LIMIT_SHIFT);
        return ShopWord.wrap(rest | (uint256(limit) << LIMIT_SHIFT));
    }
}
