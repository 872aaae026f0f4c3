// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @notice An account that is a contract and agrees to one digest.
contract AgreeingAccount {
    bytes32 public agreedTo;

    function agree(bytes32 digest) external {
        agreedTo = digest;
    }

    function isValidSignature(bytes32 digest, bytes calldata) external view returns (bytes4) {
        return digest == agreedTo ? this.isValidSignature.selector : bytes4(0xffffffff);
    }
}

/// @notice An account that burns whatever gas it is given.
contract GreedyAccount {
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        while (true) {}
        return 0;
    }
}

/// @notice An account that answers yes, followed by a flood.
contract FloodingAccount {
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        assembly {
            mstore(0, shl(224, 0x1626ba7e))
            return(0, 30000)
        }
    }
}

/// @notice An account whose answer is too short to be one.
contract TerseAccount {
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        assembly {
            mstore(0, shl(224, 0x1626ba7e))
            return(0, 4)
        }
    }
}

/// @notice An account that fails with the very word that would mean yes.
contract FailingAccount {
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        assembly {
            mstore(0, shl(224, 0x1626ba7e))
            revert(0, 32)
        }
    }
}

/// @notice An account that says yes with all the gas a consent is given, and no with less.
contract CautiousAccount {
    function isValidSignature(bytes32, bytes calldata) external view returns (bytes4) {
        return gasleft() < 149_000 ? bytes4(0xffffffff) : this.isValidSignature.selector;
    }
}
