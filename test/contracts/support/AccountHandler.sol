// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Account} from "@openzeppelin/contracts/account/Account.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {IMemberAccount} from "../../../contracts/interfaces/IMemberAccount.sol";
import {AccountBook} from "./AccountBook.sol";
import {AccountChance} from "./AccountChance.sol";

/// @notice Members add and remove devices, choose guardians, lose phones, object and pay at random, and around every
/// hour that counts; guardians, keys that are gone and strangers try what is not theirs.
contract AccountHandler is AccountChance {
    enum Act {
        PayUndeployed,
        Deploy,
        Pay,
        PayByOperation,
        AddKey,
        RemoveKey,
        ChooseGuardian,
        KeepGuardian,
        StartBySignature,
        StartByCall,
        Veto,
        Complete,
        OrderByOperation,
        BringAgain,
        LetTimePass,
        KeyThatIsGone,
        GuardianTries,
        RemoveInBundle
    }

    uint256 public constant ACTS = 18;

    uint256[ACTS] public succeeded;
    uint256 internal turn;
    uint256 internal inOrder;

    /// @notice Once the handler stands, for the token asks it.
    /// @dev One trusts a shop's owner, one nobody, one another member, with a delay that no address can set so low.
    function begin() external {
        foundAccounts();
        join(vm.addr(GUARDIAN), 4 days);
        join(address(0), 0);
        join(books[0].account(), 1);
    }

    /// @dev Every other turn takes the acts in order, each until it has succeeded once more; the others are drawn.
    function act(uint256 dice) external {
        // The fuzzer likes some numbers better than others.
        seed = uint256(keccak256(abi.encode(dice, ++turn)));
        bool drawn = turn % 2 == 0;
        uint256 which = drawn ? _roll(0, ACTS - 1) : inOrder;
        uint256 before = succeeded[which];
        _perform(Act(which), _roll(0, MEMBERS - 1));
        if (!drawn && succeeded[which] != before) inOrder = (inOrder + 1) % ACTS;
    }

    /// @dev What chance has kept from succeeding is done once more, by somebody who joins for it; then a run fails for
    /// an act that cannot succeed, and for no other reason.
    function catchUp() external {
        for (uint256 which; which < ACTS; ++which) {
            if (succeeded[which] != 0) continue;
            uint256 whose = join(vm.addr(GUARDIAN), 4 days);
            if (which > uint256(Act.Deploy)) _deploy(whose);
            _surely(Act(which), whose);
        }
    }

    function _perform(Act which, uint256 whose) internal {
        AccountBook book = books[whose];
        if (which == Act.PayUndeployed && book.deployed()) whose = join(vm.addr(GUARDIAN), 3 days);
        if (which == Act.PayUndeployed) return _pay(whose, _by(whose));
        if (which == Act.Deploy || !book.deployed()) return _deploy(whose);
        if (which == Act.Pay) _pay(whose, _by(whose));
        else if (which == Act.PayByOperation) _operate(Act.PayByOperation, _order(Kind.Pay, whose, _by(whose)));
        else if (which == Act.AddKey) _addSome(whose);
        else if (which == Act.RemoveKey) _removeSome(whose);
        else if (which == Act.ChooseGuardian) _give(which, _order(Kind.ChooseGuardian, whose, _by(whose)));
        else if (which == Act.KeepGuardian) _keepSome(whose);
        else if (which == Act.StartBySignature) _startBySignature(whose);
        else if (which == Act.StartByCall) _startByCall(whose, book.office().guardian);
        else if (which == Act.Veto) _vetoSome(whose);
        else if (which == Act.Complete) _completeSome(whose);
        else if (which == Act.OrderByOperation) _orderByOperation(whose);
        else if (which == Act.BringAgain) _bringAgain();
        else if (which == Act.LetTimePass) _letTimePass(whose);
        else if (which == Act.KeyThatIsGone) _tryKeyThatIsGone(whose);
        else if (which == Act.GuardianTries) _tryAsGuardian(whose);
        else _removeInBundle(whose);
    }

    function _surely(Act which, uint256 whose) internal {
        uint256 phone = books[whose].first();
        if (which == Act.Deploy) _deploy(whose);
        else if (which <= Act.Pay) _pay(whose, phone);
        else if (which == Act.PayByOperation) _operate(which, _plain(Kind.Pay, whose, phone));
        else if (which == Act.AddKey) _give(which, _plain(Kind.AddKey, whose, phone));
        else if (which == Act.ChooseGuardian) _give(which, _plain(Kind.ChooseGuardian, whose, phone));
        else if (which == Act.StartBySignature) _give(which, _plain(Kind.StartRecovery, whose, GUARDIAN));
        else if (which == Act.StartByCall) _startByCall(whose, vm.addr(GUARDIAN));
        else if (which == Act.OrderByOperation) _operate(which, _plain(Kind.AddKey, whose, phone));
        else if (which == Act.LetTimePass) _letTimePass(whose);
        else if (which == Act.GuardianTries) _tryAsGuardian(whose);
        else _surelyInTwo(which, whose, phone);
    }

    function _surelyInTwo(Act which, uint256 whose, uint256 phone) internal {
        if (which == Act.KeepGuardian) {
            bring(_plain(Kind.ChooseGuardian, whose, phone));
            return _give(which, _plain(Kind.KeepGuardian, whose, phone));
        }
        if (which == Act.Veto || which == Act.Complete) {
            _startByCall(whose, vm.addr(GUARDIAN));
            if (which == Act.Veto) return _give(which, _plain(Kind.Veto, whose, phone));
            vm.warp(books[whose].change().readyAt);
            return _complete(whose);
        }
        Order memory order = _plain(Kind.AddKey, whose, phone);
        bring(order);
        if (which == Act.BringAgain) return _bringOnceMore(order);
        if (which == Act.RemoveInBundle) return _removeInBundle(whose, phone, order.device);
        uint256 laptop = order.device;
        order = _plain(Kind.RemoveKey, whose, phone);
        order.device = laptop;
        _give(Act.RemoveKey, order);
        if (which == Act.KeyThatIsGone) _tryKey(whose, laptop);
    }

    function _done(Act which) internal {
        succeeded[uint256(which)]++;
    }

    function _give(Act which, Order memory order) internal {
        if (bring(order)) _done(which);
    }

    function _operate(Act which, Order memory order) internal {
        if (bringOperation(order)) _done(which);
    }

    // ---------------------------------------------------------------- members

    /// @dev By a stranger, and again where it stands already.
    function _deploy(uint256 whose) internal {
        AccountBook book = books[whose];
        (bytes32 x, bytes32 y) = keyOf(book.first());
        (address guardian, uint48 delay) = (address(bytes20(book.madeWith())), uint48(uint208(book.madeWith())));
        bytes memory call = abi.encodeCall(accounts.deploy, (x, y, guardian, delay));
        if (!attempt(STRANGER, address(accounts), call, NOT_DONE, "anybody deploys an account")) return;
        book.deploy();
        _done(Act.Deploy);
    }

    function _pay(uint256 whose, uint256 by) internal {
        bool deployed = books[whose].deployed();
        if (bring(_plain(Kind.Pay, whose, by))) _done(deployed ? Act.Pay : Act.PayUndeployed);
    }

    /// @dev One, or as many as there may be and one more.
    function _addSome(uint256 whose) internal {
        if (_roll(0, 9) != 0) return _give(Act.AddKey, _order(Kind.AddKey, whose, _by(whose)));
        for (uint256 count = books[whose].keyCount(); count < 9; ++count) {
            _give(Act.AddKey, _plain(Kind.AddKey, whose, _signer(whose, 0)));
        }
    }

    function _removeSome(uint256 whose) internal {
        if (books[whose].keyCount() == 1) bring(_plain(Kind.AddKey, whose, _signer(whose, 0)));
        uint256 by = _by(whose);
        Order memory order = _order(Kind.RemoveKey, whose, by);
        order.device = _roll(0, 5) == 0 ? _by(whose) : _signer(whose, by);
        _warpAbout(books[whose].deviceOf(by).settledFrom);
        _give(Act.RemoveKey, order);
    }

    function _keepSome(uint256 whose) internal {
        if (books[whose].toCome().from == 0) bring(_order(Kind.ChooseGuardian, whose, _by(whose)));
        if (_roll(0, 2) == 0) _warpAbout(books[whose].toCome().from);
        _give(Act.KeepGuardian, _order(Kind.KeepGuardian, whose, _by(whose)));
    }

    function _vetoSome(uint256 whose) internal {
        if (books[whose].change().readyAt == 0) _startByCall(whose, books[whose].office().guardian);
        if (_roll(0, 2) == 0) _warpAbout(books[whose].change().readyAt);
        _give(Act.Veto, _order(Kind.Veto, whose, _by(whose)));
    }

    function _orderByOperation(uint256 whose) internal {
        Kind kind = Kind(_roll(0, uint256(Kind.Veto)));
        Order memory order = _order(kind, whose, _by(whose));
        if (kind == Kind.RemoveKey) order.device = _signer(whose, order.by);
        // It is the only one.
        if (order.device == 0) order.device = order.by;
        _operate(Act.OrderByOperation, order);
    }

    /// @dev Both are checked before one is carried out: what the first removes, the second cannot pay by.
    function _removeInBundle(uint256 whose) internal {
        uint256 by = _signer(whose, 0);
        if (books[whose].keyCount() == 1) bring(_plain(Kind.AddKey, whose, by));
        if (books[whose].deviceOf(by).settledFrom > block.timestamp) vm.warp(books[whose].deviceOf(by).settledFrom);
        uint256 device = _signer(whose, by);
        if (device != 0) _removeInBundle(whose, by, device);
    }

    function _removeInBundle(uint256 whose, uint256 by, uint256 device) internal {
        Order memory removal = _plain(Kind.RemoveKey, whose, by);
        removal.device = device;
        PackedUserOperation memory first = operation(whose, by, actOf(removal));
        books[whose].operate();
        PackedUserOperation memory second = operation(whose, device, actOf(_plain(Kind.Pay, whose, device)));
        books[whose].operate();
        if (!checked(first, true) || !checked(second, true)) return;
        if (!carriedOut(first, NOT_DONE)) return;
        write(removal);
        if (!carriedOut(second, IMemberAccount.NotSigner.selector)) _done(Act.RemoveInBundle);
    }

    // ---------------------------------------------------------------- guardians

    /// @dev By whoever is in office, or who was or may be; sometimes in the name of one, by another's secret.
    function _startBySignature(uint256 whose) internal {
        if (books[whose].office().guardian == address(0)) _elect(whose);
        address guardian = _roll(0, 3) == 0 ? _anyGuardian() : books[whose].office().guardian;
        if (guardian == address(0)) return;
        uint256 secret = _roll(0, 5) == 0 ? THIEF : _secretOf(guardian);
        Order memory order = _order(Kind.StartRecovery, whose, secret);
        order.guardian = guardian;
        _give(Act.StartBySignature, order);
    }

    function _startByCall(uint256 whose, address guardian) internal {
        AccountBook book = books[whose];
        if (guardian == address(0)) return _elect(whose);
        uint256 device = newDevice();
        (bytes32 x, bytes32 y) = keyOf(device);
        bytes memory call = abi.encodeCall(IMemberAccount(address(0)).startRecovery, (x, y, 0, UNSIGNED));
        if (!attempt(guardian, book.account(), call, book.whyNotStart(device), "a guardian's call")) return;
        book.start(device);
        _done(Act.StartByCall);
    }

    /// @dev Somebody is chosen, and the time until then passes.
    function _elect(uint256 whose) internal {
        if (books[whose].toCome().from == 0) bring(_plain(Kind.ChooseGuardian, whose, _signer(whose, 0)));
        vm.warp(books[whose].toCome().from);
    }

    function _completeSome(uint256 whose) internal {
        if (books[whose].change().readyAt == 0) _startByCall(whose, books[whose].office().guardian);
        // Whom the lost keys choose meanwhile must not come.
        if (_roll(0, 1) == 0) {
            vm.warp(block.timestamp + _roll(1, 1 days));
            bring(_plain(Kind.ChooseGuardian, whose, _signer(whose, 0)));
        }
        _warpAbout(books[whose].change().readyAt);
        _complete(whose);
    }

    function _complete(uint256 whose) internal {
        AccountBook book = books[whose];
        bytes memory call = abi.encodeCall(IMemberAccount(address(0)).completeRecovery, ());
        if (!attempt(STRANGER, book.account(), call, book.whyNotComplete(), "a change of key carried out")) return;
        book.complete();
        _done(Act.Complete);
        // Whoever has found the lost phone tries it at once.
        _tryKey(whose, book.first());
    }

    // ---------------------------------------------------------------- time, and once more

    /// @dev A day; or to just before, at, or just after an hour that counts for somebody.
    function _letTimePass(uint256 whose) internal {
        AccountBook book = books[whose];
        uint256 which = _roll(0, 3);
        uint256 device = book.devices(book.deviceCount() - 1);
        if (which == 0) vm.warp(block.timestamp + 1 days);
        else if (which == 1) _warpAbout(book.change().readyAt);
        else if (which == 2) _warpAbout(book.toCome().from);
        else _warpAbout(book.deviceOf(device).settledFrom);
        _done(Act.LetTimePass);
    }

    function _bringAgain() internal {
        if (given.length != 0) _bringOnceMore(given[_roll(0, given.length - 1)]);
    }

    /// @dev As the books say: never again, but for what names what it ends, where the very same waits again.
    function _bringOnceMore(Order memory order) internal {
        if (!bring(order)) _done(Act.BringAgain);
    }

    // ---------------------------------------------------------------- who may not

    function _tryKeyThatIsGone(uint256 whose) internal {
        uint256 gone = _device(whose, false, 0);
        if (gone == 0) _removeSome(whose);
        else _tryKey(whose, gone);
    }

    /// @dev By every way there is.
    function _tryKey(uint256 whose, uint256 gone) internal {
        AccountBook book = books[whose];
        IMemberAccount account = IMemberAccount(book.account());
        bytes memory signature = packed(gone, TERMS, book.madeWith());
        bool heard = account.isValidSignature(TERMS, signature) == YES;
        if (heard || accounts.agrees(address(account), TERMS, signature)) broken = "a key that is gone agreed";
        bool done = bring(_plain(Kind.Pay, whose, gone)) || bring(_plain(Kind.AddKey, whose, gone));
        PackedUserOperation memory made = operation(whose, gone, actOf(_plain(Kind.Pay, whose, gone)));
        done = checked(made, false) || carriedOut(made, IMemberAccount.NotSigner.selector) || done;
        if (!done) _done(Act.KeyThatIsGone);
    }

    /// @dev Everything but to start a change of key.
    function _tryAsGuardian(uint256 whose) internal {
        address guardian = books[whose].office().guardian;
        if (guardian == address(0)) return _elect(whose);
        uint256 secret = _secretOf(guardian);
        bool done = _takesPoints(whose, guardian, secret) || _operates(whose, guardian, secret);
        if (!_givesOrders(whose, guardian, secret) && !done) _done(Act.GuardianTries);
    }

    function _takesPoints(uint256 whose, address guardian, uint256 secret) internal returns (bool done) {
        string memory what = "a guardian took points";
        bytes memory call = abi.encodeCall(points.transferFrom, (books[whose].account(), guardian, 1));
        done = attempt(guardian, address(points), call, IERC20Errors.ERC20InsufficientAllowance.selector, what);
        Order memory order = _plain(Kind.Pay, whose, secret);
        call = paymentCall(order, consentOf(guardian, secret, paymentOf(order)));
        done = attempt(guardian, address(points), call, whyNotPay(order, false), what) || done;
    }

    function _operates(uint256 whose, address guardian, uint256 secret) internal returns (bool done) {
        IMemberAccount account = IMemberAccount(books[whose].account());
        if (account.isValidSignature(TERMS, consentOf(guardian, secret, TERMS)) == YES) {
            broken = "a guardian agreed for the member";
        }
        bytes[3] memory calls = [
            abi.encodeCall(account.execute, (BATCH, "")),
            abi.encodeCall(account.validateUserOp, (operation(whose, secret, ""), TERMS, 0)),
            abi.encodeCall(account.executeUserOp, (operation(whose, secret, ""), TERMS))
        ];
        bytes4 why = Account.AccountUnauthorized.selector;
        for (uint256 i; i < calls.length; ++i) {
            done = attempt(guardian, address(account), calls[i], why, "a guardian operated the account") || done;
        }
    }

    function _givesOrders(uint256 whose, address guardian, uint256 secret) internal returns (bool done) {
        address account = books[whose].account();
        for (uint256 kind; kind <= uint256(Kind.Veto); ++kind) {
            Order memory order = _plain(Kind(kind), whose, secret);
            if (kind == uint256(Kind.RemoveKey)) order.device = books[whose].first();
            bytes32 digest = digestOf(IMemberAccount(account), wordsOf(order));
            bytes memory call = callOf(order, consentOf(guardian, secret, digest));
            bytes4 why = IMemberAccount.NotAgreed.selector;
            done = attempt(guardian, account, call, why, "a guardian gave an order") || done;
        }
    }
}
