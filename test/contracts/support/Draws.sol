// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Test} from "./Test.sol";

/// @notice One seed, from which every number of a run is drawn in order.
abstract contract Draws is Test {
    uint256 internal seed;

    function _roll(uint256 lowest, uint256 highest) internal returns (uint256) {
        seed = uint256(keccak256(abi.encode(seed)));
        return within(seed, lowest, highest);
    }
}
