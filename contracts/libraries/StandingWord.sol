// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @notice How a shop, or the whole network, regards a member.
enum Tier {
    None,
    Bronze,
    Silver,
    Gold
}

/// @notice Everything a member has reached at one shop, or in the whole network.
/// @dev One storage word.
///
///   255 248 247     216 215     176 175     136 135    132 131    128 127              0
///  +-------+-----------+-----------+-----------+----------+----------+------------------+
///  |   0   |    run    |   until   |   since   |   next   |   tier   |      badges      |
///  +-------+-----------+-----------+-----------+----------+----------+------------------+
///            last score  end of the  seconds,    tier       tier       one bit for each
///            proved      tier if     UTC         after      now        of 128 badges
///                        noticed                 `until`
///
/// `until` is zero unless a downgrade stands noticed; then the tier is kept at least up to that second.
type StandingWord is uint256;

using StandingRules for StandingWord global;

/// @notice Reading the fields of a member's standing and rewriting them.
library StandingRules {
    uint256 private constant TIER_SHIFT = 128;
    uint256 private constant NEXT_SHIFT = 132;
    uint256 private constant SINCE_SHIFT = 136;
    uint256 private constant UNTIL_SHIFT = 176;
    uint256 private constant RUN_SHIFT = 216;
    uint256 private constant FOUR_BITS = 0xf;
    uint256 private constant RUN_BITS = type(uint32).max;
    /// @dev The fields `next` and `until`, which stand or go together.
    uint256 private constant NOTICE = (FOUR_BITS << NEXT_SHIFT) | (uint256(type(uint40).max) << UNTIL_SHIFT);
    /// @dev The fields `tier` and `since`.
    uint256 private constant HELD = (FOUR_BITS << TIER_SHIFT) | (uint256(type(uint40).max) << SINCE_SHIFT);

    function badges(StandingWord self) internal pure returns (uint128) {
        return uint128(StandingWord.unwrap(self));
    }

    function tier(StandingWord self) internal pure returns (Tier) {
        return Tier((StandingWord.unwrap(self) >> TIER_SHIFT) & FOUR_BITS);
    }

    function next(StandingWord self) internal pure returns (Tier) {
        return Tier((StandingWord.unwrap(self) >> NEXT_SHIFT) & FOUR_BITS);
    }

    function since(StandingWord self) internal pure returns (uint40) {
        return uint40(StandingWord.unwrap(self) >> SINCE_SHIFT);
    }

    function until(StandingWord self) internal pure returns (uint40) {
        return uint40(StandingWord.unwrap(self) >> UNTIL_SHIFT);
    }

    function run(StandingWord self) internal pure returns (uint32) {
        return uint32(StandingWord.unwrap(self) >> RUN_SHIFT);
    }

    /// @notice The word once this tier is held since this second; no notice stands any more.
    function withTier(StandingWord self, Tier tier_, uint40 since_) internal pure returns (StandingWord) {
        uint256 rest = StandingWord.unwrap(self) & ~(HELD | NOTICE);
        return StandingWord.wrap(rest | (uint256(tier_) << TIER_SHIFT) | (uint256(since_) << SINCE_SHIFT));
    }

    /// @notice The word with a downgrade noticed: to this tier, not before this second.
    function withNotice(StandingWord self, Tier next_, uint40 until_) internal pure returns (StandingWord) {
        uint256 rest = StandingWord.unwrap(self) & ~NOTICE;
        return StandingWord.wrap(rest | (uint256(next_) << NEXT_SHIFT) | (uint256(until_) << UNTIL_SHIFT));
    }

    /// @notice The word without any notice.
    function withoutNotice(StandingWord self) internal pure returns (StandingWord) {
        return StandingWord.wrap(StandingWord.unwrap(self) & ~NOTICE);
    }

    /// @notice The word with these badges beside those that were there.
    function withBadges(StandingWord self, uint128 more) internal pure returns (StandingWord) {
        return StandingWord.wrap(StandingWord.unwrap(self) | more);
    }

    /// @notice The word once a score of this run is proved.
    function withRun(StandingWord self, uint32 run_) internal pure returns (StandingWord) {
        uint256 rest = StandingWord.unwrap(self) & ~(RUN_BITS << RUN_SHIFT);
        return StandingWord.wrap(rest | (uint256(run_) << RUN_SHIFT));
    }
}
