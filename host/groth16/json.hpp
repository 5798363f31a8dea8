// Proofs, verification keys and public signals as JSON, as snarkjs writes and reads them.
//
// Source: snarkjs' formats: numbers are decimal strings; a point of G1 is [x, y, "1"], a point of G2 is
//         [[x0, x1], [y0, y1], ["1", "0"]] with x = x0 + x1 u; infinity has a last coordinate of 0. Written with one
//         space an indent and no newline at the end, byte for byte as snarkjs does.
// Range:  numbers must be below their prime, points on the curve, points of G2 in the group.
// Errors: kBadInput, naming the file and the member, for what is not of this form or out of range. What is wrong with a
//         proof or with public signals is kRejected instead.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host/base/result.hpp"
#include "host/groth16/proof.hpp"

namespace proofcard::groth16 {

// `name` names the file in errors.
Result<Proof> parse_proof(std::string_view text, const std::string& name);
Result<std::vector<Fr>> parse_public(std::string_view text, const std::string& name);
Result<VerifyingKey> parse_verifying_key(std::string_view text, const std::string& name);

std::string proof_json(const Proof& proof);
// With e(alpha, beta) in vk_alphabeta_12, as `snarkjs zkey export verificationkey` writes it; nobody reads it here.
std::string verifying_key_json(const VerifyingKey& vk);
std::string public_json(const std::vector<Fr>& signals);

// Decimal digits, without leading zeros.
std::string to_decimal(U256 value);
// Empty when the text is anything but 1 to 78 digits, or the number is 2^256 or more.
std::optional<U256> from_decimal(std::string_view text);

}  // namespace proofcard::groth16
