// Keys in the format of snarkjs made from known secrets, in seconds where a ceremony takes many minutes. They prove
// nothing to anybody: who reads this file can forge proofs for them.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/field/fr.hpp"

namespace proofcard::groth16::testing {

// A file of sections, to be written whole or damaged.
struct FileOfSections {
  std::string magic;
  std::uint32_t version = 0;
  std::vector<std::pair<std::uint32_t, Bytes>> sections;

  Bytes& section(std::uint32_t type);
  Bytes bytes() const;
};

// Four little-endian words.
void put_limbs(ByteWriter& out, const U256& limbs);
// The length in bytes of a prime, and the prime.
void put_prime(ByteWriter& out, const U256& prime);

// One coefficient of A (0), B (1) or C (2).
struct Term {
  std::uint32_t matrix;
  std::uint32_t row;
  std::uint32_t signal;
  Fr value;
};

// Without relations that key_check.hpp would find.
struct Secrets {
  Fr tau = Fr::from_u64(123456789);
  Fr alpha = Fr::from_u64(39916801);
  Fr beta = Fr::from_u64(87178291199);
  Fr gamma = Fr::from_u64(6700417);
  Fr delta = Fr::from_u64(2147483647);
};

// A .zkey for these constraints. Parallel.
FileOfSections make_test_key(std::uint32_t num_signals, std::uint32_t num_public, std::uint32_t num_constraints,
                             std::vector<Term> terms, const Secrets& secrets = {});

}  // namespace proofcard::groth16::testing
