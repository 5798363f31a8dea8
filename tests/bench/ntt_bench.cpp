// Number-theoretic transforms on the CPU: sizes, orders, batches and threads.
#include <benchmark/benchmark.h>

#include <random>
#include <vector>

#include "host/base/cpu_features.hpp"
#include "host/base/parallel.hpp"
#include "host/kernels/ntt.hpp"

namespace proofcard::kernels {
namespace {

template <class F>
const Ntt<F>& cpu_ntt() {
  if constexpr (std::is_same_v<F, Fr>) {
    return cpu_ntt_fr();
  } else {
    return cpu_ntt_goldilocks();
  }
}

// Arguments: log_n, transforms, order, threads.
template <class F>
void transform(benchmark::State& state) {
  NttJob<F> job{.log_n = static_cast<unsigned>(state.range(0)), .order = static_cast<NttOrder>(state.range(2))};
  set_num_threads(static_cast<std::size_t>(state.range(3)));
  std::mt19937_64 rng(1);
  std::vector<F> data(static_cast<std::size_t>(state.range(1)) << job.log_n);
  for (F& x : data) {
    x = F::from_u64(rng()) * F::from_u64(rng()) * F::from_u64(rng()) * F::from_u64(rng());
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(cpu_ntt<F>().transform(data, job).ok());
  }
  state.counters["ns_per_element"] =
      benchmark::Counter(1e-9 * static_cast<double>(data.size()),
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

constexpr auto kNatural = static_cast<std::int64_t>(NttOrder::kNaturalToNatural);
constexpr auto kToReversed = static_cast<std::int64_t>(NttOrder::kNaturalToBitReversed);
constexpr auto kFromReversed = static_cast<std::int64_t>(NttOrder::kBitReversedToNatural);

BENCHMARK(transform<Fr>)
    ->Name("fr")
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond)
    ->ArgsProduct({{12, 14, 16, 18, 20, 22}, {1}, {kNatural}, {1, 2}})
    ->ArgsProduct({{20}, {1}, {kToReversed, kFromReversed}, {1}})
    ->ArgsProduct({{6, 10, 14}, {64}, {kNatural}, {1}});
BENCHMARK(transform<Goldilocks>)
    ->Name("goldilocks")
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond)
    ->ArgsProduct({{12, 16, 20, 22}, {1}, {kNatural}, {1, 2}})
    ->ArgsProduct({{22}, {8}, {kNatural}, {1, 2}})
    ->ArgsProduct({{22}, {1}, {kToReversed, kFromReversed}, {1}})
    ->ArgsProduct({{6, 10, 14}, {64}, {kNatural}, {1}});

}  // namespace
}  // namespace proofcard::kernels

int main(int argc, char** argv) {
  benchmark::AddCustomContext("isa", std::string(proofcard::isa_name(proofcard::active_isa())));
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
