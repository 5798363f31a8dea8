// The simulator: without any witness it makes transcripts that every check accepts when the challenges are its own,
// that the real verifier rejects, and that look like real ones.
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "tests/zk/mini_protocol.hpp"
#include "tests/zk/small_model.hpp"

namespace proofcard::testing {
namespace {

Transcript with_oracle(Transcript transcript, std::uint64_t seed) {
  transcript.set_oracle(seeded_oracle(seed));
  return transcript;
}

TEST(Simulator, MiniProtocolIsAcceptedWithItsOwnChallengesOnly) {
  for (const unsigned log_row_len : {4U, 9U}) {
    const MiniProtocol mini(log_row_len, 1);
    const Protocol protocol{MiniProtocol::real_transcript, [&](VerifierChannel& c) { return mini.check(c); },
                            mini.generators()};
    const Simulated simulated = simulate(protocol, 11, 12);
    const Status accepted = mini.verify(simulated.messages, with_oracle(MiniProtocol::real_transcript(), 11));
    EXPECT_TRUE(accepted.ok()) << accepted.error().message();
    EXPECT_FALSE(mini.verify(simulated.messages, with_oracle(MiniProtocol::real_transcript(), 13)).ok());
    EXPECT_FALSE(mini.verify(simulated.messages, MiniProtocol::real_transcript()).ok());
  }
}

TEST(Simulator, ModelIsAcceptedWithItsOwnChallengesOnly) {
  const SmallModel model;
  const Simulated simulated = simulate(model.protocol(), 11, 12);
  const Status accepted = model.verify_messages(simulated.messages, with_oracle(model.protocol().begin(), 11));
  EXPECT_TRUE(accepted.ok()) << accepted.error().message();

  const auto verdict = verify(model.model(), model.file(simulated.messages));
  ASSERT_FALSE(verdict.ok());
  EXPECT_EQ(verdict.error().kind, ErrorKind::kRejected);
  EXPECT_EQ(model.file(simulated.messages).size(), model.proof().size());
}

// Counts of byte values over the clear field elements of many transcripts; the top byte is not uniform below p.
struct Histogram {
  std::array<double, 256> counts{};
  double total = 0;
  std::vector<bool> zeros;  // which elements are 0, the same in every transcript

  void add(const std::vector<Sent>& sent) {
    std::vector<bool> found;
    for (const Fr& value : clear_fields(sent)) {
      found.push_back(value.is_zero());
      if (value.is_zero()) {
        continue;
      }
      const auto bytes = value.to_bytes();
      for (std::size_t i = 0; i + 1 < bytes.size(); ++i) {
        counts[bytes[i]] += 1;
        total += 1;
      }
    }
    if (zeros.empty()) {
      zeros = found;
    }
    EXPECT_EQ(zeros, found);
  }
  double chi_square_to_uniform() const {
    double sum = 0;
    for (const double n : counts) {
      sum += (n - total / 256) * (n - total / 256) / (total / 256);
    }
    return sum;
  }
};

double chi_square(const Histogram& a, const Histogram& b) {
  double sum = 0;
  for (std::size_t i = 0; i < 256; ++i) {
    const double d = a.counts[i] * std::sqrt(b.total / a.total) - b.counts[i] * std::sqrt(a.total / b.total);
    sum += d * d / (a.counts[i] + b.counts[i]);
  }
  return sum;
}

// 255 degrees of freedom: mean 255, standard deviation 22.6. All seeds are fixed, so this passes always or never.
TEST(Simulator, ClearValuesLookAlike) {
  constexpr double kLimit = 350;
  const SmallModel model;
  Histogram real;
  Histogram simulated;
  for (std::uint64_t i = 0; i < 200; ++i) {
    // Challenges are fixed: only blinding varies, and it alone has to make the values uniform.
    real.add(model.transcript(BlindingTable(1000 + i), seeded_oracle(5)));
    simulated.add(simulate(model.protocol(), 5, 5000 + 4 * i).sent);
  }
  EXPECT_EQ(real.zeros, simulated.zeros);
  EXPECT_EQ(real.total, simulated.total);
  EXPECT_LT(real.chi_square_to_uniform(), kLimit);
  EXPECT_LT(simulated.chi_square_to_uniform(), kLimit);
  EXPECT_LT(chi_square(real, simulated), kLimit);
}

}  // namespace
}  // namespace proofcard::testing
