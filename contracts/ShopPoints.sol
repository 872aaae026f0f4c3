// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {IConsortium, Network} from "./interfaces/IConsortium.sol";
import {IMemberAccounts} from "./interfaces/IMemberAccounts.sol";
import {IShopPoints} from "./interfaces/IShopPoints.sol";
import {LaneRules, Lanes} from "./libraries/Lanes.sol";
import {PurchaseEntries} from "./libraries/PurchaseEntries.sol";
import {QuarterClock, QuarterRules} from "./libraries/QuarterClock.sol";
import {SignedConsent} from "./libraries/SignedConsent.sol";

/// @dev OpenZeppelin's ERC-20 with its books replaced: balances and supply are words of lanes here, and the base
/// contract's own stay empty. Every touch first steps the clock, then ages the word, then sheds what lapsed, then acts.
contract ShopPoints is IShopPoints, ERC20, ERC20Permit, ERC3009 {
    using PurchaseEntries for bytes;

    /// @dev A member's word in a box: a reference to it spares finding its place twice.
    struct Account {
        Lanes lanes;
    }

    bytes32 private constant PERMIT_TYPEHASH = keccak256(
        "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
    );

    uint256 private constant BPS = 10_000;

    IConsortium private immutable _consortium;
    address private immutable _issuance;
    address private immutable _redemptions;
    address private immutable _rewards;
    IMemberAccounts private immutable _members;
    /// @inheritdoc IShopPoints
    uint32 public immutable shop;
    /// @inheritdoc IShopPoints
    uint256 public immutable par;
    /// @inheritdoc IShopPoints
    uint48 public immutable quarterLength;

    QuarterClock private _clock;
    Lanes private _supply;
    mapping(address account => Account) private _accounts;
    /// @inheritdoc IShopPoints
    mapping(address account => uint256) public debtOf;

    /// @dev Only who takes points as payment passes.
    modifier onlyRedeeming() {
        if (msg.sender != _redemptions && msg.sender != _rewards) revert NotRedeeming(msg.sender);
        _;
    }

    constructor(
        IConsortium consortium,
        Network memory network,
        uint32 shop_,
        uint256 par_,
        uint48 quarterLength_
    )
        ERC20(
            string.concat("Highstreet points ", Strings.toString(shop_)),
            string.concat("HS", Strings.toString(shop_))
        )
        ERC20Permit(string.concat("Highstreet points ", Strings.toString(shop_)))
    {
        _consortium = consortium;
        _issuance = network.issuance;
        _redemptions = network.redemptions;
        _rewards = network.rewards;
        _members = IMemberAccounts(network.accounts);
        shop = shop_;
        par = par_;
        quarterLength = quarterLength_;
        _clock = QuarterRules.starting(uint48(block.timestamp), consortium.breakageShareOf(shop_));
        emit QuarterBegan(0, uint48(block.timestamp));
    }

    // ---------------------------------------------------------------- issuance

    /// @inheritdoc IShopPoints
    function issue(bytes calldata entries, uint256 issuedBits) external returns (uint16 quarter) {
        if (msg.sender != _issuance) revert NotIssuance(msg.sender);
        quarter = _stepClock();
        uint256 issued;
        for (uint256 i; issuedBits != 0;) {
            if (issuedBits & 1 != 0) {
                (address member, uint256 points) = entries.memberAndPoints(i);
                Account storage account = _accounts[member];
                Lanes held = _shed(account, member, quarter);
                if (held.owes()) (held, points) = _payDebt(held, member, points);
                account.lanes = held.withIssued(points);
                emit Transfer(address(0), member, points);
                unchecked {
                    // At most 256 times 48 bits.
                    issued += points;
                }
            }
            issuedBits >>= 1;
            unchecked {
                ++i;
            }
        }
        // No account's lane can exceed the supply's, so that this one check, made at the end, covers them all.
        (Lanes supply, ) = _supply.agedTo(quarter);
        uint256 before = supply.lane(0);
        if (before + issued > LaneRules.LANE_MAX) revert SupplyLaneOverflow(before, issued);
        _supply = supply.withIssued(issued);
    }

    /// @inheritdoc IShopPoints
    function takeBack(address from, uint48 points, uint16 bornIn, uint48 debt) external returns (Lanes taken) {
        if (msg.sender != _issuance) revert NotIssuance(msg.sender);
        uint16 quarter = _stepClock();
        Account storage account = _accounts[from];
        Lanes held = _shed(account, from, quarter);
        uint256 balance = held.total();
        if (balance < points) revert TooFewToTakeBack(from, balance, points);
        taken = held.fromAge(points, quarter - bornIn);
        held = held.withoutLanes(taken);
        if (debt != 0) {
            debtOf[from] += debt;
            held = held.withDebt();
            emit DebtRecorded(from, debt);
        }
        account.lanes = held;
        (Lanes supply, ) = _supply.agedTo(quarter);
        _supply = supply.withoutLanes(taken);
        emit PointsTakenBack(from, taken);
        emit Transfer(from, address(0), points);
    }

    // ---------------------------------------------------------------- redemptions and rewards

    /// @inheritdoc IShopPoints
    function burn(address from, uint48 points) external onlyRedeeming returns (Lanes taken) {
        uint16 quarter = _stepClock();
        taken = _take(from, points, quarter);
        (Lanes supply, ) = _supply.agedTo(quarter);
        _supply = supply.withoutLanes(taken);
        emit Transfer(from, address(0), points);
    }

    /// @inheritdoc IShopPoints
    function restore(address to, Lanes lanes) external onlyRedeeming {
        uint16 quarter = _stepClock();
        Lanes back = lanes.agedKeeping(quarter);
        (Lanes supply, ) = _supply.agedTo(quarter);
        for (uint256 age; age <= LaneRules.OLDEST; ++age) {
            uint256 before = supply.lane(age);
            if (before + back.lane(age) > LaneRules.LANE_MAX) revert SupplyLaneOverflow(before, back.lane(age));
        }
        _supply = supply.withLanes(back);
        Account storage account = _accounts[to];
        account.lanes = _shed(account, to, quarter).withLanes(back);
        emit PointsRestored(to, back);
        emit Transfer(address(0), to, back.total());
    }

    // ---------------------------------------------------------------- the consortium

    /// @inheritdoc IShopPoints
    function stop() external {
        if (msg.sender != address(_consortium)) revert NotConsortium(msg.sender);
        uint16 quarter = _stepClock();
        _clock = _clock.stopped();
        emit ClockStoppedFor(quarter);
    }

    // ---------------------------------------------------------------- the shop's owner

    /// @inheritdoc IShopPoints
    function postNotice(bytes32 content) external {
        if (msg.sender != _consortium.ownerOf(shop)) revert NotShopOwner(shop, msg.sender);
        if (!_consortium.pointsLapse()) revert PointsDoNotLapse();
        _stepClock();
        QuarterClock running = _clock;
        if (running.isStopped()) revert ClockStopped();
        if (running.noticeAt() != 0) revert NoticeAlreadyPosted(running.noticeAt());
        uint48 time = uint48(block.timestamp);
        uint48 opensAt = running.noticeOpensAt(quarterLength);
        if (time < opensAt) revert NoticeTooEarly(opensAt);
        running = running.withNotice(time);
        _clock = running;
        emit QuarterNoticed(running.quarter(), time, running.endsAt(quarterLength), content);
    }

    // ---------------------------------------------------------------- members, and whom they signed for

    /// @inheritdoc IShopPoints
    function permit(
        address owner,
        address spender,
        uint256 value,
        uint256 deadline,
        bytes calldata signature
    ) external {
        if (block.timestamp > deadline) revert ERC2612ExpiredSignature(deadline);
        bytes32 terms = keccak256(abi.encode(PERMIT_TYPEHASH, owner, spender, value, _useNonce(owner), deadline));
        if (!SignedConsent.isGivenBy(_members, owner, _hashTypedDataV4(terms), signature)) {
            revert ERC2612InvalidSigner(address(0), owner);
        }
        _approve(owner, spender, value);
    }

    /// @inheritdoc IShopPoints
    function transferWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external {
        _requireConsent(
            from,
            keccak256(
                abi.encode(TRANSFER_WITH_AUTHORIZATION_TYPEHASH, from, to, value, validAfter, validBefore, nonce)
            ),
            signature
        );
        _transferWithAuthorization(from, to, value, validAfter, validBefore, nonce);
    }

    /// @inheritdoc IShopPoints
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external {
        if (to != msg.sender) revert ERC20InvalidReceiver(to);
        _requireConsent(
            from,
            keccak256(abi.encode(RECEIVE_WITH_AUTHORIZATION_TYPEHASH, from, to, value, validAfter, validBefore, nonce)),
            signature
        );
        _transferWithAuthorization(from, to, value, validAfter, validBefore, nonce);
    }

    /// @inheritdoc IShopPoints
    function cancelAuthorization(address authorizer, bytes32 nonce, bytes calldata signature) external {
        _requireConsent(authorizer, keccak256(abi.encode(CANCEL_AUTHORIZATION_TYPEHASH, authorizer, nonce)), signature);
        _cancelAuthorization(authorizer, nonce);
    }

    // ---------------------------------------------------------------- anyone

    /// @inheritdoc IShopPoints
    function lapse(address[] calldata accounts) external {
        uint16 quarter = _stepClock();
        for (uint256 i; i < accounts.length; ++i) {
            Account storage account = _accounts[accounts[i]];
            account.lanes = _shed(account, accounts[i], quarter);
        }
    }

    /// @inheritdoc IShopPoints
    function poke() external {
        _stepClock();
    }

    /// @inheritdoc IShopPoints
    function lanesOf(address account) external view returns (uint48[5] memory lanes, uint16 quarter) {
        return _spread(_liveAccount(account));
    }

    /// @inheritdoc IShopPoints
    function supplyLanes() external view returns (uint48[5] memory lanes, uint16 quarter) {
        return _spread(_liveSupply());
    }

    /// @inheritdoc IShopPoints
    function clock() external view returns (uint16 quarter, uint48 startedAt, uint48 noticeAt) {
        QuarterClock running = _liveClock();
        return (running.quarter(), running.startedAt(), running.noticeAt());
    }

    /// @inheritdoc IShopPoints
    function breakageShared() external view returns (uint256 points) {
        return _clock.shared();
    }

    /// @inheritdoc IShopPoints
    function balanceAndSupply(address account) external view returns (uint256 balance, uint256 supply) {
        uint16 quarter = _liveClock().quarter();
        (Lanes held, ) = _accounts[account].lanes.agedTo(quarter);
        (Lanes all, ) = _supply.agedTo(quarter);
        return (held.total(), all.total());
    }

    /// @notice The account's live points, in hundredths.
    function balanceOf(address account) public view override returns (uint256) {
        return _liveAccount(account).total();
    }

    /// @notice All live points, in hundredths.
    function totalSupply() public view override returns (uint256) {
        return _liveSupply().total();
    }

    /// @notice Two: amounts are in hundredths of a point.
    function decimals() public pure override returns (uint8) {
        return 2;
    }

    // ---------------------------------------------------------------- within

    /// @dev Reached by transfers only; issuing and burning have their own ways in.
    function _update(address from, address to, uint256 value) internal override {
        uint16 quarter = _stepClock();
        Lanes taken = _take(from, value, quarter);
        Account storage receiver = _accounts[to];
        receiver.lanes = _shed(receiver, to, quarter).withLanes(taken);
        emit Transfer(from, to, value);
    }

    /// @dev Takes the oldest `points` off an account's stored word, and answers with their lanes.
    function _take(address from, uint256 points, uint16 quarter) private returns (Lanes taken) {
        Account storage account = _accounts[from];
        Lanes held = _shed(account, from, quarter);
        bool enough;
        (taken, enough) = held.oldestFirst(points);
        if (!enough) revert ERC20InsufficientBalance(from, held.total(), points);
        account.lanes = held.withoutLanes(taken);
    }

    /// @dev The account's word in `quarter`; says so where points lapsed. The caller stores it.
    function _shed(Account storage account, address holder, uint16 quarter) private returns (Lanes aged) {
        uint256 lapsed;
        (aged, lapsed) = account.lanes.agedTo(quarter);
        if (lapsed != 0) {
            emit PointsLapsed(holder, lapsed);
            emit Transfer(holder, address(0), lapsed);
        }
    }

    /// @dev Stores the quarter that has begun, where one has, and answers with the running one.
    function _stepClock() private returns (uint16 quarter) {
        QuarterClock stored = _clock;
        QuarterClock live = stored.asOf(block.timestamp, quarterLength);
        quarter = live.quarter();
        if (quarter != stored.quarter()) _beginQuarter(stored, live);
    }

    /// @dev What lapses with the quarter that has ended counts under the share that quarter bore.
    function _beginQuarter(QuarterClock ended, QuarterClock begun) private {
        (Lanes before, ) = _supply.agedTo(ended.quarter());
        (, uint256 lapsed) = before.agedTo(begun.quarter());
        uint256 shared = ended.shared() + (lapsed * ended.shareBps()) / BPS;
        _clock = begun.withBreakage(_consortium.breakageShareAt(shop, begun.startedAt()), shared);
        emit QuarterBegan(begun.quarter(), begun.startedAt());
    }

    /// @dev Pays what the member owes out of points newly issued; answers with what is left of them.
    function _payDebt(Lanes held, address member, uint256 points) private returns (Lanes, uint256) {
        uint256 owed = debtOf[member];
        uint256 paid = Math.min(owed, points);
        debtOf[member] = owed - paid;
        if (paid == owed) held = held.withoutDebt();
        if (paid != 0) emit DebtPaid(member, paid);
        return (held, points - paid);
    }

    function _requireConsent(address from, bytes32 terms, bytes calldata signature) private view {
        if (!SignedConsent.isGivenBy(_members, from, _hashTypedDataV4(terms), signature))
            revert ERC3009InvalidSignature();
    }

    function _liveClock() private view returns (QuarterClock) {
        return _clock.asOf(block.timestamp, quarterLength);
    }

    function _liveAccount(address account) private view returns (Lanes live) {
        (live, ) = _accounts[account].lanes.agedTo(_liveClock().quarter());
    }

    function _liveSupply() private view returns (Lanes live) {
        (live, ) = _supply.agedTo(_liveClock().quarter());
    }

    function _spread(Lanes word) private pure returns (uint48[5] memory lanes, uint16 quarter) {
        for (uint256 age; age < 5; ++age) {
            lanes[age] = word.lane(age);
        }
        return (lanes, word.quarter());
    }
}
