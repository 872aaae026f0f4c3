// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";
import {Base64Url} from "./Base64Url.sol";

/// @notice A passkey's assertion (WebAuthn, `navigator.credentials.get`) over a digest, with the key and the rest of
/// what the account's address is made of, in as few bytes as they fit.
/// @dev What both sides know stays out: the relying party, the challenge, and how every browser begins client data.
///
///   0    31 32   63 64   95 96  127 128   129     130     133 134       135     160
///  +-------+-------+-------+-------+------+-------+---------+----------+-----------+------------+-------------+
///  |   r   |   s   |   x   |   y   | form | flags | counter | length n | recovery? | extensions | client data |
///  +-------+-------+-------+-------+------+-------+---------+----------+-----------+------------+-------------+
///
///  form         bit 0: recovery follows, the guardian's 20 bytes and the 6 of the delay; without it both are zero.
///               bit 1: the client data end as usual, and the end is left out. No other bit is set.
///  flags .. n   of the authenticator: its flags and counter; how many bytes of extension outputs follow.
///  client data  from the first letter of the origin on: {"type":"webauthn.get","challenge":"...","origin":" goes
///               before; with bit 1 the end follows.
library PasskeyAssertion {
    /// @dev One letter of client data; and room for the longest origin, a top origin and what browsers add.
    uint256 internal constant SHORTEST = 136;
    uint256 internal constant LONGEST = 1_024;

    /// @dev Half of the curve's order, rounded down: of s and order - s the lower counts.
    uint256 private constant HALF_N = 0x7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8;
    uint256 private constant HAS_RECOVERY = 1;
    uint256 private constant ENDS_AS_USUAL = 2;
    uint256 private constant RECOVERY_LENGTH = 26;
    /// @dev Somebody was there, and the device made sure who.
    uint256 private constant PRESENT_AND_VERIFIED = 0x05;
    /// @dev Where EIP-7951 has the verification of P-256 signatures.
    uint256 private constant P256_PRECOMPILE = 0x100;
    // solhint-disable quotes
    bytes32 private constant HEAD = '{"type":"webauthn.get","challeng';
    bytes4 private constant HEAD_END = 'e":"';
    bytes12 private constant ORIGIN = '","origin":"';
    bytes22 private constant USUAL_END = '","crossOrigin":false}';

    // solhint-enable quotes

    /// @notice Whether the bytes can be read, whose key is said to have signed, and what else the account's address is
    /// made of. Where they cannot be read the rest means nothing, and `isOver` may not be asked.
    function madeBy(
        bytes calldata assertion
    ) internal pure returns (bool readable, bytes32 x, bytes32 y, bytes26 recovery) {
        (uint256 form, uint256 clientDataAt) = _shapeOf(assertion);
        assembly ("memory-safe") {
            readable := and(lt(assertion.length, add(LONGEST, 1)), lt(form, 4))
            // Beyond 135 bytes of what always comes there is at least one of client data.
            readable := and(readable, lt(clientDataAt, assertion.length))
            x := calldataload(add(assertion.offset, 64))
            y := calldataload(add(assertion.offset, 96))
            recovery := mul(and(form, HAS_RECOVERY), and(calldataload(add(assertion.offset, 135)), shl(48, not(0))))
        }
    }

    /// @notice Whether that key, on a device that saw and verified its user for that relying party, signed `digest`.
    function isOver(bytes calldata assertion, bytes32 digest, bytes32 rpIdHash) internal view returns (bool) {
        uint256 s;
        uint256 flags;
        assembly ("memory-safe") {
            s := calldataload(add(assertion.offset, 32))
            flags := byte(0, calldataload(add(assertion.offset, 129)))
        }
        if (flags & PRESENT_AND_VERIFIED != PRESENT_AND_VERIFIED || s > HALF_N) return false;
        (uint256 form, ) = _shapeOf(assertion);
        if (form & ENDS_AS_USUAL == 0 && assertion[assertion.length - 1] != "}") return false;
        return _isSigned(assertion, rpIdHash, _clientDataHash(assertion, digest));
    }

    /// @notice Whether this chain verifies P-256 signatures at all: by one of the key 1 with the nonce 1. Its r and its
    /// key are the curve's generator, and its s, which is hash + r, is 1.
    function isVerifiable() internal view returns (bool) {
        (uint256 x, uint256 y) = (P256.GX, P256.GY);
        bytes memory input = abi.encode(P256.N - x + 1, x, 1, x, y);
        (bool answered, bytes memory answer) = address(uint160(P256_PRECOMPILE)).staticcall(input);
        return answered && answer.length == 32 && uint256(bytes32(answer)) == 1;
    }

    // ---------------------------------------------------------------- within

    /// @dev The form's bits, and where the client data begin: behind recovery and extensions.
    function _shapeOf(bytes calldata assertion) private pure returns (uint256 form, uint256 clientDataAt) {
        assembly ("memory-safe") {
            let word := calldataload(add(assertion.offset, 128))
            form := byte(0, word)
            clientDataAt := add(135, add(mul(and(form, HAS_RECOVERY), RECOVERY_LENGTH), byte(6, word)))
        }
    }

    /// @dev The hash of the client data as the browser wrote them: the words that all begin with, and the rest.
    function _clientDataHash(bytes calldata assertion, bytes32 digest) private view returns (bytes32 hash) {
        (bytes32 challenge, bytes11 challengeEnd) = Base64Url.encode(digest);
        (uint256 form, uint256 clientDataAt) = _shapeOf(assertion);
        assembly ("memory-safe") {
            let data := mload(0x40)
            mstore(data, HEAD)
            mstore(add(data, 32), HEAD_END)
            mstore(add(data, 36), challenge)
            mstore(add(data, 68), challengeEnd)
            mstore(add(data, 79), ORIGIN)
            let length := sub(assertion.length, clientDataAt)
            calldatacopy(add(data, 91), add(assertion.offset, clientDataAt), length)
            length := add(length, 91)
            mstore(add(data, length), USUAL_END)
            length := add(length, mul(22, shr(1, form)))
            // SHA-256 fails for want of gas only, and then nobody gets an answer.
            if iszero(staticcall(gas(), 2, data, length, 0, 32)) {
                revert(0, 0)
            }
            hash := mload(0)
        }
    }

    /// @dev What the device signed: relying party, flags and counter, extensions, and the hash of the client data.
    function _isSigned(
        bytes calldata assertion,
        bytes32 rpIdHash,
        bytes32 clientDataHash
    ) private view returns (bool valid) {
        (, uint256 clientDataAt) = _shapeOf(assertion);
        assembly ("memory-safe") {
            let data := mload(0x40)
            mstore(data, rpIdHash)
            calldatacopy(add(data, 32), add(assertion.offset, 129), 5)
            let length := byte(6, calldataload(add(assertion.offset, 128)))
            calldatacopy(add(data, 37), sub(add(assertion.offset, clientDataAt), length), length)
            mstore(add(data, add(37, length)), clientDataHash)
            let answered := staticcall(gas(), 2, data, add(69, length), data, 32)
            calldatacopy(add(data, 32), assertion.offset, 128)
            mstore(0, 0)
            // Both fail for want of gas only; a wrong signature gets no answer, which leaves the zero.
            if iszero(and(staticcall(gas(), P256_PRECOMPILE, data, 160, 0, 32), answered)) {
                revert(0, 0)
            }
            valid := eq(mload(0), 1)
        }
    }
}
