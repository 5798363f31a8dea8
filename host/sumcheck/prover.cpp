#include "host/sumcheck/prover.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "host/base/check.hpp"
#include "host/base/parallel.hpp"
#include "host/field/fr_vector.hpp"

namespace proofcard::sumcheck {
namespace {

// {g(0), g(-1), g(infinity)} of one instance's round polynomial.
std::array<Fr, 3> round_poly(const Instance& instance) {
  if (!instance.e.empty()) {
    return fr_round_product3(instance.e, instance.a, instance.b);
  }
  // a b is quadratic: its cubic coefficient is 0, and g(-1) = 2 g(0) + 2 c_2 - g(1).
  const auto [g0, c2] = fr_round_product2(instance.a, instance.b);
  const std::size_t half = instance.a.size() / 2;
  Fr g1;
  for (std::size_t i = 0; i < half; ++i) {
    g1 += instance.a[2 * i + 1] * instance.b[2 * i + 1];
  }
  return {g0, (g0 + c2).twice() - g1, Fr::zero()};
}

}  // namespace

std::size_t Instance::num_vars() const { return static_cast<std::size_t>(std::countr_zero(a.size())); }

std::vector<Fr> prove_batched(ProverChannel& channel, std::span<Instance> instances) {
  std::size_t num_rounds = 0;
  for (const Instance& instance : instances) {
    PROOFCARD_CHECK(std::has_single_bit(instance.a.size()) && instance.b.size() == instance.a.size());
    num_rounds = std::max(num_rounds, instance.num_vars());
  }
  const std::vector<Fr> batch = channel.challenges("sumcheck.batch", instances.size());
  std::vector<Fr> challenges;
  std::vector<std::array<Fr, 3>> parts(instances.size());
  for (std::size_t round = 0; round < num_rounds; ++round) {
    const std::size_t vars_left = num_rounds - round;
    parallel_for(instances.size(), 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        parts[i] = instances[i].num_vars() == vars_left ? round_poly(instances[i]) : std::array<Fr, 3>{};
      }
    });
    std::array<Fr, 3> g{};
    for (std::size_t i = 0; i < instances.size(); ++i) {
      for (std::size_t k = 0; k < 3; ++k) {
        g[k] += batch[i] * parts[i][k];
      }
    }
    channel.message("sumcheck.round", g);
    const Fr r = channel.challenge("sumcheck.round");
    challenges.push_back(r);
    parallel_for(instances.size(), 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        Instance& instance = instances[i];
        if (instance.num_vars() == vars_left) {
          if (!instance.e.empty()) {
            fr_bind_low(instance.e, r);
          }
          fr_bind_low(instance.a, r);
          fr_bind_low(instance.b, r);
        }
      }
    });
  }
  return challenges;
}

}  // namespace proofcard::sumcheck
