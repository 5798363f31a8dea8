// What hides what: with fixed challenges, everything sent is a function of the blinding values, and these give it all
// the freedom there is.
//
// Commitments: each point has a blinding of its own, which moves it by H and moves no other point.
// Clear values: the field elements sent are functions of the folded witness z* = z + r z' and u* = 1 + r u', of the
//     blindings of rows* = rows + r rows' and vector*, and of those of E* = A z* B z* - u* C z*. Nothing else enters:
//     E* is determined, its commitments' blindings are not. So "full rank" means
//       - one transcript: as many dimensions as an unconstrained choice of (z*, u*, blindings*) gives, that is the
//         number of elements sent less the relations that hold among them for every choice (the verifier's checks, and
//         what the circuit's shape implies);
//       - many transcripts that differ in the challenges after "zk.fold", which together show all of (z*, u*,
//         blindings*): one dimension for each blinding value, so that leaving out any single one loses a dimension.
// Derivatives: clear values are polynomials of degree at most 2 in the blinding values, so (f(b + e) - f(b - e)) / 2 is
//     exact; those that show (z*, u*, blindings*) are of degree 1.
#include <gtest/gtest.h>

#include <algorithm>

#include "host/base/mutex.hpp"
#include "host/pcs/hyrax/verifier.hpp"
#include "tests/support/random.hpp"
#include "tests/zk/mini_protocol.hpp"
#include "tests/zk/small_model.hpp"

namespace proofcard::testing {
namespace {

constexpr std::uint64_t kChallenges = 3;

// Of the messages: what masks z and the openings, apart from what hides single commitments.
const std::vector<std::string> kMasks{"random-row",          "random-vector",          "random-u",
                                      "random-row-blinding", "random-vector-blinding", "zk.random-error"};
const std::vector<std::string> kCommitmentBlindings{
    "column", "message", "fold", "random-row-blinding", "random-vector-blinding", "zk.random-error", "zk.cross-terms"};

bool contains(const std::vector<std::string>& list, const std::string& label) {
  return std::find(list.begin(), list.end(), label) != list.end();
}

// Challenges after "zk.fold" come from another seed; those of the last sumcheck, when `row` is given, point at one
// hidden row.
Transcript::Oracle late_oracle(std::uint64_t late_seed, std::optional<std::size_t> row) {
  Transcript::Oracle early = seeded_oracle(kChallenges);
  Transcript::Oracle late = seeded_oracle(late_seed);
  return [=, folded = false, columns = false, round = std::size_t{0}](std::string_view label, std::size_t n) mutable {
    if (!folded) {
      folded = label == "zk.fold";
      return early(label, n);
    }
    std::vector<Fr> out = late(label, n);
    if (label == "zk.matrices") {
      columns = true;
    } else if (columns && label == "sumcheck.round") {
      if (row && round >= zk::kHiddenRowVars) {
        out[0] = Fr::from_u64(((*row << zk::kHiddenRowVars) >> round) & 1);
      }
      ++round;
    }
    return out;
  };
}

// What a prover sends with given blinding and challenges.
using Prover = std::function<std::vector<Sent>(const BlindingTable&, const Transcript::Oracle&)>;

std::vector<Sent> transcript(const MiniProtocol& protocol, const BlindingTable& blinding,
                             const Transcript::Oracle& oracle) {
  const auto begin = [&] {
    Transcript t = MiniProtocol::real_transcript();
    t.set_oracle(oracle);
    return t;
  };
  const hash::BlindingSource source = blinding.source();
  ProverChannel channel(begin(), &source);
  const SentRecorder recorder(channel);
  EXPECT_TRUE(protocol.prove(channel, begin()).ok());
  return recorder.sent();
}

std::vector<Fr> difference(std::vector<Fr> a, const std::vector<Fr>& b) {
  EXPECT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    a[i] -= b[i];
  }
  return a;
}

std::vector<BlindingTable::Key> asked_by(const Prover& prover, const BlindingTable& blinding) {
  prover(blinding, seeded_oracle(kChallenges));
  return blinding.asked();
}

// One row a mask: the derivative of all clear values. The blindings of the messages' own commitments stay as they are:
// they are used up by hiding those.
std::vector<std::vector<Fr>> mask_derivative(const Prover& prover, const BlindingTable& at) {
  const Fr half = Fr::from_u64(2).inverse();
  std::vector<std::vector<Fr>> out;
  for (const BlindingTable::Key& key : asked_by(prover, at)) {
    if (!contains(kMasks, key.first)) {
      continue;
    }
    BlindingTable above(at);
    BlindingTable below(at);
    above.set(key, at.get(key) + Fr::one());
    below.set(key, at.get(key) - Fr::one());
    out.push_back(difference(clear_fields(prover(above, seeded_oracle(kChallenges))),
                             clear_fields(prover(below, seeded_oracle(kChallenges)))));
    for (Fr& v : out.back()) {
      v *= half;
    }
  }
  return out;
}

class ZeroKnowledgeRank : public ::testing::Test {
 protected:
  // What shows (z*, u*, blindings*), over transcripts whose last challenges point at every hidden row in turn.
  std::vector<Fr> shown(const BlindingTable& blinding, std::size_t num_rows) const {
    std::vector<Fr> out;
    for (std::size_t row = 0; row < num_rows; ++row) {
      const std::vector<Sent> sent = transcript(protocol_, blinding, late_oracle(100 + row, row));
      for (const std::string label :
           {"zk.random-u", "zk.row", "zk.row-blinding", "zk.vector", "zk.vector-blinding", "zk.error-blinding"}) {
        const std::vector<Fr> values = clear_fields(sent, label);
        out.insert(out.end(), values.begin(), values.end());
      }
    }
    return out;
  }

  MiniProtocol protocol_{4, 1};
  Prover prover_ = [this](const BlindingTable& b, const Transcript::Oracle& o) { return transcript(protocol_, b, o); };
  Protocol public_part_{MiniProtocol::real_transcript, [this](VerifierChannel& c) { return protocol_.check(c); },
                        protocol_.generators()};
  BlindingTable blinding_{7};
  std::vector<BlindingTable::Key> keys_ = asked_by(prover_, blinding_);
};

TEST_F(ZeroKnowledgeRank, EachCommitmentHasItsOwnBlinding) {
  for (const unsigned log_row_len : {4U, 9U}) {
    const MiniProtocol protocol(log_row_len, 1);
    const BlindingTable blinding(7);
    const std::vector<curve::G1Affine> points = sent_points(transcript(protocol, blinding, seeded_oracle(kChallenges)));
    std::vector<std::size_t> moved_by(points.size());
    for (const BlindingTable::Key& key : blinding.asked()) {
      if (!contains(kCommitmentBlindings, key.first)) {
        continue;
      }
      BlindingTable other(blinding);
      other.set(key, blinding.get(key) + Fr::one());
      const std::vector<curve::G1Affine> moved = sent_points(transcript(protocol, other, seeded_oracle(kChallenges)));
      ASSERT_EQ(moved.size(), points.size());
      std::size_t num_moved = 0;
      for (std::size_t i = 0; i < points.size(); ++i) {
        if (!(moved[i] == points[i])) {
          EXPECT_EQ(moved[i], (curve::G1(points[i]) + hiding_key().blinding).to_affine());
          ++num_moved;
          ++moved_by[i];
        }
      }
      EXPECT_EQ(num_moved, 1U) << key.first << " " << key.second;
    }
    EXPECT_EQ(moved_by, std::vector<std::size_t>(points.size(), 1));
  }
}

TEST_F(ZeroKnowledgeRank, EveryBlindingIsAskedForOnce) {
  const BlindingTable fresh(7);
  Mutex mutex;  // several threads may ask
  std::map<BlindingTable::Key, int> times;
  const hash::BlindingSource counting =
      hash::BlindingSource::from_function([&](std::string_view label, std::uint64_t index) {
        const Lock lock(mutex);
        ++times[{std::string(label), index}];
        return fresh.get({std::string(label), index});
      });
  ProverChannel channel(MiniProtocol::real_transcript(), &counting);
  ASSERT_TRUE(protocol_.prove(channel, MiniProtocol::real_transcript()).ok());
  for (const auto& [key, n] : times) {
    EXPECT_EQ(n, 1) << key.first << " " << key.second;
  }
  for (const auto& [label, index] : keys_) {
    EXPECT_TRUE(contains(kMasks, label) || contains(kCommitmentBlindings, label)) << label << ": say what it hides";
  }
}

// The rank that an unconstrained choice of (z*, u*, blindings*) gives, by differentiating the definition of what is
// sent.
std::size_t unconstrained_rank(const Protocol& protocol) {
  const Instance instance = find_instance(protocol, kChallenges, random_points(1));
  Fr random_u = Fr::from_u64(12345);
  Folded at = random_folded(instance, Fr(), 9);
  std::vector<Fr*> coordinates{&random_u, &at.vector_blinding};
  for (std::vector<Fr>* list : {&at.z, &at.row_blindings, &at.error_blindings}) {
    for (Fr& v : *list) {
      if (!v.is_zero()) {  // places where no row has a value
        coordinates.push_back(&v);
      }
    }
  }
  const auto values = [&] {
    Transcript late = MiniProtocol::real_transcript();
    late.set_oracle(seeded_oracle(kChallenges));
    ProverChannel channel(std::move(late));
    const SentRecorder recorder(channel);
    at.u = Fr::one() + channel.challenge("zk.fold") * random_u;
    channel.message("zk.random-u", random_u);
    send_folded(channel, instance.r1cs, at, instance.equation.b.size());
    return clear_fields(recorder.sent());
  };
  std::vector<std::vector<Fr>> out;
  for (Fr* coordinate : coordinates) {
    *coordinate += Fr::one();
    const std::vector<Fr> above = values();
    *coordinate -= Fr::from_u64(2);
    out.push_back(difference(above, values()));
    *coordinate += Fr::one();
  }
  return rank(out);
}

TEST_F(ZeroKnowledgeRank, OneTranscriptHasAllTheFreedomOfAnUnconstrainedWitness) {
  EXPECT_EQ(rank(mask_derivative(prover_, blinding_)), unconstrained_rank(public_part_));
}

TEST_F(ZeroKnowledgeRank, ModelHasAllTheFreedomOfAnUnconstrainedWitness) {
  const SmallModel model;
  const Prover prover = [&](const BlindingTable& b, const Transcript::Oracle& o) { return model.transcript(b, o); };
  EXPECT_EQ(rank(mask_derivative(prover, BlindingTable(7))), unconstrained_rank(model.protocol()));
}

// The same in one stroke: for another witness there are masks that give exactly the same clear values.
TEST_F(ZeroKnowledgeRank, AnotherWitnessWithOtherMasksShowsTheSame) {
  const MiniProtocol other(4, 2);
  BlindingTable no_masks(blinding_);
  for (const BlindingTable::Key& key : keys_) {
    if (contains(kMasks, key.first)) {
      no_masks.set(key, Fr::zero());
    }
  }
  // Without masks the rows and the vector that are shown are those of the messages.
  const auto row = [&](const MiniProtocol& protocol, std::size_t i) {
    return clear_fields(transcript(protocol, no_masks, late_oracle(kChallenges, i)), "zk.row");
  };
  const auto vector = [&](const MiniProtocol& protocol) {
    return clear_fields(transcript(protocol, no_masks, seeded_oracle(kChallenges)), "zk.vector");
  };
  std::optional<Fr> fold;
  transcript(protocol_, blinding_,
             [&, inner = seeded_oracle(kChallenges)](std::string_view label, std::size_t n) mutable {
               std::vector<Fr> out = inner(label, n);
               fold = label == "zk.fold" ? out[0] : fold;
               return out;
             });
  const Fr r_inverse = fold->inverse();
  BlindingTable masks(blinding_);
  for (const BlindingTable::Key& key : keys_) {
    const auto& [label, index] = key;
    if (label == "random-row") {
      const Fr difference = row(protocol_, index / kHiddenRowLen)[index % kHiddenRowLen] -
                            row(other, index / kHiddenRowLen)[index % kHiddenRowLen];
      masks.set(key, blinding_.get(key) + difference * r_inverse);
    } else if (label == "random-vector") {
      masks.set(key, blinding_.get(key) + (vector(protocol_)[index] - vector(other)[index]) * r_inverse);
    }
  }
  const std::vector<Fr> shown_by_one = clear_fields(transcript(protocol_, blinding_, seeded_oracle(kChallenges)));
  EXPECT_FALSE(clear_fields(transcript(other, blinding_, seeded_oracle(kChallenges))) == shown_by_one);
  EXPECT_TRUE(clear_fields(transcript(other, masks, seeded_oracle(kChallenges))) == shown_by_one);
}

TEST_F(ZeroKnowledgeRank, LeavingOutAClassOfMasksLosesFreedom) {
  const std::size_t expected = unconstrained_rank(public_part_);
  for (const std::string& label : kMasks) {
    BlindingTable without(blinding_);
    without.remove_label(label);
    EXPECT_LT(rank(mask_derivative(prover_, without)), expected) << label;
  }
}

TEST_F(ZeroKnowledgeRank, EverySingleMaskCounts) {
  const auto num_rows = static_cast<std::size_t>(
      std::count_if(keys_.begin(), keys_.end(), [](const auto& key) { return key.first == "random-row-blinding"; }));
  const std::vector<Fr> base = shown(blinding_, num_rows);
  std::vector<std::vector<Fr>> rows;
  std::vector<BlindingTable::Key> masks;
  for (const BlindingTable::Key& key : keys_) {
    if (contains(kMasks, key.first)) {
      BlindingTable moved(blinding_);
      moved.set(key, blinding_.get(key) + Fr::one());
      rows.push_back(difference(shown(moved, num_rows), base));
      masks.push_back(key);
    }
  }
  EXPECT_EQ(rank(rows), masks.size());
  for (std::size_t i = 0; i < masks.size(); ++i) {
    std::vector<std::vector<Fr>> without(rows);
    std::ranges::fill(without[i], Fr::zero());
    EXPECT_LT(rank(without), masks.size()) << masks[i].first << " " << masks[i].second;
  }
}

}  // namespace
}  // namespace proofcard::testing
