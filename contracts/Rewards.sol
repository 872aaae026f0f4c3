// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ERC1155Utils} from "@openzeppelin/contracts/token/ERC1155/utils/ERC1155Utils.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Claim, HOUSE} from "./interfaces/IClearingHouse.sol";
import {IConsortium} from "./interfaces/IConsortium.sol";
import {IRewards, Offer, Purchase, Use} from "./interfaces/IRewards.sol";
import {IShopPoints} from "./interfaces/IShopPoints.sol";
import {IVoucherDesk} from "./interfaces/IVoucherDesk.sol";
import {Lanes} from "./libraries/Lanes.sol";
import {ReceiptBitmap, ReceiptRules} from "./libraries/ReceiptBitmap.sol";
import {ShopStatus, ShopWord} from "./libraries/ShopWord.sol";
import {SignedConsent} from "./libraries/SignedConsent.sol";
import {VoucherId} from "./libraries/VoucherId.sol";
import {TakesPoints} from "./TakesPoints.sol";
import {VoucherDesk} from "./VoucherDesk.sol";
import {Vouchers} from "./Vouchers.sol";

contract Rewards is Vouchers, TakesPoints {
    uint256 internal constant LAPSES_AFTER = 30 days;
    uint256 internal constant LONG_SUSPENSION = 30 days;
    uint256 internal constant MOST_POINTS = type(uint48).max;
    /// @dev What a purchase gets for everything but its lines: the account's answer, the books, and 150,000 for the
    /// buyer's own hook.
    uint256 internal constant PURCHASE_GAS = 550_000;
    /// @dev What a purchase gets for each line: looking at it, its issuer's position and burning it.
    uint256 internal constant LINE_GAS = 80_000;
    /// @dev The call itself, and saying that a purchase was refused.
    uint256 internal constant SPARE_GAS = 30_000;
    /// @dev So much of what a refused purchase answers is kept.
    uint256 internal constant MOST_REASON = 256;
    string internal constant NAME = "Highstreet Rewards";
    string internal constant VERSION = "1";

    /// @notice Looks at what members and tills want; brought along.
    IVoucherDesk public immutable desk;

    mapping(uint32 shop => uint32) private _offerCount;
    /// @inheritdoc IRewards
    mapping(uint256 reward => mapping(address member => uint32)) public boughtBy;
    /// @dev 256 numbers of a member share a word.
    mapping(address member => mapping(uint256 wordKey => uint256 bits)) private _nonces;
    ReceiptBitmap private _uses;

    /// @dev Brings its own desk along, which looks and changes nothing: together they would be too large for one.
    constructor(IConsortium consortium) TakesPoints(consortium) EIP712(NAME, VERSION) {
        desk = new VoucherDesk(consortium, NAME, VERSION);
    }

    // ---------------------------------------------------------------- the shop's owner

    /// @inheritdoc IRewards
    function offer(Offer calldata what, bytes32 content) external returns (uint256 reward) {
        uint32 shop = what.shop;
        _requireOwner(shop);
        ShopWord word = _wordOfShop(shop);
        if (word.status() != ShopStatus.Active || word.redeemsOnly()) revert ShopNotOffering(shop, word.status());
        _requireSound(what);
        reward = VoucherId.made(shop, ++_offerCount[shop]);
        Reward storage offered = _rewards[reward];
        (offered.price, offered.stock, offered.perMember) = (what.price, what.stock, what.perMember);
        (offered.opensAt, offered.closesAt) = (what.opensAt, what.closesAt);
        (offered.tier, offered.tierShop, offered.transferable) = (what.tier, what.tierShop, what.transferable);
        emit Offered(reward, shop, what, content);
    }

    /// @inheritdoc IRewards
    function cancelOffer(uint256 reward) external {
        Reward storage offered = _rewardOf(reward);
        _requireOwner(VoucherId.shopOf(reward));
        if (offered.cancelled) revert RewardCancelled(reward);
        if (offered.lapsed) revert VouchersLapsed(reward);
        offered.cancelled = true;
        emit OfferCancelled(reward);
    }

    // ---------------------------------------------------------------- anyone, with the member's consent

    /// @inheritdoc IRewards
    function buy(Purchase[] calldata purchases) external {
        if (purchases.length == 0) revert NoItems();
        for (uint256 i; i < purchases.length; ++i) {
            Purchase calldata purchase = purchases[i];
            bytes memory reason = _tryToBuy(purchase);
            if (reason.length != 0) emit PurchaseRefused(purchase.reward, purchase.member, purchase.nonce, reason);
        }
    }

    /// @notice One purchase of a submission; whatever stops it, the buyer's own hook included, undoes all of it.
    function buyAlone(Purchase calldata purchase) external {
        if (msg.sender != address(this)) revert OnlyWithin(msg.sender);
        (uint256 points, Claim[] memory claims) = desk.lookAt(purchase);
        _spendNonce(purchase.member, purchase.nonce);
        if (!_clearingHouse.move(HOUSE, claims)) revert IssuerIsStressed(purchase.reward);
        Lanes[] memory lanes = _burn(purchase.member, purchase.lines);
        boughtBy[purchase.reward][purchase.member] += purchase.count;
        _sell(purchase.reward, purchase.member, purchase.count, points, lanes);
        emit VouchersBought(purchase.reward, purchase.member, purchase.count, purchase.nonce, purchase.lines, lanes);
        // Last of all: whatever the buyer does now, it finds the books written.
        ERC1155Utils.checkOnERC1155Received(
            msg.sender,
            address(0),
            purchase.member,
            purchase.reward,
            purchase.count,
            ""
        );
    }

    /// @inheritdoc IRewards
    function giveBackBySignature(
        address holder,
        uint256 reward,
        uint32 count,
        uint256 nonce,
        uint48 deadline,
        bytes calldata signature
    ) external {
        desk.requireReturnAgreed(holder, reward, count, nonce, deadline, signature);
        _spendNonce(holder, nonce);
        _giveBack(reward, holder, count);
    }

    // ---------------------------------------------------------------- anyone, with both consents

    /// @inheritdoc IRewards
    function use(uint32 shop, uint32 till, Use[] calldata uses, bytes calldata tillSignature) external {
        if (uses.length == 0) revert NoItems();
        desk.requireAccepted(shop, till, uses, tillSignature);
        uint256 points;
        for (uint256 i; i < uses.length; ++i) {
            Use calldata one = uses[i];
            bytes memory reason = desk.whyNotUsed(shop, till, one);
            if (reason.length != 0) {
                emit UseRefused(one.reward, one.holder, one.sequence, reason);
                continue;
            }
            _uses.spend(ReceiptRules.made(shop, till, one.sequence));
            _takeOldest(one.reward, one.holder, one.count);
            points += _countOut(one.reward, one.holder, one.count);
            emit VouchersUsed(one.reward, one.holder, till, one.sequence, one.count);
        }
        if (points != 0) _clearingHouse.release(shop, points * _par);
    }

    // ---------------------------------------------------------------- the holder

    /// @inheritdoc IRewards
    function giveBack(uint256 reward, uint32 count) external {
        _giveBack(reward, msg.sender, count);
    }

    // ---------------------------------------------------------------- anyone

    /// @inheritdoc IRewards
    function giveBackAll(uint256 reward, address[] calldata holders) external {
        if (holders.length == 0) revert NoItems();
        if (!returnable(reward)) revert NotReturnable(reward);
        for (uint256 i; i < holders.length; ++i) {
            uint256 count = balanceOf(holders[i], reward);
            // Somebody who has none any more, or stands in the list twice, stops nobody.
            if (count != 0) _giveBack(reward, holders[i], count);
        }
    }

    /// @inheritdoc IRewards
    function lapseUnused(uint256 reward) external {
        Reward storage offered = _rewardOf(reward);
        if (offered.lapsed) revert VouchersLapsed(reward);
        uint256 from = offered.closesAt + LAPSES_AFTER;
        if (block.timestamp < from) revert NotLapsedYet(reward, from);
        if (returnable(reward)) revert OwedToHolders(reward);
        uint32 shop = VoucherId.shopOf(reward);
        uint256 count = offered.unused;
        uint256 points = count * offered.price;
        offered.lapsed = true;
        offered.unused = 0;
        _unusedPoints[shop] -= points;
        emit UnusedLapsed(reward, count, points * _par);
        if (points != 0) _clearingHouse.release(shop, points * _par);
    }

    // ---------------------------------------------------------------- whoever asks

    /// @inheritdoc IRewards
    function outstandingOf(uint32 shop) external view returns (uint256 value) {
        return _unusedPoints[shop] * _par;
    }

    /// @inheritdoc IRewards
    function nonceUsed(address member, uint256 nonce) external view returns (bool) {
        return _nonces[member][nonce >> 8] & (1 << (nonce & 0xff)) != 0;
    }

    /// @inheritdoc IRewards
    function useSpent(uint32 shop, uint32 till, uint64 sequence) external view returns (bool) {
        return _uses.isSpent(ReceiptRules.made(shop, till, sequence));
    }

    /// @inheritdoc IRewards
    function returnable(uint256 reward) public view returns (bool) {
        Reward storage offered = _rewards[reward];
        if (offered.price == 0 || offered.lapsed) return false;
        if (offered.cancelled) return true;
        uint32 shop = VoucherId.shopOf(reward);
        ShopStatus status = _wordOfShop(shop).status();
        if (status != ShopStatus.Suspended) return status != ShopStatus.Active;
        return block.timestamp > _consortium.leavingOf(shop).suspendedAt + LONG_SUSPENSION;
    }

    // ---------------------------------------------------------------- what is offered

    function _requireSound(Offer calldata what) private view {
        bool sold = what.price != 0 && what.stock != 0 && uint256(what.price) * what.stock <= MOST_POINTS;
        if (!sold || what.opensAt >= what.closesAt || what.closesAt <= block.timestamp) {
            revert BadOffer(what.price, what.stock, what.opensAt, what.closesAt);
        }
    }

    function _requireOwner(uint32 shop) private view {
        if (msg.sender != _consortium.ownerOf(shop)) revert NotShopOwner(shop, msg.sender);
    }

    // ---------------------------------------------------------------- one purchase

    /// @dev Buys in a call of its own with gas of its own, so that nothing a buyer does reaches the others; answers
    /// with the beginning of why it was refused. A failure without a word is told by a single zero byte.
    function _tryToBuy(Purchase calldata purchase) private returns (bytes memory reason) {
        bytes memory question = abi.encodeCall(this.buyAlone, (purchase));
        uint256 given = PURCHASE_GAS + LINE_GAS * Math.min(purchase.lines.length, MOST_LINES);
        // The 63/64 rule, and what comes after the call.
        uint256 needed = given + given / 63 + SPARE_GAS;
        uint256 left = gasleft();
        if (left < needed) revert SignedConsent.TooLittleGas(left, needed);
        bool done;
        assembly ("memory-safe") {
            done := call(given, address(), 0, add(question, 0x20), mload(question), 0, 0)
        }
        if (done) return "";
        uint256 size;
        assembly ("memory-safe") {
            size := returndatasize()
        }
        if (size == 0) return new bytes(1);
        reason = new bytes(Math.min(size, MOST_REASON));
        assembly ("memory-safe") {
            returndatacopy(add(reason, 0x20), 0, mload(reason))
        }
    }

    // ---------------------------------------------------------------- within

    function _spendNonce(address member, uint256 nonce) private {
        _nonces[member][nonce >> 8] |= 1 << (nonce & 0xff);
    }

    /// @dev The value of the vouchers goes to the shop, and comes to the holder as points of that shop.
    function _giveBack(uint256 reward, address holder, uint256 count) private {
        Reward storage offered = _rewardOf(reward);
        if (count == 0) revert NoVouchers();
        Lanes lanes = _takeYoungest(reward, holder, count);
        offered.sold -= uint32(count);
        uint256 points = _countOut(reward, holder, count);
        emit VouchersReturned(reward, holder, count, lanes);
        uint32 shop = VoucherId.shopOf(reward);
        _clearingHouse.release(shop, points * _par);
        _pointsOf(shop).restore(holder, lanes);
    }

    function _pointsOf(uint32 shop) internal view override returns (IShopPoints) {
        return IShopPoints(_wordOfShop(shop).points());
    }

    function _wordOfShop(uint32 shop) private view returns (ShopWord word) {
        (word, ) = _consortium.wordsOf(shop, 0);
    }
}
