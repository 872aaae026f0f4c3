// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {Claim} from "../../../contracts/interfaces/IClearingHouse.sol";
import {Payment} from "../../../contracts/interfaces/IRedemptions.sol";
import {IScoreLog} from "../../../contracts/interfaces/IScoreLog.sol";
import {Lanes} from "../../../contracts/libraries/Lanes.sol";
import {Offices} from "../../../contracts/libraries/Offices.sol";
import {ShopStatus} from "../../../contracts/libraries/ShopWord.sol";
import {ShopPoints} from "../../../contracts/ShopPoints.sol";
import {Counter} from "./Counter.sol";
import {GovernedStreet} from "./GovernedStreet.sol";

/// @notice A street on which offices and keys fall into the wrong hands: what the thief tries, and what must go on.
abstract contract Turned is Counter, GovernedStreet {
    /// @dev A call that nobody may make go through.
    struct Forbidden {
        address target;
        bytes call;
    }

    uint256 internal constant MEMBER = 0x3e3be4;
    address internal member = vm.addr(MEMBER);
    address internal thief = address(0x7f1ef);
    uint32 internal cafe;
    uint32 internal books;
    uint32 internal salon;
    Payment internal toUndo;

    // ---------------------------------------------------------------- within: what they try

    /// @dev The board votes itself away: the thief administers the authority and gives every office to themselves.
    function seize() internal {
        bytes memory give = abi.encodeCall(authority.grantRole, (authority.ADMIN_ROLE(), thief, 0));
        uint256 proposal = propose(ownerFor(cafe), address(authority), give);
        openVote();
        vote(proposal, ownerFor(cafe), FOR);
        vote(proposal, ownerFor(books), FOR);
        closeVote(proposal);
        queue(address(authority), give);
        vm.warp(governor.proposalEta(proposal));
        execute(address(authority), give);
        vm.prank(thief);
        authority.grantRole(Offices.BOARD, thief, 0);
        vm.prank(thief);
        authority.grantRole(Offices.GUARDIAN, thief, 0);
    }

    function doEveryRestrictedAct(address who) internal {
        uint32 theirs = consortium.shopCount();
        must(who, address(consortium), abi.encodeCall(consortium.admit, (theirs, true)));
        must(who, address(consortium), abi.encodeCall(consortium.suspend, (salon)));
        must(who, address(consortium), abi.encodeCall(consortium.reinstate, (salon)));
        must(who, address(consortium), abi.encodeCall(consortium.setRequiredRatio, (10_000)));
        must(who, address(consortium), abi.encodeCall(consortium.setRequiredRatio, (2_000)));
        must(who, address(consortium), abi.encodeCall(consortium.setBreakageShare, (2_500, theirs)));
        must(who, address(consortium), abi.encodeCall(consortium.pauseIssuing, ()));
        must(who, address(consortium), abi.encodeCall(consortium.permitPause, ()));
        must(who, address(consortium), abi.encodeCall(consortium.resumeIssuing, ()));
        must(who, address(standing.scoreLog()), abi.encodeCall(standing.scoreLog().appointScorer, (who)));
    }

    /// @dev Every contract is closed, and every act of members and owners is given to an office nobody holds.
    function closeEverything() internal {
        address[9] memory targets = network();
        bytes4[] memory acts = new bytes4[](6);
        (acts[0], acts[1], acts[2]) = (
            redemptions.redeem.selector,
            redemptions.refund.selector,
            clearing.settle.selector
        );
        (acts[3], acts[4]) = (clearing.withdraw.selector, clearing.declareDefault.selector);
        acts[5] = consortium.announceExit.selector;
        for (uint256 i; i < targets.length; ++i) {
            vm.prank(thief);
            authority.setTargetFunctionRole(targets[i], acts, 77);
            vm.prank(thief);
            authority.setTargetClosed(targets[i], true);
        }
    }

    function nothingForbiddenGoesThrough(address who) internal {
        Forbidden[] memory list = forbidden(who);
        for (uint256 i; i < list.length; ++i) {
            vm.prank(who);
            (bool done, ) = list[i].target.call(list[i].call);
            ok(!done, "not by their own hand");
            vm.prank(who);
            (done, ) = address(authority).call(abi.encodeCall(authority.execute, (list[i].target, list[i].call)));
            ok(!done, "nor by the authority's");
        }
    }

    /// @dev Whatever gives, takes or moves points and money, in favour of `who`.
    function forbidden(address who) internal view returns (Forbidden[] memory list) {
        ShopPoints points = tokenOf(salon);
        Claim[] memory claims = new Claim[](0);
        list = new Forbidden[](15);
        list[0] = Forbidden(address(points), abi.encodeCall(points.issue, (entry(who, 100), 1)));
        list[1] = Forbidden(address(points), abi.encodeCall(points.takeBack, (member, 100, 0, 0)));
        list[2] = Forbidden(address(points), abi.encodeCall(points.restore, (who, Lanes.wrap(100))));
        list[3] = Forbidden(address(points), abi.encodeCall(points.burn, (member, 100)));
        list[4] = Forbidden(address(points), abi.encodeCall(points.transferFrom, (member, who, 100)));
        list[5] = Forbidden(address(points), abi.encodeCall(points.stop, ()));
        list[6] = Forbidden(address(clearing), abi.encodeCall(clearing.move, (1, claims)));
        list[7] = Forbidden(address(clearing), abi.encodeCall(clearing.moveBack, (1, claims)));
        list[8] = Forbidden(address(clearing), abi.encodeCall(clearing.release, (cafe, 0)));
        list[9] = Forbidden(address(clearing), abi.encodeCall(clearing.withdraw, (salon, who, 1)));
        list[10] = Forbidden(address(money), abi.encodeCall(money.transferFrom, (address(clearing), who, 1)));
        list[11] = Forbidden(address(consortium), abi.encodeCall(consortium.markDefaulted, (salon)));
        list[12] = Forbidden(address(membership), abi.encodeCall(membership.takeSeat, (who)));
        list[13] = Forbidden(address(factory), abi.encodeCall(factory.deploy, (99)));
        list[14] = Forbidden(address(consortium), abi.encodeCall(consortium.addTill, (salon, who)));
    }

    /// @dev No restricted act, and no say in who holds which office.
    function noOfficeOf(address who) internal {
        bytes memory refusal = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, who);
        bytes4[] memory acts = Offices.boardActs();
        for (uint256 i; i < acts.length; ++i) {
            vm.prank(who);
            (bool done, bytes memory answer) = address(consortium).call(
                abi.encodePacked(acts[i], abi.encode(salon, uint256(0), uint256(0)))
            );
            ok(!done && keccak256(answer) == keccak256(refusal), "not one of the board's acts");
        }
        IScoreLog scoreLog = standing.scoreLog();
        vm.prank(who);
        vm.expectRevert(refusal);
        scoreLog.appointScorer(who);
        bytes[6] memory grabs = [
            abi.encodeCall(authority.grantRole, (0, who, 0)),
            abi.encodeCall(authority.grantRole, (Offices.BOARD, who, 0)),
            abi.encodeCall(authority.setTargetClosed, (address(scoreLog), true)),
            abi.encodeCall(authority.setTargetFunctionRole, (address(consortium), acts, type(uint64).max)),
            abi.encodeCall(authority.updateAuthority, (address(consortium), who)),
            abi.encodeCall(authority.revokeRole, (0, address(governor)))
        ];
        for (uint256 i; i < grabs.length; ++i) {
            vm.prank(who);
            (bool done, ) = address(authority).call(grabs[i]);
            ok(!done, "no say in the offices");
        }
    }

    // ---------------------------------------------------------------- within: what must go on

    /// @dev A payment that stands, to be undone once everything is in the wrong hands.
    function undoableLater() internal {
        Payment memory one = paid(books, payment(MEMBER, books, 1, 100, cafe, 500));
        toUndo.record = one.record;
        (toUndo.till, toUndo.recordedAt, toUndo.results) = (one.till, one.recordedAt, one.results);
        (toUndo.index, toUndo.member, toUndo.sequence) = (one.index, one.member, one.sequence);
        toUndo.lines.push(one.lines[0]);
        toUndo.lanes.push(one.lanes[0]);
        toUndo.value = one.value;
    }

    function everythingStillGoes() internal {
        // Redeem, refund, settle, withdraw, transfer.
        uint256 held = tokenOf(cafe).balanceOf(member);
        redeem(books, 1, payment(MEMBER, books, 1, 101, cafe, 100));
        eq(tokenOf(cafe).balanceOf(member), held - 100, "redeemed");
        undo(books, toUndo, 500);
        eq(tokenOf(cafe).balanceOf(member), held + 400, "undone");
        clearing.settle(shops(cafe, books));
        vm.prank(ownerFor(books));
        clearing.withdraw(books, ownerFor(books), 1_000_000 + 100 * PAR);
        eq(money.balanceOf(ownerFor(books)), 1_000_000 + 100 * PAR, "withdrawn");
        ShopPoints points = tokenOf(cafe);
        vm.prank(member);
        points.transfer(address(0xf1), 100);
        eq(points.balanceOf(address(0xf1)), 100, "sent");
        // A till revoked, an exit, a default.
        vm.prank(ownerFor(salon));
        consortium.revokeTill(salon, 1);
        uint256 free = clearing.freeReserveOf(salon);
        if (free != 0) {
            vm.prank(ownerFor(salon));
            clearing.withdraw(salon, thief, free);
        }
        vm.prank(ownerFor(books));
        consortium.announceExit(books);
        vm.prank(ownerFor(salon));
        consortium.announceExit(salon);
        vm.warp(block.timestamp + 30 days + 1);
        consortium.finishExit(books);
        ok(consortium.shopOf(books).status == ShopStatus.Exited, "gone");
        if (clearing.liabilityOf(salon) > reserveOf(salon)) {
            clearing.declareDefault(salon);
            ok(consortium.shopOf(salon).status == ShopStatus.Defaulted, "in default");
        }
    }

    // ---------------------------------------------------------------- within

    /// @dev Everybody's points, every position and all of the money.
    function everything() internal view returns (bytes32 all) {
        for (uint32 shop = cafe; shop <= salon; ++shop) {
            ShopPoints points = tokenOf(shop);
            (int128 net, uint128 reserve) = clearing.positionOf(shop);
            all = keccak256(
                abi.encode(all, points.totalSupply(), points.balanceOf(member), points.balanceOf(thief), net, reserve)
            );
        }
        return keccak256(abi.encode(all, clearing.pool(), money.balanceOf(address(clearing)), money.balanceOf(thief)));
    }

    function network() internal view returns (address[9] memory) {
        return
            [
                address(consortium),
                address(issuance),
                address(redemptions),
                address(clearing),
                address(standing),
                address(membership),
                address(rewards),
                address(tokenOf(cafe)),
                address(tokenOf(salon))
            ];
    }

    function byFounders(bytes memory call) internal {
        vm.prank(foundersKey);
        founders.act(address(consortium), call);
    }

    function must(address who, address target, bytes memory call) internal {
        vm.prank(who);
        (bool done, ) = target.call(call);
        ok(done, "an act of the office");
    }
}
