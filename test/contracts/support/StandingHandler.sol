// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Run} from "../../../contracts/interfaces/IScoreLog.sol";
import {Held, Score} from "../../../contracts/interfaces/IStanding.sol";
import {Tier} from "../../../contracts/libraries/StandingWord.sol";
import {Chance} from "./Chance.sol";
import {ScoredStreet} from "./ScoredStreet.sol";
import {RecordedLog} from "./Test.sol";

/// @notice Scores members, proves and lowers at random and around every limit, tries to send what is bound, and keeps
/// plain books: what was noticed when, what was committed, and the balances that the ERC-1155 events add up to.
contract StandingHandler is ScoredStreet, Chance {
    uint32 public constant PLACES = 3;
    uint256 public constant MEMBERS = 3;
    uint256 public constant ACTS = 9;
    bytes32 internal constant SINGLE = keccak256("TransferSingle(address,address,address,uint256,uint256)");
    bytes32 internal constant BATCH = keccak256("TransferBatch(address,address,address,uint256[],uint256[])");

    /// @dev What a member's standing should be, by the written rules.
    struct Book {
        uint256 tier;
        uint256 next;
        uint256 noticedAt;
        uint256 since;
        uint256 run;
        uint128 badges;
    }

    string public broken;
    uint256[ACTS] public succeeded;
    mapping(uint32 shop => mapping(address member => Book)) public books;
    /// @notice What the ERC-1155 events of each account and id add up to.
    mapping(address account => mapping(uint256 id => int256)) internal heard;
    mapping(uint32 run => bytes32) public written;
    mapping(uint32 run => Score[]) internal scoresOf;
    uint256 internal turn;
    uint256 internal inOrder;
    bool internal refused;

    constructor() {
        foundWithScores();
        openShop(0);
        openShop(0);
        vm.recordLogs();
        for (uint256 i; i < 2; ++i) {
            // Everybody is gold, and then the first of them is to fall.
            uint32 run = uint32(i + 1);
            for (uint256 k; k < PLACES * MEMBERS; ++k) {
                scoresOf[run].push(score(uint32(k % PLACES), member(k / PLACES), i == 0 ? Tier.Gold : Tier.Silver));
            }
            commit(scoresOf[run]);
            written[run] = hashOf(run);
            for (uint256 k; k < (i == 0 ? PLACES * MEMBERS : 1); ++k) {
                Score memory one = scoresOf[run][k];
                proveIn(run, scoresOf[run], k);
                _write(books[one.shop][one.member], one, false);
                books[one.shop][one.member].run = run;
            }
        }
        _listen(vm.getRecordedLogs());
    }

    /// @dev Every other turn takes the acts in order, each until it has succeeded once more; the others are drawn.
    function act(uint256 dice) external {
        // The fuzzer likes some numbers better than others.
        seed = uint256(keccak256(abi.encode(dice, ++turn)));
        vm.recordLogs();
        bool drawn = turn % 2 == 0;
        uint256 which = drawn ? _roll(0, ACTS - 1) : inOrder;
        uint256 before = succeeded[which];
        _perform(which);
        if (!drawn && succeeded[which] != before) inOrder = (inOrder + 1) % ACTS;
        _hearAll();
    }

    /// @dev Each act that chance has kept from succeeding is done once more where nothing stands against it, with runs
    /// of its own; then a run fails for an act that cannot succeed, and for no other reason.
    function catchUp() external {
        for (uint256 which; which < ACTS; ++which) {
            if (succeeded[which] != 0) continue;
            vm.recordLogs();
            if (which == 1 || which == 2) _proveIn(which, _commitAll(Tier.Gold), 0);
            else if (which == 4) _raiseAndLower();
            else if (which == 6) _awardMissing();
            else _perform(which);
            _hearAll();
        }
    }

    /// @dev The cheatcode also records what was said before an act was refused; on a chain nobody hears that.
    function _hearAll() internal {
        RecordedLog[] memory logs = vm.getRecordedLogs();
        if (!refused) _listen(logs);
        refused = false;
    }

    function _perform(uint256 which) internal {
        if (which == 0) _commit();
        else if (which < 4) _prove(which);
        else if (which == 4) _lower();
        else if (which == 5) _letTimePass();
        else if (which == 6) _award();
        else if (which == 7) _send();
        else _commitAgain();
    }

    function member(uint256 index) public pure returns (address) {
        return address(uint160(0x3e3b00 + index));
    }

    function theStanding() external view returns (address) {
        return address(standing);
    }

    function heardOf(address account, uint256[] calldata ids) external view returns (int256[] memory sums) {
        sums = new int256[](ids.length);
        for (uint256 i; i < ids.length; ++i) {
            sums[i] = heard[account][ids[i]];
        }
    }

    function hashOf(uint32 run) public view returns (bytes32) {
        return keccak256(abi.encode(scoreLog.runOf(run)));
    }

    // ---------------------------------------------------------------- acts

    function _commit() internal {
        uint32 run = scoreLog.runCount() + 1;
        for (uint32 shop; shop < PLACES; ++shop) {
            for (uint256 i; i < MEMBERS; ++i) {
                uint128 badges = uint128(1 << _roll(0, 127)) | uint128(1 << _roll(0, 3));
                scoresOf[run].push(score(shop, member(i), Tier(_roll(0, 3)), _roll(0, 1) == 0 ? 0 : badges));
            }
        }
        vm.roll(block.number + _roll(1, 5));
        _commitRun(run);
    }

    /// @dev Everybody is scored alike.
    function _commitAll(Tier tier) internal returns (uint32 run) {
        run = scoreLog.runCount() + 1;
        for (uint256 k; k < PLACES * MEMBERS; ++k) {
            scoresOf[run].push(score(uint32(k % PLACES), member(k / PLACES), tier));
        }
        vm.roll(block.number + 1);
        _commitRun(run);
    }

    function _commitRun(uint32 run) internal {
        commit(scoresOf[run]);
        written[run] = hashOf(run);
        succeeded[0]++;
    }

    /// @dev 1: the newest run; 2: any run; 3: a score that was not committed.
    function _prove(uint256 which) internal {
        if (_roll(0, 2) == 0) _commit();
        uint32 newest = scoreLog.runCount();
        uint32 run = which == 2 ? uint32(_roll(newest > 3 ? newest - 3 : 1, newest)) : newest;
        _proveIn(which, run, _roll(0, scoresOf[run].length - 1));
    }

    function _proveIn(uint256 which, uint32 run, uint256 index) internal {
        Score[] memory scores = scoresOf[run];
        (, bytes32[] memory proof) = treeOf(scores, index);
        Score memory one = scores[index];
        if (which == 3) one.tier = (one.tier + 1) % 4;
        Book storage book = books[one.shop][one.member];
        bool should = which != 3 && run > book.run && block.timestamp <= scoreLog.runOf(run).committedAt + 30 days;
        bool due = book.noticedAt != 0 && block.timestamp >= book.noticedAt + 30 days;
        if (one.tier < (due ? book.next : book.tier) && run != scoreLog.runCount()) should = false;
        try standing.prove(run, one, proof) {
            if (!should) broken = "a proof that should be refused went through";
            _write(book, one, due);
            book.run = run;
            succeeded[which]++;
        } catch {
            refused = true;
            if (should) broken = "a proof that should hold was refused";
            if (which == 3) succeeded[3]++;
        }
    }

    function _write(Book storage book, Score memory one, bool due) internal {
        if (due) _fall(book);
        book.badges |= one.badges;
        if (one.tier > book.tier) (book.tier, book.since) = (one.tier, block.timestamp);
        if (one.tier >= book.tier) {
            (book.next, book.noticedAt) = (0, 0);
        } else {
            if (book.noticedAt == 0 || one.tier < book.next) book.noticedAt = block.timestamp;
            book.next = one.tier;
        }
    }

    function _fall(Book storage book) internal {
        (book.tier, book.since, book.next, book.noticedAt) = (book.next, block.timestamp, 0, 0);
    }

    function _lower() internal {
        (uint32 shop, address who) = _somebodyNoticed();
        Book storage book = books[shop][who];
        if (book.noticedAt == 0 && _roll(0, 1) == 0) {
            _commit();
            return _prove(1);
        }
        uint256 due = book.noticedAt + 30 days + _roll(0, 2) - 1;
        if (book.noticedAt != 0 && due > block.timestamp && _roll(0, 2) != 0) vm.warp(due);
        _lowerNow(shop, who);
    }

    /// @dev Somebody's tier rises, its fall is noticed, and comes.
    function _raiseAndLower() internal {
        _proveIn(1, _commitAll(Tier.Gold), 0);
        _proveIn(1, _commitAll(Tier.None), 0);
        vm.warp(block.timestamp + 30 days);
        _lowerNow(0, member(0));
    }

    function _lowerNow(uint32 shop, address who) internal {
        Book storage book = books[shop][who];
        bool should = book.noticedAt != 0 && block.timestamp >= book.noticedAt + 30 days;
        try standing.lower(shop, who) {
            if (!should) broken = "a tier fell without 30 days' notice";
            _fall(book);
            succeeded[4]++;
        } catch {
            refused = true;
            if (should) broken = "a notice that had run had no effect";
        }
    }

    /// @dev A day; or to just before, at, or just after the end of somebody's notice.
    function _letTimePass() internal {
        (uint32 shop, address who) = _somebodyNoticed();
        uint256 noticedAt = books[shop][who].noticedAt;
        uint256 to =
            noticedAt == 0 || _roll(0, 3) == 0 ? block.timestamp + 1 days : noticedAt + 30 days + _roll(0, 2) - 1;
        if (to > block.timestamp) vm.warp(to);
        succeeded[5]++;
    }

    function _award() internal {
        (uint32 shop, address who) = _somebody();
        uint128 badges = uint128(1 << _roll(0, 7)) | uint128(1 << _roll(0, 127));
        _awardBy(ownerFor(shop == 0 || _roll(0, 3) == 0 ? _roll(1, 2) : shop), shop, who, badges);
    }

    /// @dev All that somebody has not got.
    function _awardMissing() internal {
        for (uint256 i; i < MEMBERS; ++i) {
            uint128 missing = ~books[1][member(i)].badges;
            if (missing != 0) return _awardBy(ownerFor(1), 1, member(i), missing);
        }
    }

    function _awardBy(address owner, uint32 shop, address who, uint128 badges) internal {
        bool should = shop != 0 && owner == ownerFor(shop) && badges & ~books[shop][who].badges != 0;
        vm.prank(owner);
        try standing.award(shop, who, badges) {
            if (!should) broken = "a badge was given that should not be";
            books[shop][who].badges |= badges;
            succeeded[6]++;
        } catch {
            refused = true;
            if (should) broken = "a badge of the owner was refused";
        }
    }

    function _send() internal {
        (uint32 shop, address who) = _somebody();
        uint256 id = standing.tierId(shop, Tier(_roll(1, 3)));
        vm.prank(who);
        try standing.safeTransferFrom(who, member(_roll(0, MEMBERS - 1)), id, _roll(0, 1), "") {
            broken = "a tier was sent";
        } catch {
            refused = true;
            succeeded[7]++;
        }
        vm.prank(who);
        try standing.setApprovalForAll(member(_roll(0, MEMBERS - 1)), _roll(0, 1) == 0) {
            broken = "somebody may send";
        } catch {}
    }

    function _commitAgain() internal {
        uint32 run = scoreLog.runCount();
        run = uint32(_roll(1, run));
        uint48 seen = uint48(block.number - 1);
        vm.prank(scorer);
        try scoreLog.commit(run, seen, blockhash(seen), INPUTS, MODEL, bytes32(seed)) {
            broken = "a run was written again";
        } catch {
            refused = true;
            succeeded[8]++;
        }
    }

    function _somebody() internal returns (uint32 shop, address who) {
        return (uint32(_roll(0, PLACES - 1)), member(_roll(0, MEMBERS - 1)));
    }

    /// @dev Somebody whose downgrade is noticed, where there is one.
    function _somebodyNoticed() internal returns (uint32 shop, address who) {
        (shop, who) = _somebody();
        for (uint256 i; i < PLACES * MEMBERS && books[shop][who].noticedAt == 0; ++i) {
            (shop, who) = (uint32(i % PLACES), member(i / PLACES));
        }
    }

    // ---------------------------------------------------------------- what any ERC-1155 reader hears

    function _listen(RecordedLog[] memory logs) internal {
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].emitter != address(standing)) continue;
            if (logs[i].topics[0] == SINGLE) {
                (uint256 id, uint256 amount) = abi.decode(logs[i].data, (uint256, uint256));
                _hear(logs[i], id, amount);
            } else if (logs[i].topics[0] == BATCH) {
                (uint256[] memory ids, uint256[] memory amounts) = abi.decode(logs[i].data, (uint256[], uint256[]));
                for (uint256 k; k < ids.length; ++k) {
                    _hear(logs[i], ids[k], amounts[k]);
                }
            }
        }
    }

    function _hear(RecordedLog memory log, uint256 id, uint256 amount) internal {
        heard[address(uint160(uint256(log.topics[2])))][id] -= int256(amount);
        heard[address(uint160(uint256(log.topics[3])))][id] += int256(amount);
    }
}
