#include "host/curve/pairing.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <sstream>

#include "tests/support/random.hpp"

namespace proofcard::curve {
namespace {

G1Affine g1_times(const Fr& k) { return scalar_mul(G1::generator(), k).to_affine(); }
G2Affine g2_times(const Fr& k) { return scalar_mul(G2::generator(), k).to_affine(); }

Fq12 random_fq12(testing::Random& random) {
  const auto fq = [&] { return Fq::from_u256_reduced({random.u64(), random.u64(), random.u64(), random.u64()}); };
  const auto fq2 = [&] { return Fq2{fq(), fq()}; };
  return {{fq2(), fq2(), fq2()}, {fq2(), fq2(), fq2()}};
}

Fq12 power(const Fq12& a, std::span<const std::uint64_t> exponent) {
  Fq12 out = Fq12::one();
  for (std::size_t bit = 64 * exponent.size(); bit-- > 0;) {
    out = out.square();
    if ((exponent[bit / 64] >> (bit % 64)) & 1) {
      out *= a;
    }
  }
  return out;
}

TEST(Fq12, IsAField) {
  testing::Random random(7);
  const Fq12 a = random_fq12(random), b = random_fq12(random), c = random_fq12(random);
  EXPECT_EQ((a * b) * c, a * (b * c));
  EXPECT_EQ(a * b, b * a);
  EXPECT_EQ(a.square(), a * a);
  EXPECT_EQ(a.c0.square(), a.c0 * a.c0);
  EXPECT_EQ(a.c0.c1.square(), a.c0.c1 * a.c0.c1);
  EXPECT_TRUE((a * a.inverse()).is_one());
  EXPECT_EQ(a.c0 * a.c0.inverse(), Fq6::one());
  EXPECT_EQ(a.c0.c0 * a.c0.c0.inverse(), Fq2::one());
  // w^2 = v, v^3 = xi, u^2 = -1
  const Fq12 w{{}, Fq6::one()};
  EXPECT_EQ(power(w, std::array<std::uint64_t, 1>{6}), (Fq12{{Fq2::xi(), {}, {}}, {}}));
  EXPECT_EQ((Fq2{{}, Fq::one()}).square(), -Fq2::one());
  const Fq2 x = b.c0.c0, y = b.c1.c2;
  EXPECT_EQ(a.times_line(x.c0, y, x), a * (Fq12{{{x.c0, {}}, {}, {}}, {y, x, {}}}));
  EXPECT_EQ(a.c0.times_v(), a.c0 * (Fq6{{}, Fq2::one(), {}}));
  EXPECT_EQ(x.times_xi(), x * Fq2::xi());
}

TEST(Fq12, FrobeniusIsThePowerQ) {
  testing::Random random(8);
  const Fq12 a = random_fq12(random);
  Fq12 expected = a;
  for (std::size_t n = 1; n <= 3; ++n) {
    expected = power(expected, Fq::kModulus);
    EXPECT_EQ(frobenius(a, n), expected);
  }
  EXPECT_EQ(frobenius(frobenius(a, 3), 3), a.conjugate());
}

// (q^4 - q^2 + 1) / r, computed outside.
constexpr std::array<std::uint64_t, 12> kHardPart{0xe81bb482ccdf42b1, 0x5abf5cc4f49c36d4, 0xf1154e7e1da014fd,
                                                  0xdcc7b44c87cdbacf, 0xaaa441e3954bcf8a, 0x6b887d56d5095f23,
                                                  0x79581e16f3fd90c6, 0x3b1b1355d189227d, 0x4e529a5861876f6b,
                                                  0x6c0eb522d5b12278, 0x331ec15183177faf, 0x01baaa710b0759ad};

TEST(Pairing, FinalExponentiationIsThePower) {
  testing::Random random(9);
  const Fq12 a = random_fq12(random);
  // The easy part by Frobenius maps, which have a test of their own.
  const Fq12 half = a.conjugate() * a.inverse();
  const Fq12 easy = frobenius(half, 2) * half;
  EXPECT_EQ(final_exponentiation(a), power(easy, kHardPart));
}

TEST(Pairing, IsBilinearAndNotDegenerate) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(seed);
  testing::Random random(seed);
  const Fr a = random.fr(), b = random.fr();
  const Fq12 e = pairing(G1Affine::generator(), G2Affine::generator());
  EXPECT_FALSE(e.is_one());
  EXPECT_TRUE(power(e, Fr::kModulus).is_one());
  EXPECT_EQ(pairing(g1_times(a), g2_times(b)), power(e, (a * b).canonical()));
  EXPECT_EQ(pairing(g1_times(a), g2_times(b)), pairing(g1_times(b), g2_times(a)));
  EXPECT_EQ(pairing(-g1_times(a), g2_times(b)), pairing(g1_times(a), -g2_times(b)));
  EXPECT_EQ(pairing(g1_times(a), G2Affine::generator()) * pairing(g1_times(b), G2Affine::generator()),
            pairing(g1_times(a + b), G2Affine::generator()));
}

TEST(Pairing, InfinityGivesOne) {
  EXPECT_TRUE(pairing(G1Affine::infinity(), G2Affine::generator()).is_one());
  EXPECT_TRUE(pairing(G1Affine::generator(), G2Affine::infinity()).is_one());
  EXPECT_TRUE(pairing_product({}).is_one());
}

TEST(Pairing, ProductsShareTheirSquarings) {
  testing::Random random(10);
  const Fr a = random.fr(), b = random.fr();
  const PreparedG2 first(g2_times(a)), second(g2_times(b)), nothing(G2Affine::infinity());
  const std::array<PairingInput, 4> pairs{PairingInput{g1_times(b), &first}, PairingInput{g1_times(-a), &second},
                                          PairingInput{g1_times(a), &nothing},
                                          PairingInput{G1Affine::infinity(), &first}};
  EXPECT_TRUE(pairing_product(pairs).is_one());
  EXPECT_EQ(pairing_product({pairs.data(), 1}), pairing(g1_times(b), g2_times(a)));
}

TEST(Pairing, AgreesWithThePrecompileOfEthereum) {
  std::ifstream in(PROOFCARD_SOURCE_DIR "/tests/vectors/eip197_pairing.txt");
  std::string line;
  std::size_t num_cases = 0;
  while (std::getline(in, line)) {
    if (line.starts_with('#')) continue;
    std::istringstream words(line);
    int answer = 0;
    std::string hex;
    words >> answer >> hex;
    ASSERT_EQ(hex.size() % 384, 0U);
    const auto fq = [&](std::size_t pair, std::size_t index) {
      U256 v{};
      for (std::size_t i = 0; i < 4; ++i) {
        v[3 - i] = std::stoull(hex.substr(384 * pair + 64 * index + 16 * i, 16), nullptr, 16);
      }
      return Fq::from_canonical(v);
    };
    std::vector<PreparedG2> prepared;
    std::vector<PairingInput> pairs;
    prepared.reserve(hex.size() / 384);
    for (std::size_t i = 0; i < hex.size() / 384; ++i) {
      const G1Affine p{fq(i, 0), fq(i, 1)};
      const G2Affine q{{fq(i, 3), fq(i, 2)}, {fq(i, 5), fq(i, 4)}};  // the imaginary part comes first there
      ASSERT_TRUE(p.is_on_curve());
      ASSERT_TRUE(q.is_in_group());
      prepared.emplace_back(q);
      pairs.push_back({p, &prepared.back()});
    }
    EXPECT_EQ(pairing_product(pairs).is_one(), answer == 1) << "case " << num_cases;
    ++num_cases;
  }
  EXPECT_EQ(num_cases, 5U);
}

}  // namespace
}  // namespace proofcard::curve
