// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IMemberAccount} from "../../../contracts/interfaces/IMemberAccount.sol";

/// @notice One member's account as somebody would keep it who has never seen the contracts: a list of devices, a list
/// of guardians in the order in which they take office, one change of key that may wait, and what else was counted.
/// A device is named by the secret in it. What is asked before an act is why not; zero means that it goes through.
contract AccountBook {
    struct Device {
        bool known;
        bool signs;
        uint256 settledFrom;
    }

    struct Office {
        address guardian;
        uint256 delay;
        uint256 from;
    }

    struct Change {
        uint256 number;
        address guardian;
        uint256 device;
        uint256 readyAt;
    }

    address public immutable account;
    uint256 public immutable first;
    bytes26 public immutable madeWith;
    bool public deployed;
    uint256 public orders;
    uint256 public recoveries;
    uint256 public operations;
    uint256 public points;
    uint256[] public devices;
    mapping(uint256 device => Device) private _devices;
    mapping(uint256 payment => bool) private _paid;
    Office[] private _offices;
    Change private _change;

    constructor(address account_, uint256 first_, address guardian, uint48 delay, uint256 points_) {
        (account, first, points) = (account_, first_, points_);
        madeWith = bytes26(abi.encodePacked(guardian, delay));
        _know(first_, 0);
        uint256 clamped =
            delay < 3 days
                ? 3 days
                : delay > 30 days
                    ? 30 days
                    : delay;
        _offices.push(Office(guardian, clamped, 0));
    }

    // ---------------------------------------------------------------- how it stands

    function deviceCount() external view returns (uint256) {
        return devices.length;
    }

    function deviceOf(uint256 device) external view returns (Device memory) {
        return _devices[device];
    }

    function signs(uint256 device) public view returns (bool) {
        return _devices[device].signs;
    }

    function keyCount() public view returns (uint256 count) {
        for (uint256 i; i < devices.length; ++i) {
            if (signs(devices[i])) ++count;
        }
    }

    /// @notice The last who has taken office by now.
    function office() public view returns (Office memory) {
        uint256 last = _offices.length - 1;
        return _offices[last].from > block.timestamp ? _offices[last - 1] : _offices[last];
    }

    /// @notice Whoever takes office later; zeros where nobody does.
    function toCome() public view returns (Office memory) {
        Office memory last = _offices[_offices.length - 1];
        return last.from > block.timestamp ? last : Office(address(0), 0, 0);
    }

    function change() external view returns (Change memory) {
        return _change;
    }

    // ---------------------------------------------------------------- why not

    function whyNotAdd(uint256 device) external view returns (bytes4) {
        if (_devices[device].known) return IMemberAccount.KeyKnown.selector;
        return keyCount() < 8 ? bytes4(0) : IMemberAccount.TooManyKeys.selector;
    }

    function whyNotRemove(uint256 by, uint256 device) external view returns (bytes4) {
        if (by == device) return IMemberAccount.OwnKey.selector;
        if (!signs(device)) return IMemberAccount.NotSigner.selector;
        return block.timestamp < _devices[by].settledFrom ? IMemberAccount.KeyNotSettled.selector : bytes4(0);
    }

    function whyNotChoose(address guardian, uint256 delay) external view returns (bytes4) {
        if (guardian == account) return IMemberAccount.OwnGuardian.selector;
        return delay < 3 days || delay > 30 days ? IMemberAccount.DelayOutOfBounds.selector : bytes4(0);
    }

    function whyNotKeep(address guardian, uint256 from) external view returns (bytes4) {
        Office memory next = toCome();
        bool waits = next.from != 0 && next.from == from && next.guardian == guardian;
        return waits ? bytes4(0) : IMemberAccount.NoGuardianWaits.selector;
    }

    function whyNotVeto(uint256 number) external view returns (bytes4) {
        bool waits = _change.readyAt != 0 && _change.number == number;
        return waits ? bytes4(0) : IMemberAccount.NoRecoveryWaits.selector;
    }

    function whyNotStart(uint256 device) external view returns (bytes4) {
        return _devices[device].known ? IMemberAccount.KeyKnown.selector : bytes4(0);
    }

    function whyNotComplete() external view returns (bytes4) {
        if (_change.readyAt == 0) return IMemberAccount.NoRecoveryWaits.selector;
        if (block.timestamp < _change.readyAt) return IMemberAccount.RecoveryNotReady.selector;
        if (office().guardian != _change.guardian) return IMemberAccount.GuardianReplaced.selector;
        return _devices[_change.device].known ? IMemberAccount.KeyKnown.selector : bytes4(0);
    }

    function paid(uint256 payment) external view returns (bool) {
        return _paid[payment];
    }

    // ---------------------------------------------------------------- what happened

    function deploy() external {
        deployed = true;
    }

    function add(uint256 device) external {
        ++orders;
        _know(device, block.timestamp + 72 hours);
    }

    function remove(uint256 device) external {
        ++orders;
        _devices[device].signs = false;
    }

    function choose(address guardian, uint256 delay) external {
        ++orders;
        uint256 from = block.timestamp + office().delay;
        if (toCome().from != 0) _offices.pop();
        _offices.push(Office(guardian, delay, from));
    }

    function keep() external {
        _offices.pop();
    }

    function start(uint256 device) external {
        _change = Change(++recoveries, office().guardian, device, block.timestamp + office().delay);
    }

    function veto() external {
        delete _change;
    }

    function complete() external {
        if (toCome().from != 0) _offices.pop();
        for (uint256 i; i < devices.length; ++i) {
            _devices[devices[i]].signs = false;
        }
        _know(_change.device, 0);
        delete _change;
    }

    function pay(uint256 payment, uint256 amount) external {
        _paid[payment] = true;
        points -= amount;
    }

    function operate() external {
        ++operations;
    }

    function _know(uint256 device, uint256 settledFrom) private {
        devices.push(device);
        _devices[device] = Device(true, true, settledFrom);
    }
}
