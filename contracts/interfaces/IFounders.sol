// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title Holds the board's office for the founders' key while there are too few shops to vote.
/// @dev It holds the role BOARD of the network's authority, and lends it act by act, only for what a town needs to get
/// going, and only until a second fixed at deployment. The board can end that earlier by revoking the role.
interface IFounders {
    /// @notice Only the founders' key may do this.
    error NotFounders(address caller);
    /// @notice The founding phase is over: the board decides now.
    error FoundingPhaseOver(uint48 endsAt);
    /// @notice The founding phase may end between these seconds.
    error EndOutOfBounds(uint48 endsAt, uint256 earliest, uint256 latest);
    /// @notice The founders' key cannot be the zero address.
    error ZeroKey();
    /// @notice This is not among the founders' acts.
    error NotFoundersAct(address target, bytes4 selector);

    /// @notice The founders may act with this key until this second.
    event FoundingPhaseBegan(address key, uint48 endsAt);
    /// @notice The founders have done this in the board's place.
    event FoundersActed(address indexed target, bytes4 indexed selector, bytes data);

    /// @notice Does one of the founders' acts in the board's place; answers as it answers, and fails as it fails.
    function act(address target, bytes calldata data) external returns (bytes memory answer);

    /// @notice Whether this is one of the founders' acts.
    function mayDo(address target, bytes4 selector) external view returns (bool);

    /// @notice The founders' key.
    function key() external view returns (address);

    /// @notice The last second of the founding phase.
    function endsAt() external view returns (uint48);
}
