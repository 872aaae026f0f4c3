// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Votes} from "@openzeppelin/contracts/governance/utils/Votes.sol";
import {IERC6372} from "@openzeppelin/contracts/interfaces/IERC6372.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IConsortium} from "./interfaces/IConsortium.sol";
import {IMembership} from "./interfaces/IMembership.sol";

contract Membership is IMembership, Votes {
    address private immutable _consortium;

    /// @inheritdoc IMembership
    mapping(address owner => uint256) public seatsOf;

    /// @dev Only the consortium passes.
    modifier onlyConsortium() {
        if (msg.sender != _consortium) revert NotConsortium(msg.sender);
        _;
    }

    constructor(IConsortium consortium) EIP712("Highstreet Membership", "1") {
        _consortium = address(consortium);
    }

    // ---------------------------------------------------------------- the consortium

    /// @inheritdoc IMembership
    function takeSeat(address owner) external onlyConsortium {
        uint256 seats = ++seatsOf[owner];
        _transferVotingUnits(address(0), owner, 1);
        // A shopkeeper votes without having to delegate to themselves first.
        if (delegates(owner) == address(0)) _delegate(owner, owner);
        emit SeatTaken(owner, seats);
    }

    /// @inheritdoc IMembership
    function leaveSeat(address owner) external onlyConsortium {
        if (seatsOf[owner] == 0) revert NoSeat(owner);
        uint256 seats = --seatsOf[owner];
        _transferVotingUnits(owner, address(0), 1);
        emit SeatLeft(owner, seats);
    }

    // ---------------------------------------------------------------- whoever asks

    /// @notice Votes are counted by the second, not by the block.
    function clock() public view override(Votes, IERC6372) returns (uint48) {
        return uint48(block.timestamp);
    }

    /// @notice The same in the words of ERC-6372.
    // solhint-disable-next-line func-name-mixedcase
    function CLOCK_MODE() public pure override(Votes, IERC6372) returns (string memory) {
        return "mode=timestamp";
    }

    // ---------------------------------------------------------------- within

    function _getVotingUnits(address owner) internal view override returns (uint256) {
        return seatsOf[owner];
    }
}
