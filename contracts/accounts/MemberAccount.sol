// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Account} from "@openzeppelin/contracts/account/Account.sol";
import {ERC7821} from "@openzeppelin/contracts/account/extensions/draft-ERC7821.sol";
import {IAccountExecute, PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ERC1155Holder} from "@openzeppelin/contracts/token/ERC1155/utils/ERC1155Holder.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {PasskeyAssertion} from "../libraries/PasskeyAssertion.sol";
import {AccountRecovery} from "./AccountRecovery.sol";

contract MemberAccount is AccountRecovery, Account, ERC7821, ERC1155Holder {
    using PasskeyAssertion for bytes;

    bytes4 private constant NO = 0xffffffff;

    constructor(bytes32 rpIdHash) AccountRecovery(rpIdHash) {}

    // ---------------------------------------------------------------- whoever asks

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32 digest, bytes calldata signature) external view returns (bytes4) {
        return _agreedBy(digest, signature) == 0 ? NO : IERC1271.isValidSignature.selector;
    }

    // ---------------------------------------------------------------- the entry point

    /// @notice Carries out what a user operation asks for, once its signature was checked: the call of this account
    /// that follows the selector, be it `execute` or an order about keys and guardian.
    /// @inheritdoc IAccountExecute
    function executeUserOp(PackedUserOperation calldata operation, bytes32) external onlyEntryPoint {
        (, bytes32 x, bytes32 y, ) = operation.signature.madeBy();
        bytes32 key = _nameOf(x, y);
        // All of a bundle is checked before any of it is done: an operation before this one may have removed the key.
        if (!isSigner(x, y)) revert NotSigner(key);
        _acting = key;
        Address.functionCall(address(this), operation.callData[4:]);
    }

    // ---------------------------------------------------------------- within

    /// @dev What `validateUserOp` asks: whether the account agrees to the operation's hash, as to any other digest.
    function _rawSignatureValidation(bytes32 hash, bytes calldata signature) internal view override returns (bool) {
        return _agreedBy(hash, signature) != 0;
    }
}
