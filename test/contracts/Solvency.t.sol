// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IssuerMode} from "../../contracts/interfaces/IConsortium.sol";
import {Payment} from "../../contracts/interfaces/IRedemptions.sol";
import {ShopStatus} from "../../contracts/libraries/ShopWord.sol";
import {ShopPoints} from "../../contracts/ShopPoints.sol";
import {Chance} from "./support/Chance.sol";
import {Counter} from "./support/Counter.sol";

/// @notice From wherever chance has led the street: everybody can be settled, whoever stays can take out what is free,
/// every point of a shop in default is paid at its price, and the money adds up (N-14).
contract SolvencyTest is Counter, Chance {
    uint256 internal constant ADA = 0xada;
    uint256 internal constant BEN = 0xbe4;
    uint32 internal constant SHOPS = 4;
    uint32 internal charity;
    uint64 internal sequence;
    uint256[6] internal times;
    bytes[] internal payments;
    uint32[] internal takenAt;

    /// @dev A year on: old points that lapse next, younger ones, and what is above 30 % is free.
    function setUp() public {
        found();
        charity = openCharity();
        newTill(charity);
        for (uint256 i; i < SHOPS; ++i) {
            openShop(1_000 * PAR);
        }
        setRatio(RATIO);
        issueAll(1);
        for (uint256 i; i < 4; ++i) {
            endQuarters();
        }
        issueAll(9);
        delete payments;
        delete takenAt;
        sequence = 100;
    }

    function testFuzz_wherever_chance_leads_everybody_is_paid(uint256 dice) public {
        goWherever(dice);
    }

    /// @dev Else the promise above would be an empty one.
    function test_chance_leads_everywhere() public {
        for (uint256 dice; dice < 8; ++dice) {
            if (dice != 0) setUp();
            goWherever(uint256(keccak256(abi.encode(dice))));
        }
        string[6] memory what = ["defaults", "raised prices", "refunds", "shares", "prices paid", "payments elsewhere"];
        for (uint256 i; i < what.length; ++i) {
            ok(times[i] != 0, what[i]);
        }
    }

    function goWherever(uint256 dice) internal {
        seed = dice;
        for (uint256 i; i < 80; ++i) {
            act(_roll(0, 19));
            everythingAddsUp();
        }
        settleAll();
        for (uint32 shop = 1; shop <= SHOPS + 1; ++shop) {
            if (consortium.modeOf(shop) == IssuerMode.Defaulted) everyPointIsPaid(shop);
        }
        settleAll();
        for (uint32 shop = 1; shop <= SHOPS + 1; ++shop) {
            ShopStatus status = consortium.shopOf(shop).status;
            if (status == ShopStatus.Defaulted || status == ShopStatus.Exiting) continue;
            uint256 free = clearing.freeReserveOf(shop);
            vm.prank(ownerFor(shop));
            clearing.withdraw(shop, address(0xfee), free);
            ok(allOf(shop) >= clearing.requiredReserveOf(shop) || free == 0, "what must be kept is kept");
        }
        everythingAddsUp();
    }

    // ---------------------------------------------------------------- what may happen

    function act(uint256 which) internal {
        uint32 shop = uint32(_roll(2, SHOPS + 1));
        if (which < 5) pay(shop, uint32(_roll(1, SHOPS + 1)));
        else if (which < 8) undoSome();
        else if (which == 8) clearing.settle(shops(shop, uint32(_roll(0, SHOPS + 1))));
        else if (which < 12) withdrawSome(shop);
        else if (which == 12 || which == 5) vm.warp(block.timestamp + _roll(1, 15 days));
        else if (which == 13) setRatio(uint16(_roll(2_000, 10_000)));
        else if (which < 16) declare();
        else if (which == 16) fund(shop, _roll(1, 200 * PAR));
        else if (which == 17) takeLeave(shop);
        else if (which == 18) shareAndRaise(shop);
        else if (_roll(0, 2) == 0) endQuarters();
    }

    function pay(uint32 issuer, uint32 place) internal {
        (uint256 key, uint256 held) = (_roll(0, 1) == 0 ? ADA : BEN, 0);
        held = tokenOf(issuer).balanceOf(vm.addr(key));
        ShopStatus status = consortium.shopOf(place).status;
        if (held == 0 || (status != ShopStatus.Active && status != ShopStatus.Exiting)) return;
        uint256 points = _roll(0, 2) == 0 ? held : _roll(1, held);
        (uint256 before, uint256 supply) = (allOf(issuer), tokenOf(issuer).totalSupply());
        redeem(place, 1, atDefaultPrice(key, place, ++sequence, issuer, points));
        if (!redemptions.paymentSpent(place, 1, sequence) || issuer == place) return;
        uint256 left = (supply - points) * PAR;
        ShopStatus its = consortium.shopOf(issuer).status;
        ++times[its == ShopStatus.Defaulted ? 4 : 5];
        if (its == ShopStatus.Defaulted) return;
        uint256 share_ = its == ShopStatus.Exiting ? 20_000 : consortium.requiredRatioOf(issuer);
        ok(allOf(issuer) * 20_000 >= left * share_, "the trigger's share stays for every remaining point");
        ok(before - allOf(issuer) == points * PAR, "at par");
        if (points > 1) remember(issuer, place, key);
    }

    /// @dev One more point, whose payment is kept so that it can be undone.
    function remember(uint32 issuer, uint32 place, uint256 key) internal {
        if (tokenOf(issuer).balanceOf(vm.addr(key)) == 0 || !clearing.canRedeemElsewhere(issuer, PAR)) return;
        payments.push(abi.encode(paid(place, payment(key, place, 1, ++sequence, issuer, 1))));
        takenAt.push(place);
    }

    function undoSome() internal {
        if (payments.length == 0) return;
        uint256 which = _roll(0, payments.length - 1);
        Payment memory undone = abi.decode(payments[which], (Payment));
        bytes memory call = abi.encodeCall(
            redemptions.refund,
            (takenAt[which], undone, agreed(takenAt[which], 1, undone, points48(1)))
        );
        (bool done, bytes memory why) = address(redemptions).call(call);
        ok(done || why.length >= 4, "in words");
        if (done) ++times[2];
    }

    function withdrawSome(uint32 shop) internal {
        uint256 free = clearing.freeReserveOf(shop);
        uint256 amount = _roll(0, 1) == 0 ? free : _about(free);
        vm.prank(ownerFor(shop));
        attempt(abi.encodeCall(clearing.withdraw, (shop, address(0xfee), amount)));
    }

    function setRatio(uint16 bps) internal {
        vm.prank(board);
        consortium.setRequiredRatio(bps);
        vm.prank(board);
        consortium.setBreakageShare(bps / 4, charity);
    }

    function declare() internal {
        for (uint32 shop = 2; shop <= SHOPS + 1; ++shop) {
            attempt(abi.encodeCall(clearing.markStressed, (shop)));
            if (!attempt(abi.encodeCall(clearing.declareDefault, (shop)))) continue;
            (uint256 up, uint256 down) = price(shop);
            ok(up <= down && down != 0, "a price, at most par");
            ++times[0];
        }
    }

    function takeLeave(uint32 shop) internal {
        ShopStatus status = consortium.shopOf(shop).status;
        if (status == ShopStatus.Active && _roll(0, 1) == 0) {
            vm.prank(ownerFor(shop));
            consortium.announceExit(shop);
        } else if (status == ShopStatus.Exiting) {
            (bool done, bytes memory why) = address(consortium).call(abi.encodeCall(consortium.finishExit, (shop)));
            ok(done || why.length >= 4, "in words");
        }
    }

    function shareAndRaise(uint32 shop) internal {
        uint256 had = allOf(charity);
        if (attempt(abi.encodeCall(clearing.shareBreakage, (shop)))) {
            ok(allOf(charity) > had, "to the charity alone");
            ++times[3];
        }
        (uint256 up, uint256 down) = price(shop);
        if (down != 0) fund(shop, _roll(0, 50 * PAR));
        if (!attempt(abi.encodeCall(clearing.raisePrice, (shop)))) return;
        (uint256 newUp, uint256 newDown) = price(shop);
        ok(newUp * down > up * newDown && newUp <= newDown, "only up, to par at most");
        ++times[1];
    }

    /// @dev Every shop that still has quarters ends one.
    function endQuarters() internal {
        for (uint32 shop = 2; shop <= SHOPS + 1; ++shop) {
            if (consortium.modeOf(shop) == IssuerMode.Defaulted) continue;
            ShopPoints points = tokenOf(shop);
            (, uint48 startedAt, uint48 noticeAt) = points.clock();
            if (block.timestamp < startedAt + QUARTER - 30 days) vm.warp(startedAt + QUARTER - 30 days);
            vm.prank(ownerFor(shop));
            if (noticeAt == 0) points.postNotice(keccak256("the quarter ends"));
            else points.poke();
        }
        vm.warp(block.timestamp + 30 days);
        for (uint32 shop = 2; shop <= SHOPS + 1; ++shop) {
            tokenOf(shop).poke();
        }
    }

    function issueAll(uint64 first) internal {
        for (uint32 shop = 2; shop <= SHOPS + 1; ++shop) {
            issue(shop, 1, first, abi.encodePacked(entry(vm.addr(ADA), 300), entry(vm.addr(BEN), 100)));
        }
    }

    function attempt(bytes memory call) internal returns (bool done) {
        bytes memory why;
        (done, why) = address(clearing).call(call);
        ok(done || why.length >= 4, "in words");
    }

    // ---------------------------------------------------------------- what holds

    function everythingAddsUp() internal view {
        int256 nets;
        uint256 held = clearing.pool();
        for (uint32 shop; shop <= SHOPS + 1; ++shop) {
            nets += netOf(shop);
            held += reserveOf(shop);
            ok(netOf(shop) + int256(reserveOf(shop)) >= 0, "nobody owes more than it has");
            if (consortium.modeOf(shop) != IssuerMode.Defaulted || shop == 0) continue;
            (uint256 up, uint256 down) = price(shop);
            uint256 owed = (clearing.liabilityOf(shop) * up) / down;
            ok(allOf(shop) >= owed, "a default's price is prepaid");
        }
        ok(nets == int256(clearing.pool()), "the sum of net is the pool");
        eq(money.balanceOf(address(clearing)), held, "and the money is there");
    }

    function settleAll() internal {
        uint32[] memory all = new uint32[](SHOPS + 2);
        // Creditors and debtors in whatever order.
        for (uint32 shop; shop < all.length; ++shop) {
            all[shop] = (shop * 5 + 2) % uint32(all.length);
        }
        clearing.settle(all);
        for (uint32 shop; shop < all.length; ++shop) {
            ok(netOf(shop) == 0, "everybody is settled");
        }
        eq(clearing.pool(), 0, "and nothing lies in between");
    }

    function everyPointIsPaid(uint32 shop) internal {
        uint32 place = openShop(0);
        (uint256 up, uint256 down) = price(shop);
        for (uint256 key = ADA; ; key = BEN) {
            uint256 held = tokenOf(shop).balanceOf(vm.addr(key));
            int256 before = netOf(place);
            if (held != 0) {
                redeem(place, 1, atDefaultPrice(key, place, ++sequence, shop, held));
                ok(netOf(place) - before == int256((held * PAR * up) / down), "at the price");
            }
            if (key == BEN) break;
        }
        eq(tokenOf(shop).totalSupply(), 0, "every point");
        clearing.settle(shops(shop, place));
        ok(netOf(place) == 0, "and its money came");
        uint256 free = clearing.freeReserveOf(place);
        vm.prank(ownerFor(place));
        clearing.withdraw(place, address(0xfee), free);
    }

    function price(uint32 shop) internal view returns (uint256 up, uint256 down) {
        (up, down) = clearing.priceOf(shop);
    }
}
