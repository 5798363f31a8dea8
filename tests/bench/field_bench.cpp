// Time per element (or pair) of the loops over field vectors, on every instruction set of this machine.
//
// Run: bench_field --benchmark_filter=round. The sizes are one that stays in the L2 cache and one that does not.
#include <benchmark/benchmark.h>

#include <string>

#include "host/base/cpu_features.hpp"
#include "host/base/parallel.hpp"
#include "host/field/fr_vector.hpp"

namespace proofcard {
namespace {

std::vector<Fr> elements(std::size_t n, std::uint64_t seed) {
  std::vector<Fr> out(n);
  Fr x = Fr::from_u64(seed).inverse();
  for (Fr& f : out) {
    f = x;
    x = x.square() + Fr::one();
  }
  return out;
}

// Reports the time per item; items is what the loop is over: elements, or pairs for rounds and bindings.
void report(benchmark::State& state, std::size_t items) {
  state.counters["per_item"] = benchmark::Counter(static_cast<double>(state.iterations()) * static_cast<double>(items),
                                                  benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

template <class Body>
void add(const std::string& name, Isa isa, const Body& body) {
  auto* bench = benchmark::RegisterBenchmark((name + "/" + std::string(isa_name(isa))).c_str(),
                                             [isa, body](benchmark::State& state) {
                                               set_isa_for_testing(isa);
                                               const auto n = static_cast<std::size_t>(state.range(0));
                                               body(state, n);
                                               report(state, n);
                                             });
  bench->Arg(1 << 10)->Arg(1 << 17)->UseRealTime();
}

void add_all(Isa isa) {
  add("mul", isa, [](benchmark::State& state, std::size_t n) {
    const auto a = elements(n, 3), b = elements(n, 5);
    std::vector<Fr> out(n);
    for (auto _ : state) {
      fr_mul(out, a, b);
    }
  });
  add("axpy", isa, [](benchmark::State& state, std::size_t n) {
    const auto a = elements(n, 3);
    auto acc = elements(n, 5);
    for (auto _ : state) {
      fr_axpy(acc, a[0], a);
    }
  });
  add("dot", isa, [](benchmark::State& state, std::size_t n) {
    const auto a = elements(n, 3), b = elements(n, 5);
    for (auto _ : state) {
      benchmark::DoNotOptimize(fr_dot(a, b));
    }
  });
  add("bind_low", isa, [](benchmark::State& state, std::size_t n) {
    auto t = elements(2 * n, 3);
    const Fr r = t[1];
    for (auto _ : state) {
      fr_bind_low(t, r);
      state.PauseTiming();
      t.resize(2 * n);
      state.ResumeTiming();
    }
  });
  add("eq_table", isa, [](benchmark::State& state, std::size_t n) {
    std::size_t num_vars = 0;
    while ((std::size_t{1} << num_vars) < n) {
      ++num_vars;
    }
    const auto point = elements(num_vars, 3);
    for (auto _ : state) {
      benchmark::DoNotOptimize(fr_eq_table(point));
    }
  });
  add("round_product2", isa, [](benchmark::State& state, std::size_t n) {
    const auto a = elements(2 * n, 3), b = elements(2 * n, 5);
    for (auto _ : state) {
      benchmark::DoNotOptimize(fr_round_product2(a, b));
    }
  });
  add("round_product3", isa, [](benchmark::State& state, std::size_t n) {
    const auto e = elements(2 * n, 3), a = elements(2 * n, 5), b = elements(2 * n, 7);
    for (auto _ : state) {
      benchmark::DoNotOptimize(fr_round_product3(e, a, b));
    }
  });
  add("fraction_layer", isa, [](benchmark::State& state, std::size_t n) {
    const auto p0 = elements(n, 3), p1 = elements(n, 5), q0 = elements(n, 7), q1 = elements(n, 11);
    std::vector<Fr> p_out(n), q_out(n);
    for (auto _ : state) {
      fr_fraction_layer(p_out, q_out, {p0, p1, q0, q1});
    }
  });
  add("round_fraction", isa, [](benchmark::State& state, std::size_t n) {
    const auto p0 = elements(2 * n, 3), p1 = elements(2 * n, 5), q0 = elements(2 * n, 7), q1 = elements(2 * n, 11);
    const auto w = elements(n, 13);
    for (auto _ : state) {
      benchmark::DoNotOptimize(fr_round_fraction({p0, p1, q0, q1}, p0[0], w));
    }
  });
  add("round_weighted", isa, [](benchmark::State& state, std::size_t n) {
    const auto a = elements(2 * n, 3), b = elements(2 * n, 5), w = elements(n, 7);
    for (auto _ : state) {
      benchmark::DoNotOptimize(fr_round_weighted(a, b, w));
    }
  });
}

}  // namespace
}  // namespace proofcard

int main(int argc, char** argv) {
  using proofcard::Isa;
  benchmark::Initialize(&argc, argv);
  for (const Isa isa : {Isa::kPortable, Isa::kAvx512}) {
    if (proofcard::isa_available(isa)) {
      proofcard::add_all(isa);
    }
  }
  proofcard::set_num_threads(1);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
