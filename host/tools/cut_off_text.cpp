#include "host/tools/cut_off_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>

#include "host/base/text.hpp"
#include "host/graph/node_tensors.hpp"

namespace proofcard::tools {
namespace {

constexpr std::size_t kCutStepsShown = 3;

// Two digits say what they are for; what is far outside is far outside.
double two_digits(double times) {
  return times >= 1000 ? 1000 : times >= 10 ? std::floor(times) : std::floor(10 * times) / 10;
}

}  // namespace

void CutOffSteps::add(const std::vector<graph::CutOff>& found) {
  for (const graph::CutOff& one : found) {
    const auto known = std::ranges::find(found_, one.node, &std::pair<std::size_t, CutOffStep>::first);
    const graph::Node& node = graph_.nodes[one.node];
    CutOffStep& step =
        known != found_.end() ? known->second : found_.emplace_back(one.node, CutOffStep{node.name}).second;
    step.values += one.values;
    step.of += tensor::num_elements(graph_.tensors[graph::node_output(node)].shape);
    step.times = std::max(step.times, two_digits(one.times));
    ++step.samples;
  }
}

std::vector<CutOffStep> CutOffSteps::steps() const {
  std::vector<CutOffStep> out;
  for (const auto& [node, step] : found_) {
    out.push_back(step);
  }
  std::ranges::stable_sort(out, std::ranges::greater(), &CutOffStep::times);
  return out;
}

std::string cut_off_warning(const std::vector<CutOffStep>& steps, std::uint64_t samples) {
  if (steps.empty()) {
    return "";
  }
  std::string out =
      "values inside the model are cut off, since they lie farther out than those of the calibration samples:";
  for (std::size_t i = 0; i < std::min(steps.size(), kCutStepsShown); ++i) {
    const CutOffStep& s = steps[i];
    out += fmt::format("{} {} of {} of {}, up to {:g} times as far", i == 0 ? "" : ";", s.values, s.of,
                       printable(s.name), s.times);
    out += samples > 1 ? fmt::format(", in {} of {} samples", s.samples, samples) : "";
  }
  out += steps.size() > kCutStepsShown ? fmt::format("; and {} steps more", steps.size() - kCutStepsShown) : "";
  return out + ". The output is not the float model's: compile again with samples like this input (--calibrate)";
}

nlohmann::ordered_json to_json(const std::vector<CutOffStep>& steps) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const CutOffStep& s : steps) {
    out.push_back({{"step", s.name}, {"values", s.values}, {"of", s.of}, {"samples", s.samples}, {"times", s.times}});
  }
  return out;
}

}  // namespace proofcard::tools
