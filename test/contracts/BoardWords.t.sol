// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IBoard} from "../../contracts/interfaces/IBoard.sol";
import {IConsortium} from "../../contracts/interfaces/IConsortium.sol";
import {GovernedStreet} from "./support/GovernedStreet.sol";

/// @notice Nobody's words stand on the chain (N-21), not even the board's about itself.
contract BoardWordsTest is GovernedStreet {
    address[] private targets;
    uint256[] private values;
    bytes[] private acts;

    function setUp() public {
        found();
        openShop(0);
        openShop(0);
        handOver();
        targets.push(address(consortium));
        values.push(0);
        acts.push(abi.encodeCall(IConsortium.setRequiredRatio, (4_000)));
    }

    function test_a_proposal_is_described_by_a_hash() public {
        vm.prank(ownerFor(1));
        ok(governor.propose(targets, values, acts, AS_SAID) != 0, "a hash");
        string[8] memory others = [
            "",
            "let us all raise the ratio",
            "0x0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde",
            "0x0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0",
            "1x0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            "000123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            "0x0123456789abcdef0123456789abcdeg0123456789abcdef0123456789abcdef",
            "0x0123456789abcdef0123456789abcdeF0123456789abcdef0123456789abcdef"
        ];
        for (uint256 i; i < others.length; ++i) {
            _refused(others[i]);
        }
    }

    function testFuzz_no_letter_but_a_digit_stands_in_it(uint8 place, bytes1 letter) public {
        bytes memory text = bytes(AS_SAID);
        text[2 + (place % 64)] = letter;
        bool digit = (letter >= "0" && letter <= "9") || (letter >= "a" && letter <= "f");
        if (!digit) return _refused(string(text));
        vm.prank(ownerFor(1));
        ok(governor.propose(targets, values, acts, string(text)) != 0, "still a hash");
    }

    function test_a_vote_comes_without_a_reason() public {
        uint256 proposal = propose(ownerFor(1), targets[0], acts[0]);
        openVote();
        bytes memory refusal = abi.encodeWithSelector(IBoard.OnlyTheVote.selector, ownerFor(1));
        vm.prank(ownerFor(1));
        vm.expectRevert(refusal);
        governor.castVoteWithReason(proposal, FOR, "because I say so");
        vm.prank(ownerFor(1));
        vm.expectRevert(refusal);
        governor.castVoteWithReasonAndParams(proposal, FOR, "", "so");
        vm.prank(ownerFor(1));
        governor.castVoteWithReason(proposal, FOR, "");
        ok(governor.hasVoted(proposal, ownerFor(1)), "with nothing to say, it counts");
    }

    function _refused(string memory description) private {
        vm.prank(ownerFor(1));
        vm.expectRevert(abi.encodeWithSelector(IBoard.DescriptionIsNoHash.selector, bytes(description).length));
        governor.propose(targets, values, acts, description);
    }
}
