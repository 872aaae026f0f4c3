// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ClearingHouse} from "../../contracts/ClearingHouse.sol";
import {Rewards} from "../../contracts/Rewards.sol";
import {StreetMoney} from "../../contracts/StreetMoney.sol";
import {RewardHandler} from "./support/RewardHandler.sol";
import {Test} from "./support/Test.sol";
import {VoucherBook} from "./support/VoucherBook.sol";

/// @notice What the fuzzer drives: it recognises small contracts only, and the handler carries the whole network.
contract RewardDice {
    RewardHandler private immutable _handler;

    constructor(RewardHandler handler) {
        _handler = handler;
    }

    function thrown(uint256 dice) external {
        _handler.act(dice);
    }
}

/// @notice What holds for vouchers whatever people do, after every single act of theirs.
contract RewardsBooksTest is Test {
    uint256 internal constant PAR = 100;

    RewardDice internal dice;
    RewardHandler internal handler;
    Rewards internal rewards;
    ClearingHouse internal clearing;
    StreetMoney internal money;

    function setUp() public {
        handler = new RewardHandler();
        dice = new RewardDice(handler);
        rewards = Rewards(handler.theRewards());
        clearing = ClearingHouse(handler.theClearing());
        money = StreetMoney(handler.theMoney());
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(dice);
    }

    /// @dev One campaign for all of them: each rule is looked at in every state that was reached.
    function invariant_vouchers_keep_their_rules() public view {
        string memory broken = handler.broken();
        if (bytes(broken).length != 0) revert NotSo(broken);
        _the_house_holds_the_value_of_unused_vouchers_and_nothing_else();
        _vouchers_agree_with_plain_books();
        _money_is_neither_made_nor_lost();
    }

    function _the_house_holds_the_value_of_unused_vouchers_and_nothing_else() private view {
        uint256 points;
        for (uint32 shop = 1; shop <= handler.shopCount(); ++shop) {
            uint256 ofShop = handler.unusedPointsOf(shop);
            eq(rewards.outstandingOf(shop), ofShop * PAR, "what the shop's vouchers are worth");
            points += ofShop;
        }
        (int128 net, uint128 reserve) = clearing.positionOf(0);
        ok(int256(net) + int256(uint256(reserve)) == int256(points * PAR), "and the house holds it");
    }

    function _vouchers_agree_with_plain_books() private view {
        for (uint256 i; i < handler.cardCount(); ++i) {
            uint256 reward = handler.cards(i);
            VoucherBook.Card memory card = handler.cardOf(reward);
            (uint32 sold, uint32 unused, bool cancelled, bool lapsed) = rewards.stateOf(reward);
            eq(sold, card.sold, "sold");
            eq(unused, card.unused, "unused");
            ok(cancelled == card.cancelled && lapsed == card.lapsed, "cancelled and lapsed");
            ok(sold <= card.stock, "never more than there are");
            eq(_held(reward), unused, "the unused are the members'");
        }
    }

    function _held(uint256 reward) private view returns (uint256 held) {
        for (uint256 i; i < handler.MEMBERS(); ++i) {
            address member = handler.member(i);
            uint256 balance = rewards.balanceOf(member, reward);
            eq(balance, handler.vouchersOf(reward, member), "a member's vouchers");
            eq(rewards.boughtBy(reward, member), handler.everBought(reward, member), "ever bought");
            held += balance;
        }
    }

    function _money_is_neither_made_nor_lost() private view {
        int256 nets;
        uint256 reserves;
        for (uint32 shop; shop <= handler.shopCount(); ++shop) {
            (int128 net, uint128 reserve) = clearing.positionOf(shop);
            nets += net;
            reserves += reserve;
            ok(int256(uint256(reserve)) + net >= 0, "nobody owes more than they have");
        }
        ok(nets == int256(clearing.pool()), "the sum of net is the pool");
        eq(money.balanceOf(address(clearing)), reserves + clearing.pool(), "the money is there");
        eq(handler.deposited() - handler.withdrawn(), reserves + clearing.pool(), "what came in less what went out");
    }

    function afterInvariant() public {
        handler.catchUp();
        invariant_vouchers_keep_their_rules();
        _everyActSucceeded();
    }

    function test_an_act_that_chance_forgot_is_done_in_the_end() public {
        handler.catchUp();
        _everyActSucceeded();
    }

    function _everyActSucceeded() private view {
        for (uint256 i; i < handler.ACTS(); ++i) {
            if (handler.succeeded(i) == 0) revert Differs("an act never succeeded in this run", i, 1);
        }
    }
}
