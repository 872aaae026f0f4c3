// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ClearingHouse} from "../../contracts/ClearingHouse.sol";
import {ShopPoints} from "../../contracts/ShopPoints.sol";
import {StreetMoney} from "../../contracts/StreetMoney.sol";
import {Handler} from "./support/Handler.sol";
import {LotBook} from "./support/LotBook.sol";
import {Test} from "./support/Test.sol";

/// @notice What the fuzzer drives: it recognises small contracts only, and the handler carries the whole network.
contract Dice {
    Handler private immutable _handler;

    constructor(Handler handler) {
        _handler = handler;
    }

    function thrown(uint256 dice) external {
        _handler.act(dice);
    }
}

/// @notice What holds on the whole street whatever people do, after every single act of theirs.
contract NetworkTest is Test {
    Dice internal dice;
    Handler internal handler;
    ClearingHouse internal clearing;
    StreetMoney internal money;

    function setUp() public {
        handler = new Handler();
        dice = new Dice(handler);
        clearing = ClearingHouse(handler.theClearing());
        money = StreetMoney(handler.theMoney());
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(dice);
    }

    function invariant_money_is_neither_made_nor_lost() public view {
        int256 nets;
        uint256 reserves;
        for (uint32 shop = 1; shop <= handler.SHOPS(); ++shop) {
            (int128 net, uint128 reserve) = clearing.positionOf(shop);
            nets += net;
            reserves += reserve;
            ok(int256(uint256(reserve)) + net >= 0, "no shop owes more than it has");
        }
        ok(nets == int256(clearing.pool()), "the sum of net is the pool");
        ok(money.balanceOf(address(clearing)) >= reserves + clearing.pool(), "the money is there");
        eq(handler.deposited() - handler.withdrawn(), reserves + clearing.pool(), "what came in less what went out");
    }

    function invariant_the_points_agree_with_plain_books_lane_by_lane() public view {
        for (uint32 shop = 1; shop <= handler.SHOPS(); ++shop) {
            ShopPoints points = ShopPoints(handler.pointsOf(shop));
            LotBook book = handler.books(shop);
            uint256[5] memory sums;
            uint256 balances;
            uint256 lapsed;
            for (uint256 i; i < handler.MEMBERS(); ++i) {
                address member = handler.member(i);
                (uint48[5] memory lanes, ) = points.lanesOf(member);
                for (uint256 age; age < 5; ++age) {
                    eq(lanes[age], book.laneOf(member, age), "a member's lane");
                    sums[age] += lanes[age];
                }
                balances += points.balanceOf(member);
                lapsed += book.lapsedOf(member);
            }
            (uint48[5] memory supply, ) = points.supplyLanes();
            for (uint256 age; age < 5; ++age) {
                eq(supply[age], sums[age], "a lane of the supply is the sum of the members' lanes");
            }
            eq(points.totalSupply(), balances, "the supply is the sum of balances");
            eq(book.issued(), book.burned() + lapsed + points.totalSupply(), "issued = burned + lapsed + supply");
        }
    }

    function invariant_every_act_came_out_as_its_rule_says() public view {
        string memory broken = handler.broken();
        if (bytes(broken).length != 0) revert NotSo(broken);
    }

    function afterInvariant() public view {
        for (uint256 i; i < handler.ACTS(); ++i) {
            if (handler.succeeded(i) == 0) revert Differs("an act never succeeded in this run", i, 1);
        }
    }
}
