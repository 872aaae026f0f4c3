// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {Board} from "../../../contracts/Board.sol";
import {Founders} from "../../../contracts/Founders.sol";
import {Offices} from "../../../contracts/libraries/Offices.sol";
import {Street} from "./Street.sol";

/// @notice A street whose offices are held as on a deployed network: the shops' board administers, the founders act
/// beside it for a year, and nobody else decides.
abstract contract GovernedStreet is Street {
    /// @dev The hash of what a proposal is about, as it stands on the chain.
    string internal constant AS_SAID = "0x0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    uint8 internal constant AGAINST = 0;
    uint8 internal constant FOR = 1;
    uint8 internal constant ABSTAIN = 2;

    Board internal governor;
    Founders internal founders;
    address internal foundersKey = address(0xf0d5);

    /// @dev So many active shops, and then every office in its hands.
    function foundWithBoard(uint32 shops) internal {
        found();
        for (uint32 i; i < shops; ++i) {
            openShop(0);
        }
        handOver();
    }

    function handOver() internal {
        governor = new Board(membership, address(authority));
        founders = new Founders(consortium, foundersKey, uint48(block.timestamp + 366 days));
        authority.grantRole(authority.ADMIN_ROLE(), address(governor), 0);
        authority.grantRole(Offices.BOARD, address(governor), 0);
        authority.grantRole(Offices.BOARD, address(founders), 0);
        authority.revokeRole(Offices.BOARD, board);
        authority.renounceRole(authority.ADMIN_ROLE(), address(this));
        // A seat counts from the second after it was taken.
        vm.warp(block.timestamp + 1);
    }

    // ---------------------------------------------------------------- a vote

    function propose(address proposer, address target, bytes memory act) internal returns (uint256 proposal) {
        (address[] memory targets, uint256[] memory values, bytes[] memory acts) = only(target, act);
        vm.prank(proposer);
        proposal = governor.propose(targets, values, acts, AS_SAID);
    }

    /// @dev The vote opens after a day.
    function openVote() internal {
        vm.warp(block.timestamp + 1 days + 1);
    }

    function vote(uint256 proposal, address voter, uint8 support) internal {
        vm.prank(voter);
        governor.castVote(proposal, support);
    }

    function closeVote(uint256 proposal) internal {
        vm.warp(governor.proposalDeadline(proposal) + 1);
    }

    function queue(address target, bytes memory act) internal {
        (bool done, ) = address(governor).call(queueing(target, act));
        ok(done, "queued");
    }

    function execute(address target, bytes memory act) internal {
        (address[] memory targets, uint256[] memory values, bytes[] memory acts) = only(target, act);
        governor.execute(targets, values, acts, keccak256(bytes(AS_SAID)));
    }

    function queueing(address target, bytes memory act) internal view returns (bytes memory) {
        (address[] memory targets, uint256[] memory values, bytes[] memory acts) = only(target, act);
        return abi.encodeCall(governor.queue, (targets, values, acts, keccak256(bytes(AS_SAID))));
    }

    function executing(address target, bytes memory act) internal view returns (bytes memory) {
        (address[] memory targets, uint256[] memory values, bytes[] memory acts) = only(target, act);
        return abi.encodeCall(governor.execute, (targets, values, acts, keccak256(bytes(AS_SAID))));
    }

    /// @dev The governor refuses the call, with these bytes at the beginning of its answer.
    function refusedByBoard(bytes memory call, bytes memory why) internal {
        (bool done, bytes memory answer) = address(governor).call(call);
        ok(!done && answer.length >= why.length, "refused");
        for (uint256 i; i < why.length; ++i) {
            ok(answer[i] == why[i], "for the right reason");
        }
    }

    /// @dev Everybody is for it, and it waits to be carried out.
    function agree(address target, bytes memory act) internal returns (uint256 proposal) {
        proposal = propose(ownerFor(1), target, act);
        openVote();
        for (uint32 i = 1; i <= consortium.shopCount(); ++i) {
            vote(proposal, ownerFor(i), FOR);
        }
        closeVote(proposal);
        queue(target, act);
        vm.warp(governor.proposalEta(proposal));
    }

    /// @dev Everybody is for it, and it is carried out.
    function decide(address target, bytes memory act) internal {
        agree(target, act);
        execute(target, act);
    }

    function stands(uint256 proposal, IGovernor.ProposalState wanted, string memory what) internal view {
        eq(uint256(governor.state(proposal)), uint256(wanted), what);
    }

    function only(
        address target,
        bytes memory act
    ) internal pure returns (address[] memory targets, uint256[] memory values, bytes[] memory acts) {
        (targets, values, acts) = (new address[](1), new uint256[](1), new bytes[](1));
        (targets[0], acts[0]) = (target, act);
    }
}
