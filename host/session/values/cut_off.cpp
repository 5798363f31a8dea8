#include "host/session/values/cut_off.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "host/graph/node_tensors.hpp"

namespace proofcard::tools {
namespace {

// Two digits say what they are for; what is far outside is far outside.
double two_digits(double times) {
  return times >= 1000 ? 1000 : times >= 10 ? std::floor(times) : std::floor(10 * times) / 10;
}

}  // namespace

void CutOffSteps::add(std::size_t sample, const std::vector<graph::CutOff>& found) {
  for (const graph::CutOff& one : found) {
    const auto known = std::ranges::find(found_, one.node, &std::pair<std::size_t, CutOffStep>::first);
    const graph::Node& node = graph_.nodes[one.node];
    CutOffStep& step =
        known != found_.end()
            ? known->second
            : found_.emplace_back(one.node, CutOffStep{.name = node.name, .first_sample = sample}).second;
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

}  // namespace proofcard::tools
