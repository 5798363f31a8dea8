#include "host/cli/waves.hpp"

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace proofcard::tools {
namespace {

#ifdef PROOFCARD_WAVES
constexpr bool kBuiltWithWaves = true;
#else
constexpr bool kBuiltWithWaves = false;
#endif

constexpr unsigned kMaxUnit = 1023;

// "FROM:TO", FROM < TO.
bool is_range(const std::string& text) {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  const char* end = text.data() + text.size();
  const auto [middle, first] = std::from_chars(text.data(), end, from);
  if (first != std::errc() || middle == end || *middle != ':') {
    return false;
  }
  const auto [rest, second] = std::from_chars(middle + 1, end, to);
  return second == std::errc() && rest == end && from < to;
}

}  // namespace

void add_waves_options(const Options& command, WavesOptions& options) {
  const Option waves =
      command.output("--waves", options.path, "Write signals of a compute unit of hw_emu (an FST, for GTKWave)");
  command.number("--waves-unit", options.unit, 0, kMaxUnit, "Its number on the card, from 0").needs(waves);
  command.text("--waves-cycles", options.cycles, "Its clock cycles that are written")
      .needs(waves)
      .value_name("FROM:TO");
}

Status request_waves(const WavesOptions& options, const std::string& device) {
  if (options.path.empty()) {
    return {};
  }
  if (device != "hw_emu" && !(device.starts_with("hw_emu@") && device.find(',') == std::string::npos)) {
    return make_error(ErrorKind::kUnsupported, "--waves", "expected --device hw_emu, one card; found {}", device);
  }
  if (!is_range(options.cycles)) {
    return make_error(ErrorKind::kBadInput, "--waves-cycles", "expected FROM:TO with FROM below TO, found {}",
                      options.cycles);
  }
  if (!kBuiltWithWaves) {
    return make_error(
        ErrorKind::kUnsupported, "--waves",
        "this build's simulation keeps no waves, which would slow it; build with cmake -DPROOFCARD_WAVES=ON");
  }
  const std::string path = std::filesystem::absolute(options.path).string();
  setenv("PROOFCARD_WAVES", path.c_str(), 1);
  setenv("PROOFCARD_WAVES_UNIT", std::to_string(options.unit).c_str(), 1);
  setenv("PROOFCARD_WAVES_CYCLES", options.cycles.c_str(), 1);
  return {};
}

}  // namespace proofcard::tools
