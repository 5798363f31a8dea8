// The views of cards: --report, --trace and the page of card-report agree with completion records and with each other.
#include <array>
#include <map>
#include <set>

#include "host/device/abi/abi.hpp"
#include "host/device/abi/abi_ntt_fr.hpp"
#include "host/report/cards/card_report.hpp"
#include "host/report/cards/roofline.hpp"
#include "host/report/cards/workload_figures.hpp"
#include "host/report/html.hpp"
#include "tests/groth16/small_key.hpp"
#include "tests/tools/workspace.hpp"

namespace proofcard::tools {
namespace {

using Json = nlohmann::json;
using ::testing::Test;

device::Counters counters_of(const device::abi::KernelAbi& kernel, std::vector<std::uint64_t> record) {
  device::Counters out;
  out.kernel = &kernel;
  out.jobs = 2;
  out.in_bytes = 3000;
  out.out_bytes = 1000;
  out.record = std::move(record);
  return out;
}

// A card with an adder and, for a second kernel, butterflies; only the first one's memory is counted.
CardReport example_report() {
  CardReport report;
  report.device = "a<b>";
  report.cards = {{"a<b>", "name & \"more\"", "0123", {{"msm_g1_1", "msm_g1", "RTL", 0x1234}}}};
  report.clock_mhz = 250;
  report.copy_gb_per_s = 8;
  ReportedWorkload sums;
  sums.name = "sums of <points>";
  sums.kernel = "msm_g1";
  sums.items = 4000;
  sums.item = "points";
  sums.counts_memory = true;
  // cycles, busy, digits, stalled by memory, by the queue, draining, folding
  sums.units = {{0, "msm_g1_1", counters_of(device::abi::kKernel, {1'234'567, 617'284, 9000, 123'456, 7, 0, 5})}};
  device::MemoryUse memory{300, {{"HBM[0]", 15'000'000'000, 20'000'000, 0, 12, 3, 0}}};
  memory.channels.push_back({"HBM[1]", 15'000'000'000, 0, 1'000'000, 4, 3, 0});
  memory.channels.push_back({"HBM[2]", 15'000'000'000, 0, 0, 0, 3, 0});
  memory.channels.push_back({"HBM[3]", 15'000'000'000, 0, 0, 0, 3, 0, 2'048, 0});  // copies only
  sums.memory = {memory};
  ReportedWorkload transforms;
  transforms.name = "transforms";
  transforms.kernel = "ntt_fr";
  transforms.item = "elements";
  transforms.operations = 700;
  transforms.units = {{0, "ntt_fr_1", counters_of(device::abi::ntt_fr::kKernel, {2000, 500, 40, 30, 0, 0})}};
  transforms.memory = {std::nullopt};
  report.workloads = {sums, transforms};
  return report;
}

TEST(WorkloadFiguresTest, FollowFromTheCounters) {
  const CardReport report = example_report();
  const WorkloadFigures f = figures_of(report, report.workloads[0]);
  EXPECT_EQ(f.longest_cycles, 1'234'567U);
  EXPECT_EQ(f.operations, 617'284U);
  EXPECT_EQ(f.channel_bytes, 21'000'000U);
  EXPECT_EQ(f.channels.size(), 3U);  // without traffic: not used
  EXPECT_EQ(f.num_channels, 2U);     // without traffic of kernels
  EXPECT_DOUBLE_EQ(f.peak_bytes_per_second, 30e9);
  EXPECT_NEAR(f.kernel_ms, 1'234'567 / 250e3, 1e-9);
  // The channel's peak is of the clock that the memory was modelled with, not of the projection's.
  ASSERT_NE(f.busiest(), nullptr);
  EXPECT_EQ(f.busiest()->use.tag, "HBM[0]");
  EXPECT_NEAR(f.busiest()->utilisation, 20e6 / (15e9 * 1'234'567 / 300e6), 1e-9);
  EXPECT_NEAR(f.busiest()->bytes_a_cycle, 20e6 / 1'234'567, 1e-9);
  EXPECT_NEAR(f.intensity(), 617'284 / 21e6, 1e-9);
  EXPECT_DOUBLE_EQ(f.peak_operations_per_second, 250e6);

  const WorkloadFigures transforms = figures_of(report, report.workloads[1]);
  EXPECT_FALSE(transforms.has_memory);
  EXPECT_EQ(transforms.operations, 700U);  // not 1000: a lane may have had nothing to do
  EXPECT_EQ(transforms.busiest(), nullptr);
}

TEST(CardReportTest, PageHasTheMeasuredValuesAndEscapesText) {
  const std::string page = card_report_html(example_report());
  for (const char* expected :
       {"1&#8239;234&#8239;567", "617&#8239;284", "9&#8239;000", "50.0&#8239;%", "10.0&#8239;%", "20.0&#8239;MB",
        "1.00&#8239;MB", "HBM[0]", "32.4&#8239;%", "4.94&#8239;ms", "Projection, not a measurement", "0000000000001234",
        "Not counted: this card has no statistics", "stall_<wbr>load_<wbr>cycles", "stalled: loads",
        "By its own count the kernel loaded 2.56&#8239;kB and stored 1.92&#8239;kB"}) {
    EXPECT_NE(page.find(expected), std::string::npos) << expected;
  }
  EXPECT_EQ(page.find("HBM[2]"), std::string::npos);
  EXPECT_EQ(page.find("a<b>"), std::string::npos);
  EXPECT_EQ(page.find("<points>"), std::string::npos);
  EXPECT_NE(page.find("2 channels: 30.0 GB/s"), std::string::npos);  // those that kernels used
  EXPECT_NE(page.find("HBM[3]"), std::string::npos);
  EXPECT_NE(page.find("sums of &lt;points&gt;"), std::string::npos);
  EXPECT_NE(page.find("name &amp; &quot;more&quot;"), std::string::npos);
  // One roofline, of the kernel whose bytes are known.
  EXPECT_NE(page.find("Roofline of the adder"), std::string::npos);
  EXPECT_EQ(page.find("Roofline of the butterflies"), std::string::npos);
}

TEST(CardReportTest, CardsWithoutStatisticsSaySo) {
  CardReport report = example_report();
  report.workloads[0].memory = {std::nullopt};
  const std::string page = card_report_html(report);
  EXPECT_EQ(page.find("<svg"), std::string::npos);
  EXPECT_NE(page.find("None: it needs the bytes at memory channels"), std::string::npos);
  EXPECT_EQ(page.find("busiest channel"), std::string::npos);
}

TEST(RooflineTest, ReachIsTheLowerOfBothBounds) {
  const Roofline roofline{"additions", 300e6, 15e9, "flat", "slope", {{7, "p<", 0.01, 1e8}}};
  EXPECT_DOUBLE_EQ(roofline.reach(0.01), 150e6);
  EXPECT_DOUBLE_EQ(roofline.reach(1), 300e6);
  const std::string svg = roofline_svg(roofline);
  EXPECT_NE(svg.find(">7</text>"), std::string::npos);
  EXPECT_NE(svg.find("p&lt;"), std::string::npos);
  EXPECT_EQ(svg.find("nan"), std::string::npos);
}

TEST(HtmlTest, NumbersHaveFewDigitsAndAUnit) {
  EXPECT_EQ(html::grouped(0), "0");
  EXPECT_EQ(html::grouped(1'000), "1&#8239;000");
  EXPECT_EQ(html::scaled(14.375e9, "B/s"), "14.4&#8239;GB/s");
  EXPECT_EQ(html::scaled(999.6, "B"), "1.00&#8239;kB");
  EXPECT_EQ(html::duration(0.0123), "12.3&#8239;&#181;s");
  EXPECT_EQ(html::duration(2500), "2.50&#8239;s");
  EXPECT_EQ(html::percent(0.9734), "97.3&#8239;%");
  EXPECT_EQ(html::percent(1e-5), "&lt;0.1&#8239;%");
  EXPECT_EQ(html::percent(0), "0.0&#8239;%");
  EXPECT_EQ(html::ratio(1, 0), 0);
  EXPECT_EQ(html::title("2^12 < 2^x^"), "2<sup>12</sup> &lt; 2^x^");
}

bool have_card(const std::string& target) {
  return std::filesystem::exists(std::filesystem::path(PROOFCARD_PROGRAM).parent_path() /
                                 ("msm_g1." + target + ".xclbin"));
}

class CardViewsTest : public testing::Workspace {
 protected:
  void SetUp() override {
    Workspace::SetUp();
    if (!have_card("sw_emu")) {
      GTEST_SKIP() << "this build has no emulated card";
    }
  }

  void write_bytes(const std::string& name, const Bytes& bytes) const {
    write(name, std::string(bytes.begin(), bytes.end()));
  }
};

// The rules by which Perfetto and chrome://tracing read the file.
void expect_well_formed(const Json& events) {
  struct Span {
    double begin;
    double end;
  };
  std::map<int, std::vector<Span>> tracks;
  std::map<int, int> process_of;
  std::set<int> named_processes;
  std::set<int> named_tracks;
  std::map<int, std::vector<std::string>> flows;
  const auto inside = [&](int track, double at) {
    return std::ranges::any_of(tracks[track], [&](const Span& s) { return s.begin <= at && at <= s.end; });
  };
  for (const Json& event : events) {
    const int process = event["pid"];
    const int track = event["tid"];
    EXPECT_GT(process, 0) << event;
    EXPECT_GT(track, 0) << event;
    EXPECT_TRUE(process_of.try_emplace(track, process).first->second == process)
        << "a track of two processes: " << event;
    if (event["name"] == "process_name") {
      named_processes.insert(process);
    } else if (event["name"] == "thread_name") {
      named_tracks.insert(track);
    } else if (event["ph"] == "X") {
      EXPECT_GE(event["ts"].get<double>(), 0);
      EXPECT_GE(event["dur"].get<double>(), 0);
      EXPECT_TRUE(named_processes.contains(process) && named_tracks.contains(track)) << event;
      tracks[track].push_back({event["ts"], event["ts"].get<double>() + event["dur"].get<double>()});
    }
  }
  for (auto& [track, spans] : tracks) {
    std::ranges::sort(spans, {}, &Span::begin);
    for (std::size_t i = 1; i < spans.size(); ++i) {
      EXPECT_GE(spans[i].begin, spans[i - 1].end - 0.002) << "events of track " << track << " overlap";
    }
  }
  for (const Json& event : events) {
    if (const std::string phase = event["ph"]; phase == "s" || phase == "t" || phase == "f") {
      flows[event["id"]].push_back(phase);
      EXPECT_TRUE(inside(event["tid"], event["ts"])) << "a flow that is bound to nothing: " << event;
    }
  }
  EXPECT_FALSE(flows.empty());
  for (const auto& [id, phases] : flows) {
    EXPECT_EQ(phases, (std::vector<std::string>{"s", "t", "f"})) << id;
  }
}

TEST_F(CardViewsTest, Groth16ReportAddsUpTheRecordsInItsTrace) {
  const groth16::testing::SmallCircuit circuit = groth16::testing::make_circuit(Fr::from_u64(3), Fr::from_u64(5));
  write_bytes("circuit.zkey", groth16::testing::zkey_of(circuit).bytes());
  write_bytes("witness.wtns", groth16::testing::wtns_of(circuit.witness).bytes());
  ok("groth16 prove circuit.zkey witness.wtns proof.json public.json --device sw_emu --report report.json --trace "
     "trace.json");
  const Json report = json("report.json");
  EXPECT_EQ(report["command"], "groth16 prove");
  EXPECT_GT(report["prove_ms"], 0);
  EXPECT_GT(report["stages"]["read key"], 0);
  ASSERT_EQ(report["cards"].size(), 1U);
  EXPECT_TRUE(report["cards"][0]["memory"].is_null());  // HLS kernels run without a memory model
  const Json events = json("trace.json")["traceEvents"];
  expect_well_formed(events);

  std::set<std::string> kernels_that_worked;
  for (const Json& unit : report["cards"][0]["units"]) {
    const std::string kernel = unit["kernel"];
    std::uint64_t traced_jobs = 0;
    std::map<std::string, std::uint64_t> sums;
    for (const Json& event : events) {
      if (event["ph"] == "X" && event["name"] == kernel) {
        ++traced_jobs;
        for (const auto& [name, value] : event["args"].items()) {
          sums[name] += value.get<std::uint64_t>();
        }
      }
    }
    // The first job of a unit asks what it is, before the trace begins.
    EXPECT_EQ(unit["jobs"], traced_jobs + 1) << unit;
    if (traced_jobs != 0) {
      kernels_that_worked.insert(kernel);
      for (const std::string counter : {"busy_cycles", kernel == "msm_g1" ? "num_digits" : "loaded_words"}) {
        EXPECT_GT(unit[counter], 0) << unit;
        EXPECT_EQ(unit[counter], sums[counter]) << unit;
      }
      EXPECT_GE(unit["cycles"], sums["cycles"]) << unit;
      EXPECT_GT(unit["in_bytes"], 0) << unit;
      EXPECT_GT(unit["kernel_ms"], 0) << unit;
    }
  }
  EXPECT_EQ(kernels_that_worked, (std::set<std::string>{"hadamard_fr", "msm_g1", "ntt_fr"}));
}

TEST_F(CardViewsTest, TraceOfTransformsHasTheirArguments) {
  ok("bench ntt --field goldilocks --log-size 8 --batch 64 --repeat 1 --device sw_emu --trace trace.json");
  const Json events = json("trace.json")["traceEvents"];
  expect_well_formed(events);
  const auto job = std::ranges::find_if(events, [](const Json& event) { return event["name"] == "ntt_gl"; });
  ASSERT_NE(job, events.end());
  EXPECT_EQ((*job)["args"]["log_n"], 8);
  EXPECT_EQ((*job)["args"]["batch"], 64);
  EXPECT_EQ((*job)["args"]["busy_cycles"], 64 * 8 * 128 / 64);
}

TEST_F(CardViewsTest, PageOfTheHlsCardHasSumsAndTransforms) {
  ok("card-report page.html --log-size 8");
  const std::string page = content("page.html");
  for (const char* expected :
       {"One sum of 2<sup>8</sup> points, uniform", "90 % of the scalars", "64 rows of 256 points",
        "One transform of 2<sup>8</sup> elements of Fr", "16 transforms of 2<sup>4</sup> elements of Goldilocks",
        "lower bound", "this card has no statistics"}) {
    EXPECT_NE(page.find(expected), std::string::npos) << expected;
  }
  // Butterflies are known: 16 4 2^3 of them over Fr, two a cycle.
  EXPECT_NE(page.find("<td>256</td>"), std::string::npos);
}

// Every byte of the words that the transforms' records count went through the channels, and little else.
TEST_F(CardViewsTest, ChannelsOfTheRtlCardCarryWhatRecordsCount) {
  if (!have_card("hw_emu")) {
    GTEST_SKIP() << "this build has no RTL card";
  }
  const groth16::testing::SmallCircuit circuit = groth16::testing::make_circuit(Fr::from_u64(3), Fr::from_u64(5));
  write_bytes("circuit.zkey", groth16::testing::zkey_of(circuit).bytes());
  write_bytes("witness.wtns", groth16::testing::wtns_of(circuit.witness).bytes());
  ok("groth16 prove circuit.zkey witness.wtns proof.json public.json --device hw_emu --report report.json");
  const Json card = json("report.json")["cards"][0];
  ASSERT_FALSE(card["memory"].is_null());
  EXPECT_EQ(card["memory"]["kernel_mhz"], 300);
  std::map<std::string, std::uint64_t> read;
  std::map<std::string, std::uint64_t> written;
  std::uint64_t copied_in = 0, copied_out = 0;
  for (const Json& channel : card["memory"]["channels"]) {
    read[channel["channel"]] = channel["read_bytes"];
    written[channel["channel"]] = channel["written_bytes"];
    copied_in += channel["copied_in_bytes"].get<std::uint64_t>();
    copied_out += channel["copied_out_bytes"].get<std::uint64_t>();
    EXPECT_GT(channel["peak_bytes_per_second"], 10'000'000'000);
  }
  const Json& units = card["units"];
  const auto words = [&](const std::string& kernel, const char* counter) {
    const auto unit = std::ranges::find_if(units, [&](const Json& one) { return one["kernel"] == kernel; });
    EXPECT_NE(unit, units.end()) << kernel;
    return unit == units.end() ? 0 : (*unit)[counter].get<std::uint64_t>();
  };
  // Two channels of 32 bytes a word each (bitstreams/emulated/u55c_rtl.json); the second has neither constants nor
  // records.
  EXPECT_EQ(read["HBM[6]"] + read["HBM[7]"],
            32 * (words("ntt_fr", "loaded_words") + words("hadamard_fr", "loaded_words")));
  EXPECT_EQ(written["HBM[6]"] + written["HBM[7]"], 32 * words("ntt_fr", "stored_words"));
  EXPECT_GT(read["HBM[4]"], read["HBM[6]"]);
  // Sums: bases and scalars are read, results and records written; where the bases are, ntt_gl has its records.
  EXPECT_GT(read["HBM[0]"], 0U);
  EXPECT_EQ(written["HBM[0]"], 64 * words("ntt_gl", "jobs"));
  EXPECT_GT(written["HBM[2]"], 0U);
  // The file is of the last job's end: its results and record were copied out after that.
  EXPECT_EQ(copied_in, card["in_bytes"]);
  EXPECT_LT(copied_out, card["out_bytes"]);
  EXPECT_GT(copied_out, 0U);
}

}  // namespace
}  // namespace proofcard::tools
