// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Consortium} from "../../contracts/Consortium.sol";
import {Founding, IConsortium, Network, Shop, Till} from "../../contracts/interfaces/IConsortium.sol";
import {IPointsFactory} from "../../contracts/interfaces/IPointsFactory.sol";
import {ShopStatus} from "../../contracts/libraries/ShopWord.sol";
import {TillKind} from "../../contracts/libraries/TillWord.sol";
import {StreetMoney} from "../../contracts/StreetMoney.sol";
import {Street} from "./support/Street.sol";

contract ConsortiumTest is Street {
    address internal stranger = address(0x5714);
    address internal owner = ownerFor(1);
    address internal key = address(0x7e7);

    function setUp() public {
        found();
    }

    // ---------------------------------------------------------------- founding

    function test_founding_keeps_what_was_agreed_within_its_bounds() public {
        Network memory network = consortium.network();
        vm.expectEmit();
        emit IConsortium.ConsortiumFounded(network.money, PAR, 30 days, 2_000, board);
        new Consortium(network, Founding(PAR, 30 days, board, 2_000));
        new Consortium(network, Founding(type(uint64).max, 366 days, board, 10_000));
        vm.expectRevert(abi.encodeWithSelector(IConsortium.ZeroBoard.selector));
        new Consortium(network, Founding(PAR, QUARTER, address(0), RATIO));
        parRefused(network, 0);
        parRefused(network, uint256(type(uint64).max) + 1);
        lengthRefused(network, 30 days - 1);
        lengthRefused(network, 366 days + 1);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.RatioOutOfBounds.selector, 1_999, 2_000, 10_000));
        new Consortium(network, Founding(PAR, QUARTER, board, 1_999));
        vm.expectRevert(abi.encodeWithSelector(IConsortium.RatioOutOfBounds.selector, 10_001, 2_000, 10_000));
        new Consortium(network, Founding(PAR, QUARTER, board, 10_001));
    }

    function test_money_of_6_to_18_decimals_will_do() public {
        Network memory network = consortium.network();
        Founding memory founding = Founding(PAR, QUARTER, board, RATIO);
        uint8[4] memory decimals = [5, 6, 18, 19];
        for (uint256 i; i < 4; ++i) {
            vm.mockCall(network.money, abi.encodeWithSignature("decimals()"), abi.encode(decimals[i]));
            if (i == 0 || i == 3) {
                vm.expectRevert(abi.encodeWithSelector(IConsortium.MoneyDecimalsOutOfBounds.selector, decimals[i]));
            }
            new Consortium(network, founding);
        }
    }

    // ---------------------------------------------------------------- joining

    function test_whoever_applies_owns_the_new_shop() public {
        vm.expectEmit(address(consortium));
        emit IConsortium.ShopApplied(1, owner);
        vm.expectEmit(address(consortium));
        emit IConsortium.ReceiptLimitSet(1, 1_000_000);
        vm.prank(owner);
        consortium.applyToJoin();
        Shop memory shop = consortium.shopOf(1);
        eq(shop.owner, owner, "owner");
        ok(shop.status == ShopStatus.Applied && shop.points == address(0), "applied, without a token");
        eq(shop.receiptLimit, 1_000_000, "the first receipt limit");
        eq(consortium.shopCount(), 1, "count");
    }

    function test_admission_deploys_the_token_where_it_was_foretold() public {
        vm.prank(owner);
        consortium.applyToJoin();
        address points = factory.addressOf(1);
        vm.expectEmit(address(consortium));
        emit IConsortium.ShopAdmitted(1, points, true, uint48(NOON));
        vm.prank(board);
        consortium.admit(1, true);
        Shop memory shop = consortium.shopOf(1);
        ok(shop.status == ShopStatus.Active && shop.redeemsOnly && shop.joinedAt == NOON, "active from now");
        eq(shop.points, points, "token");
        eq(shop.receiptLimit, 1_000_000, "limit kept");
        eq(consortium.shopOfPoints(points), 1, "found by its token");
        vm.prank(board);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.WrongStatus.selector, 1, ShopStatus.Active));
        consortium.admit(1, false);
    }

    function test_only_the_consortium_has_tokens_deployed() public {
        vm.expectRevert(abi.encodeWithSelector(IPointsFactory.NotConsortium.selector, address(this)));
        factory.deploy(5);
    }

    function test_an_application_can_be_withdrawn_until_it_is_decided() public {
        vm.prank(owner);
        consortium.applyToJoin();
        vm.expectRevert(abi.encodeWithSelector(IConsortium.NotShopOwner.selector, 1, address(this)));
        consortium.withdrawApplication(1);
        vm.expectEmit(address(consortium));
        emit IConsortium.ShopStatusChanged(1, ShopStatus.Applied, ShopStatus.Withdrawn);
        vm.prank(owner);
        consortium.withdrawApplication(1);
        vm.prank(board);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.WrongStatus.selector, 1, ShopStatus.Withdrawn));
        consortium.admit(1, false);
        openShop(0);
        vm.prank(ownerFor(2));
        vm.expectRevert(abi.encodeWithSelector(IConsortium.WrongStatus.selector, 2, ShopStatus.Active));
        consortium.withdrawApplication(2);
    }

    function test_suspension_ends_only_by_reinstating() public {
        uint32 shop = openShop(0);
        vm.prank(board);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.WrongStatus.selector, shop, ShopStatus.Active));
        consortium.reinstate(shop);
        vm.prank(board);
        consortium.suspend(shop);
        ok(consortium.shopOf(shop).status == ShopStatus.Suspended, "suspended");
        eq(consortium.shopOf(shop).points, address(tokenOf(shop)), "the rest of the word stays");
        vm.prank(board);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.WrongStatus.selector, shop, ShopStatus.Suspended));
        consortium.suspend(shop);
        vm.prank(board);
        consortium.reinstate(shop);
        ok(consortium.shopOf(shop).status == ShopStatus.Active, "active again");
    }

    // ---------------------------------------------------------------- tills and limits

    function test_a_till_has_one_key_for_ever_and_a_key_one_till() public {
        uint32 shop = openShop(0);
        vm.expectEmit(address(consortium));
        emit IConsortium.TillAdded(shop, 2, key, TillKind.Counter, 0);
        vm.prank(owner);
        consortium.addTill(shop, key);
        vm.prank(owner);
        consortium.revokeTill(shop, 2);
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.TillKeyUsed.selector, shop, key, 2));
        consortium.addTill(shop, key);
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.ZeroTillKey.selector));
        consortium.addTill(shop, address(0));
        eq(consortium.tillCount(shop), 2, "count");
        Till memory till = consortium.tillOf(shop, 2);
        ok(till.key == key && till.revoked && till.kind == TillKind.Counter, "revoked, its key kept");
    }

    function test_a_till_is_revoked_once() public {
        uint32 shop = openShop(0);
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.UnknownTill.selector, shop, 2));
        consortium.revokeTill(shop, 2);
        vm.expectEmit(address(consortium));
        emit IConsortium.TillRevoked(shop, 1);
        vm.prank(owner);
        consortium.revokeTill(shop, 1);
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.TillAlreadyRevoked.selector, shop, 1));
        consortium.revokeTill(shop, 1);
    }

    function test_an_import_key_needs_an_active_shop_and_a_budget() public {
        vm.prank(owner);
        consortium.applyToJoin();
        vm.prank(board);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.WrongStatus.selector, 1, ShopStatus.Applied));
        consortium.approveImport(1, key, 5);
        vm.prank(board);
        consortium.admit(1, false);
        vm.prank(board);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.ZeroBudget.selector));
        consortium.approveImport(1, key, 0);
        vm.prank(board);
        consortium.approveImport(1, key, type(uint48).max);
        Till memory till = consortium.tillOf(1, 1);
        ok(till.kind == TillKind.Import && till.budget == type(uint48).max && !till.revoked, "as approved");
    }

    function test_a_receipt_limit_is_never_zero() public {
        uint32 shop = openShop(0);
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.ZeroReceiptLimit.selector));
        consortium.setReceiptLimit(shop, 0);
        vm.expectEmit(address(consortium));
        emit IConsortium.ReceiptLimitSet(shop, type(uint48).max);
        vm.prank(owner);
        consortium.setReceiptLimit(shop, type(uint48).max);
        Shop memory after_ = consortium.shopOf(shop);
        ok(after_.receiptLimit == type(uint48).max && after_.joinedAt == NOON, "the rest of the word stays");
        ok(after_.status == ShopStatus.Active && after_.points == address(tokenOf(shop)), "all of it");
    }

    // ---------------------------------------------------------------- the ratio

    function test_a_newcomer_keeps_all_for_90_days_and_comes_down_over_270() public {
        uint32 shop = openShop(0);
        vm.warp(NOON + 90 days);
        eq(consortium.requiredRatioOf(shop), 10_000, "day 90");
        vm.warp(NOON + 90 days + 135 days);
        eq(consortium.requiredRatioOf(shop), 6_500, "half way");
        vm.warp(NOON + 360 days - 1);
        eq(consortium.requiredRatioOf(shop), 3_001, "rounded up to the last second");
        vm.warp(NOON + 360 days);
        eq(consortium.requiredRatioOf(shop), 3_000, "settled");
    }

    function test_a_changed_ratio_is_said() public {
        vm.expectEmit(address(consortium));
        emit IConsortium.RequiredRatioSet(5_000);
        vm.prank(board);
        consortium.setRequiredRatio(5_000);
        eq(consortium.requiredRatio(), 5_000, "kept");
    }

    function testFuzz_the_ratio_never_rises_and_never_leaves_its_bounds(uint32 a, uint32 b, uint16 bps) public {
        uint32 shop = openShop(0);
        uint16 settled = uint16(within(bps, 2_000, 10_000));
        vm.prank(board);
        consortium.setRequiredRatio(settled);
        (uint256 early, uint256 late) = (within(a, 0, 400 days), within(b, 0, 400 days));
        if (early > late) (early, late) = (late, early);
        vm.warp(NOON + early);
        uint16 before = consortium.requiredRatioOf(shop);
        vm.warp(NOON + late);
        uint16 then = consortium.requiredRatioOf(shop);
        ok(then <= before && before <= 10_000 && then >= settled, "down, within bounds");
        if (late > 90 days && late < 360 days) {
            uint256 line = 10_000 * 270 days - (10_000 - settled) * (late - 90 days);
            uint256 scaled = uint256(then) * 270 days;
            ok(scaled >= line && scaled - 270 days < line, "the straight line, rounded up");
        }
    }

    // ---------------------------------------------------------------- strangers

    function test_a_stranger_can_do_none_of_the_boards_and_owners_acts() public {
        uint32 shop = openShop(0);
        bytes memory notOwner = abi.encodeWithSelector(IConsortium.NotShopOwner.selector, shop, stranger);
        bytes memory notBoard = abi.encodeWithSelector(IConsortium.NotBoard.selector, stranger);
        refused(notOwner, abi.encodeCall(consortium.withdrawApplication, (shop)));
        refused(notOwner, abi.encodeCall(consortium.addTill, (shop, key)));
        refused(notOwner, abi.encodeCall(consortium.revokeTill, (shop, 1)));
        refused(notOwner, abi.encodeCall(consortium.setReceiptLimit, (shop, 1)));
        refused(notBoard, abi.encodeCall(consortium.admit, (shop, false)));
        refused(notBoard, abi.encodeCall(consortium.suspend, (shop)));
        refused(notBoard, abi.encodeCall(consortium.reinstate, (shop)));
        refused(notBoard, abi.encodeCall(consortium.approveImport, (shop, key, 1)));
        refused(notBoard, abi.encodeCall(consortium.setRequiredRatio, (5_000)));
    }

    function test_only_its_deployer_makes_street_money() public {
        eq(money.decimals(), 6, "decimals");
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(StreetMoney.NotMint.selector, stranger));
        money.mint(stranger, 1);
    }

    // ---------------------------------------------------------------- within

    function refused(bytes memory why, bytes memory call) internal {
        vm.prank(stranger);
        (bool done, bytes memory answer) = address(consortium).call(call);
        ok(!done && keccak256(answer) == keccak256(why), "refused for the right reason");
    }

    function parRefused(Network memory network, uint256 par) internal {
        vm.expectRevert(abi.encodeWithSelector(IConsortium.ParOutOfBounds.selector, par, type(uint64).max));
        new Consortium(network, Founding(par, QUARTER, board, RATIO));
    }

    function lengthRefused(Network memory network, uint48 length) internal {
        vm.expectRevert(
            abi.encodeWithSelector(IConsortium.QuarterLengthOutOfBounds.selector, length, 30 days, 366 days)
        );
        new Consortium(network, Founding(PAR, length, board, RATIO));
    }
}
