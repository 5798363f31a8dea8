#include "host/sumcheck/prover.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "host/base/check.hpp"
#include "host/base/parallel.hpp"
#include "host/field/fr_vector.hpp"

namespace proofcard::sumcheck {
namespace {

// Some 20 microseconds of work; less costs more than it saves when it is handed to another thread.
constexpr std::size_t kElementsPerTask = 2048;

// An instance and, if its product has two factors only, its sum as far as variables are bound.
class Running {
 public:
  explicit Running(Instance& instance) : instance_(&instance) {}

  std::size_t num_vars() const { return instance_->num_vars(); }

  // {g(0), g(-1), g(infinity)} of its round polynomial.
  std::array<Fr, 3> round_poly() {
    if (!instance_->e.empty()) {
      return fr_round_product3(instance_->e, instance_->a, instance_->b);
    }
    if (!begun_) {
      sum_ = fr_dot(instance_->a, instance_->b);
      begun_ = true;
    }
    // a b is quadratic: its cubic coefficient is 0, g(1) = sum - g(0), and g(-1) = 2 g(0) + 2 c_2 - g(1).
    const auto [g0, c2] = fr_round_product2(instance_->a, instance_->b);
    g0_ = g0;
    c2_ = c2;
    return {g0_, (g0_ + c2_).twice() + g0_ - sum_, Fr::zero()};
  }

  void bind(const Fr& r) {
    if (instance_->e.empty()) {
      const Fr c1 = sum_ - g0_.twice() - c2_;
      sum_ = g0_ + r * (c1 + r * c2_);
    } else {
      fr_bind_low(instance_->e, r);
    }
    fr_bind_low(instance_->a, r);
    fr_bind_low(instance_->b, r);
  }

 private:
  Instance* instance_;
  bool begun_ = false;
  Fr sum_, g0_, c2_;
};

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
  std::vector<Running> running;
  for (Instance& instance : instances) {
    running.emplace_back(instance);
  }
  std::vector<std::array<Fr, 3>> parts(instances.size());
  for (std::size_t round = 0; round < num_rounds; ++round) {
    const std::size_t vars_left = num_rounds - round;
    const std::size_t grain = std::max<std::size_t>(1, kElementsPerTask >> vars_left);
    parallel_for(instances.size(), grain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        parts[i] = running[i].num_vars() == vars_left ? running[i].round_poly() : std::array<Fr, 3>{};
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
    parallel_for(instances.size(), grain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        if (running[i].num_vars() == vars_left) {
          running[i].bind(r);
        }
      }
    });
  }
  return challenges;
}

}  // namespace proofcard::sumcheck
