// Cards on the command line: device list, info, selftest; traces; card reports.
#include <algorithm>
#include <set>

#include "host/report/cards/card_report.hpp"
#include "tests/tools/workspace.hpp"

namespace proofcard::tools {
namespace {

using Json = nlohmann::json;

// Whether this build has the emulated card sw_emu; tests of it are left out where XRT is not installed.
bool have_sw_emu() {
  return std::filesystem::exists(std::filesystem::path(PROOFCARD_PROGRAM).parent_path() / "msm_g1.sw_emu.xclbin");
}

class DeviceCommandTest : public testing::Workspace {};

TEST_F(DeviceCommandTest, ListSaysWhatCanBeOpenedAndWhyNot) {
  const Json devices = Json::parse(ok("device list --json").out)["devices"];
  ASSERT_GE(devices.size(), 4U);
  EXPECT_EQ(devices[0]["device"], "cpu");
  for (const Json& entry : devices) {
    EXPECT_FALSE(entry["what"].get<std::string>().empty()) << entry;
    if (entry["device"] == "sw_emu") {
      EXPECT_EQ(entry["available"], have_sw_emu());
    }
  }
  EXPECT_NE(ok("device list").out.find("hw_emu"), std::string::npos);
}

TEST_F(DeviceCommandTest, WhatIsNoCardIsRefused) {
  fails(2, "device info cpu", "device list");
  fails(2, "device selftest sw_emu,", "sw_emu,");
  fails(2, "card-report page.html --device cpu", "expected cards");
  fails(2, "device selftest sw_emu --waves unit.fst", "expected --device hw_emu");
  fails(2, "bench msm --device hw_emu --waves unit.fst --waves-cycles 5:5", "expected FROM:TO");
  fails(2, "bench msm --device sw_emu --card-memory lots", "card-memory");
  fails(2, "device info", "device is required");
  fails(2, "device info sw_emu --report x.json", "--report");
  fails(2, "device list sw_emu", "sw_emu");
  fails(2, "card-report", "out is required");
  fails(2, "card-report page.html --log-size 3", "--log-size");
  fails(2, "card-report page.html --clock-mhz none", "--clock-mhz");
  fails(2, "card-report missing/page.html", "missing");
}

class CardCommandTest : public DeviceCommandTest {
 protected:
  void SetUp() override {
    DeviceCommandTest::SetUp();
    if (!have_sw_emu()) {
      GTEST_SKIP() << "this build has no emulated card";
    }
  }
};

TEST_F(CardCommandTest, InfoDescribesEveryCard) {
  const Json cards = Json::parse(ok("device info 'sw_emu*2' --json").out)["cards"];
  ASSERT_EQ(cards.size(), 2U);
  EXPECT_EQ(cards[1]["card"], "sw_emu:1");
  EXPECT_EQ(cards[0]["implementation"], "HLS");
  EXPECT_EQ(cards[0]["abi_hash"].get<std::string>().size(), 16U);
  EXPECT_EQ(cards[0]["units"][0]["unit"], "msm_g1_1");
  EXPECT_EQ(cards[0]["units"][0]["memory"]["bases"]["bytes"], 512 << 20);
  std::set<std::string> kernels;
  for (const Json& unit : cards[0]["units"]) {
    kernels.insert(unit["kernel"].get<std::string>());
    EXPECT_EQ(unit["implementation"], "HLS") << unit;
    EXPECT_EQ(unit["abi_hash"].get<std::string>().size(), 16U) << unit;
    EXPECT_FALSE(unit["abilities"].get<std::string>().empty()) << unit;
    EXPECT_FALSE(unit["memory"].empty()) << unit;
  }
  EXPECT_TRUE(kernels.contains("msm_g1") && kernels.contains("ntt_fr") && kernels.contains("ntt_gl"));
  const std::string text = ok("device info sw_emu").out;
  for (const std::string expected : {"ABI hash", "can do", "transforms of up to 2^26 elements of Goldilocks", "512 MiB",
                                     "ntt_gl_1: in_15, out_15", "bits for scalars of 8, 16, 32, 254 bits"}) {
    EXPECT_NE(text.find(expected), std::string::npos) << expected << " in:\n" << text;
  }
}

TEST_F(CardCommandTest, SelftestPasses) {
  const Json result = Json::parse(ok("device selftest sw_emu --json").out);
  EXPECT_EQ(result["passed"], true);
  ASSERT_GE(result["cases"].size(), 10U);
  for (const Json& c : result["cases"]) {
    EXPECT_EQ(c["passed"], true) << c;
  }
  EXPECT_GT(result["cases"][0]["digits"], 0);
}

TEST_F(CardCommandTest, TraceHasStagesAndKernelsOfEveryCard) {
  ok("bench msm --log-size 12 --repeat 1 --device 'sw_emu*2' --card-memory 1MiB --trace trace.json");
  const Json events = Json::parse(read(path("trace.json")))["traceEvents"];
  std::set<int> processes_with_kernels;
  std::set<std::string> names;
  for (const Json& event : events) {
    names.insert(event["name"].get<std::string>());
    if (event["name"] == "msm_g1") {
      processes_with_kernels.insert(event["pid"].get<int>());
      EXPECT_GT(event["args"]["cycles"], 0);
    }
    if (event["ph"] == "X") {
      EXPECT_GE(event["ts"].get<double>(), 0);
      EXPECT_GE(event["dur"].get<double>(), 0);
    }
  }
  EXPECT_EQ(processes_with_kernels, (std::set<int>{2, 3}));
  EXPECT_TRUE(names.contains("copy in") && names.contains("copy out") && names.contains("msm"));
}

TEST_F(CardCommandTest, ReportPageIsSelfContained) {
  std::ofstream(path("resources.md")) << "| unit | DSP | LUT | FF | BRAM36 | URAM | LUT levels | carry bits |\n| --- "
                                         "|\n| point<add> | 2664 | 171000 | 509000 | 1.5 | 0 | 6 | 64 |\n";
  ok("card-report page.html --log-size 8 --resources resources.md");
  const std::string page = read(path("page.html"));
  EXPECT_NE(page.find("point&lt;add&gt;"), std::string::npos);
  EXPECT_NE(page.find("Projection, not a measurement"), std::string::npos);
  for (const char* outside : {"http", "src=", "<script", "@import", "url("}) {
    EXPECT_EQ(page.find(outside), std::string::npos) << outside;
  }
}

TEST(CardReportTest, ResourcesAreReadFromATable) {
  const auto rows = parse_resources("noise\n| unit | DSP |\n| a | 1 | 2 | 3 | 4.5 | 6 | 7 | 8 |\n", "file");
  ASSERT_TRUE(rows.ok());
  ASSERT_EQ(rows->size(), 1U);
  EXPECT_EQ((*rows)[0].unit, "a");
  EXPECT_EQ((*rows)[0].dsp, 1U);
  EXPECT_EQ((*rows)[0].bram, 4.5);
  EXPECT_EQ((*rows)[0].uram, 6U);
  EXPECT_FALSE(parse_resources("| a | b |\n", "file").ok());
}

}  // namespace
}  // namespace proofcard::tools
