// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {ShopPoints} from "../../../contracts/ShopPoints.sol";
import {HandlerRefunding} from "./HandlerRefunding.sol";

/// @notice Points sent from member to member by every road there is, time that passes, and strangers.
abstract contract HandlerSending is HandlerRefunding {
    struct Authorization {
        address token;
        address sender;
        bytes call;
    }

    /// @dev Points that one member sends another.
    struct Gift {
        uint32 shop;
        uint256 from;
        address to;
        uint256 points;
        uint256 validAfter;
        uint256 validBefore;
        bool received;
    }

    Authorization[] internal authorizations;
    uint256 internal nonces;

    // ---------------------------------------------------------------- sending

    function _transfer() internal {
        (uint32 shop, uint256 from) = _holder(ANY);
        if (shop == 0) {
            _aside();
            return _issue();
        }
        (address sender, address to) = (member(from), member(_roll(0, MEMBERS - 1)));
        uint256 points = _about(books[shop].balanceOf(sender));
        bool should = points <= books[shop].balanceOf(sender);
        bytes memory call = abi.encodeWithSignature("transfer(address,uint256)", to, points);
        if (_roll(0, 2) == 0) {
            // Allowed to somebody else, who then sends it.
            ShopPoints token = tokenOf(shop);
            vm.prank(sender);
            token.approve(to, points);
            call = abi.encodeWithSignature("transferFrom(address,address,uint256)", sender, to, points);
            _sentBy(to, shop, sender, to, points, call, should);
        } else {
            _sentBy(sender, shop, sender, to, points, call, should);
        }
    }

    function _sentBy(
        address caller,
        uint32 shop,
        address from,
        address to,
        uint256 points,
        bytes memory call,
        bool should
    ) private returns (bool) {
        (uint48[5] memory before, ) = tokenOf(shop).supplyLanes();
        if (!_try(caller, address(tokenOf(shop)), call, should, "points are sent exactly when they may be")) {
            return false;
        }
        books[shop].transfer(from, to, points);
        (uint48[5] memory since, ) = tokenOf(shop).supplyLanes();
        for (uint256 age; age < 5; ++age) {
            _claim(before[age] == since[age], "a transfer changes the life of no point");
        }
        if (points != 0) _done();
        return true;
    }

    /// @dev By ERC-3009, inside and outside its time, and once more.
    function _authorize() internal {
        Gift memory gift;
        (gift.shop, gift.from) = _holder(ANY);
        if (gift.shop == 0) {
            _aside();
            return _issue();
        }
        gift.to = member(_roll(0, MEMBERS - 1));
        gift.points = _about(books[gift.shop].balanceOf(member(gift.from)));
        (gift.validAfter, gift.validBefore) = (block.timestamp - 1, block.timestamp + 1);
        uint256 how = _roll(0, 11);
        if (how == 0) gift.validAfter = block.timestamp;
        if (how == 1) gift.validBefore = block.timestamp;
        gift.received = _roll(0, 1) == 0;
        bool wellSigned = _roll(0, 19) != 0;
        bytes memory call = _callOf(gift, wellSigned ? gift.from : MEMBERS);
        address token = address(tokenOf(gift.shop));
        address caller = gift.received ? gift.to : STRANGER;
        if (gift.received) _try(STRANGER, token, call, false, "only the receiver may receive");
        bool enough = gift.points <= books[gift.shop].balanceOf(member(gift.from));
        bool should = wellSigned && how > 1 && enough;
        if (!_sentBy(caller, gift.shop, member(gift.from), gift.to, gift.points, call, should)) return;
        authorizations.push(Authorization(token, caller, call));
    }

    function _callOf(Gift memory gift, uint256 signer) private returns (bytes memory) {
        bytes32 kind = keccak256(
            abi.encodePacked(
                gift.received ? "ReceiveWithAuthorization" : "TransferWithAuthorization",
                "(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
            )
        );
        bytes memory fields = abi.encode(
            member(gift.from),
            gift.to,
            gift.points,
            gift.validAfter,
            gift.validBefore,
            bytes32(++nonces)
        );
        bytes memory signature = _signedFor(gift.shop, signer, abi.encodePacked(kind, fields));
        bytes4 selector = bytes4(
            keccak256(
                abi.encodePacked(
                    gift.received ? "receive" : "transfer",
                    "WithAuthorization(address,address,uint256,uint256,uint256,bytes32,bytes)"
                )
            )
        );
        // The signature comes last: where it begins, how long it is, and its 65 bytes.
        return abi.encodePacked(selector, fields, uint256(224), uint256(65), signature, new bytes(31));
    }

    function _authorizeAgain() internal {
        if (authorizations.length == 0) {
            _aside();
            return _authorize();
        }
        Authorization storage one = authorizations[_roll(0, authorizations.length - 1)];
        _try(one.sender, one.token, one.call, false, "an authorization works once");
        _done();
    }

    /// @dev By ERC-2612: permitted, then sent by whoever was permitted; the permit works once, and in time.
    function _permit() internal {
        (uint32 shop, uint256 from) = _holder(ANY);
        if (shop == 0) {
            _aside();
            return _issue();
        }
        ShopPoints token = tokenOf(shop);
        address spender = member((from + 1) % MEMBERS);
        uint256 points = _roll(1, books[shop].balanceOf(member(from)));
        uint256 deadline = block.timestamp - (_roll(0, 7) == 0 ? 1 : 0);
        bytes32 kind = keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes memory fields = abi.encode(kind, member(from), spender, points, token.nonces(member(from)), deadline);
        bytes memory call = abi.encodeWithSignature(
            "permit(address,address,uint256,uint256,bytes)",
            member(from),
            spender,
            points,
            deadline,
            _signedFor(shop, from, fields)
        );
        bool should = deadline >= block.timestamp;
        if (!_try(STRANGER, address(token), call, should, "a permit holds up to its deadline")) return;
        _try(STRANGER, address(token), call, false, "a permit works once");
        _claim(token.allowance(member(from), spender) == points, "a permit allows what it says");
        call = abi.encodeWithSignature("transferFrom(address,address,uint256)", member(from), spender, points);
        _sentBy(spender, shop, member(from), spender, points, call, true);
        _try(spender, address(token), call, false, "an allowance is used up");
    }

    function _signedFor(uint32 shop, uint256 signer, bytes memory fields) private view returns (bytes memory) {
        string memory name = string.concat("Highstreet points ", Strings.toString(shop));
        return signed(FIRST_MEMBER_KEY + signer, typed(name, address(tokenOf(shop)), keccak256(fields)));
    }

    // ---------------------------------------------------------------- time

    function _letTimePass() internal {
        uint32 shop = _shop();
        ShopPoints token = tokenOf(shop);
        uint256[] memory before = new uint256[](MEMBERS);
        for (uint256 i; i < MEMBERS; ++i) {
            before[i] = token.balanceOf(member(i));
        }
        _pass(_roll(0, 10 days));
        for (uint256 i; i < MEMBERS; ++i) {
            _claim(token.balanceOf(member(i)) <= before[i], "time alone raises no balance");
        }
        _done();
    }

    /// @dev Mostly of one shop, so that its points grow old enough to lapse.
    function _endQuarter() internal {
        uint32 shop = _roll(0, 2) == 0 ? _shop() : _shopIn(ACTIVE);
        for (uint32 i = 1; i <= shopCount() && _roll(0, 3) != 0; ++i) {
            if (!books[i].stopped() && !_redeemsOnly(i)) {
                shop = i;
                break;
            }
        }
        if (shop == 0) return;
        uint256 quarter = books[shop].quarter();
        if (_roll(0, 3) == 0) _postEarly(shop);
        _finishQuarter(shop);
        if (books[shop].quarter() != quarter) _done();
    }

    /// @dev The last second at which a notice may not be posted yet, or the first at which it may.
    function _postEarly(uint32 shop) private {
        uint256 opens = books[shop].startedAt() + 31 days;
        if (block.timestamp >= opens) return;
        _pass(opens - block.timestamp - _roll(0, 1));
        _post(shop);
    }

    function _post(uint32 shop) private {
        bytes memory call = abi.encodeWithSignature("postNotice(bytes32)", bytes32(_roll(1, 9)));
        bool should = books[shop].mayPost();
        if (_try(ownerFor(shop), address(tokenOf(shop)), call, should, "a notice is posted exactly when it may be")) {
            books[shop].post();
        }
    }

    /// @dev To the second at which the quarter ends, or the one before; sometimes somebody writes it down.
    function _finishQuarter(uint32 shop) internal {
        uint256 opens = books[shop].startedAt() + 31 days;
        if (block.timestamp < opens) _pass(opens - block.timestamp + _roll(0, 1) * 30 days);
        _post(shop);
        if (books[shop].noticeAt() == 0) return;
        uint256 byLength = books[shop].startedAt() + 91 days;
        uint256 byNotice = books[shop].noticeAt() + 30 days;
        uint256 end = byLength > byNotice ? byLength : byNotice;
        if (end > block.timestamp) _pass(end - block.timestamp - (_roll(0, 3) == 0 ? 1 : 0));
        if (_roll(0, 1) == 0) tokenOf(shop).poke();
    }

    /// @dev Anyone takes note of what has lapsed; it counts once points really have.
    function _lapse() internal {
        uint32 shop = _shop();
        for (uint32 i = 1; i <= shopCount(); ++i) {
            if (books[i].lapsed() != 0) shop = i;
        }
        address[] memory accounts = new address[](2);
        (accounts[0], accounts[1]) = (member(_roll(0, MEMBERS - 1)), member(_roll(0, MEMBERS - 1)));
        ShopPoints token = tokenOf(shop);
        vm.prank(STRANGER);
        if (_roll(0, 1) == 0) token.lapse(accounts);
        else token.poke();
        if (books[shop].lapsed() != 0) return _done();
        _aside();
        _endQuarter();
    }

    // ---------------------------------------------------------------- strangers

    /// @dev Somebody without any key tries what would lower balances or move money; the books hear nothing.
    function _beStrange() internal {
        uint32 shop = _shop();
        address token = address(tokenOf(shop));
        address victim = member(_roll(0, MEMBERS - 1));
        bytes[11] memory calls = [
            abi.encodeWithSignature("burn(address,uint48)", victim, uint48(1)),
            abi.encodeWithSignature("issue(bytes,uint256)", entry(STRANGER, 5), uint256(1)),
            abi.encodeWithSignature("transferFrom(address,address,uint256)", victim, STRANGER, uint256(1)),
            abi.encodeWithSignature("takeBack(address,uint48,uint16,uint48)", victim, uint48(1), uint16(0), uint48(0)),
            abi.encodeWithSignature("takeBack(address,uint48,uint16,uint48)", victim, uint48(0), uint16(0), uint48(9)),
            abi.encodeWithSignature("restore(address,uint256)", STRANGER, uint256(7)),
            abi.encodeWithSignature("stop()"),
            abi.encodeWithSignature("postNotice(bytes32)", bytes32(0)),
            abi.encodeWithSignature("transfer(address,uint256)", victim, uint256(1)),
            abi.encodeWithSignature(
                "transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,bytes)",
                victim,
                STRANGER,
                uint256(1),
                uint256(0),
                type(uint256).max,
                bytes32(0),
                new bytes(65)
            ),
            abi.encodeWithSignature(
                "permit(address,address,uint256,uint256,bytes)",
                victim,
                STRANGER,
                uint256(1),
                type(uint256).max,
                new bytes(65)
            )
        ];
        for (uint256 i; i < calls.length; ++i) {
            _try(STRANGER, token, calls[i], false, "a stranger got through at a token");
        }
        _done();
    }

    /// @dev The same at the register and at the clearing house.
    function _beStrangeWithShops() internal {
        uint32 shop = _shop();
        address register = address(consortium);
        bytes[10] memory acts = [
            abi.encodeCall(consortium.addTill, (shop, STRANGER)),
            abi.encodeCall(consortium.addCampaign, (shop, STRANGER, 9)),
            abi.encodeCall(consortium.approveImport, (shop, STRANGER, 9)),
            abi.encodeCall(consortium.setTillAllowance, (shop, 1, 9)),
            abi.encodeCall(consortium.setShopAllowance, (shop, 9)),
            abi.encodeCall(consortium.announceExit, (shop)),
            abi.encodeCall(consortium.suspend, (shop)),
            abi.encodeCall(consortium.markDefaulted, (shop)),
            abi.encodeCall(consortium.takeOver, (shop)),
            abi.encodeCall(consortium.pauseIssuing, ())
        ];
        for (uint256 i; i < acts.length; ++i) {
            _try(STRANGER, register, acts[i], false, "a stranger got through at the register");
        }
        address house = address(clearing);
        bytes memory withdrawal = abi.encodeCall(clearing.withdraw, (shop, STRANGER, 1));
        _try(STRANGER, house, withdrawal, false, "a stranger took money out");
        withdrawal = abi.encodeCall(clearing.withdraw, (shop, ownerFor(shop), 1));
        _try(ownerFor((shop % shopCount()) + 1), house, withdrawal, false, "another owner took money out");
        _try(STRANGER, house, abi.encodeCall(clearing.release, (shop, 1)), false, "a stranger released vouchers");
        _done();
    }
}
