#include "host/zk/ligero/parameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>

#include "host/base/bits.hpp"
#include "host/field/fr.hpp"
#include "host/hash/digest.hpp"

namespace proofcard::zk::ligero {
namespace {

using pcs::whir::kLog2Modulus;

constexpr unsigned kMinLogColumnLen = 3;
constexpr unsigned kMaxLogColumnLen = 12;
constexpr unsigned kMaxLogRows = 16;
constexpr std::size_t kMaxElements = std::size_t{1} << 16;  // docs/hash-commitments.md, "Proving the equations"
constexpr std::size_t kMaxElementsAValue = 32;

double log2_inv_rate(const Parameters& parameters) {
  return parameters.log_rows - std::log2(static_cast<double>(parameters.num_coefficients()));
}

// A word may have so many rows a coefficient at least. Then two different sum polynomials, of degree below twice the
// coefficients, agree in a smaller share of rows than a word far from the code and the code.
constexpr std::size_t kMinInvRate = 4;

double bits_a_query(const Parameters& parameters) {
  return pcs::whir::bits_a_query(log2_inv_rate(parameters), kMultiplicity);
}

std::size_t num_all_columns(const Parameters& parameters) {
  return parameters.num_columns() + 2 * parameters.num_factor_columns();
}

// Queries make columns longer, and the longer columns are, the more queries. Nothing, when the rate exceeds its bound first.
std::optional<Parameters> with_queries(Parameters parameters) {
  const double share = parameters.security_bits + pcs::whir::kOtherErrorsBits - parameters.grinding_bits;
  for (parameters.num_queries = 1; kMinInvRate * parameters.num_coefficients() <= parameters.rows();
       ++parameters.num_queries) {
    if (parameters.num_queries * bits_a_query(parameters) >= share) {
      return parameters;
    }
  }
  return std::nullopt;
}

}  // namespace

std::size_t Parameters::num_sum_masks() const {
  return 1 + (num_sum_coefficients() - num_coefficients() + column_len() - 1) / column_len();
}

std::size_t Parameters::mask_shift(std::size_t i) const {
  return i * (num_sum_coefficients() - num_coefficients()) / (num_sum_masks() - 1);
}

std::size_t Parameters::num_fold_challenges() const { return ceil_log2(num_all_columns(*this) - 1) + 1; }

std::size_t proof_bytes(const Parameters& parameters) {
  const std::size_t queries = parameters.num_queries;
  const std::size_t words = parameters.num_products == 0 ? 1 : 2;
  const std::size_t path = parameters.log_rows - (std::bit_width(queries) - 1);
  const std::size_t elements =
      queries * num_all_columns(parameters) + parameters.num_coefficients() + parameters.num_sum_coefficients();
  return Fr::kBytes * elements + sizeof(hash::Digest) * words * (1 + queries * path) + sizeof(std::uint64_t);
}

Result<Parameters> make_parameters(std::size_t num_values, std::size_t num_products, unsigned security_bits) {
  if (num_values == 0 || num_values > kMaxValues) {
    return bad_input("ligero", "number of values: expected 1 to {}, found {}", kMaxValues, num_values);
  }
  if (num_products > kMaxProducts) {
    return bad_input("ligero", "number of products: expected at most {}, found {}", kMaxProducts, num_products);
  }
  const std::size_t max_elements = std::max(kMaxElements, kMaxElementsAValue * (num_values + 2 * num_products));
  std::optional<Parameters> best;
  for (unsigned log_column_len = kMinLogColumnLen; log_column_len <= kMaxLogColumnLen; ++log_column_len) {
    for (unsigned log_rows = log_column_len + 2; log_rows <= kMaxLogRows; ++log_rows) {
      const auto found = with_queries(
          {security_bits, pcs::whir::kGrindingBits, num_values, num_products, log_column_len, log_rows, 0});
      if (found && num_all_columns(*found) << log_rows <= max_elements &&
          (!best || proof_bytes(*found) < proof_bytes(*best))) {
        best = found;
      }
    }
  }
  if (!best || pcs::whir::total_bits(soundness(*best)) < security_bits) {
    return bad_input("ligero", "security: expected fewer bits for {} values and {} products, found {}", num_values,
                     num_products, security_bits);
  }
  return *best;
}

double log2_list_size(const Parameters& parameters) {
  return pcs::whir::log2_list_size(log2_inv_rate(parameters), kMultiplicity);
}

std::vector<pcs::whir::Step> soundness(const Parameters& parameters) {
  constexpr const char* kRoots = "roots of a polynomial (Schwartz-Zippel)";
  constexpr const char* kFolding = "eprint 2025/2110, theorem 2";
  std::vector<pcs::whir::Step> out;
  const double list = log2_list_size(parameters);
  out.push_back({"equations: in powers of a challenge",
                 kLog2Modulus - list - std::log2(static_cast<double>(kMaxConstraints)), 0, kRoots});
  if (parameters.num_products != 0) {
    const std::size_t factors = 2 * parameters.num_factor_columns() << parameters.log_column_len;
    out.push_back({"equations: factors in powers of a challenge",
                   kLog2Modulus - list - std::log2(static_cast<double>(factors)), 0, kRoots});
  }
  const double line =
      pcs::whir::line_bits(static_cast<double>(parameters.num_coefficients()), parameters.log_rows, kMultiplicity);
  const std::size_t num_folds = parameters.num_fold_challenges() - 1;
  for (std::size_t bound = 0; bound < num_folds; ++bound) {
    out.push_back({fmt::format("equations: fold, round {}", bound + 1),
                   line - static_cast<double>(num_folds - bound - 1), 0, kFolding});
  }
  out.push_back({"equations: fold with the mask", line, 0, kFolding});
  out.push_back(
      {fmt::format("equations: {} queries at rate 2^-{:.2f}", parameters.num_queries, log2_inv_rate(parameters)),
       parameters.num_queries * bits_a_query(parameters) + parameters.grinding_bits, parameters.grinding_bits,
       "eprint 2022/1608, sec. 4, at Johnson's radius"});
  return out;
}

}  // namespace proofcard::zk::ligero
