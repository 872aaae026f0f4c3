// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Claim} from "./IClearingHouse.sol";
import {Purchase, Use} from "./IRewards.sol";

/// @title Looks at what members and tills want of the rewards, and says what speaks against it; changes nothing.
/// @dev The rewards bring their desk along. It reverts with, and answers in, the errors of `IRewards`; what it checks
/// was signed for the rewards, under their address.
interface IVoucherDesk {
    /// @notice Reverts where a purchase may not stand now; else says what it costs in points, and what the issuers of
    /// its lines owe for them.
    function lookAt(Purchase calldata purchase) external view returns (uint256 points, Claim[] memory claims);

    /// @notice Reverts unless the shop accepts vouchers now, and its till agreed to exactly these uses.
    function requireAccepted(uint32 shop, uint32 till, Use[] calldata uses, bytes calldata tillSignature) external view;

    /// @notice Why a use may not stand now, as the selector and facts of an error; nothing where it may.
    function whyNotUsed(uint32 shop, uint32 till, Use calldata one) external view returns (bytes memory reason);

    /// @notice Reverts unless the holder agreed to exactly this return.
    function requireReturnAgreed(
        address holder,
        uint256 reward,
        uint32 count,
        uint256 nonce,
        uint48 deadline,
        bytes calldata signature
    ) external view;
}
