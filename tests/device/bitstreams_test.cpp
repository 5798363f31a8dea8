// What is under bitstreams/ agrees: manifests, link configurations, the ABI; and without Vitis the build says so.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>

#include "host/device/abi/kernel_list.hpp"

namespace proofcard::device {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = PROOFCARD_SOURCE_DIR;

std::set<std::string> lines_of(const fs::path& path) {
  std::ifstream in(path);
  std::set<std::string> out;
  for (std::string line; std::getline(in, line);) {
    out.insert(line);
  }
  return out;
}

bool any_starts_with(const std::set<std::string>& lines, const std::string& start) {
  return std::ranges::any_of(lines, [&](const std::string& line) { return line.starts_with(start); });
}

TEST(BitstreamsTest, EveryManifestHasAConfigurationThatConnectsEveryPort) {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(kRoot / "bitstreams/manifests")) {
    SCOPED_TRACE(entry.path().string());
    ++count;
    std::ifstream in(entry.path());
    const nlohmann::json manifest = nlohmann::json::parse(in);
    EXPECT_TRUE(manifest.at("part").get<std::string>().starts_with("xcu"));
    EXPECT_FALSE(manifest.at("platform").get<std::string>().empty());
    const std::set<std::string> config = lines_of(kRoot / manifest.at("config").get<std::string>());
    const auto units = manifest.at("units").get<std::vector<std::string>>();
    EXPECT_TRUE(config.contains("kernel_frequency=" + manifest.at("kernel_frequency_mhz").dump()));
    std::istringstream kernels(manifest.at("kernels").get<std::string>());
    std::size_t num_units = 0;
    for (std::string name; kernels >> name;) {
      const abi::KernelAbi* kernel = abi::find_kernel(name);
      ASSERT_NE(kernel, nullptr) << name;
      std::string names;
      std::size_t units_of_it = 0;
      for (const std::string& unit : units) {
        if (unit.substr(0, unit.rfind('_')) != name) {
          continue;
        }
        ++units_of_it;
        names += (names.empty() ? "" : ".") + unit;
        EXPECT_TRUE(any_starts_with(config, "slr=" + unit + ":SLR")) << unit;
        for (const abi::Argument& argument : kernel->arguments) {
          const std::string start = "sp=" + unit + "." + std::string(argument.name) + ":";
          EXPECT_EQ(any_starts_with(config, start), argument.is_buffer) << start;
        }
      }
      EXPECT_TRUE(config.contains(fmt::format("nk={}:{}:{}", name, units_of_it, names))) << name;
      num_units += units_of_it;
    }
    EXPECT_EQ(num_units, units.size());
  }
  EXPECT_GE(count, 3U);
}

std::string memory_of(const std::set<std::string>& config, const std::string& unit, std::string_view argument) {
  const std::string start = fmt::format("sp={}.{}:", unit, argument);
  const auto line = std::ranges::find_if(config, [&](const std::string& l) { return l.starts_with(start); });
  return line == config.end() ? "none" : line->substr(start.size());
}

// What a driver needs to run a quotient's sum as a chain (host/device/quotient/quotient_card.hpp).
TEST(BitstreamsTest, UnitsOfAChainHaveTheirMemoriesInCommon) {
  const std::set<std::string> config = lines_of(kRoot / "bitstreams/platforms/u55c_groth16.cfg");
  for (const int k : {1, 2}) {
    const std::string hadamard = fmt::format("hadamard_fr_{}", k);
    for (const char* channel : {"0", "1"}) {
      const std::string in = memory_of(config, "ntt_fr_1", std::string("in_") + channel);
      EXPECT_EQ(memory_of(config, "ntt_fr_1", std::string("out_") + channel), in);
      EXPECT_EQ(memory_of(config, hadamard, std::string("in_") + channel), in);
    }
    EXPECT_EQ(memory_of(config, hadamard, "out"), memory_of(config, fmt::format("msm_g1_{}", k), "scalars"));
  }
}

// Every port of the kernels' descriptions is a bus that the packaging script associates with the clock.
TEST(BitstreamsTest, PackagingKnowsEveryPort) {
  std::ifstream in(kRoot / "bitstreams/scripts/package_rtl.tcl");
  const std::string script{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  for (const std::string_view name : {"msm_g1", "ntt_fr", "hadamard_fr"}) {
    std::string list;
    for (const abi::Port& port : abi::find_kernel(name)->ports) {
      list += (list.empty() ? "m_axi_" : " m_axi_") + std::string(port.name);
    }
    EXPECT_NE(script.find(fmt::format("{} {{{}}}", name, list)), std::string::npos) << name;
  }
}

struct Outcome {
  int code;
  std::string text;
};

// Nothing of Vitis is in this PATH.
Outcome build(const std::string& arguments) {
  const std::string command =
      "PATH=/usr/bin:/bin " + (kRoot / "bitstreams/scripts/build.sh").string() + " " + arguments + " 2>&1";
  std::FILE* pipe = popen(command.c_str(), "r");
  std::string text;
  std::array<char, 256> buffer{};
  while (pipe != nullptr && std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) {
    text += buffer.data();
  }
  const int status = pipe == nullptr ? -1 : pclose(pipe);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text};
}

TEST(BitstreamsTest, BuildingWithoutVitisNamesWhatIsMissing) {
  const std::string out = ::testing::TempDir() + "/no_vitis";
  const Outcome rtl = build("u55c rtl '' " + out);
  EXPECT_EQ(rtl.code, 2);
  for (const char* word : {"v++", "vivado", "U55C", "xilinx_u55c"}) {
    EXPECT_NE(rtl.text.find(word), std::string::npos) << rtl.text;
  }
  const Outcome hls = build("u250 hls my_platform " + out);
  EXPECT_EQ(hls.code, 2);
  EXPECT_NE(hls.text.find("expected rtl, found hls"), std::string::npos) << hls.text;
  EXPECT_NE(hls.text.find("more accesses an iteration than a memory has ports"), std::string::npos) << hls.text;
  EXPECT_NE(build("u280 rtl '' " + out).text.find("u250 u55c u55c_groth16"), std::string::npos);
  EXPECT_NE(build("u55c vhdl '' " + out).text.find("rtl or hls"), std::string::npos);
  EXPECT_FALSE(fs::exists(out));
}

}  // namespace
}  // namespace proofcard::device
