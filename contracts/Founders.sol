// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {IConsortium} from "./interfaces/IConsortium.sol";
import {IFounders} from "./interfaces/IFounders.sol";
import {IScoreLog} from "./interfaces/IScoreLog.sol";
import {IStanding} from "./interfaces/IStanding.sol";

contract Founders is IFounders {
    /// @dev A town that has not found five shops willing to vote within a year will not find them later.
    uint256 internal constant LONGEST_PHASE = 366 days;

    address private immutable _consortium;
    address private immutable _scoreLog;
    /// @inheritdoc IFounders
    address public immutable key;
    /// @inheritdoc IFounders
    uint48 public immutable endsAt;

    constructor(IConsortium consortium, address key_, uint48 endsAt_) {
        if (key_ == address(0)) revert ZeroKey();
        uint256 latest = block.timestamp + LONGEST_PHASE;
        if (endsAt_ < block.timestamp || endsAt_ > latest) revert EndOutOfBounds(endsAt_, block.timestamp, latest);
        _consortium = address(consortium);
        _scoreLog = address(IStanding(consortium.network().standing).scoreLog());
        (key, endsAt) = (key_, endsAt_);
        emit FoundingPhaseBegan(key_, endsAt_);
    }

    // ---------------------------------------------------------------- the founders

    /// @inheritdoc IFounders
    function act(address target, bytes calldata data) external returns (bytes memory answer) {
        if (msg.sender != key) revert NotFounders(msg.sender);
        if (block.timestamp > endsAt) revert FoundingPhaseOver(endsAt);
        // Of fewer than four bytes the rest is zero, which is no act's selector.
        bytes4 selector = bytes4(data);
        if (!mayDo(target, selector)) revert NotFoundersAct(target, selector);
        emit FoundersActed(target, selector, data);
        return Address.functionCall(target, data);
    }

    // ---------------------------------------------------------------- whoever asks

    /// @inheritdoc IFounders
    function mayDo(address target, bytes4 selector) public view returns (bool) {
        if (target == _scoreLog) return selector == IScoreLog.appointScorer.selector;
        return
            target == _consortium &&
            (selector == IConsortium.admit.selector ||
                selector == IConsortium.suspend.selector ||
                selector == IConsortium.reinstate.selector ||
                selector == IConsortium.approveImport.selector ||
                selector == IConsortium.setRequiredRatio.selector ||
                selector == IConsortium.setBreakageShare.selector);
    }
}
