// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ShopStatus} from "../../../contracts/libraries/ShopWord.sol";
import {HandlerSending} from "./HandlerSending.sol";

/// @notice Money in, money out, money settled between any of the shops, and the share of what lapsed.
abstract contract HandlerMoney is HandlerSending {
    /// @dev Rolls a rehearsal back; it went well.
    error RehearsedWell();
    error RehearsedBadly(string what);

    uint32 internal beneficiary;

    function _deposit() internal {
        uint32 shop = _shop();
        uint256 short = moneyBook.short(shop);
        uint256 amount = short != 0 && _roll(0, 1) == 0 ? _about(short) : _roll(1, 1_500 * PAR);
        _fund(shop, amount);
        _done();
    }

    /// @dev Money that comes without a deposit belongs to nobody, and disturbs nothing.
    function _donate() internal {
        uint256 amount = _roll(1, 50);
        money.mint(address(clearing), amount);
        moneyBook.donate(amount);
        _done();
    }

    function _withdraw() internal {
        uint32 shop = _shop();
        uint256 free = moneyBook.free(shop);
        uint256 amount = _roll(0, 2) == 0 ? _about(free) : _roll(0, free / 3);
        if (_takeOut(shop, amount) && amount != 0) _done();
    }

    function _takeOut(uint32 shop, uint256 amount) internal returns (bool done) {
        bool should = amount <= moneyBook.free(shop) && !_isIn(shop, EXITING | DEFAULTED);
        bytes memory call = abi.encodeCall(clearing.withdraw, (shop, ownerFor(shop), amount));
        done = _try(ownerFor(shop), address(clearing), call, should, "a withdrawal goes through when it is free");
        if (done) moneyBook.withdraw(shop, amount);
    }

    /// @dev Any shops in any order, some twice, some that are none, and the house.
    function _settle() internal {
        uint32[] memory shops = new uint32[](_roll(1, 5));
        for (uint256 i; i < shops.length; ++i) {
            shops[i] = uint32(_roll(0, shopCount() + (_roll(0, 9) == 0 ? 2 : 0)));
        }
        bytes memory call = abi.encodeCall(clearing.settle, (shops));
        if (_try(STRANGER, address(clearing), call, true, "anyone settles any shops")) moneyBook.settle(shops);
        _done();
    }

    function _settleEveryone() internal {
        uint32[] memory everyone = _everyone();
        bytes memory call = abi.encodeCall(clearing.settle, (everyone));
        if (_try(STRANGER, address(clearing), call, true, "anyone settles everyone")) moneyBook.settle(everyone);
    }

    /// @dev Every shop, and the house.
    function _everyone() private view returns (uint32[] memory everyone) {
        everyone = new uint32[](shopCount() + 1);
        for (uint32 i; i < everyone.length; ++i) {
            everyone[i] = i;
        }
    }

    // ---------------------------------------------------------------- breakage

    function _changeBreakageShare() internal {
        if (_isIn(4, SUSPENDED)) {
            vm.prank(board);
            consortium.reinstate(4);
            moneyBook.change(4, ShopStatus.Active);
        }
        uint256 bps = _roll(0, 4) == 0 ? _about(2_500) : _roll(1_000, 2_500);
        uint32 to = _roll(0, 3) == 0 ? _shop() : 4;
        bool should = bps <= 2_500 && (bps == 0 || (_redeemsOnly(to) && _isIn(to, ACTIVE)));
        // A change in the very second a quarter begins counts for that quarter, unless the quarter is written down
        // already; these books leave that second out, whichever shop's it is.
        do _pass(1); while (_quarterBeginsNow());
        bytes memory call = abi.encodeCall(consortium.setBreakageShare, (uint16(bps), to));
        if (!_try(board, address(consortium), call, should, "a share goes to an active shop that only redeems")) return;
        beneficiary = to;
        moneyBook.setBoardShare(bps);
        _done();
    }

    function _quarterBeginsNow() private view returns (bool) {
        for (uint32 shop = 1; shop <= shopCount(); ++shop) {
            if (books[shop].startedAt() == block.timestamp) return true;
        }
        return false;
    }

    /// @dev Needs points that have lapsed, in a quarter that bore a share, at a shop with free reserve.
    function _shareBreakage() internal {
        uint32 shop;
        for (uint32 i = 1; i <= shopCount(); ++i) {
            tokenOf(i).poke();
            (, uint256 due) = moneyBook.breakageDue(i);
            if (due != 0 && !_isIn(i, DEFAULTED)) shop = i;
        }
        if (shop == 0) {
            uint256 meant = _aside();
            bool named_ = beneficiary != 0 && _isIn(beneficiary, ACTIVE);
            if (moneyBook.boardShareBps() == 0 || !named_) _changeBreakageShare();
            shop = _growOld();
            _makeRoom(shop);
            doing = meant;
        }
        tokenOf(shop).poke();
        _claim(tokenOf(shop).breakageShared() == books[shop].shared(), "what lapsed under a share");
        (uint256 points, uint256 value) = moneyBook.breakageDue(shop);
        bool named = beneficiary != 0 && _isIn(beneficiary, ACTIVE);
        bool should = named && value != 0 && !_isIn(shop, DEFAULTED);
        bytes memory call = abi.encodeCall(clearing.shareBreakage, (shop));
        if (!_try(STRANGER, address(clearing), call, should, "a share is paid exactly when it is due")) return;
        moneyBook.move(shop, beneficiary, value);
        moneyBook.noteShared(shop, points);
        _done();
    }

    /// @dev A shop whose points grow old, quarter after quarter, until some have lapsed under a share.
    function _growOld() private returns (uint32 shop) {
        shop = _shopIn(ACTIVE | SUSPENDED);
        for (uint32 i = 1; i <= shopCount(); ++i) {
            if (books[i].supply() > books[shop].supply() && !books[i].stopped()) shop = i;
        }
        if (books[shop].supply() == 0) _submit(_sell(shop, _counter(shop)), 0);
        for (uint256 i; i < 7; ++i) {
            (uint256 due, ) = moneyBook.breakageDue(shop);
            if (due == 0) _finishQuarter(shop);
        }
    }

    // ---------------------------------------------------------------- what must always be possible

    /// @dev From here, whatever happened: everyone can be settled, and whoever has free money can take it. It is tried
    /// in earnest, and then undone.
    function _rehearse() internal {
        (bool done, bytes memory why) = address(this).call(abi.encodeCall(this.rehearse, ()));
        if (done || bytes4(why) != RehearsedWell.selector) _wrong("from here not everyone gets what is theirs");
        _done();
    }

    function rehearse() external {
        uint32 count = shopCount();
        clearing.settle(_everyone());
        if (clearing.pool() != 0) revert RehearsedBadly("the pool is empty once everyone is settled");
        for (uint32 shop = 1; shop <= count; ++shop) {
            (int128 net, ) = clearing.positionOf(shop);
            if (net != 0) revert RehearsedBadly("nobody owes anything");
            if (_isIn(shop, EXITING | DEFAULTED)) continue;
            uint256 free = clearing.freeReserveOf(shop);
            vm.prank(ownerFor(shop));
            clearing.withdraw(shop, ownerFor(shop), free);
        }
        revert RehearsedWell();
    }
}
