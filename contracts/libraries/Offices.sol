// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IConsortium} from "../interfaces/IConsortium.sol";
import {IScoreLog} from "../interfaces/IScoreLog.sol";

/// @notice The offices of the network and their acts, as its authority is told of them. `contracts/offices.ts` says the
/// same to TypeScript; that both are complete is checked against the contracts, act by act.
library Offices {
    /// @notice The board; during the founding phase the founders hold this office too.
    uint64 internal constant BOARD = 1;
    /// @notice Whoever may pause issuing.
    uint64 internal constant GUARDIAN = 2;

    /// @notice What the board does in the register.
    function boardActs() internal pure returns (bytes4[] memory acts) {
        acts = new bytes4[](7);
        acts[0] = IConsortium.admit.selector;
        acts[1] = IConsortium.suspend.selector;
        acts[2] = IConsortium.reinstate.selector;
        acts[3] = IConsortium.approveImport.selector;
        acts[4] = IConsortium.setRequiredRatio.selector;
        acts[5] = IConsortium.setBreakageShare.selector;
        acts[6] = IConsortium.permitPause.selector;
    }

    /// @notice What the board does in the log of score runs.
    function boardActsOnScores() internal pure returns (bytes4[] memory acts) {
        acts = new bytes4[](1);
        acts[0] = IScoreLog.appointScorer.selector;
    }

    /// @notice What the guardian does in the register.
    function guardianActs() internal pure returns (bytes4[] memory acts) {
        acts = new bytes4[](2);
        acts[0] = IConsortium.pauseIssuing.selector;
        acts[1] = IConsortium.resumeIssuing.selector;
    }
}
