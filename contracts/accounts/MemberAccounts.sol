// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {IConsortium} from "../interfaces/IConsortium.sol";
import {IMemberAccounts} from "../interfaces/IMemberAccounts.sol";
import {PasskeyAssertion} from "../libraries/PasskeyAssertion.sol";
import {MemberAccount} from "./MemberAccount.sol";

contract MemberAccounts is IMemberAccounts {
    using PasskeyAssertion for bytes;

    /// @inheritdoc IMemberAccounts
    IConsortium public immutable consortium;
    /// @inheritdoc IMemberAccounts
    bytes32 public immutable rpIdHash;
    /// @inheritdoc IMemberAccounts
    address public immutable implementation;

    /// @dev The creation code of every account up to its arguments, as OpenZeppelin's Clones writes it.
    bytes32 private immutable _codeStart;
    bytes23 private immutable _codeEnd;

    constructor(IConsortium consortium_, bytes32 rpIdHash_) {
        if (rpIdHash_ == 0) revert NoRelyingParty();
        if (!PasskeyAssertion.isVerifiable()) revert NoP256Precompile();
        consortium = consortium_;
        rpIdHash = rpIdHash_;
        address account = address(new MemberAccount(rpIdHash_));
        implementation = account;
        // 20 bytes of code, 12 of the address; 8 more of it, 15 of code.
        _codeStart = bytes32(
            abi.encodePacked(hex"6100873d81600a3d39f3363d3d373d3d3d363d73", bytes12(bytes20(account)))
        );
        _codeEnd = bytes23(abi.encodePacked(bytes8(bytes20(account) << 96), hex"5af43d82803e903d91602b57fd5bf3"));
    }

    // ---------------------------------------------------------------- anyone

    /// @inheritdoc IMemberAccounts
    function deploy(bytes32 x, bytes32 y, address guardian, uint48 delay) external returns (address account) {
        account = accountOf(x, y, guardian, delay);
        if (account.code.length != 0) return account;
        bytes memory arguments = abi.encodePacked(x, y, guardian, delay);
        Clones.cloneDeterministicWithImmutableArgs(implementation, arguments, 0);
        emit AccountDeployed(account, x, y, guardian, delay);
    }

    // ---------------------------------------------------------------- whoever asks

    /// @inheritdoc IMemberAccounts
    function agrees(address account, bytes32 digest, bytes calldata signature) external view returns (bool) {
        if (account.code.length != 0) return false;
        (bool readable, bytes32 x, bytes32 y, bytes26 recovery) = signature.madeBy();
        return readable && _accountOf(x, y, recovery) == account && signature.isOver(digest, rpIdHash);
    }

    /// @inheritdoc IMemberAccounts
    function accountOf(bytes32 x, bytes32 y, address guardian, uint48 delay) public view returns (address account) {
        return _accountOf(x, y, bytes26(abi.encodePacked(guardian, delay)));
    }

    /// @dev What Clones.predictDeterministicAddressWithImmutableArgs says, for a sixth of the gas.
    function _accountOf(bytes32 x, bytes32 y, bytes26 recovery) private view returns (address account) {
        (bytes32 codeStart, bytes23 codeEnd) = (_codeStart, _codeEnd);
        assembly ("memory-safe") {
            let data := mload(0x40)
            mstore(data, codeStart)
            mstore(add(data, 32), codeEnd)
            mstore(add(data, 55), x)
            mstore(add(data, 87), y)
            mstore(add(data, 119), recovery)
            let code := keccak256(data, 145)
            // CREATE2 (EIP-1014): 0xff, the deployer, the salt, which is zero, and the hash of the creation code.
            mstore(data, or(shl(248, 0xff), shl(88, address())))
            mstore(add(data, 21), 0)
            mstore(add(data, 53), code)
            account := and(keccak256(data, 85), 0xffffffffffffffffffffffffffffffffffffffff)
        }
    }
}
