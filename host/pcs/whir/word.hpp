// Word: a code word, and the Merkle tree over its rows.
//
// Shape:   element j of row i stands at elements[j * rows + i] (code.hpp); a row has 2^log_width elements, and one more
//          when the word has a mask (commitment.hpp). levels[0] are the digests of the rows, levels.back() is the root
//          alone. Nodes have as many children as the hash says (hash::log_arity); the root has what is left.
#pragma once

#include <vector>

#include "host/base/result.hpp"
#include "host/kernels/merkle_hash.hpp"
#include "host/kernels/ntt.hpp"
#include "host/pcs/whir/code.hpp"

namespace proofcard::pcs::whir {

struct Word {
  Code code;
  hash::Function function = hash::Function::kSha256;
  std::vector<Fr> elements;
  std::vector<std::vector<hash::Digest>> levels;

  const hash::Digest& root() const { return levels.back()[0]; }
  std::size_t rows() const { return std::size_t{1} << code.log_rows(); }
};

// columns: element b of column j at columns[j * rows + b] for b < 2^log_degree, zeros behind, and as many columns as a row
// has elements; what they become is kept.
// Errors: those of the transform.
Result<Word> encode(const kernels::NttFr& ntt, const kernels::MerkleHash& hash, const Code& code,
                    std::vector<Fr> columns);

// Digests of every level of a word's tree, from the rows up.
std::vector<std::size_t> level_sizes(hash::Function function, const Code& code);

// What a verifier needs to see rows of a word as rows of the word with that root.
struct OpenedRows {
  std::vector<Fr> elements;  // row by row
  std::vector<hash::Digest>
      nodes;  // kSha256: what is missing on the way to the root, level by level, from the rows up,
              // ascending. kPoseidon2: protocol.hpp
};

// Pre: kSha256: rows ascending, each once.
OpenedRows open_rows(const Word& word, std::span<const std::size_t> rows);

// How many nodes open_rows gives.
std::size_t num_nodes(hash::Function function, const Code& code, std::span<const std::size_t> rows);

// Whether opened rows lead to the root. Pre: rows as above and not empty; sizes are those of open_rows, of rows of any
// length; kPoseidon2: digests are canonical.
bool lead_to_root(const kernels::MerkleHash& hash, const Code& code, std::span<const std::size_t> rows,
                  const OpenedRows& opened, const hash::Digest& root);

}  // namespace proofcard::pcs::whir
