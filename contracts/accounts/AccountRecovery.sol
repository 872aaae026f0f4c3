// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IMemberAccount} from "../interfaces/IMemberAccount.sol";
import {IMemberAccounts} from "../interfaces/IMemberAccounts.sol";
import {SignedConsent} from "../libraries/SignedConsent.sol";
import {AccountKeys} from "./AccountKeys.sol";

/// @notice A guardian starts a change of key and can do nothing else; whoever holds a passkey of the account objects.
abstract contract AccountRecovery is AccountKeys {
    /// @dev Who may start a change of key from when on, and how many seconds the member then has to object.
    struct Guardianship {
        address guardian;
        uint48 delay;
        uint48 from;
    }

    /// @dev A change of key that waits.
    struct Recovery {
        bytes32 x;
        bytes32 y;
        address guardian;
        uint48 readyAt;
        uint32 number;
    }

    uint48 internal constant LEAST_DELAY = 72 hours;
    uint48 internal constant MOST_DELAY = 30 days;

    bytes32 private constant CHOOSE_GUARDIAN_TYPEHASH = keccak256(
        "ChooseGuardian(address guardian,uint48 delay,uint64 order,uint48 deadline)"
    );
    bytes32 private constant KEEP_GUARDIAN_TYPEHASH = keccak256(
        "KeepGuardian(address guardian,uint48 from,uint48 deadline)"
    );
    bytes32 private constant VETO_TYPEHASH = keccak256("Veto(uint32 recovery,uint48 deadline)");
    bytes32 private constant START_RECOVERY_TYPEHASH = keccak256(
        "StartRecovery(bytes32 x,bytes32 y,uint32 recovery,uint48 deadline)"
    );

    /// @dev Where the accounts stand that are not deployed: a guardian may be one of them.
    IMemberAccounts private immutable _accounts;

    /// @dev In the place of the one in the arguments, once it was chosen and took effect (`from`).
    Guardianship private _chosen;
    /// @dev Chosen last: takes effect at `from` by itself.
    Guardianship private _next;
    Recovery private _recovery;

    /// @dev Created by the members' accounts, which thereby says where they are.
    constructor(bytes32 rpIdHash) AccountKeys(rpIdHash) {
        _accounts = IMemberAccounts(msg.sender);
    }

    // ---------------------------------------------------------------- the member

    /// @inheritdoc IMemberAccount
    function chooseGuardian(address guardian, uint48 delay, uint48 deadline, bytes calldata signature) external {
        uint64 order = _counts.orders++;
        bytes32 said = keccak256(abi.encode(CHOOSE_GUARDIAN_TYPEHASH, guardian, delay, order, deadline));
        bytes32 by = _orderedBy(said, deadline, signature);
        if (guardian == address(this)) revert OwnGuardian();
        if (delay < LEAST_DELAY || delay > MOST_DELAY) revert DelayOutOfBounds(delay, LEAST_DELAY, MOST_DELAY);
        Guardianship memory now_ = _guardianship();
        if (now_.from != 0) _chosen = now_;
        uint48 from = uint48(block.timestamp) + now_.delay;
        _next = Guardianship(guardian, delay, from);
        emit GuardianChosen(guardian, delay, from, by);
    }

    /// @inheritdoc IMemberAccount
    function keepGuardian(address guardian, uint48 from, uint48 deadline, bytes calldata signature) external {
        bytes32 said = keccak256(abi.encode(KEEP_GUARDIAN_TYPEHASH, guardian, from, deadline));
        bytes32 by = _orderedBy(said, deadline, signature);
        if (_next.guardian != guardian || _next.from != from || block.timestamp >= from) {
            revert NoGuardianWaits(guardian, from);
        }
        delete _next;
        emit GuardianKept(guardian, by);
    }

    /// @inheritdoc IMemberAccount
    function veto(uint32 recovery_, uint48 deadline, bytes calldata signature) external {
        bytes32 by = _orderedBy(keccak256(abi.encode(VETO_TYPEHASH, recovery_, deadline)), deadline, signature);
        if (_recovery.readyAt == 0 || _recovery.number != recovery_) revert NoRecoveryWaits(recovery_);
        delete _recovery;
        emit RecoveryVetoed(recovery_, by);
    }

    // ---------------------------------------------------------------- the guardian

    /// @inheritdoc IMemberAccount
    function startRecovery(bytes32 x, bytes32 y, uint48 deadline, bytes calldata signature) external {
        Guardianship memory now_ = _guardianship();
        if (now_.guardian == address(0)) revert NoGuardian();
        uint32 number = nextRecovery();
        if (msg.sender != now_.guardian) {
            if (block.timestamp > deadline) revert OrderExpired(deadline);
            bytes32 said = keccak256(abi.encode(START_RECOVERY_TYPEHASH, x, y, number, deadline));
            if (!SignedConsent.isGivenBy(_accounts, now_.guardian, _hashTypedDataV4(said), signature)) {
                revert NotGuardian(now_.guardian);
            }
        }
        _requireNew(x, y);
        uint48 readyAt = uint48(block.timestamp) + now_.delay;
        _counts.recoveries = number;
        _recovery = Recovery(x, y, now_.guardian, readyAt, number);
        emit RecoveryStarted(number, now_.guardian, x, y, readyAt);
    }

    // ---------------------------------------------------------------- anyone

    /// @inheritdoc IMemberAccount
    function completeRecovery() external {
        Recovery memory waiting = _recovery;
        if (waiting.readyAt == 0) revert NoRecoveryWaits(0);
        if (block.timestamp < waiting.readyAt) revert RecoveryNotReady(waiting.readyAt);
        Guardianship memory now_ = _guardianship();
        if (now_.guardian != waiting.guardian) revert GuardianReplaced(waiting.guardian, now_.guardian);
        // Between start and end the member may have added it, and even removed it again.
        bytes32 key = _requireNew(waiting.x, waiting.y);
        delete _recovery;
        // Whom the lost keys chose, and nobody had yet, does not come.
        if (block.timestamp < _next.from) delete _next;
        _changeAllKeysFor(key);
        emit Recovered(waiting.number, key, waiting.x, waiting.y);
    }

    // ---------------------------------------------------------------- whoever asks

    /// @inheritdoc IMemberAccount
    function recovery() external view returns (address guardian, uint48 delay) {
        Guardianship memory now_ = _guardianship();
        return (now_.guardian, now_.delay);
    }

    /// @inheritdoc IMemberAccount
    function guardianWaiting() external view returns (address guardian, uint48 delay, uint48 from) {
        Guardianship memory next = _next;
        if (block.timestamp < next.from) return (next.guardian, next.delay, next.from);
    }

    /// @inheritdoc IMemberAccount
    function recoveryWaiting()
        external
        view
        returns (uint32 number, address guardian, bytes32 x, bytes32 y, uint48 readyAt)
    {
        Recovery memory waiting = _recovery;
        return (waiting.number, waiting.guardian, waiting.x, waiting.y, waiting.readyAt);
    }

    /// @inheritdoc IMemberAccount
    function nextRecovery() public view returns (uint32) {
        return _counts.recoveries + 1;
    }

    // ---------------------------------------------------------------- within

    /// @dev Who is guardian at this second. An address can be made of any delay: one that leaves no time to object, or
    /// nobody would live to see, counts as the least or the most.
    function _guardianship() private view returns (Guardianship memory) {
        Guardianship memory next = _next;
        if (next.from != 0 && block.timestamp >= next.from) return next;
        Guardianship memory chosen = _chosen;
        if (chosen.from != 0) return chosen;
        (, , bytes26 agreed) = _arguments();
        uint256 delay = Math.min(Math.max(uint48(uint208(agreed)), LEAST_DELAY), MOST_DELAY);
        return Guardianship(address(bytes20(agreed)), uint48(delay), 0);
    }
}
