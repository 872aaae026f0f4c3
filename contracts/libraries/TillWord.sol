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
///  |    0    |   allotted    |   revoked   |   kind   |       key address        |
///  +---------+---------------+-------------+----------+--------------------------+
///              hundredths of
///              a point: a day for a counter,
///              in all for the other kinds
type TillWord is uint256;

using TillRules for TillWord global;

/// @notice Reading the fields of a till's word, allotting to it and revoking it.
library TillRules {
    uint256 private constant KIND_SHIFT = 160;
    uint256 private constant REVOKED = 1 << 168;
    uint256 private constant ALLOTTED_SHIFT = 176;

    function made(address key_, TillKind kind_, uint48 allotted_) internal pure returns (TillWord) {
        return
            TillWord.wrap(
                uint256(uint160(key_)) | (uint256(kind_) << KIND_SHIFT) | (uint256(allotted_) << ALLOTTED_SHIFT)
            );
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

    /// @notice Whether the key stands at a counter of the shop and is not revoked.
    function isActiveCounter(TillWord self) internal pure returns (bool) {
        return kind(self) == TillKind.Counter && !revoked(self);
    }

    /// @notice What the key may give: a counter in a day, an import or campaign key in its whole life.
    function allotted(TillWord self) internal pure returns (uint48) {
        return uint48(TillWord.unwrap(self) >> ALLOTTED_SHIFT);
    }

    function withAllotted(TillWord self, uint48 points) internal pure returns (TillWord) {
        uint256 rest = TillWord.unwrap(self) & ~(uint256(type(uint48).max) << ALLOTTED_SHIFT);
        return TillWord.wrap(rest | (uint256(points) << ALLOTTED_SHIFT));
    }

    function withRevoked(TillWord self) internal pure returns (TillWord) {
        return TillWord.wrap(TillWord.unwrap(self) | REVOKED);
    }
}
