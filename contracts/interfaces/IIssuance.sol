// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ShopStatus} from "../libraries/ShopWord.sol";

/// @notice Why a purchase of a batch got no points this time; its receipt is not spent by that.
enum LeftOut {
    None,
    ReceiptSpent,
    OverReceiptLimit,
    NotFunded,
    OverBudget,
    TimeOfSale,
    NoMember,
    OverTillAllowance,
    OverShopAllowance
}

/// @notice A chunk of purchases as its record holds it.
struct IssuedChunk {
    /// @notice The till that sold; the shop is the one that reverses.
    uint32 till;
    /// @notice The number of the chunk's first entry at that till.
    uint64 firstSequence;
    /// @notice Which entries the submission issued.
    uint256 issuedBits;
    /// @notice The quarter of the token it was issued in.
    uint16 quarter;
    /// @notice The entries of the chunk.
    bytes entries;
}

/// @notice A till's agreement that a purchase is undone, or a part of it.
struct Reversal {
    /// @notice The till that agrees: any active counter of the shop.
    uint32 till;
    /// @notice Which entry of the chunk is undone.
    uint32 index;
    /// @notice What had been reversed of this receipt before, in hundredths: so that an agreement works once.
    uint48 before;
    /// @notice What is reversed now, in hundredths.
    uint48 points;
    /// @notice So much of it is taken from the member's points.
    uint48 taken;
    /// @notice So much of it the shop waives for now: a debt. What is neither was deducted from the cash.
    uint48 debt;
    /// @notice The last second at which the till still agrees.
    uint48 deadline;
    /// @notice The till's signature over Reversal(shop, till, purchase, before, points, taken, debt, deadline),
    /// `purchase` being the name of the purchase's receipt.
    bytes signature;
}

/// @title Turns purchases that a till has signed for into points.
/// @dev An entry is 36 bytes: member, points (uint48), spend in minor units (uint48), time of sale (uint32). The till
/// signs Batch(shop, till, firstSequence, count, head), head being its running hash over the entries:
/// h(0) = keccak256(abi.encode(shop, till, firstSequence)), h(n) = keccak256(h(n-1) ++ entry n).
interface IIssuance {
    /// @notice The shop's status, or its being a shop that only redeems, does not allow it to issue.
    error ShopNotIssuing(uint32 shop, ShopStatus status, bool redeemsOnly);
    /// @notice No till of this number exists at the shop.
    error UnknownTill(uint32 shop, uint32 till);
    /// @notice The entries are not a whole number of 36-byte entries between 1 and 500.
    error BadEntries(uint256 length);
    /// @notice The numbers of the batch would run beyond the last possible one.
    error SequenceTooHigh(uint64 firstSequence);
    /// @notice The till's key did not sign this submission.
    error BadTillSignature(uint32 shop, uint32 till);
    /// @notice The till is revoked, and the owner of the shop did not sign this batch beside it.
    error OwnerSignatureMissing(uint32 shop, uint32 till);

    /// @notice The guardian has paused issuing up to this second.
    error IssuingIsPaused(uint48 until);
    /// @notice The till is unknown, revoked, or not one that stands at a counter.
    error TillNotReversing(uint32 shop, uint32 till);
    /// @notice The shop has no points that could be reversed.
    error ShopNotReversing(uint32 shop, ShopStatus status);
    /// @notice No such entry was issued in the record.
    error NotInRecord(uint256 record);
    /// @notice The purchase could be undone up to this second.
    error ReversalWindowOver(uint256 until);
    /// @notice The till's agreement was valid up to this second.
    error ReversalExpired(uint48 deadline);
    /// @notice The agreement speaks of other earlier reversals than there were.
    error ReversalOutOfTurn(uint256 purchase, uint48 before);
    /// @notice More than the receipt has left, or nothing.
    error ReversalOutOfBounds(uint256 purchase, uint256 left, uint256 asked);
    /// @notice More is taken and owed than is reversed.
    error ReversalUneven(uint48 points, uint48 taken, uint48 debt);

    /// @notice A purchase was undone, wholly or in part.
    event Reversed(
        uint32 indexed shop,
        address indexed member,
        uint32 till,
        uint64 sequence,
        uint32 byTill,
        uint48 points,
        uint48 taken,
        uint48 debt
    );
    /// @notice Purchases of a chunk got their points: entry i wherever bit i is set. `record` names the stored hash.
    event Issued(
        uint32 indexed shop,
        uint32 indexed till,
        uint64 firstSequence,
        uint256 issuedBits,
        uint256 record,
        bytes entries
    );
    /// @notice A purchase got no points this time, and why; the same signed batch may be submitted again.
    event ReceiptLeftOut(uint32 indexed shop, uint32 indexed till, uint64 sequence, LeftOut reason);

    /// @notice Issues the entries of a signed batch in order, leaving out what cannot be issued now. Anyone may submit.
    /// @param ownerSignature the shop owner's signature over the same batch where the till is revoked, else empty.
    function issue(
        uint32 shop,
        uint32 till,
        uint64 firstSequence,
        bytes calldata entries,
        bytes calldata signature,
        bytes calldata ownerSignature
    ) external;

    /// @notice Undoes a purchase of the shop, or a part of it, within 30 days of its sale, proved against the stored
    /// chunk. Anyone may submit.
    /// @param record the name of the chunk's record: that of its first issued receipt.
    function reverse(uint32 shop, uint256 record, IssuedChunk calldata chunk, Reversal calldata agreed) external;

    /// @notice What has been reversed of a purchase, by its receipt's name, in hundredths of a point.
    function reversed(uint256 purchase) external view returns (uint48 points);

    /// @notice What a counter may give now, in hundredths of a point; till 0: all counters and campaigns together.
    /// Zero for a campaign or import key, which has a budget in place of an allowance: see budgetSpent.
    function allowanceOf(uint32 shop, uint32 till) external view returns (uint256 points);

    /// @notice Whether the purchase with this receipt has got its points.
    function receiptSpent(uint32 shop, uint32 till, uint64 sequence) external view returns (bool);

    /// @notice The hash of the entries that a submission issued of one chunk: keccak256(abi.encode(shop, till,
    /// first sequence of the chunk, issuedBits, keccak256(chunk), quarter)); zero where there is none.
    function recordHash(uint256 record) external view returns (bytes32);

    /// @notice What an import or campaign key has issued of its budget, in hundredths of a point.
    function budgetSpent(uint32 shop, uint32 till) external view returns (uint256 points);
}
