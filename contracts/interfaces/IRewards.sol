// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {Lanes} from "../libraries/Lanes.sol";
import {ShopStatus} from "../libraries/ShopWord.sol";
import {Tier} from "../libraries/StandingWord.sol";
import {Line} from "./IRedemptions.sol";

/// @notice What a shop sells for points; never changes once offered.
struct Offer {
    /// @notice The shop that sells it and honours its vouchers.
    uint32 shop;
    /// @notice What one voucher costs, in hundredths of a point of any shops.
    uint48 price;
    /// @notice How many there are.
    uint32 stock;
    /// @notice How many one member may buy; zero: as many as there are.
    uint32 perMember;
    /// @notice From this second on it is sold, and used.
    uint48 opensAt;
    /// @notice Up to this second.
    uint48 closesAt;
    /// @notice The tier a member must hold to buy.
    Tier tier;
    /// @notice Whose tier it is: a shop's, or the network's (0).
    uint32 tierShop;
    /// @notice Whether members may send their vouchers to others.
    bool transferable;
}

/// @notice A member's agreement to buy vouchers.
struct Purchase {
    /// @notice Who buys, pays and gets them.
    address member;
    /// @notice What is bought.
    uint256 reward;
    /// @notice How many.
    uint32 count;
    /// @notice A number the member has not used here before.
    uint256 nonce;
    /// @notice The last second at which the member still agrees.
    uint48 deadline;
    /// @notice What is paid with, strictly ascending by token; together count times the price.
    Line[] lines;
    /// @notice The member's signature over VoucherPurchase(member, reward, count, nonce, deadline, lines).
    bytes signature;
}

/// @notice A holder's agreement that vouchers are used at a till.
struct Use {
    /// @notice Whose vouchers they are.
    address holder;
    /// @notice Of which reward.
    uint256 reward;
    /// @notice How many.
    uint32 count;
    /// @notice The number of the use's receipt at the till.
    uint64 sequence;
    /// @notice The last second at which the holder still agrees.
    uint48 deadline;
    /// @notice The holder's signature over VoucherUse(holder, shop, till, reward, count, sequence, deadline).
    bytes signature;
}

/// @title Rewards that shops sell for points of any shop, and the vouchers for them.
/// @dev A voucher is an ERC-1155 token whose id is shop << 32 | number of the offer. Its value stands in the clearing
/// house's own word until it is used, lapses or goes back; the points it was paid with keep their age meanwhile.
interface IRewards is IERC1155 {
    /// @notice Only the owner of the shop may do this.
    error NotShopOwner(uint32 shop, address caller);
    /// @notice The shop's status, or its being a shop that only redeems, does not allow it to offer rewards.
    error ShopNotOffering(uint32 shop, ShopStatus status);
    /// @notice An offer needs a price, a stock, a time to come, and a value that can be kept.
    error BadOffer(uint48 price, uint32 stock, uint48 opensAt, uint48 closesAt);
    /// @notice There is no such reward.
    error UnknownReward(uint256 reward);
    /// @notice The reward is cancelled.
    error RewardCancelled(uint256 reward);
    /// @notice The reward is sold and used between these seconds only.
    error OutsidePeriod(uint256 reward, uint48 opensAt, uint48 closesAt);
    /// @notice So many are left.
    error SoldOut(uint256 reward, uint256 left, uint256 asked);
    /// @notice So many more may this member buy.
    error OverMemberLimit(uint256 reward, address member, uint256 left, uint256 asked);
    /// @notice The member does not hold the tier this reward is for.
    error TierTooLow(uint256 reward, address member, Tier held, Tier needed);
    /// @notice A purchase or use of no vouchers is none.
    error NoVouchers();
    /// @notice The lines are none, too many, out of order, worth nothing, or do not add up to the price.
    error BadLines(uint256 reward, uint256 points, uint256 price);
    /// @notice The member has fewer live points of this shop than a line says.
    error TooFewPoints(address token, uint256 balance, uint256 points);
    /// @notice This is not a token of the network.
    error UnknownToken(address token);
    /// @notice Points of a shop that has defaulted buy no vouchers.
    error IssuerHasDefaulted(uint32 issuer);
    /// @notice An issuer of the lines would fall below its trigger.
    error IssuerIsStressed(uint256 reward);
    /// @notice The member has used this number before.
    error NonceUsed(address member, uint256 nonce);
    /// @notice What was signed was valid up to this second.
    error AgreementExpired(uint48 deadline);
    /// @notice The member did not agree to exactly this.
    error BadMemberSignature(address member);
    /// @notice The till is unknown, revoked, or not one that stands at a counter.
    error TillNotAccepting(uint32 shop, uint32 till);
    /// @notice The till's key did not sign this submission.
    error BadTillSignature(uint32 shop, uint32 till);
    /// @notice The shop accepts nothing at the moment.
    error ShopNotAccepting(uint32 shop, ShopStatus status);
    /// @notice The receipt of this use is spent.
    error UseSpent(uint32 shop, uint32 till, uint64 sequence);
    /// @notice The reward belongs to another shop.
    error OtherShop(uint256 reward, uint32 shop);
    /// @notice Vouchers of this reward stay with their holder.
    error NotTransferable(uint256 reward);
    /// @notice Only this contract itself may do this.
    error OnlyWithin(address caller);
    /// @notice The vouchers can be used or given back by their holder; nobody else may give them back.
    error NotReturnable(uint256 reward);
    /// @notice The vouchers' value goes to the shop from this second on.
    error NotLapsedYet(uint256 reward, uint256 from);
    /// @notice The vouchers of this reward have lapsed, 30 days after its period.
    error VouchersLapsed(uint256 reward);
    /// @notice The vouchers go back to their holders; nothing of them falls to the shop.
    error OwedToHolders(uint256 reward);
    /// @notice A submission needs at least one item.
    error NoItems();

    /// @notice The shop offers a reward.
    event Offered(uint256 indexed reward, uint32 indexed shop, Offer offer, bytes32 content);
    /// @notice The shop sells no more of it, and gives back what is not used.
    event OfferCancelled(uint256 indexed reward);
    /// @notice A member bought vouchers; the lines were burned, `lanes` beside each say of which quarters.
    event VouchersBought(
        uint256 indexed reward,
        address indexed member,
        uint32 count,
        uint256 nonce,
        Line[] lines,
        Lanes[] lanes
    );
    /// @notice A purchase of a submission was refused, and why: the selector and facts of the error.
    event PurchaseRefused(uint256 indexed reward, address indexed member, uint256 nonce, bytes reason);
    /// @notice Vouchers were used at a till.
    event VouchersUsed(
        uint256 indexed reward,
        address indexed holder,
        uint32 indexed till,
        uint64 sequence,
        uint32 count
    );
    /// @notice A use of a submission was refused, and why: the selector and facts of the error.
    event UseRefused(uint256 indexed reward, address indexed holder, uint64 sequence, bytes reason);
    /// @notice Vouchers went back; their value went to the holder as points of the shop, in these lanes.
    event VouchersReturned(uint256 indexed reward, address indexed holder, uint256 count, Lanes lanes);
    /// @notice The vouchers nobody used lapsed; their value went to the shop.
    event UnusedLapsed(uint256 indexed reward, uint256 count, uint256 value);

    /// @notice Offers a reward; `content` is the hash of what the members are shown. For the shop's owner.
    function offer(Offer calldata what, bytes32 content) external returns (uint256 reward);

    /// @notice Ends the sale of a reward; its vouchers can then be given back by anyone to their holders. For the
    /// shop's owner.
    function cancelOffer(uint256 reward) external;

    /// @notice Sells vouchers to members who signed for them, refusing each purchase alone. Anyone may submit.
    function buy(Purchase[] calldata purchases) external;

    /// @notice Takes vouchers at a till, under the consent of holder and till (Acceptance over the uses' hashes),
    /// refusing each use alone. Anyone may submit.
    function use(uint32 shop, uint32 till, Use[] calldata uses, bytes calldata tillSignature) external;

    /// @notice Gives the caller's vouchers back: their value comes as points of the shop.
    function giveBack(uint256 reward, uint32 count) external;

    /// @notice The same by the holder's signature over VoucherReturn(holder, reward, count, nonce, deadline).
    function giveBackBySignature(
        address holder,
        uint256 reward,
        uint32 count,
        uint256 nonce,
        uint48 deadline,
        bytes calldata signature
    ) external;

    /// @notice Gives all vouchers of these holders back once the reward is cancelled, or the shop leaves, has defaulted
    /// or is suspended for more than 30 days. For anyone.
    function giveBackAll(uint256 reward, address[] calldata holders) external;

    /// @notice Lets what nobody used lapse, 30 days after the period. For anyone.
    function lapseUnused(uint256 reward) external;

    /// @notice The offer; zeros where there is none.
    function offerOf(uint256 reward) external view returns (Offer memory);

    /// @notice How many of a reward were sold, not counting those given back; how many are unused; whether it is
    /// cancelled; whether what was unused has lapsed.
    function stateOf(uint256 reward) external view returns (uint32 sold, uint32 unused, bool cancelled, bool lapsed);

    /// @notice How many of a reward a member has bought.
    function boughtBy(uint256 reward, address member) external view returns (uint32 count);

    /// @notice The value of the shop's vouchers that stands in the house, in money.
    function outstandingOf(uint32 shop) external view returns (uint256 value);

    /// @notice Whether the vouchers can be given back to their holders by anyone.
    function returnable(uint256 reward) external view returns (bool);

    /// @notice Whether a member has used a number for a purchase or a return.
    function nonceUsed(address member, uint256 nonce) external view returns (bool);

    /// @notice Whether the use with this receipt stands.
    function useSpent(uint32 shop, uint32 till, uint64 sequence) external view returns (bool);
}
