// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Line} from "../../../contracts/interfaces/IRedemptions.sol";
import {Offer, Purchase, Use} from "../../../contracts/interfaces/IRewards.sol";
import {ShopStatus} from "../../../contracts/libraries/ShopWord.sol";
import {Tier} from "../../../contracts/libraries/StandingWord.sol";
import {RewardChance} from "./RewardChance.sol";

/// @notice What people do with vouchers, without chance: each act is tried as it is given, judged by the plain books,
/// and written into them where it stood. What goes against the books is kept in `broken`.
abstract contract RewardActs is RewardChance {
    enum Act {
        Buy,
        Offer,
        Send,
        Use,
        GiveBack,
        BuyAgain,
        EndQuarter,
        Settle,
        LetTimePass,
        Issue,
        GiveAllBack,
        Lapse,
        Suspend,
        AnnounceExit,
        Default
    }

    uint256 public constant ACTS = 15;

    string public broken;
    uint256 public deposited;
    uint256 public withdrawn;
    mapping(uint256 act => uint256) public succeeded;
    /// @dev Those that stood, as they were submitted.
    bytes[] internal purchases;
    mapping(uint32 shop => uint64) internal nextReceipt;
    uint256 internal nextNonce;

    function _done(Act which) internal {
        ++succeeded[uint256(which)];
    }

    function _claim(bool holds, string memory what) internal {
        if (!holds) broken = what;
    }

    // ---------------------------------------------------------------- the shops' side

    function _offer(Card memory what) internal returns (uint256 reward) {
        Offer memory offer_ = Offer(
            what.shop,
            uint48(what.price),
            uint32(what.stock),
            uint32(what.perMember),
            uint48(what.opensAt),
            uint48(what.closesAt),
            Tier.None,
            0,
            what.transferable
        );
        vm.prank(ownerFor(what.shop));
        (bool done, bytes memory answer) = address(rewards).call(abi.encodeCall(rewards.offer, (offer_, CONTENT)));
        _claim(done == (_statusOf(what.shop) == ShopStatus.Active), "exactly active shops offer");
        if (!done) return 0;
        reward = abi.decode(answer, (uint256));
        _write(reward, what);
        _done(Act.Offer);
    }

    function _cancel(uint256 reward) internal {
        bool may = !card[reward].cancelled && !card[reward].lapsed;
        vm.prank(ownerFor(card[reward].shop));
        (bool done, ) = address(rewards).call(abi.encodeCall(rewards.cancelOffer, (reward)));
        _claim(done == may, "a reward is cancelled once, and not after it lapsed");
        if (done) card[reward].cancelled = true;
    }

    function _giveAllBack(uint256 reward, address[] memory of_) internal {
        bool may = rewards.returnable(reward);
        _claim(may == _returnable(reward), "it is returnable exactly when the rule says");
        uint256 back;
        (bool done, ) = address(rewards).call(abi.encodeCall(rewards.giveBackAll, (reward, of_)));
        _claim(done == may, "anyone gives back exactly what is returnable");
        if (!done) return;
        for (uint256 i; i < of_.length; ++i) {
            uint256 count = vouchersOf(reward, of_[i]);
            back += count;
            _returned(reward, of_[i], count);
        }
        if (back != 0) _done(Act.GiveAllBack);
    }

    function _suspend(uint32 shop) internal {
        vm.prank(board);
        consortium.suspend(shop);
        _done(Act.Suspend);
    }

    function _reinstate(uint32 shop) internal {
        vm.prank(board);
        consortium.reinstate(shop);
    }

    /// @dev The shop takes what it may, and cannot pay all its points.
    function _announceExit(uint32 shop) internal {
        uint256 free = clearing.freeReserveOf(shop);
        address owner = ownerFor(shop);
        vm.prank(owner);
        clearing.withdraw(shop, owner, free);
        withdrawn += free;
        vm.prank(owner);
        consortium.announceExit(shop);
        _done(Act.AnnounceExit);
    }

    function _default(uint32 shop) internal {
        uint256 from = consortium.leavingOf(shop).exitAnnouncedAt + 30 days;
        if (block.timestamp < from) vm.warp(from);
        (int128 net, uint128 reserve) = clearing.positionOf(shop);
        bool short = uint256(int256(uint256(reserve)) + net) < clearing.liabilityOf(shop);
        (bool done, ) = address(clearing).call(abi.encodeCall(clearing.declareDefault, (shop)));
        _claim(done == short, "who is short of its points defaults");
        if (done) _done(Act.Default);
    }

    // ---------------------------------------------------------------- the members' side

    /// @dev `payable_`: the points are there, and their issuers can spare the money.
    function _buy(uint256 reward, uint256 who, uint256 count, Line[] memory lines, bool payable_) internal {
        Purchase memory what = Purchase(member(who), reward, uint32(count), nextNonce++, type(uint48).max, lines, "");
        sign(FIRST_MEMBER_KEY + who, what);
        bool may = count != 0 && payable_ && _forSale(reward, what.member, count);
        uint256[5] memory cost = _agesOf(what.member);
        uint256 had = rewards.balanceOf(what.member, reward);
        rewards.buy(only(what));
        bool done = rewards.balanceOf(what.member, reward) != had;
        _claim(done == may, "a purchase stands exactly when the books say");
        _claim(rewards.nonceUsed(what.member, what.nonce) == done, "a number is used when the purchase stands");
        uint256[5] memory has = _agesOf(what.member);
        for (uint256 age; age < 5; ++age) {
            cost[age] -= has[age];
        }
        if (!done) return _claim(_sum(cost) == 0, "what is refused costs nothing");
        _bought(reward, what.member, count, cost);
        purchases.push(abi.encode(what));
        _done(Act.Buy);
    }

    function _buyAgain(uint256 purchase_) internal {
        Purchase memory what = abi.decode(purchases[purchase_], (Purchase));
        rewards.buy(only(what));
        _done(Act.BuyAgain);
    }

    function _send(uint256 reward, address sender, address receiver, uint256 count) internal {
        Card storage what = card[reward];
        bool may = what.transferable && !what.lapsed && count <= vouchersOf(reward, sender);
        vm.prank(sender);
        bytes memory call = abi.encodeCall(rewards.safeTransferFrom, (sender, receiver, reward, count, ""));
        (bool done, ) = address(rewards).call(call);
        _claim(done == may, "a voucher is sent exactly when it may be");
        if (!done) return;
        _sent(reward, sender, receiver, count);
        _done(Act.Send);
    }

    function _use(uint256 reward, uint256 who, uint256 count) internal {
        uint32 shop = card[reward].shop;
        Use memory what = Use(member(who), reward, uint32(count), nextReceipt[shop]++, type(uint48).max, "");
        sign(FIRST_MEMBER_KEY + who, shop, 1, what);
        ShopStatus status = _statusOf(shop);
        bool takes = status == ShopStatus.Active || status == ShopStatus.Exiting;
        bool may = takes && count != 0 && count <= vouchersOf(reward, what.holder) && _open(reward);
        bytes memory accepted = acceptance(shop, 1, only(what));
        (bool done, ) = address(rewards).call(abi.encodeCall(rewards.use, (shop, 1, only(what), accepted)));
        _claim(done == takes, "a shop that is there takes vouchers");
        _claim(rewards.useSpent(shop, 1, what.sequence) == may, "a use stands exactly when the books say");
        if (!may) return;
        _used(reward, what.holder, count);
        _done(Act.Use);
    }

    function _giveBack(uint256 reward, address holder, uint256 count) internal {
        bool may = count != 0 && count <= vouchersOf(reward, holder);
        uint256[5] memory before = _lanesOf(card[reward].shop, holder);
        vm.prank(holder);
        (bool done, ) = address(rewards).call(abi.encodeCall(rewards.giveBack, (reward, uint32(count))));
        _claim(done == may, "a holder gives back what they have");
        if (!done) return;
        uint256[5] memory back = _returned(reward, holder, count);
        uint256[5] memory after_ = _lanesOf(card[reward].shop, holder);
        for (uint256 age; age < 5; ++age) {
            _claim(after_[age] - before[age] == back[age], "the lanes that come back are those of the books");
        }
        _done(Act.GiveBack);
    }

    // ---------------------------------------------------------------- anyone, and time

    function _lapse(uint256 reward) internal returns (bool done) {
        Card storage what = card[reward];
        bool may = !what.lapsed && block.timestamp >= what.closesAt + 30 days && !_returnable(reward);
        (done, ) = address(rewards).call(abi.encodeCall(rewards.lapseUnused, (reward)));
        _claim(done == may, "unused vouchers lapse exactly when the rule says");
        if (!done) return false;
        _lapsed(reward);
        _done(Act.Lapse);
    }

    /// @dev To every member.
    function _issue(uint32 shop, uint256 points) internal {
        if (_statusOf(shop) != ShopStatus.Active) return;
        _fund(shop, MEMBERS * points * PAR);
        bytes memory entries;
        for (uint256 i; i < MEMBERS; ++i) {
            entries = abi.encodePacked(entries, entry(member(i), points));
        }
        issue(shop, 1, nextReceipt[shop], entries);
        nextReceipt[shop] += uint64(MEMBERS);
        _done(Act.Issue);
    }

    function _endQuarter(uint32 shop) internal {
        if (_statusOf(shop) == ShopStatus.Defaulted) return;
        endQuarter(shop);
        _grewOlder(shop);
        _done(Act.EndQuarter);
    }

    function _letTimePass(uint256 span) internal {
        vm.warp(block.timestamp + span);
        _done(Act.LetTimePass);
    }

    function _settle(uint32[] memory shops) internal {
        clearing.settle(shops);
        _done(Act.Settle);
    }

    function _fund(uint32 shop, uint256 amount) internal {
        fund(shop, amount);
        deposited += amount;
    }
}
