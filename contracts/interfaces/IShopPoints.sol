// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Lanes} from "../libraries/Lanes.sol";

/// @title The points of one shop: an ERC-20 whose points lapse five quarters after they were issued, never unannounced.
/// @dev Two decimals; every amount is in hundredths of a point. Lane i of a word holds the points issued i quarters
/// ago; what was issued in quarter q lapses when quarter q + 5 begins.
interface IShopPoints {
    /// @notice Only the network's issuance may do this.
    error NotIssuance(address caller);
    /// @notice Only the network's redemptions and rewards may do this.
    error NotRedeeming(address caller);
    /// @notice Only the consortium may do this.
    error NotConsortium(address caller);
    /// @notice Only the owner of the shop may do this.
    error NotShopOwner(uint32 shop, address caller);
    /// @notice One quarter cannot hold so many points.
    error SupplyLaneOverflow(uint256 issued, uint256 more);
    /// @notice The running quarter's notice may not be posted before this time.
    error NoticeTooEarly(uint48 opensAt);
    /// @notice The running quarter's notice stands since this time.
    error NoticeAlreadyPosted(uint48 noticeAt);

    /// @notice In this consortium points do not lapse by time.
    error PointsDoNotLapse();
    /// @notice The shop has defaulted: its token's clock stands still.
    error ClockStopped();
    /// @notice Fewer points are there than are to be taken back.
    error TooFewToTakeBack(address account, uint256 balance, uint256 points);

    /// @notice Points of this account lapsed; a Transfer to zero of the same amount follows.
    event PointsLapsed(address indexed account, uint256 points);
    /// @notice The end of the running quarter is announced, with the hash of what the members are told.
    event QuarterNoticed(uint16 quarter, uint48 noticeAt, uint48 endsAt, bytes32 content);
    /// @notice A quarter began; everything after this event happens in it.
    event QuarterBegan(uint16 quarter, uint48 startedAt);

    /// @notice Points came back to this account, in these lanes under the running quarter's stamp; a Transfer from zero
    /// follows.
    event PointsRestored(address indexed account, Lanes lanes);
    /// @notice Points of an undone purchase were taken back, from these lanes under the running quarter's stamp; a
    /// Transfer to zero follows.
    event PointsTakenBack(address indexed account, Lanes lanes);
    /// @notice The account owes the shop so many points more: it got them for a purchase that was undone, and spent
    /// them.
    event DebtRecorded(address indexed account, uint256 points);
    /// @notice Points newly issued paid off a debt instead of arriving; the Transfer that follows says what arrived.
    event DebtPaid(address indexed account, uint256 points);
    /// @notice The shop has defaulted: this quarter never ends.
    event ClockStoppedFor(uint16 quarter);

    /// @notice Gives the members of a chunk of purchase entries their points, for every entry whose bit is set.
    /// Debts are paid off first. Answers with the running quarter.
    function issue(bytes calldata entries, uint256 issuedBits) external returns (uint16 quarter);

    /// @notice Takes points of an undone purchase back, from the quarter it was issued in, then from younger ones, then
    /// from older ones; and records a debt.
    function takeBack(address from, uint48 points, uint16 quarter, uint48 debt) external returns (Lanes taken);

    /// @notice Gives burned points back in the lanes they were taken from, aged since; what lapsed meanwhile comes in
    /// the oldest live lane.
    function restore(address to, Lanes lanes) external;

    /// @notice Stops the clock for ever; the shop has defaulted.
    function stop() external;

    /// @notice Burns points of `from`, oldest first; answers with the lanes taken, stamped with the running quarter.
    function burn(address from, uint48 points) external returns (Lanes taken);

    /// @notice Takes note of what has lapsed at these accounts; balances do not change by it.
    function lapse(address[] calldata accounts) external;

    /// @notice Stores the quarter that has begun, where one has.
    function poke() external;

    /// @notice Announces the end of the running quarter, in its last 60 days or later; the owner of the shop does that.
    function postNotice(bytes32 content) external;

    /// @notice The live points of an account by age, newest first, and the running quarter.
    function lanesOf(address account) external view returns (uint48[5] memory lanes, uint16 quarter);

    /// @notice The live points of all accounts by age, newest first, and the running quarter.
    function supplyLanes() external view returns (uint48[5] memory lanes, uint16 quarter);

    /// @notice The running quarter, when it began, and when its end was announced (zero: not yet).
    function clock() external view returns (uint16 quarter, uint48 startedAt, uint48 noticeAt);

    /// @notice What the account owes to the shop, in hundredths of a point; the shop's next points pay it off.
    function debtOf(address account) external view returns (uint256 points);

    /// @notice The breakage share of all points that ever lapsed, in hundredths of a point, up to the last step of the
    /// clock.
    function breakageShared() external view returns (uint256 points);

    /// @notice What a payment asks before it burns: the live balance of `account` and the live supply.
    function balanceAndSupply(address account) external view returns (uint256 balance, uint256 supply);

    /// @notice The shop whose points these are.
    function shop() external view returns (uint32);

    /// @notice Shortest length of a quarter, in seconds.
    function quarterLength() external view returns (uint48);

    /// @notice Money per 0.01 point, in the money's smallest unit.
    function par() external view returns (uint256);

    /// @notice ERC-2612 for accounts that are contracts: the owner agrees by ERC-1271 (or by ECDSA).
    function permit(address owner, address spender, uint256 value, uint256 deadline, bytes calldata signature) external;

    /// @notice ERC-3009 for accounts that are contracts: `from` agrees by ERC-1271 (or by ECDSA).
    function transferWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external;

    /// @notice The same, to be sent by the receiver alone.
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external;

    /// @notice Cancels an authorization not used yet; the authorizer agrees by ERC-1271 (or by ECDSA).
    function cancelAuthorization(address authorizer, bytes32 nonce, bytes calldata signature) external;
}
