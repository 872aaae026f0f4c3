// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Line} from "../../../contracts/interfaces/IRedemptions.sol";
import {TillKind} from "../../../contracts/libraries/TillWord.sol";
import {HandlerRewards} from "./HandlerRewards.sol";
import {MoneyBook} from "./MoneyBook.sol";

/// @notice Does what people on the street do, at random, with amounts just below, at and above every limit, and keeps
/// plain books of what should have come of it. What goes against the books is kept in `broken`.
contract Handler is HandlerRewards {
    uint256 public constant ACTS = 58;
    uint256 internal constant MOST_CATCHING_UP = 400;
    uint256 internal constant ACTS_A_THROW = 10;
    /// @dev An entry names its time of sale in 32 bits, which end in 2106: a story ends in time to catch up before.
    uint256 internal constant STORY_ENDS = 2 ** 32 - 20 * 365 days;

    uint256 internal turn;
    uint256 internal lastInTurn;

    /// @dev Three shops that are settled members of the street, and a charity, that only redeems.
    constructor() {
        found();
        moneyBook = new MoneyBook(PAR, RATIO);
        for (uint256 i; i < 3; ++i) {
            _open(false);
        }
        _open(true);
        _pass(300 days);
        for (uint32 shop = 1; shop <= 3; ++shop) {
            _fund(shop, 4_000 * PAR);
            for (uint256 i; i < 3; ++i) {
                _submit(_sell(shop, 1), 0);
            }
        }
    }

    /// @dev Two turns of three go round the acts, first of all those that never succeeded; the others are drawn.
    function act(uint256 dice) external {
        if (block.timestamp > STORY_ENDS) return;
        // The fuzzer likes some numbers better than others.
        seed = uint256(keccak256(abi.encode(dice, turn)));
        for (uint256 i; i < ACTS_A_THROW; ++i) {
            _once(++turn % 3 == 0 ? _roll(0, ACTS - 1) : _next());
        }
    }

    /// @dev What chance has kept from succeeding gets more turns at the end of a run, so that a run fails for an act
    /// that cannot succeed, and for no other reason. Life goes on in between: where nobody has points, nobody pays.
    function catchUp() external {
        for (uint256 i; i < MOST_CATCHING_UP; ++i) {
            uint256 meant = _next();
            if (succeeded[meant] != 0) return;
            _once(meant);
            _once(_roll(0, ACTS - 1));
        }
    }

    function _once(uint256 meant) private {
        doing = meant;
        try this.perform(meant) {} catch {
            _wrong("the handler itself stumbled");
        }
        doing = meant;
        _comparePositions();
    }

    /// @dev After every act, so that what goes wrong is known by its act.
    function _comparePositions() private {
        for (uint32 shop; shop <= shopCount(); ++shop) {
            (int128 net, uint128 reserve) = clearing.positionOf(shop);
            MoneyBook.Account memory account = moneyBook.accountOf(shop);
            _claim(net == account.net, "what a shop is owed or owes");
            _claim(reserve == account.reserve, "a shop's reserve");
        }
    }

    /// @dev The next act that has not succeeded yet, or just the next.
    function _next() private returns (uint256) {
        for (uint256 i = 1; i <= ACTS; ++i) {
            uint256 next = (lastInTurn + i) % ACTS;
            if (succeeded[next] == 0) return lastInTurn = next;
        }
        lastInTurn = (lastInTurn + 1) % ACTS;
        return lastInTurn;
    }

    /// @dev For this contract alone; from outside, so that a mistake of its own does not pass for a refusal.
    function perform(uint256 which) external {
        if (which < 14) _performAtTheTill(which);
        else if (which < 27) _performWithPoints(which);
        else if (which < 36) _performWithMoney(which);
        else if (which < 50) _performWithShops(which);
        else _performWithVouchers(which);
    }

    function _performAtTheTill(uint256 which) private {
        if (which == 0) _issue();
        else if (which == 1) _issueFromBudget(TillKind.Campaign);
        else if (which == 2) _issueFromBudget(TillKind.Import);
        else if (which == 3) _submitAgain();
        else if (which == 4) _revoke();
        else if (which == 5) _changeTillAllowance();
        else if (which == 6) _changeShopAllowance();
        else if (which == 7) _changeLimit();
        else if (which == 8) _pause();
        else if (which == 9) _resume();
        else if (which == 10) _reverse(0);
        else if (which == 11) _reverse(1);
        else if (which == 12) _reverse(2);
        else _reverseAgain();
    }

    function _performWithPoints(uint256 which) private {
        if (which == 14) _payAtIssuer();
        else if (which == 15) _payElsewhere();
        else if (which == 16) _payMixed();
        else if (which == 17) _payInList();
        else if (which == 18) _payAgain();
        else if (which == 19) _refund(false);
        else if (which == 20) _refund(true);
        else if (which == 21) _refundAgain();
        else if (which == 22) _transfer();
        else if (which == 23) _authorize();
        else if (which == 24) _authorizeAgain();
        else if (which == 25) _permit();
        else _letTimePass();
    }

    function _performWithMoney(uint256 which) private {
        if (which == 27) _endQuarter();
        else if (which == 28) _lapse();
        else if (which == 29) _beStrange();
        else if (which == 30) _beStrangeWithShops();
        else if (which == 31) _deposit();
        else if (which == 32) _withdraw();
        else if (which == 33) _settle();
        else if (which == 34) _donate();
        else _rehearse();
    }

    function _performWithShops(uint256 which) private {
        if (which == 36) _openAnother();
        else if (which == 37) _suspend();
        else if (which == 38) _reinstate();
        else if (which == 39) _changeRatio();
        else if (which == 40) _stress();
        else if (which == 41) _markStressed();
        else if (which == 42) _relieve();
        else if (which == 43) _announceExit();
        else if (which == 44) _finishExit();
        else if (which == 45) _declareDefault();
        else if (which == 46) _payAtDefaultPrice();
        else if (which == 47) _raisePrice();
        else if (which == 48) _changeBreakageShare();
        else _shareBreakage();
    }

    function _performWithVouchers(uint256 which) private {
        if (which == 50) _offer();
        else if (which == 51) _buy();
        else if (which == 52) _buyAgain();
        else if (which == 53) _use();
        else if (which == 54) _useAgain();
        else if (which == 55) _sendVouchers();
        else if (which == 56) _giveBack();
        else _closeReward();
    }

    function _spendAll(uint32 shop, uint32 till, uint256 who, uint256 points) internal override {
        Line[] memory lines = new Line[](1);
        lines[0] = Line(address(tokenOf(shop)), uint48(points));
        _pay(shop, till, _alone(_itemOf(who, shop, till, lines)));
    }
}
