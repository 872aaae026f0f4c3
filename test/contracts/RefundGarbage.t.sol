// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IRedemptions, Item, Line, Payment, Refund} from "../../contracts/interfaces/IRedemptions.sol";
import {Lanes} from "../../contracts/libraries/Lanes.sol";
import {Counter} from "./support/Counter.sol";
import {TwoShops} from "./support/TwoShops.sol";

/// @notice Whatever is handed in as a refund: it is refused in words, and what stands does not move.
contract RefundGarbageTest is Counter, TwoShops {
    bytes internal stored;

    function setUp() public override {
        foundShops(10_000 * PAR, 10_000 * PAR);
        issue(cafe, 1, 1, entry(ada, 1_000));
        issue(books, 1, 1, entry(ada, 1_000));
        stored = abi.encode(paid(books, basket(ADA, books, 1, shops(cafe, books), points48(100, 200))));
    }

    /// @dev Every word by chance, every array of its own length.
    function testFuzz_garbage_is_refused_in_words(
        uint32 shop,
        Payment calldata payment,
        Refund calldata refund
    ) public {
        isRefusedInWords(shop % 4, payment, refund);
    }

    /// @dev The real payment with one or two of its words changed, under an agreement signed for just that.
    function testFuzz_a_spoiled_payment_is_refused_in_words(uint8 first, uint8 second, uint256 by) public {
        Payment memory spoiled = theReal();
        spoil(spoiled, first % 14, by);
        spoil(spoiled, second % 14, by >> 128);
        if (keccak256(abi.encode(spoiled)) == keccak256(stored)) return;
        Refund memory refund = agreed(books, 1, spoiled, new uint48[](2), points48(1, 1));
        isRefusedInWords(books, spoiled, refund);
    }

    /// @dev The real payment under an agreement of any amounts and lengths, properly signed.
    function testFuzz_amounts_of_any_size_are_refused_in_words_or_stand(
        uint48[] memory before,
        uint48[] memory points
    ) public {
        Payment memory real = theReal();
        Refund memory refund = agreed(books, 1, real, before, points);
        bool fits = before.length == 2 && points.length == 2 && before[0] == 0 && before[1] == 0;
        fits = fits && points[0] <= real.lines[0].points && points[1] <= real.lines[1].points;
        fits = fits && (points[0] != 0 || points[1] != 0);
        if (!fits) return isRefusedInWords(books, real, refund);
        redemptions.refund(books, real, refund);
    }

    function testFuzz_any_amounts_up_to_the_lines_stand_once(uint48 a, uint48 b) public {
        Payment memory real = theReal();
        a = uint48(within(a, 0, real.lines[0].points));
        b = uint48(within(b, 0, real.lines[1].points));
        Refund memory refund = agreed(books, 1, real, points48(a, b));
        if (a == 0 && b == 0) return isRefusedInWords(books, real, refund);
        redemptions.refund(books, real, refund);
        isRefusedInWords(books, real, refund);
        eq(tokenOf(cafe).balanceOf(ada) + tokenOf(books).balanceOf(ada), 1_700 + uint256(a) + b, "once");
    }

    /// @dev Whatever a stranger submits as payments: no till agreed to it.
    function testFuzz_payments_nobody_accepted_are_refused_in_words(
        uint32 shop,
        uint32 till,
        Item[] calldata items,
        bytes calldata signature
    ) public {
        bytes32 before = state();
        (bool done, bytes memory why) = address(redemptions).call(
            abi.encodeCall(redemptions.redeem, (shop % 4, till % 3, items, signature))
        );
        bytes4 word = bytes4(why);
        ok(!done && why.length >= 4, "refused in words");
        ok(
            word == IRedemptions.NoItems.selector ||
                word == IRedemptions.ShopNotAccepting.selector ||
                word == IRedemptions.TillNotAccepting.selector ||
                word == IRedemptions.BadTillSignature.selector,
            "in a word of its own"
        );
        ok(state() == before, "nothing moved");
    }

    // ---------------------------------------------------------------- within

    function theReal() private view returns (Payment memory) {
        return abi.decode(stored, (Payment));
    }

    function spoil(Payment memory it, uint256 which, uint256 by) private pure {
        if (by == 0) by = 1;
        if (which == 0) it.record ^= by;
        else if (which == 1) it.till ^= uint32(by | 1);
        else if (which == 2) it.recordedAt ^= by;
        else if (which == 3) it.results = new bytes32[](by % 5);
        else if (which == 4) it.index = by;
        else if (which == 5) it.member = address(uint160(by));
        else if (which == 6) it.sequence ^= uint64(by | 1);
        else if (which == 7 && it.lines.length != 0) it.lines[0].points ^= uint48(by | 1);
        else if (which == 8 && it.lines.length != 0) it.lines[0].token = address(uint160(by));
        else if (which == 9) it.lines = new Line[](by % 4);
        else if (which == 10) it.lanes = new Lanes[](by % 4);
        else if (which == 11 && it.lanes.length != 0) it.lanes[0] = Lanes.wrap(Lanes.unwrap(it.lanes[0]) ^ by);
        else if (which == 12) it.value ^= by;
        else if (it.results.length != 0) it.results[0] ^= bytes32(by);
    }

    function isRefusedInWords(uint32 shop, Payment memory payment, Refund memory refund) private {
        bytes32 before = state();
        (bool done, bytes memory why) = address(redemptions).call(
            abi.encodeCall(redemptions.refund, (shop, payment, refund))
        );
        ok(!done, "refused");
        ok(why.length >= 4 && isWord(bytes4(why)), "in a word of its own");
        ok(state() == before, "nothing moved");
    }

    function isWord(bytes4 selector) private pure returns (bool) {
        return
            selector == IRedemptions.NotInRecord.selector ||
            selector == IRedemptions.RefundWindowOver.selector ||
            selector == IRedemptions.RefundExpired.selector ||
            selector == IRedemptions.RefundOutOfTurn.selector ||
            selector == IRedemptions.RefundTooHigh.selector ||
            selector == IRedemptions.NothingToRefund.selector ||
            selector == IRedemptions.TillNotAccepting.selector ||
            selector == IRedemptions.BadTillSignature.selector;
    }

    function state() private view returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    netOf(cafe),
                    netOf(books),
                    tokenOf(cafe).balanceOf(ada),
                    tokenOf(books).balanceOf(ada),
                    tokenOf(cafe).totalSupply(),
                    tokenOf(books).totalSupply()
                )
            );
    }
}
