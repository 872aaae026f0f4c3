// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Claim} from "./interfaces/IClearingHouse.sol";
import {IConsortium, IssuerMode} from "./interfaces/IConsortium.sol";
import {IRedemptions, Item, Payment, Refund, RefusedBecause} from "./interfaces/IRedemptions.sol";
import {IShopPoints} from "./interfaces/IShopPoints.sol";
import {Lanes} from "./libraries/Lanes.sol";
import {Receipt, ReceiptBitmap, ReceiptRules} from "./libraries/ReceiptBitmap.sol";
import {Scratch} from "./libraries/Scratch.sol";
import {ShopStatus, ShopWord} from "./libraries/ShopWord.sol";
import {TillWord} from "./libraries/TillWord.sol";
import {Amiss, TakesPoints} from "./TakesPoints.sol";

contract Redemptions is IRedemptions, TakesPoints {
    /// @inheritdoc IRedemptions
    uint256 public constant REFUND_WINDOW = 30 days;
    bytes32 private constant TERMS_TYPEHASH = keccak256(
        "Terms(address member,uint32 shop,uint32 till,uint64 sequence,uint32 purpose,uint48 deadline,Line[] lines)"
        "Line(address token,uint48 points)"
    );
    bytes32 private constant REFUND_TYPEHASH = keccak256(
        "Refund(uint32 shop,uint32 till,uint256 payment,uint48[] before,uint48[] points,uint48 deadline)"
    );

    ReceiptBitmap private _payments;
    /// @inheritdoc IRedemptions
    mapping(uint256 record => bytes32) public recordHash;
    /// @inheritdoc IRedemptions
    mapping(uint256 payment => mapping(uint256 line => uint48)) public refunded;
    /// @inheritdoc IRedemptions
    mapping(uint32 shop => uint48) public lastPaymentAt;

    constructor(IConsortium consortium) TakesPoints(consortium) EIP712("Highstreet Redemptions", "1") {}

    // ---------------------------------------------------------------- anyone, with both consents

    /// @inheritdoc IRedemptions
    function redeem(uint32 shop, uint32 till, Item[] calldata items, bytes calldata tillSignature) external {
        if (items.length == 0) revert NoItems();
        bytes32[] memory terms = _termsOf(shop, till, items);
        ShopStatus status = _requireAccepted(shop, till, terms, tillSignature);
        (uint256 record, uint256 standing) = _payAll(shop, till, items, terms);
        if (standing == 0) return;
        assembly ("memory-safe") {
            mstore(terms, standing)
        }
        recordHash[record] = keccak256(abi.encode(shop, till, block.timestamp, terms));
        // Only what stands counts: a submission of refused payments can be repeated by anyone, for ever.
        if (status == ShopStatus.Exiting) lastPaymentAt[shop] = uint48(block.timestamp);
    }

    // ---------------------------------------------------------------- anyone, with the till's consent

    /// @inheritdoc IRedemptions
    function refund(uint32 shop, Payment calldata payment, Refund calldata agreed) external {
        _requireRecorded(shop, payment);
        uint256 until = payment.recordedAt + REFUND_WINDOW;
        if (block.timestamp > until) revert RefundWindowOver(until);
        uint256 receipt = Receipt.unwrap(ReceiptRules.made(shop, payment.till, payment.sequence));
        _requireRefundAgreed(shop, receipt, agreed);
        _moveBack(shop, payment, agreed, receipt);
        for (uint256 i; i < payment.lines.length; ++i) {
            uint256 points = agreed.points[i];
            if (points == 0) continue;
            uint256 before = agreed.before[i];
            refunded[receipt][i] = uint48(before + points);
            Lanes back = payment.lanes[i].youngestFirst(before + points);
            back = back.withoutLanes(payment.lanes[i].youngestFirst(before));
            IShopPoints(payment.lines[i].token).restore(payment.member, back);
        }
        emit Refunded(shop, payment.member, payment.till, payment.sequence, agreed.till, agreed.points);
    }

    // ---------------------------------------------------------------- whoever asks

    /// @inheritdoc IRedemptions
    function paymentSpent(uint32 shop, uint32 till, uint64 sequence) external view returns (bool) {
        return _payments.isSpent(ReceiptRules.made(shop, till, sequence));
    }

    // ---------------------------------------------------------------- the till's consent

    function _requireAccepted(
        uint32 shop,
        uint32 till,
        bytes32[] memory terms,
        bytes calldata tillSignature
    ) private view returns (ShopStatus status) {
        (ShopWord shopWord, TillWord tillWord) = _consortium.wordsOf(shop, till);
        status = shopWord.status();
        if (status != ShopStatus.Active && status != ShopStatus.Exiting) revert ShopNotAccepting(shop, status);
        if (!tillWord.isActiveCounter()) revert TillNotAccepting(shop, till);
        if (!_isAccepted(shop, till, tillWord, terms, tillSignature)) revert BadTillSignature(shop, till);
    }

    /// @dev The struct hash of every payment's terms.
    function _termsOf(uint32 shop, uint32 till, Item[] calldata items) private pure returns (bytes32[] memory terms) {
        terms = new bytes32[](items.length);
        uint256 free = Scratch.mark();
        for (uint256 i; i < items.length; ++i) {
            terms[i] = _termsHash(shop, till, items[i]);
            Scratch.release(free);
        }
    }

    function _termsHash(uint32 shop, uint32 till, Item calldata item) private pure returns (bytes32) {
        bytes32 lines = _linesHash(item.lines);
        return
            keccak256(
                abi.encode(TERMS_TYPEHASH, item.member, shop, till, item.sequence, item.purpose, item.deadline, lines)
            );
    }

    // ---------------------------------------------------------------- the payments

    /// @dev Pays what may stand. The terms have then done their service, and their place takes the results.
    function _payAll(
        uint32 shop,
        uint32 till,
        Item[] calldata items,
        bytes32[] memory terms
    ) private returns (uint256 record, uint256 standing) {
        uint256 free = Scratch.mark();
        for (uint256 i; i < items.length; ++i) {
            Receipt receipt = ReceiptRules.made(shop, till, items[i].sequence);
            // The record bears the name of the first payment that stands: a payment stands once, so the name is free.
            uint256 name = standing == 0 ? Receipt.unwrap(receipt) : record;
            bytes32 result = _payOne(receipt, items[i], terms[i], name);
            Scratch.release(free);
            if (result == 0) continue;
            record = name;
            terms[standing++] = result;
        }
    }

    /// @dev The payment's result for the record; zero where it was refused.
    function _payOne(Receipt receipt, Item calldata item, bytes32 terms, uint256 record) private returns (bytes32) {
        (RefusedBecause reason, uint256 value) = _move(receipt, item, terms);
        if (reason == RefusedBecause.None) return _stand(receipt, item, record, value);
        (uint32 shop, uint32 till, uint64 sequence) = receipt.parts();
        emit RedemptionRefused(shop, till, sequence, item.member, reason);
        return 0;
    }

    /// @dev Spends the receipt and burns the lines, whose value has moved.
    function _stand(
        Receipt receipt,
        Item calldata item,
        uint256 record,
        uint256 value
    ) private returns (bytes32 result) {
        _payments.spend(receipt);
        Lanes[] memory lanes = _burn(item.member, item.lines);
        (uint32 shop, uint32 till, uint64 sequence) = receipt.parts();
        emit Redeemed(shop, item.member, till, sequence, item.purpose, record, item.lines, lanes);
        return keccak256(abi.encode(item.member, sequence, item.lines, lanes, value));
    }

    /// @dev Moves what the issuers of the lines owe, where the payment may stand; else nothing, and says why.
    function _move(
        Receipt receipt,
        Item calldata item,
        bytes32 terms
    ) private returns (RefusedBecause reason, uint256 value) {
        if (_payments.isSpent(receipt)) return (RefusedBecause.ReceiptSpent, 0);
        if (block.timestamp > item.deadline) return (RefusedBecause.Expired, 0);
        if (!_isSignedBy(item.member, terms, item.signature)) return (RefusedBecause.BadSignature, 0);
        (uint32 shop, , ) = receipt.parts();
        Due memory due = _dueFor(shop, item.member, item.lines, item.purpose);
        if (due.amiss != Amiss.Nothing) return (_refusal(due.amiss), 0);
        // At the issuer itself no money moves, and no issuer is asked.
        if (due.claims.length != 0) {
            if (!_clearingHouse.move(shop, due.claims)) return (RefusedBecause.IssuerStressed, 0);
            for (uint256 i; i < due.claims.length; ++i) {
                Claim memory claim = due.claims[i];
                if (claim.mode == IssuerMode.Exiting) lastPaymentAt[claim.issuer] = uint48(block.timestamp);
            }
        }
        return (RefusedBecause.None, due.value);
    }

    function _refusal(Amiss amiss) private pure returns (RefusedBecause) {
        if (amiss == Amiss.Order) return RefusedBecause.BadLines;
        if (amiss == Amiss.Token) return RefusedBecause.UnknownToken;
        return amiss == Amiss.Balance ? RefusedBecause.Balance : RefusedBecause.IssuerDefaulted;
    }

    // ---------------------------------------------------------------- one refund

    function _requireRecorded(uint32 shop, Payment calldata payment) private view {
        bytes32 record = keccak256(abi.encode(shop, payment.till, payment.recordedAt, payment.results));
        if (record != recordHash[payment.record] || payment.index >= payment.results.length) {
            revert NotInRecord(payment.record);
        }
        bytes32 result = keccak256(
            abi.encode(payment.member, payment.sequence, payment.lines, payment.lanes, payment.value)
        );
        if (result != payment.results[payment.index]) revert NotInRecord(payment.record);
    }

    function _requireRefundAgreed(uint32 shop, uint256 receipt, Refund calldata agreed) private view {
        (ShopWord shopWord, TillWord tillWord) = _consortium.wordsOf(shop, agreed.till);
        if (shopWord.status() == ShopStatus.Defaulted) revert ShopNotRefunding(shop, shopWord.status());
        if (!tillWord.isActiveCounter()) revert TillNotAccepting(shop, agreed.till);
        if (block.timestamp > agreed.deadline) revert RefundExpired(agreed.deadline);
        bytes32 hash = keccak256(
            abi.encode(
                REFUND_TYPEHASH,
                shop,
                agreed.till,
                receipt,
                keccak256(abi.encodePacked(agreed.before)),
                keccak256(abi.encodePacked(agreed.points)),
                agreed.deadline
            )
        );
        if (!_isSignedBy(tillWord.key(), hash, agreed.signature)) revert BadTillSignature(shop, agreed.till);
    }

    /// @dev Moves the value of the lines back to their issuers; what comes back of the shop's own points must be
    /// covered like points newly issued.
    function _moveBack(uint32 shop, Payment calldata payment, Refund calldata agreed, uint256 receipt) private {
        uint256 count = payment.lines.length;
        if (agreed.before.length != count || agreed.points.length != count) revert RefundOutOfTurn(receipt);
        Claim[] memory claims = new Claim[](count);
        uint256 foreign;
        uint256 total;
        uint256 own;
        for (uint256 i; i < count; ++i) {
            uint256 points = _pointsOf(payment, agreed, receipt, i);
            if (points == 0) continue;
            total += points;
            (uint32 issuer, IssuerMode mode) = _consortium.issuerOf(payment.lines[i].token);
            if (mode == IssuerMode.Defaulted) revert RefundInCash(issuer);
            if (issuer == shop) own = points;
            else claims[foreign++] = Claim(issuer, mode, points * _par, 0);
        }
        if (total == 0) revert NothingToRefund();
        assembly ("memory-safe") {
            mstore(claims, foreign)
        }
        if (foreign != 0 && !_clearingHouse.moveBack(shop, claims)) revert RefundUnfunded(shop, total * _par);
        // Only now: what has just moved back covers nothing any more.
        if (own != 0 && own > _clearingHouse.issuableOf(shop)) revert RefundUnfunded(shop, total * _par);
    }

    /// @dev What is to come back of a line now, in its turn and no more than is left of it.
    function _pointsOf(
        Payment calldata payment,
        Refund calldata agreed,
        uint256 receipt,
        uint256 line
    ) private view returns (uint256 points) {
        uint256 before = refunded[receipt][line];
        if (before != agreed.before[line]) revert RefundOutOfTurn(receipt);
        points = agreed.points[line];
        uint256 left = payment.lines[line].points - before;
        if (points > left) revert RefundTooHigh(receipt, line, left, points);
    }
}
