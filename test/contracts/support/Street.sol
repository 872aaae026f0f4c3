// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {MemberAccounts} from "../../../contracts/accounts/MemberAccounts.sol";
import {Authority} from "../../../contracts/Authority.sol";
import {ClearingHouse} from "../../../contracts/ClearingHouse.sol";
import {Consortium} from "../../../contracts/Consortium.sol";
import {Founding, Network} from "../../../contracts/interfaces/IConsortium.sol";
import {Issuance} from "../../../contracts/Issuance.sol";
import {Reversal} from "../../../contracts/interfaces/IIssuance.sol";
import {Item, Line, Refund} from "../../../contracts/interfaces/IRedemptions.sol";
import {Offices} from "../../../contracts/libraries/Offices.sol";
import {Membership} from "../../../contracts/Membership.sol";
import {PointsFactory} from "../../../contracts/PointsFactory.sol";
import {Redemptions} from "../../../contracts/Redemptions.sol";
import {Rewards} from "../../../contracts/Rewards.sol";
import {ShopPoints} from "../../../contracts/ShopPoints.sol";
import {Standing} from "../../../contracts/Standing.sol";
import {StreetMoney} from "../../../contracts/StreetMoney.sol";
import {Test} from "./Test.sol";

/// @notice A whole network on one street, and the acts of the people on it. What is signed is hashed here anew, from
/// the written rules and not by the contracts' own libraries.
abstract contract Street is Test {
    uint256 internal constant PAR = 100;
    uint48 internal constant QUARTER = 91 days;
    uint16 internal constant RATIO = 3_000;
    uint256 internal constant NOON = 1_800_000_000;

    address internal board = address(0xb0a2d);
    address internal guardian = address(0x96a2d);
    Authority internal authority;
    StreetMoney internal money;
    Consortium internal consortium;
    PointsFactory internal factory;
    Issuance internal issuance;
    Redemptions internal redemptions;
    ClearingHouse internal clearing;
    Standing internal standing;
    Membership internal membership;
    MemberAccounts internal accounts;
    Rewards internal rewards;
    mapping(uint32 shop => mapping(uint32 till => uint256)) internal tillKey;

    // ---------------------------------------------------------------- the network and its shops

    function found() internal {
        vm.warp(NOON);
        Network memory network = foretold();
        authority = new Authority(address(this));
        money = newMoney();
        consortium = new Consortium(network, terms());
        factory = new PointsFactory(consortium);
        issuance = new Issuance(consortium);
        redemptions = new Redemptions(consortium);
        clearing = new ClearingHouse(consortium);
        standing = new Standing(consortium);
        membership = new Membership(consortium);
        accounts = new MemberAccounts(consortium, sha256("localhost"));
        rewards = new Rewards(consortium);
        eq(address(rewards), network.rewards, "predicted address of the rewards");
        assignOffices();
    }

    /// @dev Where this contract's next creations will stand.
    function foretold() private view returns (Network memory) {
        uint256 nonce = vm.getNonce(address(this));
        return
            Network({
                money: vm.computeCreateAddress(address(this), nonce + 1),
                consortium: vm.computeCreateAddress(address(this), nonce + 2),
                factory: vm.computeCreateAddress(address(this), nonce + 3),
                issuance: vm.computeCreateAddress(address(this), nonce + 4),
                redemptions: vm.computeCreateAddress(address(this), nonce + 5),
                clearingHouse: vm.computeCreateAddress(address(this), nonce + 6),
                standing: vm.computeCreateAddress(address(this), nonce + 7),
                membership: vm.computeCreateAddress(address(this), nonce + 8),
                accounts: vm.computeCreateAddress(address(this), nonce + 9),
                rewards: vm.computeCreateAddress(address(this), nonce + 10)
            });
    }

    /// @dev What the street was founded on; some tests found it on other terms.
    function terms() internal view virtual returns (Founding memory) {
        return Founding(PAR, QUARTER, address(authority), RATIO, true);
    }

    /// @dev The board and the guardian are plain addresses here, and act without a delay.
    function assignOffices() private {
        authority.setTargetFunctionRole(address(consortium), Offices.boardActs(), Offices.BOARD);
        authority.setTargetFunctionRole(address(consortium), Offices.guardianActs(), Offices.GUARDIAN);
        authority.setTargetFunctionRole(address(standing.scoreLog()), Offices.boardActsOnScores(), Offices.BOARD);
        authority.grantRole(Offices.BOARD, board, 0);
        authority.grantRole(Offices.GUARDIAN, guardian, 0);
    }

    /// @dev The settlement money; some tests found the street on a stranger one.
    function newMoney() internal virtual returns (StreetMoney) {
        return new StreetMoney();
    }

    function ownerFor(uint256 number) internal pure returns (address) {
        return vm.addr(0x0a11 + number);
    }

    /// @dev An active shop with one till and a reserve.
    function openShop(uint256 reserve) internal returns (uint32 shop) {
        shop = newApplicant();
        vm.prank(board);
        consortium.admit(shop, false);
        newTill(shop);
        if (reserve != 0) fund(shop, reserve);
    }

    /// @dev An active shop that only redeems; it has no till yet.
    function openCharity() internal returns (uint32 charity) {
        charity = newApplicant();
        vm.prank(board);
        consortium.admit(charity, true);
    }

    function newApplicant() internal returns (uint32 shop) {
        address owner = ownerFor(consortium.shopCount() + 1);
        vm.prank(owner);
        shop = consortium.applyToJoin();
    }

    function newTill(uint32 shop) internal returns (uint32 till) {
        uint256 key = (uint256(shop) << 32) + consortium.tillCount(shop) + 0x7111;
        vm.prank(ownerFor(shop));
        till = consortium.addTill(shop, vm.addr(key));
        tillKey[shop][till] = key;
    }

    function newImport(uint32 shop, uint48 budget) internal returns (uint32 till) {
        uint256 key = (uint256(shop) << 32) + consortium.tillCount(shop) + 0x1111;
        vm.prank(ownerFor(shop));
        consortium.askImport(shop, vm.addr(key), budget);
        vm.prank(board);
        till = consortium.approveImport(shop, vm.addr(key), budget);
        tillKey[shop][till] = key;
    }

    function newCampaign(uint32 shop, uint48 budget) internal returns (uint32 till) {
        uint256 key = (uint256(shop) << 32) + consortium.tillCount(shop) + 0xca11;
        vm.prank(ownerFor(shop));
        till = consortium.addCampaign(shop, vm.addr(key), budget);
        tillKey[shop][till] = key;
    }

    function fund(uint32 shop, uint256 amount) internal {
        money.mint(address(this), amount);
        money.approve(address(clearing), amount);
        clearing.deposit(shop, amount);
    }

    function tokenOf(uint32 shop) internal view returns (ShopPoints) {
        return ShopPoints(consortium.shopOf(shop).points);
    }

    function endQuarter(uint32 shop) internal {
        ShopPoints points = tokenOf(shop);
        (, uint48 startedAt, ) = points.clock();
        if (block.timestamp < startedAt + QUARTER - 30 days) vm.warp(startedAt + QUARTER - 30 days);
        vm.prank(ownerFor(shop));
        points.postNotice(keccak256("the quarter ends"));
        vm.warp(block.timestamp + 30 days);
    }

    // ---------------------------------------------------------------- purchases

    function entry(address member, uint256 points) internal view returns (bytes memory) {
        return entry(member, points, block.timestamp);
    }

    function entry(address member, uint256 points, uint256 soldAt) internal pure returns (bytes memory) {
        return abi.encodePacked(member, uint48(points), uint48(points * 10), uint32(soldAt));
    }

    function batchDigest(uint32 shop, uint32 till, uint64 first, bytes memory entries) internal view returns (bytes32) {
        bytes32 head = keccak256(abi.encode(shop, till, first));
        for (uint256 i; i < entries.length; i += 36) {
            bytes memory one = new bytes(36);
            for (uint256 k; k < 36; ++k) {
                one[k] = entries[i + k];
            }
            head = keccak256(abi.encodePacked(head, one));
        }
        bytes32 kind = keccak256("Batch(uint32 shop,uint32 till,uint64 firstSequence,uint32 count,bytes32 head)");
        uint32 count = uint32(entries.length / 36);
        bytes32 hash = keccak256(abi.encode(kind, shop, till, first, count, head));
        return typed("Highstreet Issuance", address(issuance), hash);
    }

    function signedBatch(
        uint32 shop,
        uint32 till,
        uint64 first,
        bytes memory entries
    ) internal view returns (bytes memory) {
        return signed(tillKey[shop][till], batchDigest(shop, till, first, entries));
    }

    function issue(uint32 shop, uint32 till, uint64 first, bytes memory entries) internal {
        issuance.issue(shop, till, first, entries, signedBatch(shop, till, first, entries), "");
    }

    // ---------------------------------------------------------------- payments

    function termsHash(uint32 shop, uint32 till, Item memory item) internal pure returns (bytes32) {
        bytes32 kind = keccak256(
            "Terms(address member,uint32 shop,uint32 till,uint64 sequence,uint32 purpose,uint48 deadline,Line[] lines)"
            "Line(address token,uint48 points)"
        );
        bytes memory fields = abi.encode(
            kind,
            item.member,
            shop,
            till,
            item.sequence,
            item.purpose,
            item.deadline,
            linesHash(item.lines)
        );
        return keccak256(fields);
    }

    function linesHash(Line[] memory lines) internal pure returns (bytes32) {
        bytes32 kind = keccak256("Line(address token,uint48 points)");
        bytes memory list;
        for (uint256 i; i < lines.length; ++i) {
            list = abi.encodePacked(list, keccak256(abi.encode(kind, lines[i].token, lines[i].points)));
        }
        return keccak256(list);
    }

    function acceptanceOf(uint32 shop, uint32 till, Item[] memory items) internal view returns (bytes memory) {
        bytes memory list;
        for (uint256 i; i < items.length; ++i) {
            list = abi.encodePacked(list, termsHash(shop, till, items[i]));
        }
        bytes32 hash = acceptanceHash(shop, till, list);
        return signed(tillKey[shop][till], typed("Highstreet Redemptions", address(redemptions), hash));
    }

    /// @dev Of a list of what a till accepts together, each hashed already.
    function acceptanceHash(uint32 shop, uint32 till, bytes memory list) internal pure returns (bytes32) {
        bytes32 kind = keccak256("Acceptance(uint32 shop,uint32 till,bytes32[] terms)");
        return keccak256(abi.encode(kind, shop, till, keccak256(list)));
    }

    /// @dev A payment of one line, signed by the member whose key is `memberKey`.
    function payment(
        uint256 memberKey,
        uint32 shop,
        uint32 till,
        uint64 sequence,
        uint32 issuer,
        uint256 points
    ) internal view returns (Item memory item) {
        Line[] memory lines = new Line[](1);
        lines[0] = Line(address(tokenOf(issuer)), uint48(points));
        item = Item(vm.addr(memberKey), sequence, 0, uint48(block.timestamp + 1 days), lines, "");
        sign(memberKey, shop, till, item);
    }

    function sign(uint256 memberKey, uint32 shop, uint32 till, Item memory item) internal view {
        bytes32 digest = typed("Highstreet Redemptions", address(redemptions), termsHash(shop, till, item));
        item.signature = signed(memberKey, digest);
    }

    /// @dev Adds a line to the `count` first, which stand in the order the contract wants: by token.
    function putInOrder(Line[] memory lines, uint256 count, Line memory line) internal pure {
        uint256 place = count;
        for (; place != 0 && lines[place - 1].token > line.token; --place) {
            lines[place] = lines[place - 1];
        }
        lines[place] = line;
    }

    function redeem(uint32 shop, uint32 till, Item memory item) internal {
        redeem(shop, till, only(item));
    }

    function redeem(uint32 shop, uint32 till, Item[] memory items) internal {
        redemptions.redeem(shop, till, items, acceptanceOf(shop, till, items));
    }

    function only(Item memory item) internal pure returns (Item[] memory items) {
        items = new Item[](1);
        items[0] = item;
    }

    // ---------------------------------------------------------------- undoing

    /// @dev What a till signs to undo so much of the purchase with that receipt.
    function reversalDigest(uint32 shop, uint256 purchase, Reversal memory what) internal view returns (bytes32) {
        bytes32 kind = keccak256(
            "Reversal(uint32 shop,uint32 till,uint256 purchase,uint48 before,uint48 points,uint48 taken,uint48 debt,"
            "uint48 deadline)"
        );
        bytes memory whose = abi.encode(kind, shop, what.till, purchase);
        bytes memory fields = abi.encode(what.before, what.points, what.taken, what.debt, what.deadline);
        return typed("Highstreet Issuance", address(issuance), keccak256(bytes.concat(whose, fields)));
    }

    /// @dev What a till signs to undo so much of each line of the payment with that receipt.
    function refundDigest(uint32 shop, uint256 receipt, Refund memory what) internal view returns (bytes32) {
        bytes32 kind = keccak256(
            "Refund(uint32 shop,uint32 till,uint256 payment,uint48[] before,uint48[] points,uint48 deadline)"
        );
        bytes32 before = keccak256(abi.encodePacked(what.before));
        bytes32 points = keccak256(abi.encodePacked(what.points));
        bytes32 hash = keccak256(abi.encode(kind, shop, what.till, receipt, before, points, what.deadline));
        return typed("Highstreet Redemptions", address(redemptions), hash);
    }

    // ---------------------------------------------------------------- signing

    function signed(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function typed(string memory name, address verifier, bytes32 structHash) internal view returns (bytes32) {
        bytes32 kind = keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
        bytes32 domain = keccak256(
            abi.encode(kind, keccak256(bytes(name)), keccak256(bytes("1")), block.chainid, verifier)
        );
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }
}
