// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ShopStatus} from "../../../contracts/libraries/ShopWord.sol";
import {Chance} from "./Chance.sol";
import {RewardStreet} from "./RewardStreet.sol";
import {VoucherBook} from "./VoucherBook.sol";

/// @notice A street whose vouchers are kept in plain books too: what those books allow, and who is drawn next.
abstract contract RewardChance is RewardStreet, Chance, VoucherBook {
    uint256 public constant MEMBERS = 4;
    uint256 internal constant FIRST_MEMBER_KEY = 0x3e3b;

    function shopCount() public view returns (uint32) {
        return consortium.shopCount();
    }

    function member(uint256 index) public pure returns (address) {
        return vm.addr(FIRST_MEMBER_KEY + index);
    }

    // ---------------------------------------------------------------- what the books say

    function _forSale(uint256 reward, address who, uint256 count) internal view returns (bool) {
        Card storage what = card[reward];
        if (what.cancelled || !_open(reward) || _statusOf(what.shop) != ShopStatus.Active) return false;
        if (what.sold + count > what.stock) return false;
        return what.perMember == 0 || everBought[reward][who] + count <= what.perMember;
    }

    function _payable(address who, uint32 issuer, uint256 points) internal view returns (bool) {
        if (points == 0) return true;
        if (_statusOf(issuer) == ShopStatus.Defaulted || tokenOf(issuer).balanceOf(who) < points) return false;
        return clearing.canRedeemElsewhere(issuer, points * PAR);
    }

    function _open(uint256 reward) internal view returns (bool) {
        return block.timestamp >= card[reward].opensAt && block.timestamp <= card[reward].closesAt;
    }

    function _returnable(uint256 reward) internal view returns (bool) {
        Card storage what = card[reward];
        if (what.lapsed) return false;
        ShopStatus status = _statusOf(what.shop);
        bool long =
            status == ShopStatus.Suspended && block.timestamp - consortium.leavingOf(what.shop).suspendedAt > 30 days;
        return what.cancelled || long || status == ShopStatus.Exiting || status == ShopStatus.Defaulted;
    }

    function _statusOf(uint32 shop) internal view returns (ShopStatus) {
        return consortium.shopOf(shop).status;
    }

    /// @dev A member's points of all shops by age.
    function _agesOf(address who) internal view returns (uint256[5] memory ages) {
        for (uint32 shop = 1; shop <= shopCount(); ++shop) {
            uint256[5] memory lanes = _lanesOf(shop, who);
            for (uint256 age; age < 5; ++age) {
                ages[age] += lanes[age];
            }
        }
    }

    function _lanesOf(uint32 shop, address who) internal view returns (uint256[5] memory lanes) {
        (uint48[5] memory there, ) = tokenOf(shop).lanesOf(who);
        for (uint256 age; age < 5; ++age) {
            lanes[age] = there[age];
        }
    }

    // ---------------------------------------------------------------- whoever is drawn

    function _shop() internal returns (uint32) {
        return uint32(_roll(1, shopCount()));
    }

    /// @dev One of the newer rewards, mostly.
    function _card() internal returns (uint256) {
        uint256 newest = cards.length < 6 ? cards.length : 6;
        if (_roll(0, 3) == 0) return cards[_roll(0, cards.length - 1)];
        return cards[cards.length - _roll(1, newest)];
    }

    /// @dev The reward that can lapse first; now and then any.
    function _firstToClose() internal returns (uint256 reward) {
        if (_roll(0, 7) == 0) return _card();
        for (uint256 i; i < cards.length; ++i) {
            Card storage what = card[cards[i]];
            // A shop suspended now is so for long by then.
            if (what.lapsed || what.cancelled || _statusOf(what.shop) != ShopStatus.Active) continue;
            if (reward == 0 || what.closesAt < card[reward].closesAt) reward = cards[i];
        }
        if (reward == 0) reward = cards[cards.length - 1];
    }

    /// @dev A reward that is on sale, the first found from a random place on; now and then any.
    function _onSale() internal returns (uint256 reward) {
        uint256 start = _roll(0, cards.length - 1);
        if (_roll(0, 4) == 0) return cards[start];
        for (uint256 i; i < cards.length; ++i) {
            reward = cards[(start + i) % cards.length];
            if (_forSale(reward, address(0), 1)) return reward;
        }
    }

    /// @dev A member who has vouchers, the first found from a random place on; else the first of all.
    function _holding() internal returns (uint256 reward, uint256 who) {
        uint256 all = cards.length * MEMBERS;
        uint256 start = _roll(0, all - 1);
        for (uint256 i; i < all; ++i) {
            uint256 place = (start + i) % all;
            (reward, who) = (cards[place / MEMBERS], place % MEMBERS);
            if (vouchersOf(reward, member(who)) != 0) return (reward, who);
        }
    }
}
