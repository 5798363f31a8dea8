#include "host/pcs/whir/commitment.hpp"

#include <algorithm>
#include <bit>

#include "host/base/check.hpp"
#include "host/base/parallel.hpp"
#include "host/field/fr_vector.hpp"
#include "host/field/two_adic.hpp"
#include "host/hash/poseidon2.hpp"
#include "host/pcs/whir/protocol.hpp"
#include "host/transcript/transcript.hpp"

namespace proofcard::pcs::whir {

Fr out_of_domain_point(hash::Function function, const hash::Digest& root, unsigned log_size) {
  if (function == hash::Function::kPoseidon2) {
    return hash::hash_pair(hash::to_element(root).value_or(Fr()), log_size, hash::PairTag::kPoint);
  }
  Transcript transcript("proofcard/whir/commitment/1");
  transcript.absorb_bytes("whir.root", root);
  transcript.absorb_u64("whir.log-size", log_size);
  return transcript.challenge("whir.point");
}

std::vector<Fr> Committed::sum_of_rows(const kernels::IntGemm& gemm, std::size_t first_row,
                                       std::span<const Fr> of_rows) const {
  std::vector<Fr> sum(kInputWidth);
  gemm.left(sum, of_rows, int_subspan(values(), first_row * kInputWidth, of_rows.size() * kInputWidth));
  const std::size_t tail_begin = num_rows() - tail.size() / kInputWidth;
  for (std::size_t row = std::max(first_row, tail_begin); row < first_row + of_rows.size(); ++row) {
    fr_axpy(sum, of_rows[row - first_row], std::span(tail).subspan((row - tail_begin) * kInputWidth, kInputWidth));
  }
  return sum;
}

void Committed::fold_rows(const kernels::IntGemm& gemm, std::span<Fr> out, std::span<const Fr> in_row) const {
  gemm.right(out, values(), in_row);
  const std::size_t tail_begin = num_rows() - tail.size() / kInputWidth;
  parallel_for(tail.size() / kInputWidth, 256, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      out[tail_begin + row] += fr_dot(std::span(tail).subspan(row * kInputWidth, kInputWidth), in_row);
    }
  });
}

OpenedRows Committed::open(const kernels::IntGemm& gemm, std::span<const std::size_t> rows) const {
  OpenedRows out = open_rows(word, rows);
  if (word.elements.empty()) {
    const Fr w = root_of_unity<Fr>(word.code.log_rows());
    for (const std::size_t row : rows) {
      const std::vector<Fr> powers = power_table(w.pow_vartime({row, 0, 0, 0}), word.code.log_degree());
      const std::vector<Fr> elements = sum_of_rows(gemm, 0, powers);
      out.elements.insert(out.elements.end(), elements.begin(), elements.end());
    }
  }
  return out;
}

namespace {

// The values of a vector with all that stands beside them, and its code; without a word.
Result<Committed> begin(hash::Function function, const IntSpan& values, std::vector<Fr> tail, std::vector<Fr> mask) {
  const std::size_t size = int_span_size(values);
  if (!std::has_single_bit(size)) {
    return bad_input("whir", "values of a vector: expected a power of two, found {}", size);
  }
  const unsigned log_size = static_cast<unsigned>(std::countr_zero(size));
  PROOFCARD_TRY(const Code code, input_code(log_size, function));
  Committed out;
  out.commitment.log_size = log_size;
  out.word.code = code;
  out.word.function = function;
  out.given = values;
  const std::size_t degree = out.num_rows();
  if (size < degree * kInputWidth) {
    out.padded = IntVector(int_span_type(values), degree * kInputWidth);
    for (std::size_t i = 0; i < size; ++i) {
      out.padded.set(i, int_at(values, i));
    }
  }
  out.tail = std::move(tail);
  out.mask = std::move(mask);
  PROOFCARD_CHECK(out.tail.size() % kInputWidth == 0 && out.tail.size() <= degree * kInputWidth);
  PROOFCARD_CHECK(out.mask.empty() || out.mask.size() == degree);
  return out;
}

}  // namespace

Result<Committed> recall(hash::Function function, const IntSpan& values, std::vector<Fr> tail,
                         const Commitment& commitment, std::vector<std::vector<hash::Digest>> levels) {
  PROOFCARD_TRY(Committed out, begin(function, values, std::move(tail), {}));
  out.commitment = commitment;
  out.word.levels = std::move(levels);
  if (out.word.root() != commitment.root) {
    return bad_input("whir", "tree of a vector: expected the root of its commitment, found another");
  }
  return out;
}

Result<Committed> commit(const Kernels& kernels, const IntSpan& values, std::vector<Fr> tail, std::vector<Fr> mask) {
  PROOFCARD_TRY(Committed out, begin(kernels.hash.function(), values, std::move(tail), std::move(mask)));
  const Code code = out.word.code;
  const unsigned log_size = out.commitment.log_size;
  const std::size_t degree = out.num_rows();
  const std::size_t rows = std::size_t{1} << code.log_rows();
  std::vector<Fr> columns((kInputWidth + (out.mask.empty() ? 0 : 1)) * rows);
  const std::size_t tail_begin = degree - out.tail.size() / kInputWidth;
  visit_ints(out.values(), [&](auto ints) {
    parallel_for(degree, 512, [&](std::size_t begin, std::size_t end) {
      for (std::size_t b = begin; b < end; ++b) {
        for (std::size_t j = 0; j < kInputWidth; ++j) {
          columns[j * rows + b] =
              b < tail_begin ? Fr::from_i64(ints[b * kInputWidth + j]) : out.tail[(b - tail_begin) * kInputWidth + j];
        }
      }
    });
  });
  std::ranges::copy(out.mask, columns.begin() + static_cast<std::ptrdiff_t>(kInputWidth * rows));
  PROOFCARD_TRY(out.word, encode(kernels.ntt, kernels.hash, code, std::move(columns)));
  out.commitment.root = out.word.root();

  const std::vector<Fr> z =
      power_table(out_of_domain_point(kernels.hash.function(), out.commitment.root, log_size), code.log_width + 1);
  const std::vector<Fr> of_rows = power_table(z[kInputWidth], code.log_degree());
  out.commitment.answer = fr_dot(out.sum_of_rows(kernels.gemm, 0, of_rows), std::span(z).first(kInputWidth));
  return out;
}

Code mask_code(const Code& of_vector) { return {of_vector.log_degree(), 0, of_vector.log_inv_rate}; }

Result<Mask> commit_mask(const Kernels& kernels, const Code& of_vector, std::vector<Fr> values) {
  const Code code = mask_code(of_vector);
  PROOFCARD_CHECK(values.size() == std::size_t{1} << code.log_size);
  std::vector<Fr> column = values;
  column.resize(std::size_t{1} << code.log_rows());
  PROOFCARD_TRY(Word word, encode(kernels.ntt, kernels.hash, code, std::move(column)));
  return Mask{std::move(values), std::move(word)};
}

}  // namespace proofcard::pcs::whir
