// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.19;

import {ProofVerifier} from "./ProofVerifier.sol";

/// @title Names for verifiers: which contract verifies proofs of a model, by name and version.
/// @notice The owner adds versions. Nobody changes or removes one, the owner neither: who relied on a version keeps it.
/// @dev A verifier that is itself a proxy can change behind its address: look at its code before you rely on it.
contract ModelRegistry {
    /// @notice Only the owner may add.
    error NotOwner(address caller);
    /// @notice No such version of such a model.
    error UnknownModel(string name, uint256 version);
    /// @notice A name of no bytes, or of more than 64.
    error BadName(uint256 size);
    /// @notice The verifier is for another key than was said, or no verifier.
    error WrongDigest(bytes32 expected, bytes32 found);
    /// @notice There is no code at this address.
    error NoContract(address verifier);

    event Added(string name, uint256 indexed version, bytes32 indexed digest, address indexed verifier);
    event OwnerChanged(address indexed from, address indexed to);

    struct Model {
        bytes32 digest;
        ProofVerifier verifier;
    }

    address public owner;
    /// @notice Who becomes owner by accepting.
    address public nextOwner;

    // Versions count from 1. By Keccak-256 of the name.
    mapping(bytes32 => Model[]) private models;

    constructor() {
        owner = msg.sender;
        emit OwnerChanged(address(0), msg.sender);
    }

    modifier onlyOwner() {
        if (msg.sender != owner) revert NotOwner(msg.sender);
        _;
    }

    /// @notice Adds the next version of a model.
    /// @param digest The key's digest, which has to be the verifier's own KEY_DIGEST.
    /// @return version 1 for the first.
    function add(string calldata name, bytes32 digest, ProofVerifier verifier) external onlyOwner returns (uint256 version) {
        uint256 size = bytes(name).length;
        if (size == 0 || size > 64) revert BadName(size);
        if (address(verifier).code.length == 0) revert NoContract(address(verifier));
        bytes32 found = verifier.KEY_DIGEST();
        if (found != digest) revert WrongDigest(digest, found);
        Model[] storage versions = models[keccak256(bytes(name))];
        versions.push(Model(digest, verifier));
        version = versions.length;
        emit Added(name, version, digest, address(verifier));
    }

    /// @notice How many versions a model has: the number of the latest.
    function latest(string calldata name) external view returns (uint256) {
        return models[keccak256(bytes(name))].length;
    }

    /// @notice One version of a model.
    function find(string calldata name, uint256 version) public view returns (bytes32 digest, ProofVerifier verifier) {
        Model[] storage versions = models[keccak256(bytes(name))];
        if (version == 0 || version > versions.length) revert UnknownModel(name, version);
        Model storage model = versions[version - 1];
        return (model.digest, model.verifier);
    }

    /// @notice Verifies a proof for one version of a model; reverts with the reason unless it is right.
    function verify(string calldata name, uint256 version, uint256[8] calldata proof, uint256[] calldata signals)
        external
        view
        returns (bool)
    {
        (, ProofVerifier verifier) = find(name, version);
        return verifier.verify(proof, signals);
    }

    /// @notice Offers the registry to another owner, who has to accept.
    function offerOwnership(address to) external onlyOwner {
        nextOwner = to;
    }

    /// @notice Takes what was offered.
    function acceptOwnership() external {
        if (msg.sender != nextOwner) revert NotOwner(msg.sender);
        emit OwnerChanged(owner, msg.sender);
        owner = msg.sender;
        nextOwner = address(0);
    }
}
