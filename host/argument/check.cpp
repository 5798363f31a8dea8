#include "host/argument/check.hpp"

#include "host/lookup/gkr_verifier.hpp"
#include "host/lookup/leaves.hpp"
#include "host/lookup/table_evaluation.hpp"
#include "host/relation/verifier.hpp"

namespace proofcard::argument {
namespace {

using circuit::Column;

// The leaves' claims against what the circuit says the leaves are.
Status check_leaves(VerifierChannel& channel, const statement::VerifyingKey& vk,
                    const lookup::FoldChallenges& challenges, const lookup::LeafClaim& leaf,
                    const std::vector<std::vector<Value>>& lookup_values, const std::vector<Value>& multiplicities,
                    std::span<const relation::TensorClaim<Value>> of_tables) {
  const circuit::Circuit& circuit = vk.circuit;
  const std::span<const Fr> point(leaf.point);
  Value p;
  Value q;
  Fr used;
  for (std::size_t l = 0; l < circuit.lookups.size(); ++l) {
    const circuit::Lookup& lookup = circuit.lookups[l];
    const unsigned vars = circuit::log_padded(lookup.dims);
    const Fr weight = lookup::slot_weight(leaf.point, vk.layout.leaves.offsets[l], vars);
    used += weight;
    const bool on_true_indices = circuit.tables[lookup.table].kind == circuit::TableKind::kTensors;
    p += on_true_indices ? weight * lookup::true_indices_at(lookup.dims, point.first(vars)) : weight;
    q += lookup::folded<Value>(challenges, Fr::from_u64(lookup.table), lookup_values[l]) * weight;
  }
  for (std::uint32_t id = 0; id < circuit.tables.size(); ++id) {
    const circuit::Table& table = circuit.tables[id];
    const unsigned vars = circuit::log_table_size(table);
    const Fr weight = lookup::slot_weight(leaf.point, vk.layout.leaves.offsets[circuit.lookups.size() + id], vars);
    used += weight;
    p -= multiplicities[id] * weight;
    std::vector<Value> columns;
    for (const Fr& column : lookup::table_columns_at(table, point.first(vars))) {
      columns.emplace_back(column);
    }
    for (const relation::TensorClaim<Value>& element : of_tables.first(table.tensors.size())) {
      columns.push_back(element.value);
    }
    of_tables = of_tables.subspan(table.tensors.size());
    const Fr number = lookup::table_number_at(circuit, id, point.first(vars));
    q += lookup::folded<Value>(challenges, number, columns) * weight;
  }
  q += Value(Fr::one() - used);  // leaves of no slot are 0 / 1
  PROOFCARD_RETURN_IF_ERROR(channel.require_zero(p - leaf.p, "lookup (numerators)"));
  return channel.require_zero(q - leaf.q, "lookup (denominators)");
}

// The values of tables' tensors at the leaf point.
Result<std::vector<relation::TensorClaim<Value>>> take_table_claims(VerifierChannel& channel,
                                                                    const circuit::Circuit& circuit,
                                                                    std::span<const Fr> point) {
  std::vector<relation::TensorClaim<Value>> claims = relation::table_claims<Value>(circuit, point);
  if (!claims.empty()) {
    PROOFCARD_TRY(std::vector<Value> values, channel.message("lookup.tables", claims.size()));
    for (std::size_t i = 0; i < claims.size(); ++i) {
      claims[i].value = std::move(values[i]);
    }
  }
  return claims;
}

// Claims on public tensors are checked here; the others are returned as claims on columns.
Result<std::vector<pcs::Claim<Value>>> settle_public(VerifierChannel& channel, const statement::VerifyingKey& vk,
                                                     const statement::Header& header,
                                                     std::vector<relation::TensorClaim<Value>> claims) {
  std::vector<pcs::Claim<Value>> out;
  const std::vector<std::int64_t> padding = circuit::honest_padding(vk.circuit);
  for (relation::TensorClaim<Value>& claim : claims) {
    const circuit::TensorPlace& place = vk.layout.tensor_place[claim.tensor];
    if (place.column != UINT32_MAX) {
      out.push_back({place.column, place.offset, std::move(claim.point), std::move(claim.value)});
      continue;
    }
    const circuit::Tensor& tensor = vk.circuit.tensors[claim.tensor];
    const IntVector padded = statement::pad(tensor, header.publics[claim.tensor], padding[claim.tensor]);
    PROOFCARD_RETURN_IF_ERROR(channel.require_zero(claim.value - Value(poly::evaluate(padded.view(), claim.point)),
                                                   fmt::format("statement (public tensor \"{}\")", tensor.name)));
  }
  return out;
}

}  // namespace

Result<std::vector<pcs::Claim<Value>>> check(VerifierChannel& channel, const statement::VerifyingKey& vk,
                                             const statement::Header& header) {
  const circuit::Circuit& circuit = vk.circuit;
  const Fr gamma = channel.challenge("lookup.gamma");
  const Fr alpha = channel.challenge("lookup.alpha");
  PROOFCARD_TRY(const lookup::LeafClaim leaf, lookup::verify_fraction_sum(channel, vk.layout.log_num_leaves));

  const relation::Plan plan = relation::make_plan(circuit);
  std::vector<Fr> point = leaf.point;
  if (plan.max_point_vars > point.size()) {
    const std::vector<Fr> more = channel.challenges("relation.point", plan.max_point_vars - point.size());
    point.insert(point.end(), more.begin(), more.end());
  }
  PROOFCARD_TRY(const auto of_tables, take_table_claims(channel, circuit, point));
  PROOFCARD_TRY(relation::Reduced reduced, relation::verify_relations(channel, circuit, plan, point));
  PROOFCARD_TRY(const std::vector<Value> multiplicities,
                channel.message("lookup.multiplicities", circuit.tables.size()));
  PROOFCARD_RETURN_IF_ERROR(
      check_leaves(channel, vk, {gamma, alpha}, leaf, reduced.lookup_values, multiplicities, of_tables));
  reduced.claims.insert(reduced.claims.begin(), of_tables.begin(), of_tables.end());

  PROOFCARD_TRY(std::vector<pcs::Claim<Value>> claims, settle_public(channel, vk, header, std::move(reduced.claims)));
  for (std::uint32_t id = 0; id < circuit.tables.size(); ++id) {
    const circuit::TensorPlace& place = vk.layout.table_place[id];
    claims.push_back({place.column, place.offset,
                      poly::Point(point.begin(), point.begin() + circuit::log_table_size(circuit.tables[id])),
                      multiplicities[id]});
  }
  return claims;
}

}  // namespace proofcard::argument
