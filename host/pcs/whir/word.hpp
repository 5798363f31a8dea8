// Word: a code word, and the Merkle tree over its rows.
//
// Shape:   element j of row i stands at elements[j * rows + i] (code.hpp); a row has 2^log_width elements, and one more
//          when the word has a mask (commitment.hpp). levels[0] are the digests of the rows, levels.back() is the root
//          alone.
#pragma once

#include <vector>

#include "host/base/result.hpp"
#include "host/kernels/merkle_hash.hpp"
#include "host/kernels/ntt.hpp"
#include "host/pcs/whir/code.hpp"

namespace proofcard::pcs::whir {

struct Word {
  Code code;
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

// What a verifier needs to see rows of a word as rows of the word with that root.
struct OpenedRows {
  std::vector<Fr> elements;            // row by row
  std::vector<hash::Digest> siblings;  // what is missing on the way to the root: level by level, from the rows up,
                                       // ascending
};

// Pre: rows ascending, each once.
OpenedRows open_rows(const Word& word, std::span<const std::size_t> rows);

// How many siblings open_rows gives.
std::size_t num_siblings(const Code& code, std::span<const std::size_t> rows);

// The root that opened rows lead to. Pre: rows as above and not empty; sizes are those of open_rows, of rows of any
// length.
hash::Digest root_of_rows(const kernels::MerkleHash& hash, const Code& code, std::span<const std::size_t> rows,
                          const OpenedRows& opened);

}  // namespace proofcard::pcs::whir
