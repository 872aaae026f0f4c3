// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";
import {IConsortium, Network} from "./interfaces/IConsortium.sol";
import {IPointsFactory} from "./interfaces/IPointsFactory.sol";
import {ShopPoints} from "./ShopPoints.sol";

contract PointsFactory is IPointsFactory {
    IConsortium private immutable _consortium;

    constructor(IConsortium consortium) {
        _consortium = consortium;
    }

    /// @inheritdoc IPointsFactory
    function deploy(uint32 shop) external returns (address) {
        if (msg.sender != address(_consortium)) revert NotConsortium(msg.sender);
        (Network memory network, uint256 par, uint48 quarterLength) = _terms();
        return address(new ShopPoints{salt: bytes32(uint256(shop))}(_consortium, network, shop, par, quarterLength));
    }

    /// @inheritdoc IPointsFactory
    function addressOf(uint32 shop) external view returns (address) {
        (Network memory network, uint256 par, uint48 quarterLength) = _terms();
        bytes memory arguments = abi.encode(_consortium, network, shop, par, quarterLength);
        bytes32 codeHash = keccak256(bytes.concat(type(ShopPoints).creationCode, arguments));
        return Create2.computeAddress(bytes32(uint256(shop)), codeHash);
    }

    /// @dev What all have agreed on for ever, and so what every token is made of.
    function _terms() private view returns (Network memory network, uint256 par, uint48 quarterLength) {
        return (_consortium.network(), _consortium.par(), _consortium.quarterLength());
    }
}
