// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @notice Where a token stands in time: the running quarter, when it began, and whether its end was announced.
/// @dev One storage word.
///
///   255        111 110      96 95              48 47               0
///  +--------------+-----------+------------------+------------------+
///  |      0       |  quarter  |    startedAt     |     noticeAt     |
///  +--------------+-----------+------------------+------------------+
///                                seconds, UTC       0: no notice yet
///
/// A quarter without a notice never ends. Each notice ends exactly one quarter, and every quarter lasts at least the
/// 30 days of its notice, so 15 bits of quarters last for more than 2,600 years.
type QuarterClock is uint256;

using QuarterRules for QuarterClock global;

/// @notice When a notice may be posted, when the quarter ends, and what the clock says at a given time.
library QuarterRules {
    uint48 internal constant NOTICE_OPENS_BEFORE_END = 60 days;
    uint48 internal constant NOTICE_LASTS = 30 days;

    /// @notice The clock of a token born at `time`: quarter 0, no notice.
    function starting(uint48 time) internal pure returns (QuarterClock) {
        return QuarterClock.wrap(uint256(time) << 48);
    }

    function quarter(QuarterClock self) internal pure returns (uint16) {
        return uint16(QuarterClock.unwrap(self) >> 96);
    }

    function startedAt(QuarterClock self) internal pure returns (uint48) {
        return uint48(QuarterClock.unwrap(self) >> 48);
    }

    function noticeAt(QuarterClock self) internal pure returns (uint48) {
        return uint48(QuarterClock.unwrap(self));
    }

    /// @notice The first second at which the running quarter's notice may be posted.
    function noticeOpensAt(QuarterClock self, uint48 length) internal pure returns (uint48) {
        uint48 start = self.startedAt();
        return length > NOTICE_OPENS_BEFORE_END ? start + length - NOTICE_OPENS_BEFORE_END : start;
    }

    /// @notice The second at which the running quarter ends, once its notice stands.
    function endsAt(QuarterClock self, uint48 length) internal pure returns (uint48) {
        uint48 byLength = self.startedAt() + length;
        uint48 byNotice = self.noticeAt() + NOTICE_LASTS;
        return byLength > byNotice ? byLength : byNotice;
    }

    /// @notice The clock with the running quarter's notice posted at `time`.
    function withNotice(QuarterClock self, uint48 time) internal pure returns (QuarterClock) {
        return QuarterClock.wrap(QuarterClock.unwrap(self) | time);
    }

    /// @notice The clock as it reads at `time`: at most one step further, since each step needs a notice of its own.
    function asOf(QuarterClock self, uint256 time, uint48 length) internal pure returns (QuarterClock) {
        if (self.noticeAt() == 0) return self;
        uint48 end = self.endsAt(length);
        if (time < end) return self;
        return QuarterClock.wrap((uint256(self.quarter() + 1) << 96) | (uint256(end) << 48));
    }
}
