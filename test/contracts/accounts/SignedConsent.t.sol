// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {MemberAccounts} from "../../../contracts/accounts/MemberAccounts.sol";
import {IConsortium} from "../../../contracts/interfaces/IConsortium.sol";
import {IMemberAccounts} from "../../../contracts/interfaces/IMemberAccounts.sol";
import {SignedConsent} from "../../../contracts/libraries/SignedConsent.sol";
import {Passkeys} from "../support/Passkeys.sol";
import {AgreeingAccount, FailingAccount, FloodingAccount, GreedyAccount, TerseAccount} from "../support/Signers.sol";

/// @notice Somebody who asks for consents, as the network's contracts do.
contract Asker {
    IMemberAccounts internal immutable accounts;

    constructor(IMemberAccounts accounts_) {
        accounts = accounts_;
    }

    function isGivenBy(address signer, bytes32 digest, bytes calldata signature) external view returns (bool) {
        // Whatever stood in scratch memory before must not pass for an answer.
        assembly ("memory-safe") {
            mstore(0, 1)
        }
        return SignedConsent.isGivenBy(accounts, signer, digest, signature);
    }
}

/// @notice Accounts that agree to everything: whoever asks them has asked too many.
contract CredulousAccounts {
    function agrees(address, bytes32, bytes calldata) external pure returns (bool) {
        return true;
    }
}

/// @notice One question, three ways to have agreed (N-11, N-26).
contract SignedConsentTest is Passkeys {
    uint256 internal constant ADA = 0xada;
    bytes32 internal constant TERMS = keccak256("terms");
    MemberAccounts internal accounts;
    Asker internal asker;
    Asker internal credulous;

    function setUp() public {
        accounts = new MemberAccounts(IConsortium(address(0xc025)), relyingParty());
        asker = new Asker(accounts);
        credulous = new Asker(IMemberAccounts(address(new CredulousAccounts())));
    }

    // ---------------------------------------------------------------- a key

    function test_a_key_agrees_by_its_own_signature_and_by_no_other() public view {
        ok(asker.isGivenBy(vm.addr(ADA), TERMS, signed(ADA)), "its own");
        ok(!asker.isGivenBy(vm.addr(0xbe4), TERMS, signed(ADA)), "another's");
        ok(!asker.isGivenBy(vm.addr(ADA), keccak256("more"), signed(ADA)), "over something else");
        ok(!asker.isGivenBy(address(0), TERMS, new bytes(65)), "nobody's");
    }

    function test_a_key_whose_address_has_code_agrees_all_the_same() public {
        vm.etch(vm.addr(ADA), hex"ef0100000000000000000000000000000000000000dead");
        ok(asker.isGivenBy(vm.addr(ADA), TERMS, signed(ADA)), "a delegated key is still a key");
    }

    // ---------------------------------------------------------------- a passkey

    function test_a_passkey_agrees_before_and_after_anybody_deploys_its_account() public {
        (bytes32 x, bytes32 y) = keyOf(ADA);
        address ada = accounts.accountOf(x, y, address(0), 0);
        bytes memory queued = packed(ADA, TERMS, 0);
        ok(asker.isGivenBy(ada, TERMS, queued), "before");
        ok(!asker.isGivenBy(ada, keccak256("more"), queued), "to nothing else");
        ok(!asker.isGivenBy(vm.addr(ADA), TERMS, queued), "and nobody else has");
        vm.prank(address(0xbad));
        accounts.deploy(x, y, address(0), 0);
        ok(asker.isGivenBy(ada, TERMS, queued), "after");
        ok(!asker.isGivenBy(ada, keccak256("more"), queued), "and to nothing else still");
    }

    function test_bytes_no_assertion_has_are_brought_to_nobody() public view {
        for (uint256 length; length < 1_100; ++length) {
            bool brought = credulous.isGivenBy(vm.addr(ADA), TERMS, new bytes(length));
            ok(brought == (length >= 136 && length <= 1_024), "only what may be one");
        }
    }

    function test_silence_is_no_consent() public {
        Asker alone = new Asker(IMemberAccounts(address(0xdead)));
        ok(!alone.isGivenBy(vm.addr(ADA), TERMS, new bytes(136)), "where nobody stands nobody answers");
    }

    function test_a_long_signature_costs_no_more_than_reading_it() public view {
        uint256 left = gasleft();
        ok(!asker.isGivenBy(vm.addr(ADA), TERMS, new bytes(40_000)), "refused");
        ok(left - gasleft() < 40_000, "about a unit for each byte, and that is the caller's");
    }

    // ---------------------------------------------------------------- an account of another make

    function test_an_account_answers_for_itself() public {
        AgreeingAccount account = new AgreeingAccount();
        account.agree(TERMS);
        ok(asker.isGivenBy(address(account), TERMS, "whatever it wants"), "yes");
        ok(!asker.isGivenBy(address(account), keccak256("more"), "whatever it wants"), "no");
        bytes memory long = new bytes(500);
        ok(!credulous.isGivenBy(address(account), keccak256("more"), long), "and nobody else is asked");
    }

    function test_an_account_that_does_not_answer_has_not_agreed() public {
        ok(!asker.isGivenBy(address(new FailingAccount()), TERMS, ""), "it fails with the word");
        ok(!asker.isGivenBy(address(new TerseAccount()), TERMS, ""), "too short");
        ok(!asker.isGivenBy(address(this), TERMS, ""), "it knows no such question");
        uint256 left = gasleft();
        ok(!asker.isGivenBy(address(new GreedyAccount()), TERMS, ""), "it burns all it gets");
        ok(left - gasleft() < 400_000, "which is little");
        ok(asker.isGivenBy(address(new FloodingAccount()), TERMS, ""), "it says more than it was asked");
    }

    function test_only_the_whole_word_means_yes() public {
        address account = address(0xacc);
        // MSTORE of the word that means yes, and RETURN of 32 bytes.
        vm.etch(account, abi.encodePacked(hex"7f", bytes32(YES), hex"5f5260205ff3"));
        ok(asker.isGivenBy(account, TERMS, ""), "yes");
        vm.etch(account, abi.encodePacked(hex"7f", bytes32(YES), hex"5f52601f5ff3"));
        ok(!asker.isGivenBy(account, TERMS, ""), "a byte too short");
        vm.etch(account, abi.encodePacked(hex"7f", bytes32(YES) | bytes32(uint256(1)), hex"5f5260205ff3"));
        ok(!asker.isGivenBy(account, TERMS, ""), "with something behind it");
    }

    // ---------------------------------------------------------------- gas

    function test_an_account_gets_150_000_gas_for_its_answer_to_the_unit() public {
        // Says yes where GAS, its first instruction, answers 149,998: it costs two itself.
        vm.etch(address(0xacc), hex"5a620249ee14631626ba7e60e01b025f5260205ff3");
        ok(asker.isGivenBy(address(0xacc), TERMS, ""), "exactly");
    }

    function test_with_too_little_gas_nobody_appears_not_to_have_agreed() public {
        (bytes32 x, bytes32 y) = keyOf(ADA);
        address ada = accounts.accountOf(x, y, address(0), 0);
        yesOrNoAnswer(vm.addr(ADA), signed(ADA));
        yesOrNoAnswer(ada, packed(ADA, TERMS, 0));
        accounts.deploy(x, y, address(0), 0);
        yesOrNoAnswer(ada, packed(ADA, TERMS, 0));
    }

    function test_whoever_brings_too_little_gas_is_told_how_much_it_takes() public {
        (, uint256 needed) = tooLittle(asker, vm.addr(ADA), signed(ADA), 8_000);
        eq(needed, 8_000, "for a key");
        Asker without = new Asker(IMemberAccounts(address(new FailingAccount())));
        (, needed) = tooLittle(without, vm.addr(ADA), new bytes(136), 100_000);
        eq(needed, 20_000, "for a passkey, where the accounts fail");
        address account = address(new AgreeingAccount());
        uint256 left;
        (left, needed) = tooLittle(asker, account, "", 100_000);
        eq(needed, 157_380, "for an account: 2,380 and 5,000 on top of what it gets");
        asker.isGivenBy{gas: 100_000 + needed - left}(account, TERMS, "");
    }

    // ---------------------------------------------------------------- within

    /// @dev With so little gas nobody can tell; how much is left when it is asked for, and how much it takes.
    function tooLittle(
        Asker whom,
        address who,
        bytes memory signature,
        uint256 given
    ) internal view returns (uint256 left, uint256 needed) {
        bytes memory question = abi.encodeCall(whom.isGivenBy, (who, TERMS, signature));
        (bool done, bytes memory why) = address(whom).staticcall{gas: given}(question);
        ok(!done && bytes4(why) == SignedConsent.TooLittleGas.selector, "too little");
        assembly ("memory-safe") {
            left := mload(add(why, 36))
            needed := mload(add(why, 68))
        }
    }

    /// @dev With every amount of gas: yes, or the question fails.
    function yesOrNoAnswer(address who, bytes memory signature) internal view {
        bytes memory question = abi.encodeCall(asker.isGivenBy, (who, TERMS, signature));
        uint256 stood;
        for (uint256 gas_ = 1_000; gas_ < 180_000; gas_ += gas_ < 20_000 ? 20 : 500) {
            (bool done, bytes memory answer) = address(asker).staticcall{gas: gas_}(question);
            ok(done || stood == 0, "more gas does no harm");
            if (!done) continue;
            ok(abi.decode(answer, (bool)), "yes, or no answer");
            ++stood;
        }
        ok(stood != 0, "enough in the end");
    }

    function signed(uint256 secret) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(secret, TERMS);
        return abi.encodePacked(r, s, v);
    }
}
