// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @notice The purchases of a batch, packed one behind the other.
/// @dev 36 bytes each:
///
///   0              19 20        25 26        31 32        35
///  +-----------------+------------+------------+------------+
///  |     member      |   points   |   spend    |   soldAt   |
///  +-----------------+------------+------------+------------+
///                     hundredths   minor units  seconds, UTC
library PurchaseEntries {
    uint256 internal constant SIZE = 36;

    /// @notice The member and the points of entry `index`, which must lie within `entries`.
    function memberAndPoints(bytes calldata entries, uint256 index) internal pure returns (address, uint256) {
        uint256 head;
        assembly ("memory-safe") {
            head := calldataload(add(entries.offset, mul(index, SIZE)))
        }
        return (address(uint160(head >> 96)), (head >> 48) & type(uint48).max);
    }

    /// @notice The time of sale of entry `index`, which must lie within `entries`.
    function soldAt(bytes calldata entries, uint256 index) internal pure returns (uint256 time) {
        assembly ("memory-safe") {
            time := shr(224, calldataload(add(add(entries.offset, mul(index, SIZE)), 32)))
        }
    }

    /// @notice The till's running hash after all of `entries`: h(n) = hash(h(n-1), entry n), from `start` on.
    function runningHash(bytes calldata entries, bytes32 start) internal pure returns (bytes32 head) {
        head = start;
        assembly ("memory-safe") {
            let scratch := mload(0x40)
            let end := add(entries.offset, entries.length)
            for {
                let entry := entries.offset
            } lt(entry, end) {
                entry := add(entry, SIZE)
            } {
                mstore(scratch, head)
                calldatacopy(add(scratch, 32), entry, SIZE)
                head := keccak256(scratch, add(32, SIZE))
            }
        }
    }
}
