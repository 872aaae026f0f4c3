// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IScoreLog, Run} from "../../contracts/interfaces/IScoreLog.sol";
import {ScoredStreet} from "./support/ScoredStreet.sol";

/// @notice What a run of scoring commits to before it acts, once and for ever (N-20).
contract ScoreLogTest is ScoredStreet {
    bytes32 internal constant ROOT = keccak256("the scores");
    address internal constant HISTORY = 0x0000F90827F1C53a10cb7A02335B175320002935;

    function setUp() public {
        foundWithScores();
    }

    function _commit(uint32 run, uint256 blockNumber) internal {
        vm.prank(scorer);
        scoreLog.commit(run, uint48(blockNumber), blockhash(blockNumber), INPUTS, MODEL, ROOT);
    }

    function _refused(uint32 run, uint256 blockNumber, bytes memory why) internal {
        bytes32 hash = blockhash(blockNumber);
        vm.prank(scorer);
        vm.expectRevert(why);
        scoreLog.commit(run, uint48(blockNumber), hash, INPUTS, MODEL, ROOT);
    }

    // ---------------------------------------------------------------- the board

    function test_only_the_board_appoints_a_scorer() public {
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(this)));
        scoreLog.appointScorer(address(this));
        vm.prank(scorer);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, scorer));
        scoreLog.appointScorer(scorer);
    }

    function test_a_new_scorer_replaces_the_old_one() public {
        address next = address(0x5c03e4);
        vm.expectEmit(address(scoreLog));
        emit IScoreLog.ScorerAppointed(next);
        vm.prank(board);
        scoreLog.appointScorer(next);
        _refused(1, 999, abi.encodeWithSelector(IScoreLog.NotScorer.selector, scorer));
        scorer = next;
        _commit(1, 999);
        eq(scoreLog.scorer(), next, "scorer");
    }

    function test_after_zero_is_appointed_nobody_commits() public {
        vm.prank(board);
        scoreLog.appointScorer(address(0));
        _refused(1, 999, abi.encodeWithSelector(IScoreLog.NotScorer.selector, scorer));
    }

    // ---------------------------------------------------------------- the scorer

    function test_the_board_itself_commits_nothing() public {
        bytes32 hash = blockhash(999);
        vm.prank(board);
        vm.expectRevert(abi.encodeWithSelector(IScoreLog.NotScorer.selector, board));
        scoreLog.commit(1, 999, hash, INPUTS, MODEL, ROOT);
    }

    function test_a_run_is_kept_in_every_field() public {
        vm.warp(NOON + 5);
        vm.expectEmit(address(scoreLog));
        emit IScoreLog.RunCommitted(1, 998, blockhash(998), INPUTS, MODEL, ROOT);
        _commit(1, 998);
        Run memory run = scoreLog.runOf(1);
        eq(run.blockNumber, 998, "block");
        eq(run.committedAt, NOON + 5, "time");
        ok(run.blockHash == blockhash(998) && run.blockHash != 0, "block hash");
        ok(run.inputsHash == INPUTS && run.model == MODEL && run.root == ROOT, "inputs, model, root");
        (bytes32 root, uint48 committedAt) = scoreLog.rootOf(1);
        ok(root == ROOT && committedAt == NOON + 5, "what a proof needs");
        eq(scoreLog.runCount(), 1, "the newest");
        (root, committedAt) = scoreLog.rootOf(2);
        ok(root == 0 && committedAt == 0, "nothing of a run that is not there");
    }

    function test_what_is_written_is_never_written_again() public {
        _commit(1, 998);
        vm.roll(1_001);
        vm.warp(NOON + 60);
        _refused(1, 999, abi.encodeWithSelector(IScoreLog.RunAlreadyCommitted.selector, 1));
        eq(scoreLog.runOf(1).blockNumber, 998, "as it was");
        _commit(2, 1_000);
        _refused(1, 1_000, abi.encodeWithSelector(IScoreLog.RunAlreadyCommitted.selector, 1));
    }

    function test_runs_leave_no_gap() public {
        _refused(0, 999, abi.encodeWithSelector(IScoreLog.RunOutOfTurn.selector, 0, 1));
        _refused(2, 999, abi.encodeWithSelector(IScoreLog.RunOutOfTurn.selector, 2, 1));
        _commit(1, 999);
        _refused(3, 999, abi.encodeWithSelector(IScoreLog.RunOutOfTurn.selector, 3, 2));
    }

    function test_a_run_without_a_root_is_none() public {
        bytes32 hash = blockhash(999);
        vm.prank(scorer);
        vm.expectRevert(abi.encodeWithSelector(IScoreLog.ZeroRoot.selector));
        scoreLog.commit(1, 999, hash, INPUTS, MODEL, 0);
    }

    function test_runs_do_not_go_back_in_time_but_may_look_at_one_block_twice() public {
        _commit(1, 998);
        _refused(2, 997, abi.encodeWithSelector(IScoreLog.BlockGoesBack.selector, 997, 998));
        _commit(2, 998);
        eq(scoreLog.runCount(), 2, "another model over the same block");
    }

    function test_a_block_with_another_hash_is_refused() public {
        bytes32 claimed = blockhash(998);
        vm.prank(scorer);
        vm.expectRevert(abi.encodeWithSelector(IScoreLog.BlockHashDiffers.selector, 999, claimed, blockhash(999)));
        scoreLog.commit(1, 999, claimed, INPUTS, MODEL, ROOT);
    }

    function test_the_present_block_and_the_future_are_unknown() public {
        _refused(1, 1_000, abi.encodeWithSelector(IScoreLog.BlockUnknown.selector, 1_000));
        _refused(1, 1_001, abi.encodeWithSelector(IScoreLog.BlockUnknown.selector, 1_001));
        _refused(1, type(uint48).max, abi.encodeWithSelector(IScoreLog.BlockUnknown.selector, type(uint48).max));
    }

    function test_about_the_present_block_and_the_future_nobody_is_asked() public {
        vm.mockCall(HISTORY, "", abi.encode(INPUTS));
        _refused(1, 1_000, abi.encodeWithSelector(IScoreLog.BlockUnknown.selector, 1_000));
        _refused(1, 1_001, abi.encodeWithSelector(IScoreLog.BlockUnknown.selector, 1_001));
    }

    function test_only_a_word_that_was_answered_is_a_hash() public {
        bytes memory unknown = abi.encodeWithSelector(IScoreLog.BlockUnknown.selector, 743);
        vm.mockCall(HISTORY, "", abi.encodePacked(INPUTS, uint8(0)));
        _refused(1, 743, unknown);
        vm.mockCall(HISTORY, "", abi.encodePacked(bytes31(INPUTS)));
        _refused(1, 743, unknown);
        vm.mockCallRevert(HISTORY, "", abi.encode(INPUTS));
        _refused(1, 743, unknown);
    }

    function test_the_chain_itself_remembers_256_blocks() public {
        ok(blockhash(744) != 0, "256 ago");
        _commit(1, 744);
    }

    function test_an_older_block_is_asked_of_the_history_contract() public {
        bytes32 past = keccak256("what block 743 was");
        vm.mockCall(HISTORY, abi.encode(uint256(743)), abi.encode(past));
        vm.prank(scorer);
        vm.expectRevert(abi.encodeWithSelector(IScoreLog.BlockHashDiffers.selector, 743, INPUTS, past));
        scoreLog.commit(1, 743, INPUTS, INPUTS, MODEL, ROOT);
        vm.prank(scorer);
        scoreLog.commit(1, 743, past, INPUTS, MODEL, ROOT);
        ok(scoreLog.runOf(1).blockHash == past, "kept");
    }

    function test_on_a_chain_without_a_memory_of_its_own_256_blocks_are_known() public {
        vm.etch(0x0000F90827F1C53a10cb7A02335B175320002935, "");
        _refused(1, 743, abi.encodeWithSelector(IScoreLog.BlockUnknown.selector, 743));
        _commit(1, 744);
    }

    function test_what_nobody_remembers_is_refused() public {
        vm.roll(20_000);
        bytes32 zero;
        vm.prank(scorer);
        vm.expectRevert(abi.encodeWithSelector(IScoreLog.BlockUnknown.selector, 1_000));
        scoreLog.commit(1, 1_000, zero, INPUTS, MODEL, ROOT);
    }
}
