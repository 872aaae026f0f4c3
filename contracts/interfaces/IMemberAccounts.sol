// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IConsortium} from "./IConsortium.sol";

/// @title The members' passkey accounts: where each stands or will stand, and what its key agreed to.
/// @dev An account's address follows from its first passkey, its guardian and the guardian's delay.
interface IMemberAccounts {
    /// @notice The chain does not verify P-256 signatures at 0x100 (EIP-7951).
    error NoP256Precompile();
    /// @notice A network's passkeys belong to a relying party.
    error NoRelyingParty();

    /// @notice The account of this passkey, guardian and delay has code from now on; its address was known before.
    event AccountDeployed(address indexed account, bytes32 x, bytes32 y, address guardian, uint48 delay);

    /// @notice Whether the account, not deployed yet, agrees to `digest`: `signature` names the passkey, guardian and
    /// delay the address is made of, and holds that passkey's assertion over the digest. False where anything is amiss,
    /// and for an account that is deployed: it answers for itself.
    function agrees(address account, bytes32 digest, bytes calldata signature) external view returns (bool);

    /// @notice The address of the account with this first passkey, guardian (zero: none) and recovery delay in seconds.
    function accountOf(bytes32 x, bytes32 y, address guardian, uint48 delay) external view returns (address account);

    /// @notice Deploys that account, where it is not deployed yet; anyone may, and it changes no answer.
    function deploy(bytes32 x, bytes32 y, address guardian, uint48 delay) external returns (address account);

    /// @notice The register of the network whose members these are.
    function consortium() external view returns (IConsortium);

    /// @notice The SHA-256 hash of the relying party's id, the domain that the members' passkeys are bound to.
    function rpIdHash() external view returns (bytes32);

    /// @notice The code of all accounts; each is a clone of it with its own arguments.
    function implementation() external view returns (address);
}
