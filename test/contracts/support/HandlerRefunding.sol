// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Payment, Refund} from "../../../contracts/interfaces/IRedemptions.sol";
import {Lanes} from "../../../contracts/libraries/Lanes.sol";
import {HandlerPaying} from "./HandlerPaying.sol";
import {LotBook} from "./LotBook.sol";

/// @notice Payments undone: wholly, in part, too much, again.
abstract contract HandlerRefunding is HandlerPaying {
    bytes[] internal refunds;

    /// @dev `partly`: only a refund that leaves something counts.
    function _refund(bool partly) internal {
        if (paid.length == 0) {
            _aside();
            return _payElsewhere();
        }
        uint256 newest = paid.length < 10 ? paid.length : 10;
        Paid storage kept = paid[paid.length - 1 - _roll(0, newest - 1)];
        Payment memory payment = abi.decode(kept.payment, (Payment));
        if (payment.recordedAt + 31 days < block.timestamp && _roll(0, 9) != 0) {
            _aside();
            return _payElsewhere();
        }
        uint32 shop = kept.shop;
        _approach(payment.recordedAt + 30 days);
        Refund memory agreed = _agreeOn(shop, payment, partly);
        bool should = _mayRefund(shop, payment, agreed);
        bytes memory call = abi.encodeCall(redemptions.refund, (shop, payment, agreed));
        bool whole = true;
        if (!_try(STRANGER, address(redemptions), call, should, "a payment is undone exactly when it may be")) return;
        uint256 receipt = _name(shop, payment.till, payment.sequence);
        for (uint256 i; i < payment.lines.length; ++i) {
            _giveBack(shop, payment, i, agreed.points[i]);
            _claim(redemptions.refunded(receipt, i) == givenBack[receipt][i], "the total given back is kept per line");
            if (givenBack[receipt][i] != payment.lines[i].points) whole = false;
        }
        refunds.push(call);
        if (!partly || !whole) _done();
    }

    function _refundAgain() internal {
        if (refunds.length == 0) {
            _aside();
            return _refund(false);
        }
        bytes memory call = refunds[_roll(0, refunds.length - 1)];
        _try(STRANGER, address(redemptions), call, false, "a till's agreement to a refund works once");
        _done();
    }

    // ---------------------------------------------------------------- within

    function _agreeOn(uint32 shop, Payment memory payment, bool partly) private returns (Refund memory agreed) {
        uint256 receipt = _name(shop, payment.till, payment.sequence);
        uint256 count = payment.lines.length;
        (agreed.before, agreed.points) = (new uint48[](count), new uint48[](count));
        for (uint256 i; i < count; ++i) {
            uint256 left = payment.lines[i].points - givenBack[receipt][i];
            agreed.before[i] = uint48(givenBack[receipt][i]);
            uint256 how = _roll(0, partly ? 5 : 9);
            agreed.points[i] = uint48(
                how == 0
                    ? left + 1
                    : how < 5
                        ? _roll(0, left)
                        : left
            );
        }
        if (_roll(0, 15) == 0) ++agreed.before[0];
        agreed.till = _counter(shop);
        if (_roll(0, 19) == 0) agreed.till = uint32(_roll(1, consortium.tillCount(shop)));
        agreed.deadline = uint48(_roll(0, 15) == 0 ? block.timestamp - 1 : block.timestamp + _roll(0, 1 hours));
        agreed.signature = signed(tillKey[shop][agreed.till], refundDigest(shop, receipt, agreed));
    }

    function _mayRefund(uint32 shop, Payment memory payment, Refund memory agreed) private view returns (bool) {
        if (block.timestamp > payment.recordedAt + 30 days || block.timestamp > agreed.deadline) return false;
        if (_isIn(shop, DEFAULTED) || !_isCounter(shop, agreed.till)) return false;
        uint256 receipt = _name(shop, payment.till, payment.sequence);
        (uint256 own, uint256 foreign) = (0, 0);
        for (uint256 i; i < payment.lines.length; ++i) {
            uint256 back = agreed.points[i];
            if (agreed.before[i] != givenBack[receipt][i]) return false;
            if (back > payment.lines[i].points - givenBack[receipt][i]) return false;
            uint32 issuer = shopOfToken[payment.lines[i].token];
            if (back != 0 && _isIn(issuer, DEFAULTED)) return false;
            if (issuer == shop) own = back;
            else foreign += back * PAR;
        }
        if (own + foreign == 0) return false;
        if (foreign != 0 && !moneyBook.keepsTrigger(shop, foreign, moneyBook.liability(shop))) return false;
        return own == 0 || _carriesAfter(shop, own, foreign);
    }

    /// @dev Whether the shop, once it has given `foreign` money back, covers so many points of its own as N-9 asks.
    function _carriesAfter(uint32 shop, uint256 own, uint256 foreign) private view returns (bool) {
        int256 net = moneyBook.accountOf(shop).net - int256(foreign);
        int256 backing = int256(moneyBook.accountOf(shop).reserve) + (net < 0 ? net : int256(0));
        uint256 owed = (books[shop].supply() + own) * PAR * moneyBook.ratio(shop);
        return backing >= 0 && uint256(backing) * 10_000 >= owed;
    }

    /// @dev The youngest first; what was given back earlier is passed over.
    function _giveBack(uint32 shop, Payment memory payment, uint256 line, uint256 points) private {
        uint256 receipt = _name(shop, payment.till, payment.sequence);
        uint32 issuer = shopOfToken[payment.lines[line].token];
        LotBook book = books[issuer];
        uint256 word = Lanes.unwrap(payment.lanes[line]);
        uint256 skip = givenBack[receipt][line];
        uint256 left = points;
        givenBack[receipt][line] += points;
        for (uint256 age; age < 5; ++age) {
            uint256 here = _laneOf(word, age);
            uint256 gone = skip < here ? skip : here;
            skip -= gone;
            uint256 part = here - gone < left ? here - gone : left;
            left -= part;
            if (part != 0) book.restore(payment.member, word / 2 ** 240, age, part);
        }
        if (issuer != shop) moneyBook.move(shop, issuer, points * PAR);
    }
}
