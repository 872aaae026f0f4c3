// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {Claim, HOUSE} from "./interfaces/IClearingHouse.sol";
import {IConsortium} from "./interfaces/IConsortium.sol";
import {IRewards, Offer, Purchase, Use} from "./interfaces/IRewards.sol";
import {IStanding} from "./interfaces/IStanding.sol";
import {IVoucherDesk} from "./interfaces/IVoucherDesk.sol";
import {ShopStatus, ShopWord} from "./libraries/ShopWord.sol";
import {Tier} from "./libraries/StandingWord.sol";
import {TillWord} from "./libraries/TillWord.sol";
import {Amiss, TakesPoints} from "./TakesPoints.sol";

contract VoucherDesk is IVoucherDesk, TakesPoints {
    bytes32 private constant DOMAIN_TYPEHASH = keccak256(
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    );
    bytes32 private constant PURCHASE_TYPEHASH = keccak256(
        "VoucherPurchase(address member,uint256 reward,uint32 count,uint256 nonce,uint48 deadline,Line[] lines)"
        "Line(address token,uint48 points)"
    );
    bytes32 private constant USE_TYPEHASH = keccak256(
        "VoucherUse(address holder,uint32 shop,uint32 till,uint256 reward,uint32 count,uint64 sequence,uint48 deadline)"
    );
    bytes32 private constant RETURN_TYPEHASH = keccak256(
        "VoucherReturn(address holder,uint256 reward,uint32 count,uint256 nonce,uint48 deadline)"
    );

    IRewards private immutable _rewards;
    IStanding private immutable _standing;
    bytes32 private immutable _nameHash;
    bytes32 private immutable _versionHash;

    /// @dev For the rewards that create it, and under their name.
    constructor(
        IConsortium consortium,
        string memory name,
        string memory version
    ) TakesPoints(consortium) EIP712(name, version) {
        _rewards = IRewards(msg.sender);
        _standing = IStanding(consortium.network().standing);
        (_nameHash, _versionHash) = (keccak256(bytes(name)), keccak256(bytes(version)));
    }

    // ---------------------------------------------------------------- a purchase

    /// @inheritdoc IVoucherDesk
    function lookAt(Purchase calldata purchase) external view returns (uint256 points, Claim[] memory claims) {
        points = _priceOf(purchase);
        bytes32 terms = keccak256(
            abi.encode(
                PURCHASE_TYPEHASH,
                purchase.member,
                purchase.reward,
                purchase.count,
                purchase.nonce,
                purchase.deadline,
                _linesHash(purchase.lines)
            )
        );
        _requireAgreed(purchase.member, purchase.nonce, purchase.deadline, terms, purchase.signature);
        Due memory due = _dueFor(HOUSE, purchase.member, purchase.lines, 0);
        if (due.amiss != Amiss.Nothing) _refuse(purchase, due, points);
        if (due.points != points) revert IRewards.BadLines(purchase.reward, due.points, points);
        return (points, due.claims);
    }

    /// @dev What so many cost, where the shop sells them to this member now.
    function _priceOf(Purchase calldata purchase) private view returns (uint256 points) {
        (uint256 reward, uint256 count) = (purchase.reward, purchase.count);
        Offer memory offered = _rewards.offerOf(reward);
        if (offered.price == 0) revert IRewards.UnknownReward(reward);
        if (count == 0) revert IRewards.NoVouchers();
        (uint32 sold, , bool cancelled, ) = _rewards.stateOf(reward);
        if (cancelled) revert IRewards.RewardCancelled(reward);
        if (!_isOpen(offered)) revert IRewards.OutsidePeriod(reward, offered.opensAt, offered.closesAt);
        (ShopWord word, ) = _consortium.wordsOf(offered.shop, 0);
        if (word.status() != ShopStatus.Active) revert IRewards.ShopNotOffering(offered.shop, word.status());
        uint256 left = offered.stock - sold;
        if (count > left) revert IRewards.SoldOut(reward, left, count);
        _requireMayBuy(offered, reward, purchase.member, count);
        return offered.price * count;
    }

    function _requireMayBuy(Offer memory offered, uint256 reward, address member, uint256 count) private view {
        if (offered.perMember != 0) {
            uint256 left = offered.perMember - _rewards.boughtBy(reward, member);
            if (count > left) revert IRewards.OverMemberLimit(reward, member, left, count);
        }
        if (offered.tier != Tier.None) {
            Tier held = _standing.tierOf(offered.tierShop, member);
            if (held < offered.tier) revert IRewards.TierTooLow(reward, member, held, offered.tier);
        }
    }

    function _refuse(Purchase calldata purchase, Due memory due, uint256 points) private view {
        if (due.amiss == Amiss.Order) revert IRewards.BadLines(purchase.reward, due.points, points);
        address token = purchase.lines[due.line].token;
        if (due.amiss == Amiss.Token) revert IRewards.UnknownToken(token);
        if (due.amiss == Amiss.Defaulted) revert IRewards.IssuerHasDefaulted(_consortium.shopOfPoints(token));
        uint256 balance = IERC20(token).balanceOf(purchase.member);
        revert IRewards.TooFewPoints(token, balance, purchase.lines[due.line].points);
    }

    // ---------------------------------------------------------------- a use

    /// @inheritdoc IVoucherDesk
    function requireAccepted(
        uint32 shop,
        uint32 till,
        Use[] calldata uses,
        bytes calldata tillSignature
    ) external view {
        (ShopWord shopWord, TillWord tillWord) = _consortium.wordsOf(shop, till);
        ShopStatus status = shopWord.status();
        if (status != ShopStatus.Active && status != ShopStatus.Exiting) {
            revert IRewards.ShopNotAccepting(shop, status);
        }
        if (!tillWord.isActiveCounter()) revert IRewards.TillNotAccepting(shop, till);
        bytes32[] memory terms = new bytes32[](uses.length);
        for (uint256 i; i < uses.length; ++i) {
            terms[i] = _useHash(shop, till, uses[i]);
        }
        if (!_isAccepted(shop, till, tillWord, terms, tillSignature)) revert IRewards.BadTillSignature(shop, till);
    }

    /// @inheritdoc IVoucherDesk
    function whyNotUsed(uint32 shop, uint32 till, Use calldata one) external view returns (bytes memory) {
        (uint256 reward, address holder) = (one.reward, one.holder);
        Offer memory offered = _rewards.offerOf(reward);
        if (offered.price == 0) return abi.encodeWithSelector(IRewards.UnknownReward.selector, reward);
        if (one.count == 0) return abi.encodeWithSelector(IRewards.NoVouchers.selector);
        if (offered.shop != shop) return abi.encodeWithSelector(IRewards.OtherShop.selector, reward, shop);
        if (!_isOpen(offered)) {
            return abi.encodeWithSelector(IRewards.OutsidePeriod.selector, reward, offered.opensAt, offered.closesAt);
        }
        if (_rewards.useSpent(shop, till, one.sequence)) {
            return abi.encodeWithSelector(IRewards.UseSpent.selector, shop, till, one.sequence);
        }
        if (block.timestamp > one.deadline)
            return abi.encodeWithSelector(IRewards.AgreementExpired.selector, one.deadline);
        if (!_isSignedBy(holder, _useHash(shop, till, one), one.signature)) {
            return abi.encodeWithSelector(IRewards.BadMemberSignature.selector, holder);
        }
        uint256 balance = _rewards.balanceOf(holder, reward);
        if (balance >= one.count) return "";
        bytes4 tooFew = IERC1155Errors.ERC1155InsufficientBalance.selector;
        return abi.encodeWithSelector(tooFew, holder, balance, one.count, reward);
    }

    function _useHash(uint32 shop, uint32 till, Use calldata one) private pure returns (bytes32) {
        return
            keccak256(
                abi.encode(USE_TYPEHASH, one.holder, shop, till, one.reward, one.count, one.sequence, one.deadline)
            );
    }

    // ---------------------------------------------------------------- a return

    /// @inheritdoc IVoucherDesk
    function requireReturnAgreed(
        address holder,
        uint256 reward,
        uint32 count,
        uint256 nonce,
        uint48 deadline,
        bytes calldata signature
    ) external view {
        bytes32 terms = keccak256(abi.encode(RETURN_TYPEHASH, holder, reward, count, nonce, deadline));
        _requireAgreed(holder, nonce, deadline, terms, signature);
    }

    // ---------------------------------------------------------------- within

    function _isOpen(Offer memory offered) private view returns (bool) {
        return block.timestamp >= offered.opensAt && block.timestamp <= offered.closesAt;
    }

    function _requireAgreed(
        address member,
        uint256 nonce,
        uint48 deadline,
        bytes32 terms,
        bytes calldata signature
    ) private view {
        if (_rewards.nonceUsed(member, nonce)) revert IRewards.NonceUsed(member, nonce);
        if (block.timestamp > deadline) revert IRewards.AgreementExpired(deadline);
        if (!_isSignedBy(member, terms, signature)) revert IRewards.BadMemberSignature(member);
    }

    /// @dev What is signed names the rewards, not their desk.
    function _hashTypedDataV4(bytes32 structHash) internal view override returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(DOMAIN_TYPEHASH, _nameHash, _versionHash, block.chainid, address(_rewards))
        );
        return MessageHashUtils.toTypedDataHash(domain, structHash);
    }
}
