// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {Execution} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {MemberAccounts} from "../../../contracts/accounts/MemberAccounts.sol";
import {IConsortium, Network} from "../../../contracts/interfaces/IConsortium.sol";
import {IMemberAccount} from "../../../contracts/interfaces/IMemberAccount.sol";
import {ShopPoints} from "../../../contracts/ShopPoints.sol";
import {AccountBook} from "./AccountBook.sol";
import {AccountOrders} from "./AccountOrders.sol";
import {Draws} from "./Draws.sol";

/// @notice What members, guardians and strangers do with accounts and the points on them, each act beside the plain
/// books: it goes through exactly when they say so, and is refused for the reason that they give.
/// @dev Stands where the register and the issuance stand for the one token that the members hold.
abstract contract AccountActs is AccountOrders, Draws {
    enum Kind {
        AddKey,
        RemoveKey,
        ChooseGuardian,
        KeepGuardian,
        Veto,
        StartRecovery,
        Pay
    }

    /// @dev What somebody signs, in their own words.
    struct Order {
        Kind kind;
        /// Whose account it is about.
        uint256 whose;
        /// The secret that signs: of a device of the account, or of whoever claims to be its guardian.
        uint256 by;
        /// The number it is signed with: of the order, the change of key, or the payment.
        uint256 number;
        uint48 deadline;
        uint256 device;
        /// Who is chosen or kept away; for a change of key, as whom the secret signs.
        address guardian;
        /// A delay, or from when on.
        uint48 time;
    }

    uint256 internal constant HELD = 1_000_000;
    address internal constant STRANGER = address(0x57a46);
    address internal constant FRIEND = address(0xf41e7d);
    bytes32 internal constant BATCH = bytes32(bytes1(0x01));
    bytes32 internal constant TERMS = keccak256("terms");
    bytes4 internal constant NOT_DONE = bytes4(0);

    string public broken;
    bytes4 public brokenBy;
    ShopPoints public points;
    MemberAccounts internal accounts;
    AccountBook[] public books;
    uint256 internal payments;
    uint256 internal newDevices;
    mapping(uint256 device => bytes32) public keyName;
    /// @dev Everything signed that went through, to be brought again.
    Order[] internal given;

    function foundAccounts() internal {
        vm.warp(1_800_000_000);
        accounts = new MemberAccounts(IConsortium(address(this)), relyingParty());
        Network memory network;
        (network.issuance, network.accounts) = (address(this), address(accounts));
        points = new ShopPoints(IConsortium(address(this)), network, 1, 100, 91 days);
        // Where there is none.
        keyName[0] = keccak256(abi.encode(bytes32(0), bytes32(0)));
    }

    /// @dev All that the token asks of the register.
    function breakageShareOf(uint32) external pure returns (uint16) {
        return 0;
    }

    function bookCount() external view returns (uint256) {
        return books.length;
    }

    /// @dev Joins, and is given points before the account is deployed.
    function join(address guardian, uint48 delay) internal returns (uint256 whose) {
        uint256 phone = newDevice();
        (bytes32 x, bytes32 y) = keyOf(phone);
        address account = accounts.accountOf(x, y, guardian, delay);
        points.issue(abi.encodePacked(account, uint48(HELD), uint48(HELD), uint32(block.timestamp)), 1);
        whose = books.length;
        books.push(new AccountBook(account, phone, guardian, delay, HELD));
    }

    function newDevice() internal returns (uint256 device) {
        device = 0xde1ce000 + ++newDevices;
        keyName[device] = nameOf(device);
    }

    // ---------------------------------------------------------------- the chain and the books

    /// @dev Whether it went through; that it did or did not, and why not, has to be what the books say.
    function attempt(
        address caller,
        address target,
        bytes memory call,
        bytes4 why,
        string memory what
    ) internal returns (bool done) {
        bytes memory answer;
        vm.prank(caller);
        (done, answer) = target.call(call);
        if (done != (why == NOT_DONE) || (!done && bytes4(answer) != why)) {
            (broken, brokenBy) = (what, bytes4(answer));
        }
    }

    /// @dev Brought by a stranger, with the signature of whoever gave it.
    function bring(Order memory order) internal returns (bool done) {
        AccountBook book = books[order.whose];
        bytes memory call = callOf(order, signatureOf(order));
        address target = order.kind == Kind.Pay ? address(points) : book.account();
        bool heard = isHeard(order);
        bytes4 why = order.kind == Kind.Pay ? whyNotPay(order, heard) : whyNot(order, heard);
        done = attempt(STRANGER, target, call, why, "an order by signature");
        if (!done) return false;
        write(order);
        given.push(order);
    }

    /// @dev By way of the entry point: checked first, carried out later, and its number is used up.
    function bringOperation(Order memory order) internal returns (bool done) {
        AccountBook book = books[order.whose];
        bool good = book.signs(order.by);
        PackedUserOperation memory made = operation(order.whose, order.by, actOf(order));
        if (!checked(made, good)) return false;
        book.operate();
        bytes4 why = order.kind == Kind.Pay ? NOT_DONE : whyNot(order, true);
        done = carriedOut(made, why);
        if (done) write(order);
    }

    function actOf(Order memory order) internal view returns (bytes memory) {
        if (order.kind != Kind.Pay) return callOf(order, UNSIGNED);
        Execution[] memory calls = new Execution[](1);
        calls[0] = Execution(address(points), 0, abi.encodeCall(points.transfer, (FRIEND, 1)));
        return abi.encodeCall(IMemberAccount(address(0)).execute, (BATCH, abi.encode(calls)));
    }

    function operation(
        uint256 whose,
        uint256 by,
        bytes memory act
    ) internal view returns (PackedUserOperation memory made) {
        AccountBook book = books[whose];
        (made.sender, made.nonce) = (book.account(), book.operations());
        made.callData = bytes.concat(bytes4(0x8dd7712f), act);
        made.signature = packed(by, hashOf(made), book.madeWith());
    }

    /// @dev As the entry point hashes it, as far as an account can tell.
    function hashOf(PackedUserOperation memory made) internal view returns (bytes32) {
        return keccak256(abi.encode(ENTRY_POINT, block.chainid, made.sender, made.nonce, keccak256(made.callData)));
    }

    function checked(PackedUserOperation memory made, bool good) internal returns (bool passed) {
        vm.prank(ENTRY_POINT);
        passed = IMemberAccount(made.sender).validateUserOp(made, hashOf(made), 0) == 0;
        if (passed != good) broken = "an operation is good by a key that signs now, and by no other";
    }

    function carriedOut(PackedUserOperation memory made, bytes4 why) internal returns (bool) {
        bytes memory call = abi.encodeCall(IMemberAccount(address(0)).executeUserOp, (made, hashOf(made)));
        return attempt(ENTRY_POINT, made.sender, call, why, "an operation that was carried out");
    }

    // ---------------------------------------------------------------- what the books say

    /// @dev Whether the signature is good at this moment: by the right one, with the number that is next.
    function isHeard(Order memory order) internal view returns (bool) {
        AccountBook book = books[order.whose];
        if (order.kind == Kind.StartRecovery) {
            return
                order.guardian == book.office().guardian &&
                order.number == book.recoveries() + 1 &&
                speaksFor(order.by, order.guardian);
        }
        bool numbered = order.kind < Kind.KeepGuardian;
        return book.signs(order.by) && (!numbered || order.number == book.orders());
    }

    /// @dev A plain key speaks for its address; a device for the account that it signs for now.
    function speaksFor(uint256 secret, address who) internal view returns (bool) {
        for (uint256 i; i < books.length; ++i) {
            if (books[i].account() == who) return books[i].signs(secret);
        }
        return who == vm.addr(secret);
    }

    function whyNotPay(Order memory order, bool heard) internal view returns (bytes4) {
        if (!heard) return ERC3009.ERC3009InvalidSignature.selector;
        return books[order.whose].paid(order.number) ? ERC3009.ERC3009UsedAuthorization.selector : NOT_DONE;
    }

    function whyNot(Order memory order, bool heard) internal view returns (bytes4) {
        AccountBook book = books[order.whose];
        Kind kind = order.kind;
        if (kind == Kind.StartRecovery && book.office().guardian == address(0)) {
            return IMemberAccount.NoGuardian.selector;
        }
        if (block.timestamp > order.deadline) return IMemberAccount.OrderExpired.selector;
        if (!heard) {
            return kind == Kind.StartRecovery ? IMemberAccount.NotGuardian.selector : IMemberAccount.NotAgreed.selector;
        }
        if (kind == Kind.AddKey) return book.whyNotAdd(order.device);
        if (kind == Kind.RemoveKey) return book.whyNotRemove(order.by, order.device);
        if (kind == Kind.ChooseGuardian) return book.whyNotChoose(order.guardian, order.time);
        if (kind == Kind.KeepGuardian) return book.whyNotKeep(order.guardian, order.time);
        if (kind == Kind.Veto) return book.whyNotVeto(order.number);
        return book.whyNotStart(order.device);
    }

    function write(Order memory order) internal {
        AccountBook book = books[order.whose];
        Kind kind = order.kind;
        if (kind == Kind.AddKey) book.add(order.device);
        else if (kind == Kind.RemoveKey) book.remove(order.device);
        else if (kind == Kind.ChooseGuardian) book.choose(order.guardian, order.time);
        else if (kind == Kind.KeepGuardian) book.keep();
        else if (kind == Kind.Veto) book.veto();
        else if (kind == Kind.StartRecovery) book.start(order.device);
        else book.pay(order.number, 1);
    }

    // ---------------------------------------------------------------- what is signed and called

    function signatureOf(Order memory order) internal view returns (bytes memory) {
        AccountBook book = books[order.whose];
        if (order.kind == Kind.Pay) return packed(order.by, paymentOf(order), book.madeWith());
        bytes32 digest = digestOf(IMemberAccount(book.account()), wordsOf(order));
        if (order.kind != Kind.StartRecovery) return packed(order.by, digest, book.madeWith());
        return consentOf(order.guardian, order.by, digest);
    }

    /// @dev As somebody agrees: by the passkey of their account, or by a plain key.
    function consentOf(address who, uint256 secret, bytes32 digest) internal view returns (bytes memory) {
        for (uint256 i; i < books.length; ++i) {
            if (books[i].account() == who) return packed(secret, digest, books[i].madeWith());
        }
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(secret, digest);
        return abi.encodePacked(r, s, v);
    }

    function wordsOf(Order memory order) internal pure returns (bytes32) {
        (Kind kind, uint64 number, uint48 deadline) = (order.kind, uint64(order.number), order.deadline);
        if (kind == Kind.AddKey) return additionOf(order.device, number, deadline);
        if (kind == Kind.RemoveKey) return removalOf(order.device, number, deadline);
        if (kind == Kind.ChooseGuardian) return choiceOf(order.guardian, order.time, number, deadline);
        if (kind == Kind.KeepGuardian) return refusalOf(order.guardian, order.time, deadline);
        if (kind == Kind.Veto) return vetoOf(uint32(number), deadline);
        return recoveryOf(order.device, uint32(number), deadline);
    }

    function paymentOf(Order memory order) internal view returns (bytes32) {
        bytes32 kind = keccak256(
            "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,"
            "bytes32 nonce)"
        );
        address from = books[order.whose].account();
        bytes memory words = abi.encode(kind, from, FRIEND, 1, 0, type(uint256).max, bytes32(order.number));
        return typed("Highstreet points 1", address(points), keccak256(words));
    }

    function callOf(Order memory order, bytes memory signature) internal view returns (bytes memory) {
        (Kind kind, uint48 deadline) = (order.kind, order.deadline);
        IMemberAccount account;
        if (kind == Kind.RemoveKey) {
            return abi.encodeCall(account.removeKey, (nameOf(order.device), deadline, signature));
        }
        if (kind == Kind.ChooseGuardian) {
            return abi.encodeCall(account.chooseGuardian, (order.guardian, order.time, deadline, signature));
        }
        if (kind == Kind.KeepGuardian) {
            return abi.encodeCall(account.keepGuardian, (order.guardian, order.time, deadline, signature));
        }
        if (kind == Kind.Veto) return abi.encodeCall(account.veto, (uint32(order.number), deadline, signature));
        if (kind == Kind.Pay) return paymentCall(order, signature);
        (bytes32 x, bytes32 y) = keyOf(order.device);
        if (kind == Kind.AddKey) return abi.encodeCall(account.addKey, (x, y, deadline, signature));
        return abi.encodeCall(account.startRecovery, (x, y, deadline, signature));
    }

    function paymentCall(Order memory order, bytes memory signature) internal view returns (bytes memory) {
        return
            abi.encodeWithSignature(
                "transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,bytes)",
                books[order.whose].account(),
                FRIEND,
                1,
                0,
                type(uint256).max,
                bytes32(order.number),
                signature
            );
    }
}
