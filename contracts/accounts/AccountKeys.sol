// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";
import {IMemberAccount} from "../interfaces/IMemberAccount.sol";
import {PasskeyAssertion} from "../libraries/PasskeyAssertion.sol";

/// @notice The passkeys of an account: the one its address is made of until it is removed, and those added later.
abstract contract AccountKeys is IMemberAccount, EIP712 {
    using PasskeyAssertion for bytes;

    /// @dev What an account counts, in one word.
    struct Counts {
        /// Changes of all keys at once, so far.
        uint32 era;
        /// Keys beside the first one of this era.
        uint8 more;
        /// Whether the key in the arguments was removed.
        bool firstRemoved;
        /// Orders carried out.
        uint64 orders;
        /// Changes of key that a guardian started.
        uint32 recoveries;
    }

    /// @dev A key that was added: one more than the era it belongs to, or GONE; and from when on it removes others.
    struct Added {
        uint32 era;
        uint48 settledFrom;
    }

    /// @dev Key, guardian and delay, packed behind the clone's code.
    uint256 private constant ARGUMENTS_LENGTH = 90;
    uint256 internal constant MOST_KEYS = 8;
    /// @dev So long whoever was there before can undo what a wrong touch added.
    uint48 internal constant SETTLES_AFTER = 72 hours;
    uint32 private constant GONE = type(uint32).max;

    bytes32 private constant ADD_KEY_TYPEHASH = keccak256("AddKey(bytes32 x,bytes32 y,uint64 order,uint48 deadline)");
    bytes32 private constant REMOVE_KEY_TYPEHASH = keccak256("RemoveKey(bytes32 key,uint64 order,uint48 deadline)");

    bytes32 private immutable _rpIdHash;

    Counts internal _counts;
    mapping(bytes32 key => Added) private _added;
    /// @dev The key whose user operation is being carried out.
    bytes32 internal transient _acting;

    constructor(bytes32 rpIdHash) EIP712("Highstreet account", "1") {
        _rpIdHash = rpIdHash;
    }

    // ---------------------------------------------------------------- the member

    /// @inheritdoc IMemberAccount
    function addKey(bytes32 x, bytes32 y, uint48 deadline, bytes calldata signature) external {
        uint64 order = _counts.orders++;
        bytes32 by = _orderedBy(keccak256(abi.encode(ADD_KEY_TYPEHASH, x, y, order, deadline)), deadline, signature);
        bytes32 key = _requireNew(x, y);
        Counts memory counts = _counts;
        if (counts.more + 1 >= MOST_KEYS) revert TooManyKeys(MOST_KEYS);
        uint48 settledFrom = uint48(block.timestamp) + SETTLES_AFTER;
        _counts.more = counts.more + 1;
        _added[key] = Added(counts.era + 1, settledFrom);
        emit KeyAdded(key, x, y, by, settledFrom);
    }

    /// @inheritdoc IMemberAccount
    function removeKey(bytes32 key, uint48 deadline, bytes calldata signature) external {
        uint64 order = _counts.orders++;
        bytes32 by = _orderedBy(keccak256(abi.encode(REMOVE_KEY_TYPEHASH, key, order, deadline)), deadline, signature);
        if (key == by) revert OwnKey(key);
        (bool signs, ) = keyStanding(key);
        if (!signs) revert NotSigner(key);
        (, uint48 settledFrom) = keyStanding(by);
        if (block.timestamp < settledFrom) revert KeyNotSettled(by, settledFrom);
        --_counts.more;
        if (key == _firstKey()) _counts.firstRemoved = true;
        else _added[key].era = GONE;
        emit KeyRemoved(key, by);
    }

    // ---------------------------------------------------------------- whoever asks

    /// @inheritdoc IMemberAccount
    function isSigner(bytes32 x, bytes32 y) public view returns (bool signs) {
        (signs, ) = keyStanding(_nameOf(x, y));
    }

    /// @inheritdoc IMemberAccount
    function keyStanding(bytes32 key) public view returns (bool signs, uint48 settledFrom) {
        return _standingOf(key, _firstKey());
    }

    /// @inheritdoc IMemberAccount
    function keyCount() external view returns (uint256) {
        return uint256(_counts.more) + 1;
    }

    /// @inheritdoc IMemberAccount
    function nextOrder() external view returns (uint64) {
        return _counts.orders;
    }

    // ---------------------------------------------------------------- within

    /// @dev The key by which the account agrees to the digest; zero where it does not.
    function _agreedBy(bytes32 digest, bytes calldata signature) internal view returns (bytes32) {
        (bool readable, bytes32 x, bytes32 y, bytes26 said) = signature.madeBy();
        if (!readable) return 0;
        (bytes32 firstX, bytes32 firstY, bytes26 agreed) = _arguments();
        // Guardian and delay are part of the bytes: before the account was deployed, others named another account.
        if (said != agreed) return 0;
        bytes32 key = _nameOf(x, y);
        (bool signs, ) = _standingOf(key, _nameOf(firstX, firstY));
        return signs && signature.isOver(digest, _rpIdHash) ? key : bytes32(0);
    }

    /// @dev Who gives an order: the key of the user operation that is being carried out, or the one that signed.
    function _orderedBy(bytes32 order, uint48 deadline, bytes calldata signature) internal view returns (bytes32 by) {
        if (block.timestamp > deadline) revert OrderExpired(deadline);
        by = msg.sender == address(this) ? _acting : _agreedBy(_hashTypedDataV4(order), signature);
        if (by == 0) revert NotAgreed();
    }

    /// @dev The name of a key that the account never knew and that can sign.
    function _requireNew(bytes32 x, bytes32 y) internal view returns (bytes32 key) {
        if (!P256.isValidPublicKey(x, y)) revert NotOnCurve(x, y);
        key = _nameOf(x, y);
        if (key == _firstKey() || _added[key].era != 0) revert KeyKnown(key);
    }

    /// @dev From now on the account agrees by this key alone, which waited long enough to be settled.
    function _changeAllKeysFor(bytes32 key) internal {
        uint32 era = _counts.era + 1;
        (_counts.era, _counts.more) = (era, 0);
        _added[key] = Added(era + 1, 0);
    }

    function _nameOf(bytes32 x, bytes32 y) internal pure returns (bytes32) {
        return keccak256(abi.encode(x, y));
    }

    function _standingOf(bytes32 key, bytes32 firstKey) private view returns (bool signs, uint48 settledFrom) {
        Counts memory counts = _counts;
        // The key in the arguments is never written down: a payment by it reads one word and no more.
        if (key == firstKey) return (counts.era == 0 && !counts.firstRemoved, 0);
        Added memory added = _added[key];
        return (added.era == counts.era + 1, added.settledFrom);
    }

    function _firstKey() private view returns (bytes32) {
        (bytes32 x, bytes32 y, ) = _arguments();
        return _nameOf(x, y);
    }

    /// @dev What this clone was made with; zeros, which no signature fits, where it is none, as the code itself.
    function _arguments() internal view returns (bytes32 x, bytes32 y, bytes26 agreed) {
        bytes memory arguments = Clones.fetchCloneArgs(address(this));
        if (arguments.length != ARGUMENTS_LENGTH) return (0, 0, 0);
        assembly ("memory-safe") {
            x := mload(add(arguments, 32))
            y := mload(add(arguments, 64))
            agreed := and(mload(add(arguments, 96)), shl(48, not(0)))
        }
    }
}
