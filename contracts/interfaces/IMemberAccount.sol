// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC1155Receiver} from "@openzeppelin/contracts/token/ERC1155/IERC1155Receiver.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IAccount, IAccountExecute} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {IERC7821} from "@openzeppelin/contracts/interfaces/draft-IERC7821.sol";

/// @title A member's account once it is deployed: it agrees (ERC-1271) to whatever it agreed to before, by the same
/// bytes, holds points and vouchers, takes further passkeys, can be recovered, and carries out user operations.
/// @dev A key is named by the hash of its coordinates. Orders about keys and guardian come signed by a passkey of the
/// account (EIP-712, in this account's domain), brought by anyone; or without a signature from within a user operation.
/// A deadline is in seconds UTC.
interface IMemberAccount is IERC1271, IERC1155Receiver, IAccount, IAccountExecute, IERC7821 {
    /// @notice The signature is not an assertion over this order by a passkey of the account.
    error NotAgreed();
    /// @notice The order was to be carried out by then.
    error OrderExpired(uint48 deadline);
    /// @notice The coordinates are no point of the curve: nothing could ever sign with such a key.
    error NotOnCurve(bytes32 x, bytes32 y);
    /// @notice The account knows the key, as one of now or of the past; a key that is gone never comes back.
    error KeyKnown(bytes32 key);
    /// @notice The account has as many passkeys as it may have.
    error TooManyKeys(uint256 most);
    /// @notice The account does not, or does not any more, agree by this passkey.
    error NotSigner(bytes32 key);
    /// @notice A key is removed by another: so there is always one left.
    error OwnKey(bytes32 key);
    /// @notice The key was added lately: from that second on it removes others.
    error KeyNotSettled(bytes32 key, uint48 settledFrom);
    /// @notice Nobody recovers themselves.
    error OwnGuardian();
    /// @notice The member would have less than the least time to object, or wait longer than the most.
    error DelayOutOfBounds(uint48 delay, uint48 least, uint48 most);
    /// @notice No such change of guardian waits.
    error NoGuardianWaits(address guardian, uint48 from);
    /// @notice The account has no guardian.
    error NoGuardian();
    /// @notice Neither the guardian calls nor is this their signature.
    error NotGuardian(address guardian);
    /// @notice No such change of key waits.
    error NoRecoveryWaits(uint32 recovery);
    /// @notice The member may object until then.
    error RecoveryNotReady(uint48 readyAt);
    /// @notice Who started the change of key is not the guardian any more.
    error GuardianReplaced(address was, address guardian);

    /// @notice From now on the account also agrees by this passkey; `by` is the key that ordered it.
    event KeyAdded(bytes32 indexed key, bytes32 x, bytes32 y, bytes32 indexed by, uint48 settledFrom);
    /// @notice The account never again agrees by this passkey.
    event KeyRemoved(bytes32 indexed key, bytes32 indexed by);
    /// @notice This guardian (zero: none) may start a change of key, from that second on.
    event GuardianChosen(address indexed guardian, uint48 delay, uint48 from, bytes32 indexed by);
    /// @notice The guardian stays who it was; the one that had been chosen does not come.
    event GuardianKept(address indexed refused, bytes32 indexed by);
    /// @notice The guardian started a change of key; the member may object until it is carried out, at the earliest
    /// at `readyAt`.
    event RecoveryStarted(uint32 indexed recovery, address indexed guardian, bytes32 x, bytes32 y, uint48 readyAt);
    /// @notice The member objected: the keys stay as they were.
    event RecoveryVetoed(uint32 indexed recovery, bytes32 indexed by);
    /// @notice The account agrees by this passkey only; all before it are gone.
    event Recovered(uint32 indexed recovery, bytes32 indexed key, bytes32 x, bytes32 y);

    /// @notice Adds a passkey. It agrees at once, and removes others once it has been there for 72 hours.
    function addKey(bytes32 x, bytes32 y, uint48 deadline, bytes calldata signature) external;

    /// @notice Removes a passkey for ever, by order of another one that is settled.
    function removeKey(bytes32 key, uint48 deadline, bytes calldata signature) external;

    /// @notice Names another guardian (zero: none) and how many seconds the member has to object to a change of key,
    /// 72 hours to 30 days. It takes effect after the delay that holds now, 72 hours at least.
    function chooseGuardian(address guardian, uint48 delay, uint48 deadline, bytes calldata signature) external;

    /// @notice Refuses the guardian that was chosen and takes effect at `from`.
    function keepGuardian(address guardian, uint48 from, uint48 deadline, bytes calldata signature) external;

    /// @notice Starts a change of all keys for this one, by the guardian or whoever brings their signature; the
    /// deadline is the signature's. It takes the place of one that waits.
    function startRecovery(bytes32 x, bytes32 y, uint48 deadline, bytes calldata signature) external;

    /// @notice Objects to the change of key of that number.
    function veto(uint32 recovery, uint48 deadline, bytes calldata signature) external;

    /// @notice Carries out the change of key that nobody objected to in time; anyone may.
    function completeRecovery() external;

    /// @notice Whether the account agrees by this passkey.
    function isSigner(bytes32 x, bytes32 y) external view returns (bool);

    /// @notice Whether the account agrees by the passkey of that name, and from when on it removes others.
    function keyStanding(bytes32 key) external view returns (bool signs, uint48 settledFrom);

    /// @notice By how many passkeys the account agrees; at least one.
    function keyCount() external view returns (uint256);

    /// @notice Who may start a change of key, zero for nobody, and how many seconds the member has to object.
    function recovery() external view returns (address guardian, uint48 delay);

    /// @notice The guardian that was chosen and takes effect at `from`; zeros where none waits.
    function guardianWaiting() external view returns (address guardian, uint48 delay, uint48 from);

    /// @notice The change of key that waits; zeros where none does.
    function recoveryWaiting()
        external
        view
        returns (uint32 number, address guardian, bytes32 x, bytes32 y, uint48 readyAt);

    /// @notice The number that the next order about keys or the choice of a guardian is signed with.
    function nextOrder() external view returns (uint64);

    /// @notice The number that the guardian's next change of key will have, and is signed with.
    function nextRecovery() external view returns (uint32);
}
