// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {
    Founding,
    IConsortium,
    IssuerMode,
    IssuingTerms,
    Leaving,
    Network,
    Shop,
    Till
} from "./interfaces/IConsortium.sol";
import {ShopStatus, ShopWord} from "./libraries/ShopWord.sol";
import {TillKind, TillWord} from "./libraries/TillWord.sol";

/// @notice What the register holds and what anyone may read of it; the acts stand in `Consortium`.
abstract contract Register is IConsortium, AccessManaged, EIP712 {
    using Checkpoints for Checkpoints.Trace208;

    /// @dev The shop's word serves the hot paths; what only its owner's acts need stands apart.
    struct Owned {
        address owner;
        uint32 tillCount;
        uint48 dailyPoints;
    }

    /// @dev An import that its owner wants and the board has not approved yet.
    struct AskedImport {
        address key;
        uint48 budget;
    }

    /// @dev Whose token it is, and what redeeming it means: one word, so that a payment's line looks up both at once.
    struct Issuer {
        uint32 shop;
        IssuerMode mode;
    }

    uint16 internal constant FULL_RATIO_BPS = 10_000;
    uint16 internal constant LOWEST_RATIO_BPS = 2_000;
    uint256 internal constant NEWCOMER_PERIOD = 90 days;
    uint256 internal constant RATIO_FALLS_OVER = 270 days;
    uint48 internal constant SHORTEST_QUARTER = 30 days;
    uint48 internal constant LONGEST_QUARTER = 366 days;
    /// @dev With it the value of any supply fits into the 127 bits of a position.
    uint256 internal constant HIGHEST_PAR = type(uint64).max;

    address internal immutable _money;
    address internal immutable _factory;
    address internal immutable _issuance;
    address internal immutable _redemptions;
    address internal immutable _clearingHouse;
    address internal immutable _standing;
    address internal immutable _membership;
    address internal immutable _accounts;
    address internal immutable _rewards;
    /// @inheritdoc IConsortium
    uint256 public immutable par;
    /// @inheritdoc IConsortium
    uint48 public immutable quarterLength;
    /// @inheritdoc IConsortium
    bool public immutable pointsLapse;

    /// @inheritdoc IConsortium
    uint16 public requiredRatio;
    /// @inheritdoc IConsortium
    uint32 public shopCount;
    /// @inheritdoc IConsortium
    uint48 public pausedUntil;
    /// @inheritdoc IConsortium
    uint48 public pauseAllowedFrom;
    /// @dev Every share the board ever set, by its second: a quarter may be stored long after it began.
    Checkpoints.Trace208 internal _breakageShares;
    /// @inheritdoc IConsortium
    uint32 public beneficiary;
    mapping(uint32 shop => ShopWord) internal _shops;
    mapping(uint32 shop => Owned) internal _owned;
    mapping(uint32 shop => mapping(uint32 till => TillWord)) internal _tills;
    mapping(uint32 shop => mapping(address key => uint32 till)) internal _tillOfKey;
    mapping(address points => Issuer) internal _issuers;
    mapping(uint32 shop => Leaving) internal _leaving;
    /// @inheritdoc IConsortium
    mapping(uint32 shop => address) public offeredTo;
    /// @inheritdoc IConsortium
    mapping(uint32 shop => AskedImport) public askedImportOf;

    constructor(
        Network memory network_,
        Founding memory founding
    ) AccessManaged(founding.authority) EIP712("Highstreet Consortium", "1") {
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
        _standing = network_.standing;
        _membership = network_.membership;
        _accounts = network_.accounts;
        _rewards = network_.rewards;
        par = founding.par;
        quarterLength = founding.quarterLength;
        pointsLapse = founding.pointsLapse;
        _setRequiredRatio(founding.requiredRatioBps);
        emit ConsortiumFounded(
            network_.money,
            founding.par,
            founding.quarterLength,
            founding.requiredRatioBps,
            founding.authority,
            founding.pointsLapse
        );
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
        bool counts = word.kind() == TillKind.Counter;
        return
            Till({
                key: word.key(),
                kind: word.kind(),
                revoked: word.revoked(),
                budget: counts ? 0 : word.allotted(),
                dailyPoints: counts ? word.allotted() : 0
            });
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
    function issuingTermsOf(uint32 shop, uint32 till) external view returns (IssuingTerms memory) {
        return
            IssuingTerms({
                shop: _shops[shop],
                till: _tills[shop][till],
                shopDailyPoints: _owned[shop].dailyPoints,
                pausedUntil: pausedUntil
            });
    }

    /// @inheritdoc IConsortium
    function shopOfPoints(address points) external view returns (uint32) {
        return _issuers[points].shop;
    }

    /// @inheritdoc IConsortium
    function issuerOf(address points) external view returns (uint32 shop, IssuerMode mode) {
        Issuer memory issuer = _issuers[points];
        return (issuer.shop, issuer.mode);
    }

    /// @inheritdoc IConsortium
    function modeOf(uint32 shop) external view returns (IssuerMode) {
        return _issuers[_shops[shop].points()].mode;
    }

    /// @inheritdoc IConsortium
    function leavingOf(uint32 shop) external view returns (Leaving memory) {
        return _leaving[shop];
    }

    /// @inheritdoc IConsortium
    function shopAllowance(uint32 shop) external view returns (uint48) {
        return _owned[shop].dailyPoints;
    }

    /// @inheritdoc IConsortium
    function breakageShareOf(uint32 shop) external view returns (uint16 bps) {
        return breakageShareAt(shop, uint48(block.timestamp));
    }

    /// @inheritdoc IConsortium
    function breakageShareAt(uint32 shop, uint48 time) public view returns (uint16 bps) {
        Leaving storage leaving = _leaving[shop];
        // A shop that leaves keeps what it joined the way out with.
        bool left = leaving.exitAnnouncedAt != 0 && leaving.exitAnnouncedAt <= time;
        return left ? leaving.breakageShareBps : uint16(_breakageShares.upperLookupRecent(time));
    }

    /// @inheritdoc IConsortium
    function tillCount(uint32 shop) external view returns (uint32) {
        return _owned[shop].tillCount;
    }

    /// @inheritdoc IConsortium
    function requiredRatioOf(uint32 shop) external view returns (uint16 bps) {
        ShopWord word = _shops[shop];
        ShopStatus status = word.status();
        if (status == ShopStatus.Exiting || status == ShopStatus.Defaulted) return FULL_RATIO_BPS;
        return _ratioByAge(word);
    }

    /// @inheritdoc IConsortium
    function ratioByAgeOf(uint32 shop) external view returns (uint16 bps) {
        return _ratioByAge(_shops[shop]);
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
                clearingHouse: _clearingHouse,
                standing: _standing,
                membership: _membership,
                accounts: _accounts,
                rewards: _rewards
            });
    }

    // ---------------------------------------------------------------- within

    function _ratioByAge(ShopWord word) internal view returns (uint16 bps) {
        uint256 age = block.timestamp - word.joinedAt();
        uint16 settled = requiredRatio;
        if (age >= NEWCOMER_PERIOD + RATIO_FALLS_OVER) return settled;
        if (age <= NEWCOMER_PERIOD) return FULL_RATIO_BPS;
        // What has fallen so far is rounded down, so that the ratio is never lower than the straight line.
        uint256 fallen = ((FULL_RATIO_BPS - settled) * (age - NEWCOMER_PERIOD)) / RATIO_FALLS_OVER;
        return uint16(FULL_RATIO_BPS - fallen);
    }

    function _setRequiredRatio(uint16 bps) internal {
        if (bps < LOWEST_RATIO_BPS || bps > FULL_RATIO_BPS) {
            revert RatioOutOfBounds(bps, LOWEST_RATIO_BPS, FULL_RATIO_BPS);
        }
        requiredRatio = bps;
        emit RequiredRatioSet(bps);
    }
}
