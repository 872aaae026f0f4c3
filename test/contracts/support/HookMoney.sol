// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {StreetMoney} from "../../../contracts/StreetMoney.sol";

/// @notice A settlement money that does what N-1 forbids: it takes a fee, gives a present, or calls back.
contract HookMoney is StreetMoney {
    uint256 public fee;
    uint256 public present;
    address public target;
    bytes public call;
    bool public reached;

    function take(uint256 fee_) external {
        fee = fee_;
    }

    function give(uint256 present_) external {
        present = present_;
    }

    /// @notice With the next transfer, makes this call in the midst of it.
    function callBack(address target_, bytes calldata call_) external {
        (target, call) = (target_, call_);
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (from == address(0) || to == address(0)) return;
        if (fee != 0) super._update(to, address(0), fee);
        if (present != 0) super._update(address(0), to, present);
        address called = target;
        if (called == address(0)) return;
        target = address(0);
        (reached, ) = called.call(call);
    }
}
