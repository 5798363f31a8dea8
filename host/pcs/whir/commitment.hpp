// Commitments made of hashes alone: the Merkle root over a vector's code word (code.hpp), and the polynomial of its
// values at one point outside the code's domain that the root decides.
//
// Binding: the word is near to several vectors; with that answer at most one of them counts, but for a probability that
//          soundness() states.
// Hiding:  none yet. Rows and answers show the values.
#pragma once

#include <vector>

#include "host/base/int_vector.hpp"
#include "host/base/result.hpp"
#include "host/kernels/int_gemm.hpp"
#include "host/kernels/merkle_hash.hpp"
#include "host/kernels/ntt.hpp"
#include "host/pcs/whir/code.hpp"
#include "host/pcs/whir/word.hpp"

namespace proofcard::pcs::whir {

struct Kernels {
  const kernels::NttFr& ntt;
  const kernels::IntGemm& gemm;
  const kernels::MerkleHash& hash;
};

// What a verifier has. All of it is absorbed before the first challenge that depends on the vector.
struct Commitment {
  hash::Digest root{};
  unsigned log_size = 0;
  Fr answer;  // sum_b values[b] z^b, z = out_of_domain_point(root, log_size)

  bool operator==(const Commitment&) const = default;
};

// From root and size by the hash of the transcript.
Fr out_of_domain_point(const hash::Digest& root, unsigned log_size);

// What a prover keeps of a committed vector: the values, the word and its tree. 32 (1 + 1/8) 2^log_inv_rate bytes a
// value.
struct Committed {
  Commitment commitment;
  IntSpan given;     // the caller's values
  IntVector padded;  // the same with zeros behind, when there are fewer than 2^kMinLogSize; else empty
  Word word;

  IntSpan values() const { return padded.size() == 0 ? given : padded.view(); }
  const hash::Digest& root() const { return commitment.root; }
};

// Pre: values outlives the result; its size is a power of two. Errors: kBadInput for other sizes; those of the
// transform.
Result<Committed> commit(const Kernels& kernels, const IntSpan& values);

}  // namespace proofcard::pcs::whir
