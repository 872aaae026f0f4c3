// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {PaymasterSigner} from "@openzeppelin/contracts/account/paymaster/extensions/PaymasterSigner.sol";
import {ERC4337Utils} from "@openzeppelin/contracts/account/utils/ERC4337Utils.sol";
import {Execution} from "@openzeppelin/contracts/account/utils/draft-ERC7579Utils.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IAccountExecute, PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {IERC7821} from "@openzeppelin/contracts/interfaces/draft-IERC7821.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignerECDSA} from "@openzeppelin/contracts/utils/cryptography/signers/SignerECDSA.sol";
import {IConsortium, Network} from "../interfaces/IConsortium.sol";
import {IGasSponsor} from "../interfaces/IGasSponsor.sol";
import {IMemberAccount} from "../interfaces/IMemberAccount.sol";
import {IMemberAccounts} from "../interfaces/IMemberAccounts.sol";

contract GasSponsor is IGasSponsor, PaymasterSigner, SignerECDSA, Ownable2Step {
    using ERC4337Utils for PackedUserOperation;

    struct Budgets {
        uint128 perMember;
        uint128 forAll;
    }

    /// @dev What was promised on the last day anything was.
    struct Spent {
        uint48 day;
        uint208 amount;
    }

    /// @dev Proxy and arguments of a member's account, as the members' accounts make them.
    uint256 private constant ACCOUNT_LENGTH = 135;
    /// @dev Behind a selector come its arguments; behind that of `executeUserOp` the account's call of itself.
    uint256 private constant ACT_AT = 4;

    IConsortium private immutable _consortium;
    /// @inheritdoc IGasSponsor
    IMemberAccounts public immutable accounts;
    /// @inheritdoc IGasSponsor
    uint256 public immutable mostDeposit;

    /// @inheritdoc IGasSponsor
    Budgets public budgets;
    Spent private _spentForAll;
    mapping(address member => Spent) private _spentFor;
    mapping(address => bool) private _isOfNetwork;

    constructor(
        IConsortium consortium,
        address owner,
        address signer_,
        uint256 mostDeposit_
    ) EIP712("Highstreet gas sponsor", "1") SignerECDSA(signer_) Ownable(owner) {
        Network memory network = consortium.network();
        _consortium = consortium;
        accounts = IMemberAccounts(network.accounts);
        mostDeposit = mostDeposit_;
        address[9] memory targets = [
            network.consortium,
            network.factory,
            network.issuance,
            network.redemptions,
            network.clearingHouse,
            network.standing,
            network.membership,
            network.accounts,
            network.rewards
        ];
        for (uint256 i; i < targets.length; ++i) _isOfNetwork[targets[i]] = true;
        emit SignerAppointed(signer_);
    }

    // ---------------------------------------------------------------- anyone

    /// @inheritdoc IGasSponsor
    function deposit() external payable {
        _deposit(msg.value);
        uint256 held = entryPoint().balanceOf(address(this));
        if (held > mostDeposit) revert DepositTooHigh(held, mostDeposit);
    }

    // ---------------------------------------------------------------- the owner

    /// @inheritdoc IGasSponsor
    function withdraw(address payable to, uint256 amount) external onlyOwner {
        _withdraw(to, amount);
    }

    /// @inheritdoc IGasSponsor
    function addStake(uint32 unstakeDelay) external payable onlyOwner {
        _addStake(msg.value, unstakeDelay);
    }

    /// @inheritdoc IGasSponsor
    function unlockStake() external onlyOwner {
        _unlockStake();
    }

    /// @inheritdoc IGasSponsor
    function withdrawStake(address payable to) external onlyOwner {
        _withdrawStake(to);
    }

    /// @inheritdoc IGasSponsor
    function appointSigner(address signer_) external onlyOwner {
        _setSigner(signer_);
        emit SignerAppointed(signer_);
    }

    /// @inheritdoc IGasSponsor
    function setBudgets(uint128 perMember, uint128 forAll) external onlyOwner {
        budgets = Budgets(perMember, forAll);
        emit BudgetsSet(perMember, forAll);
    }

    // ---------------------------------------------------------------- whoever asks

    /// @inheritdoc IGasSponsor
    function leftOn(uint48 day, address member) public view returns (uint256 forMember, uint256 forAll) {
        Budgets memory most = budgets;
        return (_left(most.perMember, _spentFor[member], day), _left(most.forAll, _spentForAll, day));
    }

    /// @inheritdoc IGasSponsor
    function targetsOf(bytes calldata act) external pure returns (address[] memory targets) {
        (bytes32 mode, bytes memory encoded) = abi.decode(act[ACT_AT:], (bytes32, bytes));
        Execution[] memory calls = abi.decode(encoded, (Execution[]));
        // One way to write it only, so that the account cannot read the bytes in another way.
        bytes memory anew = abi.encodeCall(IERC7821.execute, (mode, abi.encode(calls)));
        if (keccak256(anew) != keccak256(act)) revert UnreadableAct(act.length);
        targets = new address[](calls.length);
        for (uint256 i; i < calls.length; ++i) targets[i] = calls[i].target;
    }

    // ---------------------------------------------------------------- within

    /// @dev Nothing is given back afterwards: an operation counts with the most that the entry point may take for it,
    /// and so no operation can cost more than was counted. The day comes out of the approval and not off the clock,
    /// which a paymaster may not look at; the entry point holds the approval against the clock.
    function _validatePaymasterUserOp(
        PackedUserOperation calldata operation,
        bytes32 operationHash,
        uint256 maxCost
    ) internal override returns (bytes memory context, uint256 validationData) {
        _requireOfNetwork(operation);
        _count(operation.sender, _dayOf(operation), maxCost);
        return super._validatePaymasterUserOp(operation, operationHash, maxCost);
    }

    /// @dev A member's account, deployed by the members' accounts if at all, that calls the network's contracts only.
    function _requireOfNetwork(PackedUserOperation calldata operation) private view {
        if (operation.initCode.length != 0 && operation.factory() != address(accounts)) {
            revert ForeignFactory(operation.factory());
        }
        _requireAccount(operation.sender);
        bytes calldata callData = operation.callData;
        if (bytes4(callData) != IAccountExecute.executeUserOp.selector) revert ForeignAct(bytes4(callData));
        bytes calldata act = callData[ACT_AT:];
        if (bytes4(act) == IERC7821.execute.selector) _requireTargets(act);
        else if (!_isOrder(bytes4(act))) revert ForeignAct(bytes4(act));
    }

    /// @dev Its code says what its address is made of, and only such an account stands at that address.
    function _requireAccount(address sender) private view {
        if (sender.code.length != ACCOUNT_LENGTH) revert NotMemberAccount(sender);
        bytes memory arguments = Clones.fetchCloneArgs(sender);
        bytes32 x;
        bytes32 y;
        bytes26 recovery;
        assembly ("memory-safe") {
            x := mload(add(arguments, 32))
            y := mload(add(arguments, 64))
            recovery := mload(add(arguments, 96))
        }
        address account = accounts.accountOf(x, y, address(bytes20(recovery)), uint48(uint208(recovery)));
        if (account != sender) revert NotMemberAccount(sender);
    }

    /// @dev Each is a contract of the network; never the account itself, which would let in calls within calls.
    function _requireTargets(bytes calldata act) private view {
        try this.targetsOf(act) returns (address[] memory targets) {
            for (uint256 i; i < targets.length; ++i) {
                address target = targets[i];
                if (!_isOfNetwork[target] && _consortium.shopOfPoints(target) == 0) revert ForeignTarget(target);
            }
        } catch {
            revert UnreadableAct(act.length);
        }
    }

    function _isOrder(bytes4 act) private pure returns (bool) {
        return
            act == IMemberAccount.addKey.selector ||
            act == IMemberAccount.removeKey.selector ||
            act == IMemberAccount.chooseGuardian.selector ||
            act == IMemberAccount.keepGuardian.selector ||
            act == IMemberAccount.veto.selector;
    }

    /// @dev The one day within which the approval is good, counted from 1970. The first bit of either limit would make
    /// it a number of blocks, and so another day whenever one likes.
    function _dayOf(PackedUserOperation calldata operation) private pure returns (uint48 day) {
        (uint48 validAfter, uint48 validUntil, ) = _decodePaymasterUserOp(operation);
        day = validAfter / 1 days;
        bool isOfBlocks = (validAfter | validUntil) & ERC4337Utils.BLOCK_RANGE_FLAG != 0;
        if (isOfBlocks || validUntil / 1 days != day || day == 0) revert NotWithinOneDay(validAfter, validUntil);
    }

    function _count(address member, uint48 day, uint256 cost) private {
        (uint256 forMember, uint256 forAll) = leftOn(day, member);
        if (cost > forMember) revert MemberBudgetSpent(member, forMember, cost);
        if (cost > forAll) revert NetworkBudgetSpent(forAll, cost);
        _spentFor[member] = _with(_spentFor[member], day, cost);
        _spentForAll = _with(_spentForAll, day, cost);
    }

    function _with(Spent memory spent, uint48 day, uint256 cost) private pure returns (Spent memory) {
        // What fits into a budget has no more than 128 bits.
        return Spent(day, uint208((spent.day == day ? spent.amount : 0) + cost));
    }

    function _left(uint256 most, Spent memory spent, uint48 day) private pure returns (uint256) {
        uint256 amount = spent.day == day ? spent.amount : 0;
        // Budgets may have been lowered since.
        return amount < most ? most - amount : 0;
    }
}
