// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @notice One call of a transaction that carries several.
struct Delivery {
    /// @notice The contract it is for.
    address to;
    /// @notice The call itself, as that contract reads it.
    bytes data;
}

/// @title Brings several submissions to their contracts in one transaction: all of them, or none.
/// @dev It holds nothing, has no office and keeps nothing, so a call by it gives nobody a right: what it carries must
/// be good whoever brings it, as everything is that members and tills have signed.
interface ICourier {
    /// @notice One of the deliveries was refused, so none was made.
    error NotDelivered(uint256 place, bytes reason);
    /// @notice At this address there is no contract, so nothing could be delivered.
    error NobodyThere(uint256 place, address to);

    /// @notice Makes every delivery in its order.
    function deliver(Delivery[] calldata deliveries) external;
}
