// groth16 prove on a card, from the command line: what --report and --trace say of the chain.
#include <set>

#include "tests/groth16/small_key.hpp"
#include "tests/tools/workspace.hpp"

namespace proofcard::tools {
namespace {

using groth16::testing::SmallCircuit;
using Json = nlohmann::json;

class Groth16CardTest : public testing::Workspace {
 protected:
  void SetUp() override {
    Workspace::SetUp();
    if (!std::filesystem::exists(std::filesystem::path(PROOFCARD_PROGRAM).parent_path() / "msm_g1.sw_emu.xclbin")) {
      GTEST_SKIP() << "this build has no emulated card";
    }
    const SmallCircuit circuit = groth16::testing::make_circuit(Fr::from_i64(-5), Fr::from_u64(77));
    write_bytes("circuit.zkey", groth16::testing::zkey_of(circuit).bytes());
    write_bytes("witness.wtns", groth16::testing::wtns_of(circuit.witness).bytes());
  }
  void write_bytes(const std::string& name, const Bytes& bytes) const {
    write(name, std::string(bytes.begin(), bytes.end()));
  }
};

TEST_F(Groth16CardTest, ReportAndTraceShowThatNoVectorReturned) {
  const std::string out =
      ok("groth16 prove circuit.zkey witness.wtns proof.json public.json --device sw_emu --report report.json --trace "
         "trace.json")
          .out;
  EXPECT_NE(out.find("quotient on sw_emu"), std::string::npos) << out;
  const Json report = json("report.json");
  EXPECT_EQ(report["command"], "groth16 prove");
  EXPECT_EQ(report["composed_quotients"], 0);
  const Json& card = report["cards"][0];
  EXPECT_EQ(card["quotient_chains"], 1);
  const auto unit = [&](const std::string& kernel) {
    for (const Json& one : card["units"]) {
      if (one["kernel"] == kernel) {
        return one;
      }
    }
    ADD_FAILURE() << "no unit of " << kernel;
    return Json();
  };
  // Two transforms of three vectors, the product, the sum; every unit was asked what it is.
  // Every job copies its record there and back.
  const std::size_t vectors = 3 * 32 << SmallCircuit::kLogDomain;
  const Json transforms = unit("ntt_fr"), products = unit("hadamard_fr"), sums = unit("msm_g1");
  EXPECT_EQ(transforms["jobs"], 1 + 2);
  EXPECT_EQ(transforms["in_bytes"], vectors + 3 * 64);
  EXPECT_EQ(transforms["out_bytes"], 3 * 64);
  EXPECT_EQ(products["jobs"], 1 + 1);
  EXPECT_EQ(products["in_bytes"], 2 * 64);
  EXPECT_EQ(products["out_bytes"], 2 * 64);
  // What came back in all: windows of 128 bytes of the sums, and records.
  std::size_t out_bytes = 0;
  for (const Json& one : card["units"]) {
    out_bytes += one["out_bytes"].get<std::size_t>();
  }
  EXPECT_EQ(card["out_bytes"], out_bytes);
  EXPECT_EQ(sums["out_bytes"].get<std::size_t>() % 64, 0U);
  EXPECT_GT(card["in_bytes"], vectors);

  std::set<std::string> kernels;
  const Json trace = json("trace.json");
  for (const Json& event : trace["traceEvents"]) {
    if (event["ph"] == "X") {
      kernels.insert(event["name"].get<std::string>());
    }
  }
  for (const char* kernel : {"ntt_fr", "hadamard_fr", "msm_g1"}) {
    EXPECT_TRUE(kernels.contains(kernel)) << kernel;
  }
}

}  // namespace
}  // namespace proofcard::tools
