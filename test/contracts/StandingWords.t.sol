// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {StandingId, StandingKind} from "../../contracts/libraries/StandingId.sol";
import {StandingWord, Tier} from "../../contracts/libraries/StandingWord.sol";
import {Test} from "./support/Test.sol";

contract StandingWordsTest is Test {
    // ---------------------------------------------------------------- a member's word

    function testFuzz_every_field_comes_back_and_touches_no_other(uint256 seed) public pure {
        StandingWord word = StandingWord.wrap(0);
        (uint256 badges, uint256 tier, uint256 next, uint256 since, uint256 until, uint256 run) = (0, 0, 0, 0, 0, 0);
        for (uint256 step; step < 24; ++step) {
            uint256 dice = uint256(keccak256(abi.encode(seed, step)));
            uint256 value = dice >> 64;
            if (dice % 5 == 0) {
                (tier, since, next, until) = (value % 4, uint40(value >> 2), 0, 0);
                word = word.withTier(Tier(tier), uint40(since));
            } else if (dice % 5 == 1) {
                (next, until) = (value % 4, uint40(value >> 2));
                word = word.withNotice(Tier(next), uint40(until));
            } else if (dice % 5 == 2) {
                (next, until) = (0, 0);
                word = word.withoutNotice();
            } else if (dice % 5 == 3) {
                badges |= uint128(value) & uint128(value >> 64);
                word = word.withBadges(uint128(value) & uint128(value >> 64));
            } else {
                run = uint32(value);
                word = word.withRun(uint32(run));
            }
            eq(word.badges(), badges, "badges");
            eq(uint256(word.tier()), tier, "tier");
            eq(uint256(word.next()), next, "next");
            eq(word.since(), since, "since");
            eq(word.until(), until, "until");
            eq(word.run(), run, "run");
            eq(StandingWord.unwrap(word) >> 248, 0, "nothing above");
        }
    }

    function test_full_fields_do_not_touch_their_neighbours() public pure {
        StandingWord word = StandingWord.wrap(type(uint256).max >> 8);
        word = StandingWord.wrap(StandingWord.unwrap(word) & ~uint256(0xff << 128));
        word = word.withTier(Tier.Gold, type(uint40).max).withNotice(Tier.Silver, type(uint40).max);
        ok(word.tier() == Tier.Gold && word.next() == Tier.Silver, "tiers");
        ok(word.badges() == type(uint128).max && word.run() == type(uint32).max, "badges and run");
        word = word.withRun(0).withoutNotice();
        ok(word.since() == type(uint40).max && word.badges() == type(uint128).max, "since and badges");
        ok(word.run() == 0 && word.until() == 0, "run and until");
    }

    // ---------------------------------------------------------------- ids

    function testFuzz_an_id_says_what_it_was_made_of(uint32 shop, uint8 tier, uint8 badge) public pure {
        tier = uint8(within(tier, 1, 3));
        badge = uint8(within(badge, 0, 127));
        (uint32 where, StandingKind kind, uint8 number) = StandingId.parts(StandingId.ofTier(shop, Tier(tier)));
        ok(where == shop && kind == StandingKind.Tier && number == tier, "tier");
        (where, kind, number) = StandingId.parts(StandingId.ofBadge(shop, badge));
        ok(where == shop && kind == StandingKind.Badge && number == badge, "badge");
    }

    function testFuzz_every_number_is_one_id_or_none(uint256 id) public pure {
        (uint32 shop, StandingKind kind, uint8 number) = StandingId.parts(id);
        if (kind == StandingKind.None) {
            ok(shop == 0 && number == 0, "nothing is said of what is no id");
        } else {
            uint256 again =
                kind == StandingKind.Tier ? StandingId.ofTier(shop, Tier(number)) : StandingId.ofBadge(shop, number);
            eq(again, id, "the only way to write it");
        }
    }

    function testFuzz_small_numbers_too(uint48 id) public pure {
        testFuzz_every_number_is_one_id_or_none(id);
        testFuzz_every_number_is_one_id_or_none((uint256(id) & ~uint256(0xff00)) | (1 << 8));
        testFuzz_every_number_is_one_id_or_none((uint256(id) & ~uint256(0xff00)) | (2 << 8));
    }

    function test_the_metadata_names_the_shop_and_what_is_held() public pure {
        // {"name":"Highstreet shop 7: Gold","decimals":0}
        string memory gold =
            "data:application/json;base64,"
            "eyJuYW1lIjoiSGlnaHN0cmVldCBzaG9wIDc6IEdvbGQiLCJkZWNpbWFscyI6MH0=";
        ok(_same(StandingId.uri(StandingId.ofTier(7, Tier.Gold)), gold), "gold");
        // {"name":"Highstreet: badge 12","decimals":0}
        string memory badge =
            "data:application/json;base64,"
            "eyJuYW1lIjoiSGlnaHN0cmVldDogYmFkZ2UgMTIiLCJkZWNpbWFscyI6MH0=";
        ok(_same(StandingId.uri(StandingId.ofBadge(0, 12)), badge), "badge");
        // {"name":"Highstreet shop 7: Silver","decimals":0}
        string memory silver =
            "data:application/json;base64,"
            "eyJuYW1lIjoiSGlnaHN0cmVldCBzaG9wIDc6IFNpbHZlciIsImRlY2ltYWxzIjowfQ==";
        ok(_same(StandingId.uri(StandingId.ofTier(7, Tier.Silver)), silver), "silver");
        // {"name":"Highstreet shop 7: Bronze","decimals":0}
        string memory bronze =
            "data:application/json;base64,"
            "eyJuYW1lIjoiSGlnaHN0cmVldCBzaG9wIDc6IEJyb256ZSIsImRlY2ltYWxzIjowfQ==";
        ok(_same(StandingId.uri(StandingId.ofTier(7, Tier.Bronze)), bronze), "bronze");
    }

    function _same(string memory a, string memory b) private pure returns (bool) {
        return keccak256(bytes(a)) == keccak256(bytes(b));
    }
}
