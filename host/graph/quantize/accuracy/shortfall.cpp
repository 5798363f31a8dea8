#include "host/graph/quantize/accuracy/shortfall.hpp"

#include <algorithm>

#include "host/base/text.hpp"
#include "host/graph/quantize/accuracy/target.hpp"
#include "host/graph/quantize/quantisation_plan.hpp"

namespace proofcard::graph {
namespace {

constexpr double kAtOnePlace =
    2;  // times what a target leaves, of the largest value; of scores whose order counts, on the whole
constexpr double kOfPart = 10;  // of a part's own size

// What differs, of outputs that are counted.
const char* counted(Measure measure) {
  return measure == Measure::kPositions  ? "positions (index of the largest)"
         : measure == Measure::kIntegers ? "integers"
         : measure == Measure::kTokens   ? "tokens"
         : measure == Measure::kSide     ? "predictions (which side of 1/2)"
                                         : "predictions";
}

// By how much the values are off, when that is more than the target leaves.
std::string error_text(const AccuracyReport::Output& o, double allowed, bool with_labels) {
  const bool by_order = !o.unvaried && (o.measure == Measure::kPrediction || o.measure == Measure::kPositions ||
                                        o.measure == Measure::kSide);
  const double most = by_order ? std::min(allowed * (with_labels ? 1 : kAtOnePlace), kOrderOnly) : allowed;
  if (!(o.relative_error <= most)) {
    return fmt::format("off by {:.2g} % of its size", 100 * o.relative_error);
  }
  if (o.measure == Measure::kError && !(o.range_error <= allowed)) {
    return fmt::format("off by {:.2g} % of its range", 100 * o.range_error);
  }
  if (!(o.max_abs_error <= allowed * (with_labels ? 1 : kAtOnePlace) * o.max_abs_value)) {
    return fmt::format("off by up to {:.2g} % of its largest value", 100 * o.max_abs_error / o.max_abs_value);
  }
  if (!(o.between_error <= allowed)) {
    return fmt::format("off by up to {:.2g} % of its largest value half way from one sample to another",
                       100 * o.between_error);
  }
  return "";
}

// The findings about one output, each with "; " before it.
std::string findings(const AccuracyReport::Output& o, double percent, bool with_labels) {
  if (o.degenerate()) {
    return fmt::format("; output \"{}\" is {}", o.name, degenerate_text(o));
  }
  const double allowed = 1 - percent / 100;
  std::string out;
  const bool agrees = o.compared == 0 || o.same_share() >= percent / 100;
  if (!agrees) {
    out += fmt::format("; {} of {} {} of output \"{}\" differ", o.compared - o.same, o.compared, counted(o.measure),
                       o.name);
  }
  if (o.measure == Measure::kCosine && !(1 - o.least_cosine <= kCosineOfTarget * allowed)) {
    out += fmt::format("; output \"{}\" points elsewhere (cosine {:.4f})", o.name, o.least_cosine);
  }
  if (o.measure == Measure::kIntegers || o.measure == Measure::kTokens) {
    return out;
  }
  if (const std::string error = error_text(o, allowed, with_labels); !error.empty()) {
    const bool order_is_right = o.compared > 0 && agrees && !o.unvaried;
    out += fmt::format(
        "; output \"{}\" is {}{}", o.name, error,
        order_is_right ? fmt::format(", though {} of {} {} are the same", o.same, o.compared, counted(o.measure)) : "");
  } else if (loses_part(o, percent)) {
    out += fmt::format(
        "; of output \"{}\" what has index {} on axis {} is off by {:.2g} % of its own size (values up to "
        "{:.3g}, of the output up to {:.3g})",
        o.name, o.worst_part->index, o.worst_part->axis, 100 * o.worst_part->relative_error,
        o.worst_part->max_abs_value, o.max_abs_value);
  }
  return out;
}

std::string advice(const AccuracyReport& report, const Made& made) {
  std::vector<std::string> ways;
  if (made.bits != 16) {
    ways.emplace_back("--bits 16");
  }
  if (!made.calibrated) {
    ways.emplace_back("--calibrate with samples like the real inputs");
  } else if (report.samples < kFewSamples) {
    ways.emplace_back("more samples for --calibrate");
  }
  ways.emplace_back("inputs of one size (normalise each)");
  return fmt::format("{}", fmt::join(ways, ", or "));
}

}  // namespace

bool loses_part(const AccuracyReport::Output& output, double percent) {
  return output.worst_part && !(output.worst_part->relative_error <= kOfPart * (1 - percent / 100));
}

bool has_labels(const AccuracyReport& report) {
  return std::any_of(report.outputs.begin(), report.outputs.end(),
                     [](const AccuracyReport::Output& o) { return o.measure == Measure::kIntegers; });
}

std::string degenerate_text(const AccuracyReport::Output& output) {
  return output.all_zero ? fmt::format("0 in every sample, and in the float model up to {:.4g}", output.max_abs_value)
                         : "the same for every sample, and not in the float model";
}

std::string shortfall(const AccuracyReport& report, double percent, const Made& made) {
  const bool with_labels = has_labels(report);
  std::string what;
  for (const AccuracyReport::Output& o : report.outputs) {
    what += findings(o, percent, with_labels);
  }
  if (report.samples == 0 || what.empty()) {
    return "";
  }
  std::string out =
      fmt::format("the integer model is not within {:g} % of the float model: {}", 100 - percent, what.substr(2));
  if (report.worst_node) {
    out += fmt::format(". It begins at {} (off by {:.2g} %)", report.worst_node->name,
                       100 * report.worst_node->relative_error);
  }
  return out + ". Try " + advice(report, made);
}

}  // namespace proofcard::graph
