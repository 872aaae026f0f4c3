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
    /// @notice Zero for a payment, else the number of the reward that is bought; bit 31 set where points of defaulted
    /// shops are to count at their price.
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
    IssuerStressed,
    IssuerDefaulted
}

/// @notice A payment as its submission's record holds it.
struct Payment {
    /// @notice The name of the record: that of the first payment of the submission that stood.
    uint256 record;
    /// @notice The till that took the submission; the shop is the one that refunds.
    uint32 till;
    /// @notice When the submission was recorded, in seconds.
    uint256 recordedAt;
    /// @notice The results of the submission, in order.
    bytes32[] results;
    /// @notice Which of them is the payment.
    uint256 index;
    /// @notice Who paid.
    address member;
    /// @notice The number of the payment's receipt at that till.
    uint64 sequence;
    /// @notice What was paid with.
    Line[] lines;
    /// @notice The lanes each line was taken from.
    Lanes[] lanes;
    /// @notice What the payment was worth in money.
    uint256 value;
}

/// @notice A till's agreement to undo a payment, or a part of it.
struct Refund {
    /// @notice The till that agrees: any active counter of the shop.
    uint32 till;
    /// @notice What had been refunded of each line before, in hundredths: so that an agreement works once.
    uint48[] before;
    /// @notice What is to be refunded of each line now, in hundredths.
    uint48[] points;
    /// @notice The last second at which the till still agrees.
    uint48 deadline;
    /// @notice The till's signature over Refund(shop, till, payment, before, points, deadline), `payment` being the
    /// name of the payment's receipt.
    bytes signature;
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
    /// @notice No such payment stands in the record.
    error NotInRecord(uint256 record);
    /// @notice The payment could be undone up to this second.
    error RefundWindowOver(uint256 until);
    /// @notice The till's agreement was valid up to this second.
    error RefundExpired(uint48 deadline);
    /// @notice The agreement speaks of other earlier refunds than there were, or not of every line.
    error RefundOutOfTurn(uint256 payment);
    /// @notice More than the payment's line has left.
    error RefundTooHigh(uint256 payment, uint256 line, uint256 left, uint256 asked);
    /// @notice A refund must give something back.
    error NothingToRefund();
    /// @notice The shop cannot carry the refund: it pays back in cash.
    error RefundUnfunded(uint32 shop, uint256 value);
    /// @notice The issuer has defaulted: what was paid with its points is paid back in cash.
    error RefundInCash(uint32 issuer);
    /// @notice A defaulted shop's money belongs to its points: it refunds nothing.
    error ShopNotRefunding(uint32 shop, ShopStatus status);

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

    /// @notice A payment was undone, wholly or in part: so many points of each line went back to the member.
    event Refunded(
        uint32 indexed shop,
        address indexed member,
        uint32 till,
        uint64 sequence,
        uint32 byTill,
        uint48[] points
    );

    /// @notice Undoes a payment of the shop, or a part of it, within 30 days: the points go back to the member, the
    /// youngest first, and the value to their issuers. Anyone may submit.
    function refund(uint32 shop, Payment calldata payment, Refund calldata agreed) external;

    /// @notice What has been refunded of a payment's line, in hundredths of a point.
    function refunded(uint256 payment, uint256 line) external view returns (uint48 points);

    /// @notice When a payment last touched the shop while it was leaving, in seconds.
    function lastPaymentAt(uint32 shop) external view returns (uint48);

    /// @notice For how long a payment can be undone, in seconds.
    function REFUND_WINDOW() external view returns (uint256);

    /// @notice Takes the payments of a submission in order, refusing each that cannot stand. Anyone may submit.
    function redeem(uint32 shop, uint32 till, Item[] calldata items, bytes calldata tillSignature) external;

    /// @notice Whether the payment with this receipt stands.
    function paymentSpent(uint32 shop, uint32 till, uint64 sequence) external view returns (bool);

    /// @notice The hash of a submission: keccak256(abi.encode(shop, till, block time, results)), a result being
    /// keccak256(abi.encode(member, sequence, lines, lanes, value)) of each payment that stands, in order.
    function recordHash(uint256 record) external view returns (bytes32);
}
