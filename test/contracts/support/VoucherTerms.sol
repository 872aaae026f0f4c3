// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Purchase, Use} from "../../../contracts/interfaces/IRewards.sol";
import {Street} from "./Street.sol";

/// @notice What members and tills sign about vouchers, hashed anew.
abstract contract VoucherTerms is Street {
    string internal constant DOMAIN = "Highstreet Rewards";

    // ---------------------------------------------------------------- purchases

    function sign(uint256 memberKey, Purchase memory what) internal view {
        what.signature = signed(memberKey, digestOf(what));
    }

    function digestOf(Purchase memory what) internal view returns (bytes32) {
        return typed(DOMAIN, address(rewards), hashOf(what));
    }

    function hashOf(Purchase memory what) internal pure returns (bytes32) {
        bytes32 kind = keccak256(
            "VoucherPurchase(address member,uint256 reward,uint32 count,uint256 nonce,uint48 deadline,Line[] lines)"
            "Line(address token,uint48 points)"
        );
        bytes32 lines = linesHash(what.lines);
        return keccak256(abi.encode(kind, what.member, what.reward, what.count, what.nonce, what.deadline, lines));
    }

    // ---------------------------------------------------------------- uses

    function sign(uint256 holderKey, uint32 shop, uint32 till, Use memory what) internal view {
        what.signature = signed(holderKey, typed(DOMAIN, address(rewards), hashOf(shop, till, what)));
    }

    function hashOf(uint32 shop, uint32 till, Use memory what) internal pure returns (bytes32) {
        bytes32 kind = keccak256(
            "VoucherUse(address holder,uint32 shop,uint32 till,uint256 reward,uint32 count,uint64 sequence,"
            "uint48 deadline)"
        );
        (uint256 reward, uint32 count) = (what.reward, what.count);
        return keccak256(abi.encode(kind, what.holder, shop, till, reward, count, what.sequence, what.deadline));
    }

    function acceptance(uint32 shop, uint32 till, Use[] memory uses) internal view returns (bytes memory) {
        bytes memory list;
        for (uint256 i; i < uses.length; ++i) {
            list = abi.encodePacked(list, hashOf(shop, till, uses[i]));
        }
        bytes32 hash = acceptanceHash(shop, till, list);
        return signed(tillKey[shop][till], typed(DOMAIN, address(rewards), hash));
    }

    // ---------------------------------------------------------------- returns

    /// @dev Signed with that key, whoever holds the vouchers.
    function signedReturn(
        uint256 key,
        address holder,
        uint256 reward,
        uint32 count,
        uint256 nonce,
        uint48 deadline
    ) internal view returns (bytes memory) {
        bytes32 kind = keccak256(
            "VoucherReturn(address holder,uint256 reward,uint32 count,uint256 nonce,uint48 deadline)"
        );
        bytes32 hash = keccak256(abi.encode(kind, holder, reward, count, nonce, deadline));
        return signed(key, typed(DOMAIN, address(rewards), hash));
    }
}
