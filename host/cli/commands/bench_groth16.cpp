// proofcard bench groth16
#include <fmt/format.h>

#include <memory>

#include "host/base/timer.hpp"
#include "host/cli/bench_report.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/console.hpp"
#include "host/formats/atomic_files.hpp"
#include "host/groth16/prover.hpp"
#include "host/groth16/verifier.hpp"
#include "host/groth16/zkey.hpp"
#include "host/report/run_report.hpp"
#include "host/report/trace.hpp"

namespace proofcard::tools {
namespace {

struct BenchGroth16Command {
  std::string zkey;
  std::string witness;
  std::string trace;
  BenchOptions bench;
};

Status run(const BenchGroth16Command& options) {
  PROOFCARD_TRY(const prover::Backend backend, use_machine(options.bench.machine));
  PROOFCARD_TRY(Trace trace, Trace::begin(options.trace, options.bench.machine.device));
  PROOFCARD_TRY(const groth16::Witness witness, groth16::Witness::open(options.witness));
  const Timer load_timer;
  PROOFCARD_TRY(const groth16::Zkey zkey, groth16::Zkey::open(options.zkey));
  PROOFCARD_TRY(const groth16::Prover prover,
                groth16::Prover::load(zkey, {backend.msm, find_quotient_sum(options.bench.machine.device)}));
  const double load_ms = load_timer.milliseconds();
  const groth16::Verifier verifier(zkey.header().vk);
  PROOFCARD_TRY(const hash::BlindingSource blinding, hash::BlindingSource::from_system());

  std::vector<double> prove_ms;
  std::vector<double> verify_ms;
  StageTimes stage_times;
  for (std::size_t i = 0; i < options.bench.repeat; ++i) {
    Stages stages;
    const Timer prove_timer;
    PROOFCARD_TRY(const groth16::ProofAndPublic result, prover.prove(witness, blinding, stages));
    prove_ms.push_back(prove_timer.milliseconds());
    stages.stop();
    stage_times.add(stages);
    trace.add(stages);
    const Timer verify_timer;
    PROOFCARD_RETURN_IF_ERROR(verifier.verify(kernels::cpu_msm(), result.proof, result.public_signals));
    verify_ms.push_back(verify_timer.milliseconds());
  }
  PROOFCARD_RETURN_IF_ERROR(trace.write());
  const groth16::ZkeyHeader& header = zkey.header();
  if (options.bench.json) {
    nlohmann::ordered_json json = machine_json(options.bench);
    json["bench"] = "groth16";
    json["signals"] = header.num_signals;
    json["log_domain_size"] = header.log_domain_size;
    json["load_ms"] = load_ms;
    json["prove_ms"] = to_json(spread(prove_ms));
    json["verify_ms"] = to_json(spread(verify_ms));
    json["peak_rss_bytes"] = peak_rss_bytes();
    json["stages"] = stage_times.json();
    print_json(json);
    return {};
  }
  print_table_head(fmt::format("Groth16, {} signals, domain 2^{}, {}", header.num_signals, header.log_domain_size,
                               machine_text(options.bench)));
  print_row("prove", spread(prove_ms));
  stage_times.print();
  print_row("verify", spread(verify_ms));
  say("  key read and checked in {}, peak memory {}\n", format_ms(load_ms), format_bytes(peak_rss_bytes()));
  return {};
}

}  // namespace

void add_bench_groth16(const Options& bench) {
  auto options = std::make_shared<BenchGroth16Command>();
  const Options command = bench.command("groth16", "Groth16 proofs of a circom circuit, and their verification");
  command.input("zkey", options->zkey, "The proving key of snarkjs (.zkey)").required();
  command.input("witness", options->witness, "The witness (.wtns)").required();
  add_bench_options(command, options->bench);
  add_trace_option(command, options->trace);
  command.runs([options] { return run(*options); });
}

}  // namespace proofcard::tools
