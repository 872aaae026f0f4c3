// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Execution} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {IGasSponsor} from "../../../contracts/interfaces/IGasSponsor.sol";
import {IMemberAccount} from "../../../contracts/interfaces/IMemberAccount.sol";
import {SponsoredStreet} from "../support/SponsoredStreet.sol";

/// @notice What is paid for: members' accounts that call the network's contracts, or order their own keys.
contract GasSponsorTargetsTest is SponsoredStreet {
    IMemberAccount internal constant ACCOUNT = IMemberAccount(address(0));

    // ---------------------------------------------------------------- calls

    function test_every_contract_of_the_network_may_be_called_and_every_shops_points() public {
        address[11] memory targets = [
            address(consortium),
            address(factory),
            address(issuance),
            address(redemptions),
            address(clearing),
            address(standing),
            address(membership),
            address(accounts),
            address(rewards),
            address(tokenOf(cafe)),
            address(tokenOf(books))
        ];
        for (uint256 i; i < targets.length; ++i) pays(calling(targets[i]), 1);
        left(DAY, ada, PER_MEMBER - 11, FOR_ALL - 11);
    }

    function test_nothing_else_may_be_called() public {
        address[8] memory targets = [
            address(money),
            address(authority),
            address(sponsor),
            address(ENTRY_POINT),
            ada,
            ben,
            address(0),
            stranger
        ];
        for (uint256 i; i < targets.length; ++i) {
            foreign(calling(targets[i]), targets[i]);
        }
        Execution[] memory calls = new Execution[](3);
        for (uint256 i; i < 3; ++i) calls[i] = Execution(address(issuance), 0, "");
        calls[2].target = stranger;
        foreign(approved(operation(ada, executing(calls))), stranger);
        calls[2].target = address(tokenOf(cafe));
        pays(approved(operation(ada, executing(calls))), 1);
        pays(approved(operation(ada, executing(new Execution[](0)))), 1);
    }

    function test_bytes_that_could_be_read_in_two_ways_are_not_paid_for() public {
        Execution[] memory calls = new Execution[](1);
        calls[0] = Execution(address(issuance), 0, hex"12345678");
        bytes memory good = executing(calls);
        // Where the bytes begin and end, the list, its first call, that call's data, and what fills up its last word.
        uint256[8] memory places = [uint256(4 + 63), 4 + 95, 4 + 127, 4 + 159, 4 + 191, 4 + 287, 4 + 319, 4 + 340];
        for (uint256 i; i < places.length; ++i) {
            bytes memory changed = bytes.concat(good);
            changed[places[i]] ^= 0x20;
            unreadable(changed);
        }
        unreadable(bytes.concat(good, bytes32(0)));
        unreadable(bytes.concat(good, hex"00"));
        for (uint256 length = 4; length < good.length; length += 31) unreadable(cut(good, length));
        bytes memory far = bytes.concat(good);
        for (uint256 i; i < 32; ++i) far[4 + 160 + i] = 0xff;
        unreadable(far);
        pays(approved(operation(ada, good)), 1);
    }

    function test_the_targets_of_an_act_are_read_off_its_bytes() public {
        Execution[] memory calls = new Execution[](2);
        calls[0] = Execution(stranger, 5, hex"1234");
        calls[1] = Execution(address(redemptions), 0, "");
        address[] memory targets = sponsor.targetsOf(executing(calls));
        eq(targets.length, 2, "two");
        eq(targets[0], stranger, "the first");
        eq(targets[1], address(redemptions), "the second");
        bytes memory other = abi.encodeCall(ACCOUNT.removeKey, (bytes32(0), 0, ""));
        (bool read, ) = address(sponsor).staticcall(abi.encodeCall(sponsor.targetsOf, (other)));
        ok(!read, "no calls at all");
        bytes memory more = bytes.concat(executing(calls), hex"00");
        vm.expectRevert(abi.encodeWithSelector(IGasSponsor.UnreadableAct.selector, more.length));
        sponsor.targetsOf(more);
    }

    // ---------------------------------------------------------------- orders

    function test_every_order_about_keys_and_guardian_is_paid_for() public {
        bytes[5] memory acts = [
            abi.encodeCall(ACCOUNT.addKey, (bytes32(0), bytes32(0), 0, "")),
            abi.encodeCall(ACCOUNT.removeKey, (bytes32(0), 0, "")),
            abi.encodeCall(ACCOUNT.chooseGuardian, (stranger, 0, 0, "")),
            abi.encodeCall(ACCOUNT.keepGuardian, (stranger, 0, 0, "")),
            abi.encodeCall(ACCOUNT.veto, (0, 0, ""))
        ];
        for (uint256 i; i < acts.length; ++i) pays(approved(operation(ada, acts[i])), 1);
    }

    function test_nothing_else_an_account_does_is_paid_for() public {
        bytes4[5] memory acts = [
            ACCOUNT.startRecovery.selector,
            ACCOUNT.completeRecovery.selector,
            ACCOUNT.onERC1155Received.selector,
            bytes4(0x8dd7712f),
            bytes4(0)
        ];
        for (uint256 i; i < acts.length; ++i) notAnAct(approved(operation(ada, abi.encodePacked(acts[i]))), acts[i]);
        notAnAct(approved(operation(ada, "")), bytes4(0));
        PackedUserOperation memory made = calling(address(issuance));
        made.callData = executing(new Execution[](0));
        notAnAct(approved(made), ACCOUNT.execute.selector);
        made.callData = "";
        notAnAct(approved(made), bytes4(0));
        made.callData = hex"8dd771";
        notAnAct(approved(made), bytes4(hex"8dd77100"));
    }

    // ---------------------------------------------------------------- whose

    function test_only_members_accounts_are_paid_for() public {
        (bytes32 x, bytes32 y) = keyOf(ADA);
        bytes memory arguments = abi.encodePacked(x, y, address(0xcafe), uint48(3 days));
        address[5] memory others = [
            stranger,
            address(issuance),
            accounts.implementation(),
            // The very code of Ada's account, at another address; and one with other arguments, by nobody we know.
            Clones.cloneWithImmutableArgs(accounts.implementation(), arguments),
            Clones.cloneWithImmutableArgs(accounts.implementation(), abi.encodePacked(y, x, stranger, uint48(1)))
        ];
        for (uint256 i; i < others.length; ++i) {
            ada = others[i];
            notAMember(calling(address(issuance)), ada);
        }
        vm.etch(stranger, new bytes(135));
        ada = stranger;
        notAMember(calling(address(issuance)), stranger);
    }

    function test_the_accounts_of_another_key_guardian_or_delay_are_members_accounts_all_the_same() public {
        (bytes32 x, bytes32 y) = keyOf(BEN);
        address[3] memory members = [
            accounts.deploy(x, y, address(0), 0),
            accounts.deploy(x, y, address(type(uint160).max), type(uint48).max),
            accounts.deploy(y, x, address(1), 1)
        ];
        for (uint256 i; i < members.length; ++i) {
            ada = members[i];
            pays(calling(address(issuance)), 1);
        }
    }

    function test_an_account_is_deployed_by_the_members_accounts_or_not_on_our_gas() public {
        PackedUserOperation memory made = calling(address(issuance));
        made.initCode = abi.encodePacked(address(accounts), hex"12345678");
        pays(approved(made), 1);
        bytes[4] memory others = [
            abi.encodePacked(stranger, hex"12345678"),
            abi.encodePacked(bytes20(hex"7702")),
            bytes(hex"7702"),
            abi.encodePacked(bytes19(bytes20(address(accounts))))
        ];
        for (uint256 i; i < others.length; ++i) {
            made.initCode = others[i];
            address factory_ = others[i].length < 20 ? address(0) : address(bytes20(others[i]));
            refuses(approved(made), 1, abi.encodeWithSelector(IGasSponsor.ForeignFactory.selector, factory_));
        }
    }

    // ---------------------------------------------------------------- within

    function foreign(PackedUserOperation memory made, address target) internal {
        refuses(made, 1, abi.encodeWithSelector(IGasSponsor.ForeignTarget.selector, target));
    }

    function notAnAct(PackedUserOperation memory made, bytes4 act) internal {
        refuses(made, 1, abi.encodeWithSelector(IGasSponsor.ForeignAct.selector, act));
    }

    function notAMember(PackedUserOperation memory made, address sender) internal {
        refuses(made, 1, abi.encodeWithSelector(IGasSponsor.NotMemberAccount.selector, sender));
    }

    function unreadable(bytes memory act) internal {
        bytes memory why = abi.encodeWithSelector(IGasSponsor.UnreadableAct.selector, act.length);
        refuses(approved(operation(ada, act)), 1, why);
    }

    function cut(bytes memory from, uint256 length) internal pure returns (bytes memory part) {
        part = new bytes(length);
        for (uint256 i; i < length; ++i) part[i] = from[i];
    }
}
