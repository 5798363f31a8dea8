// What Ligero hides. With fixed challenges everything that is shown (the combined word, the sum polynomial, the opened
// rows) is a function of the blinding, of degree 2 at most, so (f(b + e) - f(b - e)) / 2 is its exact derivative. The
// blinding gives it all the freedom that the checks leave: each opened row has to fit the word and the sum, and the sum
// over H is known.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/zk/ligero_simulator.hpp"
#include "tests/zk/sent.hpp"

namespace proofcard::zk::ligero {
namespace {

using proofcard::testing::BlindingTable;
using proofcard::testing::Random;
using proofcard::testing::rank;
using proofcard::testing::seeded_oracle;
using testing::at;
using testing::check;
using testing::message;
using testing::mixed_system;
using testing::Polynomial;
using testing::Proof;
using testing::System;

using Key = BlindingTable::Key;

constexpr std::uint64_t kChallenges = 3;
const std::vector<std::string> kLabels{"ligero.value-column", "ligero.factor-column", "ligero.sum-mask",
                                       "ligero.word-mask"};

Transcript with_oracle(const hash::Digest& root, std::uint64_t seed) {
  Transcript out = testing::transcript_of(root);
  out.set_oracle(seeded_oracle(seed));
  return out;
}

// Elements that are sent, opened ones too.
class Recorder : public Interceptor {
 public:
  void message(std::string_view, std::span<Fr> values) override {
    shown.insert(shown.end(), values.begin(), values.end());
  }
  std::vector<Fr> shown;
};

// Everything shown; and rows that are not opened of the first word, when asked for.
std::vector<Fr> shown_by(const System& system, const BlindingTable& blinding, std::size_t num_other_rows = 0) {
  const hash::BlindingSource source = blinding.source();
  const Committed committed = testing::commit_to(system, source);
  ProverChannel channel(with_oracle(committed.root(), kChallenges));
  Recorder recorder;
  channel.set_interceptor(&recorder);
  EXPECT_TRUE(prove(channel, testing::cpu_kernels(), committed, system.constraints, source).ok());
  for (std::size_t i = 0; i < num_other_rows; ++i) {
    for (std::size_t c = 0; c < system.parameters().num_columns(); ++c) {
      recorder.shown.push_back(committed.word.elements[(c << system.parameters().log_rows) + 77 + i]);
    }
  }
  return recorder.shown;
}

std::vector<Fr> difference(std::vector<Fr> a, const std::vector<Fr>& b) {
  EXPECT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    a[i] -= b[i];
  }
  return a;
}

using Varied = std::function<bool(const Key&)>;

bool all(const Key&) { return true; }

// Rows: derivatives by those blinding values.
std::map<Key, std::vector<Fr>> derivatives(const System& system, const BlindingTable& at, const Varied& varied,
                                           std::size_t num_other_rows = 0) {
  shown_by(system, at);
  const Fr half = Fr::from_u64(2).inverse();
  std::map<Key, std::vector<Fr>> out;
  for (const Key& key : at.asked()) {
    if (!varied(key)) {
      continue;
    }
    BlindingTable above(at), below(at);
    above.set(key, at.get(key) + Fr::one());
    below.set(key, at.get(key) - Fr::one());
    std::vector<Fr> row = difference(shown_by(system, above, num_other_rows), shown_by(system, below, num_other_rows));
    for (Fr& v : row) {
      v *= half;
    }
    out[key] = std::move(row);
  }
  return out;
}

std::size_t rank_of(const std::map<Key, std::vector<Fr>>& rows) {
  std::vector<std::vector<Fr>> list;
  for (const auto& [key, row] : rows) {
    list.push_back(row);
  }
  return rank(list);
}

std::size_t num_all_columns(const Parameters& p) { return p.num_columns() + 2 * p.num_factor_columns(); }

// Dimensions that the checks leave.
std::size_t full_rank(const Parameters& p) {
  return p.num_coefficients() + p.num_sum_coefficients() + p.num_queries * num_all_columns(p) - 2 * p.num_queries - 1;
}

// Few queries, so that all derivatives take a second.
System small_system(bool products) {
  System out = products ? mixed_system(30, 20, 2, 2, 1) : mixed_system(30, 20, 4, 0, 0);
  out.security_bits = 28;
  return out;
}

class LigeroHiding : public ::testing::TestWithParam<bool> {
 protected:
  System system_ = small_system(GetParam());
  Parameters parameters_ = system_.parameters();
  BlindingTable blinding_{7};
  bool has(const std::string& label) const { return GetParam() || label != "ligero.factor-column"; }
};

INSTANTIATE_TEST_SUITE_P(Products, LigeroHiding, ::testing::Bool());

TEST_P(LigeroHiding, AllQueriesOfTheTestsAreDifferent) {
  ASSERT_GE(parameters_.num_queries, 2U);
  EXPECT_EQ(shown_by(system_, blinding_).size(), full_rank(parameters_) + 2 * parameters_.num_queries + 1);
}

TEST_P(LigeroHiding, EveryBlindingIsAskedForOnce) {
  std::map<Key, int> times;
  const hash::BlindingSource counting =
      hash::BlindingSource::from_function([&](std::string_view label, std::uint64_t index) {
        ++times[{std::string(label), index}];
        return blinding_.get({std::string(label), index});
      });
  testing::prove(system_, counting);
  std::set<std::string> labels;
  for (const auto& [key, n] : times) {
    EXPECT_EQ(n, 1) << key.first << " " << key.second;
    labels.insert(key.first);
  }
  for (const std::string& label : kLabels) {
    EXPECT_EQ(labels.contains(label), has(label)) << label;
  }
  EXPECT_EQ(labels.size(), GetParam() ? 4U : 3U);
}

TEST_P(LigeroHiding, WhatIsShownHasFullRank) {
  EXPECT_EQ(rank_of(derivatives(system_, blinding_, all)), full_rank(parameters_));
}

TEST_P(LigeroHiding, WhatIsShownHasFullRankWithAllQueriesOfAProof) {
  system_.security_bits = pcs::whir::kSecurityBits;
  EXPECT_EQ(rank_of(derivatives(system_, blinding_, all)), full_rank(system_.parameters()));
}

TEST_P(LigeroHiding, LeavingOutAClassOfMasksLosesFreedom) {
  for (const std::string& label : kLabels) {
    if (has(label)) {
      BlindingTable without(blinding_);
      without.remove_label(label);
      EXPECT_LT(rank_of(derivatives(system_, without, all)), full_rank(parameters_)) << label;
    }
  }
}

// The budget: as many random coefficients of a column as rows are opened. One is left over, and without any two of one
// column there are too few.
TEST_P(LigeroHiding, OneRandomCoefficientIsLeftOver) {
  const std::size_t num_random = parameters_.num_random();
  const auto rows = derivatives(system_, blinding_, all);
  const auto without = [&](const std::string& label, std::size_t column, std::size_t how_many) {
    auto left = rows;
    std::erase_if(left, [&](const auto& row) {
      const Key& key = row.first;
      return key.first == label && key.second / num_random == column && key.second % num_random < how_many;
    });
    return rank_of(left);
  };
  for (std::size_t column = 0; column < parameters_.num_value_columns(); ++column) {
    EXPECT_EQ(without("ligero.value-column", column, 1), full_rank(parameters_)) << column;
    EXPECT_LT(without("ligero.value-column", column, 2), full_rank(parameters_)) << column;
  }
  for (std::size_t column = 0; column < 2 * parameters_.num_factor_columns(); ++column) {
    EXPECT_EQ(without("ligero.factor-column", column, 1), full_rank(parameters_)) << column;
    EXPECT_LT(without("ligero.factor-column", column, 2), full_rank(parameters_)) << column;
  }
}

// Whoever guesses the values can check the guess against the digest of a row that is not opened only if that row is
// determined. It is as free as an opened one; two of them are not.
TEST_P(LigeroHiding, AnyOtherRowIsFreeToo) {
  const std::size_t more = parameters_.num_columns() - (GetParam() ? 0 : 2);
  EXPECT_EQ(rank_of(derivatives(system_, blinding_, all, 1)), full_rank(parameters_) + more);
  EXPECT_LT(rank_of(derivatives(system_, blinding_, all, 2)), full_rank(parameters_) + 2 * more);
}

// Coefficients c with sum_key c_key rows_key = target at the given positions; rows have full rank there.
std::map<Key, Fr> solve(const std::map<Key, std::vector<Fr>>& rows, const std::vector<Fr>& target,
                        const std::vector<std::size_t>& positions) {
  // Equations: one a position.
  std::vector<Key> keys;
  for (const auto& [key, row] : rows) {
    keys.push_back(key);
  }
  std::vector<std::vector<Fr>> equations;
  for (const std::size_t p : positions) {
    std::vector<Fr>& equation = equations.emplace_back();
    for (const auto& [key, row] : rows) {
      equation.push_back(row[p]);
    }
    equation.push_back(target[p]);
  }
  std::map<Key, Fr> out;
  std::size_t done = 0;
  std::vector<std::size_t> pivots;
  for (std::size_t k = 0; k < keys.size() && done < equations.size(); ++k) {
    std::size_t pivot = done;
    while (pivot < equations.size() && equations[pivot][k].is_zero()) {
      ++pivot;
    }
    if (pivot == equations.size()) {
      continue;
    }
    std::swap(equations[done], equations[pivot]);
    const Fr inverse = equations[done][k].inverse();
    for (Fr& v : equations[done]) {
      v *= inverse;
    }
    for (std::size_t e = 0; e < equations.size(); ++e) {
      if (e != done) {
        const Fr factor = equations[e][k];
        for (std::size_t i = k; i <= keys.size(); ++i) {
          equations[e][i] -= factor * equations[done][i];
        }
      }
    }
    pivots.push_back(k);
    ++done;
  }
  for (std::size_t i = 0; i < done; ++i) {
    out[keys[pivots[i]]] = equations[i].back();
  }
  for (std::size_t e = done; e < equations.size(); ++e) {
    EXPECT_TRUE(equations[e].back().is_zero()) << "no blinding explains position " << positions[e];
  }
  return out;
}

// Two vectors that satisfy the same equations: for blinding of the one there is blinding of the other with which all
// that is shown is the same.
TEST_P(LigeroHiding, OtherValuesWithOtherBlindingShowTheSame) {
  Random random(31);
  System other = system_;
  other.values = random.frs(system_.values.size());
  for (VerifierChannel::Constraint& constraint : system_.constraints) {
    constraint.rest = Value();
    const Fr here = testing::left_side(constraint, system_.values),
             there = testing::left_side(constraint, other.values);
    // c_0 + c_1 z_0 makes up for both.
    const Fr c1 = (there - here) * (system_.values[0] - other.values[0]).inverse();
    constraint.rest = Value(-here - c1 * system_.values[0]);
    constraint.rest.add_scaled(Value::variable(0), c1);
  }
  other.constraints = system_.constraints;
  const std::vector<Fr> shown = shown_by(system_, blinding_);

  // First the rows of columns that have values, which depend on their own blinding alone; then the rest.
  BlindingTable others(blinding_);
  const auto is_mask = [](const Key& key) { return key.first == "ligero.sum-mask" || key.first == "ligero.word-mask"; };
  const std::size_t first_rows = parameters_.num_coefficients() + parameters_.num_sum_coefficients();
  const std::size_t second_rows = first_rows + parameters_.num_queries * parameters_.num_columns();
  std::vector<std::size_t> of_values, everything;
  for (std::size_t p = 0; p < shown.size(); ++p) {
    everything.push_back(p);
    if (p >= second_rows ||
        (p >= first_rows && (p - first_rows) % parameters_.num_columns() < parameters_.num_value_columns())) {
      of_values.push_back(p);
    }
  }
  for (const bool masks : {false, true}) {
    const auto moves = solve(derivatives(other, others, [&](const Key& key) { return is_mask(key) == masks; }),
                             difference(shown, shown_by(other, others)), masks ? everything : of_values);
    for (const auto& [key, move] : moves) {
      others.set(key, others.get(key) + move);
    }
  }
  EXPECT_FALSE(shown_by(other, blinding_) == shown);
  EXPECT_TRUE(shown_by(other, others) == shown);
}

// The equations have no solution at all.
TEST_P(LigeroHiding, TheSimulatorIsAcceptedWithItsOwnChallengesOnly) {
  System impossible = system_;
  impossible.security_bits = pcs::whir::kSecurityBits;
  impossible.constraints.push_back({{}, Value(Fr::one()), "impossible"});
  const Proof simulated = testing::simulate(
      impossible, [](const hash::Digest& root) { return with_oracle(root, 11); }, 12);
  EXPECT_EQ(message(check(impossible, simulated, with_oracle(simulated.root, 11))), "");
  EXPECT_FALSE(check(impossible, simulated, with_oracle(simulated.root, 13)).ok());
  EXPECT_FALSE(check(impossible, simulated).ok());
  impossible.constraints.pop_back();
  EXPECT_EQ(simulated.bytes.size(), [&] {
    // Queries decide how many nodes an opening has: the same challenges.
    const hash::BlindingSource blinding = hash::BlindingSource::from_seed(1, {});
    const Committed committed = testing::commit_to(impossible, blinding);
    ProverChannel channel(with_oracle(committed.root(), 11));
    EXPECT_TRUE(prove(channel, testing::cpu_kernels(), committed, impossible.constraints, blinding).ok());
    return channel.proof().size();
  }());
}

TEST_P(LigeroHiding, TwoProofsOfOneStatementShareNoWord) {
  const System system = mixed_system(32, 200, 20, GetParam() ? 10 : 0, 0);
  const auto words = [](const Proof& proof) {
    std::set<std::string> out;
    for (std::size_t i = 0; i + 32 <= proof.bytes.size(); ++i) {
      out.emplace(proof.bytes.begin() + static_cast<std::ptrdiff_t>(i),
                  proof.bytes.begin() + static_cast<std::ptrdiff_t>(i + 32));
    }
    return out;
  };
  const hash::BlindingSource one = hash::BlindingSource::from_system().value();
  const hash::BlindingSource two = hash::BlindingSource::from_system().value();
  const std::set<std::string> first = words(prove(system, one));
  ASSERT_GT(first.size(), 10000U);
  for (const std::string& word : words(prove(system, two))) {
    EXPECT_FALSE(first.contains(word));
  }
}

}  // namespace
}  // namespace proofcard::zk::ligero
