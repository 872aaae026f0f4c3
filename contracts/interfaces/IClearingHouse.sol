// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IssuerMode} from "./IConsortium.sol";
import {ShopStatus} from "../libraries/ShopWord.sol";

/// @dev The value of unused vouchers belongs to no shop yet: it stands where a shop 0 would.
uint32 constant HOUSE = 0;

/// @notice What one issuer would owe the redeeming shop for a line of a payment.
struct Claim {
    /// @notice The shop whose points are burned.
    uint32 issuer;
    /// @notice What redeeming its points means at the moment.
    IssuerMode mode;
    /// @notice What they are worth, in money.
    uint256 value;
    /// @notice What the issuer's points are worth once these are burned, in money.
    uint256 liabilityAfter;
}

/// @title Holds the shops' reserves, keeps what they owe each other, and settles it.
/// @dev Sum of all net positions = pool; money held = reserves + pool; deposits - withdrawals = reserves + pool.
interface IClearingHouse {
    /// @notice Only the network's redemptions and rewards may do this.
    error NotRedeeming(address caller);
    /// @notice Only the network's rewards may do this.
    error NotRewards(address caller);
    /// @notice Only the owner of the shop may do this.
    error NotShopOwner(uint32 shop, address caller);
    /// @notice There is no such shop.
    error UnknownShop(uint32 shop);
    /// @notice Less money arrived than was to be deposited.
    error DepositShort(uint256 expected, uint256 received);
    /// @notice Only so much lies above the reserve the shop must keep.
    error ReserveTooLow(uint32 shop, uint256 free, uint256 asked);
    /// @notice Money cannot be sent to the zero address.
    error ZeroRecipient();
    /// @notice Money sent to the clearing house itself would belong to no shop any more.
    error RecipientIsClearingHouse();
    /// @notice The money took more than was sent: so much must be left, and only that is.
    error WithdrawnTooMuch(uint256 expected, uint256 left);
    /// @notice A shop that leaves or has defaulted takes no money out.
    error WithdrawalsStopped(uint32 shop, ShopStatus status);
    /// @notice The shop is not stressed, or has restored what it must keep.
    error NotStressed(uint32 shop);
    /// @notice So much is missing to the reserve the shop must keep.
    error StillShort(uint32 shop, uint256 short);
    /// @notice There are no grounds for a default, at least not before this second (zero: none in sight).
    error NoDefault(uint32 shop, uint256 from);
    /// @notice The shop has not defaulted.
    error NotDefaulted(uint32 shop, ShopStatus status);
    /// @notice More money than now has not come in: the price stays.
    error PriceNotHigher(uint32 shop);
    /// @notice No breakage share is owed, or nothing is free to pay it from, or nobody is named to get it.
    error NothingToShare(uint32 shop);

    /// @notice The shop's reserve grew by money from this address.
    event Deposited(uint32 indexed shop, address indexed from, uint256 amount);
    /// @notice The shop's owner took money out of its reserve.
    event Withdrawn(uint32 indexed shop, address indexed to, uint256 amount);
    /// @notice Shop `from` owes shop `to` so much more.
    event NetMoved(uint32 indexed from, uint32 indexed to, uint256 value);
    /// @notice The shop's reserve changed by settling, its net position by the opposite.
    event Settled(uint32 indexed shop, int256 reserveChange);

    /// @notice A payment was undone: the redeeming shop gives the value back to the issuer.
    event NetMovedBack(uint32 indexed from, uint32 indexed to, uint256 value);
    /// @notice The value of vouchers left the house for the shop that offers them.
    event VouchersReleased(uint32 indexed shop, uint256 value);
    /// @notice The shop's points cannot be redeemed elsewhere; within seven days it must restore what it must keep.
    event Stressed(uint32 indexed shop, uint48 defaultFrom);
    /// @notice The shop has restored what it must keep.
    event Relieved(uint32 indexed shop);
    /// @notice The shop has defaulted; each of its points is worth par times money / liability, at most par, for ever.
    event Defaulted(uint32 indexed shop, uint256 money, uint256 liability);
    /// @notice More money came in: the points not yet spent are worth more, reckoned as above.
    event PriceRaised(uint32 indexed shop, uint256 money, uint256 liability);
    /// @notice The share of the reserve that lapsed points have freed went to the beneficiary.
    event BreakageShared(uint32 indexed shop, uint32 indexed beneficiary, uint256 points, uint256 value);

    /// @notice Adds the caller's money to the shop's reserve.
    function deposit(uint32 shop, uint256 amount) external;

    /// @notice Takes money above the required reserve out, to an address the owner names.
    function withdraw(uint32 shop, address to, uint256 amount) external;

    /// @notice Moves the value of one payment's lines from their issuers to the redeeming shop, or to the house (0) for
    /// vouchers: all, or none and false where an issuer would fall below its trigger; that one is then stressed.
    function move(uint32 redeemer, Claim[] calldata claims) external returns (bool moved);

    /// @notice Moves the value of an undone payment's lines back: all, or none and false where the redeeming shop would
    /// fall below the trigger of its own points. The claims' mode and liability are not looked at.
    function moveBack(uint32 redeemer, Claim[] calldata claims) external returns (bool moved);

    /// @notice Moves the value of vouchers from the house to the shop that offers them.
    function release(uint32 shop, uint256 value) external;

    /// @notice Declares what anyone can see: that the shop is below its trigger now.
    function markStressed(uint32 shop) external;

    /// @notice Takes note that a stressed shop keeps again what it must.
    function relieve(uint32 shop) external;

    /// @notice Declares the default of a shop that stayed below its required reserve for seven days after it was
    /// stressed, or for 30 days after it announced its exit; settles it and fixes the price of its points.
    function declareDefault(uint32 shop) external;

    /// @notice Raises the price of a defaulted shop's points to what its money now carries.
    function raisePrice(uint32 shop) external;

    /// @notice Pays the breakage share owed by the shop, as far as its free reserve goes.
    function shareBreakage(uint32 shop) external;

    /// @notice Pays debts of these shops out of their reserves, and then their credit into them, as far as it goes.
    function settle(uint32[] calldata shops) external;

    /// @notice What the shop is owed (+) or owes (-), and its reserve.
    function positionOf(uint32 shop) external view returns (int128 net, uint128 reserve);

    /// @notice What points of the shop are worth when redeemed: par, or the default's price, rounded down.
    function valueOf(uint32 shop, IssuerMode mode, uint256 points) external view returns (uint256 value);

    /// @notice The price of a defaulted shop's points as the fraction money / liability of par; zeros before.
    function priceOf(uint32 shop) external view returns (uint128 money, uint128 liability);

    /// @notice Since when the shop is stressed; zero where it is not.
    function stressedAt(uint32 shop) external view returns (uint48);

    /// @notice Money that debtors have paid and creditors have not been paid yet.
    function pool() external view returns (uint256);

    /// @notice What the shop's live points are worth.
    function liabilityOf(uint32 shop) external view returns (uint256);

    /// @notice The reserve the shop must keep, rounded up.
    function requiredReserveOf(uint32 shop) external view returns (uint256);

    /// @notice What the owner may withdraw.
    function freeReserveOf(uint32 shop) external view returns (uint256);

    /// @notice How many points the shop may still issue, in hundredths.
    function issuableOf(uint32 shop) external view returns (uint256 points);

    /// @notice Whether points of this value, at par, can be redeemed at another shop now.
    function canRedeemElsewhere(uint32 issuer, uint256 value) external view returns (bool);
}
