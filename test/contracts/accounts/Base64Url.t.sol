// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";
import {Base64Url} from "../../../contracts/libraries/Base64Url.sol";
import {Test} from "../support/Test.sol";

/// @notice A challenge is written as browsers write it.
contract Base64UrlTest is Test {
    function testFuzz_any_word_is_written_as_the_library_writes_it(bytes32 word) public pure {
        asTheLibraryWrites(word);
        asTheLibraryWrites(~word);
    }

    function test_every_character_is_known_in_every_place() public pure {
        for (uint256 place; place < 43; ++place) {
            for (uint256 value; value < 64; ++value) {
                // The last character has 4 bits of the word; the shift drops what lies beyond it.
                asTheLibraryWrites(bytes32(place == 42 ? value >> 2 : value << (250 - place * 6)));
                asTheLibraryWrites(~bytes32(place == 42 ? value >> 2 : value << (250 - place * 6)));
            }
        }
    }

    function asTheLibraryWrites(bytes32 word) internal pure {
        (bytes32 first, bytes11 last) = Base64Url.encode(word);
        bytes32 written = keccak256(abi.encodePacked(first, last));
        ok(written == keccak256(bytes(Base64.encodeURL(abi.encodePacked(word)))), "the same 43 characters");
    }
}
