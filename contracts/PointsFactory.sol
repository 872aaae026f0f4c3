// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";
import {IConsortium, Network} from "./interfaces/IConsortium.sol";
import {IPointsFactory} from "./interfaces/IPointsFactory.sol";
import {ShopPoints} from "./ShopPoints.sol";

contract PointsFactory is IPointsFactory {
    IConsortium private immutable _consortium;
    address private immutable _issuance;
    address private immutable _redemptions;
    uint256 private immutable _par;
    uint48 private immutable _quarterLength;

    constructor(IConsortium consortium) {
        Network memory network = consortium.network();
        _consortium = consortium;
        _issuance = network.issuance;
        _redemptions = network.redemptions;
        _par = consortium.par();
        _quarterLength = consortium.quarterLength();
    }

    /// @inheritdoc IPointsFactory
    function deploy(uint32 shop) external returns (address) {
        if (msg.sender != address(_consortium)) revert NotConsortium(msg.sender);
        return
            address(
                new ShopPoints{salt: bytes32(uint256(shop))}(
                    _consortium,
                    _issuance,
                    _redemptions,
                    shop,
                    _par,
                    _quarterLength
                )
            );
    }

    /// @inheritdoc IPointsFactory
    function addressOf(uint32 shop) external view returns (address) {
        bytes memory arguments = abi.encode(_consortium, _issuance, _redemptions, shop, _par, _quarterLength);
        bytes32 codeHash = keccak256(bytes.concat(type(ShopPoints).creationCode, arguments));
        return Create2.computeAddress(bytes32(uint256(shop)), codeHash);
    }
}
