// What is under bitstreams/ agrees: manifests, link configurations, the ABI; and without Vitis the build says so.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "host/device/abi.hpp"

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
    EXPECT_EQ(manifest.at("kernel"), std::string(abi::kKernelName));
    EXPECT_TRUE(manifest.at("part").get<std::string>().starts_with("xcu"));
    EXPECT_FALSE(manifest.at("platform").get<std::string>().empty());
    const std::set<std::string> config = lines_of(kRoot / manifest.at("config").get<std::string>());
    const auto units = manifest.at("units").get<std::vector<std::string>>();
    EXPECT_TRUE(config.contains("kernel_frequency=" + manifest.at("kernel_frequency_mhz").dump()));
    std::string names;
    for (const std::string& unit : units) {
      names += (names.empty() ? "" : ".") + unit;
      EXPECT_TRUE(any_starts_with(config, "slr=" + unit + ":SLR")) << unit;
      for (const abi::Argument& argument : abi::kArguments) {
        const std::string start = "sp=" + unit + "." + std::string(argument.name) + ":";
        EXPECT_EQ(any_starts_with(config, start), argument.is_buffer) << start;
      }
    }
    EXPECT_TRUE(config.contains("nk=msm_g1:" + std::to_string(units.size()) + ":" + names));
  }
  EXPECT_GE(count, 2U);
}

// Every port of the kernel's description is a bus that the packaging script associates with the clock.
TEST(BitstreamsTest, PackagingKnowsEveryPort) {
  std::ifstream in(kRoot / "bitstreams/scripts/package_rtl.tcl");
  const std::string script{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  for (const abi::Port& port : abi::kPorts) {
    EXPECT_NE(script.find("m_axi_" + std::string(port.name)), std::string::npos) << port.name;
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
  EXPECT_EQ(hls.text.find("vivado"), std::string::npos) << hls.text;
  EXPECT_NE(hls.text.find("my_platform"), std::string::npos) << hls.text;
  EXPECT_NE(build("u280 rtl '' " + out).text.find("u250 u55c"), std::string::npos);
  EXPECT_NE(build("u55c vhdl '' " + out).text.find("rtl or hls"), std::string::npos);
  EXPECT_FALSE(fs::exists(out));
}

}  // namespace
}  // namespace proofcard::device
