// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IRewards} from "../../../contracts/interfaces/IRewards.sol";

/// @notice An account contract that agrees to everything and takes whatever vouchers it is given.
contract WillingBuyer {
    function isValidSignature(bytes32, bytes calldata) external view virtual returns (bytes4) {
        return this.isValidSignature.selector;
    }

    function onERC1155Received(
        address,
        address,
        uint256 reward,
        uint256 count,
        bytes calldata
    ) external virtual returns (bytes4) {
        received(reward, count);
        return this.onERC1155Received.selector;
    }

    function onERC1155BatchReceived(
        address,
        address,
        uint256[] calldata,
        uint256[] calldata,
        bytes calldata
    ) external pure returns (bytes4) {
        return this.onERC1155BatchReceived.selector;
    }

    function received(uint256 reward, uint256 count) internal virtual {}
}

/// @notice An account that remembers what its hook was told: who gave it vouchers, and whose they were.
contract AttentiveBuyer is WillingBuyer {
    address public operator;
    address public from = address(1);

    function onERC1155Received(
        address operator_,
        address from_,
        uint256,
        uint256,
        bytes calldata
    ) external override returns (bytes4) {
        (operator, from) = (operator_, from_);
        return this.onERC1155Received.selector;
    }
}

/// @notice An account without any hook.
contract DeafBuyer {
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        return this.isValidSignature.selector;
    }
}

/// @notice An account that takes vouchers only when it is in the mood.
contract MoodyBuyer is WillingBuyer {
    error NotToday(uint256 reward);

    bool public willing;

    function cheerUp() external {
        willing = true;
    }

    function received(uint256 reward, uint256) internal view override {
        if (!willing) revert NotToday(reward);
    }
}

/// @notice An account that gives the wrong answer.
contract ConfusedBuyer is WillingBuyer {
    function onERC1155Received(
        address,
        address,
        uint256,
        uint256,
        bytes calldata
    ) external pure override returns (bytes4) {
        return 0x12345678;
    }
}

/// @notice An account that burns whatever gas its hook is given.
contract GreedyBuyer is WillingBuyer {
    function received(uint256, uint256) internal view override {
        while (gasleft() != 0) {}
    }
}

/// @notice An account that refuses with a flood of words.
contract FloodingBuyer is WillingBuyer {
    function onERC1155Received(
        address,
        address,
        uint256,
        uint256,
        bytes calldata
    ) external pure override returns (bytes4) {
        assembly {
            mstore(0, shl(224, 0xf100ded5))
            mstore(0x40, 0)
            revert(0, 20000)
        }
    }
}

/// @notice An account that needs as much gas as it may: nearly all a consent is given, and 150,000 in its hook.
contract HeavyBuyer is WillingBuyer {
    function isValidSignature(bytes32, bytes calldata) external view override returns (bytes4) {
        _burnUntil(gasleft() - 148_000);
        return this.isValidSignature.selector;
    }

    function received(uint256, uint256) internal view override {
        _burnUntil(gasleft() - 150_000);
    }

    function _burnUntil(uint256 left) private view {
        while (gasleft() > left) {}
    }
}

/// @notice An account that, from its hook, does one more thing with the rewards, and remembers what came of it.
contract MeddlingBuyer is WillingBuyer {
    address private immutable _rewards;
    bytes private _deed;
    bool private _meddled;
    bool public done;
    bytes public answer;
    uint256 public heldThen;
    uint256 public outstandingThen;

    constructor(address rewards) {
        _rewards = rewards;
    }

    function prepare(bytes calldata deed) external {
        (_deed, _meddled) = (deed, false);
    }

    function received(uint256 reward, uint256) internal override {
        heldThen = IRewards(_rewards).balanceOf(address(this), reward);
        outstandingThen = IRewards(_rewards).outstandingOf(uint32(reward >> 32));
        if (_meddled) return;
        _meddled = true;
        (done, answer) = _rewards.call(_deed);
    }
}
