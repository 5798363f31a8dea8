// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.19;

import {ProofVerifier} from "./ProofVerifier.sol";

/// @title What verifiers of `proofcard chain setup --digest` say of themselves beside that.
interface ValuesVerifier {
    /// @notice How many words of values the circuit has.
    function NUM_VALUES() external view returns (uint256);
}

/// @title Many outputs for one proof.
/// @notice Whoever has a proof submits a batch's outputs; anybody then shows that an output is of the batch, for some hashes.
/// @dev The circuit has three public signals, however many outputs: a digest D of them, the value e = sum_i outputs[i] r^i, and
/// r, in this order. D is a hash that the circuit computes, for which no two lists are known. r comes from D and the outputs
/// that were submitted, so that other outputs than the circuit's have another value, except with probability
/// NUM_OUTPUTS / R. Zeros at the end change no value, so the number of outputs is the circuit's, and is said once, when the
/// contract is deployed; a verifier that says it itself has to agree. r also comes from context(): a proof is for no other chain or contract.
/// Proofs of `proofcard chain prove --context` with a key of `chain setup --digest` are of this form: outputs are then the words of its
/// values, of each input of a batch in turn.
contract Batches {
    /// @notice An output that is not below R.
    error OutputOutOfRange(uint256 index);
    /// @notice Another number of outputs than the circuit has; of a circuit, 0 or more than MAX_OUTPUTS.
    error WrongNumberOfOutputs(uint256 expected, uint256 found);
    /// @notice The verifier says no; one that reverts, as those of proofcard do, has reasons of its own.
    error ProofRejected();
    /// @notice These outputs were submitted before.
    error AlreadySubmitted(bytes32 root);
    /// @notice Nobody submitted such a batch.
    error UnknownBatch(bytes32 root);
    error IndexOutOfRange(uint256 index, uint256 size);
    error WrongPathLength(uint256 expected, uint256 found);
    /// @notice The output is not the batch's at this place.
    error NotInBatch();

    event Submitted(bytes32 indexed root, uint256 indexed digest);

    uint256 public constant MAX_OUTPUTS = 1024;
    // The order of the curve's groups.
    uint256 private constant R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;

    ProofVerifier public immutable verifier;
    /// @notice How many outputs the circuit has, and so each batch.
    uint256 public immutable NUM_OUTPUTS;
    /// @notice Whether there is a batch with this root.
    mapping(bytes32 => bool) public submitted;

    constructor(ProofVerifier verifier_, uint256 numOutputs) {
        if (numOutputs == 0 || numOutputs > MAX_OUTPUTS) revert WrongNumberOfOutputs(MAX_OUTPUTS, numOutputs);
        (bool found, bytes memory answer) = address(verifier_).staticcall(abi.encodeCall(ValuesVerifier.NUM_VALUES, ()));
        if (found && answer.length == 32) {
            uint256 size = abi.decode(answer, (uint256));
            if (size != numOutputs) revert WrongNumberOfOutputs(size, numOutputs);
        }
        verifier = verifier_;
        NUM_OUTPUTS = numOutputs;
    }

    /// @notice What the proofs of batches are made for.
    function context() public view returns (uint256) {
        return uint256(keccak256(abi.encode(block.chainid, address(this)))) % R;
    }

    /// @notice The public signal r of a batch: it is known before the proof is made.
    function challenge(uint256 digest, uint256[] calldata outputs) public view returns (uint256) {
        return uint256(keccak256(abi.encode(context(), digest, outputs))) % R;
    }

    /// @notice Verifies a batch's proof and keeps the root of its outputs.
    /// @return root What the batch is called by from now on.
    function submit(uint256[8] calldata proof, uint256 digest, uint256[] calldata outputs) external returns (bytes32 root) {
        uint256 size = outputs.length;
        if (size != NUM_OUTPUTS) revert WrongNumberOfOutputs(NUM_OUTPUTS, size);
        uint256[] memory signals = new uint256[](3);
        signals[0] = digest;
        signals[2] = challenge(digest, outputs);
        bytes32[] memory nodes = new bytes32[](size);
        uint256 value = 0;
        for (uint256 i = size; i > 0; ) {
            i--;
            if (outputs[i] >= R) revert OutputOutOfRange(i);
            value = addmod(mulmod(value, signals[2], R), outputs[i], R);
            nodes[i] = hash(bytes32(i), bytes32(outputs[i]));
        }
        signals[1] = value;
        if (!verifier.verify(proof, signals)) revert ProofRejected();
        root = rootOf(nodes);
        if (submitted[root]) revert AlreadySubmitted(root);
        submitted[root] = true;
        emit Submitted(root, digest);
    }

    /// @notice Whether `output` is the batch's at `index`; reverts unless it is.
    /// @param path The neighbours of the nodes from the leaf to the root, as many as the tree has levels.
    function claim(bytes32 root, uint256 index, uint256 output, bytes32[] calldata path) external view returns (bool) {
        if (!submitted[root]) revert UnknownBatch(root);
        uint256 size = NUM_OUTPUTS;
        if (index >= size) revert IndexOutOfRange(index, size);
        // A path of another length could take an inner node for a leaf.
        uint256 levels = 0;
        while (size > 1 << levels) levels++;
        if (path.length != levels) revert WrongPathLength(levels, path.length);
        bytes32 node = hash(bytes32(index), bytes32(output));
        for (uint256 i = 0; i < levels; i++) {
            node = index & 1 == 0 ? hash(node, path[i]) : hash(path[i], node);
            index >>= 1;
        }
        if (node != root) revert NotInBatch();
        return true;
    }

    // Leaf i is hash(i, output i); a node without a right neighbour has 0 there.
    function rootOf(bytes32[] memory nodes) private pure returns (bytes32) {
        for (uint256 size = nodes.length; size > 1; size = (size + 1) / 2) {
            for (uint256 i = 0; i < size; i += 2) {
                nodes[i / 2] = hash(nodes[i], i + 1 < size ? nodes[i + 1] : bytes32(0));
            }
        }
        return nodes[0];
    }

    function hash(bytes32 left, bytes32 right) private pure returns (bytes32 digest) {
        assembly ("memory-safe") {
            mstore(0x00, left)
            mstore(0x20, right)
            digest := keccak256(0x00, 0x40)
        }
    }
}
