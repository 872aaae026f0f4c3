// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {AccountActs} from "./AccountActs.sol";
import {AccountBook} from "./AccountBook.sol";

/// @notice Who acts on accounts, what they sign, and when: drawn, mostly as it should be, now and then amiss.
abstract contract AccountChance is AccountActs {
    uint256 internal constant MEMBERS = 3;
    uint256 internal constant GUARDIAN = 0x9a4d1a;
    uint256 internal constant THIEF = 0xbad;

    /// @dev A device of the account that signs; now and then one that may be gone, or a thief's.
    function _by(uint256 whose) internal returns (uint256) {
        uint256 how = _roll(0, 6);
        if (how == 0) return THIEF;
        AccountBook book = books[whose];
        return how == 1 ? book.devices(_roll(0, book.deviceCount() - 1)) : _signer(whose, 0);
    }

    /// @dev A device that signs, another than `but` where there is one; zero where there is none.
    function _signer(uint256 whose, uint256 but) internal returns (uint256) {
        return _device(whose, true, but);
    }

    function _device(uint256 whose, bool signs, uint256 but) internal returns (uint256) {
        AccountBook book = books[whose];
        uint256 count = book.deviceCount();
        uint256 from = _roll(0, count - 1);
        for (uint256 i; i < count; ++i) {
            uint256 device = book.devices((from + i) % count);
            if (device != but && book.signs(device) == signs) return device;
        }
        return 0;
    }

    /// @dev Signed with the right number and in time, about what there is.
    function _plain(Kind kind, uint256 whose, uint256 by) internal returns (Order memory order) {
        AccountBook book = books[whose];
        (order.kind, order.whose, order.by, order.deadline) = (kind, whose, by, LATER);
        order.number = book.orders();
        if (kind == Kind.AddKey) order.device = newDevice();
        else if (kind == Kind.Pay) order.number = ++payments;
        else if (kind == Kind.ChooseGuardian) (order.guardian, order.time) = (vm.addr(GUARDIAN + 1), 5 days);
        else if (kind == Kind.Veto) order.number = book.change().number;
        else if (kind == Kind.KeepGuardian) {
            (order.guardian, order.time) = (book.toCome().guardian, uint48(book.toCome().from));
        } else if (kind == Kind.StartRecovery) {
            (order.guardian, order.number, order.device) = (vm.addr(by), book.recoveries() + 1, newDevice());
        }
    }

    /// @dev The same, with something amiss now and then: another number, too late, about something else.
    function _order(Kind kind, uint256 whose, uint256 by) internal returns (Order memory order) {
        order = _plain(kind, whose, by);
        if (kind == Kind.ChooseGuardian) {
            order.guardian = _anyGuardian();
            order.time = uint48(_roll(0, 5) == 0 ? 3 days - _roll(0, 1) : _roll(3 days, 30 days + _roll(0, 1)));
        }
        if (kind == Kind.KeepGuardian && _roll(0, 7) == 0) order.time -= order.time == 0 ? 0 : 1;
        if (kind != Kind.Pay && _roll(0, 7) == 0) order.number = _roll(0, order.number + 1);
        if (_roll(0, 5) == 0) order.deadline = uint48(block.timestamp - _roll(0, 1));
        if ((kind == Kind.AddKey || kind == Kind.StartRecovery) && _roll(0, 5) == 0) {
            uint256 waits = books[whose].change().device;
            order.device = waits != 0 ? waits : books[whose].devices(0);
        }
    }

    function _anyGuardian() internal returns (address) {
        uint256 which = _roll(0, MEMBERS + 2);
        if (which < MEMBERS) return books[which].account();
        return which == MEMBERS ? address(0) : vm.addr(GUARDIAN + which - MEMBERS - 1);
    }

    /// @dev A secret that speaks for them: of a device of theirs, or of a plain key.
    function _secretOf(address guardian) internal returns (uint256) {
        for (uint256 i; i < books.length; ++i) {
            if (books[i].account() == guardian) return _signer(i, 0);
        }
        return guardian == vm.addr(GUARDIAN) ? GUARDIAN : GUARDIAN + 1;
    }

    function _warpAbout(uint256 time) internal {
        if (time == 0 || _roll(0, 4) == 0) return;
        uint256 to = time + _roll(0, 2) - 1;
        if (to > block.timestamp) vm.warp(to);
    }
}
