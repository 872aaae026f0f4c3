// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {EXIT_LASTS, Founding, IConsortium, IssuerMode, Leaving, Network} from "./interfaces/IConsortium.sol";
import {IMemberAccounts} from "./interfaces/IMemberAccounts.sol";
import {IMembership} from "./interfaces/IMembership.sol";
import {IPointsFactory} from "./interfaces/IPointsFactory.sol";
import {IRedemptions} from "./interfaces/IRedemptions.sol";
import {IRewards} from "./interfaces/IRewards.sol";
import {IShopPoints} from "./interfaces/IShopPoints.sol";
import {ShopRules, ShopStatus, ShopWord} from "./libraries/ShopWord.sol";
import {SignedConsent} from "./libraries/SignedConsent.sol";
import {TillKind, TillRules, TillWord} from "./libraries/TillWord.sol";
import {Register} from "./Register.sol";

contract Consortium is Register {
    using Checkpoints for Checkpoints.Trace208;

    uint48 internal constant FIRST_RECEIPT_LIMIT = 1_000_000;
    uint48 internal constant FIRST_TILL_DAILY = 5_000_000;
    uint48 internal constant FIRST_SHOP_DAILY = 20_000_000;
    uint48 internal constant PAUSE_LASTS = 72 hours;
    uint48 internal constant PAUSE_RESTS = 14 days;
    uint16 internal constant HIGHEST_BREAKAGE_SHARE_BPS = 2_500;
    bytes32 private constant REVOCATION_TYPEHASH = keccak256("Revocation(uint32 shop,uint32 till,uint48 deadline)");

    /// @dev Only the owner of `shop` passes.
    modifier onlyOwner(uint32 shop) {
        if (msg.sender != _owned[shop].owner) revert NotShopOwner(shop, msg.sender);
        _;
    }

    constructor(Network memory network_, Founding memory founding) Register(network_, founding) {}

    // ---------------------------------------------------------------- whoever wants to join, and the shop's owner

    /// @inheritdoc IConsortium
    function applyToJoin() external returns (uint32 shop) {
        shop = ++shopCount;
        _owned[shop] = Owned({owner: msg.sender, tillCount: 0, dailyPoints: FIRST_SHOP_DAILY});
        _shops[shop] = ShopRules.applied(FIRST_RECEIPT_LIMIT);
        emit ShopApplied(shop, msg.sender);
        emit ReceiptLimitSet(shop, FIRST_RECEIPT_LIMIT);
        emit ShopAllowanceSet(shop, FIRST_SHOP_DAILY);
    }

    /// @inheritdoc IConsortium
    function withdrawApplication(uint32 shop) external onlyOwner(shop) {
        _changeStatus(shop, ShopStatus.Applied, ShopStatus.Withdrawn);
    }

    /// @inheritdoc IConsortium
    function addTill(uint32 shop, address key) external onlyOwner(shop) returns (uint32 till) {
        till = _addTill(shop, key, TillKind.Counter, FIRST_TILL_DAILY);
        emit TillAllowanceSet(shop, till, FIRST_TILL_DAILY);
    }

    /// @inheritdoc IConsortium
    function addCampaign(uint32 shop, address key, uint48 budget) external onlyOwner(shop) returns (uint32 till) {
        if (budget == 0) revert ZeroBudget();
        return _addTill(shop, key, TillKind.Campaign, budget);
    }

    /// @inheritdoc IConsortium
    function askImport(uint32 shop, address key, uint48 budget) external onlyOwner(shop) {
        if (budget == 0) revert ZeroBudget();
        askedImportOf[shop] = AskedImport(key, budget);
        emit ImportAsked(shop, key, budget);
    }

    /// @inheritdoc IConsortium
    function revokeTill(uint32 shop, uint32 till) external onlyOwner(shop) {
        _revokeTill(shop, till);
    }

    /// @inheritdoc IConsortium
    function setTillAllowance(uint32 shop, uint32 till, uint48 dailyPoints) external onlyOwner(shop) {
        if (dailyPoints == 0) revert ZeroAllowance();
        TillWord word = _tills[shop][till];
        if (word.kind() != TillKind.Counter) revert NotCounter(shop, till, word.kind());
        _tills[shop][till] = word.withAllotted(dailyPoints);
        emit TillAllowanceSet(shop, till, dailyPoints);
    }

    /// @inheritdoc IConsortium
    function setShopAllowance(uint32 shop, uint48 dailyPoints) external onlyOwner(shop) {
        if (dailyPoints == 0) revert ZeroAllowance();
        _owned[shop].dailyPoints = dailyPoints;
        emit ShopAllowanceSet(shop, dailyPoints);
    }

    /// @inheritdoc IConsortium
    function offerShop(uint32 shop, address to) external onlyOwner(shop) {
        offeredTo[shop] = to;
        emit ShopOffered(shop, to);
    }

    /// @inheritdoc IConsortium
    function takeOver(uint32 shop) external {
        if (msg.sender != offeredTo[shop]) revert NotOffered(shop, msg.sender);
        delete offeredTo[shop];
        delete askedImportOf[shop];
        if (_shops[shop].status() == ShopStatus.Active) {
            IMembership(_membership).leaveSeat(_owned[shop].owner);
            IMembership(_membership).takeSeat(msg.sender);
        }
        _owned[shop].owner = msg.sender;
        emit ShopTakenOver(shop, msg.sender);
    }

    /// @inheritdoc IConsortium
    function announceExit(uint32 shop) external onlyOwner(shop) {
        ShopWord word = _shops[shop];
        ShopStatus from = word.status();
        if (from != ShopStatus.Active && from != ShopStatus.Suspended) revert WrongStatus(shop, from);
        Leaving storage leaving = _leaving[shop];
        leaving.exitAnnouncedAt = uint48(block.timestamp);
        leaving.breakageShareBps = uint16(_breakageShares.latest());
        _issuers[word.points()].mode = IssuerMode.Exiting;
        _setStatus(shop, word, ShopStatus.Exiting);
        emit ExitAnnounced(shop, uint48(block.timestamp) + EXIT_LASTS);
    }

    /// @inheritdoc IConsortium
    function setReceiptLimit(uint32 shop, uint48 points) external onlyOwner(shop) {
        if (points == 0) revert ZeroReceiptLimit();
        _shops[shop] = _shops[shop].withReceiptLimit(points);
        emit ReceiptLimitSet(shop, points);
    }

    // ---------------------------------------------------------------- the board

    /// @inheritdoc IConsortium
    function admit(uint32 shop, bool redeemsOnly) external restricted {
        ShopWord word = _shops[shop];
        _requireStatus(shop, word, ShopStatus.Applied);
        address points = IPointsFactory(_factory).deploy(shop);
        _shops[shop] = word.admitted(points, redeemsOnly, uint40(block.timestamp));
        _issuers[points].shop = shop;
        IMembership(_membership).takeSeat(_owned[shop].owner);
        emit ShopAdmitted(shop, points, redeemsOnly, uint48(block.timestamp));
    }

    /// @inheritdoc IConsortium
    function suspend(uint32 shop) external restricted {
        _leaving[shop].suspendedAt = uint48(block.timestamp);
        _changeStatus(shop, ShopStatus.Active, ShopStatus.Suspended);
    }

    /// @inheritdoc IConsortium
    function reinstate(uint32 shop) external restricted {
        delete _leaving[shop].suspendedAt;
        _changeStatus(shop, ShopStatus.Suspended, ShopStatus.Active);
    }

    /// @inheritdoc IConsortium
    function approveImport(uint32 shop, address key, uint48 budget) external restricted returns (uint32 till) {
        ShopWord word = _shops[shop];
        _requireStatus(shop, word, ShopStatus.Active);
        if (budget == 0) revert ZeroBudget();
        // A key that only the board knows would let it issue on the shop's account.
        AskedImport memory asked = askedImportOf[shop];
        if (key != asked.key || budget > asked.budget) revert ImportNotAsked(shop, key, budget);
        delete askedImportOf[shop];
        return _addTill(shop, key, TillKind.Import, budget);
    }

    /// @inheritdoc IConsortium
    function setRequiredRatio(uint16 bps) external restricted {
        _setRequiredRatio(bps);
    }

    /// @inheritdoc IConsortium
    function setBreakageShare(uint16 bps, uint32 beneficiary_) external restricted {
        if (bps > HIGHEST_BREAKAGE_SHARE_BPS) revert BreakageShareOutOfBounds(bps, HIGHEST_BREAKAGE_SHARE_BPS);
        ShopWord word = _shops[beneficiary_];
        // Also without a share from now on: what waits to be paid goes to whoever is named.
        bool nobody = bps == 0 && beneficiary_ == 0;
        if (!nobody && (word.status() != ShopStatus.Active || !word.redeemsOnly())) {
            revert NotBeneficiary(beneficiary_);
        }
        _breakageShares.push(uint48(block.timestamp), bps);
        beneficiary = beneficiary_;
        emit BreakageShareSet(bps, beneficiary_);
    }

    /// @inheritdoc IConsortium
    function permitPause() external restricted {
        pauseAllowedFrom = 0;
        emit PausePermitted();
    }

    // ---------------------------------------------------------------- the guardian

    /// @inheritdoc IConsortium
    function pauseIssuing() external restricted {
        uint48 time = uint48(block.timestamp);
        if (time < pauseAllowedFrom) revert PauseTooSoon(pauseAllowedFrom);
        pausedUntil = time + PAUSE_LASTS;
        pauseAllowedFrom = time + PAUSE_LASTS + PAUSE_RESTS;
        emit IssuingPaused(time + PAUSE_LASTS);
    }

    /// @inheritdoc IConsortium
    function resumeIssuing() external restricted {
        if (block.timestamp >= pausedUntil) revert NotPaused();
        pausedUntil = uint48(block.timestamp);
        emit IssuingResumed();
    }

    // ---------------------------------------------------------------- the clearing house

    /// @inheritdoc IConsortium
    function markDefaulted(uint32 shop) external {
        if (msg.sender != _clearingHouse) revert NotClearingHouse(msg.sender);
        ShopWord word = _shops[shop];
        ShopStatus from = word.status();
        if (from != ShopStatus.Active && from != ShopStatus.Suspended && from != ShopStatus.Exiting) {
            revert WrongStatus(shop, from);
        }
        _issuers[word.points()].mode = IssuerMode.Defaulted;
        _setStatus(shop, word, ShopStatus.Defaulted);
        IShopPoints(word.points()).stop();
    }

    // ---------------------------------------------------------------- anyone

    /// @inheritdoc IConsortium
    function revokeTillBySignature(uint32 shop, uint32 till, uint48 deadline, bytes calldata signature) external {
        if (block.timestamp > deadline) revert SignatureExpired(deadline);
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(REVOCATION_TYPEHASH, shop, till, deadline)));
        if (!SignedConsent.isGivenBy(IMemberAccounts(_accounts), _owned[shop].owner, digest, signature)) {
            revert BadOwnerSignature(shop);
        }
        _revokeTill(shop, till);
    }

    /// @inheritdoc IConsortium
    function finishExit(uint32 shop) external {
        ShopWord word = _shops[shop];
        _requireStatus(shop, word, ShopStatus.Exiting);
        uint256 points = IERC20(word.points()).totalSupply();
        if (points != 0) revert PointsOutstanding(shop, points);
        uint256 value = IRewards(_rewards).outstandingOf(shop);
        if (value != 0) revert VouchersOutstanding(shop, value);
        IRedemptions redemptions = IRedemptions(_redemptions);
        uint256 last = Math.max(_leaving[shop].exitAnnouncedAt, redemptions.lastPaymentAt(shop));
        uint256 until = last + redemptions.REFUND_WINDOW();
        if (block.timestamp <= until) revert RefundsPossible(shop, until);
        _setStatus(shop, word, ShopStatus.Exited);
    }

    // ---------------------------------------------------------------- within

    function _addTill(uint32 shop, address key, TillKind kind, uint48 allotted) private returns (uint32 till) {
        if (key == address(0)) revert ZeroTillKey();
        uint32 earlier = _tillOfKey[shop][key];
        if (earlier != 0) revert TillKeyUsed(shop, key, earlier);
        till = ++_owned[shop].tillCount;
        _tills[shop][till] = TillRules.made(key, kind, allotted);
        _tillOfKey[shop][key] = till;
        emit TillAdded(shop, till, key, kind, kind == TillKind.Counter ? 0 : allotted);
    }

    function _revokeTill(uint32 shop, uint32 till) private {
        TillWord word = _tills[shop][till];
        if (word.key() == address(0)) revert UnknownTill(shop, till);
        if (word.revoked()) revert TillAlreadyRevoked(shop, till);
        _tills[shop][till] = word.withRevoked();
        emit TillRevoked(shop, till);
    }

    function _changeStatus(uint32 shop, ShopStatus from, ShopStatus to) private {
        ShopWord word = _shops[shop];
        _requireStatus(shop, word, from);
        _setStatus(shop, word, to);
    }

    /// @dev A seat comes and goes with being Active.
    function _setStatus(uint32 shop, ShopWord word, ShopStatus to) private {
        ShopStatus from = word.status();
        _shops[shop] = word.withStatus(to);
        if (from == ShopStatus.Active) IMembership(_membership).leaveSeat(_owned[shop].owner);
        if (to == ShopStatus.Active) IMembership(_membership).takeSeat(_owned[shop].owner);
        emit ShopStatusChanged(shop, from, to);
    }

    function _requireStatus(uint32 shop, ShopWord word, ShopStatus wanted) private pure {
        ShopStatus status = word.status();
        if (status != wanted) revert WrongStatus(shop, status);
    }
}
