#include "host/prover/claims.hpp"

#include <algorithm>
#include <iterator>

#include "host/base/resident_memory.hpp"
#include "host/lookup/gkr_prover.hpp"
#include "host/lookup/leaves.hpp"
#include "host/relation/contract.hpp"
#include "host/relation/prover.hpp"

namespace proofcard::prover {
namespace {

std::vector<pcs::Claim<Fr>> column_claims(const circuit::Layout& layout,
                                          std::span<const relation::TensorClaim<Fr>> tensor_claims) {
  std::vector<pcs::Claim<Fr>> out;
  for (const relation::TensorClaim<Fr>& claim : tensor_claims) {
    const circuit::TensorPlace& place = layout.tensor_place[claim.tensor];
    if (place.column != UINT32_MAX) {
      out.push_back({place.column, place.offset, claim.point, claim.value});
    }
  }
  return out;
}

// The values of tables' tensors at the leaf point.
std::vector<relation::TensorClaim<Fr>> send_table_claims(ProverChannel& channel, const relation::ProverInput& input,
                                                         std::span<const Fr> point) {
  std::vector<relation::TensorClaim<Fr>> claims = relation::table_claims<Fr>(input.circuit, point);
  std::vector<Fr> values;
  for (relation::TensorClaim<Fr>& claim : claims) {
    const IntSpan tensor = input.assignment.tensor(input.circuit, input.layout, claim.tensor);
    claim.value = relation::evaluate_at(input.gemm, tensor, claim.point);
    values.push_back(claim.value);
  }
  if (!values.empty()) {
    channel.message("lookup.tables", values);
  }
  return claims;
}

// Errors: kBadInput where what is here already leaves too little memory for any.
Result<lookup::TreePlan> find_tree_plan(unsigned log_num_leaves, std::uint64_t memory_bytes) {
  if (memory_bytes == 0) {
    return lookup::plan_tree(log_num_leaves);
  }
  constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20;
  const std::uint64_t used = resident_bytes();
  const std::uint64_t left = memory_bytes > used ? memory_bytes - used : 1;
  const lookup::TreePlan plan = lookup::plan_tree(log_num_leaves, left);
  const std::uint64_t needed = lookup::tree_bytes(log_num_leaves, plan);
  if (needed > left) {
    return bad_input(
        "memory",
        "expected a limit of {} MiB or more, found {}: {} are in use before lookups are proved, which take {}",
        (used + needed) / kMebibyte + 1, memory_bytes / kMebibyte, used / kMebibyte, needed / kMebibyte + 1);
  }
  return plan;
}

}  // namespace

Result<std::vector<pcs::Claim<Fr>>> prove_claims(const kernels::IntGemm& gemm, std::uint64_t memory_bytes,
                                                 const statement::VerifyingKey& vk,
                                                 const circuit::Assignment& assignment, ProverChannel& channel,
                                                 Stages& stages) {
  const circuit::Circuit& circuit = vk.circuit;
  const circuit::Layout& layout = vk.layout;
  stages.start("lookup");
  PROOFCARD_TRY(const lookup::TreePlan tree, find_tree_plan(layout.log_num_leaves, memory_bytes));
  const Fr gamma = channel.challenge("lookup.gamma");
  const Fr alpha = channel.challenge("lookup.alpha");
  std::vector<Fr> point =
      lookup::prove_fraction_sum(channel, lookup::CircuitLeaves(circuit, layout, assignment, {gamma, alpha}), tree);

  stages.start("sumcheck");
  const relation::Plan plan = relation::make_plan(circuit);
  if (plan.max_point_vars > point.size()) {
    const std::vector<Fr> more = channel.challenges("relation.point", plan.max_point_vars - point.size());
    point.insert(point.end(), more.begin(), more.end());
  }
  const relation::ProverInput input{circuit, layout, assignment, gemm};
  std::vector<relation::TensorClaim<Fr>> tensor_claims = send_table_claims(channel, input, point);
  std::ranges::move(relation::prove_relations(channel, input, plan, point), std::back_inserter(tensor_claims));

  std::vector<pcs::Claim<Fr>> claims = column_claims(layout, tensor_claims);
  std::vector<Fr> multiplicities;
  for (std::uint32_t id = 0; id < circuit.tables.size(); ++id) {
    const circuit::TensorPlace& place = layout.table_place[id];
    const unsigned vars = circuit::log_table_size(circuit.tables[id]);
    poly::Point at(point.begin(), point.begin() + vars);
    const IntSpan counts = int_subspan(assignment.columns[place.column]->view(), place.offset, std::size_t{1} << vars);
    multiplicities.push_back(relation::evaluate_at(gemm, counts, at));
    claims.push_back({place.column, place.offset, std::move(at), multiplicities.back()});
  }
  channel.message("lookup.multiplicities", multiplicities);
  return claims;
}

}  // namespace proofcard::prover
