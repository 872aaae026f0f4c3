// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @notice An authority that lets everybody do everything.
contract YesAuthority {
    function canCall(address, address, bytes4) external pure returns (bool, uint32) {
        return (true, 0);
    }
}

/// @notice An authority that lets nobody do anything.
contract NoAuthority {
    function canCall(address, address, bytes4) external pure returns (bool, uint32) {
        return (false, 0);
    }
}
