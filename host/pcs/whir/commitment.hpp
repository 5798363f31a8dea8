// Commitments made of hashes alone: the Merkle root over a vector's code word (code.hpp), and the polynomial of its
// values at one point outside the code's domain that the root decides.
//
// Masks: while an opening hides, each vector that is not public is folded with a mask, as many uniform elements as rows
//        of a column, that is a further column of the vector's word, or a word of its own for a vector that more than
//        one opening is about.
// Binding: the word is near to several vectors; with that answer at most one of them counts, but for a probability that
//          soundness() states.
// Hiding:  root, answer and as many rows as the tail is long, less two, show nothing of a vector with a tail
//          (docs/hash-commitments.md); without one they show the values.
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

enum class Masking {
  kNone,    // of every vector while messages are in the clear, of public ones always
  kColumn,  // a further column of the vector's word
  kWord,    // a word of its own
};

// What a verifier has. All of it is absorbed before the first challenge that depends on the vector.
struct Commitment {
  hash::Digest root{};
  unsigned log_size = 0;
  Fr answer;  // sum_b values[b] z^b, z = out_of_domain_point(function, root, log_size)

  bool operator==(const Commitment&) const = default;
};

// From root and size by the hash of the transcript; kPoseidon2: hash_pair(root, log_size, kPoint), of a root that is canonical.
Fr out_of_domain_point(hash::Function function, const hash::Digest& root, unsigned log_size);

// What a prover keeps of a committed vector: the values, the word and its tree. 32 (1 + 1/8) 2^log_inv_rate bytes a
// value.
struct Committed {
  Commitment commitment;
  IntSpan given;         // the caller's values
  IntVector padded;      // the same with zeros behind, when there are fewer than 2^kMinLogSize; else empty
  std::vector<Fr> tail;  // the vector ends with these in place of the last values; whole rows, or none
  std::vector<Fr> mask;  // the last column of the word, when it has a mask: one element a row of the vector
  Word word;

  IntSpan values() const { return padded.size() == 0 ? given : padded.view(); }
  const hash::Digest& root() const { return commitment.root; }
  // Rows of 2^kInputLogWidth that the vector has.
  std::size_t num_rows() const { return std::size_t{1} << word.code.log_degree(); }

  // sum_b of_rows[b] row[first_row + b] of the vector, tail included: one row.
  std::vector<Fr> sum_of_rows(const kernels::IntGemm& gemm, std::size_t first_row, std::span<const Fr> of_rows) const;
  // out[b] = <row b, in_row>, tail included. Size: num_rows().
  void fold_rows(const kernels::IntGemm& gemm, std::span<Fr> out, std::span<const Fr> in_row) const;
  // What is opened of rows of the word: of one without elements they are worked out. Pre: no mask then.
  OpenedRows open(const kernels::IntGemm& gemm, std::span<const std::size_t> rows) const;
};

// tail, mask: uniform, or empty. Pre: values outlives the result; its size is a power of two; values that the tail
// replaces are 0. Errors: kBadInput for other sizes; those of the transform.
Result<Committed> commit(const Kernels& kernels, const IntSpan& values, std::vector<Fr> tail = {},
                         std::vector<Fr> mask = {});

// The same of a commitment that was made before, from the levels of its tree: the word has no elements, so that nothing is transformed or
// hashed. Pre: as above; levels has level_sizes() digests. That values and levels are those of the commitment is not checked. Errors:
// kBadInput for a root that is not the commitment's.
Result<Committed> recall(hash::Function function, const IntSpan& values, std::vector<Fr> tail,
                         const Commitment& commitment, std::vector<std::vector<hash::Digest>> levels);

// A mask that is a word of its own, of one column with as many rows as its vector's.
struct Mask {
  std::vector<Fr> values;
  Word word;
};
Code mask_code(const Code& of_vector);
Result<Mask> commit_mask(const Kernels& kernels, const Code& of_vector, std::vector<Fr> values);

}  // namespace proofcard::pcs::whir
