// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IMemberAccount} from "../../../contracts/interfaces/IMemberAccount.sol";
import {Passkeys} from "./Passkeys.sol";

/// @notice What members and their guardians sign about an account, written down anew from the page on accounts.
abstract contract AccountOrders is Passkeys {
    address internal constant ENTRY_POINT = 0x433709009B8330FDa32311DF1C2AFA402eD8D009;
    uint48 internal constant LATER = type(uint48).max;
    bytes internal constant UNSIGNED = "";

    function nameOf(uint256 secret) internal pure returns (bytes32) {
        (bytes32 x, bytes32 y) = keyOf(secret);
        return keccak256(abi.encode(x, y));
    }

    function digestOf(IMemberAccount whose, bytes32 order) internal view returns (bytes32) {
        return typed("Highstreet account", address(whose), order);
    }

    function typed(string memory name, address verifier, bytes32 words) internal view returns (bytes32) {
        bytes32 kind = keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
        bytes32 domain = keccak256(abi.encode(kind, keccak256(bytes(name)), keccak256("1"), block.chainid, verifier));
        return keccak256(abi.encodePacked(hex"1901", domain, words));
    }

    function additionOf(uint256 secret, uint64 order, uint48 deadline) internal pure returns (bytes32) {
        (bytes32 x, bytes32 y) = keyOf(secret);
        bytes32 kind = keccak256("AddKey(bytes32 x,bytes32 y,uint64 order,uint48 deadline)");
        return keccak256(abi.encode(kind, x, y, order, deadline));
    }

    function removalOf(uint256 secret, uint64 order, uint48 deadline) internal pure returns (bytes32) {
        bytes32 kind = keccak256("RemoveKey(bytes32 key,uint64 order,uint48 deadline)");
        return keccak256(abi.encode(kind, nameOf(secret), order, deadline));
    }

    function choiceOf(address who, uint48 delay, uint64 order, uint48 deadline) internal pure returns (bytes32) {
        bytes32 kind = keccak256("ChooseGuardian(address guardian,uint48 delay,uint64 order,uint48 deadline)");
        return keccak256(abi.encode(kind, who, delay, order, deadline));
    }

    function refusalOf(address who, uint48 from, uint48 deadline) internal pure returns (bytes32) {
        bytes32 kind = keccak256("KeepGuardian(address guardian,uint48 from,uint48 deadline)");
        return keccak256(abi.encode(kind, who, from, deadline));
    }

    function vetoOf(uint32 number, uint48 deadline) internal pure returns (bytes32) {
        return keccak256(abi.encode(keccak256("Veto(uint32 recovery,uint48 deadline)"), number, deadline));
    }

    function recoveryOf(uint256 secret, uint32 number, uint48 deadline) internal pure returns (bytes32) {
        (bytes32 x, bytes32 y) = keyOf(secret);
        bytes32 kind = keccak256("StartRecovery(bytes32 x,bytes32 y,uint32 recovery,uint48 deadline)");
        return keccak256(abi.encode(kind, x, y, number, deadline));
    }
}
