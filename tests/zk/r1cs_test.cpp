// The constraint system: it says what the constraints say, in all the forms in which prover and verifier use it.
#include "host/zk/r1cs.hpp"

#include <gtest/gtest.h>

#include "host/field/fr_vector.hpp"
#include "tests/support/random.hpp"

namespace proofcard::zk {
namespace {

using testing::Random;
using Constraint = VerifierChannel::Constraint;

constexpr std::size_t kRows = 3;  // of messages, before auxiliary variables
constexpr std::size_t kVector = 5;

Value random_form(Random& random, std::size_t terms) {
  Value out = random.fr();
  for (std::size_t i = 0; i < terms; ++i) {
    const bool in_vector = random.in_range(0, 3) == 0;
    const auto index =
        static_cast<std::uint32_t>(random.in_range(0, in_vector ? kVector - 1 : kRows * kHiddenRowLen - 1));
    out += Value::variable(in_vector ? kVectorVariables + index : index) * random.fr();
  }
  return out;
}

struct System {
  std::vector<Constraint> constraints;
  std::vector<Value> auxiliary;
  R1cs r1cs;
};

System random_system(Random& random, std::size_t num_constraints) {
  System out;
  for (std::size_t i = 0; i < num_constraints; ++i) {
    Constraint c;
    for (std::int64_t k = random.in_range(0, 3); k > 0; --k) {
      c.products.push_back({random_form(random, 2), random_form(random, 3)});
    }
    c.rest = random_form(random, 4);
    out.constraints.push_back(std::move(c));
  }
  const std::size_t n = num_auxiliary(out.constraints);
  for (std::size_t i = 0; i < n; ++i) {
    out.auxiliary.push_back(Value::variable(static_cast<std::uint32_t>(kRows * kHiddenRowLen + i)));
  }
  out.r1cs = build(out.constraints, out.auxiliary, kRows + (n + kHiddenRowLen - 1) / kHiddenRowLen, kVector);
  return out;
}

// z with auxiliary variables set to their products.
std::vector<Fr> honest_z(Random& random, const System& system) {
  std::vector<Fr> hidden = random.frs(kRows * kHiddenRowLen);
  const std::vector<Fr> vector = random.frs(kVector);
  std::vector<Fr> z = make_z(system.r1cs, hidden, vector);
  std::size_t next = kRows * kHiddenRowLen;
  for (const Constraint& c : system.constraints) {
    for (std::size_t i = 1; i < c.products.size(); ++i) {
      z[next++] =
          evaluate(system.r1cs, c.products[i].a, z, Fr::one()) * evaluate(system.r1cs, c.products[i].b, z, Fr::one());
    }
  }
  return z;
}

// A z B z - u C z by row.
std::vector<Fr> errors(const R1cs& r1cs, std::span<const Fr> z, const Fr& u) {
  std::vector<Fr> out;
  for (const R1csRow& row : r1cs.rows) {
    out.push_back(evaluate(r1cs, row.a, z, u) * evaluate(r1cs, row.b, z, u) - u * evaluate(r1cs, row.c, z, u));
  }
  return out;
}

class R1csProperty : public ::testing::TestWithParam<std::uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Seeds, R1csProperty, ::testing::Range<std::uint64_t>(1, 21));

TEST_P(R1csProperty, RowsMissByWhatTheConstraintsMiss) {
  Random random(GetParam());
  const System system = random_system(random, 6);
  const std::vector<Fr> z = honest_z(random, system);
  const std::vector<Fr> missed = errors(system.r1cs, z, Fr::one());
  std::size_t row = 0;
  for (const Constraint& c : system.constraints) {
    Fr expected = evaluate(system.r1cs, c.rest, z, Fr::one());
    for (const auto& product : c.products) {
      expected += evaluate(system.r1cs, product.a, z, Fr::one()) * evaluate(system.r1cs, product.b, z, Fr::one());
    }
    for (std::size_t i = 1; i < c.products.size(); ++i) {
      EXPECT_TRUE(missed[row++].is_zero());  // the auxiliary variable is the product
    }
    EXPECT_EQ(missed[row++], expected);
  }
  EXPECT_EQ(row, system.r1cs.rows.size());
  EXPECT_LE(row, std::size_t{1} << system.r1cs.log_rows);
}

TEST_P(R1csProperty, WrongAuxiliaryVariableIsAnError) {
  Random random(GetParam());
  const System system = random_system(random, 6);
  const std::vector<Fr> z = honest_z(random, system);
  const std::vector<Fr> honest = errors(system.r1cs, z, Fr::one());
  for (std::size_t i = 0; i < system.auxiliary.size(); ++i) {
    std::vector<Fr> changed(z);
    changed[kRows * kHiddenRowLen + i] += Fr::one();
    EXPECT_FALSE(errors(system.r1cs, changed, Fr::one()) == honest);
  }
}

TEST_P(R1csProperty, CombineIsTheWeightedSumOfRows) {
  Random random(GetParam());
  const System system = random_system(random, 6);
  const std::vector<Fr> z = random.frs(std::size_t{2} << system.r1cs.log_half);
  const Fr u = random.fr();
  const Fr rho = random.fr();
  const std::vector<Fr> weights = random.frs(system.r1cs.rows.size());
  const CombinedRow combined = combine(system.r1cs, weights, rho);
  Fr expected;
  for (std::size_t x = 0; x < weights.size(); ++x) {
    const R1csRow& row = system.r1cs.rows[x];
    expected += weights[x] * (evaluate(system.r1cs, row.a, z, u) + rho * evaluate(system.r1cs, row.b, z, u) +
                              rho.square() * evaluate(system.r1cs, row.c, z, u));
  }
  EXPECT_EQ(fr_dot(combined.coefficients, z) + combined.constant * u, expected);
  EXPECT_EQ(combined_constant(system.r1cs, weights, rho), combined.constant);
  const std::vector<Fr> point = random.frs(system.r1cs.log_half + 1);
  EXPECT_EQ(combined_at(system.r1cs, weights, rho, point), fr_dot(combined.coefficients, fr_eq_table(point)));
}

// (z + r z', u + r u') has the error E + r T + r^2 E', T as the prover computes it: the identity that folding rests on.
TEST_P(R1csProperty, FoldingIdentityHolds) {
  Random random(GetParam());
  const System system = random_system(random, 6);
  const std::vector<Fr> z = random.frs(std::size_t{2} << system.r1cs.log_half);
  const std::vector<Fr> other = random.frs(z.size());
  const Fr u = random.fr();
  const Fr other_u = random.fr();
  const Fr r = random.fr();
  std::vector<Fr> folded(z);
  fr_axpy(folded, r, other);
  const std::vector<Fr> e = errors(system.r1cs, z, u);
  const std::vector<Fr> other_e = errors(system.r1cs, other, other_u);
  const std::vector<Fr> folded_e = errors(system.r1cs, folded, u + r * other_u);
  for (std::size_t x = 0; x < e.size(); ++x) {
    const R1csRow& row = system.r1cs.rows[x];
    const auto at = [&](const Value& form, std::span<const Fr> where, const Fr& scale) {
      return evaluate(system.r1cs, form, where, scale);
    };
    const Fr cross = at(row.a, z, u) * at(row.b, other, other_u) + at(row.a, other, other_u) * at(row.b, z, u) -
                     u * at(row.c, other, other_u) - other_u * at(row.c, z, u);
    EXPECT_EQ(folded_e[x], e[x] + r * cross + r.square() * other_e[x]);
  }
}

TEST(R1cs, IndicesOfRowsAndVectorAreDistinct) {
  for (const std::size_t rows : {1U, 2U, 17U}) {
    for (const std::size_t vector : {1U, 16U, 256U}) {
      const R1cs r1cs = build({}, {}, rows, vector);
      const std::size_t half = std::size_t{1} << r1cs.log_half;
      EXPECT_GE(half, rows * kHiddenRowLen);
      EXPECT_GE(half, vector);
      EXPECT_EQ(index_of(r1cs, static_cast<std::uint32_t>(rows * kHiddenRowLen - 1)), rows * kHiddenRowLen - 1);
      EXPECT_EQ(index_of(r1cs, kVectorVariables), half);
    }
  }
}

TEST(R1cs, ErrorWeightsAreThoseOfTheExtension) {
  Random random(1);
  for (const std::size_t num_rows : {1U, 3U, 16U, 17U, 60U}) {
    const System system = [&] {
      System s;
      for (std::size_t i = 0; i < num_rows; ++i) {
        s.constraints.push_back({{}, Value::variable(static_cast<std::uint32_t>(i % 48)), {}});
      }
      s.r1cs = build(s.constraints, {}, kRows, kVector);
      return s;
    }();
    const std::vector<Fr> point = random.frs(system.r1cs.log_rows);
    std::vector<Fr> e = random.frs(num_rows);
    const std::vector<Fr> eq = fr_eq_table(point);
    const Fr expected = fr_dot(e, std::span(eq).first(num_rows));
    e.resize((num_rows + kHiddenRowLen - 1) / kHiddenRowLen * kHiddenRowLen);
    const std::vector<Fr> weights = error_row_weights(system.r1cs, point);
    const std::vector<Fr> position = error_row_position(system.r1cs, point);
    Fr sum;
    for (std::size_t i = 0; i < e.size(); ++i) {
      sum += e[i] * weights[i / kHiddenRowLen] * position[i % kHiddenRowLen];
    }
    EXPECT_EQ(sum, expected) << num_rows;
  }
}

}  // namespace
}  // namespace proofcard::zk
