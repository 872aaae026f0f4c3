// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Line} from "../../../contracts/interfaces/IRedemptions.sol";
import {IRewards, Offer, Purchase, Use} from "../../../contracts/interfaces/IRewards.sol";
import {Lanes} from "../../../contracts/libraries/Lanes.sol";
import {Tier} from "../../../contracts/libraries/StandingWord.sol";
import {VoucherTerms} from "./VoucherTerms.sol";

/// @notice A street whose shops sell vouchers: offers, and what members and tills do with them.
abstract contract RewardStreet is VoucherTerms {
    bytes32 internal constant CONTENT = keccak256("a coffee and a slice of cake");

    // ---------------------------------------------------------------- offers

    /// @dev Open from now on for 90 days, to everybody, as often as they like, and to be sent on.
    function offering(uint32 shop, uint256 price, uint256 stock) internal view returns (Offer memory) {
        (uint48 from, uint48 until) = (uint48(block.timestamp), uint48(block.timestamp + 90 days));
        return Offer(shop, uint48(price), uint32(stock), 0, from, until, Tier.None, 0, true);
    }

    function offered(uint32 shop, uint256 price, uint256 stock) internal returns (uint256 reward) {
        return offered(offering(shop, price, stock));
    }

    /// @dev Long enough for many quarters to end.
    function offeredForYears(uint32 shop, uint256 price, uint256 stock) internal returns (uint256 reward) {
        Offer memory what = offering(shop, price, stock);
        what.closesAt = uint48(block.timestamp + 4_000 days);
        return offered(what);
    }

    function offered(Offer memory what) internal returns (uint256 reward) {
        vm.prank(ownerFor(what.shop));
        return rewards.offer(what, CONTENT);
    }

    function cancel(uint256 reward) internal {
        vm.prank(ownerFor(uint32(reward >> 32)));
        rewards.cancelOffer(reward);
    }

    // ---------------------------------------------------------------- purchases

    /// @dev Signed by the member whose key is `memberKey`, good for a day.
    function purchase(
        uint256 memberKey,
        uint256 reward,
        uint32 count,
        uint256 nonce,
        Line[] memory lines
    ) internal view returns (Purchase memory what) {
        what = Purchase(vm.addr(memberKey), reward, count, nonce, uint48(block.timestamp + 1 days), lines, "");
        sign(memberKey, what);
    }

    /// @dev Paid with the shop's own points.
    function ownPurchase(
        uint256 memberKey,
        uint256 reward,
        uint32 count,
        uint256 nonce
    ) internal view returns (Purchase memory) {
        uint256 points = uint256(rewards.offerOf(reward).price) * count;
        return purchase(memberKey, reward, count, nonce, one(uint32(reward >> 32), points));
    }

    function only(Purchase memory what) internal pure returns (Purchase[] memory purchases) {
        purchases = new Purchase[](1);
        purchases[0] = what;
    }

    function buy(Purchase memory what) internal {
        rewards.buy(only(what));
    }

    /// @dev Submits, and claims that it is refused with exactly these words.
    function refused(Purchase memory what, bytes memory reason) internal {
        vm.expectEmit(address(rewards));
        emit IRewards.PurchaseRefused(what.reward, what.member, what.nonce, reason);
        rewards.buy(only(what));
    }

    function one(uint32 issuer, uint256 points) internal view returns (Line[] memory lines) {
        lines = new Line[](1);
        lines[0] = Line(address(tokenOf(issuer)), uint48(points));
    }

    function two(uint32 a, uint256 ofA, uint32 b, uint256 ofB) internal view returns (Line[] memory lines) {
        lines = new Line[](2);
        (lines[0], lines[1]) = (one(a, ofA)[0], one(b, ofB)[0]);
        if (lines[0].token > lines[1].token) (lines[0], lines[1]) = (lines[1], lines[0]);
    }

    // ---------------------------------------------------------------- uses

    function usage(
        uint256 holderKey,
        uint32 till,
        uint256 reward,
        uint32 count,
        uint64 sequence
    ) internal view returns (Use memory what) {
        what = Use(vm.addr(holderKey), reward, count, sequence, uint48(block.timestamp + 1 days), "");
        sign(holderKey, uint32(reward >> 32), till, what);
    }

    function only(Use memory what) internal pure returns (Use[] memory uses) {
        uses = new Use[](1);
        uses[0] = what;
    }

    function use(uint32 shop, Use memory what) internal {
        use(shop, only(what));
    }

    function use(uint32 shop, Use[] memory uses) internal {
        rewards.use(shop, 1, uses, acceptance(shop, 1, uses));
    }

    /// @dev Submits at the shop's first till, and claims that it is refused with exactly these words.
    function refused(uint32 shop, Use memory what, bytes memory reason) internal {
        bytes memory accepted = acceptance(shop, 1, only(what));
        vm.expectEmit(address(rewards));
        emit IRewards.UseRefused(what.reward, what.holder, what.sequence, reason);
        rewards.use(shop, 1, only(what), accepted);
    }

    // ---------------------------------------------------------------- returns

    function returning(
        uint256 holderKey,
        uint256 reward,
        uint32 count,
        uint256 nonce,
        uint48 deadline
    ) internal view returns (bytes memory) {
        return signedReturn(holderKey, vm.addr(holderKey), reward, count, nonce, deadline);
    }

    function giveBack(uint256 holderKey, uint256 reward, uint32 count) internal {
        vm.prank(vm.addr(holderKey));
        rewards.giveBack(reward, count);
    }

    function these(address a, address b) internal pure returns (address[] memory holders) {
        holders = new address[](2);
        (holders[0], holders[1]) = (a, b);
    }

    // ---------------------------------------------------------------- what comes of it

    function word(uint256 quarter, uint256[5] memory lanes) internal pure returns (Lanes) {
        uint256 bits = quarter << 240;
        for (uint256 age; age < 5; ++age) {
            bits |= lanes[age] << (48 * age);
        }
        return Lanes.wrap(bits);
    }

    function lanesAre(uint32 shop, address member, uint256[5] memory lanes, string memory what) internal view {
        (uint48[5] memory there, ) = tokenOf(shop).lanesOf(member);
        for (uint256 age; age < 5; ++age) {
            eq(there[age], lanes[age], what);
        }
    }

    /// @dev The house holds exactly the value of all unused vouchers.
    function housed(uint256 value) internal view {
        (int128 net, uint128 reserve) = clearing.positionOf(0);
        eq(uint256(int256(net) + int256(uint256(reserve))), value, "the house holds the unused vouchers' value");
        uint256 outstanding;
        for (uint32 shop = 1; shop <= consortium.shopCount(); ++shop) {
            outstanding += rewards.outstandingOf(shop);
        }
        eq(outstanding, value, "and says whose they are");
    }

    function netOf(uint32 shop) internal view returns (int256 net) {
        (net, ) = clearing.positionOf(shop);
    }

    /// @dev The shop keeps what it must, leaves, and cannot pay in time.
    function goUnder(uint32 shop) internal {
        vm.warp(block.timestamp + 361 days);
        uint256 free = clearing.freeReserveOf(shop);
        address owner = ownerFor(shop);
        vm.prank(owner);
        clearing.withdraw(shop, owner, free);
        vm.prank(owner);
        consortium.announceExit(shop);
        vm.warp(block.timestamp + 31 days);
        clearing.declareDefault(shop);
    }
}
