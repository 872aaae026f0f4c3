// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC1155MetadataURI} from "@openzeppelin/contracts/token/ERC1155/extensions/IERC1155MetadataURI.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {ERC165, IERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";
import {IConsortium} from "./interfaces/IConsortium.sol";
import {IScoreLog} from "./interfaces/IScoreLog.sol";
import {Held, IStanding, Score} from "./interfaces/IStanding.sol";
import {ShopStatus, ShopWord} from "./libraries/ShopWord.sol";
import {StandingId, StandingKind} from "./libraries/StandingId.sol";
import {StandingWord, Tier} from "./libraries/StandingWord.sol";
import {ScoreLog} from "./ScoreLog.sol";

contract Standing is IStanding, IERC1155Errors, ERC165 {
    uint256 internal constant NOTICE_PERIOD = 30 days;
    /// @dev So that a score nobody used for long does not come as a surprise.
    uint256 internal constant RUN_SPEAKS_FOR = 30 days;

    IConsortium private immutable _consortium;
    /// @inheritdoc IStanding
    IScoreLog public immutable scoreLog;

    mapping(uint32 shop => mapping(address member => StandingWord)) private _standings;

    /// @dev Brings its own log along: nobody can then give it another, and there is one address less to mis-wire.
    constructor(IConsortium consortium) {
        _consortium = consortium;
        scoreLog = new ScoreLog(IAccessManaged(address(consortium)).authority());
    }

    // ---------------------------------------------------------------- the shop's owner

    /// @inheritdoc IStanding
    function award(uint32 shop, address member, uint128 badges) external {
        if (msg.sender != _consortium.ownerOf(shop)) revert NotShopOwner(shop, msg.sender);
        (ShopWord shopWord, ) = _consortium.wordsOf(shop, 0);
        if (shopWord.status() != ShopStatus.Active) revert ShopNotAwarding(shop);
        if (member == address(0)) revert NoMember();
        StandingWord word = _standings[shop][member];
        uint128 fresh = badges & ~word.badges();
        if (fresh == 0) revert NoNewBadge(shop, member, badges);
        _standings[shop][member] = word.withBadges(fresh);
        _announceBadges(shop, member, fresh);
    }

    // ---------------------------------------------------------------- anyone

    /// @inheritdoc IStanding
    function prove(uint32 run, Score calldata score, bytes32[] calldata proof) external {
        _requireInRun(run, score, proof);
        (uint32 shop, address member) = (score.shop, score.member);
        StandingWord word = _standings[shop][member];
        if (run <= word.run()) revert ScoreSuperseded(run, word.run());
        // A notice that has run is past: what the score says now comes after it.
        if (word.until() != 0 && block.timestamp >= word.until()) word = _change(shop, member, word, word.next());

        Tier earned = Tier(score.tier);
        if (earned > word.tier()) word = _raise(shop, member, word, earned);
        else if (earned < word.tier()) word = _notice(run, shop, member, word, earned);
        else word = _withdrawNotice(shop, member, word);
        uint128 fresh = score.badges & ~word.badges();
        _standings[shop][member] = word.withBadges(fresh).withRun(run);
        if (fresh != 0) _announceBadges(shop, member, fresh);
        emit ScoreProved(run, shop, member, earned);
    }

    /// @inheritdoc IStanding
    function lower(uint32 shop, address member) external {
        StandingWord word = _standings[shop][member];
        uint40 until = word.until();
        if (until == 0) revert NothingNoticed(shop, member);
        if (block.timestamp < until) revert NoticeStillRuns(shop, member, until);
        _standings[shop][member] = _change(shop, member, word, word.next());
    }

    // ---------------------------------------------------------------- whoever asks

    /// @inheritdoc IStanding
    function standingOf(uint32 shop, address member) external view returns (Held memory) {
        StandingWord word = _standings[shop][member];
        return
            Held({
                tier: word.tier(),
                since: word.since(),
                until: word.until(),
                next: word.next(),
                badges: word.badges(),
                run: word.run()
            });
    }

    /// @inheritdoc IStanding
    function tierOf(uint32 shop, address member) external view returns (Tier) {
        return _standings[shop][member].tier();
    }

    /// @inheritdoc IStanding
    function holdsBadge(uint32 shop, address member, uint8 badge) external view returns (bool) {
        return (_standings[shop][member].badges() >> badge) & 1 == 1;
    }

    /// @inheritdoc IStanding
    function tierId(uint32 shop, Tier tier) external pure returns (uint256) {
        return StandingId.ofTier(shop, tier);
    }

    /// @inheritdoc IStanding
    function badgeId(uint32 shop, uint8 badge) external pure returns (uint256) {
        return StandingId.ofBadge(shop, badge);
    }

    /// @inheritdoc IStanding
    function leafOf(Score calldata score) public pure returns (bytes32) {
        // Hashed twice, so that no inner node of a tree can pass for a leaf.
        return keccak256(bytes.concat(keccak256(abi.encode(score))));
    }

    // ---------------------------------------------------------------- as an ERC-1155, for ever bound

    /// @inheritdoc IERC1155
    function balanceOf(address account, uint256 id) public view returns (uint256) {
        (uint32 shop, StandingKind kind, uint8 number) = StandingId.parts(id);
        if (kind == StandingKind.None) return 0;
        StandingWord word = _standings[shop][account];
        if (kind == StandingKind.Tier) return uint8(word.tier()) == number ? 1 : 0;
        return (word.badges() >> number) & 1;
    }

    /// @inheritdoc IERC1155
    function balanceOfBatch(
        address[] calldata accounts,
        uint256[] calldata ids
    ) external view returns (uint256[] memory balances) {
        if (accounts.length != ids.length) revert ERC1155InvalidArrayLength(ids.length, accounts.length);
        balances = new uint256[](ids.length);
        for (uint256 i; i < ids.length; ++i) {
            balances[i] = balanceOf(accounts[i], ids[i]);
        }
    }

    /// @inheritdoc IERC1155
    function setApprovalForAll(address, bool) external pure {
        revert Soulbound();
    }

    /// @inheritdoc IERC1155
    function isApprovedForAll(address, address) external pure returns (bool) {
        return false;
    }

    /// @inheritdoc IERC1155
    function safeTransferFrom(address, address, uint256, uint256, bytes calldata) external pure {
        revert Soulbound();
    }

    /// @inheritdoc IERC1155
    function safeBatchTransferFrom(
        address,
        address,
        uint256[] calldata,
        uint256[] calldata,
        bytes calldata
    ) external pure {
        revert Soulbound();
    }

    /// @inheritdoc IStanding
    function locked(uint256) external pure returns (bool) {
        return true;
    }

    /// @inheritdoc IERC1155MetadataURI
    function uri(uint256 id) external pure returns (string memory) {
        return StandingId.uri(id);
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) public view override(ERC165, IERC165) returns (bool) {
        return
            interfaceId == type(IERC1155).interfaceId ||
            interfaceId == type(IERC1155MetadataURI).interfaceId ||
            interfaceId == this.locked.selector ||
            super.supportsInterface(interfaceId);
    }

    // ---------------------------------------------------------------- within

    function _requireInRun(uint32 run, Score calldata score, bytes32[] calldata proof) private view {
        (bytes32 root, uint48 committedAt) = scoreLog.rootOf(run);
        if (committedAt == 0) revert UnknownRun(run);
        if (block.timestamp > committedAt + RUN_SPEAKS_FOR) revert RunTooOld(run, committedAt);
        bytes32 leaf = leafOf(score);
        if (!MerkleProof.verifyCalldata(proof, root, leaf)) revert NotInRun(run, leaf);
        if (score.member == address(0)) revert NoMember();
        if (score.tier > uint8(Tier.Gold)) revert UnknownTier(score.tier);
        if (score.shop > _consortium.shopCount()) revert UnknownShop(score.shop);
    }

    function _raise(uint32 shop, address member, StandingWord word, Tier to) private returns (StandingWord) {
        return _change(shop, member, _withdrawNotice(shop, member, word), to);
    }

    /// @dev A deeper fall than noticed has its own 30 days; a lesser one, or the same again, keeps the date.
    function _notice(
        uint32 run,
        uint32 shop,
        address member,
        StandingWord word,
        Tier to
    ) private returns (StandingWord) {
        uint32 newest = scoreLog.runCount();
        if (run != newest) revert RunNotNewest(run, newest);
        uint40 until = word.until();
        if (until != 0 && to == word.next()) return word;
        if (until == 0 || to < word.next()) until = uint40(block.timestamp + NOTICE_PERIOD);
        emit DowngradeNoticed(shop, member, to, until);
        return word.withNotice(to, until);
    }

    function _withdrawNotice(uint32 shop, address member, StandingWord word) private returns (StandingWord) {
        if (word.until() == 0) return word;
        emit NoticeWithdrawn(shop, member);
        return word.withoutNotice();
    }

    /// @dev A member holds the one token of the present tier: the old one goes, the new one comes.
    function _change(uint32 shop, address member, StandingWord word, Tier to) private returns (StandingWord) {
        Tier from = word.tier();
        if (from != Tier.None) emit TransferSingle(msg.sender, member, address(0), StandingId.ofTier(shop, from), 1);
        if (to != Tier.None) emit TransferSingle(msg.sender, address(0), member, StandingId.ofTier(shop, to), 1);
        return word.withTier(to, uint40(block.timestamp));
    }

    function _announceBadges(uint32 shop, address member, uint128 fresh) private {
        uint256 count;
        for (uint128 rest = fresh; rest != 0; rest &= rest - 1) ++count;
        uint256[] memory ids = new uint256[](count);
        uint256[] memory ones = new uint256[](count);
        uint256 place;
        for (uint8 badge; place < count; ++badge) {
            if ((fresh >> badge) & 1 == 0) continue;
            ids[place] = StandingId.ofBadge(shop, badge);
            ones[place++] = 1;
        }
        if (count == 1) emit TransferSingle(msg.sender, address(0), member, ids[0], 1);
        else emit TransferBatch(msg.sender, address(0), member, ids, ones);
    }
}
