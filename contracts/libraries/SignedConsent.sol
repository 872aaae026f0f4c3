// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

/// @notice Whether somebody agreed to a digest: by an ECDSA signature, or else by their account's own answer
/// (ERC-1271).
library SignedConsent {
    /// @notice Fewer than `needed` gas were left for a signature check: the submitter would have decided the answer.
    error TooLittleGas(uint256 left, uint256 needed);

    /// @dev What an account contract gets for its answer: enough for a passkey through the P-256 precompile.
    uint256 internal constant ACCOUNT_GAS = 150_000;
    /// @dev The 63/64 rule, the cold account and the call itself come on top of what the account gets.
    uint256 internal constant ACCOUNT_CHECK_GAS = ACCOUNT_GAS + ACCOUNT_GAS / 63 + 5_000;
    /// @dev ecrecover costs 3,000; without them it fails in silence and a good signature would look bad.
    uint256 internal constant ECDSA_CHECK_GAS = 8_000;

    /// @notice Whether `signer` agreed to `digest`. Reverts where too little gas is left to tell.
    function isGivenBy(address signer, bytes32 digest, bytes calldata signature) internal view returns (bool) {
        _requireGas(ECDSA_CHECK_GAS);
        (address recovered, ECDSA.RecoverError failure, ) = ECDSA.tryRecoverCalldata(digest, signature);
        if (failure == ECDSA.RecoverError.NoError && recovered == signer) return true;
        return _accountSaysYes(signer, digest, signature);
    }

    /// @dev A fixed stipend and one word of answer: a hostile account can neither burn the submitter's gas nor flood
    /// the memory of a batch.
    function _accountSaysYes(address account, bytes32 digest, bytes calldata signature) private view returns (bool) {
        if (account.code.length == 0) return false;
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
