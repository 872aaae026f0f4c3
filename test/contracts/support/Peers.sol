// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @notice OpenZeppelin's ERC-20 as it comes, with its minting and burning open: what our own figures stand beside.
contract PeerErc20 is ERC20("Peer", "PEER") {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function burn(address from, uint256 amount) external {
        _burn(from, amount);
    }

    function mintEach(address[] calldata to, uint256[] calldata amounts) external {
        for (uint256 i; i < to.length; ++i) {
            _mint(to[i], amounts[i]);
        }
    }
}

/// @notice OpenZeppelin's ERC-1155 in the same way.
contract PeerErc1155 is ERC1155("") {
    function mint(address to, uint256 amount) external {
        _mint(to, 1, amount, "");
    }

    function burn(address from, uint256 amount) external {
        _burn(from, 1, amount);
    }
}
