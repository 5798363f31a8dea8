#include "host/report/text/outputs_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "host/base/text.hpp"
#include "host/formats/values.hpp"

namespace proofcard::tools {

std::string format_outputs(const std::vector<OutputValues>& outputs, std::size_t max_values) {
  std::string out;
  for (const OutputValues& o : outputs) {
    out += fmt::format("output \"{}\" {}, scale {:.6g}\n", printable(o.name), shape_text(o.shape), o.scale);
    const std::size_t shown = std::min(o.reals.size(), max_values);
    for (std::size_t i = 0; i < shown; ++i) {
      out += fmt::format("  [{}] {:>12.6g}   (integer {})\n", i, o.reals[i], o.integers[i]);
    }
    if (shown < o.reals.size()) {
      out += fmt::format("  ... {} more\n", o.reals.size() - shown);
    }
    if (o.reals.size() > 1) {
      const auto best = std::max_element(o.integers.begin(), o.integers.end());
      out += fmt::format("  largest: index {}\n", best - o.integers.begin());
    }
  }
  return out;
}

std::string format_samples(const std::vector<std::vector<OutputValues>>& samples) {
  if (samples.size() == 1) {
    return format_outputs(samples[0]);
  }
  constexpr std::size_t kMaxSamplesShown = 10;
  constexpr std::size_t kValuesShown = 3;
  std::string out;
  for (std::size_t i = 0; i < std::min(samples.size(), kMaxSamplesShown); ++i) {
    out += fmt::format("sample {}\n{}", i, format_outputs(samples[i], kValuesShown));
  }
  if (samples.size() > kMaxSamplesShown) {
    out += fmt::format("... {} more samples (--save-output FILE writes all)\n", samples.size() - kMaxSamplesShown);
  }
  return out;
}

}  // namespace proofcard::tools
