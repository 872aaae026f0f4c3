// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {Founding, IConsortium, Network, Shop, Till} from "./interfaces/IConsortium.sol";
import {IPointsFactory} from "./interfaces/IPointsFactory.sol";
import {ShopRules, ShopStatus, ShopWord} from "./libraries/ShopWord.sol";
import {TillKind, TillRules, TillWord} from "./libraries/TillWord.sol";

contract Consortium is IConsortium {
    /// @dev The shop's word serves the hot paths; what only its owner's acts need stands apart.
    struct Owned {
        address owner;
        uint32 tillCount;
    }

    uint48 internal constant FIRST_RECEIPT_LIMIT = 1_000_000;
    uint16 internal constant FULL_RATIO_BPS = 10_000;
    uint16 internal constant LOWEST_RATIO_BPS = 2_000;
    uint256 internal constant NEWCOMER_PERIOD = 90 days;
    uint256 internal constant RATIO_FALLS_OVER = 270 days;
    uint48 internal constant SHORTEST_QUARTER = 30 days;
    uint48 internal constant LONGEST_QUARTER = 366 days;
    /// @dev With it the value of any supply fits into the 127 bits of a position.
    uint256 internal constant HIGHEST_PAR = type(uint64).max;

    address private immutable _money;
    address private immutable _factory;
    address private immutable _issuance;
    address private immutable _redemptions;
    address private immutable _clearingHouse;
    /// @inheritdoc IConsortium
    address public immutable board;
    /// @inheritdoc IConsortium
    uint256 public immutable par;
    /// @inheritdoc IConsortium
    uint48 public immutable quarterLength;

    /// @inheritdoc IConsortium
    uint16 public requiredRatio;
    /// @inheritdoc IConsortium
    uint32 public shopCount;
    mapping(uint32 shop => ShopWord) private _shops;
    mapping(uint32 shop => Owned) private _owned;
    mapping(uint32 shop => mapping(uint32 till => TillWord)) private _tills;
    mapping(uint32 shop => mapping(address key => uint32 till)) private _tillOfKey;
    /// @inheritdoc IConsortium
    mapping(address points => uint32 shop) public shopOfPoints;

    /// @dev Only the board passes.
    modifier onlyBoard() {
        if (msg.sender != board) revert NotBoard(msg.sender);
        _;
    }

    /// @dev Only the owner of `shop` passes.
    modifier onlyOwner(uint32 shop) {
        if (msg.sender != _owned[shop].owner) revert NotShopOwner(shop, msg.sender);
        _;
    }

    constructor(Network memory network_, Founding memory founding) {
        if (founding.board == address(0)) revert ZeroBoard();
        if (founding.par == 0 || founding.par > HIGHEST_PAR) revert ParOutOfBounds(founding.par, HIGHEST_PAR);
        if (founding.quarterLength < SHORTEST_QUARTER || founding.quarterLength > LONGEST_QUARTER) {
            revert QuarterLengthOutOfBounds(founding.quarterLength, SHORTEST_QUARTER, LONGEST_QUARTER);
        }
        uint8 decimals = IERC20Metadata(network_.money).decimals();
        if (decimals < 6 || decimals > 18) revert MoneyDecimalsOutOfBounds(decimals);
        _money = network_.money;
        _factory = network_.factory;
        _issuance = network_.issuance;
        _redemptions = network_.redemptions;
        _clearingHouse = network_.clearingHouse;
        board = founding.board;
        par = founding.par;
        quarterLength = founding.quarterLength;
        _setRequiredRatio(founding.requiredRatioBps);
        emit ConsortiumFounded(
            network_.money,
            founding.par,
            founding.quarterLength,
            founding.requiredRatioBps,
            founding.board
        );
    }

    // ---------------------------------------------------------------- whoever wants to join, and the shop's owner

    /// @inheritdoc IConsortium
    function applyToJoin() external returns (uint32 shop) {
        shop = ++shopCount;
        _owned[shop].owner = msg.sender;
        _shops[shop] = ShopRules.applied(FIRST_RECEIPT_LIMIT);
        emit ShopApplied(shop, msg.sender);
        emit ReceiptLimitSet(shop, FIRST_RECEIPT_LIMIT);
    }

    /// @inheritdoc IConsortium
    function withdrawApplication(uint32 shop) external onlyOwner(shop) {
        _changeStatus(shop, ShopStatus.Applied, ShopStatus.Withdrawn);
    }

    /// @inheritdoc IConsortium
    function addTill(uint32 shop, address key) external onlyOwner(shop) returns (uint32 till) {
        return _addTill(shop, key, TillKind.Counter, 0);
    }

    /// @inheritdoc IConsortium
    function revokeTill(uint32 shop, uint32 till) external onlyOwner(shop) {
        TillWord word = _tills[shop][till];
        if (word.key() == address(0)) revert UnknownTill(shop, till);
        if (word.revoked()) revert TillAlreadyRevoked(shop, till);
        _tills[shop][till] = word.withRevoked();
        emit TillRevoked(shop, till);
    }

    /// @inheritdoc IConsortium
    function setReceiptLimit(uint32 shop, uint48 points) external onlyOwner(shop) {
        if (points == 0) revert ZeroReceiptLimit();
        _shops[shop] = _shops[shop].withReceiptLimit(points);
        emit ReceiptLimitSet(shop, points);
    }

    // ---------------------------------------------------------------- the board

    /// @inheritdoc IConsortium
    function admit(uint32 shop, bool redeemsOnly) external onlyBoard {
        ShopWord word = _shops[shop];
        _requireStatus(shop, word, ShopStatus.Applied);
        address points = IPointsFactory(_factory).deploy(shop);
        _shops[shop] = word.admitted(points, redeemsOnly, uint40(block.timestamp));
        shopOfPoints[points] = shop;
        emit ShopAdmitted(shop, points, redeemsOnly, uint48(block.timestamp));
    }

    /// @inheritdoc IConsortium
    function suspend(uint32 shop) external onlyBoard {
        _changeStatus(shop, ShopStatus.Active, ShopStatus.Suspended);
    }

    /// @inheritdoc IConsortium
    function reinstate(uint32 shop) external onlyBoard {
        _changeStatus(shop, ShopStatus.Suspended, ShopStatus.Active);
    }

    /// @inheritdoc IConsortium
    function approveImport(uint32 shop, address key, uint48 budget) external onlyBoard returns (uint32 till) {
        ShopWord word = _shops[shop];
        _requireStatus(shop, word, ShopStatus.Active);
        if (budget == 0) revert ZeroBudget();
        return _addTill(shop, key, TillKind.Import, budget);
    }

    /// @inheritdoc IConsortium
    function setRequiredRatio(uint16 bps) external onlyBoard {
        _setRequiredRatio(bps);
    }

    // ---------------------------------------------------------------- whoever asks

    /// @inheritdoc IConsortium
    function shopOf(uint32 shop) external view returns (Shop memory) {
        ShopWord word = _shops[shop];
        return
            Shop({
                owner: _owned[shop].owner,
                points: word.points(),
                status: word.status(),
                redeemsOnly: word.redeemsOnly(),
                joinedAt: word.joinedAt(),
                receiptLimit: word.receiptLimit()
            });
    }

    /// @inheritdoc IConsortium
    function tillOf(uint32 shop, uint32 till) external view returns (Till memory) {
        TillWord word = _tills[shop][till];
        return Till({key: word.key(), kind: word.kind(), revoked: word.revoked(), budget: word.budget()});
    }

    /// @inheritdoc IConsortium
    function ownerOf(uint32 shop) external view returns (address) {
        return _owned[shop].owner;
    }

    /// @inheritdoc IConsortium
    function wordsOf(uint32 shop, uint32 till) external view returns (ShopWord, TillWord) {
        return (_shops[shop], _tills[shop][till]);
    }

    /// @inheritdoc IConsortium
    function tillCount(uint32 shop) external view returns (uint32) {
        return _owned[shop].tillCount;
    }

    /// @inheritdoc IConsortium
    function requiredRatioOf(uint32 shop) external view returns (uint16 bps) {
        uint256 age = block.timestamp - _shops[shop].joinedAt();
        uint16 settled = requiredRatio;
        if (age >= NEWCOMER_PERIOD + RATIO_FALLS_OVER) return settled;
        if (age <= NEWCOMER_PERIOD) return FULL_RATIO_BPS;
        // What has fallen so far is rounded down, so that the ratio is never lower than the straight line.
        uint256 fallen = ((FULL_RATIO_BPS - settled) * (age - NEWCOMER_PERIOD)) / RATIO_FALLS_OVER;
        return uint16(FULL_RATIO_BPS - fallen);
    }

    /// @inheritdoc IConsortium
    function network() external view returns (Network memory) {
        return
            Network({
                money: _money,
                consortium: address(this),
                factory: _factory,
                issuance: _issuance,
                redemptions: _redemptions,
                clearingHouse: _clearingHouse
            });
    }

    // ---------------------------------------------------------------- within

    function _addTill(uint32 shop, address key, TillKind kind, uint48 budget) private returns (uint32 till) {
        if (key == address(0)) revert ZeroTillKey();
        uint32 earlier = _tillOfKey[shop][key];
        if (earlier != 0) revert TillKeyUsed(shop, key, earlier);
        till = ++_owned[shop].tillCount;
        _tills[shop][till] = TillRules.made(key, kind, budget);
        _tillOfKey[shop][key] = till;
        emit TillAdded(shop, till, key, kind, budget);
    }

    function _changeStatus(uint32 shop, ShopStatus from, ShopStatus to) private {
        ShopWord word = _shops[shop];
        _requireStatus(shop, word, from);
        _shops[shop] = word.withStatus(to);
        emit ShopStatusChanged(shop, from, to);
    }

    function _requireStatus(uint32 shop, ShopWord word, ShopStatus wanted) private pure {
        ShopStatus status = word.status();
        if (status != wanted) revert WrongStatus(shop, status);
    }

    function _setRequiredRatio(uint16 bps) private {
        if (bps < LOWEST_RATIO_BPS || bps > FULL_RATIO_BPS) {
            revert RatioOutOfBounds(bps, LOWEST_RATIO_BPS, FULL_RATIO_BPS);
        }
        requiredRatio = bps;
        emit RequiredRatioSet(bps);
    }
}
