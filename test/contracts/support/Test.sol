// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @notice A log as the cheatcodes record it.
struct RecordedLog {
    bytes32[] topics;
    bytes data;
    address emitter;
}

/// @notice The cheatcodes these tests use.
interface Vm {
    function prank(address) external;
    function warp(uint256) external;
    function roll(uint256) external;
    function recordLogs() external;
    function record() external;
    function accesses(address) external returns (bytes32[] memory reads, bytes32[] memory writes);
    function getRecordedLogs() external returns (RecordedLog[] memory);
    function expectRevert(bytes calldata) external;
    function expectEmit() external;
    function expectEmit(address) external;
    function assume(bool) external pure;
    function addr(uint256) external pure returns (address);
    function sign(uint256, bytes32) external pure returns (uint8, bytes32, bytes32);
    function signP256(uint256, bytes32) external pure returns (bytes32, bytes32);
    function publicKeyP256(uint256) external pure returns (uint256, uint256);
    function computeCreateAddress(address, uint256) external pure returns (address);
    function getNonce(address) external view returns (uint64);
    function chainId(uint256) external;
    function deal(address, uint256) external;
    function etch(address, bytes calldata) external;
    function mockCall(address, bytes calldata, bytes calldata) external;
    function mockCallRevert(address, bytes calldata, bytes calldata) external;
}

/// @notice Claims that name what they claim.
abstract contract Test {
    error Differs(string what, uint256 is_, uint256 should);
    error NotSo(string what);

    Vm internal constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);

    function eq(uint256 is_, uint256 should, string memory what) internal pure {
        if (is_ != should) revert Differs(what, is_, should);
    }

    function eq(address is_, address should, string memory what) internal pure {
        if (is_ != should) revert Differs(what, uint160(is_), uint160(should));
    }

    function ok(bool holds, string memory what) internal pure {
        if (!holds) revert NotSo(what);
    }

    /// @dev How often `what` was said since the last look, by its topic.
    function said(bytes32 what) internal returns (uint256 times) {
        RecordedLog[] memory logs = vm.getRecordedLogs();
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] == what) ++times;
        }
    }

    function within(uint256 seed, uint256 lowest, uint256 highest) internal pure returns (uint256) {
        if (highest - lowest == type(uint256).max) return seed;
        return lowest + (seed % (highest - lowest + 1));
    }
}
