#include "host/pcs/whir/commitment.hpp"

#include <bit>

#include "host/base/parallel.hpp"
#include "host/field/fr_vector.hpp"
#include "host/pcs/whir/protocol.hpp"
#include "host/transcript/transcript.hpp"

namespace proofcard::pcs::whir {

Fr out_of_domain_point(const hash::Digest& root, unsigned log_size) {
  Transcript transcript("proofcard/whir/commitment/1");
  transcript.absorb_bytes("whir.root", root);
  transcript.absorb_u64("whir.log-size", log_size);
  return transcript.challenge("whir.point");
}

Result<Committed> commit(const Kernels& kernels, const IntSpan& values) {
  const std::size_t size = int_span_size(values);
  if (!std::has_single_bit(size)) {
    return bad_input("whir", "values of a vector: expected a power of two, found {}", size);
  }
  const unsigned log_size = static_cast<unsigned>(std::countr_zero(size));
  PROOFCARD_TRY(const Code code, input_code(log_size));
  Committed out;
  out.commitment.log_size = log_size;
  out.given = values;
  const std::size_t degree = std::size_t{1} << code.log_degree();
  const std::size_t width = std::size_t{1} << code.log_width;
  if (size < degree * width) {
    out.padded = IntVector(int_span_type(values), degree * width);
    for (std::size_t i = 0; i < size; ++i) {
      out.padded.set(i, int_at(values, i));
    }
  }
  const std::size_t rows = std::size_t{1} << code.log_rows();
  std::vector<Fr> columns(width * rows);
  visit_ints(out.values(), [&](auto ints) {
    parallel_for(degree, 512, [&](std::size_t begin, std::size_t end) {
      for (std::size_t b = begin; b < end; ++b) {
        for (std::size_t j = 0; j < width; ++j) {
          columns[j * rows + b] = Fr::from_i64(ints[b * width + j]);
        }
      }
    });
  });
  PROOFCARD_TRY(out.word, encode(kernels.ntt, kernels.hash, code, std::move(columns)));
  out.commitment.root = out.word.root();

  const std::vector<Fr> z = power_table(out_of_domain_point(out.commitment.root, log_size), code.log_width + 1);
  const std::vector<Fr> of_rows = power_table(z[width], code.log_degree());
  std::vector<Fr> sums(width);
  kernels.gemm.left(sums, of_rows, out.values());
  out.commitment.answer = fr_dot(sums, std::span(z).first(width));
  return out;
}

}  // namespace proofcard::pcs::whir
