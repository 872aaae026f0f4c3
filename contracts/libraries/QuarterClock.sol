// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @notice Where a token stands in time: the running quarter, when it began, and whether its end was announced.
/// @dev One storage word.
///
///   255   254   128 127    112 111      96 95              48 47               0
///  +-----+---------+----------+-----------+------------------+------------------+
///  |stop.| shared  |  share   |  quarter  |    startedAt     |     noticeAt     |
///  +-----+---------+----------+-----------+------------------+------------------+
///         breakage   of the     below       seconds, UTC       0: no notice yet
///         shares     running    2^15
///         so far,    quarter,
///         points     1/10,000
///
/// A quarter without a notice never ends. Each notice ends exactly one quarter, and every quarter lasts at least the
/// 30 days of its notice, so 15 bits of quarters last for more than 2,600 years.
type QuarterClock is uint256;

using QuarterRules for QuarterClock global;

/// @notice When a notice may be posted, when the quarter ends, and what the clock says at a given time.
library QuarterRules {
    uint48 internal constant NOTICE_OPENS_BEFORE_END = 60 days;
    uint48 internal constant NOTICE_LASTS = 30 days;

    uint256 private constant STOPPED = 1 << 255;
    uint256 private constant SHARE_SHIFT = 112;
    uint256 private constant SHARED_SHIFT = 128;

    /// @notice The clock of a token born at `time`: quarter 0, no notice, this breakage share.
    function starting(uint48 time, uint16 shareBps_) internal pure returns (QuarterClock) {
        return QuarterClock.wrap((uint256(shareBps_) << SHARE_SHIFT) | (uint256(time) << 48));
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

    /// @notice The breakage share that the running quarter bears, in 1/10,000.
    function shareBps(QuarterClock self) internal pure returns (uint16) {
        return uint16(QuarterClock.unwrap(self) >> SHARE_SHIFT);
    }

    /// @notice The breakage share of all points that lapsed so far, in hundredths of a point.
    function shared(QuarterClock self) internal pure returns (uint256) {
        return (QuarterClock.unwrap(self) & ~STOPPED) >> SHARED_SHIFT;
    }

    /// @notice Whether the clock stands still for ever.
    function isStopped(QuarterClock self) internal pure returns (bool) {
        return QuarterClock.unwrap(self) & STOPPED != 0;
    }

    /// @notice The clock standing still: the running quarter has no notice, and gets none any more.
    function stopped(QuarterClock self) internal pure returns (QuarterClock) {
        return QuarterClock.wrap((QuarterClock.unwrap(self) & ~uint256(type(uint48).max)) | STOPPED);
    }

    /// @notice The clock of the quarter that has just begun, with its breakage share and all that is shared so far.
    function withBreakage(QuarterClock self, uint16 shareBps_, uint256 shared_) internal pure returns (QuarterClock) {
        uint256 bare = QuarterClock.unwrap(self) & type(uint112).max;
        return QuarterClock.wrap((shared_ << SHARED_SHIFT) | (uint256(shareBps_) << SHARE_SHIFT) | bare);
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

    /// @notice The clock as it reads at `time`: at most one step further, since each step needs a notice of its own. A
    /// step leaves the breakage behind; `withBreakage` brings it along.
    function asOf(QuarterClock self, uint256 time, uint48 length) internal pure returns (QuarterClock) {
        if (self.noticeAt() == 0) return self;
        uint48 end = self.endsAt(length);
        if (time < end) return self;
        return QuarterClock.wrap((uint256(self.quarter() + 1) << 96) | (uint256(end) << 48));
    }
}
