// Points on one thread: sums over fixed bases, lists of generators, decompression.
#include <benchmark/benchmark.h>

#include <random>
#include <vector>

#include "host/base/parallel.hpp"
#include "host/curve/encoding.hpp"
#include "host/curve/fixed_base.hpp"
#include "host/curve/hash_to_curve.hpp"
#include "host/curve/inverse.hpp"

namespace proofcard::curve {
namespace {

constexpr std::size_t kNumBases = 17;

std::vector<Fr> random_scalars(std::size_t count) {
  std::mt19937_64 rng(1);
  std::vector<Fr> out(count);
  for (Fr& v : out) {
    v = Fr::from_u256_reduced({rng(), rng(), rng(), rng()});
  }
  return out;
}

std::vector<std::uint32_t> random_indices(std::size_t count) {
  std::mt19937_64 rng(2);
  std::vector<std::uint32_t> out(count);
  for (std::uint32_t& v : out) {
    v = static_cast<std::uint32_t>(rng() % kNumBases);
  }
  return out;
}

void inversion(benchmark::State& state) {
  Fq a = Fq::from_u64(3).inverse();
  for (auto _ : state) {
    a = inverse_vartime(a) + Fq::one();
    benchmark::DoNotOptimize(a);
  }
}
BENCHMARK(inversion);

void fixed_bases_build(benchmark::State& state) {
  const auto points = derive_generators("curve bench", 0, kNumBases);
  for (auto _ : state) {
    benchmark::DoNotOptimize(FixedBases(points).size());
  }
}
BENCHMARK(fixed_bases_build)->Unit(benchmark::kMicrosecond);

// Argument: scalars.
void fixed_bases_sum(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  const FixedBases bases(derive_generators("curve bench", 0, kNumBases));
  const auto scalars = random_scalars(64 * n);
  const auto indices = random_indices(64 * n);
  std::size_t at = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(bases.sum(std::span(indices).subspan(at, n), std::span<const Fr>(scalars).subspan(at, n)));
    at = (at + n) % (64 * n);
  }
}
BENCHMARK(fixed_bases_sum)->Arg(1)->Arg(3)->Arg(17)->Unit(benchmark::kMicrosecond);

// Arguments: sums, scalars in each. An item is a scalar.
void fixed_bases_sums(benchmark::State& state) {
  const auto num_sums = static_cast<std::size_t>(state.range(0));
  const auto n = static_cast<std::size_t>(state.range(1));
  const FixedBases bases(derive_generators("curve bench", 0, kNumBases));
  const auto scalars = random_scalars(num_sums * n);
  const auto indices = random_indices(num_sums * n);
  std::vector<std::size_t> offsets(num_sums + 1);
  for (std::size_t r = 0; r <= num_sums; ++r) {
    offsets[r] = r * n;
  }
  std::vector<G1Affine> out(num_sums);
  for (auto _ : state) {
    bases.sums(out, offsets, indices, scalars);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0) * state.range(1));
}
BENCHMARK(fixed_bases_sums)
    ->Args({16, 3})
    ->Args({100, 2})
    ->Args({100, 5})
    ->Args({1000, 3})
    ->Unit(benchmark::kMicrosecond);

// Argument: points. An item is a point.
void generators(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    benchmark::DoNotOptimize(derive_generators("curve bench", 0, n).data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(generators)->Arg(4096)->Unit(benchmark::kMillisecond);

// Argument: points. An item is a point.
void decompress_points(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  Bytes bytes;
  for (const G1Affine& p : derive_generators("curve bench", 0, n)) {
    const auto one = compress(p);
    bytes.insert(bytes.end(), one.begin(), one.end());
  }
  std::vector<G1Affine> out(n);
  for (auto _ : state) {
    benchmark::DoNotOptimize(batch_decompress(out, bytes).ok());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(decompress_points)->Arg(100)->Arg(400)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace proofcard::curve

int main(int argc, char** argv) {
  proofcard::set_num_threads(1);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
