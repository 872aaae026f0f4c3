// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Governor} from "@openzeppelin/contracts/governance/Governor.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {GovernorCountingSimple} from "@openzeppelin/contracts/governance/extensions/GovernorCountingSimple.sol";
import {GovernorTimelockAccess} from "@openzeppelin/contracts/governance/extensions/GovernorTimelockAccess.sol";
import {GovernorVotes} from "@openzeppelin/contracts/governance/extensions/GovernorVotes.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IBoard} from "./interfaces/IBoard.sol";
import {IMembership} from "./interfaces/IMembership.sol";

/// @title The active shops deciding together: one active shop, one vote.
/// @dev OpenZeppelin's Governor over the seats of the membership. A decision takes effect 8 days after it was queued:
/// longer than the 7 days of the vote, so that a shop which loses it can still announce its exit under the old terms.
contract Board is IBoard, GovernorCountingSimple, GovernorVotes, GovernorTimelockAccess {
    uint256 internal constant VOTING_DELAY = 1 days;
    uint256 internal constant VOTING_PERIOD = 7 days;
    uint32 internal constant EXECUTION_DELAY = 8 days;
    /// @dev Of all seats: high enough that a handful of friends cannot decide for a sleeping town, low enough that a
    /// board of shopkeepers, of whom half never vote, still can.
    uint256 internal constant QUORUM_PERCENT = 40;
    /// @dev A decision nobody carried out in time must not surprise the shops of another year.
    uint256 internal constant LAPSES_AFTER = 30 days;

    constructor(
        IMembership membership,
        address authority
    ) Governor("Highstreet Board") GovernorVotes(membership) GovernorTimelockAccess(authority, EXECUTION_DELAY) {}

    // ---------------------------------------------------------------- the rules of the vote

    /// @notice Seconds between a proposal and the moment whose seats count.
    function votingDelay() public pure override returns (uint256) {
        return VOTING_DELAY;
    }

    /// @notice Seconds a vote is open.
    function votingPeriod() public pure override returns (uint256) {
        return VOTING_PERIOD;
    }

    /// @notice How many seats it takes to propose.
    function proposalThreshold() public pure override returns (uint256) {
        return 1;
    }

    /// @notice How many votes, for or abstaining, a decision needs: 40 % of all seats at that second, rounded up.
    function quorum(uint256 timepoint) public view override returns (uint256) {
        return Math.ceilDiv(token().getPastTotalSupply(timepoint) * QUORUM_PERCENT, 100);
    }

    /// @notice Where a proposal stands. It expires 30 days after it could first have been queued, or executed.
    function state(uint256 proposalId) public view override returns (ProposalState) {
        ProposalState now_ = super.state(proposalId);
        uint256 since;
        if (now_ == ProposalState.Succeeded) since = proposalDeadline(proposalId);
        else if (now_ == ProposalState.Queued) since = proposalEta(proposalId);
        else return now_;
        return clock() > since + LAPSES_AFTER ? ProposalState.Expired : now_;
    }

    /// @notice Always refused: the board's own rules never change.
    function setBaseDelaySeconds(uint32) public pure override {
        revert RulesAreFixed();
    }

    /// @notice Always refused: the board's own rules never change.
    function setAccessManagerIgnored(address, bytes4[] calldata, bool) public pure override {
        revert RulesAreFixed();
    }

    // ---------------------------------------------------------------- where the parts meet

    /// @inheritdoc GovernorTimelockAccess
    function propose(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        string memory description
    ) public override(Governor, GovernorTimelockAccess) returns (uint256) {
        // Nobody's words stand on the chain for ever, not even a shopkeeper's.
        if (!_isHash(bytes(description))) revert DescriptionIsNoHash(bytes(description).length);
        return super.propose(targets, values, calldatas, description);
    }

    /// @inheritdoc IGovernor
    function proposalNeedsQueuing(
        uint256 proposalId
    ) public view override(Governor, GovernorTimelockAccess) returns (bool) {
        return super.proposalNeedsQueuing(proposalId);
    }

    function _castVote(
        uint256 proposalId,
        address account,
        uint8 support,
        string memory reason,
        bytes memory params
    ) internal override returns (uint256) {
        if (bytes(reason).length + params.length != 0) revert OnlyTheVote(account);
        return super._castVote(proposalId, account, support, reason, params);
    }

    function _queueOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockAccess) returns (uint48) {
        return super._queueOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _executeOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockAccess) {
        super._executeOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _cancel(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockAccess) returns (uint256) {
        return super._cancel(targets, values, calldatas, descriptionHash);
    }

    /// @dev Whether the text is 0x and 64 digits of 0-9 and a-f.
    function _isHash(bytes memory text) private pure returns (bool) {
        if (text.length != 66 || text[0] != "0" || text[1] != "x") return false;
        for (uint256 i = 2; i < 66; ++i) {
            bytes1 digit = text[i];
            if ((digit < "0" || digit > "9") && (digit < "a" || digit > "f")) return false;
        }
        return true;
    }
}
