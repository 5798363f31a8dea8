// Hash-based commitments on the CPU: committing, opening and verifying vectors of small integers, and bytes. Claims are
// those of one network's column: all of it, and slots of every size.
#include <benchmark/benchmark.h>

#include <random>
#include <vector>

#include "host/base/parallel.hpp"
#include "host/pcs/whir/prover.hpp"
#include "host/pcs/whir/verifier.hpp"
#include "host/poly/multilinear.hpp"

namespace proofcard::pcs::whir {
namespace {

Kernels cpu_kernels() { return {kernels::cpu_ntt_fr(), kernels::cpu_int_gemm(), kernels::cpu_merkle_hash()}; }

struct Vectors {
  std::vector<IntVector> values;
  std::vector<Committed> committed;
  std::vector<Received> received;
  std::vector<Claim<Fr>> claims;

  explicit Vectors(const std::vector<unsigned>& log_sizes) {
    std::mt19937_64 rng(1);
    for (const unsigned log_size : log_sizes) {
      values.emplace_back(IntType::kI8, std::size_t{1} << log_size);
      for (std::int8_t& v : values.back().mutable_span<std::int8_t>()) {
        v = static_cast<std::int8_t>(rng());
      }
    }
    for (std::uint32_t v = 0; v < log_sizes.size(); ++v) {
      committed.push_back(commit(cpu_kernels(), values[v].view()).value());
      const Commitment& commitment = committed.back().commitment;
      received.push_back({commitment.root, commitment.log_size, commitment.answer});
      for (unsigned n = 4; n <= log_sizes[v]; ++n) {
        poly::Point point;
        while (point.size() < n) {
          point.push_back(Fr::from_u256_reduced({rng(), rng(), rng(), rng()}));
        }
        const Fr value = poly::evaluate(int_subspan(values[v].view(), 0, std::size_t{1} << n), point);
        claims.push_back({v, 0, std::move(point), value});
      }
    }
  }

  Bytes prove() const {
    std::vector<Opened> vectors;
    for (const Committed& c : committed) {
      vectors.push_back({&c});
    }
    ProverChannel channel(Transcript("bench"));
    static_cast<void>(open(channel, cpu_kernels(), vectors, claims).ok());
    return channel.take_proof();
  }
};

// Arguments: threads, then log2 of the sizes, 0 for no second one.
std::vector<unsigned> log_sizes_of(const benchmark::State& state) {
  std::vector<unsigned> out{static_cast<unsigned>(state.range(1))};
  if (state.range(2) != 0) {
    out.push_back(static_cast<unsigned>(state.range(2)));
  }
  return out;
}

void commit_vector(benchmark::State& state) {
  set_num_threads(static_cast<std::size_t>(state.range(0)));
  const Vectors vectors({static_cast<unsigned>(state.range(1))});
  for (auto _ : state) {
    benchmark::DoNotOptimize(commit(cpu_kernels(), vectors.values[0].view()).ok());
  }
}

void open_vectors(benchmark::State& state) {
  set_num_threads(static_cast<std::size_t>(state.range(0)));
  const Vectors vectors(log_sizes_of(state));
  std::size_t bytes = 0;
  for (auto _ : state) {
    bytes = vectors.prove().size();
  }
  state.counters["bytes"] = static_cast<double>(bytes);
}

void verify_vectors(benchmark::State& state) {
  set_num_threads(static_cast<std::size_t>(state.range(0)));
  const Vectors vectors(log_sizes_of(state));
  const Bytes proof = vectors.prove();
  std::vector<Claim<Value>> claims;
  for (const Claim<Fr>& claim : vectors.claims) {
    claims.push_back({claim.column, claim.offset, claim.point, claim.value});
  }
  for (auto _ : state) {
    VerifierChannel channel(Transcript("bench"), proof);
    if (!verify_opening(channel, kernels::cpu_merkle_hash(), vectors.received, claims).ok()) {
      state.SkipWithError("rejected");
    }
  }
}

void sizes(benchmark::internal::Benchmark* b) {
  b->UseRealTime()->Unit(benchmark::kMillisecond)->ArgNames({"threads", "log_size", "and"});
  for (const std::int64_t threads : {1, 2}) {
    b->Args({threads, 16, 0})->Args({threads, 18, 0})->Args({threads, 20, 0})->Args({threads, 16, 18});
  }
}

BENCHMARK(commit_vector)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond)
    ->ArgNames({"threads", "log_size"})
    ->ArgsProduct({{1, 2}, {16, 18, 20}});
BENCHMARK(open_vectors)->Apply(sizes);
BENCHMARK(verify_vectors)->Apply(sizes);

}  // namespace
}  // namespace proofcard::pcs::whir

BENCHMARK_MAIN();
