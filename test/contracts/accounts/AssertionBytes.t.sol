// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {PasskeyHolder} from "../support/PasskeyHolder.sol";
import {Ceremony} from "../support/Passkeys.sol";

/// @notice Bytes that are nearly an assertion, and numbers that are nearly a signature.
contract AssertionBytesTest is PasskeyHolder {
    // ---------------------------------------------------------------- numbers

    function test_the_upper_half_of_the_curve_signs_nothing() public view {
        (bytes32 r, bytes32 s) = asserted(ADA, abi.encodePacked(TERMS), usual());
        ok(agreedWith(r, s), "the lower");
        ok(!agreedWith(r, bytes32(ORDER - uint256(s))), "the upper, which the curve would take");
    }

    function test_the_lower_half_ends_exactly_at_the_half() public view {
        ok(agreedWithS(1), "the lowest");
        ok(agreedWithS(ORDER / 2), "the last of the lower half");
        ok(!agreedWithS(ORDER / 2 + 1), "the first of the upper half");
        ok(!agreedWithS(ORDER - 1), "the highest");
    }

    function test_numbers_that_cannot_be_a_signature_are_none() public view {
        (bytes32 r, bytes32 s) = asserted(ADA, abi.encodePacked(TERMS), usual());
        ok(!agreedWith(0, 0), "nothing");
        ok(!agreedWith(0, s), "r zero");
        ok(!agreedWith(r, 0), "s zero");
        ok(!agreedWith(bytes32(ORDER), s), "r is the order");
        ok(!agreedWith(bytes32(type(uint256).max), s), "r beyond the order");
        ok(!agreedWith(r, bytes32(ORDER)), "s is the order");
        ok(!agreedWith(r, bytes32(type(uint256).max)), "s beyond the order");
        ok(!agreedWith(r, bytes32(ORDER / 2 + 1)), "s just above the half");
    }

    function test_what_is_no_key_agrees_to_nothing() public view {
        (bytes32 r, bytes32 s) = asserted(ADA, abi.encodePacked(TERMS), usual());
        (bytes32 x, bytes32 y) = keyOf(ADA);
        bytes32[2][4] memory keys = [
            [bytes32(0), bytes32(0)],
            [x, bytes32(uint256(y) ^ 1)],
            [bytes32(type(uint256).max), bytes32(type(uint256).max)],
            [y, x]
        ];
        for (uint256 i; i < keys.length; ++i) {
            address account = accounts.accountOf(keys[i][0], keys[i][1], address(0), 0);
            bytes memory signed = abi.encode(r, s, keys[i][0], keys[i][1]);
            refused(account, TERMS, packed(signed, 0, usual()), "not on the curve, or not the key");
        }
    }

    // ---------------------------------------------------------------- bytes

    function test_no_bit_may_differ() public view {
        noBitMayDiffer(0);
        noBitMayDiffer(recoveryBy(shop, 3 days));
    }

    function test_no_byte_may_be_missing_or_too_many() public view {
        bytes memory good = packed(ADA, TERMS, recoveryBy(shop, 3 days));
        address account = accountOf(ADA, recoveryBy(shop, 3 days));
        refused(account, TERMS, bytes.concat(good, "x"), "one more");
        refused(account, TERMS, bytes.concat(good, USUAL_END), "the end twice");
        refused(account, TERMS, bytes.concat(good, new bytes(1_000)), "many more");
        for (uint256 length; length < good.length; ++length) {
            bytes memory cut = new bytes(length);
            for (uint256 i; i < length; ++i) cut[i] = good[i];
            refused(account, TERMS, cut, "cut off");
        }
    }

    function testFuzz_garbage_is_refused_cheaply(address account, bytes32 digest, bytes memory garbage) public view {
        vm.assume(account.code.length == 0);
        uint256 left = gasleft();
        refused(account, digest, garbage, "garbage");
        // Copying it to the call is the caller's own affair.
        ok(left - gasleft() < 10_000 + garbage.length * 10, "cheap");
    }

    function testFuzz_garbage_behind_a_true_key_is_refused(bytes32 digest, bytes memory garbage) public view {
        (bytes32 x, bytes32 y) = keyOf(ADA);
        for (uint8 form; form < 5; ++form) {
            refused(ada, digest, abi.encodePacked(digest, digest >> 1, x, y, form, garbage), "garbage");
        }
    }

    function test_a_form_nobody_knows_is_refused() public view {
        bytes memory good = packed(ADA, TERMS, 0);
        for (uint256 form; form < 256; ++form) {
            good[128] = bytes1(uint8(form));
            ok(agrees(ada, TERMS, good) == (form == 2), "the form it was packed in");
        }
    }

    function test_beyond_1024_bytes_nothing_is_looked_at() public view {
        Ceremony memory how = usual();
        how.origin = new bytes(1_024 - 135);
        ok(agreed(how), "as long as it may be");
        how.origin = new bytes(1_024 - 134);
        ok(!agreed(how), "one byte longer");
    }

    function test_no_other_form_reads_what_was_signed_for_it() public view {
        // What forms beyond the third would take for the end, had they a meaning.
        for (uint8 form = 4; form < 8; ++form) {
            Ceremony memory how = usual();
            // Client data whose end is spelled out must end so.
            how.origin = bytes.concat(how.origin, "}");
            how.end = bytes.concat(USUAL_END, new bytes((form / 2 - 1) * USUAL_END.length));
            (bytes32 r, bytes32 s) = asserted(ADA, abi.encodePacked(TERMS), how);
            (bytes32 x, bytes32 y) = keyOf(ADA);
            how.end = "";
            bytes memory signed = packed(abi.encode(r, s, x, y), 0, how);
            signed[128] = bytes1(form);
            refused(ada, TERMS, signed, "no such form");
        }
    }

    function test_client_data_without_an_origin_are_none() public view {
        Ceremony memory how = usual();
        how.origin = "";
        ok(!agreed(how), "nothing left of the client data");
        how.origin = "x";
        ok(agreed(how), "one letter");
    }

    // ---------------------------------------------------------------- within

    function agreedWith(bytes32 r, bytes32 s) internal view returns (bool) {
        (bytes32 x, bytes32 y) = keyOf(ADA);
        return agrees(ada, TERMS, packed(abi.encode(r, s, x, y), 0, usual()));
    }

    /// @dev Whether the one key agrees whose signature with the nonce 1 has this s: s = hash + r * key.
    function agreedWithS(uint256 s) internal view returns (bool) {
        uint256 hash = uint256(signedHash(abi.encodePacked(TERMS), usual()));
        uint256 difference = addmod(s, ORDER - (hash % ORDER), ORDER);
        uint256 secret = mulmod(difference, Math.invModPrime(P256.GX, ORDER), ORDER);
        (bytes32 x, bytes32 y) = keyOf(secret);
        bytes memory signed = abi.encode(P256.GX, s, x, y);
        return agrees(accountOf(secret, 0), TERMS, packed(signed, 0, usual()));
    }

    function noBitMayDiffer(bytes26 recovery) internal view {
        bytes memory good = packed(ADA, TERMS, recovery);
        address account = accountOf(ADA, recovery);
        for (uint256 bit; bit < good.length * 8; ++bit) {
            good[bit / 8] ^= bytes1(uint8(1 << (bit % 8)));
            refused(account, TERMS, good, "one bit");
            good[bit / 8] ^= bytes1(uint8(1 << (bit % 8)));
        }
        ok(agrees(account, TERMS, good), "as it was");
    }
}
