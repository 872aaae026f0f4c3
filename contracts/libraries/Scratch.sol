// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @notice Memory for one item of a list at a time: what an item needed is given back before the next, so that a long
/// list does not pay for memory by its square.
library Scratch {
    /// @notice Where free memory begins now.
    function mark() internal pure returns (uint256 free) {
        assembly ("memory-safe") {
            free := mload(0x40)
        }
    }

    /// @notice Gives back all memory taken since `mark`; nothing made since then may be used any more.
    function release(uint256 free) internal pure {
        assembly ("memory-safe") {
            mstore(0x40, free)
        }
    }
}
