// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Courier} from "../../contracts/Courier.sol";
import {Delivery, ICourier} from "../../contracts/interfaces/ICourier.sol";
import {Test} from "./support/Test.sol";

/// @notice Writes down who called with what, and refuses zero.
contract Door {
    error Closed(uint256 value);

    uint256[] public heard;
    address public caller;

    function knock(uint256 value) external {
        if (value == 0) revert Closed(value);
        heard.push(value);
        caller = msg.sender;
    }

    function count() external view returns (uint256) {
        return heard.length;
    }
}

contract CourierTest is Test {
    Courier internal courier = new Courier();
    Door internal door = new Door();
    Door internal other = new Door();

    function test_several_are_delivered_in_their_order_whoever_asks() public {
        Delivery[] memory deliveries = new Delivery[](3);
        deliveries[0] = knock(door, 7);
        deliveries[1] = knock(other, 8);
        deliveries[2] = knock(door, 9);
        vm.prank(address(0x57a46));
        courier.deliver(deliveries);
        eq(door.count(), 2, "two for the one");
        eq(door.heard(0), 7, "first");
        eq(door.heard(1), 9, "last");
        eq(other.heard(0), 8, "the other's own");
        eq(door.caller(), address(courier), "as the courier's calls");
    }

    function test_nothing_is_delivered_where_one_is_refused() public {
        Delivery[] memory deliveries = new Delivery[](3);
        deliveries[0] = knock(door, 7);
        deliveries[1] = knock(other, 0);
        deliveries[2] = knock(door, 9);
        bytes memory reason = abi.encodeWithSelector(Door.Closed.selector, 0);
        vm.expectRevert(abi.encodeWithSelector(ICourier.NotDelivered.selector, 1, reason));
        courier.deliver(deliveries);
        eq(door.count(), 0, "nothing before it");
        eq(other.count(), 0, "nor itself");
    }

    function test_nothing_is_delivered_where_nobody_is() public {
        Delivery[] memory deliveries = new Delivery[](2);
        deliveries[0] = knock(door, 7);
        deliveries[1] = Delivery(address(0xdead), "");
        vm.expectRevert(abi.encodeWithSelector(ICourier.NobodyThere.selector, 1, address(0xdead)));
        courier.deliver(deliveries);
        eq(door.count(), 0, "nothing before it");
    }

    function test_an_empty_round_does_nothing() public {
        courier.deliver(new Delivery[](0));
        eq(door.count(), 0, "nothing");
    }

    function knock(Door at, uint256 value) private pure returns (Delivery memory) {
        return Delivery(address(at), abi.encodeCall(Door.knock, (value)));
    }
}
