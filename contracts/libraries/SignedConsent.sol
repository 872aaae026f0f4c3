// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IMemberAccounts} from "../interfaces/IMemberAccounts.sol";
import {PasskeyAssertion} from "./PasskeyAssertion.sol";

/// @notice Whether somebody agreed to a digest: by an ECDSA signature, by the passkey their account's address is made
/// of while it is not deployed, or by the deployed account's own answer (ERC-1271).
library SignedConsent {
    /// @notice Fewer than `needed` gas were left for a signature check: the submitter would have decided the answer.
    error TooLittleGas(uint256 left, uint256 needed);

    /// @dev What an account contract gets for its answer: enough for a passkey through the P-256 precompile.
    uint256 internal constant ACCOUNT_GAS = 150_000;
    /// @dev The 63/64 rule, the cold account and the call itself come on top of what the account gets.
    uint256 internal constant ACCOUNT_CHECK_GAS = ACCOUNT_GAS + ACCOUNT_GAS / 63 + 5_000;
    /// @dev An assertion as long as may be, with the contract that reads it still cold, takes less.
    uint256 internal constant PASSKEY_CHECK_GAS = 20_000;
    uint256 internal constant ECDSA_LENGTH = 65;
    /// @dev ecrecover costs 3,000; without them it fails in silence and a good signature would look bad.
    uint256 internal constant ECDSA_CHECK_GAS = 8_000;

    /// @notice Whether `signer` agreed to `digest`. Reverts where too little gas is left to tell.
    function isGivenBy(
        IMemberAccounts accounts,
        address signer,
        bytes32 digest,
        bytes calldata signature
    ) internal view returns (bool) {
        if (signature.length == ECDSA_LENGTH) {
            _requireGas(ECDSA_CHECK_GAS);
            (address recovered, ECDSA.RecoverError failure, ) = ECDSA.tryRecoverCalldata(digest, signature);
            if (failure == ECDSA.RecoverError.NoError && recovered == signer) return true;
        }
        if (signer.code.length != 0) return _accountSaysYes(signer, digest, signature);
        // No passkey's assertion is as short or as long: not worth asking.
        if (signature.length < PasskeyAssertion.SHORTEST || signature.length > PasskeyAssertion.LONGEST) return false;
        return _passkeyAgreed(accounts, signer, digest, signature);
    }

    /// @dev The network's own contract needs no stipend: it fails for want of gas only, and this with it. The question
    /// is written by hand, for this is the hot path and the compiler takes three times the gas.
    function _passkeyAgreed(
        IMemberAccounts accounts,
        address signer,
        bytes32 digest,
        bytes calldata signature
    ) private view returns (bool agreed) {
        bytes4 selector = IMemberAccounts.agrees.selector;
        bool answered;
        assembly ("memory-safe") {
            let question := mload(0x40)
            mstore(question, selector)
            mstore(add(question, 4), shr(96, shl(96, signer)))
            mstore(add(question, 36), digest)
            mstore(add(question, 68), 96)
            mstore(add(question, 100), signature.length)
            calldatacopy(add(question, 132), signature.offset, signature.length)
            mstore(0, 0)
            answered := staticcall(gas(), accounts, question, add(132, signature.length), 0, 32)
            agreed := eq(mload(0), 1)
        }
        if (!answered) revert TooLittleGas(gasleft(), PASSKEY_CHECK_GAS);
    }

    /// @dev A fixed stipend and one word of answer: a hostile account can neither burn the submitter's gas nor flood
    /// the memory of a batch.
    function _accountSaysYes(address account, bytes32 digest, bytes calldata signature) private view returns (bool) {
        bytes memory question = abi.encodeCall(IERC1271.isValidSignature, (digest, signature));
        // Only now: copying a long signature costs gas of its own, which must not come off the account's.
        _requireGas(ACCOUNT_CHECK_GAS);
        bool answered;
        bytes32 answer;
        assembly ("memory-safe") {
            mstore(0, 0)
            answered := staticcall(ACCOUNT_GAS, account, add(question, 0x20), mload(question), 0, 0x20)
            answered := and(answered, gt(returndatasize(), 0x1f))
            answer := mload(0)
        }
        return answered && answer == bytes32(IERC1271.isValidSignature.selector);
    }

    function _requireGas(uint256 needed) private view {
        uint256 left = gasleft();
        if (left < needed) revert TooLittleGas(left, needed);
    }
}
