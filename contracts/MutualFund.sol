// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IClearingHouse} from "./interfaces/IClearingHouse.sol";
import {IConsortium, Network} from "./interfaces/IConsortium.sol";
import {IMutualFund} from "./interfaces/IMutualFund.sol";
import {ShopStatus} from "./libraries/ShopWord.sol";

contract MutualFund is IMutualFund, AccessManaged, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    uint256 internal constant WAITS = 14 days;
    /// @dev Of what is not the defaulted shop's own, one part in ten.
    uint256 internal constant REST_PART = 10;
    /// @dev Shares nobody has: the first to pay in cannot make the next one's share round to nothing, and what was
    /// collected before anybody paid in is not the first one's. So many that a share is a crumb of any fund.
    uint256 internal constant UNOWNED_SHARES = 1e12;

    IConsortium private immutable _consortium;
    IClearingHouse private immutable _clearingHouse;
    IERC20 private immutable _money;
    /// @inheritdoc IMutualFund
    uint32 public immutable ownShop;

    /// @inheritdoc IMutualFund
    uint256 public held;
    /// @inheritdoc IMutualFund
    uint256 public totalShares;
    /// @inheritdoc IMutualFund
    mapping(uint32 shop => uint256) public sharesOf;
    /// @inheritdoc IMutualFund
    mapping(uint32 shop => uint48) public defaultNotedAt;
    /// @inheritdoc IMutualFund
    mapping(uint32 shop => bool) public compensated;

    /// @dev Applies as a shop at once; the board admits it as one that only redeems, or there is no fund.
    constructor(IConsortium consortium) AccessManaged(IAccessManaged(address(consortium)).authority()) {
        Network memory network = consortium.network();
        _consortium = consortium;
        _clearingHouse = IClearingHouse(network.clearingHouse);
        _money = IERC20(network.money);
        ownShop = consortium.applyToJoin();
    }

    // ---------------------------------------------------------------- shops that pay in, and leave

    /// @inheritdoc IMutualFund
    function payIn(uint32 shop, uint256 amount) external nonReentrant returns (uint256 shares) {
        ShopStatus status = _statusOf(shop);
        if ((status != ShopStatus.Active && status != ShopStatus.Suspended) || shop == ownShop) {
            revert ShopNotPayingIn(shop, status);
        }
        // What came in before belongs to those who were there before.
        _collect();
        uint256 before = _money.balanceOf(address(this));
        _money.safeTransferFrom(msg.sender, address(this), amount);
        uint256 received = _money.balanceOf(address(this)) - before;
        if (received < amount) revert PaymentShort(amount, received);
        shares = Math.mulDiv(received, totalShares + UNOWNED_SHARES, held + 1);
        if (shares == 0) revert NothingPaidIn(received);
        held += received;
        totalShares += shares;
        sharesOf[shop] += shares;
        emit PaidIn(shop, msg.sender, received, shares);
    }

    /// @inheritdoc IMutualFund
    function takeOut(uint32 shop, address to) external nonReentrant returns (uint256 amount) {
        ShopStatus status = _statusOf(shop);
        if (status != ShopStatus.Exited || msg.sender != _consortium.ownerOf(shop)) {
            revert NotLeaver(shop, status, msg.sender);
        }
        if (to == address(0)) revert ZeroRecipient();
        if (sharesOf[shop] == 0) revert NoShare(shop);
        amount = shareValueOf(shop);
        _spendShares(shop);
        held -= amount;
        emit TakenOut(shop, to, amount);
        _money.safeTransfer(to, amount);
    }

    // ---------------------------------------------------------------- anyone

    /// @inheritdoc IMutualFund
    function collect() external nonReentrant returns (uint256 amount) {
        amount = _collect();
        if (amount == 0) revert NothingToCollect();
    }

    /// @inheritdoc IMutualFund
    function noteDefault(uint32 shop) external {
        ShopStatus status = _statusOf(shop);
        if (status != ShopStatus.Defaulted) revert NotDefaulted(shop, status);
        if (defaultNotedAt[shop] != 0) revert DefaultAlreadyNoted(shop, defaultNotedAt[shop]);
        defaultNotedAt[shop] = uint48(block.timestamp);
        emit DefaultNoted(shop, uint48(block.timestamp + WAITS));
    }

    // ---------------------------------------------------------------- the board

    /// @inheritdoc IMutualFund
    function compensate(uint32 shop, uint256 amount) external restricted nonReentrant {
        uint48 notedAt = defaultNotedAt[shop];
        if (notedAt == 0) revert DefaultNotNoted(shop);
        if (block.timestamp < notedAt + WAITS) revert CompensationTooEarly(shop, notedAt + WAITS);
        if (compensated[shop]) revert AlreadyCompensated(shop);
        uint256 most = Math.min(mostFor(shop), _lackOf(shop));
        if (amount == 0 || amount > most) revert CompensationOutOfBounds(shop, most, amount);
        compensated[shop] = true;
        _spendShares(shop);
        held -= amount;
        emit Compensated(shop, amount);
        _money.forceApprove(address(_clearingHouse), amount);
        _clearingHouse.deposit(shop, amount);
        _clearingHouse.raisePrice(shop);
    }

    // ---------------------------------------------------------------- whoever asks

    /// @inheritdoc IMutualFund
    function shareValueOf(uint32 shop) public view returns (uint256) {
        return Math.mulDiv(sharesOf[shop], held + 1, totalShares + UNOWNED_SHARES);
    }

    /// @inheritdoc IMutualFund
    function mostFor(uint32 shop) public view returns (uint256) {
        uint256 own = shareValueOf(shop);
        return own + (held - own) / REST_PART;
    }

    // ---------------------------------------------------------------- within

    /// @dev Settles what the fund's own shop is owed, as far as the pool goes, and takes it.
    function _collect() private returns (uint256 received) {
        if (_consortium.shopOf(ownShop).points == address(0)) return 0;
        uint32[] memory own = new uint32[](1);
        own[0] = ownShop;
        _clearingHouse.settle(own);
        uint256 free = _clearingHouse.freeReserveOf(ownShop);
        if (free == 0) return 0;
        uint256 before = _money.balanceOf(address(this));
        _clearingHouse.withdraw(ownShop, address(this), free);
        received = _money.balanceOf(address(this)) - before;
        held += received;
        emit Collected(received);
    }

    function _spendShares(uint32 shop) private {
        totalShares -= sharesOf[shop];
        delete sharesOf[shop];
    }

    /// @dev What the shop's money lacks to pay each of its points at par.
    function _lackOf(uint32 shop) private view returns (uint256) {
        (int128 net, uint128 reserve) = _clearingHouse.positionOf(shop);
        int256 lack = int256(_clearingHouse.liabilityOf(shop)) - int256(uint256(reserve)) - net;
        return lack > 0 ? uint256(lack) : 0;
    }

    function _statusOf(uint32 shop) private view returns (ShopStatus) {
        return _consortium.shopOf(shop).status;
    }
}
