// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Item, Line, Payment} from "../../../contracts/interfaces/IRedemptions.sol";
import {Lanes} from "../../../contracts/libraries/Lanes.sol";
import {HandlerReversing} from "./HandlerReversing.sol";

/// @notice Payments: at the issuer and elsewhere, in one shop's points and in several, alone and in lists, and again.
abstract contract HandlerPaying is HandlerReversing {
    /// @dev Points of a defaulted shop count only where member and till know of the price.
    uint32 internal constant KNOWING = 2 ** 31;

    /// @dev A submission as it was once sent.
    struct Submission {
        uint32 shop;
        uint32 till;
        bytes call;
        bytes items;
        bytes wellSigned;
    }

    /// @dev A payment that stands, as its record holds it.
    struct Paid {
        uint32 shop;
        bytes payment;
    }

    Submission[] internal submissions;
    Paid[] internal paid;
    mapping(uint256 receipt => bool) internal taken;
    mapping(uint256 receipt => mapping(uint256 line => uint256)) internal givenBack;
    mapping(uint32 shop => mapping(uint32 till => uint64)) internal nextPayment;

    // ---------------------------------------------------------------- acts

    function _payAtIssuer() internal {
        (uint32 issuer, uint256 payer) = _holder(ACTIVE | EXITING);
        if (issuer == 0) {
            _aside();
            return _issue();
        }
        if (_payOne(issuer, issuer, payer)) _done();
    }

    function _payElsewhere() internal {
        (uint32 issuer, uint256 payer) = _holder(ACTIVE | SUSPENDED | EXITING);
        uint32 shop = _shopIn(ACTIVE | EXITING);
        if (issuer == 0 || shop == 0) {
            _aside();
            return _issue();
        }
        if (shop == issuer) shop = (shop % shopCount()) + 1;
        if (_payOne(shop, issuer, payer)) _done();
    }

    /// @dev Points of a shop that has defaulted pay at its price, and only knowingly.
    function _payAtDefaultPrice() internal {
        (uint32 issuer, uint256 payer) = _holder(DEFAULTED);
        uint32 shop = _shopIn(ACTIVE | EXITING);
        if (issuer == 0 || shop == 0) {
            _aside();
            return _declareDefault();
        }
        if (_payOne(shop, issuer, payer)) _done();
    }

    /// @dev Issuers of several shops in one payment: all lines stand, or none.
    function _payMixed() internal {
        uint256 payer = _roll(0, MEMBERS - 1);
        uint32 shop = _shopIn(ACTIVE | EXITING);
        if (shop == 0) return;
        uint32 till = _counter(shop);
        Item memory item = _itemOf(payer, shop, till, _linesOf(payer, shop));
        if (item.lines.length < 2) {
            _aside();
            return _issue();
        }
        if (_pay(shop, till, _alone(item)) != 0) _done();
    }

    /// @dev Several members pay together; what one cannot pay stops no other.
    function _payInList() internal {
        uint32 shop = _shopIn(ACTIVE | EXITING);
        if (shop == 0) return;
        uint32 till = _counter(shop);
        Item[] memory items = new Item[](_roll(2, 3));
        for (uint256 i; i < items.length; ++i) {
            uint256 payer = _roll(0, MEMBERS - 1);
            items[i] = _itemOf(payer, shop, till, _linesOf(payer, shop));
            if (items[i].lines.length == 0) {
                _aside();
                return _issue();
            }
        }
        if (_pay(shop, till, items) >= 2) _done();
    }

    function _payAgain() internal {
        if (submissions.length == 0) return;
        _resubmit(submissions[_roll(0, submissions.length - 1)]);
        _done();
    }

    function _declareDefault() internal virtual;

    // ---------------------------------------------------------------- what is paid with

    function _payOne(uint32 shop, uint32 issuer, uint256 payer) internal returns (bool) {
        uint256 points = _amountOf(shop, issuer, payer);
        if (points == 0) return false;
        Line[] memory lines = new Line[](1);
        lines[0] = Line(address(tokenOf(issuer)), uint48(points));
        uint32 till = _counter(shop);
        return _pay(shop, till, _alone(_itemOf(payer, shop, till, lines))) != 0;
    }

    /// @dev About what the member has, or about what the trigger allows where that is less.
    function _amountOf(uint32 shop, uint32 issuer, uint256 payer) private returns (uint256) {
        uint256 balance = books[issuer].balanceOf(member(payer));
        if (balance == 0) return 0;
        if (shop == issuer || _isIn(issuer, DEFAULTED)) return _about(balance);
        uint256 most = moneyBook.mostElsewhere(issuer);
        return _about(most < balance && _roll(0, 1) == 0 ? most : balance);
    }

    function _linesOf(uint256 payer, uint32 shop) private returns (Line[] memory lines) {
        lines = new Line[](3);
        uint256 count;
        uint32 start = _shop();
        for (uint32 i; i < shopCount() && count < lines.length; ++i) {
            uint32 issuer = ((start + i) % shopCount()) + 1;
            uint256 points = _amountOf(shop, issuer, payer);
            if (points == 0) continue;
            putInOrder(lines, count++, Line(address(tokenOf(issuer)), uint48(points)));
        }
        assembly ("memory-safe") {
            mstore(lines, count)
        }
    }

    function _itemOf(uint256 payer, uint32 shop, uint32 till, Line[] memory lines) internal returns (Item memory item) {
        item.member = member(payer);
        item.sequence = nextPayment[shop][till]++;
        item.deadline = uint48(_roll(0, 24) == 0 ? block.timestamp - 1 : block.timestamp + _roll(0, 1) * 1 days);
        item.purpose = _roll(0, 4) == 0 ? 0 : KNOWING;
        item.lines = lines;
        if (lines.length > 1 && _roll(0, 12) == 0) (lines[0], lines[1]) = (lines[1], lines[0]);
        sign(_roll(0, 24) == 0 ? FIRST_MEMBER_KEY + MEMBERS : FIRST_MEMBER_KEY + payer, shop, till, item);
    }

    function _alone(Item memory item) internal pure returns (Item[] memory items) {
        items = new Item[](1);
        items[0] = item;
    }

    // ---------------------------------------------------------------- submitting, with the books ahead

    function _pay(uint32 shop, uint32 till, Item[] memory items) internal returns (uint256 stand) {
        bool[] memory wellSigned = new bool[](items.length);
        for (uint256 i; i < items.length; ++i) {
            wellSigned[i] = _signedByPayer(shop, till, items[i]);
        }
        bytes memory acceptance = acceptanceOf(shop, till, items);
        Submission storage kept = submissions.push();
        (kept.shop, kept.till) = (shop, till);
        (kept.items, kept.wellSigned) = (abi.encode(items), abi.encode(wellSigned));
        kept.call = abi.encodeCall(redemptions.redeem, (shop, till, items, acceptance));
        return _resubmit(kept);
    }

    function _signedByPayer(uint32 shop, uint32 till, Item memory item) private view returns (bool) {
        bytes memory kept = item.signature;
        for (uint256 i; i < MEMBERS; ++i) {
            if (member(i) == item.member) sign(FIRST_MEMBER_KEY + i, shop, till, item);
        }
        bool same = keccak256(kept) == keccak256(item.signature);
        item.signature = kept;
        return same;
    }

    function _resubmit(Submission storage kept) internal returns (uint256 stand) {
        (uint32 shop, uint32 till) = (kept.shop, kept.till);
        Item[] memory items = abi.decode(kept.items, (Item[]));
        bool[] memory wellSigned = abi.decode(kept.wellSigned, (bool[]));
        bool should = _isIn(shop, ACTIVE | EXITING) && _isCounter(shop, till);
        bytes32[] memory results = new bytes32[](items.length);
        Payment[] memory standing = new Payment[](items.length);
        for (uint256 i; should && i < items.length; ++i) {
            uint256 receipt = _name(shop, till, items[i].sequence);
            if (!_mayStand(shop, receipt, items[i], wellSigned[i])) continue;
            standing[stand] = _burnt(shop, till, items[i]);
            results[stand] = _resultOf(standing[stand]);
            taken[receipt] = true;
            ++stand;
        }
        if (!_try(STRANGER, address(redemptions), kept.call, should, "payments are taken exactly when they may be")) {
            return 0;
        }
        for (uint256 i; i < items.length; ++i) {
            bool spent = redemptions.paymentSpent(shop, till, items[i].sequence);
            _claim(spent == taken[_name(shop, till, items[i].sequence)], "a payment stands exactly when it may");
        }
        if (stand != 0) {
            moneyBook.paidAt(shop);
            _keep(shop, till, results, standing, stand);
        }
    }

    function _mayStand(uint32 shop, uint256 receipt, Item memory item, bool wellSigned) private returns (bool) {
        if (taken[receipt] || block.timestamp > item.deadline || !wellSigned || item.lines.length == 0) return false;
        address last;
        for (uint256 i; i < item.lines.length; ++i) {
            Line memory line = item.lines[i];
            uint32 issuer = shopOfToken[line.token];
            if (line.points == 0 || line.token <= last || issuer == 0) return false;
            if (books[issuer].balanceOf(item.member) < line.points) return false;
            if (_isIn(issuer, DEFAULTED) && item.purpose < KNOWING) return false;
            last = line.token;
        }
        return _issuersCarry(shop, item.lines);
    }

    /// @dev The first issuer that would fall below its trigger is stressed, where it keeps less than it must.
    function _issuersCarry(uint32 shop, Line[] memory lines) internal returns (bool) {
        for (uint256 i; i < lines.length; ++i) {
            uint32 issuer = shopOfToken[lines[i].token];
            if (issuer == shop) continue;
            uint256 points = lines[i].points;
            uint256 remaining = moneyBook.liability(issuer) - points * PAR;
            if (moneyBook.keepsTrigger(issuer, moneyBook.valueOf(issuer, points), remaining)) continue;
            // A purchase of vouchers that is refused leaves no trace, not even that.
            if (shop != 0 && moneyBook.mayBeStressed(issuer)) moneyBook.stress(issuer);
            return false;
        }
        return true;
    }

    /// @dev The books' side of a payment, and what its record must hold.
    function _burnt(uint32 shop, uint32 till, Item memory item) private returns (Payment memory payment) {
        (payment.till, payment.recordedAt) = (till, block.timestamp);
        (payment.member, payment.sequence, payment.lines) = (item.member, item.sequence, item.lines);
        payment.lanes = new Lanes[](item.lines.length);
        for (uint256 i; i < item.lines.length; ++i) {
            uint32 issuer = shopOfToken[item.lines[i].token];
            uint256 points = item.lines[i].points;
            uint256 value = moneyBook.valueOf(issuer, points);
            uint256[5] memory byAge = books[issuer].burn(item.member, points);
            payment.lanes[i] = Lanes.wrap(_packed(books[issuer].quarter(), byAge));
            payment.value += value;
            if (issuer == shop) continue;
            moneyBook.move(issuer, shop, value);
            moneyBook.paidAt(issuer);
        }
    }

    function _resultOf(Payment memory payment) private pure returns (bytes32) {
        return keccak256(abi.encode(payment.member, payment.sequence, payment.lines, payment.lanes, payment.value));
    }

    function _keep(
        uint32 shop,
        uint32 till,
        bytes32[] memory results,
        Payment[] memory standing,
        uint256 count
    ) private {
        assembly ("memory-safe") {
            mstore(results, count)
        }
        uint256 record = _name(shop, till, standing[0].sequence);
        bytes32 hash = keccak256(abi.encode(shop, till, block.timestamp, results));
        _claim(redemptions.recordHash(record) == hash, "the record is that of the payments that stand");
        for (uint256 i; i < count; ++i) {
            (standing[i].record, standing[i].results, standing[i].index) = (record, results, i);
            paid.push(Paid(shop, abi.encode(standing[i])));
        }
    }
}
