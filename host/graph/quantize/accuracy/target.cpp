#include "host/graph/quantize/accuracy/target.hpp"

#include <algorithm>

#include "host/graph/quantize/accuracy/shortfall.hpp"
#include "host/graph/quantize/accuracy/width_search.hpp"

namespace proofcard::graph {
namespace {

constexpr double kAsCheap = 1.05;  // times the work of 8 bits

std::string summary(const AccuracyReport& report) {
  double error = 0;
  std::string agreement;
  for (const AccuracyReport::Output& o : report.outputs) {
    error = std::max(error, o.error());
    if (o.compared > 0 && !o.degenerate()) {
      agreement += fmt::format(", {} of {} {} the same", o.same, o.compared,
                               o.measure == Measure::kPositions  ? "positions"
                               : o.measure == Measure::kIntegers ? "integers"
                               : o.measure == Measure::kTokens   ? "tokens"
                                                                 : "predictions");
    } else if (o.measure == Measure::kCosine) {
      agreement += fmt::format(", cosine at least {:.4f}", o.least_cosine);
    }
  }
  return fmt::format("an error of {:.2g} % of the output", 100 * error) + agreement;
}

// Whether scores are right as what they are, not by their order alone.
bool is_exact_enough(const AccuracyReport::Output& o, double allowed) {
  return o.relative_error <= allowed && o.max_abs_error <= allowed * o.max_abs_value && o.between_error <= allowed;
}

bool is_close_enough(const AccuracyReport::Output& o, double percent, bool with_labels, double room) {
  const double allowed = 1 - percent / 100;
  const bool same = o.same_share() >= percent / 100;
  switch (o.measure) {
    case Measure::kError:
      return !o.degenerate() && o.error() <= room * allowed && !loses_part(o, percent);
    case Measure::kPrediction:
    case Measure::kPositions:
    case Measure::kSide:
      if (with_labels && !is_exact_enough(o, room * allowed)) {
        return false;
      }
      return !o.degenerate() && same && o.relative_error <= (o.unvaried ? allowed : kOrderOnly);
    case Measure::kIntegers:
    case Measure::kTokens:
      return !o.degenerate() && same;
    case Measure::kCosine:
      return !o.degenerate() && 1 - o.least_cosine <= kCosineOfTarget * allowed;
  }
  return false;
}

Result<PlanCost> bytes_computed(const Graph& graph) {
  double bytes = 0;
  for (const Tensor& t : graph.tensors) {
    bytes += static_cast<double>(tensor::num_elements(t.shape) * int_type_bytes(narrowest_int_type(t.lo, t.hi)));
  }
  return PlanCost{bytes, bytes};
}

// A quantiser and what its results are compared with.
struct Bench {
  std::vector<Sample> synthetic;
  std::optional<Quantiser> quantiser;
  Reference floats;

  Status set_up(const FloatGraph& graph, std::span<const Sample> samples, const QuantizeOptions& options,
                std::optional<Measure> measure) {
    PROOFCARD_TRY(quantiser, Quantiser::prepare(graph, samples, options));
    if (samples.empty()) {
      synthetic = synthetic_samples(graph);
      samples = synthetic;
    }
    PROOFCARD_TRY(floats, reference(graph, samples, measure));
    return {};
  }
  Result<AccuracyReport> judge(const Graph& graph) const {
    return compare(floats, graph, floats.samples.size(), &quantiser->prepared());
  }
  Result<QuantisedModel> make(unsigned bits, const std::vector<std::uint32_t>& wide) const {
    PROOFCARD_TRY(Quantiser::Lowered lowered, quantiser->lower(bits, wide));
    PROOFCARD_TRY(AccuracyReport accuracy, judge(lowered.graph));
    return model(std::move(lowered), std::move(accuracy));
  }
  QuantisedModel model(Quantiser::Lowered lowered, AccuracyReport accuracy) const {
    QuantisedModel out;
    out.accuracy = std::move(accuracy);
    out.graph = std::move(lowered.graph);
    out.plan = std::move(lowered.plan);
    out.notes = quantiser->notes(out.graph);
    out.warnings = quantiser->warnings(out.graph);
    out.with_width = lowered.with_width.size();
    return out;
  }
};

TriedPlan tried(const std::string& name, const Graph& graph, const AccuracyReport& accuracy,
                const TargetOptions& target, double room = 1) {
  const Result<PlanCost> cost = target.cost(graph);
  return {name, reaches(accuracy, target.percent, room), cost.ok() ? cost->exact : 0, summary(accuracy)};
}

void warn_of_shortfall(QuantisedModel& made, double percent, bool calibrated) {
  if (std::string text = shortfall(made.accuracy, percent, {made.plan.bits, calibrated}); !text.empty()) {
    made.warnings.push_back(std::move(text));
  }
}

// The steps whose values are in the list, in order.
std::vector<std::string> step_names(const FloatGraph& graph, const std::vector<std::uint32_t>& values) {
  std::vector<std::string> out;
  for (const std::uint32_t in : graph.inputs) {
    if (std::binary_search(values.begin(), values.end(), in)) {
      out.push_back("input " + graph.values[in].name);
    }
  }
  for (const FloatNode& n : graph.nodes) {
    if (std::binary_search(values.begin(), values.end(), n.output)) {
      out.push_back(node_name(n));
    }
  }
  return out;
}

}  // namespace

bool reaches(const AccuracyReport& report, double percent, double room) {
  const bool with_labels = has_labels(report);
  room = report.of_rows ? room : 1;
  return std::all_of(report.outputs.begin(), report.outputs.end(),
                     [&](const AccuracyReport::Output& o) { return is_close_enough(o, percent, with_labels, room); });
}

Result<QuantisedModel> quantize_and_compare(const FloatGraph& graph, std::span<const Sample> samples,
                                            const QuantizeOptions& options, const TargetOptions& target) {
  Bench bench;
  PROOFCARD_RETURN_IF_ERROR(bench.set_up(graph, samples, options, target.measure));
  PROOFCARD_TRY(QuantisedModel made, bench.make(options.bits, options.wide));
  warn_of_shortfall(made, target.percent, !samples.empty());
  return made;
}

namespace {

// Where 8 bits keep the order of scores and not their values, 16 bits that cost about as much and keep more; nothing when
// they do not. They are added to the plans that were tried.
Result<std::optional<QuantisedModel>> as_cheap(const Bench& bench, Result<Quantiser::Lowered> made,
                                               std::vector<TriedPlan>& plans, const TargetOptions& target) {
  if (!made.ok()) {
    return std::optional<QuantisedModel>();
  }
  const Result<PlanCost> cost = target.cost(made->graph);
  if (!cost.ok() || cost->exact > kAsCheap * plans[0].cost) {
    return std::optional<QuantisedModel>();
  }
  PROOFCARD_TRY(AccuracyReport accuracy, bench.judge(made->graph));
  plans.push_back(tried("16 bits", made->graph, accuracy, target));
  if (!plans.back().reaches || !shortfall(accuracy, target.percent, {}).empty()) {
    return std::optional<QuantisedModel>();
  }
  return std::optional(bench.model(std::move(made).value(), std::move(accuracy)));
}

Result<QuantisedModel> choose(const FloatGraph& graph, std::span<const Sample> samples, const QuantizeOptions& options,
                              const TargetOptions& given) {
  TargetOptions target = given;
  if (!target.cost) {
    target.cost = bytes_computed;
  }
  Bench bench;
  PROOFCARD_RETURN_IF_ERROR(bench.set_up(graph, samples, options, target.measure));
  std::vector<TriedPlan> plans;
  Result<QuantisedModel> narrow = bench.make(8, {});
  plans.push_back(
      narrow.ok() ? tried("8 bits", narrow->graph, narrow->accuracy, target, has_labels(narrow->accuracy) ? 1 : kRoom)
                  : TriedPlan{"8 bits", false, 0, narrow.error().message()});
  const bool falls_short = !narrow.ok() || !shortfall(narrow->accuracy, target.percent, {}).empty();
  if (plans[0].reaches && !falls_short) {
    narrow->notes.push_back(fmt::format("8 bits reach the target of {:g} %: {}", target.percent, plans[0].summary));
    narrow->tried = std::move(plans);
    return narrow;
  }
  auto made = bench.quantiser->lower(16, {});
  if (plans[0].reaches) {  // by order alone
    PROOFCARD_TRY(std::optional<QuantisedModel> wide, as_cheap(bench, std::move(made), plans, target));
    QuantisedModel& chosen = wide ? *wide : *narrow;
    chosen.notes.push_back(fmt::format("{} bits reach the target of {:g} %: {}", chosen.plan.bits, target.percent,
                                       plans[wide ? 1 : 0].summary));
    chosen.tried = std::move(plans);
    return std::move(chosen);
  }
  if (!made.ok() && narrow.ok()) {
    plans.push_back({"16 bits", false, 0, made.error().message()});
    narrow->warnings.push_back(fmt::format("8 bits do not reach the target of {:g} %: {}; and 16 cannot be had: {}",
                                           target.percent, plans[0].summary, plans[1].summary));
    narrow->tried = std::move(plans);
    return narrow;
  }
  PROOFCARD_TRY(Quantiser::Lowered lowered, std::move(made));
  if (narrow.ok()) {
    narrow->graph = {};  // room for the others
  }
  PROOFCARD_TRY(AccuracyReport accuracy, bench.judge(lowered.graph));
  const TriedPlan with_16 = tried("16 bits", lowered.graph, accuracy, target);
  WidthSearch found;
  std::optional<QuantisedModel> mixed;
  if (with_16.reaches) {
    PROOFCARD_TRY(found, search_widths(*bench.quantiser, lowered, bench.floats, target));
    if (!found.wide.empty()) {
      PROOFCARD_TRY(mixed, bench.make(kMixedBits, found.wide));
      plans.push_back(tried("8 and 16 bits", mixed->graph, mixed->accuracy, target, kRoom));
      if (!plans.back().reaches || plans.back().cost >= with_16.cost) {
        mixed.reset();
      }
    }
  }
  plans.push_back(with_16);
  QuantisedModel chosen = mixed ? std::move(*mixed) : bench.model(std::move(lowered), std::move(accuracy));
  chosen.search_runs = found.runs;
  if (mixed) {
    chosen.wide = step_names(bench.quantiser->prepared(), found.wide);
    chosen.notes.push_back(fmt::format(
        "{} of {} tensors have 16 bits, the others 8, which reaches the target of {:g} %: {} ({} with 8 bits alone)",
        chosen.wide.size(), chosen.with_width, target.percent, plans[1].summary, plans[0].summary));
  } else {
    chosen.notes.push_back(
        fmt::format("16 bits taken, because 8 bits do not reach the target of {:g} %: {} ({} with 8 bits)",
                    target.percent, with_16.summary, plans[0].summary));
    if (!with_16.reaches) {
      chosen.warnings.push_back(
          fmt::format("16 bits do not reach the target of {:g} % either: {}", target.percent, with_16.summary));
    }
  }
  chosen.tried = std::move(plans);
  return chosen;
}

}  // namespace

Result<QuantisedModel> quantize_to_target(const FloatGraph& graph, std::span<const Sample> samples,
                                          const QuantizeOptions& options, const TargetOptions& target) {
  PROOFCARD_TRY(QuantisedModel made, choose(graph, samples, options, target));
  warn_of_shortfall(made, target.percent, !samples.empty());
  return made;
}

}  // namespace proofcard::graph
