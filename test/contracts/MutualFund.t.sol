// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {Claim} from "../../contracts/interfaces/IClearingHouse.sol";
import {IssuerMode} from "../../contracts/interfaces/IConsortium.sol";
import {IMutualFund} from "../../contracts/interfaces/IMutualFund.sol";
import {Offices} from "../../contracts/libraries/Offices.sol";
import {ShopStatus} from "../../contracts/libraries/ShopWord.sol";
import {MutualFund} from "../../contracts/MutualFund.sol";
import {StreetMoney} from "../../contracts/StreetMoney.sol";
import {Counter} from "./support/Counter.sol";
import {HookMoney} from "./support/HookMoney.sol";

contract MutualFundTest is Counter {
    uint256 internal constant MEMBER = 0x3e3;
    address internal member = vm.addr(MEMBER);
    HookMoney internal hook;
    MutualFund internal mutual;
    uint32 internal cafe;
    uint32 internal books;
    uint32 internal own;

    function setUp() public {
        found();
        cafe = openShop(100_000_000);
        books = openShop(0);
        mutual = new MutualFund(consortium);
        own = mutual.ownShop();
        vm.prank(board);
        consortium.admit(own, true);
        bytes4[] memory acts = new bytes4[](1);
        acts[0] = IMutualFund.compensate.selector;
        authority.setTargetFunctionRole(address(mutual), acts, Offices.BOARD);
    }

    /// @dev Good money, until it is asked to call back.
    function newMoney() internal override returns (StreetMoney) {
        hook = new HookMoney();
        return hook;
    }

    // ---------------------------------------------------------------- paying in

    function test_shares_follow_what_was_paid_in() public {
        money.mint(address(this), 1_000_000);
        money.approve(address(mutual), 1_000_000);
        vm.expectEmit(address(mutual));
        emit IMutualFund.PaidIn(cafe, address(this), 1_000_000, 1_000_000e12);
        mutual.payIn(cafe, 1_000_000);
        vm.recordLogs();
        payIn(books, 500_000);
        eq(said(IMutualFund.Collected.selector), 0, "there was nothing to collect");
        eq(mutual.held(), 1_500_000, "held");
        eq(mutual.shareValueOf(cafe), 1_000_000, "the first one's");
        eq(mutual.shareValueOf(books), 500_000, "the second one's");
        eq(money.balanceOf(address(mutual)), 1_500_000, "and there");
    }

    function test_a_share_is_rounded_down_and_so_is_a_tenth_of_the_others() public {
        payIn(cafe, 1);
        fund(own, 1);
        payIn(books, 1);
        eq(mutual.sharesOf(books), 666_666_666_666, "two thirds of what the first one got for as much");
        eq(mutual.mostFor(own), 0, "of three units");
    }

    function test_only_a_shop_of_the_street_pays_in() public {
        money.mint(address(this), 10);
        money.approve(address(mutual), 10);
        refusedToPayIn(99, ShopStatus.None);
        refusedToPayIn(own, ShopStatus.Active);
        vm.prank(ownerFor(books));
        consortium.announceExit(books);
        refusedToPayIn(books, ShopStatus.Exiting);
    }

    function test_a_suspended_shop_pays_in_too() public {
        vm.prank(board);
        consortium.suspend(books);
        payIn(books, 10);
        eq(mutual.shareValueOf(books), 10, "its share");
    }

    function test_what_was_collected_before_is_not_the_newcomers() public {
        payIn(cafe, 1_000_000);
        fund(own, 1_000_000);
        // Collected on the way in, so that nobody can be quicker than the collection.
        payIn(books, 1_000_000);
        eq(mutual.held(), 3_000_000, "all of it");
        ok(mutual.shareValueOf(books) <= 1_000_000 && mutual.shareValueOf(books) >= 999_998, "no more than it paid");
        ok(mutual.shareValueOf(cafe) >= 1_999_990, "the rest is the one's that was there");
    }

    function test_nobody_makes_the_next_ones_share_round_to_nothing() public {
        payIn(cafe, 1);
        money.mint(address(mutual), 1_000_000_000);
        fund(own, 1_000_000);
        mutual.collect();
        payIn(books, 1_000_000);
        ok(mutual.shareValueOf(books) >= 999_000, "all but the last digits");
        ok(mutual.shareValueOf(cafe) <= 500_001, "and the attacker has lost by it");
    }

    function testFuzz_shares_never_add_up_to_more_than_is_held(uint256 seed) public {
        for (uint256 step; step < 16; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 amount = within(seed >> 8, 1, 10 ** within(seed >> 128, 1, 15));
            if (seed % 3 == 0) {
                fund(own, amount);
                continue;
            }
            money.mint(address(this), amount);
            money.approve(address(mutual), amount);
            // What is too little for a crumb of a share is refused, not swallowed.
            try mutual.payIn(seed % 3 == 1 ? cafe : books, amount) {} catch {}
            uint256 all = mutual.shareValueOf(cafe) + mutual.shareValueOf(books);
            ok(all <= mutual.held(), "in the fund's favour");
            ok(mutual.held() <= money.balanceOf(address(mutual)), "and there");
        }
    }

    // ---------------------------------------------------------------- collecting

    function test_a_breakage_share_comes_into_the_fund() public {
        vm.prank(board);
        consortium.setBreakageShare(2_500, own);
        nextQuarter();
        issue(cafe, 1, 0, entry(member, 10_000));
        for (uint256 i; i < 5; ++i) {
            nextQuarter();
        }
        address[] memory members = new address[](1);
        members[0] = member;
        tokenOf(cafe).lapse(members);
        clearing.shareBreakage(cafe);
        (int128 net, ) = clearing.positionOf(own);
        ok(net > 0, "owed to the fund");
        clearing.settle(shops(cafe, cafe));
        vm.expectEmit(address(mutual));
        emit IMutualFund.Collected(uint128(net));
        vm.prank(member);
        mutual.collect();
        eq(mutual.held(), uint128(net), "held");
        vm.expectRevert(abi.encodeWithSelector(IMutualFund.NothingToCollect.selector));
        mutual.collect();
    }

    function test_collecting_takes_the_last_unit_of_its_own_and_settles_nobody_else() public {
        Claim[] memory claims = new Claim[](1);
        claims[0] = Claim(cafe, IssuerMode.Open, 100, 0);
        vm.prank(address(rewards));
        clearing.move(0, claims);
        clearing.settle(shops(cafe, cafe));
        fund(own, 1);
        mutual.collect();
        eq(mutual.held(), 1, "collected");
        eq(clearing.pool(), 100, "what waits for who holds vouchers waits on");
    }

    function test_the_first_to_pay_in_does_not_get_what_was_collected_before() public {
        fund(own, 1_000_000_000);
        mutual.collect();
        payIn(cafe, 1_000);
        ok(mutual.shareValueOf(cafe) <= 1_000 && mutual.shareValueOf(cafe) >= 999, "what it paid");
    }

    function test_so_little_that_it_buys_nothing_is_refused() public {
        vm.expectRevert(abi.encodeWithSelector(IMutualFund.NothingPaidIn.selector, 0));
        mutual.payIn(cafe, 0);
    }

    function test_money_that_does_not_arrive_buys_no_share() public {
        bytes memory transfer = abi.encodeCall(money.transferFrom, (address(this), address(mutual), 10));
        vm.mockCall(address(money), transfer, abi.encode(true));
        vm.expectRevert(abi.encodeWithSelector(IMutualFund.PaymentShort.selector, 10, 0));
        mutual.payIn(cafe, 10);
    }

    function test_a_fund_the_board_did_not_admit_collects_nothing() public {
        MutualFund other = new MutualFund(consortium);
        fund(other.ownShop(), 10);
        vm.expectRevert(abi.encodeWithSelector(IMutualFund.NothingToCollect.selector));
        other.collect();
    }

    // ---------------------------------------------------------------- a default

    function test_the_board_pays_for_a_default_14_days_after_it_was_noted() public {
        payIn(cafe, 400_000);
        payIn(books, 1_000_000);
        bytes memory early = abi.encodeWithSelector(IMutualFund.NotDefaulted.selector, cafe, ShopStatus.Active);
        vm.expectRevert(early);
        mutual.noteDefault(cafe);
        letDefault();
        refusedToPay(1, abi.encodeWithSelector(IMutualFund.DefaultNotNoted.selector, cafe));
        vm.expectEmit(address(mutual));
        emit IMutualFund.DefaultNoted(cafe, uint48(block.timestamp + 14 days));
        vm.prank(member);
        mutual.noteDefault(cafe);
        uint48 notedAt = uint48(block.timestamp);
        vm.expectRevert(abi.encodeWithSelector(IMutualFund.DefaultAlreadyNoted.selector, cafe, notedAt));
        mutual.noteDefault(cafe);
        vm.warp(notedAt + 14 days - 1);
        refusedToPay(1, abi.encodeWithSelector(IMutualFund.CompensationTooEarly.selector, cafe, notedAt + 14 days));
        vm.warp(notedAt + 14 days);
        uint256 most = mutual.mostFor(cafe);
        eq(most, 400_000 + 100_000, "its own and a tenth of the rest");
        refusedToPay(
            most + 1,
            abi.encodeWithSelector(IMutualFund.CompensationOutOfBounds.selector, cafe, most, most + 1)
        );
        refusedToPay(0, abi.encodeWithSelector(IMutualFund.CompensationOutOfBounds.selector, cafe, most, 0));
        (uint128 before, uint128 liability) = clearing.priceOf(cafe);
        vm.expectEmit(address(mutual));
        emit IMutualFund.Compensated(cafe, most);
        vm.prank(board);
        mutual.compensate(cafe, most);
        (uint128 after_, ) = clearing.priceOf(cafe);
        eq(after_, before + most, "of the same liability");
        eq(liability, 10_000 * PAR, "as it was");
        eq(mutual.held(), 900_000, "what is left");
        eq(mutual.shareValueOf(books), 900_000, "the others', rounded down");
        eq(mutual.sharesOf(cafe), 0, "its own share is spent");
        refusedToPay(1, abi.encodeWithSelector(IMutualFund.AlreadyCompensated.selector, cafe));
    }

    function test_the_fund_pays_no_more_than_the_points_lack() public {
        payIn(cafe, 5_000_000);
        letDefault();
        mutual.noteDefault(cafe);
        vm.warp(block.timestamp + 14 days);
        // 100.00 points, of which 40 are covered.
        refusedToPay(
            600_001,
            abi.encodeWithSelector(IMutualFund.CompensationOutOfBounds.selector, cafe, 600_000, 600_001)
        );
        vm.prank(board);
        mutual.compensate(cafe, 600_000);
        (uint128 price, uint128 of_) = clearing.priceOf(cafe);
        eq(price, of_, "par");
    }

    function test_what_the_shop_owes_by_then_lacks_as_well() public {
        payIn(cafe, 5_000_000);
        letDefault();
        mutual.noteDefault(cafe);
        redeem(books, 1, atDefaultPrice(MEMBER, books, 1, cafe, 2_500));
        vm.warp(block.timestamp + 14 days);
        ok(netOf(cafe) == -100_000, "25 points at 40 %");
        // 75.00 points, for which 30 % of what they were worth is left.
        refusedToPay(
            450_001,
            abi.encodeWithSelector(IMutualFund.CompensationOutOfBounds.selector, cafe, 450_000, 450_001)
        );
    }

    function test_the_fund_pays_nothing_where_nothing_lacks() public {
        payIn(cafe, 400_000);
        letDefault();
        mutual.noteDefault(cafe);
        vm.warp(block.timestamp + 14 days);
        fund(cafe, 599_999);
        refusedToPay(2, abi.encodeWithSelector(IMutualFund.CompensationOutOfBounds.selector, cafe, 1, 2));
        fund(cafe, 400_001);
        refusedToPay(1, abi.encodeWithSelector(IMutualFund.CompensationOutOfBounds.selector, cafe, 0, 1));
    }

    function test_only_the_board_pays() public {
        payIn(cafe, 400_000);
        letDefault();
        mutual.noteDefault(cafe);
        vm.warp(block.timestamp + 14 days);
        address[3] memory others = [guardian, ownerFor(cafe), address(this)];
        for (uint256 i; i < 3; ++i) {
            vm.prank(others[i]);
            vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, others[i]));
            mutual.compensate(cafe, 1);
        }
    }

    // ---------------------------------------------------------------- leaving

    function test_a_shop_that_left_takes_its_share_and_nobody_else_takes_any() public {
        payIn(cafe, 1_000_000);
        payIn(books, 500_000);
        notLeaver(books, ownerFor(books), ShopStatus.Active);
        vm.prank(ownerFor(books));
        consortium.announceExit(books);
        notLeaver(books, ownerFor(books), ShopStatus.Exiting);
        vm.warp(block.timestamp + 30 days + 1);
        consortium.finishExit(books);
        notLeaver(books, ownerFor(cafe), ShopStatus.Exited);
        notLeaver(books, board, ShopStatus.Exited);
        address owner = ownerFor(books);
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IMutualFund.ZeroRecipient.selector));
        mutual.takeOut(books, address(0));
        vm.expectEmit(address(mutual));
        emit IMutualFund.TakenOut(books, member, 500_000);
        vm.prank(owner);
        mutual.takeOut(books, member);
        eq(money.balanceOf(member), 500_000, "to whom the owner named");
        eq(mutual.held(), 1_000_000, "the other one's stays");
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IMutualFund.NoShare.selector, books));
        mutual.takeOut(books, member);
    }

    function test_a_defaulted_shop_takes_nothing_out() public {
        payIn(cafe, 1_000_000);
        letDefault();
        notLeaver(cafe, ownerFor(cafe), ShopStatus.Defaulted);
    }

    // ---------------------------------------------------------------- a money that calls back

    function test_in_the_midst_of_paying_in_collecting_or_compensating_nobody_pays_in() public {
        callsBack();
        payIn(cafe, 5_000_000);
        wasRefused("paying in");
        fund(own, 10);
        callsBack();
        mutual.collect();
        wasRefused("collecting");
        letDefault();
        mutual.noteDefault(cafe);
        vm.warp(block.timestamp + 14 days);
        callsBack();
        vm.prank(board);
        mutual.compensate(cafe, 600_000);
        wasRefused("compensating");
    }

    function test_in_the_midst_of_taking_a_share_out_nobody_pays_in() public {
        payIn(cafe, 1_000_000);
        vm.prank(ownerFor(cafe));
        consortium.announceExit(cafe);
        vm.warp(block.timestamp + 30 days + 1);
        consortium.finishExit(cafe);
        callsBack();
        vm.prank(ownerFor(cafe));
        mutual.takeOut(cafe, member);
        wasRefused("taking out");
    }

    // ---------------------------------------------------------------- within

    /// @dev With its next transfer the money itself, which has enough of its own, pays in for the books.
    function callsBack() internal {
        money.mint(address(hook), 10);
        vm.prank(address(hook));
        hook.approve(address(mutual), 10);
        hook.callBack(address(mutual), abi.encodeCall(mutual.payIn, (books, 10)));
    }

    function wasRefused(string memory what) internal view {
        ok(hook.target() == address(0) && !hook.reached() && mutual.sharesOf(books) == 0, what);
    }

    /// @dev The cafe leaves with 40 % of what its 100.00 points are worth.
    function letDefault() internal {
        vm.warp(block.timestamp + 400 days);
        issue(cafe, 1, 0, entry(member, 10_000));
        vm.prank(ownerFor(cafe));
        clearing.withdraw(cafe, address(0xca5e), 100_000_000 - 400_000);
        vm.prank(ownerFor(cafe));
        consortium.announceExit(cafe);
        vm.warp(block.timestamp + 30 days);
        clearing.declareDefault(cafe);
    }

    function nextQuarter() internal {
        endQuarter(cafe);
        tokenOf(cafe).poke();
    }

    function payIn(uint32 shop, uint256 amount) internal {
        money.mint(address(this), amount);
        money.approve(address(mutual), amount);
        mutual.payIn(shop, amount);
    }

    function refusedToPayIn(uint32 shop, ShopStatus status) internal {
        vm.expectRevert(abi.encodeWithSelector(IMutualFund.ShopNotPayingIn.selector, shop, status));
        mutual.payIn(shop, 10);
    }

    function refusedToPay(uint256 amount, bytes memory why) internal {
        vm.prank(board);
        vm.expectRevert(why);
        mutual.compensate(cafe, amount);
    }

    function notLeaver(uint32 shop, address who, ShopStatus status) internal {
        vm.prank(who);
        vm.expectRevert(abi.encodeWithSelector(IMutualFund.NotLeaver.selector, shop, status, who));
        mutual.takeOut(shop, who);
    }
}
