// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

/// @title Who may do what the network's contracts restrict: OpenZeppelin's AccessManager, as it is.
/// @dev It has a name of its own only so that it is compiled, deployed and checked like every other contract here.
/// `Offices` says which acts belong to whom; once the network stands, the board alone administers it.
contract Authority is AccessManager {
    constructor(address admin) AccessManager(admin) {}
}
