// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IScoreLog} from "../../../contracts/interfaces/IScoreLog.sol";
import {Held, Score} from "../../../contracts/interfaces/IStanding.sol";
import {Tier} from "../../../contracts/libraries/StandingWord.sol";
import {Street} from "./Street.sol";

/// @notice A street whose members are scored. Leaves and trees are made here anew, from the written rules.
abstract contract ScoredStreet is Street {
    bytes32 internal constant INPUTS = keccak256("the history");
    bytes32 internal constant MODEL = keccak256("recency-frequency-value/1");

    address internal scorer = address(0x5c03e3);
    IScoreLog internal scoreLog;

    function foundWithScores() internal {
        found();
        vm.roll(1_000);
        scoreLog = standing.scoreLog();
        vm.prank(board);
        scoreLog.appointScorer(scorer);
    }

    function score(uint32 shop, address member, Tier tier) internal pure returns (Score memory) {
        return score(shop, member, tier, 0);
    }

    function score(uint32 shop, address member, Tier tier, uint128 badges) internal pure returns (Score memory) {
        return Score(shop, member, uint8(tier), badges, 987_654, 12_345_678, 9_950);
    }

    /// @dev Commits the next run with these scores.
    function commit(Score[] memory scores) internal returns (uint32 run) {
        run = scoreLog.runCount() + 1;
        (bytes32 root, ) = treeOf(scores, 0);
        uint48 seen = uint48(block.number - 1);
        vm.prank(scorer);
        scoreLog.commit(run, seen, blockhash(seen), INPUTS, MODEL, root);
    }

    /// @dev Commits a run that has this score beside another one, and proves it.
    function prove(Score memory wanted) internal returns (uint32 run) {
        Score[] memory scores = beside(wanted);
        run = commit(scores);
        proveIn(run, scores, 0);
    }

    function proveIn(uint32 run, Score[] memory scores, uint256 index) internal {
        (, bytes32[] memory proof) = treeOf(scores, index);
        standing.prove(run, scores[index], proof);
    }

    function beside(Score memory wanted) internal pure returns (Score[] memory scores) {
        scores = new Score[](2);
        scores[0] = wanted;
        scores[1] = score(wanted.shop, address(0x07e4), Tier.Bronze);
    }

    function held(uint32 shop, address member) internal view returns (Held memory) {
        return standing.standingOf(shop, member);
    }

    // ---------------------------------------------------------------- trees

    function leafOf(Score memory one) internal pure returns (bytes32) {
        bytes memory fields = abi.encode(
            one.shop,
            one.member,
            one.tier,
            one.badges,
            one.alivePpm,
            one.purchasesMillionths,
            one.valueMinor
        );
        return keccak256(abi.encodePacked(keccak256(fields)));
    }

    /// @dev Row by row, a node without a neighbour goes up as it is.
    function treeOf(Score[] memory scores, uint256 index) internal pure returns (bytes32, bytes32[] memory proof) {
        bytes32[] memory row = new bytes32[](scores.length);
        for (uint256 i; i < row.length; ++i) {
            row[i] = leafOf(scores[i]);
        }
        while (row.length > 1) {
            uint256 neighbour = index ^ 1;
            if (neighbour < row.length) proof = _with(proof, row[neighbour]);
            bytes32[] memory above = new bytes32[]((row.length + 1) / 2);
            for (uint256 i; i < row.length; i += 2) {
                above[i / 2] = i + 1 < row.length ? _pair(row[i], row[i + 1]) : row[i];
            }
            (row, index) = (above, index / 2);
        }
        return (row[0], proof);
    }

    function _with(bytes32[] memory list, bytes32 last) private pure returns (bytes32[] memory longer) {
        longer = new bytes32[](list.length + 1);
        for (uint256 i; i < list.length; ++i) {
            longer[i] = list[i];
        }
        longer[list.length] = last;
    }

    function _pair(bytes32 a, bytes32 b) private pure returns (bytes32) {
        return a < b ? keccak256(abi.encodePacked(a, b)) : keccak256(abi.encodePacked(b, a));
    }
}
