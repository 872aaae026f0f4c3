// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @notice What one issuer would owe the redeeming shop for a line of a payment.
struct Claim {
    /// @notice The shop whose points are burned.
    uint32 issuer;
    /// @notice What they are worth, in money.
    uint256 value;
    /// @notice What the issuer's points are worth once these are burned, in money.
    uint256 liabilityAfter;
}

/// @title Holds the shops' reserves, keeps what they owe each other, and settles it.
/// @dev Sum of all net positions = pool; money held = reserves + pool; deposits - withdrawals = reserves + pool.
interface IClearingHouse {
    /// @notice Only the network's redemptions may do this.
    error NotRedemptions(address caller);
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

    /// @notice The shop's reserve grew by money from this address.
    event Deposited(uint32 indexed shop, address indexed from, uint256 amount);
    /// @notice The shop's owner took money out of its reserve.
    event Withdrawn(uint32 indexed shop, address indexed to, uint256 amount);
    /// @notice Shop `from` owes shop `to` so much more.
    event NetMoved(uint32 indexed from, uint32 indexed to, uint256 value);
    /// @notice The shop's reserve changed by settling, its net position by the opposite.
    event Settled(uint32 indexed shop, int256 reserveChange);

    /// @notice Adds the caller's money to the shop's reserve.
    function deposit(uint32 shop, uint256 amount) external;

    /// @notice Takes money above the required reserve out, to an address the owner names.
    function withdraw(uint32 shop, address to, uint256 amount) external;

    /// @notice Moves the value of one payment's lines from their issuers to the redeeming shop: all, or none and false
    /// where an issuer would fall below its trigger.
    function move(uint32 redeemer, Claim[] calldata claims) external returns (bool moved);

    /// @notice Pays debts of these shops out of their reserves, and then their credit into them, as far as it goes.
    function settle(uint32[] calldata shops) external;

    /// @notice What the shop is owed (+) or owes (-), and its reserve.
    function positionOf(uint32 shop) external view returns (int128 net, uint128 reserve);

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

    /// @notice Whether points of this value can be redeemed at another shop now.
    function canRedeemElsewhere(uint32 issuer, uint256 value) external view returns (bool);
}
