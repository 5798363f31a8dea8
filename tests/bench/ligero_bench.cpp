// Ligero on the CPU: committing to values, proving equations about them and verifying, and bytes. One equation in three
// has four variables, the others two, which is what a network's proof leaves.
#include <benchmark/benchmark.h>

#include <random>
#include <vector>

#include "host/base/parallel.hpp"
#include "host/zk/ligero/prover.hpp"
#include "host/zk/ligero/verifier.hpp"

namespace proofcard::zk::ligero {
namespace {

constexpr unsigned kSecurityBits = 100;

Kernels cpu_kernels() { return {kernels::cpu_ntt_fr(), kernels::cpu_merkle_hash()}; }

struct System {
  std::vector<Fr> values;
  std::vector<VerifierChannel::Constraint> constraints;
  hash::BlindingSource blinding = hash::BlindingSource::from_seed(1, {});
  std::mt19937_64 rng{2};

  Fr random() { return Fr::from_u256_reduced({rng(), rng(), rng(), rng()}); }

  // A form of n variables, and its value.
  std::pair<Value, Fr> form(std::size_t n) {
    Value out(random());
    Fr value = out.constant();
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t variable = rng() % values.size();
      const Fr coefficient = random();
      out.add_scaled(Value::variable(static_cast<std::uint32_t>(variable)), coefficient);
      value += coefficient * values[variable];
    }
    return {out, value};
  }

  explicit System(const benchmark::State& state) {
    for (std::int64_t i = 0; i < state.range(1); ++i) {
      values.push_back(random());
    }
    for (std::int64_t e = 0; e < state.range(1) / 3 + state.range(2); ++e) {
      VerifierChannel::Constraint& constraint = constraints.emplace_back();
      auto [rest, value] = form(e % 3 == 0 ? 4 : 2);
      if (e < state.range(2)) {
        auto [a, value_a] = form(2);
        auto [b, value_b] = form(2);
        constraint.products.push_back({a, b});
        value += value_a * value_b;
      }
      constraint.rest = rest - Value(value);
    }
  }

  Committed committed() const {
    return commit(cpu_kernels(), values, blinding,
                  make_parameters(values.size(), num_products(constraints), kSecurityBits).value())
        .value();
  }

  Bytes prove(const Committed& committed) const {
    ProverChannel channel(Transcript("bench"));
    static_cast<void>(ligero::prove(channel, cpu_kernels(), committed, constraints, blinding).ok());
    return channel.take_proof();
  }
};

void commit_values(benchmark::State& state) {
  set_num_threads(static_cast<std::size_t>(state.range(0)));
  const System system(state);
  for (auto _ : state) {
    benchmark::DoNotOptimize(system.committed());
  }
}

void prove_equations(benchmark::State& state) {
  set_num_threads(static_cast<std::size_t>(state.range(0)));
  const System system(state);
  const Committed committed = system.committed();
  std::size_t bytes = 0;
  for (auto _ : state) {
    bytes = system.prove(committed).size();
  }
  state.counters["bytes"] = static_cast<double>(bytes);
}

void verify_equations(benchmark::State& state) {
  set_num_threads(static_cast<std::size_t>(state.range(0)));
  const System system(state);
  const Committed committed = system.committed();
  const Bytes proof = system.prove(committed);
  for (auto _ : state) {
    VerifierChannel channel(Transcript("bench"), proof);
    if (!verify(channel, kernels::cpu_merkle_hash(), committed.root(), system.values.size(), system.constraints,
                kSecurityBits)
             .ok()) {
      state.SkipWithError("rejected");
    }
  }
}

void sizes(benchmark::internal::Benchmark* b) {
  b->UseRealTime()->Unit(benchmark::kMillisecond)->ArgNames({"threads", "values", "products"});
  for (const std::int64_t threads : {1, 2}) {
    b->Args({threads, 1024, 0})->Args({threads, 1024, 128})->Args({threads, 10000, 500});
  }
}

BENCHMARK(commit_values)->Apply(sizes);
BENCHMARK(prove_equations)->Apply(sizes);
BENCHMARK(verify_equations)->Apply(sizes);

}  // namespace
}  // namespace proofcard::zk::ligero

BENCHMARK_MAIN();
