// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {IERC1155Receiver} from "@openzeppelin/contracts/token/ERC1155/IERC1155Receiver.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IMemberAccount} from "../../../contracts/interfaces/IMemberAccount.sol";
import {MemberAccounts} from "../../../contracts/accounts/MemberAccounts.sol";
import {IConsortium} from "../../../contracts/interfaces/IConsortium.sol";
import {Ceremony, Passkeys} from "../support/Passkeys.sol";

/// @notice Accounts that somebody deployed: they answer as they did before.
contract MemberAccountTest is Passkeys {
    uint256 internal constant ADA = 0xada;
    bytes32 internal constant TERMS = keccak256("terms");
    address internal shop = address(0x5409);
    address internal stranger = address(0xbad);
    MemberAccounts internal accounts;

    function setUp() public {
        accounts = new MemberAccounts(IConsortium(address(0xc025)), relyingParty());
    }

    // ---------------------------------------------------------------- the same answer

    function testFuzz_what_was_agreed_before_is_agreed_after(uint256 secret, bytes32 digest, bytes26 recovery) public {
        secret = within(secret, 1, ORDER - 1);
        ok(sameAnswer(secret, digest, recovery, packed(secret, digest, recovery)), "agreed, before and after");
    }

    function testFuzz_what_was_refused_before_is_refused_after(uint256 which, bytes26 recovery) public {
        bytes memory changed = packed(ADA, TERMS, recovery);
        which = within(which, 0, changed.length * 8 - 1);
        changed[which / 8] ^= bytes1(uint8(1 << (which % 8)));
        ok(!sameAnswer(ADA, TERMS, recovery, changed), "refused, before and after");
    }

    function testFuzz_garbage_is_refused_after_as_before(bytes32 digest, bytes26 recovery, bytes memory noise) public {
        ok(!sameAnswer(ADA, digest, recovery, noise), "noise");
    }

    function testFuzz_each_kind_of_ceremony_gets_one_answer(uint256 kind, bytes26 recovery) public {
        Ceremony memory how = usual();
        kind = within(kind, 0, 7);
        // solhint-disable quotes
        if (kind == 1) how.rpIdHash = sha256("another domain");
        if (kind == 2) how.flags = 0x01;
        if (kind == 3) how.flags = 0x04;
        if (kind == 4) how.head = '{"type":"webauthn.create","challenge":"';
        if (kind == 5) how.end = '","crossOrigin":true}';
        if (kind == 6) how.extensions = hex"a0";
        if (kind == 7) how.end = '"';
        // solhint-enable quotes
        bool agreed = sameAnswer(ADA, TERMS, recovery, packed(ADA, TERMS, recovery, how));
        ok(agreed == (kind == 0 || kind == 5 || kind == 6), "the rules are the same");
    }

    function test_another_guardian_in_the_bytes_is_refused_after_as_before() public {
        bytes26 recovery = recoveryBy(shop, 3 days);
        ok(!sameAnswer(ADA, TERMS, recovery, packed(ADA, TERMS, 0)), "left out");
        ok(!sameAnswer(ADA, TERMS, recovery, packed(ADA, TERMS, recoveryBy(shop, 1 days))), "another delay");
        ok(!sameAnswer(ADA, TERMS, 0, packed(ADA, TERMS, recovery)), "made up");
    }

    function test_the_upper_half_is_refused_after_as_before() public {
        (bytes32 r, bytes32 s) = asserted(ADA, abi.encodePacked(TERMS), usual());
        (bytes32 x, bytes32 y) = keyOf(ADA);
        s = bytes32(ORDER - uint256(s));
        ok(!sameAnswer(ADA, TERMS, 0, packed(abi.encode(r, s, x, y), 0, usual())), "upper half");
    }

    function test_no_amount_of_gas_lets_a_deployed_account_appear_not_to_have_agreed() public {
        IMemberAccount account = deployed(ADA, 0);
        bytes memory question = abi.encodeCall(account.isValidSignature, (TERMS, packed(ADA, TERMS, 0)));
        bool stood;
        for (uint256 gas_ = 500; gas_ < 20_000; gas_ += 10) {
            (bool done, bytes memory answer) = address(account).staticcall{gas: gas_}(question);
            ok(done || !stood, "more gas does no harm");
            if (done) ok(abi.decode(answer, (bytes4)) == YES, "yes, or no answer");
            stood = done;
        }
        ok(stood, "enough in the end");
    }

    // ---------------------------------------------------------------- other arguments

    function test_the_accounts_code_is_no_account() public view {
        IMemberAccount code = IMemberAccount(accounts.implementation());
        ok(code.isValidSignature(TERMS, packed(ADA, TERMS, 0)) == NO, "nobody's");
        (bytes32 r, bytes32 sLow) = asserted(ADA, abi.encodePacked(TERMS), usual());
        bytes memory nobodys = packed(abi.encode(r, sLow, 0, 0), 0, usual());
        ok(code.isValidSignature(TERMS, nobodys) == NO, "nor by a key that is none");
        (address guardian, ) = code.recovery();
        eq(guardian, address(0), "nor has it a guardian");
    }

    function test_a_clone_with_other_arguments_stands_elsewhere() public {
        (bytes32 x, bytes32 y) = keyOf(ADA);
        address ada = accounts.accountOf(x, y, address(0), 0);
        (x, y) = keyOf(0xbad);
        address code = accounts.implementation();
        bytes memory arguments = abi.encodePacked(x, y, address(0), uint48(0));
        vm.prank(stranger);
        address own = accounts.deploy(x, y, address(0), 0);
        address foreign = Clones.cloneDeterministicWithImmutableArgs(code, arguments, 0);
        ok(own != ada && foreign != ada && foreign != own, "each at its own address");
        ok(IMemberAccount(foreign).isValidSignature(TERMS, packed(0xbad, TERMS, 0)) == YES, "and speaks for itself");
        ok(IMemberAccount(foreign).isValidSignature(TERMS, packed(ADA, TERMS, 0)) == NO, "and for nobody else");
        eq(ada.code.length, 0, "where Ada will stand is nothing yet");
    }

    function test_a_clone_with_too_few_or_too_many_arguments_has_no_key() public {
        (bytes32 x, bytes32 y) = keyOf(ADA);
        bytes memory good = abi.encodePacked(x, y, address(0), uint48(0));
        bytes[3] memory arguments = [bytes(""), abi.encodePacked(x, y), bytes.concat(good, hex"00")];
        for (uint256 i; i < arguments.length; ++i) {
            address account = Clones.cloneWithImmutableArgs(accounts.implementation(), arguments[i]);
            ok(!IMemberAccount(account).isSigner(x, y), "no signer");
            ok(IMemberAccount(account).isValidSignature(TERMS, packed(ADA, TERMS, 0)) == NO, "no answer");
        }
    }

    function test_even_if_every_signature_held_no_other_key_or_guardian_would_count() public {
        bytes26 recovery = recoveryBy(shop, 3 days);
        IMemberAccount account = deployed(ADA, recovery);
        bytes memory own = packed(ADA, TERMS, recovery);
        vm.mockCall(address(0x100), "", abi.encode(1));
        ok(account.isValidSignature(keccak256("more"), own) == YES, "now every signature holds");
        // x and y, and behind the seven bytes in between the guardian and the delay.
        for (uint256 i = 64; i < 161; ++i) {
            if (i == 128) i = 135;
            own[i] ^= 0x01;
            ok(account.isValidSignature(TERMS, own) == NO, "one byte of another key or guardian");
            own[i] ^= 0x01;
        }
        ok(account.isValidSignature(TERMS, own) == YES, "as it was");
    }

    // ---------------------------------------------------------------- what it says of itself

    function testFuzz_it_names_its_signer_and_its_guardian(bytes32 x, bytes32 y, address who, uint48 delay) public {
        IMemberAccount account = IMemberAccount(accounts.deploy(x, y, who, delay));
        ok(account.isSigner(x, y), "the key");
        ok(!account.isSigner(y, x) || x == y, "no other");
        ok(!account.isSigner(x, ~y) && !account.isSigner(~x, y), "nor half of it");
        (address guardian, ) = account.recovery();
        eq(guardian, who, "guardian");
    }

    function test_it_takes_vouchers() public {
        IMemberAccount account = deployed(ADA, 0);
        uint256[] memory none;
        ok(account.onERC1155Received(shop, shop, 1, 1, "") == account.onERC1155Received.selector, "one");
        bytes4 yes = account.onERC1155BatchReceived.selector;
        ok(account.onERC1155BatchReceived(shop, shop, none, none, "") == yes, "many");
        ok(account.supportsInterface(type(IERC1155Receiver).interfaceId), "and says so");
        ok(account.supportsInterface(type(IERC165).interfaceId), "in the usual way");
        ok(!account.supportsInterface(0xffffffff), "and nothing else");
    }

    // ---------------------------------------------------------------- within

    function deployed(uint256 secret, bytes26 recovery) internal returns (IMemberAccount) {
        (bytes32 x, bytes32 y) = keyOf(secret);
        vm.prank(stranger);
        return IMemberAccount(accounts.deploy(x, y, address(bytes20(recovery)), uint48(uint208(recovery))));
    }

    /// @dev The answer before and after a stranger deploys the account, which must be one.
    function sameAnswer(
        uint256 secret,
        bytes32 digest,
        bytes26 recovery,
        bytes memory signature
    ) internal returns (bool before) {
        (bytes32 x, bytes32 y) = keyOf(secret);
        address ada = accounts.accountOf(x, y, address(bytes20(recovery)), uint48(uint208(recovery)));
        // A second question finds the account deployed by the first; it is asked on a street of its own.
        if (ada.code.length != 0) {
            accounts = new MemberAccounts(IConsortium(address(0xc025)), relyingParty());
            return sameAnswer(secret, digest, recovery, signature);
        }
        before = accounts.agrees(ada, digest, signature);
        bytes4 afterwards = deployed(secret, recovery).isValidSignature(digest, signature);
        ok(afterwards == (before ? YES : NO), "the same answer");
    }
}
