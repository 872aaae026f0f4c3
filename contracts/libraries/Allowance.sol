// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @notice What a till or a shop has given lately: a vessel that drains evenly, at its daily rate.
/// @dev One storage word; a fresh one is all zero, and empty.
///
///   255        176 175     128 127                          0
///  +--------------+-----------+-----------------------------+
///  |      0       |    at     |            used             |
///  +--------------+-----------+-----------------------------+
///                  seconds,    hundredths of a point
///                  UTC         times 86,400, at that second
///
/// Counting in 86,400ths lets a daily rate drain by the second without a remainder.
type Allowance is uint256;

using AllowanceRules for Allowance global;

/// @notice How much may still be given, and taking note of what was.
library AllowanceRules {
    uint256 private constant AT_SHIFT = 128;
    uint256 internal constant GATHERS_DAYS = 3;

    /// @notice What may be given at `time` under this daily rate, rounded down, in hundredths of a point.
    function leftDown(Allowance self, uint256 dailyPoints, uint256 time) internal pure returns (uint256 points) {
        uint256 full = dailyPoints * GATHERS_DAYS * 1 days;
        uint256 used = self._usedAt(dailyPoints, time);
        return used < full ? (full - used) / 1 days : 0;
    }

    /// @notice The word once so many hundredths more are given at `time`.
    function withGiven(
        Allowance self,
        uint256 dailyPoints,
        uint256 time,
        uint256 points
    ) internal pure returns (Allowance) {
        return Allowance.wrap((time << AT_SHIFT) | (self._usedAt(dailyPoints, time) + points * 1 days));
    }

    function _usedAt(Allowance self, uint256 dailyPoints, uint256 time) internal pure returns (uint256) {
        uint256 used = uint128(Allowance.unwrap(self));
        uint256 drained = (time - uint48(Allowance.unwrap(self) >> AT_SHIFT)) * dailyPoints;
        return used > drained ? used - drained : 0;
    }
}
