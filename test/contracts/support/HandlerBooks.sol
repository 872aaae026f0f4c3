// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ShopStatus} from "../../../contracts/libraries/ShopWord.sol";
import {TillKind} from "../../../contracts/libraries/TillWord.sol";
import {Chance} from "./Chance.sol";
import {LotBook} from "./LotBook.sol";
import {MoneyBook} from "./MoneyBook.sol";

/// @notice The street with plain books beside it, and what all acts share: who is drawn, how an act is tried, and where
/// what goes against the books is kept.
abstract contract HandlerBooks is Chance {
    uint32 internal constant MOST_SHOPS = 12;
    uint256 public constant MEMBERS = 4;
    uint256 internal constant FIRST_MEMBER_KEY = 0x3e3b;
    uint256 internal constant ACTIVE = 1 << uint256(ShopStatus.Active);
    uint256 internal constant SUSPENDED = 1 << uint256(ShopStatus.Suspended);
    uint256 internal constant EXITING = 1 << uint256(ShopStatus.Exiting);
    uint256 internal constant DEFAULTED = 1 << uint256(ShopStatus.Defaulted);
    uint256 internal constant ANY = type(uint256).max;
    uint256 internal constant ASIDE = type(uint256).max;
    address internal constant STRANGER = address(0x5714);

    string public broken;
    uint256 public brokenIn;
    MoneyBook public moneyBook;
    mapping(uint32 shop => LotBook) public books;
    mapping(uint256 act => uint256) public succeeded;
    mapping(uint32 shop => mapping(uint32 till => TillKind)) internal kindOf;
    mapping(uint32 shop => mapping(uint32 till => bool)) internal isRevoked;
    mapping(address token => uint32 shop) internal shopOfToken;
    /// @dev The act that is being done.
    uint256 internal doing;

    // ---------------------------------------------------------------- what was seen

    function _wrong(string memory what) internal {
        if (bytes(broken).length == 0) (broken, brokenIn) = (what, doing);
    }

    function _claim(bool holds, string memory what) internal {
        if (!holds) _wrong(what);
    }

    function _done() internal {
        ++succeeded[doing];
    }

    /// @dev What is done from here on only prepares the act, and does not count as it.
    function _aside() internal returns (uint256 meant) {
        meant = doing;
        doing = ASIDE;
    }

    /// @dev Does a call as `who`; it must go through exactly where the books say so.
    function _try(
        address who,
        address target,
        bytes memory call,
        bool should,
        string memory what
    ) internal returns (bool done) {
        vm.prank(who);
        (done, ) = target.call(call);
        if (done != should) _wrong(what);
    }

    // ---------------------------------------------------------------- who is drawn

    function member(uint256 index) public pure returns (address) {
        return vm.addr(FIRST_MEMBER_KEY + index);
    }

    function shopCount() public view returns (uint32) {
        return moneyBook.count();
    }

    function pointsOf(uint32 shop) external view returns (address) {
        return address(tokenOf(shop));
    }

    function theClearing() external view returns (address) {
        return address(clearing);
    }

    function theConsortium() external view returns (address) {
        return address(consortium);
    }

    function theMoney() external view returns (address) {
        return address(money);
    }

    function _shop() internal returns (uint32) {
        return uint32(_roll(1, shopCount()));
    }

    /// @dev A shop in one of these statuses, the first from a random place on; zero: there is none.
    function _shopIn(uint256 statuses) internal returns (uint32) {
        uint32 count = shopCount();
        uint32 start = _shop();
        for (uint32 i; i < count; ++i) {
            uint32 shop = ((start + i) % count) + 1;
            if (_isIn(shop, statuses)) return shop;
        }
        return 0;
    }

    function _isIn(uint32 shop, uint256 statuses) internal view returns (bool) {
        return (statuses >> uint256(moneyBook.statusOf(shop))) & 1 != 0;
    }

    function _redeemsOnly(uint32 shop) internal view returns (bool) {
        return moneyBook.accountOf(shop).redeemsOnly;
    }

    /// @dev A member who has points of a shop in one of these statuses, the first found from a random place on.
    function _holder(uint256 statuses) internal returns (uint32 shop, uint256 who) {
        uint256 places = uint256(shopCount()) * MEMBERS;
        uint256 start = _roll(0, places - 1);
        for (uint256 i; i < places; ++i) {
            uint256 place = (start + i) % places;
            (shop, who) = (uint32(place / MEMBERS) + 1, place % MEMBERS);
            if (_isIn(shop, statuses) && books[shop].balanceOf(member(who)) != 0) return (shop, who);
        }
        return (0, 0);
    }

    /// @dev A counter of the shop that is not revoked: the newest, or the one before it.
    function _counter(uint32 shop) internal returns (uint32) {
        uint32 skip = uint32(_roll(0, 1));
        for (uint32 till = consortium.tillCount(shop); till != 0; --till) {
            if (kindOf[shop][till] != TillKind.Counter || isRevoked[shop][till]) continue;
            if (skip == 0) return till;
            --skip;
        }
        return 1;
    }

    function _isCounter(uint32 shop, uint32 till) internal view returns (bool) {
        return kindOf[shop][till] == TillKind.Counter && !isRevoked[shop][till];
    }

    // ---------------------------------------------------------------- shops open, time passes

    function _open(bool redeemsOnly) internal returns (uint32 shop) {
        address owner = ownerFor(consortium.shopCount() + 1);
        vm.prank(owner);
        shop = consortium.applyToJoin();
        vm.prank(board);
        consortium.admit(shop, redeemsOnly);
        books[shop] = new LotBook();
        moneyBook.open(shop, redeemsOnly, books[shop]);
        books[shop].bear(moneyBook.boardShareBps());
        shopOfToken[address(tokenOf(shop))] = shop;
        _addCounter(shop);
        _addCounter(shop);
    }

    function _addCounter(uint32 shop) internal returns (uint32 till) {
        till = newTill(shop);
        kindOf[shop][till] = TillKind.Counter;
    }

    function _fund(uint32 shop, uint256 amount) internal {
        fund(shop, amount);
        moneyBook.deposit(shop, amount);
    }

    /// @dev The shop gets money enough to issue something, and to pay something out.
    function _makeRoom(uint32 shop) internal {
        int256 lacking = int256(moneyBook.required(shop) + 300 * PAR) - moneyBook.backing(shop);
        if (lacking > 0) _fund(shop, uint256(lacking));
    }

    function _pass(uint256 span) internal {
        vm.warp(block.timestamp + span);
        for (uint32 shop = 1; shop <= shopCount(); ++shop) {
            MoneyBook.Account memory account = moneyBook.accountOf(shop);
            books[shop].tick(account.exitAt == 0 ? moneyBook.boardShareBps() : account.leavingShareBps);
        }
    }

    /// @dev Sometimes goes to the very second of a deadline, or to one beside it.
    function _approach(uint256 deadline) internal {
        if (deadline == 0 || _roll(0, 5) != 0) return;
        uint256 target = deadline + _roll(0, 2) - 1;
        if (target > block.timestamp && target < block.timestamp + 40 days) _pass(target - block.timestamp);
    }

    // ---------------------------------------------------------------- receipts and lanes, as the rules write them

    function _name(uint32 shop, uint32 till, uint64 sequence) internal pure returns (uint256) {
        return uint256(shop) * 2 ** 96 + uint256(till) * 2 ** 64 + sequence;
    }

    function _packed(uint256 quarter, uint256[5] memory byAge) internal pure returns (uint256 word) {
        word = quarter * 2 ** 240;
        for (uint256 age; age < 5; ++age) {
            word += byAge[age] * 2 ** (48 * age);
        }
    }

    function _laneOf(uint256 word, uint256 age) internal pure returns (uint256) {
        return (word / 2 ** (48 * age)) % 2 ** 48;
    }
}
