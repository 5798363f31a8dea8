// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.19;

/// @title What `proofcard groth16 export-verifier` writes, as other contracts see it.
interface ProofVerifier {
    /// @notice Verifies a proof; reverts with the reason unless it is right.
    function verify(uint256[8] calldata proof, uint256[] calldata signals) external view returns (bool);

    /// @notice Keccak-256 of the key.
    function KEY_DIGEST() external view returns (bytes32);
}
