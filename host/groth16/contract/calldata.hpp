// What a call of a verifier contract is made of: four bytes that stand for the function, then words of 32 bytes.
//
// Source:  the contract ABI specification of Solidity; points of G2 as the precompile of EIP-197 takes them, the part with
//          u first.
#pragma once

#include <span>

#include "host/base/bytes.hpp"
#include "host/groth16/proof.hpp"

namespace proofcard::groth16 {

enum class ContractFunction {
  kVerify,       // verify(uint256[8],uint256[])
  kVerifyProof,  // verifyProof(uint256[2],uint256[2][2],uint256[2],uint256[N]), of contracts of snarkjs too
};

Bytes calldata(const Proof& proof, std::span<const Fr> public_signals, ContractFunction function);
// verifyValues(uint256[8],uint256,uint256,uint256[]), of contracts with values (verifier_contract.hpp).
Bytes values_calldata(const Proof& proof, const Fr& context, const Fr& digest, std::span<const Fr> values);

// Numbers and points as words.
void put_word(ByteWriter& out, const U256& value);
void put_words(ByteWriter& out, const curve::G1Affine& point);
void put_words(ByteWriter& out, const curve::G2Affine& point);

}  // namespace proofcard::groth16
