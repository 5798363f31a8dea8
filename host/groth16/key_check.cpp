#include "host/groth16/key_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <span>
#include <tuple>
#include <utility>

namespace proofcard::groth16 {
namespace {

using curve::G1;
using curve::G1Affine;
using curve::G2;
using curve::G2Affine;

// Infinity, P, 2 P, .., kMaxCoefficient P.
template <class Point, class Affine>
std::vector<Affine> multiples(const Affine& p) {
  std::vector<Point> out(kMaxCoefficient + 1);
  for (std::size_t k = 1; k < out.size(); ++k) {
    out[k] = out[k - 1] + p;
  }
  return batch_to_affine(std::span<const Point>(out));
}

// "beta - 2 gamma = 0"
std::string equation(std::span<const std::pair<int, std::string>> terms) {
  std::string out;
  for (const auto& [coefficient, name] : terms) {
    if (coefficient == 0) {
      continue;
    }
    out += out.empty() ? (coefficient < 0 ? "-" : "") : (coefficient < 0 ? " - " : " + ");
    out += std::abs(coefficient) == 1 ? name : fmt::format("{} {}", std::abs(coefficient), name);
  }
  return out + " = 0";
}

struct G2Relation {
  int beta, gamma, delta;
  int size() const { return std::abs(beta) + std::abs(gamma) + std::abs(delta); }
};

// The one with the smallest coefficients; none of the points is infinity.
std::optional<G2Relation> find_relation(const VerifyingKey& vk) {
  const auto betas = multiples<G2>(vk.beta2), gammas = multiples<G2>(vk.gamma2), deltas = multiples<G2>(vk.delta2);
  std::vector<G2Relation> tried;
  std::vector<G2> sums;
  for (int a = 0; a <= kMaxCoefficient; ++a) {
    for (int b = a == 0 ? 0 : -kMaxCoefficient; b <= kMaxCoefficient; ++b) {
      const G2Affine& gamma = gammas[static_cast<std::size_t>(std::abs(b))];
      tried.push_back({a, b, 0});
      sums.push_back(G2(betas[static_cast<std::size_t>(a)]) + (b < 0 ? -gamma : gamma));
    }
  }
  const std::vector<G2Affine> points = batch_to_affine(sums);
  std::optional<G2Relation> out;
  for (std::size_t i = 1; i < points.size(); ++i) {  // the first is 0 beta + 0 gamma
    for (int c = 0; c <= kMaxCoefficient; ++c) {
      const G2Affine& delta = deltas[static_cast<std::size_t>(c)];
      if (points[i].x != delta.x || points[i].is_infinity() != (c == 0)) {
        continue;
      }
      const G2Relation found{tried[i].beta, tried[i].gamma, points[i] == delta ? -c : c};
      if (!out || found.size() < out->size()) {
        out = found;
      }
    }
  }
  return out;
}

// factor times point `index`, of alpha (0) and the IC (from 1).
struct Multiple {
  std::uint64_t low_x;  // of x, which opposite points share
  std::uint32_t index;
  int factor;
};

struct G1Relation {
  std::size_t other;
  int factor, other_factor;  // factor P = other_factor Q
};

// For each point that is a multiple of an earlier one, or both of a third, as far as kMaxCoefficient: one of them.
std::map<std::size_t, G1Relation> find_relations(std::span<const G1Affine> points) {
  std::vector<Multiple> all;
  std::vector<G1> sums(points.size());
  for (int factor = 1; factor <= kMaxCoefficient; ++factor) {
    for (std::size_t i = 0; i < points.size(); ++i) {
      sums[i] += points[i];
    }
    const std::vector<G1Affine> affine = batch_to_affine(sums);
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (!points[i].is_infinity()) {
        all.push_back({affine[i].x.canonical()[0], static_cast<std::uint32_t>(i), factor});
      }
    }
  }
  std::sort(all.begin(), all.end(), [](const Multiple& a, const Multiple& b) {
    return std::tie(a.low_x, a.index, a.factor) < std::tie(b.low_x, b.index, b.factor);
  });
  std::map<std::size_t, G1Relation> out;
  for (std::size_t begin = 0, i = 0; i < all.size(); ++i) {
    if (all[i].low_x != all[begin].low_x) {
      begin = i;
    }
    const Multiple &first = all[begin], &here = all[i];
    if (first.index == here.index) {
      continue;
    }
    const G1 p = scalar_mul(G1(points[here.index]), std::int64_t{here.factor});
    const G1 q = scalar_mul(G1(points[first.index]), std::int64_t{first.factor});
    if (p != q && p != -q) {
      continue;
    }
    const auto [known, is_new] = out.try_emplace(here.index);
    if (is_new || here.factor < known->second.factor) {
      known->second = {first.index, here.factor, p == q ? first.factor : -first.factor};
    }
  }
  return out;
}

std::string name_of(std::size_t index) { return index == 0 ? "alpha" : fmt::format("IC[{}]", index - 1); }

std::string describe(std::size_t index, const G1Relation& relation) {
  const std::size_t other = relation.other;
  const std::array<std::pair<int, std::string>, 2> terms{std::pair{relation.factor, name_of(index)},
                                                         {-relation.other_factor, name_of(other)}};
  return equation(terms) +
         (other >= 2 ? fmt::format(": proofs bind public signals {} and {} only together", other - 1, index - 1)
                     : ": no ceremony makes that, and for some public signals anyone can forge proofs");
}

}  // namespace

std::vector<std::string> key_weaknesses(const VerifyingKey& vk) {
  std::vector<std::string> out;
  if (vk.alpha1.is_infinity() || vk.beta2.is_infinity() || vk.gamma2.is_infinity() || vk.delta2.is_infinity()) {
    out.emplace_back("alpha, beta, gamma or delta is infinity: anyone can forge proofs from the verification key");
  } else if (vk.gamma2 == vk.delta2 || vk.gamma2 == -vk.delta2) {
    out.emplace_back(
        "gamma and delta are the same point or opposite: nobody has contributed to the circuit's key (phase 2), so "
        "anyone can forge proofs from the verification key");
  } else if (const auto found = find_relation(vk)) {
    const std::array<std::pair<int, std::string>, 3> terms{
        std::pair{found->beta, "beta"}, {found->gamma, "gamma"}, {found->delta, "delta"}};
    out.push_back(equation(terms) + ": no ceremony makes that, and anyone can forge proofs from the verification key");
  }
  if (vk.alpha1 == G1Affine::generator() || vk.beta2 == G2Affine::generator()) {
    out.emplace_back(
        "alpha or beta is the generator: nobody has contributed to the powers of tau (phase 1), so anyone can forge "
        "proofs");
  }
  std::vector<G1Affine> points{vk.alpha1};
  points.insert(points.end(), vk.ic.begin(), vk.ic.end());
  const std::map<std::size_t, G1Relation> relations = find_relations(points);
  for (std::size_t i = 1; i < points.size(); ++i) {
    if (const auto relation = relations.find(i); relation != relations.end()) {
      out.push_back(describe(i, relation->second));
    } else if (i > 1 && points[i].is_infinity()) {
      out.push_back(fmt::format("IC[{0}] is infinity: proofs say nothing about public signal {0}", i - 1));
    }
  }
  return out;
}

std::optional<std::string> statement_weakness(const VerifyingKey& vk, const G1Affine& sum) {
  const auto found = find_relations(std::array{vk.alpha1, sum});
  if (!sum.is_infinity() && found.empty()) {
    return std::nullopt;
  }
  return fmt::format("the sum of the public signals' points is {}: anyone can forge proofs for these signals",
                     sum.is_infinity() ? "infinity" : "a small multiple of alpha");
}

}  // namespace proofcard::groth16
