// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {Tier} from "./StandingWord.sol";

/// @notice What an ERC-1155 id of a standing stands for; an id of kind None stands for nothing.
enum StandingKind {
    None,
    Tier,
    Badge
}

/// @notice The ERC-1155 id of a tier or a badge; shop 0 is the whole network.
/// @dev
///
///   255           48 47           16 15         8 7            0
///  +----------------+---------------+------------+--------------+
///  |       0        |     shop      |    kind    |    number    |
///  +----------------+---------------+------------+--------------+
library StandingId {
    uint256 private constant SHOP_SHIFT = 16;
    uint256 private constant KIND_SHIFT = 8;
    uint256 private constant BADGES = 128;

    function ofTier(uint32 shop, Tier tier) internal pure returns (uint256) {
        return (uint256(shop) << SHOP_SHIFT) | (uint256(StandingKind.Tier) << KIND_SHIFT) | uint256(tier);
    }

    function ofBadge(uint32 shop, uint8 badge) internal pure returns (uint256) {
        return (uint256(shop) << SHOP_SHIFT) | (uint256(StandingKind.Badge) << KIND_SHIFT) | badge;
    }

    /// @notice What an id says; kind None for every number that is no id.
    function parts(uint256 id) internal pure returns (uint32 shop, StandingKind kind, uint8 number) {
        uint256 kindBits = (id >> KIND_SHIFT) & 0xff;
        number = uint8(id);
        if (id >> (SHOP_SHIFT + 32) != 0) return (0, StandingKind.None, 0);
        if (kindBits == uint256(StandingKind.Tier)) {
            if (number == 0 || number > uint8(Tier.Gold)) return (0, StandingKind.None, 0);
        } else if (kindBits != uint256(StandingKind.Badge) || number >= BADGES) {
            return (0, StandingKind.None, 0);
        }
        return (uint32(id >> SHOP_SHIFT), StandingKind(kindBits), number);
    }

    /// @notice The ERC-1155 metadata of an id as a data URI: the shop's number and what is held, nothing of anybody who
    /// holds it. Empty where there is no such id.
    function uri(uint256 id) internal pure returns (string memory) {
        (uint32 shop, StandingKind kind, uint8 number) = parts(id);
        if (kind == StandingKind.None) return "";
        string memory place = shop == 0 ? "Highstreet" : string.concat("Highstreet shop ", Strings.toString(shop));
        string memory what =
            kind == StandingKind.Tier ? _tierName(Tier(number)) : string.concat("badge ", Strings.toString(number));
        // JSON has double quotes inside.
        // solhint-disable-next-line quotes
        bytes memory json = abi.encodePacked('{"name":"', place, ": ", what, '","decimals":0}');
        return string.concat("data:application/json;base64,", Base64.encode(json));
    }

    function _tierName(Tier tier) private pure returns (string memory) {
        if (tier == Tier.Gold) return "Gold";
        return tier == Tier.Silver ? "Silver" : "Bronze";
    }
}
