// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Offer, Purchase, Use} from "../../../contracts/interfaces/IRewards.sol";
import {HandlerVouchers} from "./HandlerVouchers.sol";

/// @notice Rewards: offered, bought, used, sent, given back, cancelled, lapsed; and each agreement tried again.
abstract contract HandlerRewards is HandlerVouchers {
    bytes[] internal purchases;
    bytes[] internal uses;
    mapping(uint32 shop => uint32) internal offersOf;

    // ---------------------------------------------------------------- acts

    function _offer() internal {
        uint32 shop = _roll(0, 9) == 0 ? _shop() : _shopIn(ACTIVE);
        if (shop == 0) return;
        Offer memory what;
        (what.shop, what.price, what.stock) = (shop, uint48(_roll(5, 60)), uint32(_roll(0, 8)));
        (what.perMember, what.transferable) = (uint32(_roll(0, 3)), _roll(0, 3) != 0);
        what.opensAt = uint48(block.timestamp + _roll(0, 4) / 4);
        what.closesAt = uint48(block.timestamp + _roll(0, 40 days));
        bool should = _isIn(shop, ACTIVE) && !_redeemsOnly(shop) && what.stock != 0;
        should = should && what.closesAt > block.timestamp && what.opensAt < what.closesAt;
        bytes memory call = abi.encodeCall(rewards.offer, (what, bytes32(uint256(1))));
        if (!_try(ownerFor(shop), address(rewards), call, should, "a reward is offered when it is sound")) return;
        sales.push(Sale(uint256(shop) * 2 ** 32 + ++offersOf[shop], what, 0, 0, false, false));
        _done();
    }

    function _buy() internal {
        uint256 which = _running();
        if (which == sales.length) {
            _aside();
            return _offer();
        }
        Sale storage sale = sales[which];
        _approach(sale.offer.closesAt);
        uint256 payer = _roll(0, MEMBERS - 1);
        Purchase memory purchase;
        (purchase.member, purchase.reward) = (member(payer), sale.reward);
        purchase.count = uint32(_roll(0, 5) == 0 ? _roll(0, 9) : _roll(1, 2));
        purchase.nonce = ++voucherNonces;
        purchase.deadline = uint48(_roll(0, 15) == 0 ? block.timestamp - 1 : block.timestamp);
        uint256 price = uint256(purchase.count) * sale.offer.price;
        purchase.lines = _linesFor(payer, _roll(0, 15) == 0 ? price + 1 : price);
        bool wellSigned = _roll(0, 15) != 0;
        sign(FIRST_MEMBER_KEY + (wellSigned ? payer : MEMBERS), purchase);
        bool should = wellSigned && block.timestamp <= purchase.deadline && _maySell(sale, purchase, price);
        if (should) should = _issuersCarry(0, purchase.lines);
        Purchase[] memory list = new Purchase[](1);
        list[0] = purchase;
        bytes memory call = abi.encodeCall(rewards.buy, (list));
        _try(STRANGER, address(rewards), call, true, "a refused purchase stops no submission");
        bool stands = rewards.nonceUsed(purchase.member, purchase.nonce);
        _claim(stands == should, "vouchers are sold exactly when they may be");
        if (!stands || !should) return;
        _noteSale(sale, purchase);
        purchases.push(call);
        _done();
    }

    function _buyAgain() internal {
        if (purchases.length == 0) {
            _aside();
            return _buy();
        }
        // The books hear nothing of it.
        bytes memory call = purchases[_roll(0, purchases.length - 1)];
        _try(STRANGER, address(rewards), call, true, "a purchase comes again and buys nothing");
        _done();
    }

    function _use() internal {
        (uint256 which, address holder, uint256 key) = _voucherHolder();
        if (which == sales.length) {
            _aside();
            return _buy();
        }
        Sale storage sale = sales[which];
        // Held beyond their time they would be in the way of all that could still be used.
        if (block.timestamp > sale.offer.closesAt && _roll(0, 2) != 0) {
            _aside();
            return _buy();
        }
        uint32 shop = _roll(0, 15) == 0 ? _shop() : sale.offer.shop;
        uint32 till = _counter(shop);
        _approach(sale.offer.closesAt);
        Use[] memory list = new Use[](1);
        list[0] = Use(holder, sale.reward, uint32(_about(held[sale.reward][holder])), ++nextUse[shop], 0, "");
        list[0].deadline = uint48(_roll(0, 15) == 0 ? block.timestamp - 1 : block.timestamp);
        bool open_ = _isIn(shop, ACTIVE | EXITING) && _isCounter(shop, till);
        bool inTime = block.timestamp >= sale.offer.opensAt && block.timestamp <= sale.offer.closesAt;
        bool should = open_ && shop == sale.offer.shop && inTime && !sale.lapsed;
        should = should && block.timestamp <= list[0].deadline && list[0].count != 0;
        should = should && list[0].count <= held[sale.reward][holder];
        bool forged = _roll(0, 19) == 0;
        bytes memory call = _signedUse(shop, till, list, forged ? FIRST_MEMBER_KEY + MEMBERS : key);
        should = should && !forged;
        bool done = _try(STRANGER, address(rewards), call, open_, "vouchers are taken at a till that is there");
        if (!done) return;
        bool stands = rewards.useSpent(shop, till, list[0].sequence);
        _claim(stands == should, "vouchers are used exactly when they may be");
        if (!stands || !should) return;
        _takeOut(sale, holder, list[0].count, address(0), true);
        _release(sale, list[0].count);
        uses.push(call);
        _done();
    }

    function _useAgain() internal {
        if (uses.length == 0) {
            _aside();
            return _use();
        }
        (bool done, ) = address(rewards).call(uses[_roll(0, uses.length - 1)]);
        // Refused by the till's standing, or taken and without effect: the books hear nothing.
        if (done || !done) _done();
    }

    function _sendVouchers() internal {
        (uint256 which, address from, ) = _voucherHolder();
        if (which == sales.length || !sales[which].offer.transferable) {
            _aside();
            return _running() == sales.length ? _offer() : _buy();
        }
        Sale storage sale = sales[which];
        address to = member(_roll(0, MEMBERS - 1));
        uint256 count = _about(held[sale.reward][from]);
        bool should = sale.offer.transferable && count <= held[sale.reward][from] && !sale.lapsed;
        bytes memory call = abi.encodeCall(rewards.safeTransferFrom, (from, to, sale.reward, count, ""));
        _try(STRANGER, address(rewards), call, false, "a stranger sends nobody's vouchers");
        if (!_try(from, address(rewards), call, should, "vouchers are sent when they may be")) return;
        _takeOut(sale, from, count, to, true);
        if (count != 0) _done();
    }

    /// @dev The holder gives vouchers back, in person or by signature.
    function _giveBack() internal {
        (uint256 which, address holder, uint256 key) = _voucherHolder();
        if (which == sales.length) {
            _aside();
            return _buy();
        }
        Sale storage sale = sales[which];
        uint32 count = uint32(_about(held[sale.reward][holder]));
        bool should = count != 0 && count <= held[sale.reward][holder] && !sale.lapsed;
        bytes memory call = abi.encodeCall(rewards.giveBack, (sale.reward, count));
        bool signed_ = _roll(0, 1) == 0;
        if (signed_) call = _signedReturn(sale.reward, holder, count, key);
        address caller = signed_ ? STRANGER : holder;
        if (!_try(caller, address(rewards), call, should, "a holder gives vouchers back")) return;
        _returnTo(sale, holder, count);
        if (signed_) _try(STRANGER, address(rewards), call, false, "an agreed return works once");
        _done();
    }

    /// @dev Cancelled, or left behind by its shop, or past its time: then anyone ends it.
    function _closeReward() internal {
        if (sales.length == 0) {
            _aside();
            return _offer();
        }
        Sale storage sale = sales[_roll(0, sales.length - 1)];
        for (uint256 i; i < sales.length; ++i) {
            if (sales[i].unused != 0 && _roll(0, 1) == 0) sale = sales[i];
        }
        uint256 how = _roll(0, 2);
        if (how == 0) _cancel(sale);
        if (how == 1 && !sale.lapsed) _approach(sale.offer.closesAt + 30 days);
        if (how == 1 && _roll(0, 1) == 0) _pass(35 days);
        bool returnable = _returnable(sale);
        _claim(rewards.returnable(sale.reward) == returnable, "what goes back to its holders");
        bool over = block.timestamp >= uint256(sale.offer.closesAt) + 30 days;
        bytes memory call = abi.encodeCall(rewards.lapseUnused, (sale.reward));
        bool should = over && !returnable && !sale.lapsed;
        if (_try(STRANGER, address(rewards), call, should, "unused vouchers lapse a month after")) {
            uint256 unused = sale.unused;
            (sale.unused, sale.lapsed) = (0, true);
            moneyBook.move(0, sale.offer.shop, unused * sale.offer.price * PAR);
            return _done();
        }
        if (_giveAllBack(sale, returnable)) _done();
    }

    function _returnVouchersOf(uint32 shop) internal override {
        for (uint256 i; i < sales.length; ++i) {
            Sale storage sale = sales[i];
            if (sale.offer.shop == shop && sale.unused != 0) _giveAllBack(sale, _returnable(sale));
        }
    }

    function _giveAllBack(Sale storage sale, bool returnable) private returns (bool) {
        address[] memory holders = new address[](MEMBERS + 1);
        for (uint256 i; i <= MEMBERS; ++i) {
            holders[i] = member(i % MEMBERS);
        }
        bytes memory call = abi.encodeCall(rewards.giveBackAll, (sale.reward, holders));
        if (!_try(STRANGER, address(rewards), call, returnable, "anyone gives back what goes back")) return false;
        for (uint256 i; i < MEMBERS; ++i) {
            if (held[sale.reward][holders[i]] != 0) _returnTo(sale, holders[i], held[sale.reward][holders[i]]);
        }
        _claim(sale.unused == 0, "everybody got theirs back");
        return true;
    }
}
