// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IStanding} from "../../contracts/interfaces/IStanding.sol";
import {Tier} from "../../contracts/libraries/StandingWord.sol";
import {ScoredStreet} from "./support/ScoredStreet.sol";
import {RecordedLog} from "./support/Test.sol";

/// @notice What standing says, and that it says no more: who adds its events up must come to what it shows.
contract StandingSaidTest is ScoredStreet {
    address internal constant MEMBER = address(0x3e3b);
    uint32 internal shop;

    function setUp() public {
        foundWithScores();
        shop = openShop(0);
    }

    /// @dev Proves a score and says what standing said meanwhile.
    function _saidBy(Tier tier, uint128 badges) internal returns (RecordedLog[] memory logs) {
        vm.recordLogs();
        prove(score(shop, MEMBER, tier, badges));
        return _ofStanding();
    }

    /// @dev Without what the log of scores said.
    function _ofStanding() internal returns (RecordedLog[] memory logs) {
        RecordedLog[] memory all = vm.getRecordedLogs();
        logs = new RecordedLog[](all.length);
        uint256 count;
        for (uint256 i; i < all.length; ++i) {
            if (all[i].emitter == address(standing)) logs[count++] = all[i];
        }
        assembly ("memory-safe") {
            mstore(logs, count)
        }
    }

    function _isTransfer(RecordedLog memory log, address from, address to, uint256 id) internal pure {
        ok(log.topics[0] == IERC1155.TransferSingle.selector, "one token moves");
        ok(log.topics[2] == bytes32(uint256(uint160(from))), "from");
        ok(log.topics[3] == bytes32(uint256(uint160(to))), "to");
        (uint256 moved, uint256 count) = abi.decode(log.data, (uint256, uint256));
        eq(moved, id, "which");
        eq(count, 1, "how many");
    }

    function _isProof(RecordedLog memory log) internal pure {
        ok(log.topics[0] == IStanding.ScoreProved.selector, "and the score is proved");
    }

    function test_a_first_tier_comes_and_none_goes() public {
        RecordedLog[] memory logs = _saidBy(Tier.Bronze, 0);
        eq(logs.length, 2, "nothing else is said");
        _isTransfer(logs[0], address(0), MEMBER, standing.tierId(shop, Tier.Bronze));
        _isProof(logs[1]);
    }

    function test_a_badge_that_comes_with_a_score_is_announced() public {
        prove(score(shop, MEMBER, Tier.Bronze, 0));
        RecordedLog[] memory logs = _saidBy(Tier.Bronze, 1);
        eq(logs.length, 2, "nothing else is said");
        _isTransfer(logs[0], address(0), MEMBER, standing.badgeId(shop, 0));
        _isProof(logs[1]);
    }

    function test_a_badge_that_is_held_is_announced_no_more() public {
        prove(score(shop, MEMBER, Tier.Bronze, 6));
        RecordedLog[] memory logs = _saidBy(Tier.Bronze, 6);
        eq(logs.length, 1, "nothing else is said");
        _isProof(logs[0]);
        eq(standing.balanceOf(MEMBER, standing.badgeId(shop, 2)), 1, "a badge of theirs");
        eq(standing.balanceOf(MEMBER, standing.badgeId(shop, 3)), 0, "and none of theirs");
    }

    function test_a_notice_that_stands_is_not_given_again() public {
        prove(score(shop, MEMBER, Tier.Gold, 0));
        eq(_saidBy(Tier.Silver, 0).length, 2, "noticed and proved");
        RecordedLog[] memory logs = _saidBy(Tier.Silver, 0);
        eq(logs.length, 1, "nothing else is said");
        _isProof(logs[0]);
    }

    function test_the_last_tier_goes_and_none_comes() public {
        prove(score(shop, MEMBER, Tier.Bronze, 0));
        prove(score(shop, MEMBER, Tier.None, 0));
        vm.warp(block.timestamp + 30 days);
        vm.recordLogs();
        standing.lower(shop, MEMBER);
        RecordedLog[] memory logs = _ofStanding();
        eq(logs.length, 1, "nothing else is said");
        _isTransfer(logs[0], MEMBER, address(0), standing.tierId(shop, Tier.Bronze));
    }
}
