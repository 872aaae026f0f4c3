// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Delivery, ICourier} from "./interfaces/ICourier.sol";

contract Courier is ICourier {
    /// @inheritdoc ICourier
    function deliver(Delivery[] calldata deliveries) external {
        for (uint256 place; place < deliveries.length; ++place) {
            Delivery calldata one = deliveries[place];
            // An empty address would take every call and do nothing.
            if (one.to.code.length == 0) revert NobodyThere(place, one.to);
            // Whatever the contract, its call is the deliverer's own; it answers for nothing here.
            // solhint-disable-next-line avoid-low-level-calls
            (bool made, bytes memory reason) = one.to.call(one.data);
            if (!made) revert NotDelivered(place, reason);
        }
    }
}
