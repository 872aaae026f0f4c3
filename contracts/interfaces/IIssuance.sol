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
    NoMember
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

    /// @notice Whether the purchase with this receipt has got its points.
    function receiptSpent(uint32 shop, uint32 till, uint64 sequence) external view returns (bool);

    /// @notice The hash of the entries that a submission issued of one chunk: keccak256(abi.encode(shop, till,
    /// first sequence of the chunk, issuedBits, keccak256(chunk))); zero where there is none.
    function recordHash(uint256 record) external view returns (bytes32);

    /// @notice What an import key has issued of its budget, in hundredths of a point.
    function imported(uint32 shop, uint32 till) external view returns (uint256 points);
}
