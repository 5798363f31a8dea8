#include "host/tools/accuracy_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace proofcard::tools {
namespace {

constexpr std::size_t kFewSamples = 20;    // below: one sample more or less is over 5 %
constexpr double kEnoughAgreement = 0.95;  // of predictions
constexpr double kLargeError = 0.1;        // of an output, relative

double share(const graph::AccuracyReport& report) {
  return static_cast<double>(report.same_prediction) / static_cast<double>(report.samples);
}

std::string degenerate_text(const graph::AccuracyReport::Output& o) {
  return o.all_zero ? fmt::format("0 in every sample, and in the float model up to {:.4g}", o.max_abs_value)
                    : "the same for every sample, and not in the float model";
}

std::string agreement(const graph::AccuracyReport& report) {
  if (report.prediction == graph::Prediction::kNone) {
    return fmt::format("compared with the float model on {} sample(s){}\n", report.samples,
                       report.samples < kFewSamples ? ", which are few" : "");
  }
  if (report.degenerate()) {
    return "same prediction as the float model: not counted, the output says nothing about its input\n";
  }
  std::string out =
      fmt::format("same prediction as the float model: {} of {} samples", report.same_prediction, report.samples);
  out += report.samples < kFewSamples ? std::string(" (few: some tens say more)")
                                      : fmt::format(" ({:.2f} %)", 100 * share(report));
  return out + "\n";
}

}  // namespace

std::string format_accuracy(const graph::AccuracyReport& report) {
  if (report.samples == 0) {
    return "";
  }
  std::string out = agreement(report);
  for (const graph::AccuracyReport::Output& o : report.outputs) {
    out += fmt::format("output \"{}\": error at most {:.4g}, mean {:.4g} (values up to {:.4g})\n", o.name,
                       o.max_abs_error, o.mean_abs_error, o.max_abs_value);
    if (o.all_zero || o.constant) {
      out += fmt::format("output \"{}\": {}\n", o.name, degenerate_text(o));
    }
  }
  return out;
}

std::string accuracy_warning(const graph::AccuracyReport& report, const AccuracyContext& context) {
  if (report.samples == 0) {
    return "";
  }
  std::string what;
  if (report.prediction != graph::Prediction::kNone && !report.degenerate() && share(report) < kEnoughAgreement) {
    what += fmt::format("; {} of {} predictions differ", report.samples - report.same_prediction, report.samples);
  }
  for (const graph::AccuracyReport::Output& o : report.outputs) {
    if (o.all_zero || o.constant) {
      what += fmt::format("; output \"{}\" is {}", o.name, degenerate_text(o));
    } else if (o.relative_error > kLargeError) {
      what += fmt::format("; output \"{}\" is off by {:.0f} % of its size", o.name, 100 * o.relative_error);
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

nlohmann::ordered_json to_json(const graph::AccuracyReport& report) {
  nlohmann::ordered_json out{{"samples", report.samples}, {"prediction", nullptr}, {"same_prediction", nullptr}};
  if (report.prediction != graph::Prediction::kNone) {
    out["prediction"] = report.prediction == graph::Prediction::kLargest ? "index of the largest" : "side of 1/2";
    if (!report.degenerate()) {
      out["same_prediction"] = report.same_prediction;
    }
  }
  out["outputs"] = nlohmann::ordered_json::array();
  for (const graph::AccuracyReport::Output& o : report.outputs) {
    out["outputs"].push_back({{"name", o.name},
                              {"max_abs_error", o.max_abs_error},
                              {"mean_abs_error", o.mean_abs_error},
                              {"relative_error", o.relative_error},
                              {"max_abs_value", o.max_abs_value},
                              {"all_zero", o.all_zero},
                              {"constant", o.constant}});
  }
  out["worst_node"] = nullptr;
  if (report.worst_node) {
    out["worst_node"] = {{"name", report.worst_node->name}, {"relative_error", report.worst_node->relative_error}};
  }
  return out;
}

}  // namespace proofcard::tools
