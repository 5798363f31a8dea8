#include "host/report/cut_off_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "host/base/text.hpp"

namespace proofcard::tools {
namespace {

constexpr std::size_t kCutStepsShown = 3;

}  // namespace

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
