#include "host/lookup/layer_sumcheck.hpp"

#include <algorithm>
#include <numeric>

#include "host/base/check.hpp"
#include "host/base/mutex.hpp"
#include "host/base/parallel.hpp"

namespace proofcard::lookup {
namespace {

// Nodes that are bound, of one half, become this many, or pairs of as many are summed up.
constexpr std::size_t kPairs = kBlock / 2;

// eq(point, .) as a product of a table over the low variables and one over the rest.
class Weights {
 public:
  explicit Weights(std::span<const Fr> point)
      : low_(fr_eq_table(point.first(std::min(point.size(), kLowVariables)))),
        high_(fr_eq_table(point.subspan(std::min(point.size(), kLowVariables)))) {}

  // Of indices first, first + 1, ... that have one high part.
  std::span<const Fr> low(std::size_t first, std::size_t count) const {
    return std::span(low_).subspan(first % low_.size(), count);
  }
  const Fr& high(std::size_t first) const { return high_[first / low_.size()]; }

 private:
  static constexpr std::size_t kLowVariables = 8;
  static_assert(kPairs / 2 == std::size_t{1} << kLowVariables);

  std::vector<Fr> low_;
  std::vector<Fr> high_;
};

// Adds up sums of parts, from several threads.
class Total {
 public:
  void add(const Round& part) {
    const Lock lock(mutex_);
    for (std::size_t k = 0; k < sum_.size(); ++k) {
      sum_[k] += part[k];
    }
  }
  const Round& sum() const { return sum_; }

 private:
  Mutex mutex_;
  Round sum_{};
};

// {sum of w v0 at the even places, 0}
Round lower_sums(std::span<const Fr> v0, std::span<const Fr> w) {
  std::array<Fr, kPairs / 2> even;
  for (std::size_t i = 0; i < w.size(); ++i) {
    even[i] = v0[2 * i];
  }
  return {fr_dot(std::span(even).first(w.size()), w), Fr::zero()};
}

Round sums(const FractionPairs& nodes, Known known, const Folding& folding, std::span<const Fr> w) {
  switch (known) {
    case Known::kNothing:
      break;
    case Known::kOnes: {
      const Round products = fr_round_weighted(nodes.q0, nodes.q1, w);
      return {(products[0] - std::accumulate(w.begin(), w.end(), Fr::zero())) * folding.inverse,
              products[1] * folding.inverse};
    }
    case Known::kLowerOnes:
      return lower_sums(nodes.q0, w);
  }
  return fr_round_fraction(nodes, folding.lambda, w);
}

// Adds the sums of these nodes, whose first has index `first`. Pre: an even number of nodes, of one high weight.
void add_pairs(Round& sum, const FractionPairs& nodes, const Run& part, const Folding& folding,
               const Weights& weights) {
  const std::span<const Fr> w = weights.low(part.begin / 2, (part.end - part.begin) / 2);
  const Round found = sums(nodes, part.known, folding, w);
  for (std::size_t k = 0; k < sum.size(); ++k) {
    sum[k] += found[k] * weights.high(part.begin / 2);
  }
}

bool are_even(std::span<const Run> runs) {
  return std::all_of(runs.begin(), runs.end(), [](const Run& run) { return run.end % 2 == 0; });
}

}  // namespace

Round first_round(const Nodes& nodes, const Folding& folding, std::span<const Fr> rest) {
  PROOFCARD_CHECK(nodes.half() == std::size_t{2} << rest.size() && are_even(nodes.runs()));
  const Weights weights(rest);
  Total total;
  parallel_for(nodes.half() / 2, kPairs, [&](std::size_t begin, std::size_t end) {
    Nodes::Scratch scratch;
    Round sum{};
    for_each_part(nodes.runs(), 2 * begin, 2 * end, kPairs,
                  [&](const Run& part) { add_pairs(sum, nodes.read(part, scratch), part, folding, weights); });
    total.add(sum);
  });
  return total.sum();
}

Bound bind(const Nodes& nodes, const Folding& folding, const Fr& r, std::span<const Fr> rest) {
  const std::size_t half = nodes.half() / 2;
  PROOFCARD_CHECK(half >= 1 && (half == 1 ? rest.empty() : half == std::size_t{2} << rest.size()));
  std::vector<Run> runs(nodes.runs().begin(), nodes.runs().end());
  for (Run& run : runs) {
    PROOFCARD_CHECK(run.begin % 2 == 0 && run.end % 2 == 0);
    run.begin /= 2;
    run.end /= 2;
  }
  const bool sum_now = half > 1 && are_even(runs);
  Bound out{NodesInMemory(half, std::move(runs)), {}};
  const Weights weights(rest);
  Total total;
  parallel_for((half + 1) / 2, kPairs, [&](std::size_t begin, std::size_t end) {
    Nodes::Scratch scratch;
    Round sum{};
    for_each_part(out.nodes.runs(), 2 * begin, std::min(half, 2 * end), kPairs, [&](const Run& part) {
      const FractionPairs from = nodes.read({2 * part.begin, 2 * part.end, part.known}, scratch);
      const NodesInMemory::Place to = out.nodes.place(part);
      fr_bind_low(to.p0, from.p0, r);
      fr_bind_low(to.p1, from.p1, r);
      fr_bind_low(to.q0, from.q0, r);
      fr_bind_low(to.q1, from.q1, r);
      if (sum_now) {
        add_pairs(sum, {to.p0, to.p1, to.q0, to.q1}, part, folding, weights);
      }
    });
    total.add(sum);
  });
  out.next = total.sum();
  if (!are_even(out.nodes.runs())) {  // a last variable, or runs too short for another round
    out.nodes.write_out(folding.inverse);
    if (half > 1) {
      out.next = first_round(out.nodes, folding, rest);
    }
  }
  return out;
}

}  // namespace proofcard::lookup
