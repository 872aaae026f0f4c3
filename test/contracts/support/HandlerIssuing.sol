// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {TillKind} from "../../../contracts/libraries/TillWord.sol";
import {HandlerBooks} from "./HandlerBooks.sol";

/// @notice Purchases: every batch that was ever signed, submitted once or again, under limits that move.
abstract contract HandlerIssuing is HandlerBooks {
    /// @dev A batch as its till signed it.
    struct Batch {
        uint32 shop;
        uint32 till;
        uint64 first;
        address[] members;
        uint256[] points;
        uint256[] soldAt;
        bytes entries;
    }

    /// @dev What one submission of it issued.
    struct Chunk {
        uint256 batch;
        uint256 bits;
        uint256 quarter;
        uint256 record;
    }

    /// @dev What a submission may still draw on.
    struct Room {
        uint256 limit;
        uint256 left;
        uint256 earliest;
        uint256 latest;
        uint256 drawn;
    }

    /// @dev A vessel that drains evenly; what is in it is counted in 86,400ths of a hundredth.
    struct Vessel {
        uint256 used;
        uint256 since;
    }

    Batch[] internal batches;
    Chunk[] internal chunks;
    mapping(uint256 receipt => bool) internal given;
    mapping(uint32 shop => mapping(uint32 till => uint64)) internal nextPurchase;
    mapping(uint32 shop => mapping(uint32 till => uint256)) internal budgetOf;
    mapping(uint32 shop => mapping(uint32 till => uint256)) internal budgetUsed;
    /// @dev Till 0: the whole shop.
    mapping(uint32 shop => mapping(uint32 till => uint256)) internal dailyOf;
    mapping(uint32 shop => mapping(uint32 till => Vessel)) internal vessels;
    uint256 internal pausedUntil;
    uint256 internal pauseFrom;

    // ---------------------------------------------------------------- acts

    function _issue() internal {
        uint32 shop = _shopIn(ACTIVE);
        if (_roll(0, 9) == 0) shop = _shop();
        if (shop == 0) return;
        if (_roll(0, 3) == 0) _makeRoom(shop);
        if (_submit(_sell(shop, _counter(shop)), 0) != 0) _done();
    }

    function _issueFromBudget(TillKind kind) internal {
        uint32 shop = _shopIn(ACTIVE);
        if (shop == 0 || _redeemsOnly(shop)) return;
        uint32 till = consortium.tillCount(shop);
        while (till != 0 && (kindOf[shop][till] != kind || budgetUsed[shop][till] == budgetOf[shop][till])) --till;
        if (_roll(0, 1) == 0) _makeRoom(shop);
        if (till == 0) till = _addBudget(shop, kind, uint48(_roll(50, 600)));
        if (_submit(_sell(shop, till), 0) != 0) _done();
    }

    function _submitAgain() internal {
        if (batches.length == 0) return;
        uint256 which = _roll(0, 1) == 0 ? batches.length - 1 : _roll(0, batches.length - 1);
        _submit(which, 0);
        _done();
    }

    /// @dev The till's newest batch is signed but not sent; alone it gives nothing, countersigned it does.
    function _revoke() internal {
        uint32 shop = _shopIn(ACTIVE);
        if (shop == 0 || _redeemsOnly(shop)) return;
        uint32 till = _counter(shop);
        if (_roll(0, 1) == 0) _makeRoom(shop);
        uint256 batch = _sell(shop, till);
        bytes memory call = abi.encodeCall(consortium.revokeTill, (shop, till));
        if (_roll(0, 1) == 0) {
            _try(ownerFor(shop), address(consortium), call, true, "an owner revokes a till");
        } else {
            _revokeBySignature(shop, till);
        }
        isRevoked[shop][till] = true;
        _addCounter(shop);
        _submit(batch, 0);
        if (_submit(batch, 0x0a11 + shop) != 0) _done();
        _submit(batch, FIRST_MEMBER_KEY);
    }

    function _changeTillAllowance() internal {
        uint32 shop = _shop();
        uint32 till = uint32(_roll(1, consortium.tillCount(shop)));
        uint48 daily = uint48(_roll(0, 12) == 0 ? 0 : _roll(50, 900));
        bool should = daily != 0 && kindOf[shop][till] == TillKind.Counter;
        bytes memory call = abi.encodeCall(consortium.setTillAllowance, (shop, till, daily));
        if (!_try(ownerFor(shop), address(consortium), call, should, "only a counter has an allowance")) return;
        dailyOf[shop][till] = daily;
        _done();
    }

    function _changeShopAllowance() internal {
        uint32 shop = _shop();
        uint48 daily = uint48(_roll(150, 2_000));
        bytes memory call = abi.encodeCall(consortium.setShopAllowance, (shop, daily));
        if (_try(ownerFor(shop), address(consortium), call, true, "an owner sets the allowance")) _done();
        dailyOf[shop][0] = daily;
    }

    function _changeLimit() internal {
        uint32 shop = _shop();
        bytes memory call = abi.encodeCall(consortium.setReceiptLimit, (shop, uint48(_roll(100, 600))));
        if (_try(ownerFor(shop), address(consortium), call, true, "an owner sets the limit")) _done();
    }

    function _pause() internal {
        if (_roll(0, 3) == 0) {
            vm.prank(board);
            consortium.permitPause();
            pauseFrom = 0;
        }
        _approach(pauseFrom);
        bool should = block.timestamp >= pauseFrom;
        bytes memory call = abi.encodeCall(consortium.pauseIssuing, ());
        if (!_try(guardian, address(consortium), call, should, "the guardian pauses after a rest")) {
            _pass(5 days);
            return;
        }
        (pausedUntil, pauseFrom) = (block.timestamp + 72 hours, block.timestamp + 72 hours + 14 days);
        uint32 shop = _shopIn(ACTIVE);
        if (shop != 0) _submit(_sell(shop, _counter(shop)), 0);
        _done();
    }

    function _resume() internal {
        if (_roll(0, 1) == 0) _approach(pausedUntil);
        bool should = block.timestamp < pausedUntil;
        if (!should) {
            _aside();
            return _pause();
        }
        _try(guardian, address(consortium), abi.encodeCall(consortium.resumeIssuing, ()), true, "a pause ends early");
        pausedUntil = block.timestamp;
        _done();
    }

    // ---------------------------------------------------------------- within

    function _addBudget(uint32 shop, TillKind kind, uint48 budget) internal returns (uint32 till) {
        till = kind == TillKind.Import ? newImport(shop, budget) : newCampaign(shop, budget);
        (kindOf[shop][till], budgetOf[shop][till]) = (kind, budget);
    }

    function _revokeBySignature(uint32 shop, uint32 till) private {
        uint48 deadline = uint48(block.timestamp);
        bytes32 kind = keccak256("Revocation(uint32 shop,uint32 till,uint48 deadline)");
        bytes32 digest = typed(
            "Highstreet Consortium",
            address(consortium),
            keccak256(abi.encode(kind, shop, till, deadline))
        );
        bytes memory call = abi.encodeCall(
            consortium.revokeTillBySignature,
            (shop, till, deadline, signed(0x0a11 + shop, digest))
        );
        _try(STRANGER, address(consortium), call, true, "anyone brings the owner's revocation");
        _try(STRANGER, address(consortium), call, false, "and it works once");
    }

    /// @dev A batch of up to five purchases, signed by the till in its turn.
    function _sell(uint32 shop, uint32 till) internal returns (uint256 index) {
        index = batches.length;
        Batch storage batch = batches.push();
        (batch.shop, batch.till, batch.first) = (shop, till, nextPurchase[shop][till]);
        uint256 count = _roll(1, 5);
        uint256 left = _roomAt(shop, till).left;
        bytes memory entries;
        for (uint256 i; i < count; ++i) {
            address who = _roll(0, 24) == 0 ? address(0) : member(_roll(0, MEMBERS - 1));
            uint256 points = _roll(0, 2) == 0 ? _about(left > 1_000 ? 1_000 : left) : _roll(0, 200);
            uint256 soldAt = _timeOfSale();
            batch.members.push(who);
            batch.points.push(points);
            batch.soldAt.push(soldAt);
            entries = abi.encodePacked(entries, entry(who, points, soldAt));
        }
        batch.entries = entries;
        nextPurchase[shop][till] += uint64(count);
    }

    function _timeOfSale() private returns (uint256) {
        uint256 how = _roll(0, 15);
        if (how == 0) return block.timestamp - 7 days - _roll(0, 1);
        if (how == 1) return block.timestamp + 10 minutes + _roll(0, 1);
        return how < 5 ? block.timestamp - _roll(0, 6 days) : block.timestamp;
    }

    /// @dev Submits a batch, with the signature of `ownerKey` beside it where that is not zero; answers with how many
    /// entries got their points.
    function _submit(uint256 index, uint256 ownerKey) internal returns (uint256 count) {
        Batch storage batch = batches[index];
        bytes memory beside;
        if (ownerKey != 0) {
            beside = signed(ownerKey, batchDigest(batch.shop, batch.till, batch.first, batch.entries));
        }
        if (!_sent(batch, beside, ownerKey)) return 0;
        Room memory room = _roomAt(batch.shop, batch.till);
        uint256 bits;
        for (uint256 i; i < batch.points.length; ++i) {
            if (!_gives(batch, i, room)) continue;
            if (bits == 0) chunks.push(Chunk(index, 0, 0, _receipt(batch, i)));
            bits += 2 ** i;
            ++count;
        }
        for (uint256 i; i < batch.points.length; ++i) {
            bool spent = issuance.receiptSpent(batch.shop, batch.till, batch.first + uint64(i));
            _claim(spent == given[_receipt(batch, i)], "a receipt is spent exactly when it gave");
        }
        if (count != 0) _noteChunk(batch, bits, room.drawn);
    }

    function _sent(Batch storage batch, bytes memory beside, uint256 ownerKey) private returns (bool) {
        uint32 shop = batch.shop;
        bool should =
            _isIn(shop, ACTIVE) &&
                !_redeemsOnly(shop) &&
                block.timestamp >= pausedUntil &&
                (!isRevoked[shop][batch.till] || ownerKey == 0x0a11 + shop);
        bytes memory signature = signedBatch(shop, batch.till, batch.first, batch.entries);
        bytes memory call = abi.encodeCall(
            issuance.issue,
            (shop, batch.till, batch.first, batch.entries, signature, beside)
        );
        return _try(STRANGER, address(issuance), call, should, "a batch is taken exactly when it may be");
    }

    function _receipt(Batch storage batch, uint256 i) internal view returns (uint256) {
        return _name(batch.shop, batch.till, batch.first + uint64(i));
    }

    /// @dev Whether the entry should have got its points; if so, the books are told.
    function _gives(Batch storage batch, uint256 i, Room memory room) private returns (bool) {
        uint256 points = batch.points[i];
        if (given[_receipt(batch, i)] || batch.members[i] == address(0)) return false;
        if (batch.soldAt[i] < room.earliest || batch.soldAt[i] > room.latest) return false;
        if (points > room.limit || points > room.left) return false;
        room.left -= points;
        room.drawn += points;
        given[_receipt(batch, i)] = true;
        books[batch.shop].issue(batch.members[i], points);
        return true;
    }

    function _noteChunk(Batch storage batch, uint256 bits, uint256 drawn) private {
        (uint32 shop, uint32 till) = (batch.shop, batch.till);
        Chunk storage chunk = chunks[chunks.length - 1];
        (chunk.bits, chunk.quarter) = (bits, books[shop].quarter());
        bytes32 hash = keccak256(
            abi.encode(shop, till, batch.first, bits, keccak256(batch.entries), uint16(chunk.quarter))
        );
        _claim(issuance.recordHash(chunk.record) == hash, "the record is that of what was issued");
        if (kindOf[shop][till] == TillKind.Counter) _fill(shop, till, drawn);
        else budgetUsed[shop][till] += drawn;
        if (kindOf[shop][till] != TillKind.Import) _fill(shop, 0, drawn);
        _claim(issuance.budgetSpent(shop, till) == budgetUsed[shop][till], "what is spent of a budget");
        _claim(budgetUsed[shop][till] <= budgetOf[shop][till], "a budget is for life");
        uint256 needed = books[shop].supply() * PAR * moneyBook.ratio(shop);
        bool covered = moneyBook.backing(shop) * 10_000 >= int256(needed);
        _claim(covered || drawn == 0, "points were issued that nothing covers");
        if (kindOf[shop][till] != TillKind.Counter) return;
        _claim(issuance.allowanceOf(shop, till) == _left(shop, till), "what the till may still give");
        _claim(issuance.allowanceOf(shop, 0) == _left(shop, 0), "what the shop may still give");
    }

    /// @dev What the till may give now: what is left of its own, of the shop's, and of what is covered.
    function _roomAt(uint32 shop, uint32 till) internal view returns (Room memory room) {
        TillKind kind = kindOf[shop][till];
        room.limit = consortium.shopOf(shop).receiptLimit;
        room.latest = block.timestamp + 10 minutes;
        room.left = moneyBook.issuable(shop);
        uint256 own = kind == TillKind.Counter ? _left(shop, till) : budgetOf[shop][till] - budgetUsed[shop][till];
        if (own < room.left) room.left = own;
        if (kind == TillKind.Import) return room;
        room.earliest = block.timestamp - 7 days;
        uint256 all = _left(shop, 0);
        if (all < room.left) room.left = all;
    }

    function _dailyOf(uint32 shop, uint32 till) private view returns (uint256) {
        uint256 daily = dailyOf[shop][till];
        if (daily != 0) return daily;
        return till == 0 ? 20_000_000 : 5_000_000;
    }

    function _inVessel(uint32 shop, uint32 till) private view returns (uint256) {
        Vessel storage vessel = vessels[shop][till];
        uint256 drained = (block.timestamp - vessel.since) * _dailyOf(shop, till);
        return vessel.used > drained ? vessel.used - drained : 0;
    }

    function _left(uint32 shop, uint32 till) internal view returns (uint256) {
        uint256 full = 3 * 86_400 * _dailyOf(shop, till);
        uint256 used = _inVessel(shop, till);
        return used > full ? 0 : (full - used) / 86_400;
    }

    function _fill(uint32 shop, uint32 till, uint256 points) private {
        if (points == 0) return;
        vessels[shop][till] = Vessel(_inVessel(shop, till) + points * 86_400, block.timestamp);
    }
}
