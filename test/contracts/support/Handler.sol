// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Item, Line} from "../../../contracts/interfaces/IRedemptions.sol";
import {Chance} from "./Chance.sol";
import {LotBook} from "./LotBook.sol";

/// @notice Does what people on the street do, at random, with amounts just below, at and above every limit, and keeps
/// plain books of what should have come of it. What goes against the books is kept in `broken`.
contract Handler is Chance {
    uint32 public constant SHOPS = 3;
    uint256 public constant MEMBERS = 4;
    uint256 public constant ACTS = 14;
    uint256 internal constant FIRST_MEMBER_KEY = 0x3e3b;

    /// @dev A batch as it was once submitted.
    struct Batch {
        uint32 shop;
        uint32 till;
        uint64 first;
        address[] members;
        uint256[] points;
        bytes entries;
    }

    string public broken;
    uint256 public deposited;
    uint256 public withdrawn;
    uint256[ACTS] public succeeded;
    mapping(uint32 shop => LotBook) public books;
    mapping(uint32 shop => mapping(uint32 till => uint64)) internal nextPurchase;
    mapping(uint32 shop => mapping(uint32 till => mapping(uint64 => bool))) internal given;
    mapping(uint32 shop => mapping(uint32 till => uint64)) internal nextPayment;
    Batch[] internal batches;
    Item[] internal paid;
    uint32[2][] internal paidAt;
    uint256 internal turn;
    uint256 internal inOrder;

    constructor() {
        found();
        for (uint32 shop = 1; shop <= SHOPS; ++shop) {
            openShop(0);
            newTill(shop);
            books[shop] = new LotBook();
            _fund(shop, 4_000 * PAR);
            bytes memory welcome;
            for (uint256 i; i < MEMBERS; ++i) {
                welcome = abi.encodePacked(welcome, entry(member(i), 400));
                books[shop].issue(member(i), 400);
                given[shop][1][uint64(i)] = true;
            }
            nextPurchase[shop][1] = uint64(MEMBERS);
            issue(shop, 1, 0, welcome);
        }
    }

    /// @dev Every other turn takes the acts in order, each until it has succeeded once more; the others are drawn.
    function act(uint256 dice) external {
        seed = dice;
        bool drawn = ++turn % 2 == 0;
        uint256 which = drawn ? dice % ACTS : inOrder;
        uint256 before = succeeded[which];
        _perform(which);
        if (!drawn && succeeded[which] != before) inOrder = (inOrder + 1) % ACTS;
    }

    function _perform(uint256 which) internal {
        if (which == 0) _issue();
        else if (which == 1) _submitAgain();
        else if (which == 2) _redeem(true);
        else if (which == 3) _redeem(false);
        else if (which == 4) _transfer();
        else if (which == 5) _endQuarter();
        else if (which == 6) _letTimePass();
        else if (which == 7) _deposit();
        else if (which == 8) _withdraw();
        else if (which == 9) _settle();
        else if (which == 10) _lapse();
        else if (which == 11) _payAgain();
        else if (which == 12) _redeemMixed();
        else _beStrange();
    }

    function member(uint256 index) public pure returns (address) {
        return vm.addr(FIRST_MEMBER_KEY + index);
    }

    function theClearing() external view returns (address) {
        return address(clearing);
    }

    function theMoney() external view returns (address) {
        return address(money);
    }

    function pointsOf(uint32 shop) external view returns (address) {
        return address(tokenOf(shop));
    }

    // ---------------------------------------------------------------- issuing

    function _issue() internal {
        Batch storage batch = batches.push();
        batch.shop = _shop();
        batch.till = uint32(_roll(1, 2));
        batch.first = nextPurchase[batch.shop][batch.till];
        uint256 count = _roll(1, 5);
        uint256 left = clearing.issuableOf(batch.shop);
        bytes memory entries;
        for (uint256 i; i < count; ++i) {
            address who = member(_roll(0, MEMBERS - 1));
            uint256 points = _roll(0, 3) == 0 ? _about(left) : _roll(0, 300);
            batch.members.push(who);
            batch.points.push(points);
            entries = abi.encodePacked(entries, entry(who, points));
        }
        batch.entries = entries;
        nextPurchase[batch.shop][batch.till] += uint64(count);
        _submit(batch, 0);
    }

    function _submitAgain() internal {
        if (batches.length == 0) return;
        _submit(batches[_roll(0, batches.length - 1)], 1);
    }

    function _submit(Batch storage batch, uint256 kind) internal {
        uint256 room = clearing.issuableOf(batch.shop);
        issue(batch.shop, batch.till, batch.first, batch.entries);
        uint256 limit = consortium.shopOf(batch.shop).receiptLimit;
        uint256 issued;
        for (uint256 i; i < batch.points.length; ++i) {
            uint64 sequence = batch.first + uint64(i);
            uint32 soldAt = _soldAt(batch.entries, i);
            bool inTime = soldAt + 7 days >= block.timestamp;
            bool should =
                !given[batch.shop][batch.till][sequence] &&
                    inTime &&
                    batch.points[i] <= limit &&
                    batch.points[i] <= room;
            if (should) {
                room -= batch.points[i];
                issued += batch.points[i];
                given[batch.shop][batch.till][sequence] = true;
                books[batch.shop].issue(batch.members[i], batch.points[i]);
                ++succeeded[kind];
            } else if (kind == 1) {
                // Left out, as it should be: a batch that came again gave nothing twice.
                ++succeeded[1];
            }
            bool spent = issuance.receiptSpent(batch.shop, batch.till, sequence);
            if (spent != given[batch.shop][batch.till][sequence]) broken = "a receipt is spent exactly when it gave";
        }
        if (clearing.issuableOf(batch.shop) != room) broken = "what may still be issued went down by what was issued";
        (int128 net, uint128 reserve) = clearing.positionOf(batch.shop);
        int256 backing = int256(uint256(reserve)) + (net < 0 ? int256(net) : int256(0));
        if (issued != 0 && backing < int256(clearing.requiredReserveOf(batch.shop))) {
            broken = "points were issued that the reserve does not cover";
        }
    }

    // ---------------------------------------------------------------- paying

    function _redeem(bool elsewhere) internal {
        (uint32 issuer, uint256 payer) = _holder();
        uint32 shop = elsewhere ? (issuer % SHOPS) + 1 : issuer;
        uint256 balance = books[issuer].balanceOf(member(payer));
        uint256 points = _about(balance);
        Item memory item = _payment(payer, shop, issuer, points);
        if (points == 0) return;
        uint256 value = points * PAR;
        bool stands = points <= balance && (!elsewhere || clearing.canRedeemElsewhere(issuer, value));
        if (_pays(shop, item, stands)) {
            books[issuer].burn(member(payer), points);
            ++succeeded[elsewhere ? 2 : 3];
        }
    }

    /// @dev Two issuers in one payment: both lines stand, or neither.
    function _redeemMixed() internal {
        (uint32 a, uint32 b, uint256 payer) = _holderOfTwo();
        if (a == 0) return;
        uint32 shop = 6 - a - b;
        if (address(tokenOf(a)) > address(tokenOf(b))) (a, b) = (b, a);
        uint256 pointsA = _about(books[a].balanceOf(member(payer)));
        uint256 pointsB = _about(books[b].balanceOf(member(payer)));
        if (pointsA == 0 || pointsB == 0) return;
        Item memory item = _payment(payer, shop, a, pointsA);
        item.lines = new Line[](2);
        item.lines[0] = Line(address(tokenOf(a)), uint48(pointsA));
        item.lines[1] = Line(address(tokenOf(b)), uint48(pointsB));
        sign(FIRST_MEMBER_KEY + payer, shop, 1, item);
        bool stands =
            pointsA <= books[a].balanceOf(item.member) &&
                pointsB <= books[b].balanceOf(item.member) &&
                clearing.canRedeemElsewhere(a, pointsA * PAR) &&
                clearing.canRedeemElsewhere(b, pointsB * PAR);
        if (_pays(shop, item, stands)) {
            books[a].burn(item.member, pointsA);
            books[b].burn(item.member, pointsB);
            ++succeeded[12];
        }
    }

    function _payAgain() internal {
        if (paid.length == 0) return;
        uint256 which = _roll(0, paid.length - 1);
        redeem(paidAt[which][0], paidAt[which][1], paid[which]);
        // The books hear nothing of it: if it moved anything, they no longer agree.
        ++succeeded[11];
    }

    function _payment(uint256 payer, uint32 shop, uint32 issuer, uint256 points) internal returns (Item memory) {
        uint64 sequence = ++nextPayment[shop][1];
        return payment(FIRST_MEMBER_KEY + payer, shop, 1, sequence, issuer, points);
    }

    function _pays(uint32 shop, Item memory item, bool should) internal returns (bool stands) {
        redeem(shop, 1, item);
        stands = redemptions.paymentSpent(shop, 1, item.sequence);
        if (stands != should) broken = "a payment stands exactly when it may";
        if (!stands) return false;
        Item storage kept = paid.push();
        kept.member = item.member;
        kept.sequence = item.sequence;
        kept.deadline = item.deadline;
        kept.signature = item.signature;
        for (uint256 i; i < item.lines.length; ++i) {
            kept.lines.push(item.lines[i]);
        }
        paidAt.push([shop, uint32(1)]);
    }

    function _transfer() internal {
        (uint32 shop, uint256 from) = _holder();
        uint256 to = _roll(0, MEMBERS - 1);
        uint256 balance = books[shop].balanceOf(member(from));
        uint256 points = _about(balance);
        bytes memory call = abi.encodeCall(tokenOf(shop).transfer, (member(to), points));
        address token = address(tokenOf(shop));
        vm.prank(member(from));
        (bool done, ) = token.call(call);
        if (done != (points <= balance)) broken = "a transfer goes through exactly when there is enough";
        if (!done) return;
        books[shop].transfer(member(from), member(to), points);
        if (points != 0) ++succeeded[4];
    }

    // ---------------------------------------------------------------- time

    function _endQuarter() internal {
        uint32 shop = _shop();
        (, , uint48 noticeAt) = tokenOf(shop).clock();
        if (noticeAt != 0) return;
        uint256 before = block.timestamp;
        endQuarter(shop);
        _followClocks();
        if (block.timestamp > before) ++succeeded[5];
    }

    function _letTimePass() internal {
        vm.warp(block.timestamp + _roll(0, 10 days));
        _followClocks();
        ++succeeded[6];
    }

    function _followClocks() internal {
        for (uint32 shop = 1; shop <= SHOPS; ++shop) {
            (uint16 quarter, , ) = tokenOf(shop).clock();
            while (books[shop].quarter() < quarter) {
                books[shop].nextQuarter();
            }
        }
    }

    function _lapse() internal {
        uint32 shop = _shop();
        address[] memory accounts = new address[](2);
        (accounts[0], accounts[1]) = (member(_roll(0, MEMBERS - 1)), member(_roll(0, MEMBERS - 1)));
        vm.prank(address(0x5714));
        if (_roll(0, 1) == 0) tokenOf(shop).lapse(accounts);
        else tokenOf(shop).poke();
        ++succeeded[10];
    }

    // ---------------------------------------------------------------- money

    function _deposit() internal {
        _fund(_shop(), _roll(1, 2_000 * PAR));
        ++succeeded[7];
    }

    function _fund(uint32 shop, uint256 amount) internal {
        fund(shop, amount);
        deposited += amount;
    }

    function _withdraw() internal {
        uint32 shop = _shop();
        uint256 free = clearing.freeReserveOf(shop);
        uint256 amount = _roll(0, 4) == 0 ? _about(free) : _roll(0, free / 4);
        address owner = ownerFor(shop);
        vm.prank(owner);
        (bool done, ) = address(clearing).call(abi.encodeCall(clearing.withdraw, (shop, owner, amount)));
        if (done != (amount <= free)) broken = "a withdrawal goes through exactly when it is free";
        if (!done) return;
        withdrawn += amount;
        ++succeeded[8];
    }

    function _settle() internal {
        uint32[] memory shops = new uint32[](_roll(1, 4));
        for (uint256 i; i < shops.length; ++i) {
            shops[i] = _shop();
        }
        clearing.settle(shops);
        ++succeeded[9];
    }

    // ---------------------------------------------------------------- strangers

    /// @dev Somebody without any key tries the selectors that lower balances or move money; the books hear nothing.
    function _beStrange() internal {
        uint32 shop = _shop();
        address token = address(tokenOf(shop));
        address victim = member(_roll(0, MEMBERS - 1));
        address stranger = address(0x5714);
        bytes[8] memory calls = [
            abi.encodeWithSignature("burn(address,uint48)", victim, uint48(1)),
            abi.encodeWithSignature("issue(bytes,uint256)", entry(stranger, 5), uint256(1)),
            abi.encodeWithSignature("transferFrom(address,address,uint256)", victim, stranger, uint256(1)),
            abi.encodeWithSignature("transferFrom(address,address,uint256)", victim, stranger, uint256(0)),
            abi.encodeWithSignature("postNotice(bytes32)", bytes32(0)),
            abi.encodeWithSignature("transfer(address,uint256)", victim, uint256(1)),
            abi.encodeWithSignature(
                "transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,bytes)",
                victim,
                stranger,
                uint256(1),
                uint256(0),
                type(uint256).max,
                bytes32(0),
                new bytes(65)
            ),
            abi.encodeWithSignature(
                "permit(address,address,uint256,uint256,bytes)",
                victim,
                stranger,
                uint256(1),
                type(uint256).max,
                new bytes(65)
            )
        ];
        for (uint256 i; i < calls.length; ++i) {
            vm.prank(stranger);
            (bool done, ) = token.call(calls[i]);
            // Sending nothing is open to everybody, and moves nothing.
            if (done && i != 3) broken = "a stranger got through";
        }
        vm.prank(stranger);
        (bool out, ) = address(clearing).call(abi.encodeCall(clearing.withdraw, (shop, stranger, 1)));
        if (out) broken = "a stranger took money out";
        ++succeeded[13];
    }

    // ---------------------------------------------------------------- whoever is drawn

    function _shop() internal returns (uint32) {
        return uint32(_roll(1, SHOPS));
    }

    /// @dev A member who has points of a shop, the first found from a random place on.
    function _holder() internal returns (uint32 shop, uint256 who) {
        uint256 start = _roll(0, SHOPS * MEMBERS - 1);
        for (uint256 i; i < SHOPS * MEMBERS; ++i) {
            uint256 place = (start + i) % (SHOPS * MEMBERS);
            (shop, who) = (uint32(place / MEMBERS) + 1, place % MEMBERS);
            if (books[shop].balanceOf(member(who)) != 0) return (shop, who);
        }
    }

    /// @dev A member who has points of two shops, the first found from a random place on.
    function _holderOfTwo() internal returns (uint32 a, uint32 b, uint256 who) {
        uint256 start = _roll(0, SHOPS * MEMBERS - 1);
        for (uint256 i; i < SHOPS * MEMBERS; ++i) {
            uint256 place = (start + i) % (SHOPS * MEMBERS);
            (a, who) = (uint32(place / MEMBERS) + 1, place % MEMBERS);
            b = (a % SHOPS) + 1;
            if (books[a].balanceOf(member(who)) != 0 && books[b].balanceOf(member(who)) != 0) return (a, b, who);
        }
        return (0, 0, 0);
    }

    function _soldAt(bytes memory entries, uint256 index) internal pure returns (uint32 time) {
        for (uint256 k = 32; k < 36; ++k) {
            time = (time << 8) | uint8(entries[index * 36 + k]);
        }
    }
}
