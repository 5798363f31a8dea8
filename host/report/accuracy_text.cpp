#include "host/report/accuracy_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace proofcard::tools {
namespace {

using graph::AccuracyReport;
using graph::Measure;

constexpr std::size_t kFewSamples = 20;    // below: one sample more or less is over 5 %
constexpr double kEnoughAgreement = 0.95;  // of what is compared
constexpr double kLargeError = 0.1;        // of an output, relative
constexpr double kFarOff = 0.99;           // cosine of an angle that is not small

std::string degenerate_text(const AccuracyReport::Output& o) {
  return o.all_zero ? fmt::format("0 in every sample, and in the float model up to {:.4g}", o.max_abs_value)
                    : "the same for every sample, and not in the float model";
}

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
  if (report.samples >= kFewSamples) {
    out += fmt::format(" ({:.2f} %)", 100 * o.same_share());
  }
  return out;
}

}  // namespace

std::string format_accuracy(const AccuracyReport& report) {
  if (report.samples == 0) {
    return "";
  }
  std::string out = fmt::format("compared with the float model on {} sample(s){}\n", report.samples,
                                report.samples < kFewSamples ? ", which are too few to tell: some tens say more" : "");
  for (const AccuracyReport::Output& o : report.outputs) {
    out +=
        fmt::format("output \"{}\", judged by {}: {}\n", o.name, graph::measure_name(o.measure), judgement(report, o));
    if (o.measure == Measure::kTokens) {
      continue;  // how far apart two tokens are means nothing
    }
    out += fmt::format("output \"{}\": error at most {:.4g}, mean {:.4g} (values up to {:.4g})\n", o.name,
                       o.max_abs_error, o.mean_abs_error, o.max_abs_value);
    if (o.degenerate()) {
      out += fmt::format("output \"{}\": {}\n", o.name, degenerate_text(o));
    }
  }
  return out;
}

std::string accuracy_warning(const AccuracyReport& report, const AccuracyContext& context) {
  if (report.samples == 0) {
    return "";
  }
  std::string what;
  for (const AccuracyReport::Output& o : report.outputs) {
    if (o.degenerate()) {
      what += fmt::format("; output \"{}\" is {}", o.name, degenerate_text(o));
      continue;
    }
    if (o.compared > 0 && o.same_share() < kEnoughAgreement) {
      what += fmt::format("; {} of {} predictions of output \"{}\" differ", o.compared - o.same, o.compared, o.name);
    }
    if (o.measure == Measure::kCosine && o.least_cosine < kFarOff) {
      what += fmt::format("; output \"{}\" points elsewhere (cosine {:.3f})", o.name, o.least_cosine);
    }
    if (o.measure != Measure::kIntegers && o.measure != Measure::kTokens && o.relative_error > kLargeError) {
      what += fmt::format("; output \"{}\" is off by {:.0f} % of its size", o.name, 100 * o.relative_error);
    } else if (o.measure == Measure::kError && o.range_error > kLargeError) {
      what += fmt::format("; output \"{}\" is off by {:.0f} % of its range", o.name, 100 * o.range_error);
    }
  }
  if (what.empty()) {
    return "";
  }
  std::string out = "the integer model is not close to the float model: " + what.substr(2);
  if (report.worst_node) {
    out += fmt::format(". It begins at {} (off by {:.0f} %)", report.worst_node->name,
                       100 * report.worst_node->relative_error);
  }
  std::string advice;
  if (context.bits == 8) {
    advice += "--bits 16";
  }
  if (!context.calibrated) {
    advice += fmt::format("{}--calibrate with samples like the real inputs", advice.empty() ? "" : " and ");
  } else if (report.samples < kFewSamples) {
    advice += fmt::format("{}more samples for --calibrate", advice.empty() ? "" : " and ");
  }
  return out + ". Try " + (advice.empty() ? "" : advice + "; or ") + "inputs of one size (normalise each)";
}

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
