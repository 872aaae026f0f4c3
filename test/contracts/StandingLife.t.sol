// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Held} from "../../contracts/interfaces/IStanding.sol";
import {Tier} from "../../contracts/libraries/StandingWord.sol";
import {Standing} from "../../contracts/Standing.sol";
import {StandingHandler} from "./support/StandingHandler.sol";
import {Test} from "./support/Test.sol";

/// @notice What the fuzzer drives: it recognises small contracts only, and the handler carries the whole street.
contract StandingDice {
    StandingHandler private immutable _handler;

    constructor(StandingHandler handler) {
        _handler = handler;
    }

    function thrown(uint256 dice) external {
        _handler.act(dice);
    }
}

/// @notice What holds of everybody's standing whatever is scored, proved, lowered or tried.
contract StandingLifeTest is Test {
    StandingDice internal dice;
    StandingHandler internal handler;
    Standing internal standing;

    function setUp() public {
        handler = new StandingHandler();
        dice = new StandingDice(handler);
        standing = Standing(handler.theStanding());
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(dice);
    }

    /// @dev One campaign for all of them: each rule is looked at in every state that was reached.
    function invariant_standing_keeps_its_rules() public view {
        _keepsItsRules();
        _agreesUpTo(8);
    }

    function _keepsItsRules() private view {
        string memory broken = handler.broken();
        if (bytes(broken).length != 0) revert NotSo(broken);
        _every_standing_is_what_the_plain_books_say();
        _what_was_committed_stands_as_it_was_written();
    }

    function _every_standing_is_what_the_plain_books_say() private view {
        for (uint32 shop; shop < handler.PLACES(); ++shop) {
            for (uint256 i; i < handler.MEMBERS(); ++i) {
                address member = handler.member(i);
                Held memory held = standing.standingOf(shop, member);
                (uint256 tier, uint256 next, uint256 noticedAt, uint256 since, uint256 run, uint128 badges) = handler
                    .books(shop, member);
                eq(uint256(held.tier), tier, "tier");
                eq(uint256(held.next), next, "next");
                eq(held.until, noticedAt == 0 ? 0 : noticedAt + 30 days, "until: 30 days from the notice");
                eq(held.since, since, "since");
                eq(held.run, run, "run");
                eq(held.badges, badges, "badges");
            }
        }
    }

    function _what_was_committed_stands_as_it_was_written() private view {
        for (uint32 run = 1; run <= standing.scoreLog().runCount(); ++run) {
            ok(handler.hashOf(run) == handler.written(run), "a run");
        }
    }

    function afterInvariant() public {
        handler.catchUp();
        _keepsItsRules();
        _agreesUpTo(128);
        _everyActSucceeded();
    }

    function test_an_act_that_chance_forgot_is_done_in_the_end() public {
        handler.catchUp();
        _everyActSucceeded();
        _agreesUpTo(128);
    }

    function _everyActSucceeded() private view {
        for (uint256 i; i < handler.ACTS(); ++i) {
            if (handler.succeeded(i) == 0) revert Differs("an act never succeeded in this run", i, 1);
        }
    }

    /// @dev Every tier and so many badges of everybody, everywhere.
    function _agreesUpTo(uint256 badges) private view {
        uint256[] memory ids = new uint256[](3 + badges);
        address[] memory accounts = new address[](ids.length);
        for (uint32 shop; shop < handler.PLACES(); ++shop) {
            for (uint256 k; k < ids.length; ++k) {
                ids[k] = k < 3 ? standing.tierId(shop, Tier(k + 1)) : standing.badgeId(shop, uint8(k - 3));
            }
            for (uint256 i; i < handler.MEMBERS(); ++i) {
                address member = handler.member(i);
                for (uint256 k; k < ids.length; ++k) accounts[k] = member;
                uint256[] memory balances = standing.balanceOfBatch(accounts, ids);
                int256[] memory heard = handler.heardOf(member, ids);
                for (uint256 k; k < ids.length; ++k) {
                    ok(int256(balances[k]) == heard[k], "what was heard is what is held");
                }
            }
        }
    }
}
