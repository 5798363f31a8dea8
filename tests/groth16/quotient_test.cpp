#include "host/groth16/quotient.hpp"

#include <gtest/gtest.h>

#include "host/field/two_adic.hpp"
#include "tests/groth16/small_key.hpp"
#include "tests/support/random.hpp"

namespace proofcard::groth16 {
namespace {

using Poly = std::vector<Fr>;  // coefficients, lowest first

Fr power(const Fr& base, std::size_t exponent) { return base.pow_vartime({exponent, 0, 0, 0}); }

Fr evaluate(const Poly& p, const Fr& x) {
  Fr value;
  for (std::size_t i = p.size(); i-- > 0;) {
    value = value * x + p[i];
  }
  return value;
}

// From the values at the powers of the n-th root of unity, by the definition of the inverse transform.
Poly interpolate(std::span<const Fr> values, std::size_t log_n) {
  const Fr inverse_root = root_of_unity<Fr>(static_cast<unsigned>(log_n)).inverse();
  const Fr inverse_n = Fr::from_u64(values.size()).inverse();
  Poly out(values.size());
  for (std::size_t k = 0; k < values.size(); ++k) {
    out[k] = evaluate({values.begin(), values.end()}, power(inverse_root, k)) * inverse_n;
  }
  return out;
}

// A B - C divided by x^n - 1; the remainder must be 0.
Poly divide(const Poly& a, const Poly& b, const Poly& c) {
  const std::size_t n = a.size();
  Poly p(2 * n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      p[i + j] += a[i] * b[j];
    }
    p[i] -= c[i];
  }
  Poly quotient(n);
  for (std::size_t i = 2 * n; i-- > n;) {
    quotient[i - n] = p[i];
    p[i - n] += p[i];
    p[i] = Fr::zero();
  }
  for (const Fr& rest : p) {
    EXPECT_TRUE(rest.is_zero());
  }
  return quotient;
}

TEST(Quotient, AgreesWithThePolynomialDivision) {
  proofcard::testing::Random random(3);
  for (const kernels::NttFr* ntt : {&kernels::reference_ntt_fr(), &kernels::cpu_ntt_fr()}) {
    for (const std::size_t log_n : {0, 1, 3, 6}) {
      const std::size_t n = std::size_t{1} << log_n;
      std::vector<Fr> sides = random.frs(2 * n);
      sides.resize(3 * n);
      std::vector<Fr> products(n);
      for (std::size_t i = 0; i < n; ++i) {
        products[i] = sides[i] * sides[n + i];
      }
      const Poly quotient = divide(interpolate({sides.data(), n}, log_n), interpolate({sides.data() + n, n}, log_n),
                                   interpolate(products, log_n));
      ASSERT_TRUE(odd_values(*ntt, sides, log_n).ok());
      const Fr root = root_of_unity<Fr>(static_cast<unsigned>(log_n + 1));
      for (std::size_t i = 0; i < n; ++i) {
        const Fr x = power(root, 2 * i + 1);
        EXPECT_EQ(sides[i], evaluate(quotient, x) * (power(x, n) - Fr::one())) << ntt->name() << " " << log_n;
      }
    }
  }
}

TEST(Quotient, SidesAreTheMatricesTimesTheWitness) {
  const testing::Folder folder;
  const testing::SmallCircuit circuit = testing::make_circuit(Fr::from_u64(9), Fr::from_i64(-4));
  const auto zkey = Zkey::open(folder.write("circuit.zkey", testing::zkey_of(circuit).bytes()));
  ASSERT_TRUE(zkey.ok()) << zkey.error().message();
  const auto witness = Witness::open(folder.write("witness.wtns", testing::wtns_of(circuit.witness).bytes()));
  ASSERT_TRUE(witness.ok()) << witness.error().message();
  const auto coefficients = zkey->coefficients();
  ASSERT_TRUE(coefficients.ok()) << coefficients.error().message();
  const std::size_t n = zkey->header().domain_size();
  const std::vector<Fr> sides = evaluate_sides(*coefficients, *witness, zkey->header().log_domain_size);
  ASSERT_EQ(sides.size(), 3 * n);
  for (std::size_t row = 0; row < n; ++row) {
    for (std::size_t matrix = 0; matrix < 2; ++matrix) {
      Fr expected;
      if (row < circuit.constraints.size()) {
        for (const auto& [signal, value] : circuit.constraints[row].sides[matrix]) {
          expected += value * circuit.witness[signal];
        }
      } else if (matrix == 0) {
        expected = circuit.witness[row - circuit.constraints.size()];
      }
      EXPECT_EQ(sides[matrix * n + row], expected) << row;
    }
  }
}

}  // namespace
}  // namespace proofcard::groth16
