// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IScoreLog, Run} from "./interfaces/IScoreLog.sol";
import {PastBlock} from "./libraries/PastBlock.sol";

contract ScoreLog is IScoreLog, AccessManaged {
    /// @inheritdoc IScoreLog
    address public scorer;
    /// @inheritdoc IScoreLog
    uint32 public runCount;
    mapping(uint32 run => Run) private _runs;

    constructor(address authority) AccessManaged(authority) {}

    // ---------------------------------------------------------------- the board

    /// @inheritdoc IScoreLog
    function appointScorer(address scorer_) external restricted {
        scorer = scorer_;
        emit ScorerAppointed(scorer_);
    }

    // ---------------------------------------------------------------- the scorer

    /// @inheritdoc IScoreLog
    function commit(
        uint32 run,
        uint48 blockNumber,
        bytes32 blockHash,
        bytes32 inputsHash,
        bytes32 model,
        bytes32 root
    ) external {
        if (msg.sender != scorer) revert NotScorer(msg.sender);
        uint32 last = runCount;
        if (run != 0 && run <= last) revert RunAlreadyCommitted(run);
        if (run != last + 1) revert RunOutOfTurn(run, last + 1);
        if (root == 0) revert ZeroRoot();
        uint48 previous = _runs[last].blockNumber;
        if (blockNumber < previous) revert BlockGoesBack(blockNumber, previous);
        bytes32 actual = PastBlock.hashOf(blockNumber);
        if (actual == 0) revert BlockUnknown(blockNumber);
        if (actual != blockHash) revert BlockHashDiffers(blockNumber, blockHash, actual);
        runCount = run;
        _runs[run] = Run(blockNumber, uint48(block.timestamp), blockHash, inputsHash, model, root);
        emit RunCommitted(run, blockNumber, blockHash, inputsHash, model, root);
    }

    // ---------------------------------------------------------------- whoever asks

    /// @inheritdoc IScoreLog
    function runOf(uint32 run) external view returns (Run memory) {
        return _runs[run];
    }

    /// @inheritdoc IScoreLog
    function rootOf(uint32 run) external view returns (bytes32 root, uint48 committedAt) {
        Run storage committed = _runs[run];
        return (committed.root, committed.committedAt);
    }
}
