// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title Deploys a shop's point token, at an address that follows from the shop's number.
interface IPointsFactory {
    /// @notice Only the consortium may do this.
    error NotConsortium(address caller);

    /// @notice Deploys the token of `shop`.
    function deploy(uint32 shop) external returns (address points);

    /// @notice Where the token of `shop` stands, or will stand.
    function addressOf(uint32 shop) external view returns (address points);
}
