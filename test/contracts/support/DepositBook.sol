// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @notice What the entry point keeps for a paymaster, standing at its address where operations themselves are not
/// tried: test/contracts/gas-sponsor.test.ts has the real one.
contract DepositBook {
    mapping(address => uint256) public balanceOf;
    mapping(address => uint256) public stakeOf;
    uint32 public delay;
    bool public unlocked;

    function depositTo(address account) external payable {
        balanceOf[account] += msg.value;
    }

    function withdrawTo(address payable to, uint256 amount) external {
        balanceOf[msg.sender] -= amount;
        pay(to, amount);
    }

    function addStake(uint32 delay_) external payable {
        delay = delay_;
        stakeOf[msg.sender] += msg.value;
    }

    function unlockStake() external {
        unlocked = true;
    }

    function withdrawStake(address payable to) external {
        uint256 amount = stakeOf[msg.sender];
        stakeOf[msg.sender] = 0;
        pay(to, amount);
    }

    function pay(address payable to, uint256 amount) private {
        (bool paid, ) = to.call{value: amount}("");
        require(paid, "not paid");
    }
}
