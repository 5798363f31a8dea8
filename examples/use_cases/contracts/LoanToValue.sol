// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.19;

/// @title The contract of `proofcard chain export` for a key of `chain setup --digest`, as this one sees it.
interface ValuesVerifier {
    function verifyValues(uint256[8] calldata proof, uint256 context, uint256 digest, uint256[] calldata values)
        external
        view
        returns (bool);
}

/// @title How much of a collateral's worth may be borrowed: what a model says of its prices, for all markets with one proof.
/// @dev Words of values, of each market in turn: its first 31 prices, 8 bits each; the last price; the model's output, less the
/// least that it can be.
contract LoanToValue {
    error NotOracle(address caller);
    /// @notice Beyond what governance allows, whatever the model says.
    error OutOfBounds(uint256 market, uint256 found);
    error WrongNumberOfMarkets(uint256 expected, uint256 found);

    event Updated(uint256 indexed epoch);

    uint256 private constant R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;
    uint256 private constant WORD_BITS = 248;
    /// @notice Thousandths of the collateral's worth.
    uint256 public constant LEAST = 250;
    uint256 public constant MOST = 950;

    ValuesVerifier public immutable verifier;
    address public immutable oracle;
    // An output is (OFFSET + word) * STEP / 10^18 thousandths.
    uint256 private immutable OFFSET;
    uint256 private immutable STEP;

    /// @notice The last 32 prices of each market, a byte each, the latest in the highest.
    uint256[] public prices;
    /// @notice Thousandths of the collateral's worth that may be borrowed; 0 before the first proof.
    uint256[] public loanToValue;
    uint256 public epoch;

    constructor(ValuesVerifier verifier_, uint256 numMarkets, uint256 offset, uint256 step) {
        verifier = verifier_;
        oracle = msg.sender;
        OFFSET = offset;
        STEP = step;
        prices = new uint256[](numMarkets);
        loanToValue = new uint256[](numMarkets);
    }

    function push(uint256 market, uint256 latest) external {
        if (msg.sender != oracle) revert NotOracle(msg.sender);
        prices[market] = latest;
    }

    /// @notice What the next proof has to be made for. Anybody may bring it: it says the same, whoever does.
    function context() public view returns (uint256) {
        return uint256(keccak256(abi.encode(block.chainid, address(this), epoch))) % R;
    }

    /// @notice Takes the model's outputs for the prices that stand here, one a market.
    function update(uint256[8] calldata proof, uint256 digest, uint256[] calldata outputs) external {
        uint256 numMarkets = prices.length;
        if (outputs.length != numMarkets) revert WrongNumberOfMarkets(numMarkets, outputs.length);
        uint256[] memory values = new uint256[](3 * numMarkets);
        for (uint256 i = 0; i < numMarkets; i++) {
            values[3 * i] = prices[i] & ((1 << WORD_BITS) - 1);
            values[3 * i + 1] = prices[i] >> WORD_BITS;
            values[3 * i + 2] = outputs[i];
        }
        verifier.verifyValues(proof, context(), digest, values); // or it reverts
        for (uint256 i = 0; i < numMarkets; i++) {
            uint256 found = ((OFFSET + outputs[i]) * STEP) / 1e18;
            if (found < LEAST || found > MOST) revert OutOfBounds(i, found);
            loanToValue[i] = found;
        }
        epoch += 1;
        emit Updated(epoch);
    }
}
