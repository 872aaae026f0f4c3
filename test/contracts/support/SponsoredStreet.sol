// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Execution} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {GasSponsor} from "../../../contracts/accounts/GasSponsor.sol";
import {IMemberAccount} from "../../../contracts/interfaces/IMemberAccount.sol";
import {DepositBook} from "./DepositBook.sol";
import {Passkeys} from "./Passkeys.sol";
import {TwoShops} from "./TwoShops.sol";

/// @notice A street whose gas is paid for: Ada has an account with a passkey, the sponsor a signer, budgets and a
/// deposit. What its signer signs is hashed here anew.
abstract contract SponsoredStreet is Passkeys, TwoShops {
    address payable internal constant ENTRY_POINT = payable(0x433709009B8330FDa32311DF1C2AFA402eD8D009);
    uint256 internal constant SIGNER = 0x519e4;
    bytes32 internal constant BATCH = bytes32(bytes1(0x01));
    uint48 internal constant DAY = uint48(NOON / 1 days);
    uint128 internal constant PER_MEMBER = 1_000;
    uint128 internal constant FOR_ALL = 2_500;
    uint256 internal constant MOST_DEPOSIT = 10_000;
    address internal owner = address(0x0e4);
    address internal stranger = address(0xbad);
    GasSponsor internal sponsor;
    DepositBook internal book = DepositBook(ENTRY_POINT);

    function setUp() public virtual override {
        foundShops(10_000 * PAR, 10_000 * PAR);
        vm.etch(ENTRY_POINT, address(new DepositBook()).code);
        sponsor = new GasSponsor(consortium, owner, vm.addr(SIGNER), MOST_DEPOSIT);
        vm.prank(owner);
        sponsor.setBudgets(PER_MEMBER, FOR_ALL);
        ada = accountOf(ADA);
        ben = accountOf(BEN);
    }

    function accountOf(uint256 secret) internal returns (address) {
        (bytes32 x, bytes32 y) = keyOf(secret);
        return accounts.deploy(x, y, address(0xcafe), 3 days);
    }

    // ---------------------------------------------------------------- operations

    /// @dev Ada calls this contract, with an approval for the day.
    function calling(address target) internal view returns (PackedUserOperation memory) {
        Execution[] memory calls = new Execution[](1);
        calls[0] = Execution(target, 0, hex"12345678");
        return approved(operation(ada, executing(calls)));
    }

    function executing(Execution[] memory calls) internal pure returns (bytes memory) {
        return abi.encodeCall(IMemberAccount(address(0)).execute, (BATCH, abi.encode(calls)));
    }

    function operation(address who, bytes memory act) internal pure returns (PackedUserOperation memory made) {
        made.sender = who;
        made.nonce = 7;
        made.callData = bytes.concat(bytes4(0x8dd7712f), act);
        made.accountGasLimits = bytes32(abi.encodePacked(uint128(300_000), uint128(200_000)));
        made.preVerificationGas = 50_000;
        made.gasFees = bytes32(abi.encodePacked(uint128(1), uint128(2)));
    }

    function approved(PackedUserOperation memory made) internal view returns (PackedUserOperation memory) {
        return approved(made, uint48(NOON - 60), uint48(NOON + 600), SIGNER);
    }

    function approved(
        PackedUserOperation memory made,
        uint48 validAfter,
        uint48 validUntil,
        uint256 secret
    ) internal view returns (PackedUserOperation memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(secret, digestOf(made, validAfter, validUntil));
        bytes memory gasAndLimits = abi.encodePacked(address(sponsor), uint128(100_000), uint128(0));
        made.paymasterAndData = bytes.concat(gasAndLimits, abi.encodePacked(validAfter, validUntil, r, s, v));
        return made;
    }

    function digestOf(
        PackedUserOperation memory made,
        uint48 validAfter,
        uint48 validUntil
    ) internal view returns (bytes32) {
        bytes memory kind = bytes.concat(
            "UserOperationRequest(address sender,uint256 nonce,bytes initCode,bytes callData,bytes32 accountGasLimits,",
            "uint256 preVerificationGas,bytes32 gasFees,uint256 paymasterVerificationGasLimit,",
            "uint256 paymasterPostOpGasLimit,uint48 validAfter,uint48 validUntil)"
        );
        bytes memory first = abi.encode(
            keccak256(kind),
            made.sender,
            made.nonce,
            keccak256(made.initCode),
            keccak256(made.callData),
            made.accountGasLimits
        );
        bytes memory rest = abi.encode(made.preVerificationGas, made.gasFees, 100_000, 0, validAfter, validUntil);
        return typed("Highstreet gas sponsor", address(sponsor), keccak256(bytes.concat(first, rest)));
    }

    // ---------------------------------------------------------------- asking

    /// @dev Whether the sponsor's signer approved, as the entry point is told: aggregator, until, after.
    function asked(PackedUserOperation memory made, uint256 cost) internal returns (uint256 validation) {
        vm.prank(ENTRY_POINT);
        bytes memory context;
        (context, validation) = sponsor.validatePaymasterUserOp(made, keccak256("hash"), cost);
        eq(context.length, 0, "nothing is done afterwards");
    }

    function pays(PackedUserOperation memory made, uint256 cost) internal {
        eq(uint160(asked(made, cost)), 0, "paid for");
    }

    function paysNot(PackedUserOperation memory made, uint256 cost) internal {
        eq(uint160(asked(made, cost)), 1, "not approved");
    }

    function refuses(PackedUserOperation memory made, uint256 cost, bytes memory why) internal {
        vm.expectRevert(why);
        vm.prank(ENTRY_POINT);
        sponsor.validatePaymasterUserOp(made, keccak256("hash"), cost);
    }

    function left(uint48 day, address member, uint256 forMember, uint256 forAll) internal view {
        (uint256 hers, uint256 all) = sponsor.leftOn(day, member);
        eq(hers, forMember, "for the member");
        eq(all, forAll, "for all");
    }
}
