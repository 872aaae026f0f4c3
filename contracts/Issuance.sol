// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IClearingHouse} from "./interfaces/IClearingHouse.sol";
import {IConsortium, Network} from "./interfaces/IConsortium.sol";
import {IIssuance, LeftOut} from "./interfaces/IIssuance.sol";
import {IShopPoints} from "./interfaces/IShopPoints.sol";
import {PurchaseEntries} from "./libraries/PurchaseEntries.sol";
import {Receipt, ReceiptBitmap, ReceiptRules} from "./libraries/ReceiptBitmap.sol";
import {ShopStatus, ShopWord} from "./libraries/ShopWord.sol";
import {SignedConsent} from "./libraries/SignedConsent.sol";
import {TillKind, TillWord} from "./libraries/TillWord.sol";

contract Issuance is IIssuance, EIP712 {
    using PurchaseEntries for bytes;

    /// @dev What the entries of one submission may still draw on, and the times of sale that count.
    struct Bounds {
        uint256 receiptLimit;
        uint256 fundedPoints;
        uint256 budgetPoints;
        uint256 earliestSale;
        uint256 latestSale;
    }

    uint256 internal constant MOST_ENTRIES = 500;
    uint256 internal constant CHUNK_ENTRIES = 100;
    uint256 internal constant SALE_AGE = 7 days;
    uint256 internal constant CLOCK_AHEAD = 10 minutes;
    bytes32 private constant BATCH_TYPEHASH = keccak256(
        "Batch(uint32 shop,uint32 till,uint64 firstSequence,uint32 count,bytes32 head)"
    );

    IConsortium private immutable _consortium;
    IClearingHouse private immutable _clearingHouse;

    ReceiptBitmap private _purchases;
    /// @inheritdoc IIssuance
    mapping(uint256 record => bytes32) public recordHash;
    /// @inheritdoc IIssuance
    mapping(uint32 shop => mapping(uint32 till => uint256)) public imported;

    constructor(IConsortium consortium) EIP712("Highstreet Issuance", "1") {
        Network memory network = consortium.network();
        _consortium = consortium;
        _clearingHouse = IClearingHouse(network.clearingHouse);
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
        (ShopWord shopWord, TillWord tillWord) = _consortium.wordsOf(shop, till);
        if (shopWord.status() != ShopStatus.Active || shopWord.redeemsOnly()) {
            revert ShopNotIssuing(shop, shopWord.status(), shopWord.redeemsOnly());
        }
        Receipt first = ReceiptRules.made(shop, till, firstSequence);
        _requireSigned(first, tillWord, _batchDigest(first, entries), signature, ownerSignature);
        _issueInChunks(first, entries, shopWord, tillWord);
    }

    // ---------------------------------------------------------------- whoever asks

    /// @inheritdoc IIssuance
    function receiptSpent(uint32 shop, uint32 till, uint64 sequence) external view returns (bool) {
        return _purchases.isSpent(ReceiptRules.made(shop, till, sequence));
    }

    // ---------------------------------------------------------------- within

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
        if (!SignedConsent.isGivenBy(tillWord.key(), digest, signature)) revert BadTillSignature(shop, till);
        if (!tillWord.revoked()) return;
        if (!SignedConsent.isGivenBy(_consortium.ownerOf(shop), digest, ownerSignature)) {
            revert OwnerSignatureMissing(shop, till);
        }
    }

    function _boundsOf(Receipt first, ShopWord shopWord, TillWord tillWord) private view returns (Bounds memory) {
        (uint32 shop, uint32 till, ) = first.parts();
        bool imports = tillWord.kind() == TillKind.Import;
        return
            Bounds({
                receiptLimit: shopWord.receiptLimit(),
                fundedPoints: _clearingHouse.issuableOf(shop),
                budgetPoints: imports ? tillWord.budget() - imported[shop][till] : type(uint256).max,
                earliestSale: imports ? 0 : block.timestamp - SALE_AGE,
                latestSale: block.timestamp + CLOCK_AHEAD
            });
    }

    function _issueInChunks(Receipt first, bytes calldata entries, ShopWord shopWord, TillWord tillWord) private {
        Bounds memory bounds = _boundsOf(first, shopWord, tillWord);
        uint256 budgetBefore = bounds.budgetPoints;
        uint256 count = entries.length / PurchaseEntries.SIZE;
        for (uint256 from; from < count; from += CHUNK_ENTRIES) {
            uint256 to = from + CHUNK_ENTRIES < count ? from + CHUNK_ENTRIES : count;
            bytes calldata chunk = entries[from * PurchaseEntries.SIZE:to * PurchaseEntries.SIZE];
            _issueChunk(first.plus(from), chunk, bounds, shopWord.points());
        }
        if (tillWord.kind() != TillKind.Import) return;
        (uint32 shop, uint32 till, ) = first.parts();
        imported[shop][till] += budgetBefore - bounds.budgetPoints;
    }

    /// @dev Decides on each entry in order, spends the receipts of those that count, and issues them in one go.
    function _issueChunk(Receipt first, bytes calldata chunk, Bounds memory bounds, address points) private {
        uint256 issuedBits;
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
        if (issuedBits == 0) return;
        _purchases.words[wordKey] = spent;
        _record(first, chunk, issuedBits);
        IShopPoints(points).issue(chunk, issuedBits);
    }

    /// @dev Draws an entry's points from the bounds, or says which of them it does not keep.
    function _draw(bytes calldata chunk, uint256 i, Bounds memory bounds) private pure returns (LeftOut) {
        (address member, uint256 points) = chunk.memberAndPoints(i);
        if (member == address(0)) return LeftOut.NoMember;
        uint256 soldAt = chunk.soldAt(i);
        if (soldAt < bounds.earliestSale || soldAt > bounds.latestSale) return LeftOut.TimeOfSale;
        if (points > bounds.receiptLimit) return LeftOut.OverReceiptLimit;
        if (points > bounds.budgetPoints) return LeftOut.OverBudget;
        if (points > bounds.fundedPoints) return LeftOut.NotFunded;
        unchecked {
            bounds.budgetPoints -= points;
            bounds.fundedPoints -= points;
        }
        return LeftOut.None;
    }

    function _leaveOut(Receipt receipt, LeftOut reason) private {
        (uint32 shop, uint32 till, uint64 sequence) = receipt.parts();
        emit ReceiptLeftOut(shop, till, sequence, reason);
    }

    /// @dev The record bears the name of the first receipt it issued: a receipt is issued once, so the name is free.
    function _record(Receipt first, bytes calldata chunk, uint256 issuedBits) private {
        (uint32 shop, uint32 till, uint64 sequence) = first.parts();
        uint256 lowestIndex = Math.log2(issuedBits & (~issuedBits + 1));
        uint256 record = Receipt.unwrap(first.plus(lowestIndex));
        recordHash[record] = keccak256(abi.encode(shop, till, sequence, issuedBits, keccak256(chunk)));
        emit Issued(shop, till, sequence, issuedBits, record, chunk);
    }
}
