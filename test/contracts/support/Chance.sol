// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Street} from "./Street.sol";

/// @notice A street where things happen by chance: one seed, from which every number of a run is drawn in order.
abstract contract Chance is Street {
    uint256 internal seed;

    function _roll(uint256 lowest, uint256 highest) internal returns (uint256) {
        seed = uint256(keccak256(abi.encode(seed)));
        return within(seed, lowest, highest);
    }

    /// @dev Just below, at, just above a limit, or somewhere below it.
    function _about(uint256 limit) internal returns (uint256) {
        uint256 how = _roll(0, 9);
        if (how == 0) return limit + 1;
        if (how == 1) return limit;
        if (how == 2) return limit == 0 ? 0 : limit - 1;
        return _roll(limit == 0 ? 0 : 1, limit / 4 + 1);
    }
}
