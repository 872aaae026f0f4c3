// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {StreetMoney} from "../../../contracts/StreetMoney.sol";

/// @notice A settlement money that denies some accounts, says no in its own ways, or charges whoever sends.
contract MoodyMoney is StreetMoney {
    error Denied(address account);

    enum Mood {
        Good,
        SaysFalse,
        SaysNothing,
        Fails,
        ChargesSender,
        TakesHalf
    }

    Mood public mood;
    mapping(address account => bool) public denied;

    function be(Mood mood_) external {
        mood = mood_;
    }

    function deny(address account, bool denied_) external {
        denied[account] = denied_;
    }

    function transfer(address to, uint256 value) public override returns (bool) {
        if (mood == Mood.SaysFalse) return false;
        super.transfer(to, value);
        _sayNothing();
        return true;
    }

    function transferFrom(address from, address to, uint256 value) public override returns (bool) {
        if (mood == Mood.SaysFalse) return false;
        super.transferFrom(from, to, value);
        _sayNothing();
        return true;
    }

    function _update(address from, address to, uint256 value) internal override {
        if (denied[from]) revert Denied(from);
        if (denied[to]) revert Denied(to);
        if (mood == Mood.Fails && from != address(0)) {
            assembly ("memory-safe") {
                revert(0, 0)
            }
        }
        super._update(from, to, value);
        if (from == address(0) || to == address(0)) return;
        if (mood == Mood.ChargesSender) super._update(from, address(0xfee), 1);
        if (mood == Mood.TakesHalf) super._update(to, address(0xfee), value / 2);
    }

    /// @dev Some old moneys answer with no word at all.
    function _sayNothing() private view {
        if (mood != Mood.SaysNothing) return;
        assembly ("memory-safe") {
            return(0, 0)
        }
    }
}
