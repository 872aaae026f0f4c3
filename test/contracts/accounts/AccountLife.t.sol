// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IMemberAccount} from "../../../contracts/interfaces/IMemberAccount.sol";
import {ShopPoints} from "../../../contracts/ShopPoints.sol";
import {AccountBook} from "../support/AccountBook.sol";
import {AccountHandler} from "../support/AccountHandler.sol";
import {Test} from "../support/Test.sol";

/// @notice What the fuzzer drives: it recognises small contracts only, and the handler carries accounts and points.
contract AccountDice {
    AccountHandler private immutable _handler;

    constructor(AccountHandler handler) {
        _handler = handler;
    }

    function thrown(uint256 dice) external {
        _handler.act(dice);
    }
}

/// @notice What holds of every member's account whatever its member, its guardian, a thief or time does (N-25).
contract AccountLifeTest is Test {
    AccountDice internal dice;
    AccountHandler internal handler;

    function setUp() public {
        handler = new AccountHandler();
        handler.begin();
        dice = new AccountDice(handler);
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(dice);
    }

    /// @dev One campaign for all of them: each rule is looked at in every state that was reached.
    function invariant_accounts_keep_their_rules() public view {
        string memory broken = handler.broken();
        if (bytes(broken).length != 0) revert Differs(broken, uint32(handler.brokenBy()), 0);
        for (uint256 i; i < handler.bookCount(); ++i) {
            _agrees(handler.books(i), handler.points());
        }
    }

    function _agrees(AccountBook book, ShopPoints points) private view {
        IMemberAccount account = IMemberAccount(book.account());
        eq(points.balanceOf(address(account)), book.points(), "points");
        ok((address(account).code.length != 0) == book.deployed(), "deployed");
        if (!book.deployed()) return;
        eq(account.keyCount(), book.keyCount(), "keys");
        eq(account.nextOrder(), book.orders(), "orders");
        eq(account.nextRecovery(), book.recoveries() + 1, "changes of key");
        for (uint256 i; i < book.deviceCount(); ++i) {
            AccountBook.Device memory device = book.deviceOf(book.devices(i));
            (bool signs, uint48 settledFrom) = account.keyStanding(handler.keyName(book.devices(i)));
            ok(signs == device.signs, "who signs");
            if (signs) eq(settledFrom, device.settledFrom, "and removes others from then on");
        }
        _agreesWhoHelps(account, book);
    }

    function _agreesWhoHelps(IMemberAccount account, AccountBook book) private view {
        (address guardian, uint48 delay) = account.recovery();
        AccountBook.Office memory office = book.office();
        eq(guardian, office.guardian, "the guardian");
        eq(delay, office.delay, "the guardian's delay");
        uint48 from;
        (guardian, delay, from) = account.guardianWaiting();
        office = book.toCome();
        eq(guardian, office.guardian, "the guardian to come");
        eq(delay, office.delay, "the delay to come");
        eq(from, office.from, "from when on");
        _agreesWhatWaits(account, book.change());
    }

    function _agreesWhatWaits(IMemberAccount account, AccountBook.Change memory change) private view {
        (uint32 number, address by, bytes32 x, bytes32 y, uint48 readyAt) = account.recoveryWaiting();
        eq(number, change.number, "the change that waits");
        eq(by, change.guardian, "begun by");
        eq(readyAt, change.readyAt, "ready");
        ok(keccak256(abi.encode(x, y)) == handler.keyName(change.device), "for which key");
    }

    function afterInvariant() public {
        handler.catchUp();
        invariant_accounts_keep_their_rules();
        _everyActSucceeded();
    }

    function test_an_act_that_chance_forgot_is_done_in_the_end() public {
        handler.catchUp();
        invariant_accounts_keep_their_rules();
        _everyActSucceeded();
    }

    /// @dev One run of its own, the same every time: what mistakes in the contracts are tried with.
    function test_keys_guardians_and_points_are_what_the_plain_books_say() public {
        for (uint256 i; i < 90; ++i) {
            dice.thrown(uint256(keccak256(abi.encode("a life", i))));
            invariant_accounts_keep_their_rules();
        }
        afterInvariant();
    }

    function _everyActSucceeded() private view {
        for (uint256 i; i < handler.ACTS(); ++i) {
            if (handler.succeeded(i) == 0) revert Differs("an act never succeeded in this run", i, 1);
        }
    }
}
