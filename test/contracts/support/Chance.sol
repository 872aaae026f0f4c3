// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Draws} from "./Draws.sol";
import {Street} from "./Street.sol";

/// @notice A street where things happen by chance.
abstract contract Chance is Street, Draws {
    /// @dev Just below, at, just above a limit, or somewhere below it.
    function _about(uint256 limit) internal returns (uint256) {
        uint256 how = _roll(0, 9);
        if (how == 0) return limit + 1;
        if (how == 1) return limit;
        if (how == 2) return limit == 0 ? 0 : limit - 1;
        return _roll(limit == 0 ? 0 : 1, limit / 4 + 1);
    }
}
