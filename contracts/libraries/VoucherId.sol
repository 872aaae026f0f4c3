// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

/// @notice The ERC-1155 id of a reward's vouchers: the shop, and which of its offers it is, from 1.
/// @dev
///
///   255           64 63          32 31            0
///  +----------------+--------------+---------------+
///  |       0        |     shop     |    number     |
///  +----------------+--------------+---------------+
library VoucherId {
    uint256 private constant SHOP_SHIFT = 32;

    function made(uint32 shop, uint32 number) internal pure returns (uint256) {
        return (uint256(shop) << SHOP_SHIFT) | number;
    }

    function shopOf(uint256 reward) internal pure returns (uint32) {
        return uint32(reward >> SHOP_SHIFT);
    }

    /// @notice The ERC-1155 metadata of an id as a data URI: the numbers of shop and reward, nothing of anybody who
    /// holds it.
    function uri(uint256 reward) internal pure returns (string memory) {
        string memory shop = Strings.toString(shopOf(reward));
        string memory number = Strings.toString(uint32(reward));
        // JSON has double quotes inside.
        // solhint-disable quotes
        bytes memory json = abi.encodePacked('{"name":"Highstreet shop ', shop, ": reward ", number, '","decimals":0}');
        // solhint-enable quotes
        return string.concat("data:application/json;base64,", Base64.encode(json));
    }
}
