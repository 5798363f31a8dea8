#include "host/pcs/whir/protocol.hpp"

#include <algorithm>

#include "host/field/fr_vector.hpp"

namespace proofcard::pcs::whir {

std::vector<std::size_t> query_rows(std::span<const Fr> drawn, const Code& code) {
  const std::size_t mask = (std::size_t{1} << code.log_rows()) - 1;
  std::vector<std::size_t> rows;
  rows.reserve(drawn.size());
  for (const Fr& v : drawn) {
    rows.push_back(static_cast<std::size_t>(v.canonical()[0]) & mask);
  }
  std::ranges::sort(rows);
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

namespace {

std::size_t rows_an_element(const Code& code) { return kDrawnBits / std::max(code.log_rows(), 1U); }

// Bits first .. first + n - 1. Pre: n < 64.
std::size_t bits_of(const U256& v, std::size_t first, unsigned n) {
  const std::size_t word = first / 64, shift = first % 64;
  std::uint64_t out = v[word] >> shift;
  if (shift != 0 && word + 1 < v.size()) {
    out |= v[word + 1] << (64 - shift);
  }
  return static_cast<std::size_t>(out & ((std::uint64_t{1} << n) - 1));
}

}  // namespace

std::size_t num_draws(hash::Function function, const Code& code, unsigned num_queries) {
  const std::size_t each = function == hash::Function::kPoseidon2 ? rows_an_element(code) : 1;
  return (num_queries + each - 1) / each;
}

std::vector<std::size_t> query_rows(hash::Function function, std::span<const Fr> drawn, const Code& code,
                                    unsigned num_queries) {
  if (function == hash::Function::kSha256) {
    return query_rows(drawn, code);
  }
  const std::size_t each = rows_an_element(code);
  std::vector<std::size_t> rows;
  for (std::size_t q = 0; q < num_queries; ++q) {
    rows.push_back(bits_of(drawn[q / each].canonical(), q % each * code.log_rows(), code.log_rows()));
  }
  return rows;
}

std::vector<Fr> power_table(const Fr& x, unsigned log_n, const Fr& scale) {
  std::vector<Fr> out(std::size_t{1} << log_n);
  out[0] = scale;
  Fr step = x;  // x^size
  for (std::size_t size = 1; size < out.size(); size *= 2, step = step.square()) {
    fr_axpy(std::span(out).subspan(size, size), step, std::span(out).first(size));
  }
  return out;
}

}  // namespace proofcard::pcs::whir
