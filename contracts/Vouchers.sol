// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";
import {IRewards, Offer} from "./interfaces/IRewards.sol";
import {IShopPoints} from "./interfaces/IShopPoints.sol";
import {Lanes} from "./libraries/Lanes.sol";
import {Tier} from "./libraries/StandingWord.sol";
import {VoucherId} from "./libraries/VoucherId.sol";

/// @notice The book of vouchers: who holds how many of which reward, and what they were paid with.
/// @dev OpenZeppelin's ERC-1155 with its books replaced: a holder's balance is the word of the points their vouchers of
/// a reward were paid with, divided by the price; the base contract's own balances stay empty. A word bears the stamp
/// of the offering shop's token; points of other issuers came in by their age, as each token has a clock of its own.
/// What would lapse by quarters waits in the oldest lane: a voucher lives as long as its reward does.
abstract contract Vouchers is IRewards, ERC1155 {
    /// @dev Two words: the first never changes but for its two marks, the second counts.
    struct Reward {
        uint48 price;
        uint32 stock;
        uint32 perMember;
        uint48 opensAt;
        uint48 closesAt;
        Tier tier;
        bool transferable;
        bool cancelled;
        bool lapsed;
        uint32 tierShop;
        uint32 sold;
        uint32 unused;
    }

    mapping(uint256 reward => Reward) internal _rewards;
    /// @dev What the vouchers of a holder were paid with.
    mapping(uint256 reward => mapping(address holder => Lanes)) private _paidWith;
    /// @dev What all unused vouchers of a shop were paid with.
    mapping(uint32 shop => uint256 points) internal _unusedPoints;

    constructor() ERC1155("") {}

    // ---------------------------------------------------------------- whoever asks

    /// @inheritdoc IRewards
    function offerOf(uint256 reward) external view returns (Offer memory) {
        Reward storage offered = _rewards[reward];
        return
            Offer({
                shop: offered.price == 0 ? 0 : VoucherId.shopOf(reward),
                price: offered.price,
                stock: offered.stock,
                perMember: offered.perMember,
                opensAt: offered.opensAt,
                closesAt: offered.closesAt,
                tier: offered.tier,
                tierShop: offered.tierShop,
                transferable: offered.transferable
            });
    }

    /// @inheritdoc IRewards
    function stateOf(uint256 reward) external view returns (uint32 sold, uint32 unused, bool cancelled, bool lapsed) {
        Reward storage offered = _rewards[reward];
        return (offered.sold, offered.unused, offered.cancelled, offered.lapsed);
    }

    /// @notice How many vouchers of a reward an account holds.
    function balanceOf(address holder, uint256 reward) public view override(ERC1155, IERC1155) returns (uint256) {
        Reward storage offered = _rewards[reward];
        if (offered.price == 0 || offered.lapsed) return 0;
        return _paidWith[reward][holder].total() / offered.price;
    }

    /// @notice The metadata of a reward's vouchers; empty where there is no such reward.
    function uri(uint256 reward) public view override returns (string memory) {
        return _rewards[reward].price == 0 ? "" : VoucherId.uri(reward);
    }

    // ---------------------------------------------------------------- within

    /// @dev The token a word's stamp is taken from.
    function _pointsOf(uint32 shop) internal view virtual returns (IShopPoints);

    function _rewardOf(uint256 reward) internal view returns (Reward storage offered) {
        offered = _rewards[reward];
        if (offered.price == 0) revert UnknownReward(reward);
    }

    /// @dev Reached by transfers only; selling, using and giving back have their own ways in.
    function _update(address from, address to, uint256[] memory rewards, uint256[] memory counts) internal override {
        if (rewards.length != counts.length) revert ERC1155InvalidArrayLength(rewards.length, counts.length);
        for (uint256 i; i < rewards.length; ++i) {
            if (!_rewardOf(rewards[i]).transferable) revert NotTransferable(rewards[i]);
            Lanes taken = _takeOldest(rewards[i], from, counts[i]);
            // Both words bear the running quarter's stamp.
            _paidWith[rewards[i]][to] = _wordOf(rewards[i], to).withLanes(taken);
        }
        if (rewards.length == 1) emit TransferSingle(msg.sender, from, to, rewards[0], counts[0]);
        else emit TransferBatch(msg.sender, from, to, rewards, counts);
    }

    /// @dev Writes vouchers down that were just sold for points of these lanes.
    function _sell(uint256 reward, address to, uint32 count, uint256 points, Lanes[] memory lanes) internal {
        Reward storage offered = _rewards[reward];
        Lanes word = _wordOf(reward, to);
        for (uint256 i; i < lanes.length; ++i) {
            // No lane can carry: all vouchers of a reward together were paid with less than a lane holds.
            word = word.withLanes(lanes[i]);
        }
        _paidWith[reward][to] = word;
        offered.sold += count;
        offered.unused += count;
        _unusedPoints[VoucherId.shopOf(reward)] += points;
        emit TransferSingle(msg.sender, address(0), to, reward, count);
    }

    /// @dev Takes the vouchers that were paid with the oldest points, as spending points does.
    function _takeOldest(uint256 reward, address holder, uint256 count) internal returns (Lanes taken) {
        Lanes word = _held(reward, holder, count);
        (taken, ) = word.oldestFirst(count * _rewards[reward].price);
        _paidWith[reward][holder] = word.withoutLanes(taken);
    }

    /// @dev Takes the vouchers that were paid with the youngest points: what stays a voucher loses no life by waiting.
    function _takeYoungest(uint256 reward, address holder, uint256 count) internal returns (Lanes taken) {
        Lanes word = _held(reward, holder, count);
        taken = word.youngestFirst(count * _rewards[reward].price);
        _paidWith[reward][holder] = word.withoutLanes(taken);
    }

    /// @dev Counts vouchers out that were taken from their holder; answers with what they were paid with.
    function _countOut(uint256 reward, address holder, uint256 count) internal returns (uint256 points) {
        Reward storage offered = _rewards[reward];
        points = count * offered.price;
        offered.unused -= uint32(count);
        _unusedPoints[VoucherId.shopOf(reward)] -= points;
        emit TransferSingle(msg.sender, holder, address(0), reward, count);
    }

    /// @dev The holder's word, which holds that many vouchers.
    function _held(uint256 reward, address holder, uint256 count) private view returns (Lanes) {
        if (_rewards[reward].lapsed) revert VouchersLapsed(reward);
        uint256 balance = balanceOf(holder, reward);
        if (balance < count) revert ERC1155InsufficientBalance(holder, balance, count, reward);
        return _wordOf(reward, holder);
    }

    /// @dev The holder's word in the running quarter of the shop's token; what is past its last lane stays in it.
    function _wordOf(uint256 reward, address holder) private view returns (Lanes) {
        (uint16 quarter, , ) = _pointsOf(VoucherId.shopOf(reward)).clock();
        return _paidWith[reward][holder].agedKeeping(quarter);
    }
}
