#include "host/report/text/cut_off_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "host/base/text.hpp"

namespace proofcard::tools {
namespace {

constexpr std::size_t kShown = 3;

// Where `some` samples of `all` have it, and of these the first.
std::string in_samples(std::uint64_t some, std::uint64_t all, std::size_t first) {
  return all > 1 ? fmt::format(", in {} of {} samples ({} {})", some, all, some > 1 ? "the first:" : "number", first)
                 : "";
}

std::string and_more(std::size_t all, const char* what) {
  return all > kShown ? fmt::format("; and {} {} more", all - kShown, what) : "";
}

}  // namespace

std::string cut_off_warning(const std::vector<CutOffStep>& steps, std::uint64_t samples) {
  if (steps.empty()) {
    return "";
  }
  std::string out =
      "values inside the model are cut off, since they lie farther out than those of the calibration samples:";
  for (std::size_t i = 0; i < std::min(steps.size(), kShown); ++i) {
    const CutOffStep& s = steps[i];
    out += fmt::format("{} {} of {} of {}, up to {:g} times as far", i == 0 ? "" : ";", s.values, s.of,
                       printable(s.name), s.times);
    out += in_samples(s.samples, samples, s.first_sample);
  }
  return out + and_more(steps.size(), "steps") +
         ". The output is not the float model's: compile again with samples like this input (--calibrate)";
}

nlohmann::ordered_json to_json(const std::vector<CutOffStep>& steps) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const CutOffStep& s : steps) {
    out.push_back({{"step", s.name},
                   {"values", s.values},
                   {"of", s.of},
                   {"samples", s.samples},
                   {"first_sample", s.first_sample},
                   {"times", s.times}});
  }
  return out;
}

std::string clipped_warning(const ClippedTensors& clipped, std::uint64_t samples) {
  if (clipped.empty()) {
    return "";
  }
  std::string out = "values lie beyond the model's range and are clipped to it:";
  for (std::size_t i = 0; i < std::min(clipped.size(), kShown); ++i) {
    const ClippedTensor& c = clipped[i];
    out += fmt::format("{} {} of {} of {}", i == 0 ? "" : ";", c.values, c.of, printable(c.name));
    out += in_samples(c.rows, samples, c.first_row);
  }
  return out + and_more(clipped.size(), "tensors") + ". The result is that of the clipped values";
}

nlohmann::ordered_json to_json(const ClippedTensors& clipped) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const ClippedTensor& c : clipped) {
    out.push_back(
        {{"tensor", c.name}, {"values", c.values}, {"of", c.of}, {"samples", c.rows}, {"first_sample", c.first_row}});
  }
  return out;
}

}  // namespace proofcard::tools
