#include "host/pcs/whir/parameters.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "host/pcs/whir/bounds.hpp"

namespace proofcard::pcs::whir {
namespace {

// How far below the wanted security folding has to be, so that it costs no query: its error falls with the seventh
// power of the multiplicity, queries hardly.
constexpr double kFoldingMargin = 16;

unsigned choose_multiplicity(const Code& code, unsigned security_bits) {
  unsigned m = kMaxMultiplicity;
  while (m > kMinMultiplicity && folding_bits(code, m, 0) < security_bits + kFoldingMargin) {
    m /= 2;
  }
  return std::max(m, kMinMultiplicity);
}

// Queries for words of that number in all, each with an equal share of the error.
Oracle make_oracle(const Code& code, unsigned security_bits, std::size_t num_words, hash::Function function) {
  Oracle oracle{code, choose_multiplicity(code, security_bits), 0};
  const double share =
      security_bits + std::log2(static_cast<double>(num_words)) + kOtherErrorsBits - grinding_bits(function);
  oracle.num_queries = static_cast<unsigned>(std::max(1.0, std::ceil(share / bits_a_query(oracle, function))));
  return oracle;
}

// More words than any opening has: the vectors, and rounds that fold three of at most 64 variables.
constexpr std::size_t kMaxWords = kMaxVectors + 22;

// Codes of the joined vector and of what it is folded to. The first word has a quarter of the rows of the longest
// input, then rows halve; at least four a coefficient. With kPoseidon2 the first word has 32 rows a coefficient, fewer where that are
// more than 2^17, but never less than four.
std::vector<Code> round_codes(unsigned log_size, unsigned log_rows_before, hash::Function function,
                              unsigned& log_final) {
  std::vector<Code> out;
  const unsigned log_width = round_log_width(function);
  unsigned log_rows = log_rows_before - std::min(log_rows_before, 2U);
  if (function == hash::Function::kPoseidon2) {
    log_rows = std::min(log_size - std::min(log_size, log_width) + 5, 17U);
  }
  for (; log_size > kMaxLogFinal; log_size -= log_width, log_rows -= std::min(log_rows, 1U)) {
    const unsigned log_degree = log_size - log_width;
    log_rows = std::max(log_rows, log_degree + 2);
    out.push_back({log_size, log_width, log_rows - log_degree});
  }
  log_final = log_size;
  return out;
}

}  // namespace

Result<HiddenSize> hidden_size(std::size_t num_values, std::uint32_t num_openings, unsigned security_bits,
                               hash::Function function) {
  for (unsigned log_size = kMinLogSize;; ++log_size) {
    PROOFCARD_TRY(const Code code, input_code(log_size, function));
    const std::uint64_t tail =
        std::uint64_t{make_oracle(code, security_bits, kMaxWords, function).num_queries} * num_openings;
    const std::uint64_t rows = (num_values + kInputWidth - 1) / kInputWidth + tail + kSpareTailRows;
    if (rows <= std::uint64_t{1} << code.log_degree()) {
      return HiddenSize{log_size, static_cast<std::size_t>(tail) + kSpareTailRows};
    }
  }
}

Result<Parameters> make_parameters(std::span<const unsigned> log_sizes, unsigned security_bits,
                                   hash::Function function) {
  if (log_sizes.empty() || log_sizes.size() > kMaxVectors) {
    return bad_input("whir", "number of vectors: expected 1 to {}, found {}", kMaxVectors, log_sizes.size());
  }
  Parameters out;
  out.security_bits = security_bits;
  out.function = function;
  out.grinding_bits = grinding_bits(function);
  std::vector<Code> inputs;
  unsigned log_rows = 0;
  for (const unsigned log_size : log_sizes) {
    PROOFCARD_TRY(const Code code, input_code(log_size, function));
    inputs.push_back(code);
    log_rows = std::max(log_rows, code.log_rows());
  }
  // Folded vectors stand end to end, the longest first, so that each is aligned to its size.
  std::vector<std::size_t> order(inputs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater(), [&](std::size_t v) { return inputs[v].log_size; });
  out.offsets.resize(inputs.size());
  std::size_t end = 0;
  for (const std::size_t v : order) {
    out.offsets[v] = end;
    end += std::size_t{1} << inputs[v].log_degree();
  }
  while (std::size_t{1} << out.log_joined < end) {
    ++out.log_joined;
  }
  const std::vector<Code> rounds = round_codes(out.log_joined, log_rows, function, out.log_final);
  if (!rounds.empty() && rounds[0].log_rows() > kMaxLogRows) {
    return bad_input("whir", "vectors joined: expected a word of at most 2^{} rows, found 2^{}", kMaxLogRows,
                     rounds[0].log_rows());
  }
  for (const Code& code : inputs) {
    out.inputs.push_back(make_oracle(code, security_bits, inputs.size() + rounds.size(), function));
  }
  for (const Code& code : rounds) {
    out.rounds.push_back(make_oracle(code, security_bits, inputs.size() + rounds.size(), function));
  }
  const double bits = total_bits(soundness(out, kMaxClaims));
  if (bits < security_bits) {
    return bad_input("whir", "security: expected at most the {:.1f} bits that are proved for these sizes, found {}",
                     bits, security_bits);
  }
  return out;
}

}  // namespace proofcard::pcs::whir
