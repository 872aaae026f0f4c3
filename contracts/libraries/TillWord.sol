// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @notice What a till's key is for.
enum TillKind {
    None,
    Counter,
    Campaign,
    Import
}

/// @notice A till of a shop: its key, for ever the same, and what that key may do.
/// @dev One storage word.
///
///   255   224 223         176 175       168 167    160 159                      0
///  +---------+---------------+-------------+----------+--------------------------+
///  |    0    |    budget     |   revoked   |   kind   |       key address        |
///  +---------+---------------+-------------+----------+--------------------------+
///              hundredths of
///              a point
type TillWord is uint256;

using TillRules for TillWord global;

/// @notice Reading the fields of a till's word and revoking it.
library TillRules {
    uint256 private constant KIND_SHIFT = 160;
    uint256 private constant REVOKED = 1 << 168;
    uint256 private constant BUDGET_SHIFT = 176;

    function made(address key_, TillKind kind_, uint48 budget_) internal pure returns (TillWord) {
        return
            TillWord.wrap(uint256(uint160(key_)) | (uint256(kind_) << KIND_SHIFT) | (uint256(budget_) << BUDGET_SHIFT));
    }

    function key(TillWord self) internal pure returns (address) {
        return address(uint160(TillWord.unwrap(self)));
    }

    function kind(TillWord self) internal pure returns (TillKind) {
        return TillKind(uint8(TillWord.unwrap(self) >> KIND_SHIFT));
    }

    function revoked(TillWord self) internal pure returns (bool) {
        return TillWord.unwrap(self) & REVOKED != 0;
    }

    function budget(TillWord self) internal pure returns (uint48) {
        return uint48(TillWord.unwrap(self) >> BUDGET_SHIFT);
    }

    function withRevoked(TillWord self) internal pure returns (TillWord) {
        return TillWord.wrap(TillWord.unwrap(self) | REVOKED);
    }
}
