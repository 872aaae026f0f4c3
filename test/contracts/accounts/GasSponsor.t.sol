// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Paymaster} from "@openzeppelin/contracts/account/paymaster/Paymaster.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IPaymaster, PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {GasSponsor} from "../../../contracts/accounts/GasSponsor.sol";
import {IGasSponsor} from "../../../contracts/interfaces/IGasSponsor.sol";
import {SponsoredStreet} from "../support/SponsoredStreet.sol";

/// @notice Who pays, out of what, up to how much; test/contracts/accounts/GasSponsorTargets.t.sol has what for.
contract GasSponsorTest is SponsoredStreet {
    // ---------------------------------------------------------------- founding

    function test_a_sponsor_knows_its_network_its_owner_and_its_signer() public {
        eq(address(sponsor.accounts()), address(accounts), "accounts");
        eq(sponsor.mostDeposit(), MOST_DEPOSIT, "most deposit");
        eq(sponsor.owner(), owner, "owner");
        eq(sponsor.signer(), vm.addr(SIGNER), "signer");
        address next = vm.computeCreateAddress(address(this), vm.getNonce(address(this)));
        vm.expectEmit(next);
        emit IGasSponsor.SignerAppointed(vm.addr(BEN));
        sponsor = new GasSponsor(consortium, owner, vm.addr(BEN), 0);
        (uint128 perMember, uint128 forAll) = sponsor.budgets();
        eq(perMember + forAll, 0, "it pays nothing before its budgets are set");
    }

    // ---------------------------------------------------------------- the deposit

    function test_anybody_pays_in_up_to_the_most_and_not_a_unit_more() public {
        vm.deal(stranger, MOST_DEPOSIT + 1);
        vm.prank(stranger);
        sponsor.deposit{value: 1}();
        eq(book.balanceOf(address(sponsor)), 1, "paid in");
        vm.expectRevert(abi.encodeWithSelector(IGasSponsor.DepositTooHigh.selector, MOST_DEPOSIT + 1, MOST_DEPOSIT));
        vm.prank(stranger);
        sponsor.deposit{value: MOST_DEPOSIT}();
        vm.prank(stranger);
        sponsor.deposit{value: MOST_DEPOSIT - 1}();
        eq(book.balanceOf(address(sponsor)), MOST_DEPOSIT, "all of it");
    }

    function test_only_the_owner_takes_out() public {
        vm.deal(address(this), 500);
        sponsor.deposit{value: 500}();
        onlyTheOwner(abi.encodeCall(sponsor.withdraw, (payable(stranger), 500)));
        vm.prank(owner);
        sponsor.withdraw(payable(address(0x70)), 200);
        eq(address(0x70).balance, 200, "where the owner said");
        eq(book.balanceOf(address(sponsor)), 300, "the rest stays");
    }

    function test_only_the_owner_stakes_and_takes_the_stake_back() public {
        onlyTheOwner(abi.encodeCall(sponsor.addStake, (86_400)));
        onlyTheOwner(abi.encodeCall(sponsor.unlockStake, ()));
        onlyTheOwner(abi.encodeCall(sponsor.withdrawStake, (payable(stranger))));
        vm.deal(owner, 50);
        vm.prank(owner);
        sponsor.addStake{value: 50}(86_400);
        eq(book.stakeOf(address(sponsor)), 50, "staked");
        eq(book.delay(), 86_400, "for a day");
        vm.prank(owner);
        sponsor.unlockStake();
        ok(book.unlocked(), "unlocked");
        vm.prank(owner);
        sponsor.withdrawStake(payable(address(0x70)));
        eq(address(0x70).balance, 50, "back");
    }

    // ---------------------------------------------------------------- the signer

    function test_an_operation_is_paid_for_as_its_signer_approved_it_and_not_otherwise() public {
        PackedUserOperation memory good = calling(address(issuance));
        uint256 validation = asked(good, 1);
        eq(validation, (uint256(NOON - 60) << 208) | (uint256(NOON + 600) << 160), "within its time");
        PackedUserOperation memory changed = calling(address(issuance));
        changed.nonce = 8;
        paysNot(changed, 1);
        changed = calling(address(issuance));
        changed.sender = ben;
        paysNot(changed, 1);
        changed = calling(address(issuance));
        changed.gasFees = bytes32(abi.encodePacked(uint128(1), uint128(3)));
        paysNot(changed, 1);
        changed = calling(address(issuance));
        changed.accountGasLimits = bytes32(abi.encodePacked(uint128(300_000), uint128(200_001)));
        paysNot(changed, 1);
        changed = calling(address(issuance));
        changed.callData = calling(address(redemptions)).callData;
        paysNot(changed, 1);
        changed = calling(address(issuance));
        changed.preVerificationGas = 50_001;
        paysNot(changed, 1);
        changed = calling(address(issuance));
        changed.initCode = abi.encodePacked(address(accounts), hex"12345678");
        paysNot(changed, 1);
        paysNot(approved(calling(address(issuance)), uint48(NOON - 60), uint48(NOON + 600), ADA), 1);
    }

    function test_another_signer_is_appointed_by_the_owner_alone_and_the_old_one_counts_no_more() public {
        onlyTheOwner(abi.encodeCall(sponsor.appointSigner, (stranger)));
        PackedUserOperation memory old = calling(address(issuance));
        vm.expectEmit(address(sponsor));
        emit IGasSponsor.SignerAppointed(vm.addr(BEN));
        vm.prank(owner);
        sponsor.appointSigner(vm.addr(BEN));
        paysNot(old, 1);
        pays(approved(calling(address(issuance)), uint48(NOON - 60), uint48(NOON + 600), BEN), 1);
        vm.prank(owner);
        sponsor.appointSigner(address(0));
        paysNot(old, 1);
        old.paymasterAndData = bytes.concat(
            abi.encodePacked(address(sponsor), uint128(100_000), uint128(0), uint48(NOON), uint48(NOON + 1)),
            new bytes(65)
        );
        paysNot(old, 1);
    }

    // ---------------------------------------------------------------- the day

    function test_an_approval_is_good_within_one_day_only() public {
        uint48 begins = DAY * 1 days;
        pays(between(begins, begins + 1 days - 1), 1);
        notOneDay(begins - 1, begins + 10);
        notOneDay(begins, begins + 1 days);
        notOneDay(begins, 0);
        notOneDay(0, 0);
        notOneDay(0, 1 days - 1);
        pays(between(1 days, 2 days - 1), 1);
        left(1, ada, PER_MEMBER - 1, FOR_ALL - 1);
    }

    function test_blocks_are_no_days() public {
        uint48 flag = 1 << 47;
        uint48 begins = uint48((uint256(flag) / 1 days + 1) * 1 days);
        notOneDay(begins, begins + 1 days - 1);
        notOneDay(flag | uint48(NOON), uint48(NOON));
        notOneDay(uint48(NOON), flag | uint48(NOON));
        notOneDay(flag | 1, flag | 2);
        // One day, and both a number of seconds and one of blocks.
        notOneDay(flag - 1, flag);
    }

    function test_an_operation_without_an_approval_is_not_paid_for() public {
        PackedUserOperation memory made = calling(address(issuance));
        made.paymasterAndData = abi.encodePacked(address(sponsor), uint128(100_000), uint128(0));
        refuses(made, 1, abi.encodeWithSelector(IGasSponsor.NotWithinOneDay.selector, 0, 0));
    }

    // ---------------------------------------------------------------- budgets

    function test_a_member_costs_no_more_in_a_day_than_the_budget_of_one_to_the_unit() public {
        PackedUserOperation memory made = calling(address(issuance));
        left(DAY, ada, PER_MEMBER, FOR_ALL);
        bytes4 why = IGasSponsor.MemberBudgetSpent.selector;
        refuses(made, PER_MEMBER + 1, abi.encodeWithSelector(why, ada, PER_MEMBER, PER_MEMBER + 1));
        pays(made, PER_MEMBER - 10);
        left(DAY, ada, 10, FOR_ALL - PER_MEMBER + 10);
        refuses(made, 11, abi.encodeWithSelector(why, ada, 10, 11));
        pays(made, 10);
        refuses(made, 1, abi.encodeWithSelector(why, ada, 0, 1));
        left(DAY, ada, 0, FOR_ALL - PER_MEMBER);
        left(DAY, ben, PER_MEMBER, FOR_ALL - PER_MEMBER);
        pays(made, 0);
    }

    function test_all_members_together_cost_no_more_in_a_day_than_the_budget_of_all() public {
        address[3] memory members = [ada, ben, accountOf(0x333)];
        for (uint256 i; i < 2; ++i) {
            ada = members[i];
            pays(calling(address(issuance)), PER_MEMBER);
        }
        ada = members[2];
        bytes4 why = IGasSponsor.NetworkBudgetSpent.selector;
        refuses(calling(address(issuance)), 501, abi.encodeWithSelector(why, 500, 501));
        pays(calling(address(issuance)), 500);
        left(DAY, ada, 500, 0);
        refuses(calling(address(issuance)), 1, abi.encodeWithSelector(why, 0, 1));
    }

    function test_a_new_day_has_new_budgets() public {
        pays(calling(address(issuance)), PER_MEMBER);
        uint48 tomorrow = (DAY + 1) * 1 days;
        pays(between(tomorrow, tomorrow + 600), PER_MEMBER - 1);
        left(DAY + 1, ada, 1, FOR_ALL - PER_MEMBER + 1);
    }

    function test_budgets_are_set_by_the_owner_alone_and_hold_at_once() public {
        onlyTheOwner(abi.encodeCall(sponsor.setBudgets, (1, 1)));
        pays(calling(address(issuance)), 100);
        vm.expectEmit(address(sponsor));
        emit IGasSponsor.BudgetsSet(60, 90);
        vm.prank(owner);
        sponsor.setBudgets(60, 90);
        left(DAY, ada, 0, 0);
        left(DAY, ben, 60, 0);
        left(DAY + 1, ada, 60, 90);
        vm.prank(owner);
        sponsor.setBudgets(101, type(uint128).max);
        left(DAY, ada, 1, type(uint128).max - 100);
        vm.prank(owner);
        sponsor.setBudgets(type(uint128).max, type(uint128).max);
        pays(calling(address(issuance)), type(uint128).max - 100);
        left(DAY, ada, 0, 0);
    }

    function testFuzz_whatever_is_asked_no_day_costs_more_than_its_budgets(uint256 chance) public {
        address[3] memory members = [ada, ben, accountOf(0x333)];
        uint256[3] memory spent;
        for (uint256 i; i < 20; ++i) {
            chance = uint256(keccak256(abi.encode(chance)));
            ada = members[chance % 3];
            uint256 cost = (chance >> 8) % 700;
            PackedUserOperation memory made = calling(address(issuance));
            vm.prank(ENTRY_POINT);
            try sponsor.validatePaymasterUserOp(made, 0, cost) {
                spent[chance % 3] += cost;
            } catch {
                ok(
                    spent[chance % 3] + cost > PER_MEMBER || spent[0] + spent[1] + spent[2] + cost > FOR_ALL,
                    "too much"
                );
            }
        }
        for (uint256 i; i < 3; ++i) ok(spent[i] <= PER_MEMBER, "for one");
        uint256 all = spent[0] + spent[1] + spent[2];
        left(DAY, members[0], PER_MEMBER - spent[0], FOR_ALL - all);
    }

    // ---------------------------------------------------------------- whom it answers

    function test_only_the_entry_point_asks() public {
        PackedUserOperation memory made = calling(address(issuance));
        address[3] memory callers = [stranger, owner, ada];
        for (uint256 i; i < callers.length; ++i) {
            bytes memory why = abi.encodeWithSelector(Paymaster.PaymasterUnauthorized.selector, callers[i]);
            vm.expectRevert(why);
            vm.prank(callers[i]);
            sponsor.validatePaymasterUserOp(made, 0, 1);
            vm.expectRevert(why);
            vm.prank(callers[i]);
            sponsor.postOp(IPaymaster.PostOpMode.opSucceeded, "", 1, 1);
        }
        left(DAY, ada, PER_MEMBER, FOR_ALL);
    }

    // ---------------------------------------------------------------- within

    function between(uint48 validAfter, uint48 validUntil) internal view returns (PackedUserOperation memory) {
        return approved(calling(address(issuance)), validAfter, validUntil, SIGNER);
    }

    function notOneDay(uint48 validAfter, uint48 validUntil) internal {
        bytes4 why = IGasSponsor.NotWithinOneDay.selector;
        refuses(between(validAfter, validUntil), 1, abi.encodeWithSelector(why, validAfter, validUntil));
    }

    function onlyTheOwner(bytes memory act) internal {
        address[3] memory callers = [stranger, vm.addr(SIGNER), board];
        for (uint256 i; i < callers.length; ++i) {
            vm.prank(callers[i]);
            (bool done, bytes memory why) = address(sponsor).call(act);
            bytes memory expected = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, callers[i]);
            ok(!done && keccak256(why) == keccak256(expected), "only the owner");
        }
    }
}
