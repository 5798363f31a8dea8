// A card whose sums are wrong: no key, proof or commitment is made of them, and the command says that it was the card.
#include "host/groth16/prover.hpp"
#include "host/session/model.hpp"
#include "host/session/proving.hpp"
#include "host/session/setup.hpp"
#include "tests/groth16/small_key.hpp"
#include "tests/tools/workspace.hpp"

namespace proofcard::tools {
namespace {

using curve::G1;
using curve::G1Affine;

// The CPU's sums, but for one: of a call, and of a row in it (modulo the number of rows), which is G more.
class LyingMsm final : public kernels::Msm {
 public:
  LyingMsm(std::size_t call, std::size_t row) : call_(call), row_(row) {}
  std::string_view name() const override { return "liar"; }
  bool is_trusted() const override { return false; }
  Result<std::shared_ptr<const kernels::MsmBases>> load_bases(std::span<const G1Affine> bases) const override {
    return kernels::cpu_msm().load_bases(bases);
  }
  Status rows(std::span<G1Affine> out, const kernels::MsmBases& bases, const IntSpan& scalars,
              std::size_t row_len) const override {
    PROOFCARD_RETURN_IF_ERROR(kernels::cpu_msm().rows(out, bases, scalars, row_len));
    spoil(out);
    return {};
  }
  Status rows(std::span<G1Affine> out, const kernels::MsmBases& bases, std::span<const Fr> scalars,
              std::size_t row_len) const override {
    PROOFCARD_RETURN_IF_ERROR(kernels::cpu_msm().rows(out, bases, scalars, row_len));
    spoil(out);
    return {};
  }
  Result<G1Affine> once(std::span<const G1Affine> points, std::span<const Fr> scalars) const override {
    ++num_decisions_;
    return kernels::cpu_msm().once(points, scalars);
  }

  std::size_t num_calls() const { return num_calls_; }
  std::size_t max_rows() const { return max_rows_; }
  // Sums over points that are used once: those on which a verifier decides.
  std::size_t num_decisions() const { return num_decisions_; }

 private:
  void spoil(std::span<G1Affine> out) const {
    max_rows_ = std::max(max_rows_, out.size());
    if (num_calls_++ == call_ && !out.empty()) {
      G1Affine& spoilt = out[row_ % out.size()];
      spoilt = (G1(spoilt) + G1::generator()).to_affine();
    }
  }

  std::size_t call_;
  std::size_t row_;
  mutable std::size_t num_calls_ = 0;
  mutable std::size_t max_rows_ = 0;
  mutable std::size_t num_decisions_ = 0;
};

constexpr std::size_t kNever = SIZE_MAX;

class LyingMsmTest : public testing::Workspace {
 protected:
  static CompiledModel model() {
    ModelOptions options;
    options.calibration = example("diagnosis", "samples.json");
    options.compile.output = circuit::Visibility::kCommitted;
    return compile_onnx(example("diagnosis", "model.onnx"), options).value().model;
  }
  static Result<ProverKey> key(const kernels::Msm& msm) {
    Stages stages;
    return make_key(model(), {msm, kernels::cpu_int_gemm()}, true, stages);
  }
  static Result<ProofResult> prove(const kernels::Msm& msm) {
    Stages stages;
    PROOFCARD_TRY(ProverKey right, key(kernels::cpu_msm()));
    ClippedTensors clipped;
    PROOFCARD_TRY(const auto inputs,
                  load_batch(right.model.graph, 1, example("diagnosis", "input.json"), false, clipped));
    PROOFCARD_TRY(const auto session, ProvingSession::make(std::move(right), {msm, kernels::cpu_int_gemm()}, stages));
    return session.prove(inputs, true, std::nullopt, stages);
  }

  // make is right with no lie, and a device fault with any one.
  template <class Make>
  static void expect_fault_wherever_it_lies(Make make, const std::string& made) {
    const LyingMsm honest(kNever, 0);
    ASSERT_TRUE(make(honest).ok());
    ASSERT_GT(honest.num_calls(), 2U);
    EXPECT_EQ(honest.num_decisions(), 0U);
    for (std::size_t call = 0; call < honest.num_calls(); ++call) {
      for (std::size_t row = 0; row < honest.max_rows(); row = 2 * row + 1) {
        const LyingMsm liar(call, row);
        const auto result = make(liar);
        ASSERT_FALSE(result.ok()) << "call " << call << ", row " << row;
        EXPECT_EQ(result.error().kind, ErrorKind::kDeviceFault);
        EXPECT_NE(result.error().message().find("liar: the " + made), std::string::npos) << result.error().message();
      }
    }
  }
};

TEST_F(LyingMsmTest, NoKeyIsMadeOfAWrongSum) { expect_fault_wherever_it_lies(key, "key"); }

TEST_F(LyingMsmTest, NoProofIsMadeOfAWrongSum) { expect_fault_wherever_it_lies(prove, "proof"); }

class Groth16Files : public testing::Workspace {
 protected:
  void write_bytes(const std::string& name, const Bytes& bytes) const {
    write(name, std::string(bytes.begin(), bytes.end()));
  }
  void write_circuit(const groth16::testing::SmallCircuit& circuit) const {
    write_bytes("circuit.zkey", groth16::testing::zkey_of(circuit).bytes());
    write_bytes("witness.wtns", groth16::testing::wtns_of(circuit.witness).bytes());
  }
};

TEST_F(Groth16Files, TheProverDoesNotAskTheCardWhetherItsProofIsRight) {
  write_circuit(groth16::testing::make_circuit(Fr::from_i64(-5), Fr::from_u64(77)));
  const auto zkey = groth16::Zkey::open(path("circuit.zkey"));
  const auto witness = groth16::Witness::open(path("witness.wtns"));
  ASSERT_TRUE(zkey.ok() && witness.ok());
  const LyingMsm honest(kNever, 0);
  const auto prover = groth16::Prover::load(*zkey, {honest, kernels::cpu_quotient_sum()});
  ASSERT_TRUE(prover.ok());
  Stages stages;
  ASSERT_TRUE(prover->prove(*witness, hash::BlindingSource::from_system().value(), stages).ok());
  EXPECT_GT(honest.num_calls(), 2U);
  EXPECT_EQ(honest.num_decisions(), 0U);
}

class LyingCardTest : public Groth16Files {
 protected:
  void SetUp() override {
    Workspace::SetUp();
    const auto xclbin = std::filesystem::path(PROOFCARD_PROGRAM).parent_path() / "msm_g1.sw_emu_lying.xclbin";
    if (!std::filesystem::exists(xclbin)) {
      GTEST_SKIP() << "this build has no emulated card";
    }
    device_ = " --device 'sw_emu@" + xclbin.string() + "'";
  }
  static std::string lying(const std::string& how) { return "PROOFCARD_TEST_LIE=" + how; }

  std::string device_;
};

// What a card counts, and what was cut off, follow from secrets: only the owner may read it.
TEST_F(LyingCardTest, WithoutALieEverythingWorks) {
  make_keys("diagnosis", "--output committed", device_ + " --report setup.json");
  const std::string prove = "prove model.pk " + example("diagnosis", "input.json") + " -o proof.bin --output-opening y";
  ok(prove + device_ + " --report card.json --trace card_trace.json");
  ok("verify model.vk proof.bin --output-commitment y.commit");
  ok(prove + " --force --report cpu.json --trace cpu_trace.json", "umask 022;");
  for (const char* name : {"setup.json", "card.json", "card_trace.json", "cpu.json"}) {
    EXPECT_EQ(mode(name), 0600U) << name;
  }
  EXPECT_EQ(mode("cpu_trace.json"), 0644U);
}

TEST_F(LyingCardTest, NeitherKeyNorProofIsWritten) {
  make_keys("diagnosis", "--output committed");
  const std::string prove = "prove model.pk " + example("diagnosis", "input.json") + " -o proof.bin --output-opening y";
  for (const std::string lie : {"zeros", "off_curve", "non_canonical"}) {
    fails(3, prove + device_, "not a point of the curve", lying(lie));
  }
  for (const std::string lie : {"infinity", "generator", "swapped"}) {
    fails(3, prove + device_, "sw_emu@", lying(lie));
    fails(3, "setup model.pcm -o new" + device_, "the key that was made with its sums does not verify", lying(lie));
  }
}

TEST_F(LyingCardTest, Groth16SaysWhetherTheWitnessOrTheCardIsWrong) {
  auto circuit = groth16::testing::make_circuit(Fr::from_i64(-5), Fr::from_u64(77));
  write_circuit(circuit);
  const std::string prove = "groth16 prove circuit.zkey witness.wtns proof.json public.json" + device_;
  ok(prove);
  std::filesystem::remove(path("proof.json"));
  std::filesystem::remove(path("public.json"));
  for (const std::string lie : {"infinity", "generator", "swapped", "transform", "product"}) {
    fails(3, prove, "the proof that was made with its sums does not verify", lying(lie));
  }
  fails(3, prove, "not a point of the curve", lying("zeros"));
  circuit.witness.back() += Fr::one();
  write_bytes("witness.wtns", groth16::testing::wtns_of(circuit.witness).bytes());
  fails(2, prove, "witness.wtns: expected values that satisfy the circuit");
}

}  // namespace
}  // namespace proofcard::tools
