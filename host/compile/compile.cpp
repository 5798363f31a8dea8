#include "host/compile/compile.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "host/circuit/batch.hpp"
#include "host/circuit/bounds.hpp"
#include "host/circuit/layout.hpp"
#include "host/compile/lowering/lower.hpp"
#include "host/compile/plan.hpp"

namespace proofcard::compile {
namespace {

std::uint64_t cost_of(const circuit::Circuit& circuit) {
  const circuit::Layout layout = circuit::make_layout(circuit);
  std::uint64_t cost = layout.leaves.total;
  for (const circuit::Column& column : layout.columns) {
    cost += column.owner == circuit::Column::Owner::kWeights ? 0 : column.slots.total;
  }
  return cost;
}

// In order of preference at equal cost.
std::vector<Limits> all_limits() {
  std::vector<Limits> all;
  for (unsigned limb_bits = 8; limb_bits <= 16; ++limb_bits) {
    for (unsigned function_bits = 9; function_bits <= 16; ++function_bits) {
      all.push_back({limb_bits, function_bits});
    }
  }
  return all;
}

// What a graph may contain and a circuit may not, by the name of the node or weight.
Status check_supported(const graph::Graph& graph, const circuit::Circuit& circuit) {
  constexpr std::int64_t kMaxCoefficient = std::int64_t{1} << 40;
  const auto [lo, hi] = circuit::weight_range(IntType::kI64);
  for (const graph::Tensor& t : graph.tensors) {
    if (t.kind == graph::TensorKind::kWeight && (t.lo < lo || t.hi > hi)) {
      return make_error(ErrorKind::kUnsupported, t.name, "expected weights of at most 40 bits, found larger ones");
    }
  }
  for (const circuit::Relation& relation : circuit.relations) {
    for (const Term& term : relation.zero.terms) {
      std::int64_t max = std::abs(term.coefficient);
      for (const tensor::LabelWeights& w : term.weights) {
        for (const std::int64_t v : w.values) {
          max = std::max(max, std::abs(v));
        }
      }
      if (max >= kMaxCoefficient) {
        return make_error(ErrorKind::kUnsupported, relation.name, "expected coefficients below 2^40, found {}", max);
      }
    }
  }
  return {};
}

Bytes bytes_of(const circuit::Circuit& circuit) {
  ByteWriter out;
  circuit::write(out, circuit);
  return out.take();
}

}  // namespace

Result<Plan> build_plan(const graph::Graph& graph, const CompileOptions& options, const Limits& limits) {
  Builder builder(limits);
  circuit::Circuit& c = builder.circuit();
  c.model_name = options.model_name;
  c.input_visibility = options.input;
  c.output_visibility = options.output;
  c.weight_visibility = options.weights;
  c.fixed = options.fixed;
  Lowering lowering(graph, builder);
  PROOFCARD_RETURN_IF_ERROR(lowering.run());
  Lowered lowered{std::move(c), std::move(builder.values()), std::move(builder.tensor_value()),
                  lowering.take_segments()};
  // A range that follows from an equation of every step in turn may not follow from one equation of all steps.
  if (std::optional<Lowered> rolled = roll(lowered); rolled && circuit::check_soundness(rolled->circuit).ok()) {
    lowered = *std::move(rolled);
  }
  circuit::Circuit all = lowered.circuit;
  if (options.batch != 1) {
    PROOFCARD_RETURN_IF_ERROR(circuit::validate(lowered.circuit));
    PROOFCARD_TRY(all, circuit::batched(lowered.circuit, options.batch));
  }
  const std::uint64_t cost = cost_of(all);
  return Plan{
      limits, std::move(all), std::move(lowered.circuit), std::move(lowered.values), std::move(lowered.tensor_value),
      cost};
}

Result<Plan> choose_plan(const graph::Graph& graph, const CompileOptions& options) {
  std::optional<Plan> best;
  std::optional<Error> error;
  for (const Limits& limits : options.limits ? std::vector{*options.limits} : all_limits()) {
    Result<Plan> plan = build_plan(graph, options, limits);
    if (!plan.ok()) {
      error = plan.error();
    } else if (!best || plan->cost < best->cost) {
      best = std::move(plan).value();
    }
  }
  if (!best) {
    return *error;
  }
  PROOFCARD_RETURN_IF_ERROR(check_supported(graph, best->circuit));
  // Also what the verifier will do with the key: a circuit that it would refuse is not returned.
  PROOFCARD_RETURN_IF_ERROR(circuit::validate(best->circuit));
  PROOFCARD_RETURN_IF_ERROR(circuit::check_soundness(best->circuit));
  return *std::move(best);
}

Result<Plan> find_plan(const graph::Graph& graph, const circuit::Circuit& circuit) {
  const CompileOptions options{circuit.input_visibility,
                               circuit.output_visibility,
                               circuit.weight_visibility,
                               circuit.model_name,
                               std::nullopt,
                               circuit.batch,
                               circuit.fixed};
  const Bytes wanted = bytes_of(circuit);
  // Limits that give tables as large as the circuit's come first.
  std::uint32_t largest_range = 1, largest_function = 1;
  for (const circuit::Table& table : circuit.tables) {
    std::uint32_t& largest = table.kind == circuit::TableKind::kRange ? largest_range : largest_function;
    largest = std::max(largest, table.size);
  }
  const auto distance = [&](const Limits& l) {
    const auto gap = [](unsigned bits, std::uint32_t rows) {
      return std::abs(static_cast<int>(bits) - static_cast<int>(unsigned_bits(std::int64_t{rows} - 1)));
    };
    return 16 * gap(l.limb_bits, largest_range) + gap(l.function_bits, largest_function);
  };
  std::vector<Limits> candidates = all_limits();
  std::ranges::stable_sort(candidates, {}, distance);
  for (const Limits& limits : candidates) {
    Result<Plan> plan = build_plan(graph, options, limits);
    if (plan.ok() && plan->circuit.tables == circuit.tables && bytes_of(plan->circuit) == wanted) {
      return plan;
    }
  }
  return bad_input("circuit", "expected the circuit of this graph, found another one");
}

Result<circuit::Circuit> compile(const graph::Graph& graph, const CompileOptions& options) {
  PROOFCARD_RETURN_IF_ERROR(graph::validate(graph));
  PROOFCARD_TRY(Plan plan, choose_plan(graph, options));
  return std::move(plan.circuit);
}

}  // namespace proofcard::compile
