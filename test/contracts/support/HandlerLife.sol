// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ShopStatus} from "../../../contracts/libraries/ShopWord.sol";
import {HandlerMoney} from "./HandlerMoney.sol";
import {MoneyBook} from "./MoneyBook.sol";

/// @notice How shops come, are suspended, fall below what they must keep, leave, and default.
abstract contract HandlerLife is HandlerMoney {
    // ---------------------------------------------------------------- coming, and the board

    function _openAnother() internal {
        // The street stays small, so that places are left for those that come when others have gone.
        if (shopCount() >= MOST_SHOPS || _activeShops() >= 6) return _done();
        uint32 shop = _open(false);
        _fund(shop, _roll(100, 3_000) * PAR);
        _submit(_sell(shop, 1), 0);
        _done();
    }

    function _suspend() internal {
        uint32 shop = _shop();
        if (_activeShops() < 4) {
            _aside();
            return _reinstate();
        }
        bool should = _isIn(shop, ACTIVE);
        bytes memory call = abi.encodeCall(consortium.suspend, (shop));
        if (!_try(board, address(consortium), call, should, "only who is active is suspended")) return;
        moneyBook.change(shop, ShopStatus.Suspended);
        _submit(_sell(shop, _counter(shop)), 0);
        _done();
    }

    function _reinstate() internal {
        uint32 shop = _shopIn(SUSPENDED);
        if (shop == 0 && _isIn(4, ACTIVE)) {
            // Nobody is: the charity, which always stays, is suspended first.
            vm.prank(board);
            consortium.suspend(4);
            moneyBook.change(4, ShopStatus.Suspended);
            shop = 4;
        }
        if (_roll(0, 5) == 0) shop = _shop();
        bool should = _isIn(shop, SUSPENDED);
        bytes memory call = abi.encodeCall(consortium.reinstate, (shop));
        if (!_try(board, address(consortium), call, should, "only who is suspended is reinstated")) return;
        moneyBook.change(shop, ShopStatus.Active);
        _done();
    }

    function _changeRatio() internal {
        uint256 bps = _roll(0, 5) == 0 ? 1_998 + _roll(0, 3) : _roll(2_000, 6_000);
        if (_roll(0, 5) == 0) bps = 9_998 + _roll(0, 3);
        bytes memory call = abi.encodeCall(consortium.setRequiredRatio, (uint16(bps)));
        bool should = bps >= 2_000 && bps <= 10_000;
        if (!_try(board, address(consortium), call, should, "a ratio lies between 20 and 100 %")) return;
        moneyBook.setBoardRatio(bps);
        _done();
    }

    function _activeShops() internal view returns (uint256 count) {
        for (uint32 shop = 1; shop <= shopCount(); ++shop) {
            if (_isIn(shop, ACTIVE)) ++count;
        }
    }

    // ---------------------------------------------------------------- stress

    /// @dev A shop that keeps little more than it must; its points are redeemed elsewhere until that is refused.
    function _stress() internal {
        uint32 shop = _roll(0, 1) == 0 ? _largest() : _shopIn(ACTIVE | SUSPENDED);
        uint32 elsewhere = _shopIn(ACTIVE);
        if (shop == 0 || elsewhere == 0) {
            _aside();
            return _openAnother();
        }
        if (elsewhere == shop) elsewhere = (shop % shopCount()) + 1;
        if (moneyBook.ratioByAge(shop) == 10_000 || _roll(0, 1) == 0) _letTheRatioBite(shop);
        else _takeOut(shop, moneyBook.free(shop));
        for (uint256 i; i < MEMBERS && moneyBook.accountOf(shop).stressedAt == 0; ++i) {
            _payOne(elsewhere, shop, i);
        }
        if (moneyBook.accountOf(shop).stressedAt != 0) _done();
    }

    /// @dev The shop, grown up, keeps what it must and no more; then the board asks for much more.
    function _letTheRatioBite(uint32 shop) private {
        uint256 meant = _aside();
        uint256 grown = moneyBook.accountOf(shop).joinedAt + 360 days;
        if (block.timestamp < grown) _pass(grown - block.timestamp);
        if (books[shop].supply() < 100) {
            _makeRoom(shop);
            _submit(_sell(shop, _counter(shop)), 0);
        }
        _settleEveryone();
        _setRatio(2_000);
        _takeOut(shop, moneyBook.free(shop));
        _setRatio(9_000);
        doing = meant;
    }

    function _markStressed() internal {
        uint32 shop = _belowTrigger();
        if (shop == 0 && _largest() != 0) {
            shop = _largest();
            _letTheRatioBite(shop);
        }
        if (shop == 0 || _roll(0, 9) == 0) shop = _shop();
        bool below = !moneyBook.keepsTrigger(shop, 0, moneyBook.liability(shop));
        bool should = below && moneyBook.mayBeStressed(shop);
        bytes memory call = abi.encodeCall(clearing.markStressed, (shop));
        if (!_try(STRANGER, address(clearing), call, should, "anyone marks who is below the trigger")) return;
        moneyBook.stress(shop);
        _done();
    }

    function _belowTrigger() private view returns (uint32 found) {
        for (uint32 i = 1; i <= shopCount(); ++i) {
            if (moneyBook.mayBeStressed(i) && !moneyBook.keepsTrigger(i, 0, moneyBook.liability(i))) found = i;
        }
    }

    /// @dev The active shop with the most points out.
    function _largest() private view returns (uint32 largest) {
        for (uint32 shop = 1; shop <= shopCount(); ++shop) {
            if (!_isIn(shop, ACTIVE) || _redeemsOnly(shop)) continue;
            if (largest == 0 || books[shop].supply() > books[largest].supply()) largest = shop;
        }
    }

    function _setRatio(uint16 bps) private {
        bytes memory call = abi.encodeCall(consortium.setRequiredRatio, (bps));
        if (_try(board, address(consortium), call, true, "the board sets the ratio")) moneyBook.setBoardRatio(bps);
    }

    /// @dev What is missing is brought by the board asking for less; a deposit would relieve the shop by itself.
    function _relieve() internal {
        uint32 shop = _stressed();
        if (shop == 0) {
            uint256 meant = _aside();
            _markStressed();
            doing = meant;
            shop = _stressed();
        }
        if (shop == 0) return;
        if (_roll(0, 2) != 0) _setRatio(2_000);
        bool should = moneyBook.short(shop) == 0;
        bytes memory call = abi.encodeCall(clearing.relieve, (shop));
        if (_try(STRANGER, address(clearing), call, should, "relieved is who keeps what it must")) {
            moneyBook.relieve(shop);
            _done();
            return;
        }
        uint256 short = moneyBook.short(shop);
        _fund(shop, _roll(0, 1) == 0 ? short : short - 1);
        if (moneyBook.accountOf(shop).stressedAt == 0) _done();
    }

    function _stressed() private view returns (uint32 found) {
        for (uint32 i = 1; i <= shopCount(); ++i) {
            if (moneyBook.accountOf(i).stressedAt != 0 && !_isIn(i, DEFAULTED)) found = i;
        }
    }

    // ---------------------------------------------------------------- leaving

    function _announceExit() internal {
        uint32 shop = _shop();
        // The charity stays, to get the shares of what lapses.
        if (shop == 4) shop = 1;
        bool should = _isIn(shop, ACTIVE | SUSPENDED);
        if (should && _activeShops() < 4) {
            if (shopCount() < MOST_SHOPS) {
                _aside();
                return _openAnother();
            }
            return _done();
        }
        bytes memory call = abi.encodeCall(consortium.announceExit, (shop));
        if (!_try(ownerFor(shop), address(consortium), call, should, "who is in the street may leave it")) return;
        moneyBook.change(shop, ShopStatus.Exiting);
        _done();
    }

    /// @dev Whoever has points of a leaving shop spends them there; a month after the last it is gone.
    function _finishExit() internal {
        uint32 shop = _shopIn(EXITING);
        if (shop == 0) {
            _aside();
            return _announceExit();
        }
        MoneyBook.Account memory account = moneyBook.accountOf(shop);
        bool spend = _roll(0, 3) != 0;
        if (spend) _returnVouchersOf(shop);
        uint32 till = _counter(shop);
        for (uint256 i; spend && i < MEMBERS; ++i) {
            uint256 points = books[shop].balanceOf(member(i));
            if (points != 0) _spendAll(shop, till, i, points);
        }
        account = moneyBook.accountOf(shop);
        uint256 last = account.exitAt > account.lastPaymentAt ? account.exitAt : account.lastPaymentAt;
        uint256 until = last + 30 days;
        if (until + 1 > block.timestamp) _pass(until + 1 - block.timestamp - (_roll(0, 2) == 0 ? 1 : 0));
        bool should = books[shop].supply() == 0 && _vouchersOf(shop) == 0 && block.timestamp > until;
        bytes memory call = abi.encodeCall(consortium.finishExit, (shop));
        if (!_try(STRANGER, address(consortium), call, should, "an exit ends when nothing is left")) return;
        moneyBook.change(shop, ShopStatus.Exited);
        _done();
    }

    function _spendAll(uint32 shop, uint32 till, uint256 who, uint256 points) internal virtual;

    /// @dev Whoever has vouchers of a shop that leaves gets them back as points.
    function _returnVouchersOf(uint32 shop) internal virtual;

    /// @dev The value of the shop's unused vouchers.
    function _vouchersOf(uint32 shop) internal view virtual returns (uint256);

    // ---------------------------------------------------------------- default

    function _declareDefault() internal override {
        uint32 shop = _failing();
        // A street without shops would do nothing more: at the end only those fail that must.
        if (shop == 0 && _activeShops() < 4 && shopCount() == MOST_SHOPS && _shopIn(DEFAULTED) != 0) return;
        if (shop == 0) {
            uint256 meant = _aside();
            if (_activeShops() < 4) _openAnother();
            _markStressed();
            doing = meant;
            shop = _failing();
        }
        if (shop == 0) shop = _shopIn(EXITING);
        if (shop == 0 || _roll(0, 9) == 0) shop = _shop();
        uint256 due = _defaultFrom(shop);
        if (due > block.timestamp) _pass(due - block.timestamp - (_roll(0, 2) == 0 ? 1 : 0));
        due = _defaultFrom(shop);
        bool should = due != 0 && block.timestamp >= due;
        bytes memory call = abi.encodeCall(clearing.declareDefault, (shop));
        if (!_try(STRANGER, address(clearing), call, should, "a default has grounds, and its time")) return;
        uint32[] memory only_ = new uint32[](1);
        only_[0] = shop;
        moneyBook.settle(only_);
        moneyBook.change(shop, ShopStatus.Defaulted);
        books[shop].stop();
        moneyBook.fixPrice(shop);
        _done();
    }

    /// @dev A shop that is stressed and still short.
    function _failing() private view returns (uint32 found) {
        for (uint32 i = 1; i <= shopCount(); ++i) {
            if (moneyBook.accountOf(i).stressedAt != 0 && moneyBook.short(i) != 0 && !_isIn(i, DEFAULTED)) found = i;
        }
    }

    /// @dev The book settles the shop to see, which must then be undone.
    function _defaultFrom(uint32 shop) private returns (uint256 from) {
        try this.foresee(shop) {} catch (bytes memory answer) {
            assembly ("memory-safe") {
                from := mload(add(answer, 0x20))
            }
        }
    }

    function foresee(uint32 shop) external {
        uint256 from = moneyBook.defaultFrom(shop);
        assembly ("memory-safe") {
            mstore(0, from)
            revert(0, 0x20)
        }
    }

    /// @dev Money that comes in late raises the price, never beyond par.
    function _raisePrice() internal {
        uint32 shop;
        for (uint32 i = 1; i <= shopCount(); ++i) {
            MoneyBook.Account memory account = moneyBook.accountOf(i);
            if (account.priceMoney != account.priceLiability && books[i].supply() != 0) shop = i;
        }
        if (shop == 0) {
            _aside();
            return _declareDefault();
        }
        if (_roll(0, 2) != 0) _fund(shop, _roll(0, 9) == 0 ? moneyBook.liability(shop) : _roll(1, 200));
        bool should = moneyBook.priceWouldRise(shop);
        bytes memory call = abi.encodeCall(clearing.raisePrice, (shop));
        if (!_try(STRANGER, address(clearing), call, should, "a price rises exactly when there is more money")) return;
        moneyBook.fixPrice(shop);
        _done();
    }
}
