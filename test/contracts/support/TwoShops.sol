// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IRedemptions, RefusedBecause} from "../../../contracts/interfaces/IRedemptions.sol";
import {Street} from "./Street.sol";

/// @notice The street most promises are made on: Ada buys at the cafe and at the books, Ben at the cafe.
abstract contract TwoShops is Street {
    uint256 internal constant ADA = 0xada;
    uint256 internal constant BEN = 0xbe4;
    address internal ada = vm.addr(ADA);
    address internal ben = vm.addr(BEN);
    uint32 internal cafe;
    uint32 internal books;

    function setUp() public virtual {
        found();
        openAndSell();
    }

    /// @dev The network with both shops and so much in reserve, where a suite sells something else.
    function foundShops(uint256 cafeReserve, uint256 booksReserve) internal {
        found();
        open(cafeReserve, booksReserve);
    }

    /// @dev More than enough money behind 1,300 points of Ada's and 500 of Ben's.
    function openAndSell() internal {
        open(10_000 * PAR, 10_000 * PAR);
        issue(cafe, 1, 1, abi.encodePacked(entry(ada, 1_000), entry(ben, 500)));
        issue(books, 1, 1, entry(ada, 300));
    }

    function open(uint256 cafeReserve, uint256 booksReserve) private {
        cafe = openShop(cafeReserve);
        books = openShop(booksReserve);
    }

    /// @dev Says beforehand that a payment at the books' first till is refused.
    function refused(uint64 sequence, address member, RefusedBecause reason) internal {
        vm.expectEmit(address(redemptions));
        emit IRedemptions.RedemptionRefused(books, 1, sequence, member, reason);
    }
}
