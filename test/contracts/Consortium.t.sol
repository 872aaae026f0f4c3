// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {Consortium} from "../../contracts/Consortium.sol";
import {Founding, IConsortium, IssuerMode, Network, Shop} from "../../contracts/interfaces/IConsortium.sol";
import {IPointsFactory} from "../../contracts/interfaces/IPointsFactory.sol";
import {ShopStatus} from "../../contracts/libraries/ShopWord.sol";
import {StreetMoney} from "../../contracts/StreetMoney.sol";
import {Street} from "./support/Street.sol";

/// @notice Founding on one money and par (N-1), admission with a token of its own (N-2, N-24), tills and their limits.
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
        emit IConsortium.ConsortiumFounded(network.money, PAR, 30 days, 2_000, address(authority), false);
        Consortium founded = new Consortium(network, Founding(PAR, 30 days, address(authority), 2_000, false));
        ok(!founded.pointsLapse() && founded.par() == PAR && founded.quarterLength() == 30 days, "kept");
        eq(founded.authority(), address(authority), "who says who may");
        ok(keccak256(abi.encode(consortium.network())) == keccak256(abi.encode(network)), "all ten, as told");
        Founding memory usual = terms();
        (usual.par, usual.quarterLength, usual.requiredRatioBps) = (type(uint64).max, 366 days, 10_000);
        new Consortium(network, usual);
        parRefused(network, 0);
        parRefused(network, uint256(type(uint64).max) + 1);
        lengthRefused(network, 30 days - 1);
        lengthRefused(network, 366 days + 1);
        ratioRefused(network, 1_999);
        ratioRefused(network, 10_001);
    }

    function test_money_of_6_to_18_decimals_will_do() public {
        Network memory network = consortium.network();
        uint8[4] memory decimals = [5, 6, 18, 19];
        for (uint256 i; i < 4; ++i) {
            vm.mockCall(network.money, abi.encodeWithSignature("decimals()"), abi.encode(decimals[i]));
            if (i == 0 || i == 3) {
                vm.expectRevert(abi.encodeWithSelector(IConsortium.MoneyDecimalsOutOfBounds.selector, decimals[i]));
            }
            new Consortium(network, terms());
        }
    }

    // ---------------------------------------------------------------- joining

    function test_whoever_applies_owns_the_new_shop() public {
        vm.expectEmit(address(consortium));
        emit IConsortium.ShopApplied(1, owner);
        vm.expectEmit(address(consortium));
        emit IConsortium.ReceiptLimitSet(1, 1_000_000);
        vm.expectEmit(address(consortium));
        emit IConsortium.ShopAllowanceSet(1, 20_000_000);
        vm.prank(owner);
        consortium.applyToJoin();
        Shop memory shop = consortium.shopOf(1);
        eq(shop.owner, owner, "owner");
        ok(shop.status == ShopStatus.Applied && shop.points == address(0), "applied, without a token");
        eq(shop.receiptLimit, 1_000_000, "the first receipt limit");
        eq(consortium.shopAllowance(1), 20_000_000, "the first allowance");
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
        (uint32 issuer, IssuerMode mode) = consortium.issuerOf(points);
        ok(issuer == 1 && mode == IssuerMode.Open && consortium.modeOf(1) == mode, "open, found by its token");
        eq(consortium.shopOfPoints(points), 1, "likewise");
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
        eq(consortium.leavingOf(shop).suspendedAt, block.timestamp, "since now");
        eq(consortium.shopOf(shop).points, address(tokenOf(shop)), "the rest of the word stays");
        vm.prank(board);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.WrongStatus.selector, shop, ShopStatus.Suspended));
        consortium.suspend(shop);
        vm.prank(board);
        consortium.reinstate(shop);
        ok(consortium.shopOf(shop).status == ShopStatus.Active, "active again");
        eq(consortium.leavingOf(shop).suspendedAt, 0, "forgotten");
    }

    // ---------------------------------------------------------------- a shop sold

    function test_a_shop_changes_hands_only_when_both_agree() public {
        uint32 shop = openShop(0);
        address buyer = address(0xb41e4);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.NotOffered.selector, shop, buyer));
        consortium.takeOver(shop);
        vm.expectEmit(address(consortium));
        emit IConsortium.ShopOffered(shop, buyer);
        vm.prank(owner);
        consortium.offerShop(shop, buyer);
        eq(consortium.ownerOf(shop), owner, "nothing changes before it is taken over");
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.NotOffered.selector, shop, stranger));
        consortium.takeOver(shop);
        vm.expectEmit(address(consortium));
        emit IConsortium.ShopTakenOver(shop, buyer);
        vm.prank(buyer);
        consortium.takeOver(shop);
        eq(consortium.ownerOf(shop), buyer, "sold");
        eq(consortium.shopOf(shop).owner, buyer, "likewise");
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.NotOffered.selector, shop, buyer));
        consortium.takeOver(shop);
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.NotShopOwner.selector, shop, owner));
        consortium.offerShop(shop, owner);
    }

    function test_an_offer_is_withdrawn_by_offering_to_nobody() public {
        uint32 shop = openShop(0);
        vm.prank(owner);
        consortium.offerShop(shop, stranger);
        vm.prank(owner);
        consortium.offerShop(shop, address(0));
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IConsortium.NotOffered.selector, shop, stranger));
        consortium.takeOver(shop);
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

    function test_a_stranger_can_do_none_of_the_boards_guardians_and_owners_acts() public {
        uint32 shop = openShop(0);
        bytes memory notOwner = abi.encodeWithSelector(IConsortium.NotShopOwner.selector, shop, stranger);
        bytes memory noOffice = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger);
        refused(notOwner, abi.encodeCall(consortium.withdrawApplication, (shop)));
        refused(notOwner, abi.encodeCall(consortium.addTill, (shop, key)));
        refused(notOwner, abi.encodeCall(consortium.addCampaign, (shop, key, 1)));
        refused(notOwner, abi.encodeCall(consortium.askImport, (shop, key, 1)));
        refused(notOwner, abi.encodeCall(consortium.revokeTill, (shop, 1)));
        refused(notOwner, abi.encodeCall(consortium.setTillAllowance, (shop, 1, 1)));
        refused(notOwner, abi.encodeCall(consortium.setShopAllowance, (shop, 1)));
        refused(notOwner, abi.encodeCall(consortium.setReceiptLimit, (shop, 1)));
        refused(notOwner, abi.encodeCall(consortium.offerShop, (shop, stranger)));
        refused(notOwner, abi.encodeCall(consortium.announceExit, (shop)));
        refused(noOffice, abi.encodeCall(consortium.admit, (shop, false)));
        refused(noOffice, abi.encodeCall(consortium.suspend, (shop)));
        refused(noOffice, abi.encodeCall(consortium.reinstate, (shop)));
        refused(noOffice, abi.encodeCall(consortium.approveImport, (shop, key, 1)));
        refused(noOffice, abi.encodeCall(consortium.setRequiredRatio, (5_000)));
        refused(noOffice, abi.encodeCall(consortium.setBreakageShare, (0, 0)));
        refused(noOffice, abi.encodeCall(consortium.permitPause, ()));
        refused(noOffice, abi.encodeCall(consortium.pauseIssuing, ()));
        refused(noOffice, abi.encodeCall(consortium.resumeIssuing, ()));
        refused(
            abi.encodeWithSelector(IConsortium.NotClearingHouse.selector, stranger),
            abi.encodeCall(consortium.markDefaulted, (shop))
        );
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
        Founding memory founding = terms();
        founding.par = par;
        vm.expectRevert(abi.encodeWithSelector(IConsortium.ParOutOfBounds.selector, par, type(uint64).max));
        new Consortium(network, founding);
    }

    function lengthRefused(Network memory network, uint48 length) internal {
        Founding memory founding = terms();
        founding.quarterLength = length;
        vm.expectRevert(
            abi.encodeWithSelector(IConsortium.QuarterLengthOutOfBounds.selector, length, 30 days, 366 days)
        );
        new Consortium(network, founding);
    }

    function ratioRefused(Network memory network, uint16 bps) internal {
        Founding memory founding = terms();
        founding.requiredRatioBps = bps;
        vm.expectRevert(abi.encodeWithSelector(IConsortium.RatioOutOfBounds.selector, bps, 2_000, 10_000));
        new Consortium(network, founding);
    }
}
