// The random instance that BlindFold folds the messages of a proof with: a random row for each hidden row, committed, and a
// random vector. It depends on no message and no challenge, so it may be made, piece by piece, while the messages are.
//
// Range:   row-major with stride kHiddenRowLen, zeros where the hidden row has no value.
// Threads: one at a time; any.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "host/curve/g1.hpp"
#include "host/field/fr.hpp"
#include "host/hash/blinding.hpp"

namespace proofcard::zk {

class RandomInstance {
 public:
  // The source outlives this.
  explicit RandomInstance(const hash::BlindingSource& source) : source_(&source) {}

  // Further rows, behind those that there are, of so many values each (at most kHiddenRowLen).
  void add_rows(std::span<const std::uint32_t> counts);
  // Goes on to all of these rows. Pre: those that there are have the first of these counts.
  void complete_rows(std::span<const std::uint32_t> counts);
  // The first call draws the vector; the others ask for the same size.
  void draw_vector(std::size_t size);

  std::span<const Fr> rows() const { return rows_; }
  std::span<const Fr> blindings() const { return blindings_; }
  std::span<const curve::G1Affine> commitments() const { return commitments_; }
  std::span<const Fr> vector() const { return vector_; }

 private:
  const hash::BlindingSource* source_;
  std::vector<std::uint32_t> counts_;
  std::vector<Fr> rows_;
  std::vector<Fr> blindings_;
  std::vector<curve::G1Affine> commitments_;
  std::vector<Fr> vector_;
};

}  // namespace proofcard::zk
