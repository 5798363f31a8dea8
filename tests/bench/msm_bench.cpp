// Multi-scalar multiplication on the CPU. Threads are those of the proof system's pool, given as the last argument.
#include <benchmark/benchmark.h>

#include <map>
#include <random>

#include "host/base/cpu_features.hpp"
#include "host/base/parallel.hpp"
#include "host/curve/encoding.hpp"
#include "host/curve/hash_to_curve.hpp"
#include "host/kernels/msm.hpp"

namespace proofcard::kernels {
namespace {

// Points in sequence from two random ones: distinct, without the cost of hashing each.
const std::vector<curve::G1Affine>& points(std::size_t count) {
  static std::vector<curve::G1Affine> points;
  if (points.size() < count) {
    const auto seeds = curve::derive_generators("msm bench", 0, 2);
    std::vector<curve::G1> sums(count);
    curve::G1 sum = seeds[0];
    for (curve::G1& p : sums) {
      p = sum;
      sum += seeds[1];
    }
    points = curve::batch_to_affine(sums);
  }
  return points;
}

template <class Scalar>
std::vector<Scalar> random_scalars(std::size_t count, unsigned bits) {
  std::mt19937_64 rng(1);
  std::vector<Scalar> out(count);
  for (Scalar& v : out) {
    if constexpr (std::is_same_v<Scalar, Fr>) {
      v = bits == 254 ? Fr::from_u256_reduced({rng(), rng(), rng(), rng()}) : Fr::from_u64(rng() >> (64 - bits));
    } else {
      v = bits == 1 ? static_cast<Scalar>(rng() & 1) : static_cast<Scalar>(rng());
    }
  }
  return out;
}

// Arguments: points, bits of the scalars, threads.
void once(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  set_num_threads(static_cast<std::size_t>(state.range(2)));
  const auto scalars = random_scalars<Fr>(n, static_cast<unsigned>(state.range(1)));
  const std::span<const curve::G1Affine> used(points(n).data(), n);
  for (auto _ : state) {
    benchmark::DoNotOptimize(cpu_msm().once(used, scalars).value());
  }
  state.counters["ns_per_point"] = benchmark::Counter(
      1e-9 * static_cast<double>(n), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

// Arguments: rows, scalars in a row, bits used (1: zeros and ones), threads.
template <class Scalar>
void rows(benchmark::State& state) {
  const auto num_rows = static_cast<std::size_t>(state.range(0));
  const auto row_len = static_cast<std::size_t>(state.range(1));
  set_num_threads(static_cast<std::size_t>(state.range(3)));
  const auto scalars = random_scalars<Scalar>(num_rows * row_len, static_cast<unsigned>(state.range(2)));
  const auto bases = cpu_msm().load_bases({points(row_len).data(), row_len}).value();
  std::vector<curve::G1Affine> out(num_rows);
  for (auto _ : state) {
    if constexpr (std::is_same_v<Scalar, Fr>) {
      benchmark::DoNotOptimize(cpu_msm().rows(out, *bases, scalars, row_len).ok());
    } else {
      benchmark::DoNotOptimize(cpu_msm().rows(out, *bases, std::span<const Scalar>(scalars), row_len).ok());
    }
  }
  state.counters["ns_per_scalar"] =
      benchmark::Counter(1e-9 * static_cast<double>(num_rows * row_len),
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

// What the first call of rows() pays: the table of multiples. Argument: bases, threads.
void load_bases_and_table(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  set_num_threads(static_cast<std::size_t>(state.range(1)));
  const std::vector<std::int8_t> scalars(n * 128, 0);
  std::vector<curve::G1Affine> out(128);
  for (auto _ : state) {
    const auto bases = cpu_msm().load_bases({points(n).data(), n}).value();
    benchmark::DoNotOptimize(cpu_msm().rows(out, *bases, std::span<const std::int8_t>(scalars), n).ok());
  }
}

void generators(benchmark::State& state) {
  set_num_threads(static_cast<std::size_t>(state.range(1)));
  for (auto _ : state) {
    benchmark::DoNotOptimize(curve::derive_generators("bench", 0, static_cast<std::size_t>(state.range(0))));
  }
}

// Arguments: points, threads.
void decompress(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  set_num_threads(static_cast<std::size_t>(state.range(1)));
  Bytes bytes;
  for (std::size_t i = 0; i < n; ++i) {
    const auto encoding = curve::compress(points(n)[i]);
    bytes.insert(bytes.end(), encoding.begin(), encoding.end());
  }
  std::vector<curve::G1Affine> out(n);
  for (auto _ : state) {
    benchmark::DoNotOptimize(curve::batch_decompress(out, bytes).ok());
  }
}

BENCHMARK(rows<std::int8_t>)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond)
    ->ArgsProduct({{1024}, {256, 1024, 4096}, {8}, {1, 2}})
    ->Args({1024, 1024, 1, 1});
BENCHMARK(rows<std::int16_t>)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond)
    ->ArgsProduct({{1024}, {256, 1024, 4096}, {16}, {1, 2}});
BENCHMARK(rows<Fr>)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond)
    ->Args({16, 1024, 254, 1})
    ->Args({1, 1024, 254, 1})
    ->Args({1024, 1, 254, 1});
BENCHMARK(once)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond)
    ->ArgsProduct({{1 << 6, 1 << 10}, {254}, {1}})
    ->ArgsProduct({{1 << 12, 1 << 16, 1 << 18}, {254, 16}, {1, 2}})
    ->Args({1 << 20, 254, 1});
BENCHMARK(load_bases_and_table)->UseRealTime()->Unit(benchmark::kMillisecond)->Args({1024, 1})->Args({4096, 1});
BENCHMARK(decompress)->UseRealTime()->Unit(benchmark::kMillisecond)->Args({4096, 1})->Args({4096, 2});
BENCHMARK(generators)->UseRealTime()->Unit(benchmark::kMillisecond)->Args({4096, 1})->Args({4096, 2});

}  // namespace
}  // namespace proofcard::kernels

int main(int argc, char** argv) {
  benchmark::AddCustomContext("isa", std::string(proofcard::isa_name(proofcard::active_isa())));
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
