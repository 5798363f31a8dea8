#include "host/pcs/whir/row_oracle.hpp"

#include "host/field/two_adic.hpp"
#include "host/pcs/whir/protocol.hpp"
#include "host/pcs/whir/word.hpp"

namespace proofcard::pcs::whir {
namespace {

Fr power(Fr x, std::size_t exponent) {
  Fr out = Fr::one();
  for (; exponent != 0; exponent /= 2, x = x.square()) {
    if (exponent % 2 == 1) {
      out *= x;
    }
  }
  return out;
}

}  // namespace

Status RowOracle::check_work(unsigned grinding_bits) {
  const hash::Digest seed = channel_.challenge("whir.grind").to_bytes();
  PROOFCARD_TRY(const std::uint64_t nonce, channel_.nonce("whir.nonce"));
  if (!kernels::nonce_fits(hash_.function(), seed, nonce, grinding_bits)) {
    return rejected("opening", "nonce: expected one with a digest that has {} zero bits, found {}", grinding_bits,
                    nonce);
  }
  return {};
}

// The elements of rows that lead to a root, `width` each.
Result<std::vector<Fr>> RowOracle::take_rows(const Code& code, const hash::Digest& root,
                                             std::span<const std::size_t> rows, std::size_t width) {
  OpenedRows opened;
  PROOFCARD_TRY(opened.elements, channel_.opened_elements("whir.rows", rows.size() * width));
  PROOFCARD_TRY(opened.nodes, channel_.opened_nodes("whir.nodes", num_nodes(hash_.function(), code, rows)));
  if (!lead_to_root(hash_, code, rows, opened, root)) {
    return rejected("opening", "rows of a word of 2^{} values do not lead to its root", code.log_size);
  }
  return std::move(opened.elements);
}

Result<DrawnRows> RowOracle::draw(const QueriedRoot& word) {
  const Code& code = word.oracle.code;
  const hash::Function function = hash_.function();
  const std::vector<Fr> drawn = channel_.challenges("whir.queries", num_draws(function, code, word.oracle.num_queries));
  const std::vector<std::size_t> rows = query_rows(function, drawn, code, word.oracle.num_queries);
  DrawnRows out;
  out.width = std::size_t{1} << code.log_width;
  out.stride = out.width + (word.masking == Masking::kColumn ? 1 : 0);
  PROOFCARD_TRY(out.elements, take_rows(code, word.root, rows, out.stride));
  out.masks.resize(rows.size());
  if (word.masking == Masking::kWord) {
    PROOFCARD_TRY(out.masks, take_rows(mask_code(code), word.mask_root, rows, 1));
  }
  const Fr w = root_of_unity<Fr>(code.log_rows());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out.points.push_back(power(w, rows[i]));
    if (word.masking == Masking::kColumn) {
      out.masks[i] = out.elements[i * out.stride + out.width];
    }
  }
  return out;
}

}  // namespace proofcard::pcs::whir
