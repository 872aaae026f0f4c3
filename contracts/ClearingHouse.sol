// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Claim, HOUSE, IClearingHouse} from "./interfaces/IClearingHouse.sol";
import {EXIT_LASTS, IConsortium, IssuerMode, Network} from "./interfaces/IConsortium.sol";
import {IShopPoints} from "./interfaces/IShopPoints.sol";
import {PositionRules, PositionWord} from "./libraries/PositionWord.sol";
import {ShopStatus, ShopWord} from "./libraries/ShopWord.sol";

contract ClearingHouse is IClearingHouse, ReentrancyGuardTransient {
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @dev A defaulted shop's points are worth par times money / liability, fixed when it defaults.
    struct Price {
        uint128 money;
        uint128 liability;
    }

    uint256 internal constant BPS = 10_000;
    /// @dev The trigger is half the required ratio.
    uint256 internal constant TRIGGER_BPS = 2 * BPS;
    uint48 internal constant STRESS_LASTS = 7 days;

    IConsortium private immutable _consortium;
    IERC20 private immutable _money;
    address private immutable _redemptions;
    address private immutable _rewards;
    uint256 private immutable _par;

    /// @inheritdoc IClearingHouse
    uint256 public pool;
    mapping(uint32 shop => PositionWord) private _positions;
    /// @inheritdoc IClearingHouse
    mapping(uint32 shop => uint48) public stressedAt;
    /// @inheritdoc IClearingHouse
    mapping(uint32 shop => Price) public priceOf;
    /// @dev Points whose breakage share is paid.
    mapping(uint32 shop => uint256) private _sharedPoints;

    /// @dev Only the owner of `shop` passes.
    modifier onlyOwner(uint32 shop) {
        if (msg.sender != _consortium.ownerOf(shop)) revert NotShopOwner(shop, msg.sender);
        _;
    }

    /// @dev Only who takes points as payment passes.
    modifier onlyRedeeming() {
        if (msg.sender != _redemptions && msg.sender != _rewards) revert NotRedeeming(msg.sender);
        _;
    }

    constructor(IConsortium consortium) {
        Network memory network = consortium.network();
        _consortium = consortium;
        _money = IERC20(network.money);
        _redemptions = network.redemptions;
        _rewards = network.rewards;
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
        _relieveIfKept(shop);
    }

    /// @inheritdoc IClearingHouse
    function withdraw(uint32 shop, address to, uint256 amount) external nonReentrant onlyOwner(shop) {
        if (to == address(0)) revert ZeroRecipient();
        if (to == address(this)) revert RecipientIsClearingHouse();
        ShopStatus status = _wordOf(shop).status();
        if (status == ShopStatus.Exiting || status == ShopStatus.Defaulted) revert WithdrawalsStopped(shop, status);
        uint256 free = freeReserveOf(shop);
        if (amount > free) revert ReserveTooLow(shop, free, amount);
        PositionWord position = _positions[shop];
        _positions[shop] = PositionRules.made(position.net(), position.reserve() - amount);
        emit Withdrawn(shop, to, amount);
        _relieveIfKept(shop);
        uint256 before = _money.balanceOf(address(this));
        _money.safeTransfer(to, amount);
        uint256 left = _money.balanceOf(address(this));
        // More than the amount would be the other shops' money.
        if (left + amount < before) revert WithdrawnTooMuch(before - amount, left);
    }

    // ---------------------------------------------------------------- redemptions and rewards

    /// @inheritdoc IClearingHouse
    function move(uint32 redeemer, Claim[] calldata claims) external onlyRedeeming returns (bool moved) {
        for (uint256 i; i < claims.length; ++i) {
            Claim calldata claim = claims[i];
            if (_staysAboveTrigger(claim.issuer, claim.mode, claim.value, claim.liabilityAfter)) continue;
            if (stressedAt[claim.issuer] == 0 && _mayBeStressed(claim.issuer)) _stress(claim.issuer);
            return false;
        }
        uint256 earned;
        for (uint256 i; i < claims.length; ++i) {
            Claim calldata claim = claims[i];
            _debit(claim.issuer, claim.value);
            earned += claim.value;
            emit NetMoved(claim.issuer, redeemer, claim.value);
        }
        _credit(redeemer, earned);
        return true;
    }

    /// @inheritdoc IClearingHouse
    function moveBack(uint32 redeemer, Claim[] calldata claims) external returns (bool moved) {
        if (msg.sender != _redemptions) revert NotRedeeming(msg.sender);
        uint256 total;
        for (uint256 i; i < claims.length; ++i) {
            total += claims[i].value;
        }
        // Like a payment elsewhere, it must leave the trigger's share of the shop's own points.
        if (!_staysAboveTrigger(redeemer, _consortium.modeOf(redeemer), total, liabilityOf(redeemer))) return false;
        _debit(redeemer, total);
        for (uint256 i; i < claims.length; ++i) {
            _credit(claims[i].issuer, claims[i].value);
            emit NetMovedBack(redeemer, claims[i].issuer, claims[i].value);
        }
        return true;
    }

    /// @inheritdoc IClearingHouse
    function release(uint32 shop, uint256 value) external {
        if (msg.sender != _rewards) revert NotRewards(msg.sender);
        _debit(HOUSE, value);
        _credit(shop, value);
        emit VouchersReleased(shop, value);
    }

    // ---------------------------------------------------------------- anyone: stress, default, breakage

    /// @inheritdoc IClearingHouse
    function markStressed(uint32 shop) external {
        bool above = _staysAboveTrigger(shop, IssuerMode.Open, 0, liabilityOf(shop));
        if (above || stressedAt[shop] != 0 || !_mayBeStressed(shop)) revert NotStressed(shop);
        _stress(shop);
    }

    /// @inheritdoc IClearingHouse
    function relieve(uint32 shop) external {
        if (stressedAt[shop] == 0) revert NotStressed(shop);
        uint256 short = _shortOf(shop);
        if (short != 0) revert StillShort(shop, short);
        _relieve(shop);
    }

    /// @inheritdoc IClearingHouse
    function declareDefault(uint32 shop) external {
        uint256 inPool = pool + _payDebt(shop);
        pool = inPool - _payCredit(shop, inPool);
        uint256 from = _defaultFrom(shop);
        if (block.timestamp < from) revert NoDefault(shop, from);
        _consortium.markDefaulted(shop);
        delete stressedAt[shop];
        (uint256 money, uint256 liability) = _carried(shop);
        priceOf[shop] = Price(money.toUint128(), liability.toUint128());
        emit Defaulted(shop, money, liability);
    }

    /// @inheritdoc IClearingHouse
    function raisePrice(uint32 shop) external {
        Price memory price = priceOf[shop];
        if (price.liability == 0) revert NotDefaulted(shop, _wordOf(shop).status());
        (uint256 money, uint256 liability) = _carried(shop);
        if (money * price.liability <= price.money * liability) revert PriceNotHigher(shop);
        priceOf[shop] = Price(money.toUint128(), liability.toUint128());
        emit PriceRaised(shop, money, liability);
    }

    /// @inheritdoc IClearingHouse
    function shareBreakage(uint32 shop) external {
        uint32 beneficiary = _consortium.beneficiary();
        ShopWord word = _wordOf(shop);
        if (_wordOf(beneficiary).status() != ShopStatus.Active || word.status() == ShopStatus.Defaulted) {
            revert NothingToShare(shop);
        }
        if (word.points() == address(0)) revert NothingToShare(shop);
        uint256 points = IShopPoints(word.points()).breakageShared() - _sharedPoints[shop];
        // What a point freed when it lapsed; a shop that leaves keeps more, but not because of those.
        uint256 perPoint = _par * _consortium.ratioByAgeOf(shop);
        // As many points as the free reserve pays for; the rest waits.
        points = Math.min(points, (freeReserveOf(shop) * BPS) / perPoint);
        uint256 value = (points * perPoint) / BPS;
        if (value == 0) revert NothingToShare(shop);
        _sharedPoints[shop] += points;
        _debit(shop, value);
        _credit(beneficiary, value);
        emit BreakageShared(shop, beneficiary, points, value);
    }

    // ---------------------------------------------------------------- anyone: settling

    /// @inheritdoc IClearingHouse
    function settle(uint32[] calldata shops) external {
        // Debtors first, wherever they stand in the list, so that one call carries their money on to the creditors.
        uint256 inPool = pool;
        for (uint256 i; i < shops.length; ++i) {
            inPool += _payDebt(shops[i]);
        }
        for (uint256 i; i < shops.length; ++i) {
            inPool -= _payCredit(shops[i], inPool);
            _relieveIfKept(shops[i]);
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
        return value <= liability && _staysAboveTrigger(issuer, _consortium.modeOf(issuer), value, liability - value);
    }

    /// @inheritdoc IClearingHouse
    function valueOf(uint32 shop, IssuerMode mode, uint256 points) external view returns (uint256 value) {
        if (mode != IssuerMode.Defaulted) return points * _par;
        Price memory price = priceOf[shop];
        if (price.liability == 0) revert NotDefaulted(shop, _wordOf(shop).status());
        return Math.mulDiv(points * _par, price.money, price.liability);
    }

    // ---------------------------------------------------------------- within

    /// @dev No credit: what is left must carry the trigger's share of the points that remain, all of it where the shop
    /// leaves. A defaulted shop's money was counted when its price was fixed.
    function _staysAboveTrigger(
        uint32 issuer,
        IssuerMode mode,
        uint256 value,
        uint256 liabilityAfter
    ) private view returns (bool) {
        PositionWord position = _positions[issuer];
        // Neither can be near 2^255: a reserve has 128 bits, a value 112.
        int256 left = int256(position.reserve()) + position.net() - int256(value);
        if (left < 0) return false;
        if (mode != IssuerMode.Open) return mode == IssuerMode.Defaulted || uint256(left) >= liabilityAfter;
        // At half of all points the ratio no longer matters, which spares the well-backed the look-up.
        uint256 scaled = uint256(left) * TRIGGER_BPS;
        if (scaled >= liabilityAfter * BPS) return true;
        return scaled >= liabilityAfter * _consortium.requiredRatioOf(issuer);
    }

    /// @dev From when on the shop can be declared in default; reverts where nothing speaks for it.
    function _defaultFrom(uint32 shop) private view returns (uint256 from) {
        ShopStatus status = _wordOf(shop).status();
        bool exiting = status == ShopStatus.Exiting;
        if (!exiting && status != ShopStatus.Active && status != ShopStatus.Suspended) revert NoDefault(shop, 0);
        // Leaving does not win a shop that was stressed before any time.
        if (stressedAt[shop] != 0 && _shortOf(shop) != 0) return stressedAt[shop] + STRESS_LASTS;
        if (!exiting || _all(_positions[shop]) >= liabilityOf(shop)) revert NoDefault(shop, 0);
        return _consortium.leavingOf(shop).exitAnnouncedAt + EXIT_LASTS;
    }

    /// @dev Only a shop that is in the street, and keeps less than it must, can be stressed.
    function _mayBeStressed(uint32 shop) private view returns (bool) {
        ShopStatus status = _wordOf(shop).status();
        return (status == ShopStatus.Active || status == ShopStatus.Suspended) && _shortOf(shop) != 0;
    }

    function _stress(uint32 shop) private {
        stressedAt[shop] = uint48(block.timestamp);
        emit Stressed(shop, uint48(block.timestamp) + STRESS_LASTS);
    }

    function _relieve(uint32 shop) private {
        delete stressedAt[shop];
        emit Relieved(shop);
    }

    /// @dev A shop that has restored what it must keep does not depend on somebody saying so.
    function _relieveIfKept(uint32 shop) private {
        if (stressedAt[shop] != 0 && _shortOf(shop) == 0) _relieve(shop);
    }

    /// @dev What the shop lacks to keep what it must, as if it did not leave. What it is owed counts, as it does for
    /// the trigger: the debtors have it, and anyone can settle.
    function _shortOf(uint32 shop) private view returns (uint256) {
        uint256 required = Math.ceilDiv(liabilityOf(shop) * _consortium.ratioByAgeOf(shop), BPS);
        return Math.saturatingSub(required, _all(_positions[shop]));
    }

    /// @dev Everything a shop has: its reserve with what it is owed, or less what it owes; never below zero.
    function _all(PositionWord position) private pure returns (uint256) {
        return uint256(int256(position.reserve()) + position.net());
    }

    /// @dev The price that a shop's money carries: with enough for every point, or none left, it is par.
    function _carried(uint32 shop) private view returns (uint256 money, uint256 liability) {
        (money, liability) = (_all(_positions[shop]), liabilityOf(shop));
        if (money >= liability) (money, liability) = (1, 1);
    }

    function _credit(uint32 shop, uint256 value) private {
        PositionWord position = _positions[shop];
        _positions[shop] = PositionRules.made(position.net() + int256(value), position.reserve());
    }

    function _debit(uint32 shop, uint256 value) private {
        PositionWord position = _positions[shop];
        _positions[shop] = PositionRules.made(position.net() - int256(value), position.reserve());
    }

    function _payDebt(uint32 shop) private returns (uint256 paid) {
        PositionWord position = _positions[shop];
        int256 net = position.net();
        if (net >= 0) return 0;
        uint256 reserve = position.reserve();
        // Whoever owes has that much: no payment is accepted that would take a shop below zero.
        paid = uint256(-net);
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
        address points = _wordOf(shop).points();
        return points == address(0) ? 0 : IERC20(points).totalSupply();
    }

    function _wordOf(uint32 shop) private view returns (ShopWord word) {
        (word, ) = _consortium.wordsOf(shop, 0);
    }
}
