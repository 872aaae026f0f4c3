// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ClearingHouse} from "../../contracts/ClearingHouse.sol";
import {Consortium} from "../../contracts/Consortium.sol";
import {Network, Shop} from "../../contracts/interfaces/IConsortium.sol";
import {ShopStatus} from "../../contracts/libraries/ShopWord.sol";
import {PointsFactory} from "../../contracts/PointsFactory.sol";
import {ShopPoints} from "../../contracts/ShopPoints.sol";
import {StreetMoney} from "../../contracts/StreetMoney.sol";
import {Handler} from "./support/Handler.sol";
import {LotBook} from "./support/LotBook.sol";
import {MoneyBook} from "./support/MoneyBook.sol";
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

/// @notice What holds on the whole street whatever people do, after every throw of the dice.
contract NetworkTest is Test {
    Dice internal dice;
    Handler internal handler;
    ClearingHouse internal clearing;
    Consortium internal consortium;
    StreetMoney internal money;
    MoneyBook internal book;
    address[] internal agreedOn;
    bytes32[] internal codeAgreedOn;

    function setUp() public {
        handler = new Handler();
        dice = new Dice(handler);
        clearing = ClearingHouse(handler.theClearing());
        consortium = Consortium(handler.theConsortium());
        money = StreetMoney(handler.theMoney());
        book = handler.moneyBook();
        _remember_the_code();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(dice);
    }

    /// @dev One campaign for all of them: each rule is looked at in every state that was reached.
    function invariant_the_street_keeps_its_rules() public view {
        string memory broken = handler.broken();
        if (bytes(broken).length != 0) revert Differs(broken, handler.brokenIn(), 0);
        _nobody_has_changed_the_code();
        _money_is_neither_made_nor_lost();
        for (uint32 shop = 1; shop <= handler.shopCount(); ++shop) {
            _the_shop_stands_where_the_books_say(shop);
            _the_points_agree_with_plain_books(shop, ShopPoints(handler.pointsOf(shop)), handler.books(shop));
            _the_price_pays_every_point(shop);
        }
    }

    /// @dev Every contract that the network names; a shop's token stands where its code and its terms put it.
    function _remember_the_code() private {
        Network memory network = consortium.network();
        agreedOn = [network.consortium, network.factory, network.issuance, network.redemptions, network.clearingHouse];
        agreedOn.push(network.standing);
        agreedOn.push(network.membership);
        agreedOn.push(network.accounts);
        agreedOn.push(network.rewards);
        for (uint256 i; i < agreedOn.length; ++i) {
            codeAgreedOn.push(agreedOn[i].codehash);
        }
    }

    function _nobody_has_changed_the_code() private view {
        for (uint256 i; i < agreedOn.length; ++i) {
            ok(agreedOn[i].codehash == codeAgreedOn[i], "the code all have agreed on");
        }
        PointsFactory factory = PointsFactory(consortium.network().factory);
        for (uint32 shop = 1; shop <= handler.shopCount(); ++shop) {
            eq(factory.addressOf(shop), handler.pointsOf(shop), "the token that its terms make");
        }
    }

    function _money_is_neither_made_nor_lost() private view {
        uint256 pool = clearing.pool();
        (int128 house, uint128 none) = clearing.positionOf(0);
        int256 nets = house;
        uint256 reserves = none;
        ok(
            house + int256(uint256(none)) == int256(handler.unusedValue()),
            "the house holds what unused vouchers are worth"
        );
        ok(house == book.accountOf(0).net, "what the house is owed or owes");
        for (uint32 shop = 1; shop <= handler.shopCount(); ++shop) {
            (int128 net, uint128 reserve) = clearing.positionOf(shop);
            nets += net;
            reserves += reserve;
            ok(int256(uint256(reserve)) + net >= 0, "no shop owes more than it has");
        }
        ok(nets == int256(pool), "the sum of net is the pool");
        eq(pool, book.pool(), "the pool is that of the books");
        eq(money.balanceOf(address(clearing)), reserves + pool + book.donated(), "the money is there");
        eq(book.deposited() - book.withdrawn(), reserves + pool, "what came in less what went out");
    }

    function _the_shop_stands_where_the_books_say(uint32 shop) private view {
        MoneyBook.Account memory account = book.accountOf(shop);
        (int128 net, uint128 reserve) = clearing.positionOf(shop);
        ok(net == account.net, "what the shop is owed or owes");
        eq(reserve, account.reserve, "its reserve");
        Shop memory entered = consortium.shopOf(shop);
        ok(entered.status == account.status, "where it stands in the consortium");
        eq(clearing.stressedAt(shop), account.stressedAt, "since when it is stressed");
        eq(consortium.requiredRatioOf(shop), book.ratio(shop), "the ratio it must keep");
        eq(clearing.requiredReserveOf(shop), book.required(shop), "what it must keep");
        eq(clearing.freeReserveOf(shop), book.free(shop), "what it may withdraw");
        eq(clearing.issuableOf(shop), book.issuable(shop), "what it may issue");
    }

    function _the_points_agree_with_plain_books(uint32 shop, ShopPoints points, LotBook lots) private view {
        uint256[5] memory sums;
        uint256 balances;
        for (uint256 i; i < handler.MEMBERS(); ++i) {
            address member = handler.member(i);
            (uint48[5] memory lanes, uint16 stamp) = points.lanesOf(member);
            eq(stamp, lots.quarter(), "the quarter");
            for (uint256 age; age < 5; ++age) {
                eq(lanes[age], lots.laneOf(member, age), "a member's lane");
                sums[age] += lanes[age];
            }
            eq(points.debtOf(member), lots.debtOf(member), "a member's debt");
            balances += points.balanceOf(member);
        }
        (uint48[5] memory supply, ) = points.supplyLanes();
        for (uint256 age; age < 5; ++age) {
            eq(supply[age], sums[age], "a lane of the supply is the sum of the members' lanes");
        }
        eq(points.totalSupply(), balances, "the supply is the sum of balances");
        eq(clearing.liabilityOf(shop), balances * 100, "the liability is the supply at par");
        eq(lots.issued() + lots.refunded(), lots.burned() + lots.lapsed() + balances, "what came is what went and is");
        (uint16 quarter, uint48 startedAt, uint48 noticeAt) = points.clock();
        ok(quarter == lots.quarter() && startedAt == lots.startedAt(), "when the quarter began");
        eq(noticeAt, lots.noticeAt(), "when its end was announced");
    }

    function _the_price_pays_every_point(uint32 shop) private view {
        (uint128 part, uint128 whole) = clearing.priceOf(shop);
        MoneyBook.Account memory account = book.accountOf(shop);
        eq(part, account.priceMoney, "the price's money");
        eq(whole, account.priceLiability, "the price's liability");
        if (account.status != ShopStatus.Defaulted) return;
        ok(book.all(shop) * whole >= clearing.liabilityOf(shop) * part, "the price pays every remaining point");
    }

    function afterInvariant() public {
        handler.catchUp();
        invariant_the_street_keeps_its_rules();
        for (uint256 i; i < handler.ACTS(); ++i) {
            if (handler.succeeded(i) == 0) revert Differs("an act never succeeded in this run", i, 1);
        }
    }
}
