// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ShopStatus, ShopWord} from "../libraries/ShopWord.sol";
import {TillKind, TillWord} from "../libraries/TillWord.sol";

/// @notice The contracts of one network, fixed for ever when the consortium is founded.
struct Network {
    /// @notice The one settlement money.
    address money;
    /// @notice The register of shops and tills.
    address consortium;
    /// @notice Deploys the shops' point tokens.
    address factory;
    /// @notice The only one that may issue points.
    address issuance;
    /// @notice The only one that may burn points.
    address redemptions;
    /// @notice Holds the shops' reserves and settles between them.
    address clearingHouse;
}

/// @notice What the founders agree on.
struct Founding {
    /// @notice Money per 0.01 point, in the money's smallest unit; never changes.
    uint256 par;
    /// @notice Shortest length of a quarter, in seconds; never changes.
    uint48 quarterLength;
    /// @notice Who decides on admission, suspension and the ratio.
    address board;
    /// @notice The reserve a settled shop keeps, in 1/10,000 of its liability.
    uint16 requiredRatioBps;
}

/// @notice A shop as the register shows it.
struct Shop {
    /// @notice Who manages the shop's tills, limits and reserve.
    address owner;
    /// @notice The shop's point token; zero before admission.
    address points;
    /// @notice Where the shop stands.
    ShopStatus status;
    /// @notice Whether the shop accepts points but issues none, as a charity does.
    bool redeemsOnly;
    /// @notice When the shop was admitted, in seconds; zero before.
    uint48 joinedAt;
    /// @notice The most one receipt may give, in hundredths of a point.
    uint48 receiptLimit;
}

/// @notice A till as the register shows it.
struct Till {
    /// @notice The address of the key the till signs with.
    address key;
    /// @notice What the key is for.
    TillKind kind;
    /// @notice Whether the owner has revoked it.
    bool revoked;
    /// @notice The most an import key may ever issue, in hundredths of a point; zero for a counter.
    uint48 budget;
}

/// @title The register of the network: its shops, their tills, and what all have agreed on.
interface IConsortium {
    /// @notice Only the board may do this.
    error NotBoard(address caller);
    /// @notice Only the owner of the shop may do this.
    error NotShopOwner(uint32 shop, address caller);
    /// @notice The shop's status does not allow this.
    error WrongStatus(uint32 shop, ShopStatus status);
    /// @notice No till of this number exists at the shop.
    error UnknownTill(uint32 shop, uint32 till);
    /// @notice The till is revoked already.
    error TillAlreadyRevoked(uint32 shop, uint32 till);
    /// @notice The key belongs, or once belonged, to another till of the shop.
    error TillKeyUsed(uint32 shop, address key, uint32 till);
    /// @notice The zero address cannot be a till's key.
    error ZeroTillKey();
    /// @notice An import key needs a budget.
    error ZeroBudget();
    /// @notice A receipt limit of zero would stop the shop; suspension is there for that.
    error ZeroReceiptLimit();
    /// @notice The zero address cannot be the board.
    error ZeroBoard();
    /// @notice The ratio lies outside what the code allows.
    error RatioOutOfBounds(uint16 bps, uint16 lowest, uint16 highest);
    /// @notice The length of a quarter lies outside what the code allows.
    error QuarterLengthOutOfBounds(uint48 length, uint48 shortest, uint48 longest);
    /// @notice The par value is zero or so large that values would no longer fit.
    error ParOutOfBounds(uint256 par, uint256 highest);
    /// @notice The settlement money must have 6 to 18 decimals.
    error MoneyDecimalsOutOfBounds(uint8 decimals);

    /// @notice The consortium was founded on these terms.
    event ConsortiumFounded(address money, uint256 par, uint48 quarterLength, uint16 requiredRatioBps, address board);
    /// @notice Somebody asks to join with a new shop; its status is Applied.
    event ShopApplied(uint32 indexed shop, address indexed owner);
    /// @notice The board admitted the shop; its status is Active and its token is deployed.
    event ShopAdmitted(uint32 indexed shop, address indexed points, bool redeemsOnly, uint48 joinedAt);
    /// @notice The shop's status changed in a way that has no event of its own.
    event ShopStatusChanged(uint32 indexed shop, ShopStatus from, ShopStatus to);
    /// @notice The shop has a new till.
    event TillAdded(uint32 indexed shop, uint32 indexed till, address key, TillKind kind, uint48 budget);
    /// @notice The till may no longer sign alone.
    event TillRevoked(uint32 indexed shop, uint32 indexed till);
    /// @notice One receipt of the shop may now give at most so many hundredths of a point.
    event ReceiptLimitSet(uint32 indexed shop, uint48 points);
    /// @notice The ratio that settled shops keep is now this.
    event RequiredRatioSet(uint16 bps);

    /// @notice Asks to join: the caller becomes the owner of a new shop with status Applied.
    function applyToJoin() external returns (uint32 shop);

    /// @notice Takes back an application that the board has not decided yet.
    function withdrawApplication(uint32 shop) external;

    /// @notice Gives the shop a till with a key that the shop never used before.
    function addTill(uint32 shop, address key) external returns (uint32 till);

    /// @notice Revokes a till at once; its entries are then issued only with the owner's signature beside it.
    function revokeTill(uint32 shop, uint32 till) external;

    /// @notice Sets the most one receipt may give, in hundredths of a point.
    function setReceiptLimit(uint32 shop, uint48 points) external;

    /// @notice Admits an applicant: deploys its token and makes it Active.
    function admit(uint32 shop, bool redeemsOnly) external;

    /// @notice Suspends a shop: it neither issues nor accepts; its points still spend elsewhere.
    function suspend(uint32 shop) external;

    /// @notice Ends a suspension.
    function reinstate(uint32 shop) external;

    /// @notice Lets a shop bring its past sales along, up to a lifetime budget in hundredths of a point.
    function approveImport(uint32 shop, address key, uint48 budget) external returns (uint32 till);

    /// @notice Sets the ratio that settled shops keep, in 1/10,000 of their liability.
    function setRequiredRatio(uint16 bps) external;

    /// @notice The shop as registered; all zero where there is none.
    function shopOf(uint32 shop) external view returns (Shop memory);

    /// @notice The till as registered; all zero where there is none.
    function tillOf(uint32 shop, uint32 till) external view returns (Till memory);

    /// @notice The owner of the shop; zero where there is none.
    function ownerOf(uint32 shop) external view returns (address);

    /// @notice The packed words of a shop and of one of its tills, as purchases and payments read them.
    function wordsOf(uint32 shop, uint32 till) external view returns (ShopWord, TillWord);

    /// @notice The shop whose token this is; zero where it is none of the network's.
    function shopOfPoints(address points) external view returns (uint32);

    /// @notice How many shops ever applied; shops are numbered from 1.
    function shopCount() external view returns (uint32);

    /// @notice How many tills the shop ever had; tills are numbered from 1.
    function tillCount(uint32 shop) external view returns (uint32);

    /// @notice The reserve the shop must keep now, in 1/10,000 of its liability: all of it for 90 days, then falling
    /// evenly to the board's ratio over 270 days.
    function requiredRatioOf(uint32 shop) external view returns (uint16 bps);

    /// @notice The ratio the board set for settled shops, in 1/10,000.
    function requiredRatio() external view returns (uint16 bps);

    /// @notice Who decides for all shops together.
    function board() external view returns (address);

    /// @notice Money per 0.01 point, in the money's smallest unit.
    function par() external view returns (uint256);

    /// @notice Shortest length of a quarter, in seconds.
    function quarterLength() external view returns (uint48);

    /// @notice The contracts of this network.
    function network() external view returns (Network memory);
}
