// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @notice Where a shop stands with the others, in settlement money.
/// @dev One storage word.
///
///   255                      128 127                        0
///  +----------------------------+----------------------------+
///  |        net (signed)        |          reserve           |
///  +----------------------------+----------------------------+
///    owed to it (+), by it (-)      locked by the shop
type PositionWord is uint256;

using PositionRules for PositionWord global;

/// @notice Reading both halves of a position and building it again; what does not fit is refused, never cut.
library PositionRules {
    function made(int256 net_, uint256 reserve_) internal pure returns (PositionWord) {
        uint128 netBits = uint128(SafeCast.toInt128(net_));
        return PositionWord.wrap((uint256(netBits) << 128) | SafeCast.toUint128(reserve_));
    }

    function net(PositionWord self) internal pure returns (int256) {
        return int128(uint128(PositionWord.unwrap(self) >> 128));
    }

    function reserve(PositionWord self) internal pure returns (uint256) {
        return uint128(PositionWord.unwrap(self));
    }

    /// @notice What stands behind the shop's own points: its reserve, less what it owes. Credit not yet settled is not
    /// counted.
    function backing(PositionWord self) internal pure returns (int256) {
        int256 owed = self.net();
        return int256(self.reserve()) + (owed < 0 ? owed : int256(0));
    }
}
