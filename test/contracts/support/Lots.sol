// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Lanes} from "../../../contracts/libraries/Lanes.sol";
import {ShopPoints} from "../../../contracts/ShopPoints.sol";
import {Returns} from "./Returns.sol";

/// @notice One token by itself, moved by the contracts that may, in and out of season.
abstract contract Lots is Returns {
    uint256 internal constant ADA = 0xada;
    address internal ada = vm.addr(ADA);
    address internal ben = vm.addr(0xbe4);
    address internal cem = vm.addr(0xce3);
    uint32 internal shop;
    ShopPoints internal points;

    function setUp() public virtual {
        found();
        shop = openShop(1_000_000_000_000);
        points = tokenOf(shop);
    }

    function give(address member, uint256 amount) internal {
        vm.prank(address(issuance));
        points.issue(entry(member, amount), 1);
    }

    function burn(address member, uint256 amount) internal returns (Lanes) {
        vm.prank(address(redemptions));
        return points.burn(member, uint48(amount));
    }

    function restore(address member, uint256 word) internal {
        vm.prank(address(redemptions));
        points.restore(member, Lanes.wrap(word));
    }

    function takeBack(address from, uint256 amount, uint16 bornIn, uint256 debt) internal returns (Lanes taken) {
        vm.prank(address(issuance));
        taken = points.takeBack(from, uint48(amount), bornIn, uint48(debt));
        eq(taken.total(), amount, "answers with what it took");
        eq(taken.quarter(), quarterNow(), "under the running quarter's stamp");
    }

    /// @dev 10 of this quarter, 20 of the one before, up to 50 of the oldest that live.
    function fill(address member) internal {
        for (uint256 age = 4; ; --age) {
            give(member, 10 + age * 10);
            if (age == 0) return;
            pass(1);
        }
    }

    function pass(uint256 quarters) internal {
        for (uint256 i; i < quarters; ++i) {
            endQuarter(shop);
        }
    }

    function send(address from, address to, uint256 amount) internal {
        vm.prank(from);
        points.transfer(to, amount);
    }

    function quarterNow() internal view returns (uint16 quarter) {
        (quarter, , ) = points.clock();
    }

    function draw(uint256 seed, uint256 which) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, which)));
    }
}
