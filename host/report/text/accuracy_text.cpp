#include "host/report/text/accuracy_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "host/graph/quantize/accuracy/shortfall.hpp"

namespace proofcard::tools {
namespace {

using graph::AccuracyReport;
using graph::Measure;

// What is counted by the measure, of several.
const char* counted(Measure measure) {
  switch (measure) {
    case Measure::kPrediction:
      return "samples";
    case Measure::kSide:
      return "samples (which side of 1/2)";
    case Measure::kPositions:
      return "positions (index of the largest)";
    case Measure::kIntegers:
      return "integers";
    case Measure::kTokens:
      return "tokens";
    case Measure::kError:
    case Measure::kCosine:
      break;
  }
  return "";
}

// How the output is judged, and what was found.
std::string judgement(const AccuracyReport& report, const AccuracyReport::Output& o) {
  if (o.degenerate()) {
    return fmt::format("{}: not counted, the output says nothing about its input",
                       o.measure == Measure::kError ? "error" : "same prediction as the float model");
  }
  if (o.measure == Measure::kError) {
    return fmt::format("error {:.2g} % of its size, {:.2g} % of its range", 100 * o.relative_error,
                       100 * o.range_error);
  }
  if (o.measure == Measure::kCosine) {
    return fmt::format("same direction as the float model: cosine at least {:.5f}", o.least_cosine);
  }
  std::string out =
      fmt::format("same prediction as the float model: {} of {} {}", o.same, o.compared, counted(o.measure));
  if (o.unvaried) {
    return out + ", and the float model's are the same in all samples: they say little";
  }
  if (report.samples >= graph::kFewSamples) {
    out += fmt::format(" ({:.2f} %)", 100 * o.same_share());
  }
  return out;
}

}  // namespace

std::string format_accuracy(const AccuracyReport& report) {
  if (report.samples == 0) {
    return "";
  }
  std::string out =
      fmt::format("compared with the float model on {} sample(s){}\n", report.samples,
                  report.samples < graph::kFewSamples ? ", which are too few to tell: some tens say more" : "");
  for (const AccuracyReport::Output& o : report.outputs) {
    out +=
        fmt::format("output \"{}\", judged by {}: {}\n", o.name, graph::measure_name(o.measure), judgement(report, o));
    if (o.measure == Measure::kTokens) {
      continue;  // how far apart two tokens are means nothing
    }
    out += fmt::format("output \"{}\": error at most {:.4g}, mean {:.4g} (values up to {:.4g})\n", o.name,
                       o.max_abs_error, o.mean_abs_error, o.max_abs_value);
    if (o.worst_part && o.worst_part->relative_error > 2 * o.relative_error) {
      out += fmt::format(
          "output \"{}\": what has index {} on axis {}: error {:.2g} % of its own size (values up to {:.4g})\n", o.name,
          o.worst_part->index, o.worst_part->axis, 100 * o.worst_part->relative_error, o.worst_part->max_abs_value);
    }
    if (o.degenerate()) {
      out += fmt::format("output \"{}\": {}\n", o.name, graph::degenerate_text(o));
    }
  }
  return out;
}

namespace {

nlohmann::ordered_json to_json(const std::optional<graph::OutputPart>& part) {
  return part ? nlohmann::ordered_json{{"axis", part->axis},
                                       {"index", part->index},
                                       {"relative_error", part->relative_error},
                                       {"max_abs_value", part->max_abs_value}}
              : nlohmann::ordered_json(nullptr);
}

}  // namespace

nlohmann::ordered_json to_json(const AccuracyReport& report) {
  const auto when = [](bool known, auto value) {
    return known ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
  };
  const AccuracyReport::Output first = report.outputs.empty() ? AccuracyReport::Output{} : report.outputs[0];
  const bool by_side = first.measure == Measure::kSide;
  const bool by_token = first.measure == Measure::kTokens;
  const bool by_class = first.measure == Measure::kPrediction || first.measure == Measure::kPositions;
  nlohmann::ordered_json out{
      {"samples", report.samples},
      {"prediction", when(by_side || by_class || by_token, by_token  ? "tokens"
                                                           : by_side ? "side of 1/2"
                                                                     : "index of the largest")},
      {"same_prediction", when((by_side || by_class || by_token) && !first.degenerate(), first.same)},
      {"outputs", nlohmann::ordered_json::array()}};
  for (const AccuracyReport::Output& o : report.outputs) {
    const bool counts = o.compared > 0 && !o.degenerate();
    out["outputs"].push_back({{"name", o.name},
                              {"measure", graph::measure_name(o.measure)},
                              {"same", when(counts, o.same)},
                              {"compared", when(counts, o.compared)},
                              {"least_cosine", when(o.measure == Measure::kCosine, o.least_cosine)},
                              {"max_abs_error", o.max_abs_error},
                              {"mean_abs_error", o.mean_abs_error},
                              {"relative_error", o.relative_error},
                              {"range_error", o.range_error},
                              {"max_abs_value", o.max_abs_value},
                              {"worst_part", to_json(o.worst_part)},
                              {"all_zero", o.all_zero},
                              {"constant", o.constant},
                              {"unvaried", o.unvaried}});
  }
  out["worst_node"] = nullptr;
  if (report.worst_node) {
    out["worst_node"] = {{"name", report.worst_node->name}, {"relative_error", report.worst_node->relative_error}};
  }
  return out;
}

}  // namespace proofcard::tools
