// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";
import {Test} from "./Test.sol";

/// @notice What an authenticator and a browser put around a challenge before it is signed.
struct Ceremony {
    bytes32 rpIdHash;
    bytes1 flags;
    bytes4 counter;
    bytes extensions;
    bytes head;
    bytes origin;
    bytes end;
}

/// @notice Members' phones: they make assertions as WebAuthn has them and pack them as our accounts read them, both
/// written down anew from the standard and the page on passkeys.
abstract contract Passkeys is Test {
    uint256 internal constant ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551;
    bytes4 internal constant YES = 0x1626ba7e;
    bytes4 internal constant NO = 0xffffffff;
    // solhint-disable quotes
    bytes internal constant HEAD = '{"type":"webauthn.get","challenge":"';
    bytes internal constant ORIGIN = '","origin":"';
    bytes internal constant USUAL_END = '","crossOrigin":false}';

    // solhint-enable quotes

    function relyingParty() internal pure returns (bytes32) {
        return sha256("localhost");
    }

    /// @dev As it mostly comes: the user was there and verified, the key is synced, counts nothing and adds nothing.
    function usual() internal pure returns (Ceremony memory) {
        return Ceremony(relyingParty(), 0x1d, 0, "", HEAD, "http://localhost:3000", USUAL_END);
    }

    function keyOf(uint256 secret) internal pure returns (bytes32 x, bytes32 y) {
        (uint256 x_, uint256 y_) = vm.publicKeyP256(secret);
        return (bytes32(x_), bytes32(y_));
    }

    /// @dev An assertion of the key over the challenge, with s in the lower half as the phone's page makes it.
    function asserted(
        uint256 secret,
        bytes memory challenge,
        Ceremony memory how
    ) internal pure returns (bytes32 r, bytes32 s) {
        (r, s) = vm.signP256(secret, signedHash(challenge, how));
        if (uint256(s) > ORDER / 2) s = bytes32(ORDER - uint256(s));
    }

    /// @dev The hash of what the device signs.
    function signedHash(bytes memory challenge, Ceremony memory how) internal pure returns (bytes32) {
        bytes memory written = bytes(Base64.encodeURL(challenge));
        bytes32 clientData = sha256(bytes.concat(how.head, written, ORIGIN, how.origin, how.end));
        bytes memory device = abi.encodePacked(how.rpIdHash, how.flags, how.counter, how.extensions);
        return sha256(abi.encodePacked(device, clientData));
    }

    function packed(uint256 secret, bytes32 digest, bytes26 recovery) internal pure returns (bytes memory) {
        return packed(secret, digest, recovery, usual());
    }

    function packed(
        uint256 secret,
        bytes32 digest,
        bytes26 recovery,
        Ceremony memory how
    ) internal pure returns (bytes memory) {
        (bytes32 r, bytes32 s) = asserted(secret, abi.encodePacked(digest), how);
        (bytes32 x, bytes32 y) = keyOf(secret);
        return packed(abi.encode(r, s, x, y), recovery, how);
    }

    /// @dev r, s, x and y, and what the ceremony put around the digest.
    function packed(bytes memory signed, bytes26 recovery, Ceremony memory how) internal pure returns (bytes memory) {
        bool endsAsUsual = keccak256(how.end) == keccak256(USUAL_END);
        uint8 form = (recovery == 0 ? 0 : 1) + (endsAsUsual ? 2 : 0);
        return
            bytes.concat(
                abi.encodePacked(signed, form, how.flags, how.counter, uint8(how.extensions.length)),
                recovery == 0 ? bytes("") : abi.encodePacked(recovery),
                how.extensions,
                how.origin,
                endsAsUsual ? bytes("") : how.end
            );
    }

    function recoveryBy(address guardian, uint48 delay) internal pure returns (bytes26) {
        return bytes26(abi.encodePacked(guardian, delay));
    }
}
