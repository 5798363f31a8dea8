// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.19;

import {TestToken} from "./TestToken.sol";

/// @title The contract of `proofcard chain export` for trading_agent.onnx with public input, as the vault sees it.
interface ModelVerifier {
    function verify(uint256[8] calldata proof, uint256[] calldata words) external view returns (bool);
}

/// @title A vault whose tokens an agent moves, and only as its model says of the prices that the vault itself has.
/// @dev Public words of a proof: 0, the prices, 8 bits each, the oldest in the lowest; 1, the decision; 2, the context.
contract AgentVault {
    /// @notice The proof is about other prices than the vault's.
    error OtherPrices(uint256 expected, uint256 found);
    /// @notice The proof is made for somebody else, another vault or chain, or was used.
    error OtherContext(uint256 expected, uint256 found);
    error NotOracle(address caller);

    event Acted(address indexed agent, uint256 decision);

    uint256 private constant R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;
    uint256 private constant NUM_PRICES = 16;
    uint256 private constant BUY = 1;
    uint256 private constant SELL = 2;
    uint256 public constant LOT = 10;

    ModelVerifier public immutable verifier;
    TestToken public immutable token;
    address public immutable exchange;
    address public immutable oracle;
    /// @notice The latest prices, a byte each, the latest in the highest byte.
    uint256 public prices;
    mapping(address => uint256) public nonce;

    constructor(ModelVerifier verifier_, TestToken token_, address exchange_) {
        verifier = verifier_;
        token = token_;
        exchange = exchange_;
        oracle = msg.sender;
    }

    function push(uint8 price) external {
        if (msg.sender != oracle) revert NotOracle(msg.sender);
        prices = (prices >> 8) | (uint256(price) << (8 * (NUM_PRICES - 1)));
    }

    /// @notice What the agent's next proof has to be made for.
    function contextOf(address agent) public view returns (uint256) {
        return uint256(keccak256(abi.encode(block.chainid, address(this), agent, nonce[agent]))) % R;
    }

    /// @notice Does what the model says. The verifier refuses every number of words but three.
    function act(uint256[8] calldata proof, uint256[] calldata words) external {
        if (words[0] != prices) revert OtherPrices(prices, words[0]);
        uint256 context = contextOf(msg.sender);
        if (words[2] != context) revert OtherContext(context, words[2]);
        verifier.verify(proof, words); // or it reverts
        nonce[msg.sender] += 1; // before tokens move
        emit Acted(msg.sender, words[1]);
        if (words[1] == BUY) token.transfer(exchange, LOT);
        if (words[1] == SELL) token.transferFrom(exchange, address(this), LOT);
    }
}
