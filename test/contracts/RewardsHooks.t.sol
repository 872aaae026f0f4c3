// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {Line} from "../../contracts/interfaces/IRedemptions.sol";
import {IRewards, Purchase, Use} from "../../contracts/interfaces/IRewards.sol";
import {SignedConsent} from "../../contracts/libraries/SignedConsent.sol";
import {
    AttentiveBuyer,
    ConfusedBuyer,
    DeafBuyer,
    FloodingBuyer,
    GreedyBuyer,
    HeavyBuyer,
    MeddlingBuyer,
    MoodyBuyer,
    WillingBuyer
} from "./support/Buyers.sol";
import {RewardStreet} from "./support/RewardStreet.sol";
import {RecordedLog} from "./support/Test.sol";

/// @notice What buyers that are contracts try while they receive their vouchers, and what submitters try with gas.
contract RewardsHooksTest is RewardStreet {
    uint256 internal constant ADA = 0xada;
    address internal ada = vm.addr(ADA);
    uint32 internal cafe;
    uint256 internal reward;
    uint64 internal sequence;

    function setUp() public {
        found();
        cafe = openShop(10_000 * PAR);
        issue(cafe, 1, 0, entry(ada, 1_000));
        reward = offered(cafe, 100, 10);
    }

    // ---------------------------------------------------------------- hooks that refuse

    function test_a_hook_that_refuses_stops_its_own_purchase_and_says_why() public {
        MoodyBuyer buyer = new MoodyBuyer();
        Purchase memory what = _by(address(buyer), 1);
        _refusedAmong(what, abi.encodeWithSelector(MoodyBuyer.NotToday.selector, reward));
        buyer.cheerUp();
        buy(what);
        eq(rewards.balanceOf(address(buyer), reward), 1, "the same agreement served later");
    }

    function test_an_account_without_a_hook_or_with_a_wrong_answer_gets_no_vouchers() public {
        address deaf = address(new DeafBuyer());
        _refusedAmong(_by(deaf, 1), abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidReceiver.selector, deaf));
        address confused = address(new ConfusedBuyer());
        bytes memory wrong = abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidReceiver.selector, confused);
        Purchase memory what = _by(confused, 1);
        refused(what, wrong);
        housed(100 * PAR);
    }

    function test_a_hook_that_burns_all_gas_burns_its_own() public {
        Purchase memory what = _by(address(new GreedyBuyer()), 1);
        Purchase[] memory purchases = new Purchase[](2);
        (purchases[0], purchases[1]) = (what, ownPurchase(ADA, reward, 1, 0));
        uint256 before = gasleft();
        rewards.buy(purchases);
        ok(before - gasleft() < 1_100_000, "no more than one purchase is given");
        eq(rewards.balanceOf(what.member, reward), 0, "refused");
        eq(rewards.balanceOf(ada, reward), 1, "the other stands");
        eq(tokenOf(cafe).balanceOf(what.member), 100, "its points are there");
        ok(!rewards.nonceUsed(what.member, what.nonce), "and its number");
        housed(100 * PAR);
    }

    function test_a_signature_too_long_to_be_read_stops_its_own_purchase_without_a_word() public {
        Purchase memory what = ownPurchase(ADA, reward, 1, 0);
        what.signature = new bytes(600_000);
        Purchase[] memory purchases = new Purchase[](1);
        purchases[0] = what;
        vm.expectEmit(address(rewards));
        emit IRewards.PurchaseRefused(reward, ada, what.nonce, new bytes(1));
        rewards.buy(purchases);
        eq(rewards.balanceOf(ada, reward), 0, "refused");
    }

    function test_of_a_flood_of_words_the_beginning_is_kept() public {
        Purchase memory what = _by(address(new FloodingBuyer()), 1);
        bytes memory reason = bytes.concat(bytes4(0xf100ded5), new bytes(252));
        _refusedAmong(what, reason);
    }

    // ---------------------------------------------------------------- hooks that meddle

    function test_a_hook_is_told_that_the_rewards_made_the_vouchers() public {
        AttentiveBuyer buyer = new AttentiveBuyer();
        buy(_by(address(buyer), 1));
        eq(buyer.operator(), address(rewards), "who gave them");
        eq(buyer.from(), address(0), "whose they were");
    }

    function test_a_hook_finds_the_books_written() public {
        MeddlingBuyer buyer = new MeddlingBuyer(address(rewards));
        buy(_by(address(buyer), 2));
        eq(buyer.heldThen(), 2, "held");
        eq(buyer.outstandingThen(), 200 * PAR, "outstanding");
        housed(200 * PAR);
    }

    function test_what_is_given_back_from_within_the_hook_is_given_back_once() public {
        MeddlingBuyer buyer = new MeddlingBuyer(address(rewards));
        buyer.prepare(abi.encodeCall(rewards.giveBack, (reward, 2)));
        buy(_by(address(buyer), 2));
        ok(buyer.done(), "given back");
        eq(rewards.balanceOf(address(buyer), reward), 0, "none is left");
        eq(tokenOf(cafe).balanceOf(address(buyer)), 200, "the points are back");
        eq(tokenOf(cafe).totalSupply(), 1_200, "and none more");
        (uint32 sold, uint32 unused, , ) = rewards.stateOf(reward);
        ok(sold == 0 && unused == 0, "the places are free");
        housed(0);
    }

    function test_vouchers_go_on_from_within_the_hook() public {
        MeddlingBuyer buyer = new MeddlingBuyer(address(rewards));
        buyer.prepare(abi.encodeCall(rewards.safeTransferFrom, (address(buyer), ada, reward, 2, "")));
        buy(_by(address(buyer), 2));
        ok(buyer.done(), "sent");
        eq(rewards.balanceOf(ada, reward), 2, "there");
        eq(rewards.balanceOf(address(buyer), reward), 0, "not here");
        housed(200 * PAR);
    }

    function test_vouchers_are_used_from_within_the_hook_as_they_would_be_later() public {
        MeddlingBuyer buyer = new MeddlingBuyer(address(rewards));
        Use memory what = usage(ADA, 1, reward, 2, 1);
        what.holder = address(buyer);
        Use[] memory uses = only(what);
        buyer.prepare(abi.encodeCall(rewards.use, (cafe, 1, uses, acceptance(cafe, 1, uses))));
        int256 before = netOf(cafe);
        buy(_by(address(buyer), 2));
        ok(buyer.done(), "used");
        eq(rewards.balanceOf(address(buyer), reward), 0, "none is left");
        ok(netOf(cafe) == before, "what the shop's own points cost it, the use has brought back");
        ok(rewards.useSpent(cafe, 1, 1), "the receipt is spent");
        housed(0);
    }

    function test_the_last_place_is_not_sold_twice_by_buying_from_within_the_hook() public {
        reward = offered(cafe, 160, 1);
        MeddlingBuyer buyer = new MeddlingBuyer(address(rewards));
        Purchase memory what = _of16(address(buyer));
        Purchase memory again = ownPurchase(ADA, reward, 1, 5);
        buyer.prepare(abi.encodeCall(rewards.buy, (only(again))));
        vm.recordLogs();
        buy(what);
        bytes memory reason = _refusal(vm.getRecordedLogs());
        ok(buyer.done(), "there was gas for it");
        ok(bytes4(reason) == IRewards.SoldOut.selector, "sold out");
        eq(rewards.balanceOf(address(buyer), reward), 1, "the first");
        eq(rewards.balanceOf(ada, reward), 0, "not the second");
        housed(160 * PAR);
    }

    function test_an_agreement_is_not_used_twice_by_bringing_it_from_within_the_hook() public {
        reward = offered(cafe, 160, 5);
        MeddlingBuyer buyer = new MeddlingBuyer(address(rewards));
        Purchase memory what = _of16(address(buyer));
        Purchase memory again = ownPurchase(ADA, reward, 1, what.nonce);
        (again.member, again.signature) = (what.member, "");
        buyer.prepare(abi.encodeCall(rewards.buy, (only(again))));
        vm.recordLogs();
        buy(what);
        ok(bytes4(_refusal(vm.getRecordedLogs())) == IRewards.NonceUsed.selector, "used");
        eq(rewards.balanceOf(address(buyer), reward), 1, "once");
        housed(160 * PAR);
    }

    // ---------------------------------------------------------------- whoever submits

    function test_with_too_little_gas_nobody_is_refused() public {
        Purchase memory what = _by(address(new HeavyBuyer()), 1);
        bytes memory call = abi.encodeCall(rewards.buy, (only(what)));
        for (uint256 gas = 30_000; ; gas += 20_000) {
            (bool done, bytes memory why) = address(rewards).call{gas: gas}(call);
            if (done) break;
            ok(why.length == 0 || bytes4(why) == SignedConsent.TooLittleGas.selector, "for want of gas");
        }
        eq(rewards.balanceOf(what.member, reward), 1, "bought with the first gas that goes through");
    }

    function test_what_a_purchase_is_given_has_to_be_there_to_the_last_unit_of_gas() public {
        uint32 books = openShop(100 * PAR);
        issue(books, 1, 0, entry(ada, 40));
        bytes memory call = abi.encodeCall(rewards.buy, (only(purchase(ADA, reward, 1, 7, two(cafe, 60, books, 40)))));
        (bool done, bytes memory why) = address(rewards).call{gas: 700_000}(call);
        ok(!done && bytes4(why) == SignedConsent.TooLittleGas.selector, "for want of gas");
        (uint256 left, uint256 needed) = this.facts(why);
        eq(needed, 751_269, "550,000 and 80,000 a line, a sixty-third of it, and 30,000");
        (done, ) = address(rewards).call{gas: 700_000 + needed - left}(call);
        ok(done, "just enough");
        eq(rewards.balanceOf(ada, reward), 1, "bought");
    }

    function test_the_largest_purchase_fits_into_what_it_is_given() public {
        reward = offered(cafe, 160, 1);
        Purchase memory what = _of16(address(new HeavyBuyer()));
        uint256 before = gasleft();
        buy(what);
        ok(before - gasleft() < 550_000 + 16 * 80_000, "all of it");
        eq(rewards.balanceOf(what.member, reward), 1, "bought");
        housed(160 * PAR);
    }

    // ---------------------------------------------------------------- transfers

    function test_vouchers_sent_to_a_contract_need_its_consent_too() public {
        buy(ownPurchase(ADA, reward, 3, 0));
        address deaf = address(new DeafBuyer());
        vm.prank(ada);
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidReceiver.selector, deaf));
        rewards.safeTransferFrom(ada, deaf, reward, 1, "");
        address willing = address(new WillingBuyer());
        vm.prank(ada);
        rewards.safeTransferFrom(ada, willing, reward, 1, "");
        uint256[] memory rewards_ = new uint256[](2);
        uint256[] memory counts = new uint256[](2);
        (rewards_[0], rewards_[1], counts[0], counts[1]) = (reward, reward, 1, 1);
        vm.prank(ada);
        rewards.safeBatchTransferFrom(ada, willing, rewards_, counts, "");
        eq(rewards.balanceOf(willing, reward), 3, "all");
    }

    // ---------------------------------------------------------------- in short

    /// @dev The two numbers behind an error's selector.
    function facts(bytes calldata why) external pure returns (uint256, uint256) {
        return abi.decode(why[4:], (uint256, uint256));
    }

    /// @dev A purchase by an account contract, which has just enough points.
    function _by(address buyer, uint32 count) private returns (Purchase memory what) {
        issue(cafe, 1, ++sequence, entry(buyer, 100 * count));
        what = ownPurchase(ADA, reward, count, 7);
        (what.member, what.signature) = (buyer, "");
    }

    /// @dev A purchase paid with ten hundredths of a point of each of sixteen shops.
    function _of16(address buyer) private returns (Purchase memory what) {
        Line[] memory lines = new Line[](16);
        for (uint32 i; i < 16; ++i) {
            uint32 shop = openShop(100 * PAR);
            issue(shop, 1, 0, entry(buyer, 10));
            putInOrder(lines, i, one(shop, 10)[0]);
        }
        what = purchase(ADA, reward, 1, 7, lines);
        (what.member, what.signature) = (buyer, "");
    }

    /// @dev Submits beside another one, which stands.
    function _refusedAmong(Purchase memory what, bytes memory reason) private {
        Purchase[] memory purchases = new Purchase[](2);
        (purchases[0], purchases[1]) = (what, ownPurchase(ADA, reward, 1, sequence));
        vm.expectEmit(address(rewards));
        emit IRewards.PurchaseRefused(what.reward, what.member, what.nonce, reason);
        rewards.buy(purchases);
        eq(rewards.balanceOf(what.member, reward), 0, "refused");
        eq(rewards.balanceOf(ada, reward), 1, "the other stands");
        eq(tokenOf(cafe).balanceOf(what.member), 100, "nothing was spent");
        ok(!rewards.nonceUsed(what.member, what.nonce), "the number neither");
        eq(rewards.boughtBy(reward, what.member), 0, "nor counted");
        housed(100 * PAR);
    }

    /// @dev Why the one purchase among these was refused that was.
    function _refusal(RecordedLog[] memory logs) private pure returns (bytes memory reason) {
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] != IRewards.PurchaseRefused.selector) continue;
            (, reason) = abi.decode(logs[i].data, (uint256, bytes));
        }
    }
}
