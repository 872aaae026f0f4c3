// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @notice The points of one token as a bookkeeper without packed words would keep them: a list of lots per account,
/// each with its quarter. Slow and plain; the tests compare the token with it lane by lane.
contract LotBook {
    struct Lot {
        uint256 quarter;
        uint256 points;
    }

    uint256 public quarter;
    uint256 public issued;
    uint256 public burned;
    mapping(address account => Lot[]) private _lots;

    function issue(address to, uint256 points) external {
        issued += points;
        _lots[to].push(Lot(quarter, points));
    }

    function transfer(address from, address to, uint256 points) external {
        Lot[] memory taken = _take(from, points);
        for (uint256 i; i < taken.length; ++i) {
            if (taken[i].points != 0) _lots[to].push(taken[i]);
        }
    }

    function burn(address from, uint256 points) external {
        burned += points;
        _take(from, points);
    }

    function nextQuarter() external {
        ++quarter;
    }

    function balanceOf(address account) external view returns (uint256 points) {
        for (uint256 age; age < 5; ++age) {
            points += laneOf(account, age);
        }
    }

    /// @notice Points issued `age` quarters ago.
    function laneOf(address account, uint256 age) public view returns (uint256 points) {
        Lot[] storage lots = _lots[account];
        for (uint256 i; i < lots.length; ++i) {
            if (lots[i].quarter + age == quarter) points += lots[i].points;
        }
    }

    /// @notice Points whose five quarters are over.
    function lapsedOf(address account) external view returns (uint256 points) {
        Lot[] storage lots = _lots[account];
        for (uint256 i; i < lots.length; ++i) {
            if (lots[i].quarter + 5 <= quarter) points += lots[i].points;
        }
    }

    function _take(address from, uint256 points) private returns (Lot[] memory taken) {
        Lot[] storage lots = _lots[from];
        taken = new Lot[](lots.length);
        for (uint256 born; born <= quarter; ++born) {
            if (born + 5 <= quarter) continue;
            for (uint256 i; i < lots.length && points != 0; ++i) {
                if (lots[i].quarter != born) continue;
                uint256 part = lots[i].points < points ? lots[i].points : points;
                lots[i].points -= part;
                points -= part;
                taken[i].quarter = born;
                taken[i].points += part;
            }
        }
        require(points == 0, "the book has fewer points");
    }
}
