// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @notice A score run as it was committed, before anything was done by it.
struct Run {
    /// @notice The block up to which the scored history had been mirrored.
    uint48 blockNumber;
    /// @notice When the run was committed, in seconds; zero where there is no such run.
    uint48 committedAt;
    /// @notice The hash of that block, as this chain knew it when the run was committed.
    bytes32 blockHash;
    /// @notice SHA-256 of the canonical bytes of everything that was scored.
    bytes32 inputsHash;
    /// @notice keccak256 of the model's name and version.
    bytes32 model;
    /// @notice Merkle root over the scores of all members.
    bytes32 root;
}

/// @title The log of score runs: what was scored, by which model, and with what result, fixed before it has effect.
/// @dev Runs are numbered from 1 without gaps. What is written is never written again.
interface IScoreLog {
    /// @notice Only the scorer the board has appointed may do this.
    error NotScorer(address caller);
    /// @notice A run of this number is committed already.
    error RunAlreadyCommitted(uint32 run);
    /// @notice Runs are committed in order and without gaps.
    error RunOutOfTurn(uint32 run, uint32 expected);
    /// @notice The run before this one has seen a later block.
    error BlockGoesBack(uint48 blockNumber, uint48 previous);
    /// @notice This chain does not know the block's hash: it is not there yet, or too long ago to be checked.
    error BlockUnknown(uint48 blockNumber);
    /// @notice On this chain the block has another hash.
    error BlockHashDiffers(uint48 blockNumber, bytes32 claimed, bytes32 actual);
    /// @notice A run without a root commits to nothing.
    error ZeroRoot();

    /// @notice Only this key may commit runs from now on; nobody may where it is zero.
    event ScorerAppointed(address indexed scorer);
    /// @notice The run is committed.
    event RunCommitted(
        uint32 indexed run,
        uint48 blockNumber,
        bytes32 blockHash,
        bytes32 inputsHash,
        bytes32 model,
        bytes32 root
    );

    /// @notice Appoints the key that commits runs in place of the one before; zero appoints nobody.
    function appointScorer(address scorer_) external;

    /// @notice Commits the next run. The block's hash is compared with what this chain knows.
    function commit(
        uint32 run,
        uint48 blockNumber,
        bytes32 blockHash,
        bytes32 inputsHash,
        bytes32 model,
        bytes32 root
    ) external;

    /// @notice The run as committed; all zero where there is none.
    function runOf(uint32 run) external view returns (Run memory);

    /// @notice What a proof needs of a run: its root and when it was committed; zero where there is no such run.
    function rootOf(uint32 run) external view returns (bytes32 root, uint48 committedAt);

    /// @notice How many runs are committed: the number of the newest.
    function runCount() external view returns (uint32);

    /// @notice Who may commit runs.
    function scorer() external view returns (address);
}
