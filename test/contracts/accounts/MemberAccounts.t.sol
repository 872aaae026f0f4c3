// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {MemberAccounts} from "../../../contracts/accounts/MemberAccounts.sol";
import {IConsortium} from "../../../contracts/interfaces/IConsortium.sol";
import {IMemberAccounts} from "../../../contracts/interfaces/IMemberAccounts.sol";
import {PasskeyHolder} from "../support/PasskeyHolder.sol";
import {Ceremony} from "../support/Passkeys.sol";

/// @notice Accounts that are not deployed: where they stand, and what they agree to.
contract MemberAccountsTest is PasskeyHolder {
    // ---------------------------------------------------------------- yes

    function test_a_member_agrees_by_their_passkey_and_nothing_is_deployed() public view {
        ok(agrees(ada, TERMS, packed(ADA, TERMS, 0)), "agreed");
        eq(ada.code.length, 0, "nothing there");
    }

    function testFuzz_every_key_agrees_to_every_digest(uint256 secret, bytes32 digest, bytes26 recovery) public view {
        secret = within(secret, 1, ORDER - 1);
        ok(agrees(accountOf(secret, recovery), digest, packed(secret, digest, recovery)), "agreed");
    }

    function test_guardian_and_delay_are_part_of_the_account() public view {
        bytes26 recovery = recoveryBy(shop, 3 days);
        ok(agrees(accountOf(ADA, recovery), TERMS, packed(ADA, TERMS, recovery)), "with both");
        recovery = recoveryBy(address(0), 3 days);
        ok(agrees(accountOf(ADA, recovery), TERMS, packed(ADA, TERMS, recovery)), "with the delay alone");
    }

    function test_devices_differ_in_what_they_add() public view {
        Ceremony memory how = usual();
        (how.flags, how.counter) = (0x05, 0x000001ff);
        ok(agreed(how), "a key that counts and is not synced");
        (how.flags, how.extensions) = (0x85, hex"a1696372656450726f7465637402");
        ok(agreed(how), "a key that says something more");
        how.extensions = new bytes(255);
        ok(agreed(how), "a lot more");
        bytes26 recovery = recoveryBy(shop, 1);
        ok(agrees(accountOf(ADA, recovery), TERMS, packed(ADA, TERMS, recovery, how)), "behind a guardian");
    }

    function test_browsers_differ_in_how_they_end() public view {
        // solhint-disable quotes
        string[4] memory ends = [
            '","crossOrigin":true,"topOrigin":"https://news.example"}',
            '"}',
            '","crossOrigin":false,"other_keys_can_be_added_here":"do not compare with a template"}',
            '","androidPackageName":"example.browser"}'
        ];
        // solhint-enable quotes
        for (uint256 i; i < ends.length; ++i) {
            Ceremony memory how = usual();
            how.end = bytes(ends[i]);
            ok(agreed(how), ends[i]);
        }
    }

    function test_the_usual_end_may_also_be_spelled_out() public view {
        Ceremony memory how = usual();
        (bytes32 r, bytes32 s) = asserted(ADA, abi.encodePacked(TERMS), how);
        (bytes32 x, bytes32 y) = keyOf(ADA);
        (how.origin, how.end) = (bytes.concat(how.origin, USUAL_END), "");
        ok(agrees(ada, TERMS, packed(abi.encode(r, s, x, y), 0, how)), "the same client data");
    }

    // ---------------------------------------------------------------- no

    function test_another_account_does_not_agree() public view {
        bytes26 recovery = recoveryBy(shop, 3 days);
        bytes memory plain = packed(ADA, TERMS, 0);
        bytes memory guarded = packed(ADA, TERMS, recovery);
        refused(accountOf(0xbe4, 0), TERMS, plain, "another key");
        refused(accountOf(ADA, recovery), TERMS, plain, "the guardian left out");
        refused(ada, TERMS, guarded, "a guardian nobody named");
        refused(accountOf(ADA, recoveryBy(shop, 1 days)), TERMS, guarded, "another delay");
        refused(accountOf(ADA, recoveryBy(address(1), 3 days)), TERMS, guarded, "another guardian");
        refused(address(0), TERMS, plain, "nobody");
        bytes memory swapped = packed(0xbe4, TERMS, 0);
        (bytes32 x, bytes32 y) = keyOf(ADA);
        assembly ("memory-safe") {
            mstore(add(swapped, 96), x)
            mstore(add(swapped, 128), y)
        }
        refused(ada, TERMS, swapped, "signed by one key in the name of another");
    }

    function testFuzz_another_digest_is_not_agreed_to(bytes32 digest) public view {
        vm.assume(digest != TERMS);
        refused(ada, digest, packed(ADA, TERMS, 0), "another digest");
    }

    function test_another_relying_party_has_no_say() public view {
        Ceremony memory how = usual();
        how.rpIdHash = sha256("localhost.example");
        ok(!agreed(how), "another domain's passkey");
    }

    function test_the_device_must_have_seen_and_verified_its_user() public view {
        for (uint256 flags; flags < 256; ++flags) {
            Ceremony memory how = usual();
            how.flags = bytes1(uint8(flags));
            ok(agreed(how) == (flags & 0x05 == 0x05), "present and verified, whatever else");
        }
    }

    function test_client_data_of_another_ceremony_are_worth_nothing() public view {
        // solhint-disable quotes
        string[8] memory heads = [
            '{"type":"webauthn.create","challenge":"',
            '{"type":"payment.get","challenge":"',
            '{"type":"webauthn.gets","challenge":"',
            '{ "type":"webauthn.get","challenge":"',
            '{"challenge":"',
            '{"origin":"x","type":"webauthn.get","challenge":"',
            '{"type":"webauthn.get","challenge":"A',
            ""
        ];
        // solhint-enable quotes
        for (uint256 i; i < heads.length; ++i) {
            Ceremony memory how = usual();
            how.head = bytes(heads[i]);
            ok(!agreed(how), heads[i]);
        }
    }

    function test_a_challenge_that_only_resembles_the_digest_is_another() public view {
        bytes[4] memory challenges = [
            abi.encodePacked(TERMS, uint8(0)),
            abi.encodePacked(bytes31(TERMS)),
            abi.encodePacked(uint8(0), TERMS),
            bytes("")
        ];
        (bytes32 x, bytes32 y) = keyOf(ADA);
        for (uint256 i; i < challenges.length; ++i) {
            (bytes32 r, bytes32 s) = asserted(ADA, challenges[i], usual());
            refused(ada, TERMS, packed(abi.encode(r, s, x, y), 0, usual()), "another challenge");
        }
    }

    function test_client_data_that_do_not_end_are_none() public view {
        Ceremony memory how = usual();
        // solhint-disable-next-line quotes
        how.end = '","crossOrigin":false';
        ok(!agreed(how), "no end");
        // solhint-disable-next-line quotes
        how.end = '"} ';
        ok(!agreed(how), "more behind the end");
    }

    function test_once_it_is_deployed_the_account_answers_for_itself() public {
        (bytes32 x, bytes32 y) = keyOf(ADA);
        accounts.deploy(x, y, address(0), 0);
        ok(!accounts.agrees(ada, TERMS, packed(ADA, TERMS, 0)), "not here");
    }

    function test_no_amount_of_gas_lets_a_passkey_appear_not_to_have_agreed() public view {
        bytes memory question = abi.encodeCall(accounts.agrees, (ada, TERMS, packed(ADA, TERMS, 0)));
        bool stood;
        for (uint256 gas_ = 500; gas_ < 16_000; gas_ += 10) {
            (bool done, bytes memory answer) = address(accounts).staticcall{gas: gas_}(question);
            ok(done || !stood, "more gas does no harm");
            if (done) ok(abi.decode(answer, (bool)), "yes, or no answer");
            stood = done;
        }
        ok(stood, "enough in the end");
    }

    // ---------------------------------------------------------------- where accounts stand

    function testFuzz_the_address_is_where_the_account_will_stand(
        bytes32 x,
        bytes32 y,
        address guardian,
        uint48 delay
    ) public {
        address account = accounts.accountOf(x, y, guardian, delay);
        bytes memory arguments = abi.encodePacked(x, y, guardian, delay);
        address code = accounts.implementation();
        address foretold = Clones.predictDeterministicAddressWithImmutableArgs(code, arguments, 0, address(accounts));
        eq(account, foretold, "as the library says");
        eq(accounts.deploy(x, y, guardian, delay), account, "where it stands");
        eq(uint256(keccak256(Clones.fetchCloneArgs(account))), uint256(keccak256(arguments)), "with these arguments");
    }

    function testFuzz_every_argument_makes_another_account(uint256 which) public view {
        bytes memory arguments = abi.encode(keccak256("x"), keccak256("y"), shop, uint48(3 days));
        // The significant bits of four words: two of 256, one of 160, one of 48.
        which = within(which, 0, 256 + 256 + 160 + 48 - 1);
        uint256 bit =
            which < 512
                ? which
                : which < 672
                    ? 512 + 96 + (which - 512)
                    : 768 + 208 + (which - 672);
        (bytes32 x, bytes32 y, address guardian, uint48 delay) = abi.decode(
            arguments,
            (bytes32, bytes32, address, uint48)
        );
        address account = accounts.accountOf(x, y, guardian, delay);
        arguments[bit / 8] ^= bytes1(uint8(0x80 >> (bit % 8)));
        (x, y, guardian, delay) = abi.decode(arguments, (bytes32, bytes32, address, uint48));
        ok(accounts.accountOf(x, y, guardian, delay) != account, "another");
    }

    function test_anyone_deploys_an_account_once() public {
        (bytes32 x, bytes32 y) = keyOf(ADA);
        vm.expectEmit(address(accounts));
        emit IMemberAccounts.AccountDeployed(ada, x, y, address(0), 0);
        vm.prank(address(0xbad));
        eq(accounts.deploy(x, y, address(0), 0), ada, "deployed");
        bytes32 code = ada.codehash;
        vm.recordLogs();
        eq(accounts.deploy(x, y, address(0), 0), ada, "there already");
        eq(vm.getRecordedLogs().length, 0, "nothing said again");
        eq(uint256(ada.codehash), uint256(code), "nothing changed");
    }

    function test_ether_sent_before_does_not_hinder_the_account() public {
        vm.deal(ada, 1 ether);
        (bytes32 x, bytes32 y) = keyOf(ADA);
        eq(accounts.deploy(x, y, address(0), 0), ada, "deployed");
    }

    // ---------------------------------------------------------------- founding

    function test_the_accounts_know_their_network_and_relying_party() public view {
        eq(address(accounts.consortium()), address(consortium), "consortium");
        eq(uint256(accounts.rpIdHash()), uint256(relyingParty()), "relying party");
        eq(accounts.implementation(), vm.computeCreateAddress(address(accounts), 1), "the accounts' code");
        ok(accounts.implementation().code.length != 0, "which is there");
    }

    function test_no_passkeys_without_a_relying_party() public {
        vm.expectRevert(abi.encodeWithSelector(IMemberAccounts.NoRelyingParty.selector));
        new MemberAccounts(consortium, 0);
    }

    function test_no_passkeys_on_a_chain_that_cannot_verify_them() public {
        bytes[3] memory answers = [bytes(""), abi.encode(0), abi.encodePacked(abi.encode(1), uint8(0))];
        bytes32 party = relyingParty();
        for (uint256 i; i < answers.length; ++i) {
            vm.mockCall(address(0x100), "", answers[i]);
            vm.expectRevert(abi.encodeWithSelector(IMemberAccounts.NoP256Precompile.selector));
            new MemberAccounts(consortium, party);
        }
        vm.mockCallRevert(address(0x100), "", abi.encode(1));
        vm.expectRevert(abi.encodeWithSelector(IMemberAccounts.NoP256Precompile.selector));
        new MemberAccounts(consortium, party);
    }
}
