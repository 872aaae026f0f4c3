// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Claim, IClearingHouse} from "./interfaces/IClearingHouse.sol";
import {IConsortium, Network} from "./interfaces/IConsortium.sol";
import {PositionRules, PositionWord} from "./libraries/PositionWord.sol";
import {ShopWord} from "./libraries/ShopWord.sol";

contract ClearingHouse is IClearingHouse, ReentrancyGuardTransient {
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    uint256 internal constant BPS = 10_000;
    /// @dev The trigger is half the required ratio.
    uint256 internal constant TRIGGER_BPS = 2 * BPS;

    IConsortium private immutable _consortium;
    IERC20 private immutable _money;
    address private immutable _redemptions;
    uint256 private immutable _par;

    /// @inheritdoc IClearingHouse
    uint256 public pool;
    mapping(uint32 shop => PositionWord) private _positions;

    /// @dev Only the owner of `shop` passes.
    modifier onlyOwner(uint32 shop) {
        if (msg.sender != _consortium.ownerOf(shop)) revert NotShopOwner(shop, msg.sender);
        _;
    }

    constructor(IConsortium consortium) {
        Network memory network = consortium.network();
        _consortium = consortium;
        _money = IERC20(network.money);
        _redemptions = network.redemptions;
        _par = consortium.par();
    }

    // ---------------------------------------------------------------- whoever brings money, and the shop's owner

    /// @inheritdoc IClearingHouse
    function deposit(uint32 shop, uint256 amount) external nonReentrant {
        if (_consortium.ownerOf(shop) == address(0)) revert UnknownShop(shop);
        uint256 before = _money.balanceOf(address(this));
        _money.safeTransferFrom(msg.sender, address(this), amount);
        uint256 received = _money.balanceOf(address(this)) - before;
        if (received < amount) revert DepositShort(amount, received);
        PositionWord position = _positions[shop];
        _positions[shop] = PositionRules.made(position.net(), position.reserve() + received);
        emit Deposited(shop, msg.sender, received);
    }

    /// @inheritdoc IClearingHouse
    function withdraw(uint32 shop, address to, uint256 amount) external nonReentrant onlyOwner(shop) {
        if (to == address(0)) revert ZeroRecipient();
        if (to == address(this)) revert RecipientIsClearingHouse();
        uint256 free = freeReserveOf(shop);
        if (amount > free) revert ReserveTooLow(shop, free, amount);
        PositionWord position = _positions[shop];
        _positions[shop] = PositionRules.made(position.net(), position.reserve() - amount);
        emit Withdrawn(shop, to, amount);
        _money.safeTransfer(to, amount);
    }

    // ---------------------------------------------------------------- redemptions

    /// @inheritdoc IClearingHouse
    function move(uint32 redeemer, Claim[] calldata claims) external returns (bool moved) {
        if (msg.sender != _redemptions) revert NotRedemptions(msg.sender);
        for (uint256 i; i < claims.length; ++i) {
            Claim calldata claim = claims[i];
            if (!_staysAboveTrigger(claim.issuer, claim.value, claim.liabilityAfter)) return false;
        }
        uint256 earned;
        for (uint256 i; i < claims.length; ++i) {
            Claim calldata claim = claims[i];
            PositionWord debtor = _positions[claim.issuer];
            _positions[claim.issuer] = PositionRules.made(debtor.net() - int256(claim.value), debtor.reserve());
            earned += claim.value;
            emit NetMoved(claim.issuer, redeemer, claim.value);
        }
        PositionWord creditor = _positions[redeemer];
        _positions[redeemer] = PositionRules.made(creditor.net() + int256(earned), creditor.reserve());
        return true;
    }

    // ---------------------------------------------------------------- anyone

    /// @inheritdoc IClearingHouse
    function settle(uint32[] calldata shops) external {
        // Debtors first, wherever they stand in the list, so that one call carries their money on to the creditors.
        uint256 inPool = pool;
        for (uint256 i; i < shops.length; ++i) {
            inPool += _payDebt(shops[i]);
        }
        for (uint256 i; i < shops.length; ++i) {
            inPool -= _payCredit(shops[i], inPool);
        }
        pool = inPool;
    }

    /// @inheritdoc IClearingHouse
    function positionOf(uint32 shop) external view returns (int128 net, uint128 reserve) {
        PositionWord position = _positions[shop];
        return (int128(position.net()), uint128(position.reserve()));
    }

    /// @inheritdoc IClearingHouse
    function liabilityOf(uint32 shop) public view returns (uint256) {
        return _supplyOf(shop) * _par;
    }

    /// @inheritdoc IClearingHouse
    function requiredReserveOf(uint32 shop) public view returns (uint256) {
        return Math.ceilDiv(liabilityOf(shop) * _consortium.requiredRatioOf(shop), BPS);
    }

    /// @inheritdoc IClearingHouse
    function freeReserveOf(uint32 shop) public view returns (uint256) {
        int256 free = _positions[shop].backing() - requiredReserveOf(shop).toInt256();
        return free > 0 ? uint256(free) : 0;
    }

    /// @inheritdoc IClearingHouse
    function issuableOf(uint32 shop) external view returns (uint256 points) {
        int256 backing = _positions[shop].backing();
        if (backing <= 0) return 0;
        uint256 carried = (uint256(backing) * BPS) / (uint256(_consortium.requiredRatioOf(shop)) * _par);
        uint256 supply = _supplyOf(shop);
        return carried > supply ? carried - supply : 0;
    }

    /// @inheritdoc IClearingHouse
    function canRedeemElsewhere(uint32 issuer, uint256 value) external view returns (bool) {
        uint256 liability = liabilityOf(issuer);
        return value <= liability && _staysAboveTrigger(issuer, value, liability - value);
    }

    // ---------------------------------------------------------------- within

    /// @dev No credit: what is left must carry the trigger's share of the points that remain.
    function _staysAboveTrigger(uint32 issuer, uint256 value, uint256 liabilityAfter) private view returns (bool) {
        PositionWord position = _positions[issuer];
        // Neither can be near 2^255: a reserve has 128 bits, a value 112.
        int256 left = int256(position.reserve()) + position.net() - int256(value);
        if (left < 0) return false;
        // At half of all points the ratio no longer matters, which spares the well-backed the look-up.
        uint256 scaled = uint256(left) * TRIGGER_BPS;
        if (scaled >= liabilityAfter * BPS) return true;
        return scaled >= liabilityAfter * _consortium.requiredRatioOf(issuer);
    }

    function _payDebt(uint32 shop) private returns (uint256 paid) {
        PositionWord position = _positions[shop];
        int256 net = position.net();
        if (net >= 0) return 0;
        uint256 reserve = position.reserve();
        paid = Math.min(uint256(-net), reserve);
        if (paid == 0) return 0;
        _positions[shop] = PositionRules.made(net + int256(paid), reserve - paid);
        emit Settled(shop, -int256(paid));
    }

    function _payCredit(uint32 shop, uint256 inPool) private returns (uint256 paid) {
        PositionWord position = _positions[shop];
        int256 net = position.net();
        if (net <= 0) return 0;
        paid = Math.min(uint256(net), inPool);
        if (paid == 0) return 0;
        _positions[shop] = PositionRules.made(net - int256(paid), position.reserve() + paid);
        emit Settled(shop, int256(paid));
    }

    function _supplyOf(uint32 shop) private view returns (uint256) {
        (ShopWord word, ) = _consortium.wordsOf(shop, 0);
        address points = word.points();
        return points == address(0) ? 0 : IERC20(points).totalSupply();
    }
}
