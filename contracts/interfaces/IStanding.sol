// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC1155MetadataURI} from "@openzeppelin/contracts/token/ERC1155/extensions/IERC1155MetadataURI.sol";
import {Tier} from "../libraries/StandingWord.sol";
import {IScoreLog} from "./IScoreLog.sol";

/// @notice One member's score in a run: a leaf of the run's Merkle tree, hashed as OpenZeppelin's standard tree does.
struct Score {
    /// @notice The shop that is spoken of; zero for the whole network.
    uint32 shop;
    /// @notice Whose score it is.
    address member;
    /// @notice The tier the member has earned, as a number of `Tier`.
    uint8 tier;
    /// @notice The badges the member has earned, a bit for each.
    uint128 badges;
    /// @notice Probability that the member will come again, in parts per million.
    uint32 alivePpm;
    /// @notice Purchases expected over the model's horizon, in millionths.
    uint64 purchasesMillionths;
    /// @notice Value expected over the model's horizon, in minor units of the shops' currency.
    uint64 valueMinor;
}

/// @notice What a member has reached at a shop or in the network, as anyone may read it.
struct Held {
    /// @notice The tier held now.
    Tier tier;
    /// @notice Since when, in seconds; zero where there never was one.
    uint40 since;
    /// @notice Up to when at least, in seconds, if a downgrade stands noticed; zero: no end is in sight.
    uint40 until;
    /// @notice The tier that comes after `until`.
    Tier next;
    /// @notice The badges held, a bit for each.
    uint128 badges;
    /// @notice The run whose score was last proved.
    uint32 run;
}

/// @title Tiers and badges of members, per shop and in the whole network, bound to their account for ever.
/// @dev An ERC-1155 whose balances are read out of one word per shop and member. Whatever changes a balance emits
/// TransferSingle or TransferBatch in the same transaction; nothing changes by time alone.
interface IStanding is IERC1155MetadataURI {
    /// @notice Standing belongs to whom it was given: it cannot be sent, nor may anyone be allowed to.
    error Soulbound();
    /// @notice Only the owner of the shop may do this.
    error NotShopOwner(uint32 shop, address caller);
    /// @notice The shop is not active, or not there.
    error ShopNotAwarding(uint32 shop);
    /// @notice There is no such shop.
    error UnknownShop(uint32 shop);
    /// @notice Standing cannot be given to nobody.
    error NoMember();
    /// @notice The member holds all of these badges already.
    error NoNewBadge(uint32 shop, address member, uint128 badges);
    /// @notice No such run is committed.
    error UnknownRun(uint32 run);
    /// @notice The run was committed too long ago to change anything now.
    error RunTooOld(uint32 run, uint48 committedAt);
    /// @notice A score of this run, or of a later one, is already proved for the member.
    error ScoreSuperseded(uint32 run, uint32 proved);
    /// @notice The score is not one of those the run committed to.
    error NotInRun(uint32 run, bytes32 leaf);
    /// @notice There is no tier of this number.
    error UnknownTier(uint8 tier);
    /// @notice Only the newest run may lower a tier.
    error RunNotNewest(uint32 run, uint32 newest);
    /// @notice No downgrade stands noticed for the member.
    error NothingNoticed(uint32 shop, address member);
    /// @notice The noticed downgrade takes effect at this second at the earliest.
    error NoticeStillRuns(uint32 shop, address member, uint40 until);

    /// @notice A score of the run was proved for the member, and has had its effect.
    event ScoreProved(uint32 indexed run, uint32 indexed shop, address indexed member, Tier tier);
    /// @notice The member's tier will be lowered to this one, not before `until`.
    event DowngradeNoticed(uint32 indexed shop, address indexed member, Tier next, uint40 until);
    /// @notice The downgrade noticed to the member will not come.
    event NoticeWithdrawn(uint32 indexed shop, address indexed member);

    /// @notice Gives badges of the shop to a member, for ever; those held already are passed over. For the shop's
    /// owner.
    function award(uint32 shop, address member, uint128 badges) external;

    /// @notice Proves a member's score in a run and lets it have its effect: a higher tier and new badges at once, a
    /// lower tier after 30 days' notice. For anyone.
    function prove(uint32 run, Score calldata score, bytes32[] calldata proof) external;

    /// @notice Lowers a member's tier as noticed, once the notice has run. For anyone.
    function lower(uint32 shop, address member) external;

    /// @notice What the member has reached at the shop, or in the network where the shop is zero.
    function standingOf(uint32 shop, address member) external view returns (Held memory);

    /// @notice The tier the member holds at the shop, or in the network where the shop is zero.
    function tierOf(uint32 shop, address member) external view returns (Tier);

    /// @notice Whether the member holds the badge of the shop, or of the network where the shop is zero.
    function holdsBadge(uint32 shop, address member, uint8 badge) external view returns (bool);

    /// @notice The ERC-1155 id of a tier.
    function tierId(uint32 shop, Tier tier) external pure returns (uint256);

    /// @notice The ERC-1155 id of a badge.
    function badgeId(uint32 shop, uint8 badge) external pure returns (uint256);

    /// @notice The leaf of a score in its run's Merkle tree.
    function leafOf(Score calldata score) external pure returns (bytes32);

    /// @notice Whether the token can never be sent: always, as a wallet that knows ERC-5192 asks.
    function locked(uint256 id) external pure returns (bool);

    /// @notice The log whose runs count here.
    function scoreLog() external view returns (IScoreLog);
}
