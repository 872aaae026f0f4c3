// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IssuedChunk, Reversal} from "../../../contracts/interfaces/IIssuance.sol";
import {HandlerIssuing} from "./HandlerIssuing.sol";
import {LotBook} from "./LotBook.sol";

/// @notice Purchases undone: wholly, in part, with a debt, with a deduction from the cash, and tried again.
abstract contract HandlerReversing is HandlerIssuing {
    mapping(uint256 receipt => uint256) internal takenBack;
    bytes[] internal reversals;

    /// @dev `wish` 0: as it comes; 1: with a debt; 2: only a part.
    function _reverse(uint256 wish) internal {
        (uint256 which, uint256 index) = _purchase();
        if (which == type(uint256).max) {
            _aside();
            return _issue();
        }
        Batch storage batch = batches[chunks[which].batch];
        uint256 left = batch.points[index] - takenBack[_receipt(batch, index)];
        if (wish == 1) _spendAway(batch.shop, batch.members[index], left);
        _approach(batch.soldAt[index] + 30 days);
        Reversal memory agreed = _agree(batch, index, wish);
        IssuedChunk memory chunk = IssuedChunk({
            till: batch.till,
            firstSequence: batch.first,
            issuedBits: chunks[which].bits,
            quarter: uint16(chunks[which].quarter),
            entries: batch.entries
        });
        bool done = _reverseAs(batch, chunks[which], chunk, agreed);
        if (!done || (wish == 1 && agreed.debt == 0) || (wish == 2 && agreed.points == left)) return;
        _done();
    }

    function _reverseAgain() internal {
        if (reversals.length == 0) {
            _aside();
            return _reverse(0);
        }
        bytes memory call = reversals[_roll(0, reversals.length - 1)];
        _try(STRANGER, address(issuance), call, false, "a till's agreement to a reversal works once");
        _done();
    }

    /// @dev A purchase that can still be undone, among the newest; sometimes one that cannot.
    function _purchase() private returns (uint256 which, uint256 index) {
        uint256 count = chunks.length;
        for (uint256 i; i < 8 && i < count; ++i) {
            which = count - 1 - _roll(0, (count < 8 ? count : 8) - 1);
            Batch storage batch = batches[chunks[which].batch];
            index = _roll(0, batch.points.length - 1);
            if ((chunks[which].bits >> index) & 1 == 0) continue;
            bool fresh = batch.soldAt[index] + 30 days >= block.timestamp && !_isIn(batch.shop, DEFAULTED);
            bool some = batch.points[index] > takenBack[_receipt(batch, index)];
            if ((fresh && some) || _roll(0, 20) == 0) return (which, index);
        }
        return (type(uint256).max, 0);
    }

    /// @dev Whoever bought gives most of the points away, so that not all can be taken back.
    function _spendAway(uint32 shop, address who, uint256 left) private {
        uint256 balance = books[shop].balanceOf(who);
        if (balance < left || balance == 0) return;
        uint256 points = balance - left / 3;
        address friend = member(_roll(0, MEMBERS - 1));
        bytes memory call = abi.encodeWithSignature("transfer(address,uint256)", friend, points);
        if (_try(who, address(tokenOf(shop)), call, true, "a member gives points away")) {
            books[shop].transfer(who, friend, points);
        }
    }

    function _agree(Batch storage batch, uint256 index, uint256 wish) private returns (Reversal memory agreed) {
        uint256 before = takenBack[_receipt(batch, index)];
        uint256 left = batch.points[index] - before;
        uint256 points =
            wish == 1
                ? left
                : _roll(0, 2) == 0
                    ? _about(left)
                    : _roll(left == 0 ? 0 : 1, left);
        uint256 balance = books[batch.shop].balanceOf(batch.members[index]);
        uint256 taken = balance < points ? balance : points;
        if (_roll(0, 7) == 0) taken += 1;
        else if (wish != 1 && _roll(0, 3) == 0) taken = _roll(0, taken);
        uint256 rest = points > taken ? points - taken : 0;
        uint256 how = _roll(0, 7);
        uint256 debt =
            how == 0
                ? rest + 1
                : how < 4 || wish == 1
                    ? rest
                    : _roll(0, rest);
        agreed.till = _counter(batch.shop);
        if (_roll(0, 19) == 0) agreed.till = uint32(_roll(1, consortium.tillCount(batch.shop)));
        agreed.index = uint32(index);
        agreed.before = uint48(_roll(0, 15) == 0 ? before + 1 : before);
        (agreed.points, agreed.taken, agreed.debt) = (uint48(points), uint48(taken), uint48(debt));
        agreed.deadline = uint48(_roll(0, 15) == 0 ? block.timestamp - 1 : block.timestamp + _roll(0, 1 hours));
        bytes32 digest = reversalDigest(batch.shop, _receipt(batch, index), agreed);
        agreed.signature = signed(tillKey[batch.shop][agreed.till], digest);
    }

    function _reverseAs(
        Batch storage batch,
        Chunk storage noted,
        IssuedChunk memory chunk,
        Reversal memory agreed
    ) private returns (bool) {
        uint256 purchase = _receipt(batch, agreed.index);
        uint256 before = takenBack[purchase];
        LotBook book = books[batch.shop];
        address who = batch.members[agreed.index];
        bool should =
            _isIn(batch.shop, ACTIVE | SUSPENDED | EXITING) &&
                _isCounter(batch.shop, agreed.till) &&
                block.timestamp <= batch.soldAt[agreed.index] + 30 days &&
                block.timestamp <= agreed.deadline &&
                agreed.before == before;
        should =
            should &&
            agreed.points != 0 &&
            agreed.points <= batch.points[agreed.index] - before &&
            uint256(agreed.taken) + agreed.debt <= agreed.points &&
            agreed.taken <= book.balanceOf(who);
        bytes memory call = abi.encodeCall(issuance.reverse, (batch.shop, noted.record, chunk, agreed));
        if (!_try(STRANGER, address(issuance), call, should, "a purchase is undone exactly when it may be")) {
            return false;
        }
        takenBack[purchase] = before + agreed.points;
        book.takeBack(who, agreed.taken, noted.quarter, agreed.debt);
        _claim(issuance.reversed(purchase) == before + agreed.points, "the total reversed is kept per receipt");
        reversals.push(call);
        return true;
    }
}
