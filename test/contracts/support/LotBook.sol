// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @notice The points of one token as a bookkeeper without packed words would keep them: for every account, how many
/// were issued in which quarter. It has a clock of its own, from the written rules; the tests compare lane by lane.
contract LotBook {
    uint256 private constant LENGTH = 91 days;
    uint256 private constant NOTICE = 30 days;
    uint256 private constant OPENS = 60 days;
    /// @dev Points that waited in a voucher can come back older than the token: lots are kept by quarter and this many.
    uint256 private constant EARLIER = 5;

    uint256 public quarter;
    uint256 public startedAt = block.timestamp;
    uint256 public noticeAt;
    bool public stopped;
    /// @notice The breakage share of the running quarter, and of all that lapsed before.
    uint256 public shareBps;
    uint256 public shared;
    uint256 public issued;
    uint256 public refunded;
    uint256 public burned;
    mapping(address account => uint256) public debtOf;
    mapping(address account => mapping(uint256 key => uint256)) private _lots;
    mapping(address account => bool) private _known;
    address[] private _accounts;

    // ---------------------------------------------------------------- points come and go

    function issue(address to, uint256 points) external {
        uint256 paid = debtOf[to] < points ? debtOf[to] : points;
        debtOf[to] -= paid;
        issued += points - paid;
        _give(to, quarter + EARLIER, points - paid);
    }

    function transfer(address from, address to, uint256 points) external {
        uint256[5] memory taken = _takeOldest(from, points);
        for (uint256 age; age < 5; ++age) {
            if (taken[age] != 0) _give(to, quarter + EARLIER - age, taken[age]);
        }
    }

    function burn(address from, uint256 points) external returns (uint256[5] memory byAge) {
        burned += points;
        return _takeOldest(from, points);
    }

    /// @notice First what was issued in quarter `born`, then what came after, then what was there before.
    function takeBack(address from, uint256 points, uint256 born, uint256 debt) external {
        burned += points;
        debtOf[from] += debt;
        uint256 key = born + EARLIER;
        for (uint256 then = key; then <= quarter + EARLIER; ++then) {
            points -= _takeOf(from, then, points);
        }
        for (uint256 back = 1; back <= key; ++back) {
            points -= _takeOf(from, key - back, points);
        }
        require(points == 0, "the book has fewer points");
    }

    /// @notice What was `age` quarters old in quarter `then` comes back; where that has lapsed, in the oldest quarter
    /// that has not.
    function restore(address to, uint256 then, uint256 age, uint256 points) external {
        refunded += points;
        uint256 key = then + EARLIER - age;
        uint256 oldest = quarter + EARLIER - 4;
        _give(to, key < oldest ? oldest : key, points);
    }

    // ---------------------------------------------------------------- time

    function nextQuarter() external {
        _next(block.timestamp, 0);
    }

    /// @notice Whether a notice may be posted now.
    function mayPost() external view returns (bool) {
        return !stopped && noticeAt == 0 && block.timestamp >= startedAt + LENGTH - OPENS;
    }

    function post() external {
        noticeAt = block.timestamp;
    }

    /// @notice Begins the quarter that has begun, if one has; it bears this breakage share.
    function tick(uint256 shareBps_) external {
        if (noticeAt == 0) return;
        uint256 byLength = startedAt + LENGTH;
        uint256 byNotice = noticeAt + NOTICE;
        uint256 end = byLength > byNotice ? byLength : byNotice;
        if (block.timestamp >= end) _next(end, shareBps_);
    }

    /// @notice The share of the first quarter.
    function bear(uint256 shareBps_) external {
        shareBps = shareBps_;
    }

    function stop() external {
        (stopped, noticeAt) = (true, 0);
    }

    // ---------------------------------------------------------------- whoever asks

    function balanceOf(address account) public view returns (uint256 points) {
        for (uint256 age; age < 5; ++age) {
            points += laneOf(account, age);
        }
    }

    /// @notice Points issued `age` quarters ago.
    function laneOf(address account, uint256 age) public view returns (uint256 points) {
        return _lots[account][quarter + EARLIER - age];
    }

    /// @notice All live points.
    function supply() external view returns (uint256 points) {
        for (uint256 i; i < _accounts.length; ++i) {
            points += balanceOf(_accounts[i]);
        }
    }

    /// @notice All live points issued `age` quarters ago.
    function supplyLane(uint256 age) public view returns (uint256 points) {
        for (uint256 i; i < _accounts.length; ++i) {
            points += laneOf(_accounts[i], age);
        }
    }

    /// @notice Points whose five quarters are over.
    function lapsedOf(address account) public view returns (uint256 points) {
        for (uint256 key; key <= quarter; ++key) {
            points += _lots[account][key];
        }
    }

    /// @notice The same of all accounts.
    function lapsed() external view returns (uint256 points) {
        for (uint256 i; i < _accounts.length; ++i) {
            points += lapsedOf(_accounts[i]);
        }
    }

    // ---------------------------------------------------------------- within

    function _next(uint256 end, uint256 shareBps_) private {
        // What is four quarters old lapses with this one, under the share this quarter bore.
        shared += (supplyLane(4) * shareBps) / 10_000;
        (quarter, startedAt, noticeAt, shareBps) = (quarter + 1, end, 0, shareBps_);
    }

    function _give(address to, uint256 key, uint256 points) private {
        if (!_known[to]) {
            _known[to] = true;
            _accounts.push(to);
        }
        _lots[to][key] += points;
    }

    function _takeOldest(address from, uint256 points) private returns (uint256[5] memory byAge) {
        for (uint256 younger = 1; younger <= 5; ++younger) {
            uint256 age = 5 - younger;
            byAge[age] = _takeOf(from, quarter + EARLIER - age, points);
            points -= byAge[age];
        }
        require(points == 0, "the book has fewer points");
    }

    /// @dev As many of the points as that quarter's live ones go.
    function _takeOf(address from, uint256 key, uint256 points) private returns (uint256 part) {
        if (key <= quarter) return 0;
        uint256 here = _lots[from][key];
        part = here < points ? here : points;
        _lots[from][key] = here - part;
    }
}
