// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {IERC3009, IERC3009Cancel} from "@openzeppelin/contracts/interfaces/draft-IERC3009.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";
import {IPointsFactory} from "../../contracts/interfaces/IPointsFactory.sol";
import {ShopPoints} from "../../contracts/ShopPoints.sol";
import {AgreeingAccount} from "./support/Signers.sol";
import {Lots} from "./support/Lots.sol";

/// @notice What anybody who knows OpenZeppelin's ERC-20, ERC-2612 and ERC-3009 expects of a token (N-2).
contract ShopPointsErc20Test is Lots {
    uint256 internal constant ALWAYS = type(uint256).max;

    function setUp() public override {
        super.setUp();
        give(ada, 1_000);
    }

    // ---------------------------------------------------------------- transfers

    function test_a_transfer_answers_true_and_says_itself_once() public {
        vm.recordLogs();
        vm.prank(ada);
        ok(points.transfer(ben, 5), "answers true");
        eq(said(IERC20.Transfer.selector), 1, "one event");
        vm.prank(ada);
        points.approve(ben, 5);
        vm.prank(ben);
        ok(points.transferFrom(ada, cem, 5), "answers true");
        eq(points.balanceOf(cem), 5, "arrived");
    }

    function test_nothing_can_be_sent_by_anyone_to_anyone_but_nobody() public {
        vm.expectEmit(address(points));
        emit IERC20.Transfer(cem, ben, 0);
        send(cem, ben, 0);
        vm.expectEmit(address(points));
        emit IERC20.Transfer(cem, ada, 0);
        points.transferFrom(cem, ada, 0);
        vm.prank(cem);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, address(0)));
        points.transfer(address(0), 0);
        eq(points.balanceOf(ada), 1_000, "nobody has more or less");
    }

    function test_one_may_send_to_oneself_what_one_has_and_not_more() public {
        vm.expectEmit(address(points));
        emit IERC20.Transfer(ada, ada, 1_000);
        send(ada, ada, 1_000);
        eq(points.balanceOf(ada), 1_000, "as before");
        vm.prank(ada);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, ada, 1_000, 1_001));
        points.transfer(ada, 1_001);
    }

    function test_no_number_is_too_large_to_be_refused() public {
        uint256[4] memory large = [uint256(1) << 48, (uint256(1) << 48) + 1_000, uint256(1) << 240, ALWAYS];
        for (uint256 i; i < 4; ++i) {
            vm.prank(ada);
            vm.expectRevert(
                abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, ada, 1_000, large[i])
            );
            points.transfer(ben, large[i]);
        }
    }

    function testFuzz_sending_makes_and_loses_nothing(uint256 seed) public {
        address[3] memory members = [ada, ben, cem];
        fill(ben);
        for (uint256 i; i < 20; ++i) {
            address from = members[draw(seed, i) % 3];
            address to = members[(draw(seed, i) >> 8) % 3];
            uint256 had = points.balanceOf(from);
            uint256 other = points.balanceOf(to);
            uint256 amount = within(draw(seed, i) >> 16, 0, had);
            send(from, to, amount);
            eq(points.balanceOf(from), from == to ? had : had - amount, "less by as many");
            eq(points.balanceOf(to), from == to ? other : other + amount, "more by as many");
            uint256 all = points.balanceOf(ada) + points.balanceOf(ben) + points.balanceOf(cem);
            eq(points.totalSupply(), all, "the supply is what they have");
        }
    }

    // ---------------------------------------------------------------- allowances

    function test_an_allowance_is_said_replaced_and_used_up() public {
        vm.expectEmit(address(points));
        emit IERC20.Approval(ada, ben, 70);
        vm.prank(ada);
        ok(points.approve(ben, 70), "answers true");
        vm.prank(ada);
        points.approve(ben, 50);
        eq(points.allowance(ada, ben), 50, "replaced");
        vm.recordLogs();
        vm.prank(ben);
        points.transferFrom(ada, cem, 20);
        eq(points.allowance(ada, ben), 30, "used up by 20");
        eq(said(IERC20.Approval.selector), 0, "without an event of its own");
        vm.prank(ben);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, ben, 30, 31));
        points.transferFrom(ada, cem, 31);
        eq(points.allowance(ben, ada), 0, "it goes one way");
    }

    function test_the_highest_allowance_is_never_used_up() public {
        vm.prank(ada);
        points.approve(ben, ALWAYS);
        vm.prank(ben);
        points.transferFrom(ada, cem, 400);
        eq(points.allowance(ada, ben), ALWAYS, "as it was");
        vm.prank(ada);
        points.approve(ben, ALWAYS - 1);
        vm.prank(ben);
        points.transferFrom(ada, cem, 400);
        eq(points.allowance(ada, ben), ALWAYS - 401, "one less is a number like any other");
    }

    function test_nobody_is_approved_and_nobody_is_exempt() public {
        vm.prank(ada);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidSpender.selector, address(0)));
        points.approve(address(0), 5);
        vm.prank(ada);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, ada, 0, 5));
        points.transferFrom(ada, ben, 5);
        address[4] memory powers = [address(issuance), address(redemptions), ownerFor(shop), board];
        for (uint256 i; i < 4; ++i) {
            vm.prank(powers[i]);
            vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, powers[i], 0, 5));
            points.transferFrom(ada, powers[i], 5);
        }
    }

    function test_an_allowance_promises_no_balance_and_outlives_what_lapses() public {
        vm.prank(ada);
        points.approve(ben, 5_000);
        vm.prank(ben);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, ada, 1_000, 1_001));
        points.transferFrom(ada, ben, 1_001);
        eq(points.allowance(ada, ben), 5_000, "a failed transfer uses nothing up");
        pass(5);
        eq(points.allowance(ada, ben), 5_000, "the points lapsed, the allowance did not");
        give(ada, 10);
        vm.prank(ben);
        points.transferFrom(ada, ben, 10);
        eq(points.allowance(ada, ben), 4_990, "used up as ever");
    }

    // ---------------------------------------------------------------- ERC-2612 and ERC-5267

    function test_a_permit_in_three_parts_counts_its_nonce() public {
        for (uint256 nonce; nonce < 2; ++nonce) {
            eq(points.nonces(ada), nonce, "the next one");
            (uint8 v, bytes32 r, bytes32 s) = vm.sign(ADA, permitDigest(ada, nonce, ALWAYS));
            vm.expectEmit(address(points));
            emit IERC20.Approval(ada, ben, ALWAYS);
            points.permit(ada, ben, ALWAYS, ALWAYS, v, r, s);
            address stranger = strangerOf(ada, v, r, s);
            vm.expectRevert(abi.encodeWithSelector(ERC20Permit.ERC2612InvalidSigner.selector, stranger, ada));
            points.permit(ada, ben, ALWAYS, ALWAYS, v, r, s);
        }
        eq(points.allowance(ada, ben), ALWAYS, "allowed");
    }

    function test_an_account_contract_permits_by_its_own_answer() public {
        AgreeingAccount account = new AgreeingAccount();
        account.agree(permitDigest(address(account), 0, 80));
        vm.expectRevert(
            abi.encodeWithSelector(ERC20Permit.ERC2612InvalidSigner.selector, address(0), address(account))
        );
        points.permit(address(account), ben, 81, ALWAYS, "");
        points.permit(address(account), ben, 80, ALWAYS, "");
        eq(points.allowance(address(account), ben), 80, "allowed");
        eq(points.nonces(address(account)), 1, "once");
    }

    function test_the_domain_is_the_tokens_own_and_the_chains() public {
        (, string memory name, string memory version, uint256 chain, address verifier, , ) = IERC5267(address(points))
            .eip712Domain();
        ok(keccak256(bytes(name)) == keccak256("Highstreet points 1"), "name");
        ok(keccak256(bytes(version)) == keccak256("1"), "version");
        ok(chain == block.chainid && verifier == address(points), "chain and contract");
        bytes32 here = points.DOMAIN_SEPARATOR();
        ok(here != tokenOf(openShop(0)).DOMAIN_SEPARATOR(), "another shop's is another");
        vm.chainId(block.chainid + 1);
        ok(here != points.DOMAIN_SEPARATOR(), "another chain's too");
    }

    // ---------------------------------------------------------------- ERC-3009

    function test_an_authorization_in_three_parts_is_used_once() public {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(ADA, moveDigest("Transfer", 9, NOON - 1, NOON + 2));
        bytes memory cancel = cancelSignature();
        vm.expectEmit(address(points));
        emit IERC3009.AuthorizationUsed(ada, "n");
        vm.expectEmit(address(points));
        emit IERC20.Transfer(ada, ben, 9);
        points.transferWithAuthorization(ada, ben, 9, NOON - 1, NOON + 2, "n", v, r, s);
        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009UsedAuthorization.selector, ada, bytes32("n")));
        points.transferWithAuthorization(ada, ben, 9, NOON - 1, NOON + 2, "n", v, r, s);
        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009InvalidSignature.selector));
        points.transferWithAuthorization(ada, ben, 10, NOON - 1, NOON + 2, "n", v, r, s);
        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009UsedAuthorization.selector, ada, bytes32("n")));
        points.cancelAuthorization(ada, "n", cancel);
    }

    function test_an_authorization_lies_strictly_within_its_time() public {
        uint48[4] memory starts = [uint48(NOON), uint48(NOON + 1), uint48(NOON - 2), uint48(NOON - 2)];
        uint48[4] memory ends = [uint48(NOON + 2), uint48(NOON + 2), uint48(NOON), uint48(NOON - 1)];
        for (uint256 i; i < 4; ++i) {
            bytes memory signature = signed(ADA, moveDigest("Transfer", 9, starts[i], ends[i]));
            vm.expectRevert(
                abi.encodeWithSelector(ERC3009.ERC3009InvalidAuthorizationTime.selector, starts[i], ends[i])
            );
            points.transferWithAuthorization(ada, ben, 9, starts[i], ends[i], "n", signature);
        }
        bytes memory inTime = signed(ADA, moveDigest("Transfer", 9, NOON - 1, NOON + 1));
        points.transferWithAuthorization(ada, ben, 9, NOON - 1, NOON + 1, "n", inTime);
        eq(points.balanceOf(ben), 9, "in the one second there is");
    }

    function test_an_authorization_that_cannot_be_done_is_not_used() public {
        bytes memory signature = signed(ADA, moveDigest("Transfer", 1_001, 0, ALWAYS));
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, ada, 1_000, 1_001));
        points.transferWithAuthorization(ada, ben, 1_001, 0, ALWAYS, "n", signature);
        ok(!points.authorizationState(ada, "n"), "not used");
        give(ada, 1);
        points.transferWithAuthorization(ada, ben, 1_001, 0, ALWAYS, "n", signature);
        eq(points.balanceOf(ben), 1_001, "once it can be done it is");
    }

    function test_the_receiver_alone_brings_what_is_for_the_receiver() public {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(ADA, moveDigest("Receive", 9, 0, ALWAYS));
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, ben));
        points.receiveWithAuthorization(ada, ben, 9, 0, ALWAYS, "n", v, r, s);
        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009InvalidSignature.selector));
        points.transferWithAuthorization(ada, ben, 9, 0, ALWAYS, "n", v, r, s);
        vm.prank(ben);
        points.receiveWithAuthorization(ada, ben, 9, 0, ALWAYS, "n", v, r, s);
        eq(points.balanceOf(ben), 9, "received");
        vm.prank(ben);
        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009UsedAuthorization.selector, ada, bytes32("n")));
        points.receiveWithAuthorization(ada, ben, 9, 0, ALWAYS, "n", abi.encodePacked(r, s, v));
    }

    function test_a_cancelled_authorization_stays_cancelled() public {
        bytes memory cancel = cancelSignature();
        vm.expectEmit(address(points));
        emit IERC3009Cancel.AuthorizationCanceled(ada, "n");
        points.cancelAuthorization(ada, "n", cancel);
        ok(points.authorizationState(ada, "n"), "as good as used");
        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009UsedAuthorization.selector, ada, bytes32("n")));
        points.cancelAuthorization(ada, "n", cancel);
        bytes memory late = signed(ADA, moveDigest("Receive", 9, 0, ALWAYS));
        vm.prank(ben);
        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009UsedAuthorization.selector, ada, bytes32("n")));
        points.receiveWithAuthorization(ada, ben, 9, 0, ALWAYS, "n", late);
    }

    // ---------------------------------------------------------------- where it stands

    function test_a_token_stands_where_anyone_can_reckon_it_will() public {
        uint32 next = consortium.shopCount() + 1;
        bytes memory arguments = abi.encode(consortium, consortium.network(), next, PAR, QUARTER);
        bytes32 code = keccak256(bytes.concat(type(ShopPoints).creationCode, arguments));
        address reckoned = Create2.computeAddress(bytes32(uint256(next)), code, address(factory));
        eq(factory.addressOf(next), reckoned, "the factory says so");
        ok(reckoned.code.length == 0, "not there yet");
        eq(address(tokenOf(openShop(0))), reckoned, "there it is");
        ok(factory.addressOf(shop) == address(points), "and there it stays");
    }

    function test_only_the_consortium_has_tokens_deployed_and_each_once() public {
        vm.expectRevert(abi.encodeWithSelector(IPointsFactory.NotConsortium.selector, address(this)));
        factory.deploy(99);
        vm.prank(address(consortium));
        (bool again, ) = address(factory).call(abi.encodeCall(factory.deploy, (shop)));
        ok(!again, "a shop has one token for ever");
    }

    // ---------------------------------------------------------------- within

    function permitDigest(address owner, uint256 nonce, uint256 value) internal view returns (bytes32) {
        bytes32 kind = keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        return typed(points.name(), address(points), keccak256(abi.encode(kind, owner, ben, value, nonce, ALWAYS)));
    }

    /// @dev Whose signature this would be under the next nonce.
    function strangerOf(address owner, uint8 v, bytes32 r, bytes32 s) internal view returns (address) {
        return ecrecover(permitDigest(owner, points.nonces(owner), ALWAYS), v, r, s);
    }

    function moveDigest(string memory kind, uint256 value, uint256 from, uint256 to) internal view returns (bytes32) {
        bytes32 kindHash = keccak256(
            bytes(
                string.concat(
                    kind,
                    "WithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,"
                    "bytes32 nonce)"
                )
            )
        );
        bytes32 hash = keccak256(abi.encode(kindHash, ada, ben, value, from, to, bytes32("n")));
        return typed(points.name(), address(points), hash);
    }

    function cancelSignature() internal view returns (bytes memory) {
        bytes32 kind = keccak256("CancelAuthorization(address authorizer,bytes32 nonce)");
        bytes32 hash = keccak256(abi.encode(kind, ada, bytes32("n")));
        return signed(ADA, typed(points.name(), address(points), hash));
    }
}
