#include "host/wrap/rows.hpp"

#include "host/field/two_adic.hpp"
#include "host/pcs/whir/protocol.hpp"

namespace proofcard::wrap {

Wire hash_pair(Builder& builder, const Wire& a, const Wire& b, const Fr& tag) {
  std::array<Wire, 4> state{a, b, Wire(tag), Wire()};
  permute(builder, hash::poseidon2(state.size()), state);
  return state[0];
}

Wire power_of(const Fr& w, std::span<const Wire> bits) {
  Wire out = Fr::one();
  Fr power = w;
  for (const Wire& bit : bits) {
    out *= Wire(Fr::one()) + bit * (power - Fr::one());
    power = power.square();
  }
  return out;
}

Wire WireRowOracle::out_of_domain_point(const Wire& root, unsigned log_size) const {
  const Part part(builder_, "transcript");
  return hash_pair(builder_, root, Fr::from_u64(log_size),
                   Fr::from_u64(static_cast<std::uint64_t>(hash::PairTag::kPoint)));
}

Status WireRowOracle::check_work(unsigned grinding_bits) {
  const Wire seed = channel_.challenge("whir.grind");
  PROOFCARD_TRY(const Wire nonce, channel_.nonce("whir.nonce"));
  const Part part(builder_, "work");
  const Wire digest = hash_pair(builder_, seed, nonce, Fr::from_u64(static_cast<std::uint64_t>(hash::PairTag::kNonce)));
  strict_bits(builder_, digest, grinding_bits);
  return {};
}

// By query the bits of its row, as pcs::whir::query_rows takes them.
std::vector<std::vector<Wire>> WireRowOracle::draw_bits(const pcs::whir::Oracle& oracle) {
  const unsigned log_rows = oracle.code.log_rows();
  const std::vector<Wire> drawn = channel_.challenges(
      "whir.queries", pcs::whir::num_draws(hash::Function::kPoseidon2, oracle.code, oracle.num_queries));
  const Part part(builder_, "bits of rows");
  std::vector<std::vector<Wire>> out;
  for (const Wire& element : drawn) {
    const std::vector<Wire> bits = strict_bits(builder_, element);
    for (std::size_t at = 0; at + log_rows <= pcs::whir::kDrawnBits && out.size() < oracle.num_queries;
         at += log_rows) {
      const auto first = bits.begin() + static_cast<std::ptrdiff_t>(at);
      out.emplace_back(first, first + log_rows);
    }
  }
  return out;
}

Result<pcs::whir::DrawnRowsOver<Wire>> WireRowOracle::draw(const pcs::whir::QueriedRootOver<WireChannel>& word) {
  const pcs::whir::Code& code = word.oracle.code;
  const TreeShape shape(code.log_rows());
  const std::size_t path_bits = code.log_rows() - shape.log_top;
  const std::vector<std::vector<Wire>> rows = draw_bits(word.oracle);
  pcs::whir::DrawnRowsOver<Wire> out;
  out.width = out.stride = std::size_t{1} << code.log_width;
  out.masks.resize(rows.size());
  PROOFCARD_TRY(out.elements, channel_.opened_elements("whir.rows", rows.size() * out.width));
  PROOFCARD_TRY(const std::vector<Wire> top, channel_.opened_elements("whir.nodes", shape.num_top()));
  PROOFCARD_TRY(const std::vector<Fr> siblings,
                channel_.opened_nodes("whir.nodes", rows.size() * shape.num_siblings()));
  const Fr w = root_of_unity<Fr>(code.log_rows());
  const Part part(builder_, "nodes");
  builder_.require_equal(root_above(builder_, top), word.root);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::span<const Wire> bits(rows[i]);
    Wire digest;
    {
      const Part digests(builder_, "rows");
      digest = row_digest(builder_, out.row(i));
    }
    const Wire end = path_end(builder_, digest, bits.first(path_bits),
                              std::span(siblings).subspan(i * shape.num_siblings(), shape.num_siblings()));
    require_selected(builder_, end, top, bits.subspan(path_bits));
    const Part points(builder_, "bits of rows");
    out.points.push_back(power_of(w, bits));
  }
  return out;
}

}  // namespace proofcard::wrap
