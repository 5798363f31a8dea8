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
  const Json& chain = card["quotients"];
  EXPECT_EQ(chain["chains"], 1);
  EXPECT_EQ(chain["transform_jobs"], 2);
  EXPECT_EQ(chain["hadamard_jobs"], 1);
  const std::size_t vectors = 3 * 32 << SmallCircuit::kLogDomain;
  EXPECT_EQ(chain["in_bytes"], vectors + 3 * 64);
  EXPECT_EQ(chain["out_bytes"], 3 * 64);  // records
  // Everything that came back: records of the jobs of sums and the probes of all units, and windows, 128 bytes each.
  EXPECT_GT(card["in_bytes"], vectors);
  const std::size_t sums = card["units"][0]["out_bytes"];
  EXPECT_LE(card["out_bytes"], sums + chain["out_bytes"].get<std::size_t>() + 6 * 64);

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
