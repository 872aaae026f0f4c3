// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice The points of one account, or of the whole supply, by the quarter they were issued in.
/// @dev One storage word; a lane holds hundredths of a point.
///
///   255   254      240 239      192 191      144 143       96 95        48 47         0
///  +----+-------------+------------+------------+------------+------------+------------+
///  |debt|   quarter   |   lane 4   |   lane 3   |   lane 2   |   lane 1   |   lane 0   |
///  +----+-------------+------------+------------+------------+------------+------------+
///         stamp of the    oldest                                             newest
///         last touch
///
/// Lane i holds what was issued in quarter (stamp - i), so growing older is one shift to the left, and what is shifted
/// beyond lane 4 has lapsed. Bit 255 says that the account owes points, which stand in a word of their own; it never
/// moves with points.
type Lanes is uint256;

using LaneRules for Lanes global;

/// @notice Ageing, adding and taking, all on the bare word.
library LaneRules {
    uint256 internal constant LANE_BITS = 48;
    uint256 internal constant LANE_MAX = type(uint48).max;
    uint256 internal constant OLDEST_SHIFT = 4 * LANE_BITS;
    uint256 internal constant ALL_LANES = type(uint240).max;
    uint256 internal constant STAMP = uint256(0x7fff) << 240;
    uint256 internal constant OWES = 1 << 255;
    uint256 internal constant OLDEST = 4;

    /// @notice The quarter the word was last brought up to.
    function quarter(Lanes self) internal pure returns (uint16) {
        return uint16(Lanes.unwrap(self) >> 240) & 0x7fff;
    }

    /// @notice Whether the account owes points.
    function owes(Lanes self) internal pure returns (bool) {
        return Lanes.unwrap(self) & OWES != 0;
    }

    /// @notice The word of an account that owes points.
    function withDebt(Lanes self) internal pure returns (Lanes) {
        return Lanes.wrap(Lanes.unwrap(self) | OWES);
    }

    /// @notice The word of an account that owes nothing.
    function withoutDebt(Lanes self) internal pure returns (Lanes) {
        return Lanes.wrap(Lanes.unwrap(self) & ~OWES);
    }

    /// @notice The points of the quarter `age` quarters before the stamp, in hundredths.
    function lane(Lanes self, uint256 age) internal pure returns (uint48) {
        return uint48(Lanes.unwrap(self) >> (age * LANE_BITS));
    }

    /// @notice All points in the word, in hundredths.
    function total(Lanes self) internal pure returns (uint256) {
        return _sum(Lanes.unwrap(self) & ALL_LANES);
    }

    /// @notice The word as it stands in quarter `now_`, and the points that lapsed on the way.
    function agedTo(Lanes self, uint16 now_) internal pure returns (Lanes aged, uint256 lapsed) {
        uint16 stamp = self.quarter();
        if (stamp == now_) return (self, 0);
        unchecked {
            // The stamp is never ahead of the clock: it was taken from it.
            uint256 quarters = now_ - stamp;
            uint256 word = Lanes.unwrap(self);
            uint256 before = word & ALL_LANES;
            // From five quarters on nothing is left within the lanes: a shift beyond the word gives zero.
            uint256 live = (before << (quarters * LANE_BITS)) & ALL_LANES;
            aged = Lanes.wrap((word & OWES) | (uint256(now_) << 240) | live);
            lapsed = _sum(before) - _sum(live);
        }
    }

    /// @notice The word with `points` more in its newest lane; the caller has made sure that they fit.
    function withIssued(Lanes self, uint256 points) internal pure returns (Lanes) {
        unchecked {
            return Lanes.wrap(Lanes.unwrap(self) + points);
        }
    }

    /// @notice The word with the lanes of `taken` added, each to the lane of the same age; both bear the same stamp.
    /// @dev No lane can carry into the next: a lane of an account never exceeds that lane of the supply, which fits.
    function withLanes(Lanes self, Lanes taken) internal pure returns (Lanes) {
        unchecked {
            return Lanes.wrap(Lanes.unwrap(self) + (Lanes.unwrap(taken) & ALL_LANES));
        }
    }

    /// @notice The word without the lanes of `taken`, each at most what that lane holds.
    function withoutLanes(Lanes self, Lanes taken) internal pure returns (Lanes) {
        unchecked {
            return Lanes.wrap(Lanes.unwrap(self) - (Lanes.unwrap(taken) & ALL_LANES));
        }
    }

    /// @notice The lanes that make up `points`, oldest first, under the same stamp, and whether the word holds that
    /// many: known at the end of the search anyway, which spares a sum beforehand.
    function oldestFirst(Lanes self, uint256 points) internal pure returns (Lanes taken, bool enough) {
        uint256 word = Lanes.unwrap(self);
        uint256 lanes = word & STAMP;
        // Most members hold young points only: where the three old lanes are empty, they are passed over at once.
        uint256 shift = word & ALL_LANES < 1 << (2 * LANE_BITS) ? LANE_BITS : OLDEST_SHIFT;
        unchecked {
            while (true) {
                uint256 here = (word >> shift) & LANE_MAX;
                if (here >= points) return (Lanes.wrap(lanes | (points << shift)), true);
                if (shift == 0) break;
                lanes |= here << shift;
                points -= here;
                shift -= LANE_BITS;
            }
        }
    }

    /// @notice The lanes that make up `points`, youngest first, under the same stamp; the word must hold that many.
    function youngestFirst(Lanes self, uint256 points) internal pure returns (Lanes taken) {
        uint256 word = Lanes.unwrap(self);
        uint256 lanes = word & STAMP;
        for (uint256 age; points != 0; ++age) {
            uint256 part = Math.min(self.lane(age), points);
            lanes |= part << (age * LANE_BITS);
            points -= part;
        }
        return Lanes.wrap(lanes);
    }

    /// @notice The lanes that make up `points`, first those of `age`, then the younger, then the older ones, under the
    /// same stamp; the word must hold that many.
    function fromAge(Lanes self, uint256 points, uint256 age) internal pure returns (Lanes taken) {
        uint256 lanes = Lanes.unwrap(self) & STAMP;
        uint256 next = Math.min(age, OLDEST);
        uint256 older = next + 1;
        bool younger = true;
        while (points != 0) {
            uint256 part = Math.min(self.lane(next), points);
            lanes |= part << (next * LANE_BITS);
            points -= part;
            if (younger && next != 0) --next;
            else (next, older, younger) = (older, older + 1, false);
        }
        return Lanes.wrap(lanes);
    }

    /// @notice The word as it comes back in quarter `now_`: each lane aged, and what lapsed meanwhile in the oldest.
    function agedKeeping(Lanes self, uint16 now_) internal pure returns (Lanes aged) {
        uint256 lapsed;
        (aged, lapsed) = self.agedTo(now_);
        // Together they are no more than one payment, which fits into a lane.
        return Lanes.wrap(Lanes.unwrap(aged) + (lapsed << OLDEST_SHIFT));
    }

    function _sum(uint256 lanes) private pure returns (uint256) {
        unchecked {
            return
                (lanes & LANE_MAX) +
                ((lanes >> 48) & LANE_MAX) +
                ((lanes >> 96) & LANE_MAX) +
                ((lanes >> 144) & LANE_MAX) +
                (lanes >> 192);
        }
    }
}
