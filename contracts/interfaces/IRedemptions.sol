// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Lanes} from "../libraries/Lanes.sol";
import {ShopStatus} from "../libraries/ShopWord.sol";

/// @notice Points of one issuer within a payment.
struct Line {
    /// @notice The issuer's point token.
    address token;
    /// @notice How many of its points, in hundredths.
    uint48 points;
}

/// @notice One member's payment within a submission; shop and till are those of the submission.
struct Item {
    /// @notice Who pays.
    address member;
    /// @notice The number of the payment's receipt at the till.
    uint64 sequence;
    /// @notice Zero for a payment, else the number of the reward that is bought.
    uint32 purpose;
    /// @notice The last second at which the member still agrees.
    uint48 deadline;
    /// @notice What is paid with, strictly ascending by token.
    Line[] lines;
    /// @notice The member's signature over the terms.
    bytes signature;
}

/// @notice Why a payment of a submission was refused; neither receipt nor points are spent by that.
enum RefusedBecause {
    None,
    ReceiptSpent,
    Expired,
    BadSignature,
    BadLines,
    UnknownToken,
    Balance,
    IssuerStressed
}

/// @title Takes points as payment, under two consents: the member's for the terms, the till's for a list of terms.
/// @dev The member signs Terms(member, shop, till, sequence, purpose, deadline, Line[] lines), the till
/// Acceptance(shop, till, bytes32[] terms) over the terms' struct hashes in order.
interface IRedemptions {
    /// @notice The shop's status does not allow it to accept points.
    error ShopNotAccepting(uint32 shop, ShopStatus status);
    /// @notice The till is unknown, revoked, or not one that stands at a counter.
    error TillNotAccepting(uint32 shop, uint32 till);
    /// @notice The till's key did not sign this submission.
    error BadTillSignature(uint32 shop, uint32 till);
    /// @notice A submission needs at least one payment.
    error NoItems();

    /// @notice A payment stands: the lines were burned, `lanes` beside each line say of which quarters, under the
    /// quarter's stamp; `record` names the stored hash of the submission.
    event Redeemed(
        uint32 indexed shop,
        address indexed member,
        uint32 till,
        uint64 sequence,
        uint32 purpose,
        uint256 record,
        Line[] lines,
        Lanes[] lanes
    );
    /// @notice A payment was refused, and why; the other payments of the submission are not touched by that.
    event RedemptionRefused(
        uint32 indexed shop,
        uint32 indexed till,
        uint64 sequence,
        address member,
        RefusedBecause reason
    );

    /// @notice Takes the payments of a submission in order, refusing each that cannot stand. Anyone may submit.
    function redeem(uint32 shop, uint32 till, Item[] calldata items, bytes calldata tillSignature) external;

    /// @notice Whether the payment with this receipt stands.
    function paymentSpent(uint32 shop, uint32 till, uint64 sequence) external view returns (bool);

    /// @notice The hash of a submission: keccak256(abi.encode(shop, till, block time, results)), a result being
    /// keccak256(abi.encode(member, sequence, lines, lanes, value)) of each payment that stands, in order.
    function recordHash(uint256 record) external view returns (bytes32);
}
