// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @notice Vouchers as a bookkeeper without packed words would keep them: a card for each reward, and for each holder
/// five piles of points by age. Slow and plain; the tests compare the rewards with it.
abstract contract VoucherBook {
    struct Card {
        uint32 shop;
        uint256 price;
        uint256 stock;
        uint256 perMember;
        uint256 opensAt;
        uint256 closesAt;
        bool transferable;
        bool cancelled;
        bool lapsed;
        uint256 sold;
        uint256 unused;
    }

    uint256[] public cards;
    mapping(uint256 reward => Card) internal card;
    mapping(uint256 reward => mapping(address holder => uint256[5])) internal piles;
    mapping(uint256 reward => mapping(address member => uint256)) public everBought;
    mapping(uint256 reward => address[]) internal holders;

    function cardCount() external view returns (uint256) {
        return cards.length;
    }

    function vouchersOf(uint256 reward, address holder) public view returns (uint256) {
        if (card[reward].lapsed) return 0;
        return _sum(piles[reward][holder]) / card[reward].price;
    }

    function cardOf(uint256 reward) external view returns (Card memory) {
        return card[reward];
    }

    /// @notice What the shop's unused vouchers were paid with.
    function unusedPointsOf(uint32 shop) public view returns (uint256 points) {
        for (uint256 i; i < cards.length; ++i) {
            Card storage one = card[cards[i]];
            if (one.shop == shop) points += one.unused * one.price;
        }
    }

    function _write(uint256 reward, Card memory what) internal {
        cards.push(reward);
        card[reward] = what;
    }

    function _bought(uint256 reward, address member, uint256 count, uint256[5] memory paid) internal {
        card[reward].sold += count;
        card[reward].unused += count;
        everBought[reward][member] += count;
        _put(reward, member, paid);
    }

    function _sent(uint256 reward, address from, address to, uint256 count) internal {
        _put(reward, to, _takeOldest(reward, from, count));
    }

    function _used(uint256 reward, address holder, uint256 count) internal {
        _takeOldest(reward, holder, count);
        card[reward].unused -= count;
    }

    function _returned(uint256 reward, address holder, uint256 count) internal returns (uint256[5] memory taken) {
        uint256 points = count * card[reward].price;
        for (uint256 age; age < 5; ++age) {
            uint256 here = piles[reward][holder][age];
            taken[age] = here < points ? here : points;
            piles[reward][holder][age] -= taken[age];
            points -= taken[age];
        }
        card[reward].unused -= count;
        card[reward].sold -= count;
    }

    function _lapsed(uint256 reward) internal {
        card[reward].unused = 0;
        card[reward].lapsed = true;
    }

    /// @dev A quarter of the shop's token has ended: all grow older, and the oldest stay.
    function _grewOlder(uint32 shop) internal {
        for (uint256 i; i < cards.length; ++i) {
            if (card[cards[i]].shop != shop) continue;
            address[] storage all = holders[cards[i]];
            for (uint256 k; k < all.length; ++k) {
                uint256[5] storage pile = piles[cards[i]][all[k]];
                pile[4] += pile[3];
                (pile[3], pile[2], pile[1], pile[0]) = (pile[2], pile[1], pile[0], 0);
            }
        }
    }

    function _takeOldest(uint256 reward, address holder, uint256 count) private returns (uint256[5] memory taken) {
        uint256 points = count * card[reward].price;
        for (uint256 step; step < 5; ++step) {
            uint256 age = 4 - step;
            uint256 here = piles[reward][holder][age];
            taken[age] = here < points ? here : points;
            piles[reward][holder][age] -= taken[age];
            points -= taken[age];
        }
    }

    function _put(uint256 reward, address holder, uint256[5] memory more) private {
        bool known;
        for (uint256 i; i < holders[reward].length; ++i) {
            if (holders[reward][i] == holder) known = true;
        }
        if (!known) holders[reward].push(holder);
        for (uint256 age; age < 5; ++age) {
            piles[reward][holder][age] += more[age];
        }
    }

    function _sum(uint256[5] memory pile) internal pure returns (uint256) {
        return pile[0] + pile[1] + pile[2] + pile[3] + pile[4];
    }
}
