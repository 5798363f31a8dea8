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

std::vector<Run> halved(std::span<const Run> runs) {
  std::vector<Run> out(runs.begin(), runs.end());
  for (Run& run : out) {
    PROOFCARD_CHECK(run.begin % 2 == 0 && run.end % 2 == 0);
    run.begin /= 2;
    run.end /= 2;
  }
  return out;
}

// Binds the lowest variable of nodes to r, into nodes of half the size, or into the places of the nodes themselves.
struct Binding {
  const Nodes& from;
  NodesInMemory& to;
  const Folding& folding;
  const Fr& r;
  const Weights& weights;

  // The nodes of these pairs, and their sums for the next round if there is one of all of them.
  Round bind(std::size_t begin, std::size_t end) const {
    const bool sum_now = to.half() > 1 && are_even(to.runs());
    Nodes::Scratch scratch;
    Round sum{};
    for_each_part(to.runs(), 2 * begin, std::min(to.half(), 2 * end), kPairs, [&](const Run& part) {
      const FractionPairs nodes = from.read({2 * part.begin, 2 * part.end, part.known}, scratch);
      const NodesInMemory::Place place = to.place(part);
      fr_bind_low(place.p0, nodes.p0, r);
      fr_bind_low(place.p1, nodes.p1, r);
      fr_bind_low(place.q0, nodes.q0, r);
      fr_bind_low(place.q1, nodes.q1, r);
      if (sum_now) {
        add_pairs(sum, {place.p0, place.p1, place.q0, place.q1}, part, folding, weights);
      }
    });
    return sum;
  }
};

// Of nodes that are bound, given the sums that their binding has found.
Round next_round(NodesInMemory& nodes, const Total& total, const Folding& folding, std::span<const Fr> rest) {
  if (are_even(nodes.runs())) {
    return total.sum();
  }
  nodes.write_out(folding.inverse);  // a last variable, or runs too short for another round
  return nodes.half() > 1 ? first_round(nodes, folding, rest) : total.sum();
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
  Bound out{NodesInMemory(nodes.half() / 2, halved(nodes.runs())), {}};
  const std::size_t half = out.nodes.half();
  PROOFCARD_CHECK(half >= 1 && (half == 1 ? rest.empty() : half == std::size_t{2} << rest.size()));
  const Weights weights(rest);
  const Binding binding{nodes, out.nodes, folding, r, weights};
  Total total;
  parallel_for((half + 1) / 2, kPairs,
               [&](std::size_t begin, std::size_t end) { total.add(binding.bind(begin, end)); });
  out.next = next_round(out.nodes, total, folding, rest);
  return out;
}

Round bind_in_place(NodesInMemory& nodes, const Folding& folding, const Fr& r, std::span<const Fr> rest) {
  nodes.shrink(halved(nodes.runs()));
  const std::size_t half = nodes.half();
  PROOFCARD_CHECK(half >= 1 && (half == 1 ? rest.empty() : half == std::size_t{2} << rest.size()));
  const Weights weights(rest);
  const Binding binding{nodes, nodes, folding, r, weights};
  Total total;
  // Pairs s .. 2 s - 1 come from nodes that the steps before have used up.
  const std::size_t num_pairs = (half + 1) / 2;
  for (std::size_t done = 0; done < num_pairs;) {
    const std::size_t next = std::min(num_pairs, std::max(2 * done, kPairs / 2));
    parallel_for(next - done, done == 0 ? kPairs : kPairs / 2,
                 [&](std::size_t begin, std::size_t end) { total.add(binding.bind(done + begin, done + end)); });
    done = next;
  }
  return next_round(nodes, total, folding, rest);
}

}  // namespace proofcard::lookup
