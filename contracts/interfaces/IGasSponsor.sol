// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IPaymaster} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {IMemberAccounts} from "./IMemberAccounts.sol";

/// @title Pays a public bundler for members' user operations (an ERC-4337 paymaster), where the network does not bring
/// them itself: only for calls into the network's contracts that its signer approved, within budgets, out of a bounded
/// deposit.
/// @dev Amounts are in the chain's own money, in its smallest unit. An operation counts with what it may cost at most.
interface IGasSponsor is IPaymaster {
    /// @notice The deposit would be higher than it may be.
    error DepositTooHigh(uint256 deposit, uint256 most);
    /// @notice Who asks is not the account of a member of this network.
    error NotMemberAccount(address sender);
    /// @notice The account would be deployed by somebody else than the members' accounts.
    error ForeignFactory(address factory);
    /// @notice The operation does something else than to call contracts or to give an order about keys and guardian.
    error ForeignAct(bytes4 selector);
    /// @notice The calls of an account are not written as the usual encoder writes them, in so many bytes.
    error UnreadableAct(uint256 length);
    /// @notice This is none of the network's contracts.
    error ForeignTarget(address target);
    /// @notice An approval is good within one day, in seconds UTC, which tells whose budget it counts against.
    error NotWithinOneDay(uint48 validAfter, uint48 validUntil);
    /// @notice So much is left of the member's budget of that day, and the operation may cost so much.
    error MemberBudgetSpent(address member, uint256 left, uint256 cost);
    /// @notice So much is left of the network's budget of that day, and the operation may cost so much.
    error NetworkBudgetSpent(uint256 left, uint256 cost);

    /// @notice From now on operations are paid for that this key approves; zero: none.
    event SignerAppointed(address indexed signer);
    /// @notice From now on at most so much is paid in a day for one member, and for all.
    event BudgetsSet(uint128 perMember, uint128 forAll);

    /// @notice Pays into the deposit that operations are paid from, up to the most it may be; anyone may.
    function deposit() external payable;

    /// @notice Takes out of the deposit; the owner.
    function withdraw(address payable to, uint256 amount) external;

    /// @notice Sets aside what bundlers ask of a paymaster that keeps books while it is asked; the owner.
    function addStake(uint32 unstakeDelay) external payable;

    /// @notice Begins to take the stake back; the owner.
    function unlockStake() external;

    /// @notice Takes the stake back once its delay is over; the owner.
    function withdrawStake(address payable to) external;

    /// @notice Names whose approval counts; the owner.
    function appointSigner(address signer) external;

    /// @notice Sets what is paid in a day at most; the owner.
    function setBudgets(uint128 perMember, uint128 forAll) external;

    /// @notice The accounts whose operations are paid for.
    function accounts() external view returns (IMemberAccounts);

    /// @notice The most that the deposit may be.
    function mostDeposit() external view returns (uint256);

    /// @notice What is paid in a day at most, for one member and for all.
    function budgets() external view returns (uint128 perMember, uint128 forAll);

    /// @notice What is left for the member and for all on that day, counted from 1970.
    function leftOn(uint48 day, address member) external view returns (uint256 forMember, uint256 forAll);

    /// @notice The contracts that an account calls which is called like this (`execute` of ERC-7821).
    function targetsOf(bytes calldata act) external pure returns (address[] memory targets);
}
