// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ShopStatus} from "../libraries/ShopWord.sol";

/// @title Money that shops put by together for the members of one that defaults. A town may have one, or none.
/// @dev The fund is itself a shop that only redeems, so that a breakage share can go to it; it owns no till. What it
/// holds is what was paid in and collected; money sent to it otherwise is nobody's.
interface IMutualFund {
    /// @notice Only a shop that is active or suspended pays in.
    error ShopNotPayingIn(uint32 shop, ShopStatus status);
    /// @notice Less money arrived than was to be paid in.
    error PaymentShort(uint256 expected, uint256 received);
    /// @notice So little buys no share.
    error NothingPaidIn(uint256 amount);
    /// @notice The fund's own shop has nothing free to collect.
    error NothingToCollect();
    /// @notice The shop has not defaulted.
    error NotDefaulted(uint32 shop, ShopStatus status);
    /// @notice The default was noted before.
    error DefaultAlreadyNoted(uint32 shop, uint48 notedAt);
    /// @notice Nobody has noted the default yet: that starts the 14 days.
    error DefaultNotNoted(uint32 shop);
    /// @notice Before this second the fund pays nothing for this shop.
    error CompensationTooEarly(uint32 shop, uint256 from);
    /// @notice The fund has paid for this default.
    error AlreadyCompensated(uint32 shop);
    /// @notice More than the fund pays for this shop, or than its points lack, or nothing at all.
    error CompensationOutOfBounds(uint32 shop, uint256 most, uint256 asked);
    /// @notice Only the owner of a shop that has left takes its share out.
    error NotLeaver(uint32 shop, ShopStatus status, address caller);
    /// @notice The shop has no share.
    error NoShare(uint32 shop);
    /// @notice Money cannot be sent to the zero address.
    error ZeroRecipient();

    /// @notice Money was paid in for the shop, which has so many shares more.
    event PaidIn(uint32 indexed shop, address indexed from, uint256 amount, uint256 shares);
    /// @notice Breakage shares came into the fund; they belong to all.
    event Collected(uint256 amount);
    /// @notice The shop has defaulted; from this second on the board may pay for it.
    event DefaultNoted(uint32 indexed shop, uint48 compensableFrom);
    /// @notice The fund paid for the points of the shop that defaulted; the shop's share is spent.
    event Compensated(uint32 indexed shop, uint256 amount);
    /// @notice A shop that left took its share out.
    event TakenOut(uint32 indexed shop, address indexed to, uint256 amount);

    /// @notice Pays the caller's money in for a shop, which gets shares of the fund as it stands now.
    function payIn(uint32 shop, uint256 amount) external returns (uint256 shares);

    /// @notice Brings what breakage shares the fund's own shop has got into the fund. For anyone.
    function collect() external returns (uint256 amount);

    /// @notice Takes note that a shop has defaulted, which starts the 14 days. For anyone.
    function noteDefault(uint32 shop) external;

    /// @notice Pays for the points of a shop that defaulted, and raises their price: at most the shop's own share and a
    /// tenth of the rest, once, and no more than its points lack. For the board.
    function compensate(uint32 shop, uint256 amount) external;

    /// @notice Takes the share of a shop that has left out, to an address its owner names.
    function takeOut(uint32 shop, address to) external returns (uint256 amount);

    /// @notice The fund's own shop.
    function ownShop() external view returns (uint32);

    /// @notice What the fund holds.
    function held() external view returns (uint256 money);

    /// @notice How many shares the shop has.
    function sharesOf(uint32 shop) external view returns (uint256);

    /// @notice How many shares all shops have.
    function totalShares() external view returns (uint256);

    /// @notice What the shop's shares are worth now, rounded down.
    function shareValueOf(uint32 shop) external view returns (uint256 money);

    /// @notice The most the fund would pay for the shop now, had it defaulted.
    function mostFor(uint32 shop) external view returns (uint256 money);

    /// @notice When the shop's default was noted; zero: not.
    function defaultNotedAt(uint32 shop) external view returns (uint48);

    /// @notice Whether the fund has paid for the shop's default.
    function compensated(uint32 shop) external view returns (bool);
}
