// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {IShopPoints} from "../../contracts/interfaces/IShopPoints.sol";
import {Lots} from "./support/Lots.sol";
import {AgreeingAccount} from "./support/Signers.sol";
import {RecordedLog} from "./support/Test.sol";

/// @notice A shop's points: who makes and burns them (N-2), how they age (N-3), and when a quarter may end (N-4).
contract ShopPointsTest is Lots {
    function setUp() public override {
        super.setUp();
        issue(shop, 1, 1, entry(ada, 1_000));
    }

    function test_it_says_what_it_is() public view {
        ok(keccak256(bytes(points.name())) == keccak256("Highstreet points 1"), "name");
        ok(keccak256(bytes(points.symbol())) == keccak256("HS1"), "symbol");
        eq(points.decimals(), 2, "decimals");
        eq(points.shop(), shop, "shop");
        eq(points.par(), PAR, "par");
        eq(points.quarterLength(), QUARTER, "length of a quarter");
        (uint16 quarter, uint48 startedAt, uint48 noticeAt) = points.clock();
        ok(quarter == 0 && startedAt == NOON && noticeAt == 0, "the clock starts at deployment");
    }

    // ---------------------------------------------------------------- issue and burn

    function test_only_issuance_issues_and_only_redemptions_burn() public {
        vm.expectRevert(abi.encodeWithSelector(IShopPoints.NotIssuance.selector, address(this)));
        points.issue(entry(ada, 1), 1);
        vm.expectRevert(abi.encodeWithSelector(IShopPoints.NotRedeeming.selector, address(this)));
        points.burn(ada, 1);
    }

    function test_a_lane_of_the_supply_holds_what_48_bits_hold_and_no_more() public {
        uint256 room = type(uint48).max - 1_000;
        bytes memory tooMuch = abi.encodePacked(entry(ben, room), entry(ada, 1));
        vm.prank(address(issuance));
        vm.expectRevert(abi.encodeWithSelector(IShopPoints.SupplyLaneOverflow.selector, 1_000, room + 1));
        points.issue(tooMuch, 3);
        vm.prank(address(issuance));
        points.issue(tooMuch, 1);
        eq(points.totalSupply(), type(uint48).max, "to the last hundredth");
        endQuarter(shop);
        vm.prank(address(issuance));
        points.issue(tooMuch, 3);
        eq(points.totalSupply(), type(uint48).max + room + 1, "a new quarter has room again");
    }

    function test_a_burn_beyond_the_balance_is_refused() public {
        vm.prank(address(redemptions));
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, ada, 1_000, 1_001));
        points.burn(ada, 1_001);
    }

    // ---------------------------------------------------------------- transfer

    function test_a_transfer_keeps_each_points_quarter() public {
        endQuarter(shop);
        issue(shop, 1, 2, entry(ada, 50));
        vm.prank(ada);
        points.transfer(ben, 1_020);
        lanesAre(ben, 20, 1_000, 0, 0, 0);
        lanesAre(ada, 30, 0, 0, 0, 0);
    }

    function test_a_transfer_to_oneself_changes_nothing() public {
        vm.prank(ada);
        points.transfer(ada, 700);
        lanesAre(ada, 1_000, 0, 0, 0, 0);
    }

    function test_one_cannot_send_more_than_one_has_nor_to_nobody() public {
        vm.prank(ada);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, ada, 1_000, 1_001));
        points.transfer(ben, 1_001);
        vm.prank(ada);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, address(0)));
        points.transfer(address(0), 1);
        vm.prank(ada);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, ada, 1_000, uint256(1) << 48)
        );
        points.transfer(ben, uint256(1) << 48);
    }

    function test_a_spender_needs_an_allowance() public {
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(this), 0, 5));
        points.transferFrom(ada, ben, 5);
        vm.prank(ada);
        points.approve(address(this), 5);
        points.transferFrom(ada, ben, 5);
        eq(points.balanceOf(ben), 5, "sent");
        eq(points.allowance(ada, address(this)), 0, "used up");
    }

    // ---------------------------------------------------------------- time

    function test_points_live_for_five_quarters_and_lapse_when_the_sixth_begins() public {
        for (uint256 i; i < 4; ++i) {
            endQuarter(shop);
        }
        lanesAre(ada, 0, 0, 0, 0, 1_000);
        endQuarter(shop);
        eq(points.balanceOf(ada), 0, "gone, though nobody wrote anything");
        eq(points.totalSupply(), 0, "from the supply as well");
    }

    function test_a_touch_says_what_lapsed_before_it_acts() public {
        for (uint256 i; i < 5; ++i) {
            endQuarter(shop);
            points.poke();
        }
        issue(shop, 1, 2, entry(ben, 7));
        address[] memory accounts = new address[](2);
        (accounts[0], accounts[1]) = (ada, ben);
        vm.expectEmit(address(points));
        emit IShopPoints.PointsLapsed(ada, 1_000);
        vm.expectEmit(address(points));
        emit IERC20.Transfer(ada, address(0), 1_000);
        points.lapse(accounts);
        eq(points.balanceOf(ben), 7, "the living stay");
        eq(points.totalSupply(), 7, "supply");
    }

    function test_the_first_quarter_is_announced_when_the_shop_is_admitted() public {
        vm.recordLogs();
        address token = address(tokenOf(openShop(0)));
        RecordedLog[] memory logs = vm.getRecordedLogs();
        uint256 begun;
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] != IShopPoints.QuarterBegan.selector) continue;
            ok(logs[i].emitter == token, "by the new token");
            (uint16 quarter, uint48 startedAt) = abi.decode(logs[i].data, (uint16, uint48));
            eq(quarter, 0, "the first");
            eq(startedAt, block.timestamp, "now");
            ++begun;
        }
        eq(begun, 1, "once");
    }

    function test_the_new_quarter_is_announced_before_anything_happens_in_it() public {
        endQuarter(shop);
        vm.expectEmit(address(points));
        emit IShopPoints.QuarterBegan(1, uint48(block.timestamp));
        vm.expectEmit(address(points));
        emit IERC20.Transfer(ada, ben, 1);
        vm.prank(ada);
        points.transfer(ben, 1);
    }

    function test_the_quarter_begins_at_its_second_whenever_it_is_noticed() public {
        endQuarter(shop);
        uint48 began = uint48(block.timestamp);
        vm.warp(began - 1);
        (uint16 before, , ) = points.clock();
        eq(before, 0, "not a second earlier");
        vm.warp(began + 20 days);
        vm.expectEmit(address(points));
        emit IShopPoints.QuarterBegan(1, began);
        points.poke();
        vm.warp(began + 1_000 days);
        (uint16 quarter, uint48 startedAt, ) = points.clock();
        ok(quarter == 1 && startedAt == began, "without a notice it never ends");
    }

    // ---------------------------------------------------------------- notice

    function test_only_the_shops_owner_posts_a_notice() public {
        vm.expectRevert(abi.encodeWithSelector(IShopPoints.NotShopOwner.selector, shop, address(this)));
        points.postNotice(0);
    }

    function test_a_notice_opens_60_days_before_the_end_and_lasts_30() public {
        uint48 opens = uint48(NOON + QUARTER - 60 days);
        vm.warp(opens - 1);
        vm.prank(ownerFor(shop));
        vm.expectRevert(abi.encodeWithSelector(IShopPoints.NoticeTooEarly.selector, opens));
        points.postNotice("a");
        vm.warp(opens);
        vm.prank(ownerFor(shop));
        vm.expectEmit(address(points));
        emit IShopPoints.QuarterNoticed(0, opens, uint48(NOON + QUARTER), "a");
        points.postNotice("a");
        vm.prank(ownerFor(shop));
        vm.expectRevert(abi.encodeWithSelector(IShopPoints.NoticeAlreadyPosted.selector, opens));
        points.postNotice("b");
        vm.warp(NOON + QUARTER - 1);
        ok(quarterNow() == 0, "to the last second");
        vm.warp(NOON + QUARTER);
        ok(quarterNow() == 1, "and not one longer");
    }

    function test_a_late_notice_means_later_for_all() public {
        uint256 late = NOON + QUARTER + 500 days;
        vm.warp(late);
        vm.prank(ownerFor(shop));
        points.postNotice("late");
        vm.warp(late + 30 days - 1);
        ok(quarterNow() == 0, "30 days after the notice");
        vm.warp(late + 30 days);
        (uint16 quarter, uint48 startedAt, ) = points.clock();
        ok(quarter == 1 && startedAt == late + 30 days, "one step, never a catch-up");
    }

    function testFuzz_the_clock_against_the_written_rule(uint32 wait, uint32 look) public {
        uint256 opens = NOON + QUARTER - 60 days;
        uint256 posted = within(wait, opens, opens + 400 days);
        vm.warp(posted);
        vm.prank(ownerFor(shop));
        points.postNotice("n");
        uint256 end = NOON + QUARTER;
        if (posted + 30 days > end) end = posted + 30 days;
        vm.warp(posted + within(look, 0, 500 days));
        (uint16 quarter, uint48 startedAt, uint48 noticeAt) = points.clock();
        bool over = block.timestamp >= end;
        eq(quarter, over ? 1 : 0, "quarter");
        eq(startedAt, over ? end : NOON, "start");
        eq(noticeAt, over ? 0 : posted, "notice");
        points.poke();
        (uint16 stored, uint48 storedStart, ) = points.clock();
        ok(stored == quarter && storedStart == startedAt, "storing changes nothing");
    }

    // ---------------------------------------------------------------- what members sign

    function test_a_permit_is_taken_once_before_its_deadline_from_the_owner_alone() public {
        bytes32 kind = keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        uint256 deadline = block.timestamp;
        bytes32 hash = keccak256(abi.encode(kind, ada, ben, 70, 0, deadline));
        bytes memory good = signed(ADA, typed(points.name(), address(points), hash));
        bytes memory bad = signed(0xbad, typed(points.name(), address(points), hash));
        vm.expectRevert(abi.encodeWithSelector(ERC20Permit.ERC2612InvalidSigner.selector, address(0), ada));
        points.permit(ada, ben, 70, deadline, bad);
        vm.warp(deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(ERC20Permit.ERC2612ExpiredSignature.selector, deadline));
        points.permit(ada, ben, 70, deadline, good);
        vm.warp(deadline);
        points.permit(ada, ben, 70, deadline, good);
        eq(points.allowance(ada, ben), 70, "allowed");
        vm.expectRevert(abi.encodeWithSelector(ERC20Permit.ERC2612InvalidSigner.selector, address(0), ada));
        points.permit(ada, ben, 70, deadline, good);
    }

    function test_an_authorization_moves_points_once_and_only_in_its_time() public {
        bytes32 nonce = keccak256("n");
        uint256 from = block.timestamp;
        bytes memory signature = authorization("TransferWithAuthorization", 9, from, from + 10, nonce);
        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009InvalidAuthorizationTime.selector, from, from + 10));
        points.transferWithAuthorization(ada, ben, 9, from, from + 10, nonce, signature);
        vm.warp(from + 1);
        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009InvalidSignature.selector));
        points.transferWithAuthorization(ada, ben, 10, from, from + 10, nonce, signature);
        points.transferWithAuthorization(ada, ben, 9, from, from + 10, nonce, signature);
        eq(points.balanceOf(ben), 9, "moved");
        ok(points.authorizationState(ada, nonce), "used");
        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009UsedAuthorization.selector, ada, nonce));
        points.transferWithAuthorization(ada, ben, 9, from, from + 10, nonce, signature);
    }

    function test_only_the_receiver_may_bring_a_receive_authorization() public {
        uint256 from = block.timestamp - 1;
        bytes memory signature = authorization("ReceiveWithAuthorization", 9, from, from + 10, 0);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, ben));
        points.receiveWithAuthorization(ada, ben, 9, from, from + 10, 0, signature);
        vm.prank(ben);
        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009InvalidSignature.selector));
        points.receiveWithAuthorization(ada, ben, 8, from, from + 10, 0, signature);
        vm.prank(ben);
        points.receiveWithAuthorization(ada, ben, 9, from, from + 10, 0, signature);
        eq(points.balanceOf(ben), 9, "received");
    }

    function test_a_cancelled_authorization_moves_nothing() public {
        bytes32 kind = keccak256("CancelAuthorization(address authorizer,bytes32 nonce)");
        bytes32 digest = typed(points.name(), address(points), keccak256(abi.encode(kind, ada, bytes32(0))));
        bytes memory bad = signed(0xbad, digest);
        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009InvalidSignature.selector));
        points.cancelAuthorization(ada, 0, bad);
        points.cancelAuthorization(ada, 0, signed(ADA, digest));
        uint256 from = block.timestamp - 1;
        bytes memory signature = authorization("TransferWithAuthorization", 9, from, from + 10, 0);
        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009UsedAuthorization.selector, ada, bytes32(0)));
        points.transferWithAuthorization(ada, ben, 9, from, from + 10, 0, signature);
    }

    function test_an_account_contract_signs_by_its_own_answer() public {
        AgreeingAccount account = new AgreeingAccount();
        issue(shop, 1, 2, entry(address(account), 40));
        uint256 from = block.timestamp - 1;
        bytes32 hash = authorizationHash("TransferWithAuthorization", address(account), 9, from, from + 10, 0);
        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009InvalidSignature.selector));
        points.transferWithAuthorization(address(account), ben, 9, from, from + 10, 0, "");
        account.agree(typed(points.name(), address(points), hash));
        points.transferWithAuthorization(address(account), ben, 9, from, from + 10, 0, "");
        eq(points.balanceOf(ben), 9, "moved");
    }

    // ---------------------------------------------------------------- within

    function authorization(
        string memory kind,
        uint256 value,
        uint256 from,
        uint256 to,
        bytes32 nonce
    ) internal view returns (bytes memory) {
        return signed(ADA, typed(points.name(), address(points), authorizationHash(kind, ada, value, from, to, nonce)));
    }

    function authorizationHash(
        string memory kind,
        address payer,
        uint256 value,
        uint256 from,
        uint256 to,
        bytes32 nonce
    ) internal view returns (bytes32) {
        string memory fields =
            "(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)";
        return keccak256(abi.encode(keccak256(bytes(string.concat(kind, fields))), payer, ben, value, from, to, nonce));
    }

    function lanesAre(address account, uint256 a, uint256 b, uint256 c, uint256 d, uint256 e) internal view {
        (uint48[5] memory lanes, ) = points.lanesOf(account);
        eq(lanes[0], a, "lane 0");
        eq(lanes[1], b, "lane 1");
        eq(lanes[2], c, "lane 2");
        eq(lanes[3], d, "lane 3");
        eq(lanes[4], e, "lane 4");
    }
}
