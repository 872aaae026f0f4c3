// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC5805} from "@openzeppelin/contracts/interfaces/IERC5805.sol";

/// @title One seat, and so one vote, for every active shop, with its history.
/// @dev Seats cannot be sent; an owner may delegate them (ERC-5805). The clock is the block's time in seconds.
interface IMembership is IERC5805 {
    /// @notice Only the consortium may do this.
    error NotConsortium(address caller);
    /// @notice The account holds no seat.
    error NoSeat(address owner);

    /// @notice A shop of this owner became active.
    event SeatTaken(address indexed owner, uint256 seats);
    /// @notice A shop of this owner is active no more.
    event SeatLeft(address indexed owner, uint256 seats);

    /// @notice Gives the owner one more seat.
    function takeSeat(address owner) external;

    /// @notice Takes one seat of the owner back.
    function leaveSeat(address owner) external;

    /// @notice How many active shops the owner has.
    function seatsOf(address owner) external view returns (uint256 seats);
}
