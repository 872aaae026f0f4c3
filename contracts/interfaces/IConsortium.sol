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
    /// @notice Tiers and badges of members.
    address standing;
    /// @notice One seat for every active shop, as the board counts them.
    address membership;
    /// @notice The members' passkey accounts: their addresses, and what their keys agreed to before they are deployed.
    address accounts;
    /// @notice Sells vouchers for points and keeps their value until they are used.
    address rewards;
}

/// @notice What the founders agree on.
struct Founding {
    /// @notice Money per 0.01 point, in the money's smallest unit; never changes.
    uint256 par;
    /// @notice Shortest length of a quarter, in seconds; never changes.
    uint48 quarterLength;
    /// @notice OpenZeppelin's AccessManager that says who may do what the board decides.
    address authority;
    /// @notice The reserve a settled shop keeps, in 1/10,000 of its liability.
    uint16 requiredRatioBps;
    /// @notice Whether points lapse by time at all; never changes.
    bool pointsLapse;
}

/// @notice What redeeming a shop's points means at the moment.
enum IssuerMode {
    Open,
    Exiting,
    Defaulted
}

/// @notice What a submission of purchases is measured by.
struct IssuingTerms {
    /// @notice The shop's packed word.
    ShopWord shop;
    /// @notice The till's packed word.
    TillWord till;
    /// @notice What all tills of the shop together may give in a day, in hundredths of a point.
    uint48 shopDailyPoints;
    /// @notice No shop issues before this second.
    uint48 pausedUntil;
}

/// @dev A shop that leaves keeps all that its points are worth within this, or can be declared in default.
uint48 constant EXIT_LASTS = 30 days;

/// @notice A shop's way out, as the register shows it; zero where it is not taken.
struct Leaving {
    /// @notice Since when the shop is suspended.
    uint48 suspendedAt;
    /// @notice When the owner announced the exit.
    uint48 exitAnnouncedAt;
    /// @notice The breakage share that stays, in 1/10,000.
    uint16 breakageShareBps;
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
    /// @notice The most an import or campaign key may ever issue, in hundredths of a point; zero for a counter.
    uint48 budget;
    /// @notice What a counter may give in a day, in hundredths of a point; zero for the others.
    uint48 dailyPoints;
}

/// @title The register of the network: its shops, their tills, and what all have agreed on.
interface IConsortium {
    /// @notice Only the network's clearing house may do this.
    error NotClearingHouse(address caller);
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
    /// @notice An import or campaign key needs a budget.
    error ZeroBudget();
    /// @notice The shop's owner did not ask for this key, or not for so large a budget.
    error ImportNotAsked(uint32 shop, address key, uint48 budget);
    /// @notice A receipt limit of zero would stop the shop; suspension is there for that.
    error ZeroReceiptLimit();
    /// @notice An allowance of zero would stop the till or the shop; revocation and suspension are there for that.
    error ZeroAllowance();
    /// @notice Only a counter has a daily allowance; the others have a budget.
    error NotCounter(uint32 shop, uint32 till, TillKind kind);
    /// @notice What was signed is no longer valid.
    error SignatureExpired(uint48 deadline);
    /// @notice The owner of the shop did not sign this.
    error BadOwnerSignature(uint32 shop);
    /// @notice The shop was not offered to this address.
    error NotOffered(uint32 shop, address caller);
    /// @notice The shop's points are not all spent or lapsed yet.
    error PointsOutstanding(uint32 shop, uint256 points);
    /// @notice Vouchers of the shop are not all used or given back yet.
    error VouchersOutstanding(uint32 shop, uint256 value);
    /// @notice A payment that touches the shop may still be undone up to this second.
    error RefundsPossible(uint32 shop, uint256 until);
    /// @notice The breakage share lies outside what the code allows.
    error BreakageShareOutOfBounds(uint16 bps, uint16 highest);
    /// @notice A breakage share goes to an active shop that only redeems.
    error NotBeneficiary(uint32 shop);
    /// @notice The guardian may pause again from this second on, or once the board permits it.
    error PauseTooSoon(uint48 allowedFrom);
    /// @notice Issuing is not paused.
    error NotPaused();
    /// @notice The ratio lies outside what the code allows.
    error RatioOutOfBounds(uint16 bps, uint16 lowest, uint16 highest);
    /// @notice The length of a quarter lies outside what the code allows.
    error QuarterLengthOutOfBounds(uint48 length, uint48 shortest, uint48 longest);
    /// @notice The par value is zero or so large that values would no longer fit.
    error ParOutOfBounds(uint256 par, uint256 highest);
    /// @notice The settlement money must have 6 to 18 decimals.
    error MoneyDecimalsOutOfBounds(uint8 decimals);

    /// @notice The consortium was founded on these terms.
    event ConsortiumFounded(
        address money,
        uint256 par,
        uint48 quarterLength,
        uint16 requiredRatioBps,
        address authority,
        bool pointsLapse
    );
    /// @notice Somebody asks to join with a new shop; its status is Applied.
    event ShopApplied(uint32 indexed shop, address indexed owner);
    /// @notice The board admitted the shop; its status is Active and its token is deployed.
    event ShopAdmitted(uint32 indexed shop, address indexed points, bool redeemsOnly, uint48 joinedAt);
    /// @notice The shop's status changed in a way that has no event of its own.
    event ShopStatusChanged(uint32 indexed shop, ShopStatus from, ShopStatus to);
    /// @notice The shop has a new till.
    event TillAdded(uint32 indexed shop, uint32 indexed till, address key, TillKind kind, uint48 budget);
    /// @notice The owner asks the board to let this key bring past sales along, up to this budget.
    event ImportAsked(uint32 indexed shop, address key, uint48 budget);
    /// @notice The till may no longer sign alone.
    event TillRevoked(uint32 indexed shop, uint32 indexed till);
    /// @notice One receipt of the shop may now give at most so many hundredths of a point.
    event ReceiptLimitSet(uint32 indexed shop, uint48 points);
    /// @notice The ratio that settled shops keep is now this.
    event RequiredRatioSet(uint16 bps);
    /// @notice The till may now give so many hundredths of a point a day.
    event TillAllowanceSet(uint32 indexed shop, uint32 indexed till, uint48 dailyPoints);
    /// @notice All tills of the shop together may now give so many hundredths of a point a day.
    event ShopAllowanceSet(uint32 indexed shop, uint48 dailyPoints);
    /// @notice The owner offers the shop to another; nothing changes before that one takes it over.
    event ShopOffered(uint32 indexed shop, address indexed to);
    /// @notice The shop has a new owner.
    event ShopTakenOver(uint32 indexed shop, address indexed owner);
    /// @notice The shop leaves; its points must be backed in full by this second.
    event ExitAnnounced(uint32 indexed shop, uint48 fullReserveBy);
    /// @notice Of the reserve that lapsing points free, this share goes to a shop that only redeems, for quarters that
    /// begin from now on.
    event BreakageShareSet(uint16 bps, uint32 beneficiary);
    /// @notice No shop issues before this second.
    event IssuingPaused(uint48 until);
    /// @notice Shops issue again.
    event IssuingResumed();
    /// @notice The board lets the guardian pause again at once.
    event PausePermitted();

    /// @notice Asks to join: the caller becomes the owner of a new shop with status Applied.
    function applyToJoin() external returns (uint32 shop);

    /// @notice Takes back an application that the board has not decided yet.
    function withdrawApplication(uint32 shop) external;

    /// @notice Gives the shop a till with a key that the shop never used before.
    function addTill(uint32 shop, address key) external returns (uint32 till);

    /// @notice Gives the shop a campaign key: a till that issues up to a lifetime budget and accepts no payments.
    function addCampaign(uint32 shop, address key, uint48 budget) external returns (uint32 till);

    /// @notice Asks the board to let a key bring the shop's past sales along, up to a lifetime budget in hundredths of
    /// a point; the latest question stands.
    function askImport(uint32 shop, address key, uint48 budget) external;

    /// @notice Revokes a till at once; its entries are then issued only with the owner's signature beside it.
    function revokeTill(uint32 shop, uint32 till) external;

    /// @notice The same by the owner's signature over Revocation(shop, till, deadline), sent by anyone.
    function revokeTillBySignature(uint32 shop, uint32 till, uint48 deadline, bytes calldata signature) external;

    /// @notice Sets what a counter may give in a day, in hundredths of a point; up to three days' worth gathers.
    function setTillAllowance(uint32 shop, uint32 till, uint48 dailyPoints) external;

    /// @notice Sets what all counters and campaigns of the shop may give in a day together, likewise.
    function setShopAllowance(uint32 shop, uint48 dailyPoints) external;

    /// @notice Offers the shop to another owner.
    function offerShop(uint32 shop, address to) external;

    /// @notice Takes over a shop that was offered to the caller.
    function takeOver(uint32 shop) external;

    /// @notice Announces that the shop leaves: issuing and withdrawals stop, its points must be backed in full within
    /// 30 days. It needs no money, and nobody can refuse it.
    function announceExit(uint32 shop) external;

    /// @notice Ends an exit once no point and no voucher is left and no payment can be undone any more. For anyone.
    function finishExit(uint32 shop) external;

    /// @notice Sets the most one receipt may give, in hundredths of a point.
    function setReceiptLimit(uint32 shop, uint48 points) external;

    /// @notice Admits an applicant: deploys its token and makes it Active.
    function admit(uint32 shop, bool redeemsOnly) external;

    /// @notice Suspends a shop: it neither issues nor accepts; its points still spend elsewhere.
    function suspend(uint32 shop) external;

    /// @notice Ends a suspension.
    function reinstate(uint32 shop) external;

    /// @notice Lets a shop bring its past sales along with the key its owner asked for, up to a lifetime budget in
    /// hundredths of a point of at most what was asked for.
    function approveImport(uint32 shop, address key, uint48 budget) external returns (uint32 till);

    /// @notice Sets the ratio that settled shops keep, in 1/10,000 of their liability.
    function setRequiredRatio(uint16 bps) external;

    /// @notice Names the share of the reserve freed by lapsing points that goes to a shop that only redeems; it counts
    /// for quarters that begin afterwards.
    function setBreakageShare(uint16 bps, uint32 beneficiary) external;

    /// @notice Stops all issuing for 72 hours; not again within 14 days of its end unless the board permits it.
    function pauseIssuing() external;

    /// @notice Ends a pause early.
    function resumeIssuing() external;

    /// @notice Lets the guardian pause again at once.
    function permitPause() external;

    /// @notice Takes note of a default that the clearing house has declared, and stops the shop's token for ever.
    function markDefaulted(uint32 shop) external;

    /// @notice The shop as registered; all zero where there is none.
    function shopOf(uint32 shop) external view returns (Shop memory);

    /// @notice The till as registered; all zero where there is none.
    function tillOf(uint32 shop, uint32 till) external view returns (Till memory);

    /// @notice The owner of the shop; zero where there is none.
    function ownerOf(uint32 shop) external view returns (address);

    /// @notice The packed words of a shop and of one of its tills, as purchases and payments read them.
    function wordsOf(uint32 shop, uint32 till) external view returns (ShopWord, TillWord);

    /// @notice The same, with the shop's allowance and the pause, as a submission of purchases reads them.
    function issuingTermsOf(uint32 shop, uint32 till) external view returns (IssuingTerms memory);

    /// @notice The shop whose token this is; zero where it is none of the network's.
    function shopOfPoints(address points) external view returns (uint32);

    /// @notice The same, with what redeeming its points means at the moment; one look-up for both.
    function issuerOf(address points) external view returns (uint32 shop, IssuerMode mode);

    /// @notice What redeeming the shop's points means at the moment.
    function modeOf(uint32 shop) external view returns (IssuerMode);

    /// @notice Since when the shop is suspended or leaving.
    function leavingOf(uint32 shop) external view returns (Leaving memory);

    /// @notice The key and budget of an import that the owner asked for and the board has not approved; zeros: none.
    function askedImportOf(uint32 shop) external view returns (address key, uint48 budget);

    /// @notice To whom the owner offers the shop; zero: to nobody.
    function offeredTo(uint32 shop) external view returns (address);

    /// @notice What all tills of the shop may give in a day together, in hundredths of a point.
    function shopAllowance(uint32 shop) external view returns (uint48 dailyPoints);

    /// @notice The breakage share that a quarter of the shop's token beginning now would bear, in 1/10,000.
    function breakageShareOf(uint32 shop) external view returns (uint16 bps);

    /// @notice The breakage share that a quarter of the shop's token bears that began at `time`, in 1/10,000.
    function breakageShareAt(uint32 shop, uint48 time) external view returns (uint16 bps);

    /// @notice The shop that breakage shares go to; zero: none.
    function beneficiary() external view returns (uint32 shop);

    /// @notice No shop issues before this second.
    function pausedUntil() external view returns (uint48);

    /// @notice The guardian may pause from this second on.
    function pauseAllowedFrom() external view returns (uint48);

    /// @notice Whether points lapse by time.
    function pointsLapse() external view returns (bool);

    /// @notice How many shops ever applied; shops are numbered from 1.
    function shopCount() external view returns (uint32);

    /// @notice How many tills the shop ever had; tills are numbered from 1.
    function tillCount(uint32 shop) external view returns (uint32);

    /// @notice The reserve the shop must keep now, in 1/10,000 of its liability: all of it for 90 days, then falling
    /// evenly to the board's ratio over 270 days; all of it again once it leaves.
    function requiredRatioOf(uint32 shop) external view returns (uint16 bps);

    /// @notice The same as if the shop did not leave.
    function ratioByAgeOf(uint32 shop) external view returns (uint16 bps);

    /// @notice The ratio the board set for settled shops, in 1/10,000.
    function requiredRatio() external view returns (uint16 bps);

    /// @notice Money per 0.01 point, in the money's smallest unit.
    function par() external view returns (uint256);

    /// @notice Shortest length of a quarter, in seconds.
    function quarterLength() external view returns (uint48);

    /// @notice The contracts of this network.
    function network() external view returns (Network memory);
}
