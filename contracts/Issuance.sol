// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IClearingHouse} from "./interfaces/IClearingHouse.sol";
import {IConsortium, IssuingTerms, Network} from "./interfaces/IConsortium.sol";
import {IIssuance, IssuedChunk, LeftOut, Reversal} from "./interfaces/IIssuance.sol";
import {IMemberAccounts} from "./interfaces/IMemberAccounts.sol";
import {IShopPoints} from "./interfaces/IShopPoints.sol";
import {Allowance} from "./libraries/Allowance.sol";
import {PurchaseEntries} from "./libraries/PurchaseEntries.sol";
import {Receipt, ReceiptBitmap, ReceiptRules} from "./libraries/ReceiptBitmap.sol";
import {ShopStatus, ShopWord} from "./libraries/ShopWord.sol";
import {SignedConsent} from "./libraries/SignedConsent.sol";
import {TillKind, TillWord} from "./libraries/TillWord.sol";

contract Issuance is IIssuance, EIP712 {
    using PurchaseEntries for bytes;

    /// @dev What the entries of one submission may still draw on, and the times of sale that count. Every bound goes
    /// down by what is given, so `room`, the least of them, decides, and the others only say why.
    struct Bounds {
        uint256 receiptLimit;
        uint256 room;
        uint256 given;
        uint256 earliestSale;
        uint256 latestSale;
        uint256 budget;
        uint256 tillAllowance;
        uint256 shopAllowance;
    }

    uint256 internal constant MOST_ENTRIES = 500;
    uint256 internal constant CHUNK_ENTRIES = 100;
    uint256 internal constant SALE_AGE = 7 days;
    uint256 internal constant CLOCK_AHEAD = 10 minutes;
    uint256 internal constant REVERSAL_WINDOW = 30 days;
    /// @dev The shop's own allowance stands where a till 0 would have its.
    uint32 internal constant WHOLE_SHOP = 0;
    bytes32 private constant BATCH_TYPEHASH = keccak256(
        "Batch(uint32 shop,uint32 till,uint64 firstSequence,uint32 count,bytes32 head)"
    );
    bytes32 private constant REVERSAL_TYPEHASH = keccak256(
        "Reversal(uint32 shop,uint32 till,uint256 purchase,uint48 before,uint48 points,uint48 taken,uint48 debt,"
        "uint48 deadline)"
    );

    IConsortium private immutable _consortium;
    IClearingHouse private immutable _clearingHouse;
    IMemberAccounts private immutable _accounts;

    ReceiptBitmap private _purchases;
    /// @inheritdoc IIssuance
    mapping(uint256 record => bytes32) public recordHash;
    /// @inheritdoc IIssuance
    mapping(uint32 shop => mapping(uint32 till => uint256)) public budgetSpent;
    mapping(uint32 shop => mapping(uint32 till => Allowance)) private _allowances;
    /// @inheritdoc IIssuance
    mapping(uint256 purchase => uint48) public reversed;

    constructor(IConsortium consortium) EIP712("Highstreet Issuance", "1") {
        Network memory network = consortium.network();
        _consortium = consortium;
        _clearingHouse = IClearingHouse(network.clearingHouse);
        _accounts = IMemberAccounts(network.accounts);
    }

    // ---------------------------------------------------------------- anyone, with a till's signature

    /// @inheritdoc IIssuance
    function issue(
        uint32 shop,
        uint32 till,
        uint64 firstSequence,
        bytes calldata entries,
        bytes calldata signature,
        bytes calldata ownerSignature
    ) external {
        uint256 count = entries.length / PurchaseEntries.SIZE;
        if (count == 0 || count > MOST_ENTRIES || entries.length != count * PurchaseEntries.SIZE) {
            revert BadEntries(entries.length);
        }
        if (firstSequence > type(uint64).max - count) revert SequenceTooHigh(firstSequence);
        IssuingTerms memory terms = _consortium.issuingTermsOf(shop, till);
        if (block.timestamp < terms.pausedUntil) revert IssuingIsPaused(terms.pausedUntil);
        if (terms.shop.status() != ShopStatus.Active || terms.shop.redeemsOnly()) {
            revert ShopNotIssuing(shop, terms.shop.status(), terms.shop.redeemsOnly());
        }
        Receipt first = ReceiptRules.made(shop, till, firstSequence);
        _requireSigned(first, terms.till, _batchDigest(first, entries), signature, ownerSignature);
        _issueInChunks(first, entries, terms);
    }

    /// @inheritdoc IIssuance
    function reverse(uint32 shop, uint256 record, IssuedChunk calldata chunk, Reversal calldata agreed) external {
        (ShopWord shopWord, TillWord tillWord) = _consortium.wordsOf(shop, agreed.till);
        _requireMayReverse(shop, shopWord.status(), agreed.till, tillWord);
        _requireRecorded(shop, record, chunk, agreed.index);
        Receipt purchase = ReceiptRules.made(shop, chunk.till, chunk.firstSequence).plus(agreed.index);
        uint256 until = chunk.entries.soldAt(agreed.index) + REVERSAL_WINDOW;
        if (block.timestamp > until) revert ReversalWindowOver(until);
        _requireReversalAgreed(shop, Receipt.unwrap(purchase), tillWord, agreed);
        address member = _reverse(Receipt.unwrap(purchase), chunk, agreed);
        IShopPoints(shopWord.points()).takeBack(member, agreed.taken, chunk.quarter, agreed.debt);
        (, uint32 till, uint64 sequence) = purchase.parts();
        emit Reversed(shop, member, till, sequence, agreed.till, agreed.points, agreed.taken, agreed.debt);
    }

    // ---------------------------------------------------------------- whoever asks

    /// @inheritdoc IIssuance
    function receiptSpent(uint32 shop, uint32 till, uint64 sequence) external view returns (bool) {
        return _purchases.isSpent(ReceiptRules.made(shop, till, sequence));
    }

    /// @inheritdoc IIssuance
    function allowanceOf(uint32 shop, uint32 till) external view returns (uint256 points) {
        IssuingTerms memory terms = _consortium.issuingTermsOf(shop, till);
        uint256 daily = terms.shopDailyPoints;
        if (till != WHOLE_SHOP) daily = terms.till.kind() == TillKind.Counter ? terms.till.allotted() : 0;
        return _allowances[shop][till].leftDown(daily, block.timestamp);
    }

    // ---------------------------------------------------------------- within: issuing

    function _batchDigest(Receipt first, bytes calldata entries) private view returns (bytes32) {
        (uint32 shop, uint32 till, uint64 sequence) = first.parts();
        bytes32 head = entries.runningHash(keccak256(abi.encode(shop, till, sequence)));
        uint256 count = entries.length / PurchaseEntries.SIZE;
        return _hashTypedDataV4(keccak256(abi.encode(BATCH_TYPEHASH, shop, till, sequence, count, head)));
    }

    function _requireSigned(
        Receipt first,
        TillWord tillWord,
        bytes32 digest,
        bytes calldata signature,
        bytes calldata ownerSignature
    ) private view {
        (uint32 shop, uint32 till, ) = first.parts();
        if (tillWord.key() == address(0)) revert UnknownTill(shop, till);
        if (!SignedConsent.isGivenBy(_accounts, tillWord.key(), digest, signature)) revert BadTillSignature(shop, till);
        if (!tillWord.revoked()) return;
        if (!SignedConsent.isGivenBy(_accounts, _consortium.ownerOf(shop), digest, ownerSignature)) {
            revert OwnerSignatureMissing(shop, till);
        }
    }

    function _boundsOf(Receipt first, IssuingTerms memory terms) private view returns (Bounds memory bounds) {
        (uint32 shop, uint32 till, ) = first.parts();
        TillKind kind = terms.till.kind();
        bounds.receiptLimit = terms.shop.receiptLimit();
        bounds.latestSale = block.timestamp + CLOCK_AHEAD;
        (bounds.budget, bounds.tillAllowance) = (type(uint256).max, type(uint256).max);
        bounds.shopAllowance = type(uint256).max;
        if (kind == TillKind.Counter) {
            bounds.tillAllowance = _allowances[shop][till].leftDown(terms.till.allotted(), block.timestamp);
        } else {
            bounds.budget = terms.till.allotted() - budgetSpent[shop][till];
        }
        // What a shop brings along from before has the board's budget, and no other bound.
        if (kind != TillKind.Import) {
            bounds.earliestSale = block.timestamp - SALE_AGE;
            bounds.shopAllowance = _allowances[shop][WHOLE_SHOP].leftDown(terms.shopDailyPoints, block.timestamp);
        }
        uint256 allowed = Math.min(bounds.tillAllowance, bounds.shopAllowance);
        bounds.room = Math.min(Math.min(bounds.budget, allowed), _clearingHouse.issuableOf(shop));
    }

    function _issueInChunks(Receipt first, bytes calldata entries, IssuingTerms memory terms) private {
        Bounds memory bounds = _boundsOf(first, terms);
        uint256 count = entries.length / PurchaseEntries.SIZE;
        for (uint256 from; from < count; from += CHUNK_ENTRIES) {
            uint256 to = from + CHUNK_ENTRIES < count ? from + CHUNK_ENTRIES : count;
            bytes calldata chunk = entries[from * PurchaseEntries.SIZE:to * PurchaseEntries.SIZE];
            _issueChunk(first.plus(from), chunk, bounds, terms.shop.points());
        }
        if (bounds.given != 0) _takeNote(first, terms, bounds.given);
    }

    /// @dev What was given counts against the till's allowance or budget, and against the shop's allowance.
    function _takeNote(Receipt first, IssuingTerms memory terms, uint256 given) private {
        (uint32 shop, uint32 till, ) = first.parts();
        TillKind kind = terms.till.kind();
        if (kind == TillKind.Counter) _count(shop, till, terms.till.allotted(), given);
        else budgetSpent[shop][till] += given;
        if (kind != TillKind.Import) _count(shop, WHOLE_SHOP, terms.shopDailyPoints, given);
    }

    function _count(uint32 shop, uint32 till, uint256 dailyPoints, uint256 given) private {
        Allowance allowance = _allowances[shop][till];
        _allowances[shop][till] = allowance.withGiven(dailyPoints, block.timestamp, given);
    }

    function _issueChunk(Receipt first, bytes calldata chunk, Bounds memory bounds, address points) private {
        uint256 issuedBits = _decide(first, chunk, bounds);
        if (issuedBits == 0) return;
        uint256 record = _announce(first, chunk, issuedBits);
        uint16 quarter = IShopPoints(points).issue(chunk, issuedBits);
        recordHash[record] = _recordHash(first, issuedBits, chunk, quarter);
    }

    /// @dev Decides on each entry in order and spends the receipts of those that are to be issued.
    function _decide(Receipt first, bytes calldata chunk, Bounds memory bounds) private returns (uint256 issuedBits) {
        uint256 wordKey = first.wordKey();
        uint256 bit = first.bit();
        uint256 spent = _purchases.words[wordKey];
        uint256 count = chunk.length / PurchaseEntries.SIZE;
        for (uint256 i; i < count;) {
            // A chunk touches two words of the bitmap at most; each is read and written once.
            if (bit == 0) {
                _purchases.words[wordKey] = spent;
                spent = _purchases.words[++wordKey];
                bit = 1;
            }
            LeftOut reason = spent & bit != 0 ? LeftOut.ReceiptSpent : _draw(chunk, i, bounds);
            if (reason == LeftOut.None) {
                spent |= bit;
                issuedBits |= 1 << i;
            } else {
                _leaveOut(first.plus(i), reason);
            }
            bit <<= 1;
            unchecked {
                ++i;
            }
        }
        if (issuedBits != 0) _purchases.words[wordKey] = spent;
    }

    /// @dev Draws an entry's points from the bounds, or says which of them it does not keep.
    function _draw(bytes calldata chunk, uint256 i, Bounds memory bounds) private pure returns (LeftOut) {
        (address member, uint256 points) = chunk.memberAndPoints(i);
        if (member == address(0)) return LeftOut.NoMember;
        uint256 soldAt = chunk.soldAt(i);
        if (soldAt < bounds.earliestSale || soldAt > bounds.latestSale) return LeftOut.TimeOfSale;
        if (points > bounds.receiptLimit) return LeftOut.OverReceiptLimit;
        if (points > bounds.room) return _whyNoRoom(points, bounds);
        unchecked {
            bounds.room -= points;
            bounds.given += points;
        }
        return LeftOut.None;
    }

    function _whyNoRoom(uint256 points, Bounds memory bounds) private pure returns (LeftOut) {
        uint256 drawn = bounds.given + points;
        if (drawn > bounds.budget) return LeftOut.OverBudget;
        if (drawn > bounds.tillAllowance) return LeftOut.OverTillAllowance;
        return drawn > bounds.shopAllowance ? LeftOut.OverShopAllowance : LeftOut.NotFunded;
    }

    function _leaveOut(Receipt receipt, LeftOut reason) private {
        (uint32 shop, uint32 till, uint64 sequence) = receipt.parts();
        emit ReceiptLeftOut(shop, till, sequence, reason);
    }

    /// @dev The record bears the name of the first receipt it issued: a receipt is issued once, so the name is free.
    function _announce(Receipt first, bytes calldata chunk, uint256 issuedBits) private returns (uint256 record) {
        (uint32 shop, uint32 till, uint64 sequence) = first.parts();
        uint256 lowestIndex = Math.log2(issuedBits & (~issuedBits + 1));
        record = Receipt.unwrap(first.plus(lowestIndex));
        emit Issued(shop, till, sequence, issuedBits, record, chunk);
    }

    function _recordHash(
        Receipt first,
        uint256 issuedBits,
        bytes calldata entries,
        uint16 quarter
    ) private pure returns (bytes32) {
        (uint32 shop, uint32 till, uint64 sequence) = first.parts();
        return keccak256(abi.encode(shop, till, sequence, issuedBits, keccak256(entries), quarter));
    }

    // ---------------------------------------------------------------- within: reversing

    function _requireMayReverse(uint32 shop, ShopStatus status, uint32 till, TillWord tillWord) private pure {
        if (status != ShopStatus.Active && status != ShopStatus.Suspended && status != ShopStatus.Exiting) {
            revert ShopNotReversing(shop, status);
        }
        if (!tillWord.isActiveCounter()) revert TillNotReversing(shop, till);
    }

    function _requireRecorded(uint32 shop, uint256 record, IssuedChunk calldata chunk, uint256 index) private view {
        Receipt first = ReceiptRules.made(shop, chunk.till, chunk.firstSequence);
        bytes32 hash = _recordHash(first, chunk.issuedBits, chunk.entries, chunk.quarter);
        if (hash != recordHash[record] || (chunk.issuedBits >> index) & 1 == 0) revert NotInRecord(record);
    }

    function _requireReversalAgreed(
        uint32 shop,
        uint256 purchase,
        TillWord tillWord,
        Reversal calldata agreed
    ) private view {
        if (block.timestamp > agreed.deadline) revert ReversalExpired(agreed.deadline);
        bytes32 hash = keccak256(
            abi.encode(
                REVERSAL_TYPEHASH,
                shop,
                agreed.till,
                purchase,
                agreed.before,
                agreed.points,
                agreed.taken,
                agreed.debt,
                agreed.deadline
            )
        );
        if (!SignedConsent.isGivenBy(_accounts, tillWord.key(), _hashTypedDataV4(hash), agreed.signature)) {
            revert BadTillSignature(shop, agreed.till);
        }
    }

    /// @dev Takes note of what is reversed of a purchase, at most what it gave; answers with whose purchase it was.
    function _reverse(
        uint256 purchase,
        IssuedChunk calldata chunk,
        Reversal calldata agreed
    ) private returns (address member) {
        uint256 gave;
        (member, gave) = chunk.entries.memberAndPoints(agreed.index);
        uint48 before = reversed[purchase];
        if (before != agreed.before) revert ReversalOutOfTurn(purchase, before);
        uint256 left = gave - before;
        if (agreed.points == 0 || agreed.points > left) revert ReversalOutOfBounds(purchase, left, agreed.points);
        if (uint256(agreed.taken) + agreed.debt > agreed.points) {
            revert ReversalUneven(agreed.points, agreed.taken, agreed.debt);
        }
        reversed[purchase] = before + agreed.points;
    }
}
