#include "host/graph/quantize/accuracy/width_search.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <numeric>
#include <tuple>

namespace proofcard::graph {
namespace {

constexpr std::size_t kSamplesOfUnits = 4;    // on which each unit's effect is measured
constexpr std::size_t kSamplesOfTarget = 64;  // on which the number of units is found
constexpr std::size_t kFewestUnits = 4;
constexpr double kNoticeable = 0.01;  // of a cost
constexpr std::size_t kRetreats = 3;  // when all samples say no to what some said yes to

using Unit = std::vector<std::uint32_t>;

// Products and sums of one run of the integer model.
double work_of(const Graph& graph) {
  double work = 1;
  for (const Node& node : graph.nodes) {
    if (const auto* linear = std::get_if<Linear>(&node.op)) {
      double cells = 1;
      for (const std::uint32_t d : linear->acc.out_dims) cells *= d;
      for (const std::uint32_t d : linear->acc.sum_dims) cells *= d;
      work += cells * static_cast<double>(linear->acc.terms.size());
    }
  }
  for (const Tensor& t : graph.tensors) {
    work += 8 * static_cast<double>(tensor::num_elements(t.shape));
  }
  return work;
}

// A number for each value: equal for those that the same operator makes, with the same attributes and weights, of values with
// equal numbers. Values that are tied have one, so the steps of a recurrent layer have.
std::vector<std::uint32_t> value_classes(const FloatGraph& graph) {
  using Key = std::tuple<FloatOp, tensor::Function, Dims, Dims, std::vector<double>, std::vector<std::uint32_t>>;
  const auto first = static_cast<std::uint32_t>(graph.values.size());
  std::vector<std::uint32_t> classes(graph.values.size());
  std::iota(classes.begin(), classes.end(), 0U);
  for (std::size_t v = 0; v < classes.size(); ++v) {
    classes[v] = graph.values[v].tie != 0 ? first + graph.values[v].tie : classes[v];
  }
  std::map<Key, std::uint32_t> known;
  for (const FloatNode& n : graph.nodes) {
    if (graph.values[n.output].tie != 0) {
      continue;
    }
    std::vector<std::uint32_t> of;
    for (const std::uint32_t in : n.inputs) {
      of.push_back(classes[in]);
    }
    std::vector<double> numbers = n.params;
    numbers.insert(numbers.end(),
                   {static_cast<double>(n.alpha), static_cast<double>(n.beta), static_cast<double>(n.axis)});
    classes[n.output] =
        known
            .emplace(Key{n.op, n.function, n.ints, graph.values[n.output].shape, std::move(numbers), std::move(of)},
                     n.output)
            .first->second;
  }
  return classes;
}

// Values of one class, and results of weights that others read as well, are one unit.
std::vector<Unit> units_of(const FloatGraph& graph, const std::vector<std::uint32_t>& values) {
  const std::vector<std::uint32_t> classes = value_classes(graph);
  std::map<std::uint32_t, std::uint32_t> first_reader;  // by constant
  std::map<std::uint32_t, std::uint32_t> joined;        // class -> class of the first reader of its weights
  for (const FloatNode& n : graph.nodes) {
    if (n.inputs.size() > 1 && graph.values[n.inputs[1]].constant &&
        graph.values[n.inputs[1]].constant->data.size() > 1) {
      joined.emplace(classes[n.output], first_reader.emplace(n.inputs[1], classes[n.output]).first->second);
    }
  }
  std::vector<Unit> units;
  std::map<std::uint32_t, std::size_t> unit_of;
  for (const std::uint32_t value : values) {
    const auto with = joined.find(classes[value]);
    const std::uint32_t key = with == joined.end() ? classes[value] : with->second;
    const auto [at, is_new] = unit_of.emplace(key, units.size());
    if (is_new) {
      units.emplace_back();
    }
    units[at->second].push_back(value);
  }
  return units;
}

// At most `most` units: neighbours together.
std::vector<Unit> merged(std::vector<Unit> units, std::size_t most) {
  if (units.size() <= most) {
    return units;
  }
  std::vector<Unit> out(most);
  for (std::size_t i = 0; i < units.size(); ++i) {
    Unit& to = out[i * most / units.size()];
    to.insert(to.end(), units[i].begin(), units[i].end());
  }
  return out;
}

class Search {
 public:
  Search(const Quantiser& quantiser, const Quantiser::Lowered& wide, const Reference& reference,
         const TargetOptions& target)
      : quantiser_(quantiser), wide_(wide), reference_(reference), target_(target) {}

  Result<WidthSearch> run() {
    const auto affordable = static_cast<std::size_t>(std::min<double>(kMostRuns, kMostWork / work_of(wide_.graph)));
    const std::size_t for_units = affordable * 2 / 3;
    units_ = units_of(quantiser_.prepared(), wide_.with_width);
    std::size_t samples = std::min(kSamplesOfUnits, reference_.samples.size());
    samples = std::clamp<std::size_t>(for_units / std::max<std::size_t>(units_.size(), 1), 1, samples);
    units_ = merged(std::move(units_), std::min(kMostUnits, for_units / samples));
    if (units_.size() < kFewestUnits) {
      return WidthSearch{{}, runs_};
    }
    PROOFCARD_RETURN_IF_ERROR(order_units(samples));
    if (units_.empty()) {
      return WidthSearch{{}, runs_};
    }
    const std::size_t halvings = std::bit_width(units_.size());
    samples = std::clamp<std::size_t>((affordable - for_units) / halvings, 1,
                                      std::min(kSamplesOfTarget, reference_.samples.size()));
    return WidthSearch{most_lowered(samples), runs_};
  }

 private:
  // Widths with the units of the positions lowered, unless they are in the range [begin, end).
  std::vector<std::uint32_t> all_but(std::size_t begin, std::size_t end) const {
    std::vector<std::uint32_t> lowered;
    for (std::size_t i = begin; i < end; ++i) {
      lowered.insert(lowered.end(), units_[i].begin(), units_[i].end());
    }
    std::sort(lowered.begin(), lowered.end());
    std::vector<std::uint32_t> wide;
    std::copy_if(wide_.with_width.begin(), wide_.with_width.end(), std::back_inserter(wide),
                 [&](std::uint32_t v) { return !std::binary_search(lowered.begin(), lowered.end(), v); });
    std::sort(wide.begin(), wide.end());
    return wide;
  }

  Result<AccuracyReport> measured(const Graph& graph, std::size_t samples) {
    runs_ += samples;
    return compare(reference_, graph, samples);
  }

  static double squared_error(const AccuracyReport& report) {
    double sum = 0;
    for (const AccuracyReport::Output& o : report.outputs) {
      const double error = std::max(o.error(), o.between_error);
      sum += std::min(1.0, error * error);
    }
    return sum;
  }

  // By what a unit costs in accuracy for what it saves; those that save nothing are not lowered at all.
  Status order_units(std::size_t samples) {
    PROOFCARD_TRY(const AccuracyReport base, measured(wide_.graph, samples));
    PROOFCARD_TRY(const PlanCost whole, target_.cost(wide_.graph));
    std::vector<std::pair<double, Unit>> worth;
    for (std::size_t i = 0; i < units_.size(); ++i) {
      const auto lowered = quantiser_.lower(kMixedBits, all_but(i, i + 1));
      if (!lowered.ok()) {
        continue;  // it needs its 16 bits
      }
      const auto cost = target_.cost(lowered->graph);
      const auto report = measured(lowered->graph, samples);
      if (cost.ok() && report.ok() && cost->smooth < whole.smooth) {
        const double harm = std::max(squared_error(*report) - squared_error(base), 1e-12);
        worth.emplace_back(harm / (whole.smooth - cost->smooth), units_[i]);
      }
    }
    std::stable_sort(worth.begin(), worth.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    units_.clear();
    for (auto& [price, unit] : worth) {
      units_.push_back(std::move(unit));
    }
    return {};
  }

  bool keeps_target(std::size_t lowered, std::size_t samples) {
    const auto made = quantiser_.lower(kMixedBits, all_but(0, lowered));
    if (!made.ok()) {
      return false;
    }
    const auto report = measured(made->graph, samples);
    return report.ok() && reaches(*report, target_.percent, kRoom);
  }

  // The widths with as many units lowered as keep the target; empty: none of them.
  std::vector<std::uint32_t> most_lowered(std::size_t samples) {
    std::size_t good = 0;
    std::size_t bad = units_.size() + 1;
    while (bad - good > 1) {
      const std::size_t middle = good + (bad - good) / 2;
      (keeps_target(middle, samples) ? good : bad) = middle;
    }
    const std::size_t all = reference_.samples.size();
    for (std::size_t retreat = 0; samples < all && good > 0 && !keeps_target(good, all); ++retreat) {
      good = retreat < kRetreats ? good * 3 / 4 : 0;
    }
    return good == 0 ? std::vector<std::uint32_t>{} : all_but(0, cheapest(good));
  }

  // Fewer lowered units, which is as accurate, may cost less: tables of both widths are shared, and all leaves padded together.
  std::size_t cheapest(std::size_t lowered) const {
    constexpr std::size_t kSteps = 8;
    std::size_t best = lowered;
    double least = INFINITY;
    for (std::size_t step = 0; step < kSteps; ++step) {
      const std::size_t fewer = lowered - lowered * step / kSteps;
      const auto made = quantiser_.lower(kMixedBits, all_but(0, fewer));
      const auto cost = made.ok() ? target_.cost(made->graph) : Result<PlanCost>(made.error());
      if (cost.ok() && cost->exact < least * (1 - kNoticeable)) {
        least = cost->exact;
        best = fewer;
      }
    }
    return best;
  }

  const Quantiser& quantiser_;
  const Quantiser::Lowered& wide_;
  const Reference& reference_;
  const TargetOptions& target_;
  std::vector<Unit> units_;
  std::size_t runs_ = 0;
};

}  // namespace

Result<WidthSearch> search_widths(const Quantiser& quantiser, const Quantiser::Lowered& wide,
                                  const Reference& reference, const TargetOptions& target) {
  return Search(quantiser, wide, reference, target).run();
}

}  // namespace proofcard::graph
