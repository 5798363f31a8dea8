// proofcard bench msm|ntt|prove; groth16 is in command_bench_groth16.cpp
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <random>

#include "host/base/timer.hpp"
#include "host/cli/bench_report.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/console.hpp"
#include "host/formats/atomic_files.hpp"
#include "host/kernels/ntt.hpp"
#include "host/pcs/hyrax/commitment.hpp"
#include "host/report/describe.hpp"
#include "host/report/run_report.hpp"
#include "host/report/trace.hpp"
#include "host/session/proving.hpp"
#include "host/session/setup.hpp"
#include "host/verifier/verifier.hpp"

namespace proofcard::tools {
namespace {

using nlohmann::ordered_json;

struct BenchCommand {
  std::string model;
  std::string input;
  unsigned log_size = 16;
  unsigned bits = 254;
  std::string field = "fr";
  std::string order = "natural";
  std::size_t batch = 1;   // transforms
  std::size_t inputs = 0;  // --batch of proofs
  bool inverse = false;
  bool coset = false;
  bool no_zk = false;
  std::string trace;
  ModelOptions compile;
  BenchOptions bench;
};

IntVector random_ints(IntType type, std::size_t n, std::mt19937_64& rng) {
  IntVector out(type, n);
  std::uniform_int_distribution<std::int64_t> value(int_type_min(type), int_type_max(type));
  for (std::size_t i = 0; i < n; ++i) {
    out.set(i, value(rng));
  }
  return out;
}

Status run_bench_msm(const BenchCommand& options) {
  PROOFCARD_TRY(const prover::Backend backend, use_machine(options.bench.machine));
  PROOFCARD_TRY(Trace trace, Trace::begin(options.trace, options.bench.machine.device));
  const std::size_t n = std::size_t{1} << options.log_size;
  std::mt19937_64 rng(1);
  const pcs::hyrax::Generators generators = pcs::hyrax::derive(options.log_size);
  PROOFCARD_TRY(const auto bases, backend.msm.load_bases(generators));
  std::vector<Fr> full(options.bits == 254 ? n : 0);
  for (Fr& x : full) {
    x = Fr::from_u64(rng()) * Fr::from_u64(rng()) * Fr::from_u64(rng()) * Fr::from_u64(rng());
  }
  const IntVector small =
      random_ints(options.bits == 16 ? IntType::kI16 : IntType::kI8, options.bits == 254 ? 0 : n, rng);
  curve::G1Affine sum;
  std::vector<double> ms;
  Stages stages;
  for (std::size_t i = 0; i < options.bench.repeat; ++i) {
    stages.start("msm");
    const Timer timer;
    PROOFCARD_RETURN_IF_ERROR(options.bits == 254 ? backend.msm.rows({&sum, 1}, *bases, std::span<const Fr>(full), n)
                                                  : backend.msm.rows({&sum, 1}, *bases, small.view(), n));
    ms.push_back(timer.milliseconds());
    stages.stop();
  }
  trace.add(stages);
  PROOFCARD_RETURN_IF_ERROR(trace.write());
  const Spread s = spread(ms);
  if (options.bench.json) {
    ordered_json json = machine_json(options.bench);
    json["bench"] = "msm";
    json["log_size"] = options.log_size;
    json["bits"] = options.bits;
    json["ms"] = to_json(s);
    json["points_per_second"] = static_cast<double>(n) / s.median * 1000;
    print_json(json);
    return {};
  }
  print_table_head(fmt::format("MSM of 2^{} points, {}-bit scalars, {}", options.log_size, options.bits,
                               machine_text(options.bench)));
  print_row("msm", s);
  say("  {:.3g} points a second\n", static_cast<double>(n) / s.median * 1000);
  return {};
}

template <class F>
Result<std::vector<double>> time_ntt(const kernels::Ntt<F>& ntt, const BenchCommand& options, Stages& stages) {
  const std::string& device = options.bench.machine.device;
  if (opened_cards(device) != nullptr && ntt.name() != device) {
    return make_error(ErrorKind::kUnsupported, "--device " + device, "expected cards with units for transforms over {}",
                      options.field);
  }
  kernels::NttJob<F> job{.log_n = options.log_size};
  job.direction = options.inverse ? kernels::NttDirection::kInverse : kernels::NttDirection::kForward;
  job.order = options.order == "to-reversed"     ? kernels::NttOrder::kNaturalToBitReversed
              : options.order == "from-reversed" ? kernels::NttOrder::kBitReversedToNatural
                                                 : kernels::NttOrder::kNaturalToNatural;
  if (options.coset) {
    job.shift = F::from_u64(7);
  }
  std::mt19937_64 rng(1);
  std::vector<F> data(options.batch << options.log_size);
  for (F& x : data) {
    x = F::from_u64(rng()) * F::from_u64(rng()) * F::from_u64(rng()) * F::from_u64(rng());
  }
  // Tables and scratch memory are made by the first transform, and kept.
  PROOFCARD_RETURN_IF_ERROR(ntt.transform(data, job));
  std::vector<double> ms;
  for (std::size_t i = 0; i < options.bench.repeat; ++i) {
    stages.start("ntt");
    const Timer timer;
    PROOFCARD_RETURN_IF_ERROR(ntt.transform(data, job));
    ms.push_back(timer.milliseconds());
    stages.stop();
  }
  return ms;
}

Status run_bench_ntt(const BenchCommand& options) {
  const std::string& device = options.bench.machine.device;
  PROOFCARD_TRY(const prover::Backend backend, use_machine(options.bench.machine));
  static_cast<void>(backend);  // transforms have a kernel of their own
  PROOFCARD_TRY(Trace trace, Trace::begin(options.trace, device));
  Stages stages;
  PROOFCARD_TRY(const std::vector<double> ms, options.field == "fr"
                                                  ? time_ntt(find_ntt_fr(device), options, stages)
                                                  : time_ntt(find_ntt_goldilocks(device), options, stages));
  trace.add(stages);
  PROOFCARD_RETURN_IF_ERROR(trace.write());
  const Spread s = spread(ms);
  const double elements = static_cast<double>(options.batch << options.log_size);
  if (options.bench.json) {
    ordered_json json = machine_json(options.bench);
    json["bench"] = "ntt";
    json["field"] = options.field;
    json["log_size"] = options.log_size;
    json["batch"] = options.batch;
    json["order"] = options.order;
    json["inverse"] = options.inverse;
    json["coset"] = options.coset;
    json["ms"] = to_json(s);
    json["elements_per_second"] = elements / s.median * 1000;
    print_json(json);
    return {};
  }
  print_table_head(fmt::format("{} transform(s) of 2^{}, {}{}{}, order {}, {}", options.batch, options.log_size,
                               options.field, options.inverse ? ", inverse" : "", options.coset ? ", on a coset" : "",
                               options.order, machine_text(options.bench)));
  print_row("ntt", s);
  say("  {:.3g} elements a second\n", elements / s.median * 1000);
  return {};
}

Result<ProverKey> bench_key(const BenchCommand& options, const prover::Backend& backend, ordered_json& json) {
  PROOFCARD_TRY(const FileKind kind, [&]() -> Result<FileKind> {
    PROOFCARD_TRY(const Bytes file, read_file(options.model));
    return file_kind(file);
  }());
  json["setup_ms"] = nullptr;
  if (kind == FileKind::kProverKey) {
    PROOFCARD_RETURN_IF_ERROR(expect_no_options(options.compile, options.model, kind));
    PROOFCARD_TRY(ProverKey key, load_prover_key(options.model));
    PROOFCARD_RETURN_IF_ERROR(expect_batch_of_key(options.inputs, key.vk, options.model));
    return key;
  }
  ModelOptions compile = options.compile;
  compile.compile.batch = options.inputs == 0 ? 1 : static_cast<std::uint32_t>(options.inputs);
  PROOFCARD_TRY(Compilation compilation, compile_onnx(options.model, compile));
  Stages stages;
  const Timer timer;
  PROOFCARD_TRY(ProverKey key, make_key(std::move(compilation.model), backend, !options.no_zk, stages));
  json["setup_ms"] = timer.milliseconds();
  return key;
}

Status run_bench_prove(const BenchCommand& options) {
  PROOFCARD_TRY(const prover::Backend backend, use_machine(options.bench.machine));
  PROOFCARD_TRY(Trace trace, Trace::begin(options.trace, options.bench.machine.device));
  ordered_json json = machine_json(options.bench);
  json["bench"] = "prove";
  PROOFCARD_TRY(ProverKey key, bench_key(options, backend, json));
  ClippedTensors clipped;
  PROOFCARD_TRY(const std::vector<InputValues> inputs,
                load_batch(key.model.graph, key.vk.circuit.batch, options.input, true, clipped));
  Stages prepare;
  PROOFCARD_TRY(const ProvingSession session, ProvingSession::make(std::move(key), backend, prepare));
  const statement::VerifyingKey& vk = session.key().vk;
  const pcs::hyrax::Generators generators = pcs::hyrax::derive(vk.layout.log_row_len);

  std::vector<double> prove_ms;
  std::vector<double> verify_ms;
  StageTimes stage_times;
  std::size_t proof_bytes = 0;
  for (std::size_t i = 0; i < options.bench.repeat; ++i) {
    Stages stages;
    const Timer prove_timer;
    PROOFCARD_TRY(const ProofResult result, session.prove(inputs, !options.no_zk, std::nullopt, stages));
    prove_ms.push_back(prove_timer.milliseconds());
    const Timer verify_timer;
    PROOFCARD_TRY(const statement::Header header,
                  verifier::verify(kernels::cpu_msm(), generators, vk, result.proof, {false, options.no_zk, {}}));
    static_cast<void>(header);
    verify_ms.push_back(verify_timer.milliseconds());
    trace.add(stages);
    proof_bytes = result.proof.size();
    stage_times.add(stages);
  }
  PROOFCARD_RETURN_IF_ERROR(trace.write());
  const std::string& model = session.key().model.options.model_name;
  if (options.bench.json) {
    json["model"] = model;
    json["batch"] = vk.circuit.batch;
    json["zero_knowledge"] = !options.no_zk;
    json["prove_ms"] = to_json(spread(prove_ms));
    json["verify_ms"] = to_json(spread(verify_ms));
    json["proof_bytes"] = proof_bytes;
    json["vk_bytes"] = encode_verifying_key(vk).size();
    json["peak_rss_bytes"] = peak_rss_bytes();
    json["stages"] = stage_times.json();
    print_json(json);
    return {};
  }
  print_table_head(fmt::format("{}{}{} on {}", model, batch_text(vk.circuit),
                               options.no_zk ? ", no zero knowledge," : "", machine_text(options.bench)));
  print_row("prove", spread(prove_ms));
  stage_times.print();
  print_row("verify", spread(verify_ms));
  say("  proof {}, peak memory {}\n", format_bytes(proof_bytes), format_bytes(peak_rss_bytes()));
  return {};
}

}  // namespace

void add_bench(const Options& app) {
  auto options = std::make_shared<BenchCommand>();
  const Options bench = app.command("bench", "Measure: msm, ntt, prove, groth16");
  bench.expect_command();
  const Options msm = bench.command("msm", "Multi-scalar multiplication over fixed points");
  msm.number("--log-size", options->log_size, 0, 24, "log2 of the number of points");
  msm.choice("--bits", options->bits, {8, 16, 254}, "Width of the scalars");
  add_bench_options(msm, options->bench);
  add_trace_option(msm, options->trace);
  msm.runs([options] { return run_bench_msm(*options); });

  const Options ntt = bench.command("ntt", "Number-theoretic transform");
  ntt.number("--log-size", options->log_size, 0, kernels::kMaxLogNtt, "log2 of the number of elements");
  ntt.choice("--field", options->field, {"fr", "goldilocks"}, "fr is BN254's");
  ntt.number("--batch", options->batch, 1, 4096, "Number of transforms");
  ntt.choice("--order", options->order, {"natural", "to-reversed", "from-reversed"}, "Order of the elements");
  ntt.flag("--inverse", options->inverse, "From values to coefficients");
  ntt.flag("--coset", options->coset, "On a coset");
  add_bench_options(ntt, options->bench);
  add_trace_option(ntt, options->trace);
  ntt.runs([options] { return run_bench_ntt(*options); });

  const Options prove = bench.command("prove", "Proofs and their verification");
  prove.input("model", options->model, "A prover key (.pk) or an .onnx").required();
  prove.input("input", options->input, "The input").required();
  add_batch_option(prove, options->inputs);
  prove.flag("--no-zk", options->no_zk, "Without zero knowledge");
  add_bench_options(prove, options->bench);
  add_trace_option(prove, options->trace);
  add_model_options(prove, options->compile);
  prove.runs([options] { return run_bench_prove(*options); });
  add_bench_groth16(bench);
}

}  // namespace proofcard::tools
