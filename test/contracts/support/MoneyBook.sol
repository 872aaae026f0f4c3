// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ShopStatus} from "../../../contracts/libraries/ShopWord.sol";
import {LotBook} from "./LotBook.sol";

/// @notice What the shops have, owe and are owed, and what they may do with it, as the written rules say it: plain
/// numbers, nothing packed, none of the contracts' calculations.
contract MoneyBook {
    struct Account {
        int256 net;
        uint256 reserve;
        uint256 joinedAt;
        uint256 stressedAt;
        uint256 exitAt;
        uint256 suspendedAt;
        uint256 lastPaymentAt;
        uint256 priceMoney;
        uint256 priceLiability;
        uint256 sharedPoints;
        uint256 leavingShareBps;
        ShopStatus status;
        bool redeemsOnly;
        LotBook points;
    }

    uint256 private immutable _par;
    uint256 public boardRatio;
    uint256 public boardShareBps;
    uint256 public pool;
    uint256 public deposited;
    uint256 public withdrawn;
    uint256 public donated;
    uint32 public count;
    mapping(uint32 shop => Account) private _accounts;

    constructor(uint256 par, uint256 boardRatio_) {
        (_par, boardRatio) = (par, boardRatio_);
    }

    // ---------------------------------------------------------------- the register

    function open(uint32 shop, bool redeemsOnly, LotBook points) external {
        Account storage account = _accounts[shop];
        (account.joinedAt, account.points) = (block.timestamp, points);
        (account.status, account.redeemsOnly) = (ShopStatus.Active, redeemsOnly);
        count = shop;
    }

    /// @notice Moves along one of the edges that N-17 lists; there are no others.
    function change(uint32 shop, ShopStatus to) external {
        Account storage account = _accounts[shop];
        require(listed(account.status, to), "no such edge");
        account.status = to;
        if (to == ShopStatus.Suspended) account.suspendedAt = block.timestamp;
        if (to != ShopStatus.Exiting) return;
        (account.exitAt, account.leavingShareBps) = (block.timestamp, boardShareBps);
    }

    function listed(ShopStatus from, ShopStatus to) public pure returns (bool) {
        bool open_ = from == ShopStatus.Active || from == ShopStatus.Suspended;
        if (from == ShopStatus.Applied) return to == ShopStatus.Active || to == ShopStatus.Withdrawn;
        if (to == ShopStatus.Suspended) return from == ShopStatus.Active;
        if (to == ShopStatus.Active) return from == ShopStatus.Suspended;
        if (to == ShopStatus.Exiting) return open_;
        if (to == ShopStatus.Defaulted) return open_ || from == ShopStatus.Exiting;
        return to == ShopStatus.Exited && from == ShopStatus.Exiting;
    }

    function setBoardRatio(uint256 bps) external {
        boardRatio = bps;
    }

    function setBoardShare(uint256 bps) external {
        boardShareBps = bps;
    }

    function paidAt(uint32 shop) external {
        if (_accounts[shop].status == ShopStatus.Exiting) _accounts[shop].lastPaymentAt = block.timestamp;
    }

    // ---------------------------------------------------------------- money moves

    function deposit(uint32 shop, uint256 amount) external {
        _accounts[shop].reserve += amount;
        deposited += amount;
        _relieveIfKept(shop);
    }

    function withdraw(uint32 shop, uint256 amount) external {
        _accounts[shop].reserve -= amount;
        withdrawn += amount;
        _relieveIfKept(shop);
    }

    function donate(uint256 amount) external {
        donated += amount;
    }

    function move(uint32 from, uint32 to, uint256 value) external {
        _accounts[from].net -= int256(value);
        _accounts[to].net += int256(value);
    }

    function settle(uint32[] calldata shops) external {
        for (uint256 i; i < shops.length; ++i) {
            _payDebt(shops[i]);
        }
        for (uint256 i; i < shops.length; ++i) {
            _payCredit(shops[i]);
            if (shops[i] != 0 && shops[i] <= count) _relieveIfKept(shops[i]);
        }
    }

    // ---------------------------------------------------------------- stress and default

    function stress(uint32 shop) external {
        _accounts[shop].stressedAt = block.timestamp;
    }

    function relieve(uint32 shop) external {
        _accounts[shop].stressedAt = 0;
    }

    /// @notice Settles the shop, then says from when on it can be declared in default; zero: no grounds.
    function defaultFrom(uint32 shop) external returns (uint256 from) {
        _payDebt(shop);
        _payCredit(shop);
        Account storage account = _accounts[shop];
        bool exiting = account.status == ShopStatus.Exiting;
        if (!listed(account.status, ShopStatus.Defaulted)) return 0;
        if (account.stressedAt != 0 && short(shop) != 0) return account.stressedAt + 7 days;
        return exiting && all(shop) < liability(shop) ? account.exitAt + 30 days : 0;
    }

    /// @notice The price is what all the shop's money carries, at most par.
    function fixPrice(uint32 shop) external {
        _accounts[shop].stressedAt = 0;
        (uint256 money, uint256 owed) = (all(shop), liability(shop));
        bool full = money >= owed;
        (_accounts[shop].priceMoney, _accounts[shop].priceLiability) = full ? (1, 1) : (money, owed);
    }

    /// @notice Whether the money that is there now carries a higher price than the fixed one.
    function priceWouldRise(uint32 shop) external view returns (bool) {
        Account storage account = _accounts[shop];
        (uint256 money, uint256 owed) = (all(shop), liability(shop));
        if (account.priceLiability == 0 || account.priceMoney == account.priceLiability) return false;
        if (money >= owed) return true;
        return money * account.priceLiability > account.priceMoney * owed;
    }

    /// @notice How many points' breakage share can be paid now, and its value.
    function breakageDue(uint32 shop) external view returns (uint256 points, uint256 value) {
        Account storage account = _accounts[shop];
        points = account.points.shared() - account.sharedPoints;
        uint256 perPoint = _par * ratioByAge(shop);
        if (points * perPoint > free(shop) * 10_000) points = (free(shop) * 10_000) / perPoint;
        value = (points * perPoint) / 10_000;
    }

    function noteShared(uint32 shop, uint256 points) external {
        _accounts[shop].sharedPoints += points;
    }

    // ---------------------------------------------------------------- whoever asks

    function accountOf(uint32 shop) external view returns (Account memory) {
        return _accounts[shop];
    }

    function statusOf(uint32 shop) external view returns (ShopStatus) {
        return _accounts[shop].status;
    }

    function liability(uint32 shop) public view returns (uint256) {
        return _accounts[shop].points.supply() * _par;
    }

    function all(uint32 shop) public view returns (uint256) {
        return uint256(int256(_accounts[shop].reserve) + _accounts[shop].net);
    }

    function backing(uint32 shop) public view returns (int256) {
        int256 net = _accounts[shop].net;
        return int256(_accounts[shop].reserve) + (net < 0 ? net : int256(0));
    }

    function ratio(uint32 shop) public view returns (uint256) {
        ShopStatus status = _accounts[shop].status;
        return status == ShopStatus.Exiting || status == ShopStatus.Defaulted ? 10_000 : ratioByAge(shop);
    }

    /// @notice All of it for 90 days, then down to the board's over 270 days in a straight line, rounded up.
    function ratioByAge(uint32 shop) public view returns (uint256) {
        uint256 age = block.timestamp - _accounts[shop].joinedAt;
        if (age <= 90 days) return 10_000;
        if (age >= 360 days) return boardRatio;
        uint256 high = 10_000 * (360 days - age) + boardRatio * (age - 90 days);
        return (high + 270 days - 1) / 270 days;
    }

    /// @notice What it must keep, in money, rounded up.
    function required(uint32 shop) public view returns (uint256) {
        return (liability(shop) * ratio(shop) + 9_999) / 10_000;
    }

    function free(uint32 shop) public view returns (uint256) {
        int256 above = backing(shop) - int256(required(shop));
        return above > 0 ? uint256(above) : 0;
    }

    /// @notice What is missing to what it must keep, as if it did not leave; what it is owed counts.
    function short(uint32 shop) public view returns (uint256) {
        uint256 needed = (liability(shop) * ratioByAge(shop) + 9_999) / 10_000;
        return needed > all(shop) ? needed - all(shop) : 0;
    }

    function mayBeStressed(uint32 shop) external view returns (bool) {
        Account storage account = _accounts[shop];
        bool open_ = account.status == ShopStatus.Active || account.status == ShopStatus.Suspended;
        return open_ && account.stressedAt == 0 && short(shop) != 0;
    }

    /// @notice How many points it may still issue: as many as its backing carries at the required ratio.
    function issuable(uint32 shop) external view returns (uint256) {
        int256 carried = (backing(shop) * 10_000) / int256(ratio(shop) * _par);
        int256 room = carried - int256(_accounts[shop].points.supply());
        return backing(shop) <= 0 || room <= 0 ? 0 : uint256(room);
    }

    /// @notice Whether `value` of its points may be redeemed elsewhere, so that points of this value remain.
    function keepsTrigger(uint32 shop, uint256 value, uint256 remaining) external view returns (bool) {
        Account storage account = _accounts[shop];
        if (value > all(shop)) return false;
        if (account.status == ShopStatus.Defaulted) return true;
        uint256 left = all(shop) - value;
        if (account.status == ShopStatus.Exiting || account.status == ShopStatus.Exited) return left >= remaining;
        return left * 20_000 >= remaining * ratioByAge(shop);
    }

    /// @notice About the most points that may be redeemed elsewhere now.
    function mostElsewhere(uint32 shop) external view returns (uint256) {
        uint256 bps = _accounts[shop].status == ShopStatus.Exiting ? 20_000 : ratioByAge(shop);
        int256 above = int256(20_000 * all(shop)) - int256(bps * liability(shop));
        if (above <= 0) return 0;
        return bps == 20_000 ? type(uint48).max : uint256(above) / (20_000 - bps) / _par;
    }

    function valueOf(uint32 shop, uint256 points) external view returns (uint256) {
        Account storage account = _accounts[shop];
        if (account.status != ShopStatus.Defaulted) return points * _par;
        return (points * _par * account.priceMoney) / account.priceLiability;
    }

    // ---------------------------------------------------------------- within

    function _relieveIfKept(uint32 shop) private {
        if (_accounts[shop].stressedAt != 0 && short(shop) == 0) _accounts[shop].stressedAt = 0;
    }

    function _payDebt(uint32 shop) private {
        Account storage account = _accounts[shop];
        if (account.net >= 0) return;
        uint256 paid = uint256(-account.net) < account.reserve ? uint256(-account.net) : account.reserve;
        account.net += int256(paid);
        account.reserve -= paid;
        pool += paid;
    }

    function _payCredit(uint32 shop) private {
        Account storage account = _accounts[shop];
        if (account.net <= 0) return;
        uint256 paid = uint256(account.net) < pool ? uint256(account.net) : pool;
        account.net -= int256(paid);
        account.reserve += paid;
        pool -= paid;
    }
}
