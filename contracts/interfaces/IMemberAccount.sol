// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC1155Receiver} from "@openzeppelin/contracts/token/ERC1155/IERC1155Receiver.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

/// @title A member's account once it is deployed: it agrees (ERC-1271) to whatever it agreed to before, by the same
/// bytes, and holds vouchers.
interface IMemberAccount is IERC1271, IERC1155Receiver {
    /// @notice Whether the account agrees by this passkey.
    function isSigner(bytes32 x, bytes32 y) external view returns (bool);

    /// @notice Who may start a change of key, zero for nobody, and how many seconds the member has to object.
    function recovery() external view returns (address guardian, uint48 delay);
}
