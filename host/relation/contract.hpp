// Sums of a tensor of small integers against field weights along some of its axes (prover).
//
// A tensor is seen as a list of blocks of consecutive padded axes. Each block is kept as it is, or replaced by a sparse
// public matrix: out[.., f, ..] = sum_u matrix[f][u] * tensor[.., u, ..]. The first block that is replaced is an
// integer matrix product (kernels::IntGemm); what remains is small and done in the field. Order: row-major over blocks,
// before and after.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "host/base/int_vector.hpp"
#include "host/field/fr.hpp"
#include "host/kernels/int_gemm.hpp"

namespace proofcard::relation {

struct SparseMatrix {
  struct Entry {
    std::uint32_t column;
    Fr weight;
  };
  std::vector<std::vector<Entry>> rows;  // by output index f; may be empty
};

struct Block {
  std::size_t size = 1;                 // of the tensor's block
  std::optional<SparseMatrix> replace;  // none: kept
};

// A matrix of one row, dense.
SparseMatrix dense_row(std::span<const Fr> weights);

// Pre: the product of block sizes is the tensor's size.
std::vector<Fr> contract(const kernels::IntGemm& gemm, const IntSpan& tensor, std::vector<Block> blocks);

// Value of the multilinear extension at a point. Pre: tensor size is 2^point.size().
Fr evaluate_at(const kernels::IntGemm& gemm, const IntSpan& tensor, std::span<const Fr> point);

}  // namespace proofcard::relation
