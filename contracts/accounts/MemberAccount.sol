// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {ERC1155Holder} from "@openzeppelin/contracts/token/ERC1155/utils/ERC1155Holder.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IMemberAccount} from "../interfaces/IMemberAccount.sol";
import {PasskeyAssertion} from "../libraries/PasskeyAssertion.sol";

contract MemberAccount is IMemberAccount, ERC1155Holder {
    using PasskeyAssertion for bytes;

    /// @dev Key, guardian and delay, packed behind the clone's code.
    uint256 private constant ARGUMENTS_LENGTH = 90;
    bytes4 private constant NO = 0xffffffff;

    bytes32 private immutable _rpIdHash;

    constructor(bytes32 rpIdHash) {
        _rpIdHash = rpIdHash;
    }

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32 digest, bytes calldata signature) external view returns (bytes4) {
        (bool readable, bytes32 x, bytes32 y, bytes26 said) = signature.madeBy();
        if (!readable) return NO;
        (bytes32 firstX, bytes32 firstY, bytes26 agreed) = _arguments();
        // Guardian and delay are part of the bytes: before the account was deployed, others named another account.
        if (said != agreed || x != firstX || y != firstY) return NO;
        return signature.isOver(digest, _rpIdHash) ? IERC1271.isValidSignature.selector : NO;
    }

    /// @inheritdoc IMemberAccount
    function isSigner(bytes32 x, bytes32 y) external view returns (bool) {
        (bytes32 firstX, bytes32 firstY, ) = _arguments();
        return x == firstX && y == firstY;
    }

    /// @inheritdoc IMemberAccount
    function recovery() external view returns (address guardian, uint48 delay) {
        (, , bytes26 agreed) = _arguments();
        return (address(bytes20(agreed)), uint48(uint208(agreed)));
    }

    /// @dev What this clone was made with; zeros, which no signature fits, where it is none, as the code itself.
    function _arguments() private view returns (bytes32 x, bytes32 y, bytes26 agreed) {
        bytes memory arguments = Clones.fetchCloneArgs(address(this));
        if (arguments.length != ARGUMENTS_LENGTH) return (0, 0, 0);
        assembly ("memory-safe") {
            x := mload(add(arguments, 32))
            y := mload(add(arguments, 64))
            agreed := and(mload(add(arguments, 96)), shl(48, not(0)))
        }
    }
}
