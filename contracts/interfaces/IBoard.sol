// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title What the board adds to OpenZeppelin's Governor.
interface IBoard {
    /// @notice The board's own rules never change.
    error RulesAreFixed();
    /// @notice A proposal is described by a hash, 0x and 64 small hexadecimal digits: what it is about is read
    /// elsewhere.
    error DescriptionIsNoHash(uint256 length);
    /// @notice A vote is a vote: reasons are given elsewhere.
    error OnlyTheVote(address voter);
}
