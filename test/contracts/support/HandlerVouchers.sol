// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Line} from "../../../contracts/interfaces/IRedemptions.sol";
import {Offer, Purchase, Use} from "../../../contracts/interfaces/IRewards.sol";
import {ShopStatus} from "../../../contracts/libraries/ShopWord.sol";
import {HandlerLife} from "./HandlerLife.sol";
import {LotBook} from "./LotBook.sol";
import {MoneyBook} from "./MoneyBook.sol";
import {VoucherTerms} from "./VoucherTerms.sol";

/// @notice The plain book of vouchers, and how agreements about them are signed.
abstract contract HandlerVouchers is HandlerLife, VoucherTerms {
    /// @dev Vouchers that remember how old the points were they were bought for, in quarters of the offering shop.
    struct Sale {
        uint256 reward;
        Offer offer;
        uint256 sold;
        uint256 unused;
        bool cancelled;
        bool lapsed;
    }

    uint256 internal constant LONG_AGO = 1_000;

    Sale[] internal sales;
    mapping(uint256 reward => mapping(address member => uint256)) internal bought;
    mapping(uint256 reward => mapping(address holder => uint256)) internal held;
    mapping(uint256 reward => mapping(address holder => mapping(uint256 born => uint256))) internal paidWith;
    mapping(uint32 shop => uint64) internal nextUse;
    uint256 internal voucherNonces;

    /// @notice The value of all vouchers nobody has used.
    function unusedValue() external view returns (uint256 value) {
        for (uint256 i; i < sales.length; ++i) {
            value += sales[i].unused * sales[i].offer.price * PAR;
        }
    }

    function _vouchersOf(uint32 shop) internal view override returns (uint256 value) {
        for (uint256 i; i < sales.length; ++i) {
            if (sales[i].offer.shop == shop) value += sales[i].unused * sales[i].offer.price * PAR;
        }
    }

    // ---------------------------------------------------------------- the book

    function _cancel(Sale storage sale) internal {
        bytes memory call = abi.encodeCall(rewards.cancelOffer, (sale.reward));
        _try(STRANGER, address(rewards), call, false, "a stranger cancels nothing");
        bool should = !sale.cancelled && !sale.lapsed;
        if (_try(ownerFor(sale.offer.shop), address(rewards), call, should, "an owner cancels once")) {
            sale.cancelled = true;
        }
    }

    function _returnable(Sale storage sale) internal view returns (bool) {
        if (sale.lapsed) return false;
        MoneyBook.Account memory account = moneyBook.accountOf(sale.offer.shop);
        if (sale.cancelled) return true;
        if (account.status != ShopStatus.Suspended) return account.status != ShopStatus.Active;
        return block.timestamp > account.suspendedAt + 30 days;
    }

    function _running() internal returns (uint256) {
        uint256 count = sales.length;
        for (uint256 i; i < count && i < 10; ++i) {
            Sale storage sale = sales[count - 1 - i];
            bool left = sale.sold < sale.offer.stock && !sale.cancelled && _isIn(sale.offer.shop, ACTIVE);
            if (left && block.timestamp <= sale.offer.closesAt) return count - 1 - i;
        }
        return _roll(0, 9) == 0 && count != 0 ? _roll(0, count - 1) : count;
    }

    function _voucherHolder() internal returns (uint256, address, uint256) {
        uint256 count = sales.length;
        for (uint256 i; i < count; ++i) {
            uint256 which = count - 1 - i;
            if (sales[which].unused == 0 || _roll(0, 4) == 0) continue;
            for (uint256 k; k < MEMBERS; ++k) {
                if (held[sales[which].reward][member(k)] != 0) return (which, member(k), FIRST_MEMBER_KEY + k);
            }
        }
        return (count, address(0), 0);
    }

    function _maySell(Sale storage sale, Purchase memory purchase, uint256 price) internal view returns (bool) {
        if (purchase.count == 0 || sale.cancelled || !_isIn(sale.offer.shop, ACTIVE)) return false;
        if (block.timestamp < sale.offer.opensAt || block.timestamp > sale.offer.closesAt) return false;
        if (purchase.count > sale.offer.stock - sale.sold) return false;
        uint256 most = sale.offer.perMember;
        if (most != 0 && bought[sale.reward][purchase.member] + purchase.count > most) return false;
        uint256 sum;
        for (uint256 i; i < purchase.lines.length; ++i) {
            uint32 issuer = shopOfToken[purchase.lines[i].token];
            if (_isIn(issuer, DEFAULTED)) return false;
            if (books[issuer].balanceOf(purchase.member) < purchase.lines[i].points) return false;
            sum += purchase.lines[i].points;
        }
        return sum == price;
    }

    /// @dev Lines that come to `price`, from whatever the member has; fewer where there is less.
    function _linesFor(uint256 payer, uint256 price) internal returns (Line[] memory lines) {
        lines = new Line[](shopCount());
        uint256 count;
        uint32 start = _shop();
        for (uint32 i; i < shopCount() && price != 0; ++i) {
            uint32 issuer = ((start + i) % shopCount()) + 1;
            uint256 part = books[issuer].balanceOf(member(payer));
            if (part == 0 || (_isIn(issuer, DEFAULTED) && _roll(0, 9) != 0)) continue;
            if (part > price) part = price;
            if (part > 1 && _roll(0, 2) == 0) part = part / 2;
            price -= part;
            putInOrder(lines, count++, Line(address(tokenOf(issuer)), uint48(part)));
        }
        assembly ("memory-safe") {
            mstore(lines, count)
        }
    }

    function _noteSale(Sale storage sale, Purchase memory purchase) internal {
        address who = purchase.member;
        uint256 quarter = books[sale.offer.shop].quarter();
        for (uint256 i; i < purchase.lines.length; ++i) {
            uint32 issuer = shopOfToken[purchase.lines[i].token];
            uint256 points = purchase.lines[i].points;
            uint256[5] memory byAge = books[issuer].burn(who, points);
            for (uint256 age; age < 5; ++age) {
                paidWith[sale.reward][who][LONG_AGO + quarter - age] += byAge[age];
            }
            moneyBook.move(issuer, 0, points * PAR);
        }
        sale.sold += purchase.count;
        sale.unused += purchase.count;
        bought[sale.reward][who] += purchase.count;
        held[sale.reward][who] += purchase.count;
    }

    function _release(Sale storage sale, uint256 count) internal {
        sale.unused -= count;
        moneyBook.move(0, sale.offer.shop, count * sale.offer.price * PAR);
    }

    function _returnTo(Sale storage sale, address holder, uint256 count) internal {
        _takeOut(sale, holder, count, address(0), false);
        sale.sold -= count;
        _release(sale, count);
    }

    /// @dev What so many vouchers were paid with, the oldest or the youngest first: it goes to `to`, or where the
    /// youngest are taken, back to the holder as points; what has waited too long is as old as points can be.
    function _takeOut(Sale storage sale, address holder, uint256 count, address to, bool oldest) internal {
        uint256 points = count * sale.offer.price;
        uint256 now_ = LONG_AGO + books[sale.offer.shop].quarter();
        held[sale.reward][holder] -= count;
        if (to != address(0)) held[sale.reward][to] += count;
        for (uint256 i; i < 60 && points != 0; ++i) {
            uint256 born = oldest ? now_ - 59 + i : now_ - i;
            uint256 here = paidWith[sale.reward][holder][born];
            uint256 part = here < points ? here : points;
            if (part == 0) continue;
            points -= part;
            paidWith[sale.reward][holder][born] = here - part;
            if (to != address(0)) paidWith[sale.reward][to][born] += part;
            uint256 age = now_ - born;
            LotBook book = books[sale.offer.shop];
            if (!oldest) book.restore(holder, book.quarter(), age > 4 ? 4 : age, part);
        }
        _claim(points == 0, "vouchers are worth what they were paid with");
        _claim(rewards.balanceOf(holder, sale.reward) == held[sale.reward][holder], "vouchers of their holder");
    }

    // ---------------------------------------------------------------- signing

    function _signedUse(
        uint32 shop,
        uint32 till,
        Use[] memory list,
        uint256 signer
    ) internal view returns (bytes memory) {
        sign(signer, shop, till, list[0]);
        return abi.encodeCall(rewards.use, (shop, till, list, acceptance(shop, till, list)));
    }

    function _signedReturn(uint256 reward, address holder, uint32 count, uint256 key) internal returns (bytes memory) {
        uint256 nonce = ++voucherNonces;
        uint48 deadline = uint48(block.timestamp);
        bytes memory signature = signedReturn(key, holder, reward, count, nonce, deadline);
        return abi.encodeCall(rewards.giveBackBySignature, (holder, reward, count, nonce, deadline, signature));
    }
}
