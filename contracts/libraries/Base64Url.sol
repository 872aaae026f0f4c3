// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @notice Base64 for addresses and file names (RFC 4648, section 5), without padding, of one word: as a browser writes
/// a challenge of 32 bytes. All characters of a word are made at once, which costs a fifth of a loop over them.
library Base64Url {
    uint256 private constant EACH = 0x0101010101010101010101010101010101010101010101010101010101010101;
    // Which bits stay, and where the others go, while each lane is halved: 96 bits, 48, 24, 12 and at last 6.
    uint256 private constant LOW_96 = 0x0000000000000000000000000000000000000000ffffffffffffffffffffffff;
    uint256 private constant TOP_96 = 0x00000000ffffffffffffffffffffffff00000000000000000000000000000000;
    uint256 private constant LOW_48 = 0x00000000000000000000ffffffffffff00000000000000000000ffffffffffff;
    uint256 private constant TOP_48 = 0x0000ffffffffffff00000000000000000000ffffffffffff0000000000000000;
    uint256 private constant LOW_24 = 0x0000000000ffffff0000000000ffffff0000000000ffffff0000000000ffffff;
    uint256 private constant TOP_24 = 0x00ffffff0000000000ffffff0000000000ffffff0000000000ffffff00000000;
    uint256 private constant LOW_12 = 0x00000fff00000fff00000fff00000fff00000fff00000fff00000fff00000fff;
    uint256 private constant TOP_12 = 0x0fff00000fff00000fff00000fff00000fff00000fff00000fff00000fff0000;
    uint256 private constant LOW_6 = 0x003f003f003f003f003f003f003f003f003f003f003f003f003f003f003f003f;
    uint256 private constant TOP_6 = 0x3f003f003f003f003f003f003f003f003f003f003f003f003f003f003f003f00;
    // What a byte lacks to 128 from the first value of each kind on: a, 0, - and _.
    uint256 private constant SMALL = 0x6666666666666666666666666666666666666666666666666666666666666666;
    uint256 private constant DIGIT = 0x4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c;
    uint256 private constant DASH = 0x4242424242424242424242424242424242424242424242424242424242424242;
    uint256 private constant UNDERSCORE = 0x4141414141414141414141414141414141414141414141414141414141414141;

    /// @notice The 43 characters that stand for `word`: the first 32, and the last 11.
    function encode(bytes32 word) internal pure returns (bytes32 first, bytes11 last) {
        uint256 bits = uint256(word);
        first = _encoded(bits >> 64);
        // The last 8 bytes at the head of 24; the zeros behind them become characters that nobody takes.
        last = bytes11(_encoded((bits << 192) >> 64));
    }

    /// @dev The lower 24 bytes of `bits` as 32 characters.
    function _encoded(uint256 bits) private pure returns (bytes32 characters) {
        assembly ("memory-safe") {
            bits := or(and(shl(32, bits), TOP_96), and(bits, LOW_96))
            bits := or(and(shl(16, bits), TOP_48), and(bits, LOW_48))
            bits := or(and(shl(8, bits), TOP_24), and(bits, LOW_24))
            bits := or(and(shl(4, bits), TOP_12), and(bits, LOW_12))
            bits := or(and(shl(2, bits), TOP_6), and(bits, LOW_6))
            // Each byte is 0 to 63 now. One that reaches the first value of a kind carries into its top bit; no sum and
            // no difference below leaves its byte. A is 65; a comes 6 later than after Z, 0 then 75 earlier, - 13
            // earlier still, and _ 49 later.
            characters := add(bits, UNDERSCORE)
            characters := add(characters, mul(6, and(shr(7, add(bits, SMALL)), EACH)))
            characters := add(characters, mul(49, and(shr(7, add(bits, UNDERSCORE)), EACH)))
            characters := sub(characters, mul(75, and(shr(7, add(bits, DIGIT)), EACH)))
            characters := sub(characters, mul(13, and(shr(7, add(bits, DASH)), EACH)))
        }
    }
}
