// Time per integer of products of small integers with field elements, on every instruction set of this machine.
#include <benchmark/benchmark.h>

#include <string>

#include "host/base/cpu_features.hpp"
#include "host/base/parallel.hpp"
#include "host/kernels/int_gemm.hpp"

namespace proofcard::kernels {
namespace {

struct Shape {
  std::size_t rows;
  std::size_t cols;
};

void run(benchmark::State& state, Isa isa, IntType type, Shape shape, bool left) {
  set_isa_for_testing(isa);
  const auto [rows, cols] = shape;
  IntVector matrix(type, rows * cols);
  std::uint64_t x = 88172645463325252;
  matrix.visit_mutable([&](auto span) {
    for (auto& v : span) {
      x ^= x << 13, x ^= x >> 7, x ^= x << 17;
      v = static_cast<std::remove_reference_t<decltype(v)>>(x >> 8);
    }
  });
  std::vector<Fr> vector(left ? rows : cols, Fr::from_u64(7).inverse());
  std::vector<Fr> out(left ? cols : rows);
  for (auto _ : state) {
    if (left) {
      cpu_int_gemm().left(out, vector, matrix.view());
    } else {
      cpu_int_gemm().right(out, matrix.view(), vector);
    }
  }
  state.counters["per_integer"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * static_cast<double>(rows * cols),
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void add_all() {
  for (const Isa isa : {Isa::kPortable, Isa::kAvx2, Isa::kAvx512}) {
    if (!isa_available(isa)) {
      continue;
    }
    for (const Shape shape : {Shape{8, 16}, Shape{64, 64}, Shape{1024, 1024}, Shape{1, 1 << 20}, Shape{1 << 20, 1}}) {
      for (const IntType type : {IntType::kI8, IntType::kI16, IntType::kI64}) {
        for (const bool left : {false, true}) {
          const std::string name = std::string(left ? "left/" : "right/") + std::string(isa_name(isa)) + "/int" +
                                   std::to_string(8 * int_type_bytes(type)) + "/" + std::to_string(shape.rows) + "x" +
                                   std::to_string(shape.cols);
          benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& s) {
            run(s, isa, type, shape, left);
          })->UseRealTime();
        }
      }
    }
  }
}

}  // namespace
}  // namespace proofcard::kernels

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  proofcard::kernels::add_all();
  proofcard::set_num_threads(1);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
