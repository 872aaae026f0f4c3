// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Line} from "../../../contracts/interfaces/IRedemptions.sol";
import {ShopStatus} from "../../../contracts/libraries/ShopWord.sol";
import {RewardActs} from "./RewardActs.sol";

/// @notice Does with vouchers what people do, at random, with numbers just below, at and above every limit.
contract RewardHandler is RewardActs {
    uint32 internal constant SHOPS = 3;
    /// @dev Leaves the street in the course of a run, and cannot pay.
    uint32 internal constant LEAVING = 3;
    uint256 internal constant EXIT_AT = 42;
    uint256 internal constant DEFAULT_AT = 52;
    /// @dev Those that are drawn: the last two have their turns.
    uint256 internal constant DRAWN = ACTS - 2;

    uint256 internal turn;

    constructor() {
        found();
        for (uint32 shop = 1; shop <= SHOPS; ++shop) {
            openShop(0);
            _fund(shop, 10_000 * PAR);
        }
        vm.warp(NOON + 361 days);
        for (uint32 shop = 1; shop <= SHOPS; ++shop) {
            _issue(shop, 2_000);
            _offerSomething(shop);
        }
        // What the street began with is no act of a run.
        for (uint256 i; i < ACTS; ++i) {
            delete succeeded[i];
        }
    }

    /// @dev Every other turn tries an act that has not succeeded yet, in turn; the others are drawn. The shop that
    /// leaves does so late: the street would be empty too soon.
    function act(uint256 dice) external {
        // The fuzzer likes some numbers better than others.
        seed = uint256(keccak256(abi.encode(dice, ++turn)));
        uint256 which = turn % 2 == 0 ? _roll(0, DRAWN - 1) : _neverYet();
        if (turn == EXIT_AT) which = uint256(Act.AnnounceExit);
        if (turn == DEFAULT_AT) which = uint256(Act.Default);
        // Without vouchers in people's hands not much can happen.
        if (_roll(0, 1) == 0) _buySomething(_onSale());
        _perform(Act(which));
    }

    /// @dev The next act that never succeeded; any where all did.
    function _neverYet() internal returns (uint256 which) {
        for (uint256 i; i < DRAWN; ++i) {
            which = (turn / 2 + i) % DRAWN;
            if (succeeded[which] == 0) return which;
        }
        return _roll(0, DRAWN - 1);
    }

    function _perform(Act which) internal {
        if (which == Act.Buy) _buySomething(_onSale());
        else if (which == Act.Offer) _offerSomething(_shop());
        else if (which == Act.Send) _sendSome();
        else if (which == Act.Use) _useSome();
        else if (which == Act.GiveBack) _giveSomeBack();
        else if (which == Act.BuyAgain) _buySomethingAgain();
        else if (which == Act.EndQuarter) _endQuarter(_shop());
        else if (which == Act.Settle) _settleSome();
        else if (which == Act.LetTimePass) _letTimePass(_roll(0, 20 days));
        else if (which == Act.Issue) _issue(_shop(), 300);
        else if (which == Act.GiveAllBack) _cancelAndGiveBack();
        else if (which == Act.Lapse) _lapseTheFirst();
        else if (which == Act.Suspend) _suspendOrReinstate();
        else if (which == Act.AnnounceExit) _announceExit(LEAVING);
        else _defaultLate();
    }

    function theRewards() external view returns (address) {
        return address(rewards);
    }

    function theClearing() external view returns (address) {
        return address(clearing);
    }

    function theMoney() external view returns (address) {
        return address(money);
    }

    // ---------------------------------------------------------------- what chance has kept from succeeding

    /// @dev A run can end in a street where some act is no longer possible: every shop suspended, nothing on sale. So
    /// each act that never succeeded is done once more where nothing stands against it, in a shop opened for it; then
    /// a run fails for an act that cannot succeed, and for no other reason. Nothing here is drawn.
    function catchUp() external {
        for (uint256 i; i < ACTS; ++i) {
            if (succeeded[i] == 0) _performInNewShop(Act(i));
        }
    }

    function _performInNewShop(Act which) internal {
        uint32 shop = openShop(0);
        // As settled as the others, so that it may leave with less than its points are worth.
        vm.warp(block.timestamp + 361 days);
        _issue(shop, 300);
        uint256 reward = _offer(_plain(shop));
        _buy(reward, 0, 4, one(shop, 4 * card[reward].price), _payable(member(0), shop, 4 * card[reward].price));
        if (which == Act.Send) _send(reward, member(0), member(1), 1);
        else if (which == Act.Use) _use(reward, 0, 1);
        else if (which == Act.GiveBack) _giveBack(reward, member(0), 1);
        else if (which == Act.BuyAgain) _buyAgain(purchases.length - 1);
        else if (which == Act.EndQuarter) _endQuarter(shop);
        else if (which == Act.Settle) _settleAll();
        else if (which == Act.LetTimePass) _letTimePass(1 days);
        else if (which == Act.GiveAllBack) _cancelAndGiveAllBack(reward);
        else if (which == Act.Lapse) _lapseInTime(reward);
        else if (which == Act.Suspend) _suspend(shop);
        else if (which == Act.AnnounceExit) _announceExit(shop);
        else if (which == Act.Default) _leaveAndDefault(shop);
    }

    /// @dev For everybody, from now on, to be sent on, and as often as they like.
    function _plain(uint32 shop) internal view returns (Card memory what) {
        (what.shop, what.price, what.stock, what.transferable) = (shop, 20, 8, true);
        (what.opensAt, what.closesAt) = (block.timestamp, block.timestamp + 200 days);
    }

    function _settleAll() internal {
        uint32[] memory shops = new uint32[](shopCount() + 1);
        for (uint32 shop; shop < shops.length; ++shop) {
            shops[shop] = shop;
        }
        _settle(shops);
    }

    function _cancelAndGiveAllBack(uint256 reward) internal {
        _cancel(reward);
        _giveAllBack(reward, these(member(0), member(1)));
    }

    function _lapseInTime(uint256 reward) internal {
        vm.warp(card[reward].closesAt + 30 days);
        _lapse(reward);
    }

    function _leaveAndDefault(uint32 shop) internal {
        _announceExit(shop);
        _default(shop);
    }

    // ---------------------------------------------------------------- the shops' side

    function _offerSomething(uint32 shop) internal {
        uint256 from = block.timestamp + (_roll(0, 3) == 0 ? _roll(1, 20 days) : 0);
        uint256 until = from + (_roll(0, 2) == 0 ? _roll(5 days, 40 days) : _roll(400 days, 900 days));
        Card memory what = Card({
            shop: shop,
            price: _roll(1, 60),
            stock: _roll(1, 12),
            perMember: _roll(0, 2) == 0 ? _roll(1, 4) : 0,
            opensAt: from,
            closesAt: until,
            transferable: _roll(0, 3) != 0,
            cancelled: false,
            lapsed: false,
            sold: 0,
            unused: 0
        });
        _offer(what);
    }

    function _cancelAndGiveBack() internal {
        (uint256 reward, ) = _holding();
        _cancel(reward);
        _giveBackTo(reward);
    }

    /// @dev Some of the holders, now and then one of them twice.
    function _giveBackTo(uint256 reward) internal {
        address[] memory some = new address[](8);
        for (uint256 i; i < 8; ++i) {
            some[i] = member(_roll(0, MEMBERS - 1));
        }
        _giveAllBack(reward, some);
    }

    function _suspendOrReinstate() internal {
        uint32 shop = _shop();
        ShopStatus status = _statusOf(shop);
        if (status == ShopStatus.Active) {
            _suspend(shop);
            if (_roll(0, 1) == 0) vm.warp(block.timestamp + _roll(29 days, 31 days));
            _giveBackTo(_card());
            _buySomething(_card());
            status = _roll(0, 2) == 0 ? ShopStatus.Active : ShopStatus.Suspended;
        }
        if (status == ShopStatus.Suspended) _reinstate(shop);
    }

    function _defaultLate() internal {
        _default(LEAVING);
        _giveBackTo(_card());
    }

    // ---------------------------------------------------------------- the members' side

    function _buySomething(uint256 reward) internal {
        uint256 who = _roll(0, MEMBERS - 1);
        uint256 left = card[reward].stock - card[reward].sold;
        uint256 count = _roll(0, 3) == 0 ? _about(left) : _roll(1, 2);
        (Line[] memory lines, bool payable_) = _drawLines(member(who), count * card[reward].price);
        _buy(reward, who, count, lines, payable_);
    }

    /// @dev Points of one shop or of two; and whether they are there and their issuers can spare the money.
    function _drawLines(address who, uint256 points) internal returns (Line[] memory lines, bool payable_) {
        uint32 a = _shop();
        uint256 ofA = _roll(0, 2) == 0 ? points : _roll(0, points);
        if (ofA == 0 || ofA == points) return (one(a, points), _payable(who, a, points));
        uint32 b = (a % SHOPS) + 1;
        return (two(a, ofA, b, points - ofA), _payable(who, a, ofA) && _payable(who, b, points - ofA));
    }

    function _buySomethingAgain() internal {
        if (purchases.length != 0) _buyAgain(_roll(0, purchases.length - 1));
    }

    function _sendSome() internal {
        (uint256 reward, uint256 from) = _holding();
        address receiver = member(_roll(0, MEMBERS - 1));
        _send(reward, member(from), receiver, _about(vouchersOf(reward, member(from))));
    }

    function _useSome() internal {
        (uint256 reward, uint256 who) = _holding();
        _use(reward, who, _about(vouchersOf(reward, member(who))));
    }

    function _giveSomeBack() internal {
        (uint256 reward, uint256 who) = _holding();
        _giveBack(reward, member(who), _about(vouchersOf(reward, member(who))));
    }

    // ---------------------------------------------------------------- anyone, and time

    function _lapseTheFirst() internal {
        uint256 reward = _firstToClose();
        uint256 from = card[reward].closesAt + 30 days;
        if (block.timestamp < from) vm.warp(_roll(0, 3) == 0 ? from - 1 : from);
        if (_lapse(reward)) _offerSomething(card[reward].shop);
    }

    function _settleSome() internal {
        uint32[] memory shops = new uint32[](_roll(1, 4));
        for (uint256 i; i < shops.length; ++i) {
            // The house as well: some of its value then stands as reserve.
            shops[i] = uint32(_roll(0, SHOPS));
        }
        _settle(shops);
    }
}
