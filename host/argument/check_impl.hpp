// Bodies of check.hpp.
#pragma once

#include "host/argument/check.hpp"
#include "host/lookup/gkr_verifier_impl.hpp"
#include "host/lookup/leaves.hpp"
#include "host/lookup/table_evaluation_impl.hpp"
#include "host/relation/verifier_impl.hpp"

namespace proofcard::argument {
namespace checks {

// The leaves' claims against what the circuit says the leaves are.
template <class C>
Status check_leaves(C& channel, const statement::VerifyingKey& vk,
                    const lookup::FoldChallengesOf<typename C::Number>& challenges,
                    const lookup::LeafClaimOver<C>& leaf,
                    const std::vector<std::vector<typename C::Value>>& lookup_values,
                    const std::vector<typename C::Value>& multiplicities,
                    std::span<const relation::ClaimOver<C>> of_tables) {
  using Number = typename C::Number;
  using Value = typename C::Value;
  const circuit::Circuit& circuit = vk.circuit;
  const std::span<const Number> point(leaf.point);
  Value p;
  Value q;
  Number used;
  for (std::size_t l = 0; l < circuit.lookups.size(); ++l) {
    const circuit::Lookup& lookup = circuit.lookups[l];
    const unsigned vars = circuit::log_padded(lookup.dims);
    const Number weight = lookup::slot_weight(point, vk.layout.leaves.offsets[l], vars);
    used += weight;
    const bool on_true_indices = circuit.tables[lookup.table].kind == circuit::TableKind::kTensors;
    p += Value(on_true_indices ? weight * lookup::true_indices_at<Number>(lookup.dims, point.first(vars)) : weight);
    q += lookup::folded<Value>(challenges, Number(Fr::from_u64(lookup.table)), lookup_values[l]) * weight;
  }
  for (std::uint32_t id = 0; id < circuit.tables.size(); ++id) {
    const circuit::Table& table = circuit.tables[id];
    const unsigned vars = circuit::log_table_size(table);
    const Number weight = lookup::slot_weight(point, vk.layout.leaves.offsets[circuit.lookups.size() + id], vars);
    used += weight;
    p -= multiplicities[id] * weight;
    std::vector<Value> columns;
    for (const Number& column : lookup::table_columns_at<Number>(table, point.first(vars))) {
      columns.emplace_back(column);
    }
    for (const relation::ClaimOver<C>& element : of_tables.first(table.tensors.size())) {
      columns.push_back(element.value);
    }
    of_tables = of_tables.subspan(table.tensors.size());
    const Number number = lookup::table_number_at<Number>(circuit, id, point.first(vars));
    q += lookup::folded<Value>(challenges, number, columns) * weight;
  }
  q += Value(Number(Fr::one()) - used);  // leaves of no slot are 0 / 1
  PROOFCARD_RETURN_IF_ERROR(channel.require_zero(p - leaf.p, "lookup (numerators)"));
  return channel.require_zero(q - leaf.q, "lookup (denominators)");
}

// The values of tables' tensors at the leaf point.
template <class C>
Result<std::vector<relation::ClaimOver<C>>> take_table_claims(C& channel, const circuit::Circuit& circuit,
                                                              std::span<const typename C::Number> point) {
  using Value = typename C::Value;
  auto claims = relation::table_claims<Value, typename C::Number>(circuit, point);
  if (!claims.empty()) {
    PROOFCARD_TRY(std::vector<Value> values, channel.message("lookup.tables", claims.size()));
    for (std::size_t i = 0; i < claims.size(); ++i) {
      claims[i].value = std::move(values[i]);
    }
  }
  return claims;
}

// Claims on public tensors are checked here; the others are returned as claims on columns.
template <class C, class P>
Result<std::vector<pcs::ClaimOver<C>>> settle_public(C& channel, const statement::VerifyingKey& vk, const P& publics,
                                                     std::vector<relation::ClaimOver<C>> claims) {
  std::vector<pcs::ClaimOver<C>> out;
  for (relation::ClaimOver<C>& claim : claims) {
    const circuit::TensorPlace& place = vk.layout.tensor_place[claim.tensor];
    if (place.column != UINT32_MAX) {
      out.push_back({place.column, place.offset, std::move(claim.point), std::move(claim.value)});
      continue;
    }
    PROOFCARD_RETURN_IF_ERROR(
        channel.require_zero(claim.value - typename C::Value(publics.evaluate(claim.tensor, claim.point)),
                             fmt::format("statement (public tensor \"{}\")", vk.circuit.tensors[claim.tensor].name)));
  }
  return out;
}

}  // namespace checks

template <class C, class P>
Result<std::vector<pcs::ClaimOver<C>>> check(C& channel, const statement::VerifyingKey& vk, const P& publics) {
  using Number = typename C::Number;
  using Value = typename C::Value;
  const circuit::Circuit& circuit = vk.circuit;
  const Number gamma = channel.challenge("lookup.gamma");
  const Number alpha = channel.challenge("lookup.alpha");
  PROOFCARD_TRY(const lookup::LeafClaimOver<C> leaf, lookup::verify_fraction_sum(channel, vk.layout.log_num_leaves));

  const relation::Plan plan = relation::make_plan(circuit);
  std::vector<Number> point = leaf.point;
  if (plan.max_point_vars > point.size()) {
    const std::vector<Number> more = channel.challenges("relation.point", plan.max_point_vars - point.size());
    point.insert(point.end(), more.begin(), more.end());
  }
  PROOFCARD_TRY(const auto of_tables, checks::take_table_claims<C>(channel, circuit, point));
  PROOFCARD_TRY(relation::ReducedOver<C> reduced, relation::verify_relations(channel, circuit, plan, point));
  PROOFCARD_TRY(const std::vector<Value> multiplicities,
                channel.message("lookup.multiplicities", circuit.tables.size()));
  PROOFCARD_RETURN_IF_ERROR(
      checks::check_leaves<C>(channel, vk, {gamma, alpha}, leaf, reduced.lookup_values, multiplicities, of_tables));
  reduced.claims.insert(reduced.claims.begin(), of_tables.begin(), of_tables.end());

  PROOFCARD_TRY(std::vector<pcs::ClaimOver<C>> claims,
                checks::settle_public<C>(channel, vk, publics, std::move(reduced.claims)));
  for (std::uint32_t id = 0; id < circuit.tables.size(); ++id) {
    const circuit::TensorPlace& place = vk.layout.table_place[id];
    claims.push_back({place.column, place.offset,
                      std::vector<Number>(point.begin(), point.begin() + circuit::log_table_size(circuit.tables[id])),
                      multiplicities[id]});
  }
  return claims;
}

}  // namespace proofcard::argument
