// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title The settlement money of an embedded street, where no real money exists; never used on a public chain.
contract StreetMoney is ERC20 {
    /// @notice Only the deployer may make money.
    error NotMint(address caller);

    address private immutable _mintKey;

    constructor() ERC20("Street Euro", "SEUR") {
        _mintKey = msg.sender;
    }

    /// @notice Makes money, in millionths of a euro.
    function mint(address to, uint256 amount) external {
        if (msg.sender != _mintKey) revert NotMint(msg.sender);
        _mint(to, amount);
    }

    /// @notice Six.
    function decimals() public pure override returns (uint8) {
        return 6;
    }
}
