// Every position of everything that is absorbed changes every challenge that follows, and none that came before.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>

#include "host/curve/encoding.hpp"
#include "host/transcript/channel.hpp"
#include "tests/support/random.hpp"

namespace proofcard {
namespace {

using curve::G1Affine;
using testing::Random;

// Draws before an absorb, and several times after it, with other absorbs between the draws.
struct Drawn {
  Fr before;
  std::vector<Fr> after;
};

template <class Channel, class Absorb>
Drawn draw_around(Channel& channel, const Absorb& absorb) {
  Drawn out;
  out.before = channel.challenge("before");
  absorb(channel);
  const std::vector<Fr> several = channel.challenges("several", 3);
  out.after.assign(several.begin(), several.end());
  for (int i = 0; i < 3; ++i) {
    channel.message("between", Fr::from_u64(7));
    out.after.push_back(channel.challenge("single"));
  }
  return out;
}

using Absorb = std::function<void(ProverChannel&)>;

// All variants pairwise: the same challenge before, no challenge in common behind.
void expect_all_different(const std::vector<Absorb>& variants, const hash::BlindingSource* blinding = nullptr) {
  std::vector<Drawn> seen;
  for (std::size_t i = 0; i < variants.size(); ++i) {
    ProverChannel channel(Transcript("test"), blinding);
    const Drawn drawn = draw_around(channel, variants[i]);
    for (std::size_t j = 0; j < seen.size(); ++j) {
      EXPECT_EQ(drawn.before, seen[j].before);
      for (std::size_t k = 0; k < drawn.after.size(); ++k) {
        EXPECT_NE(drawn.after[k], seen[j].after[k]) << "variants " << i << " and " << j << ", challenge " << k;
      }
    }
    seen.push_back(drawn);
  }
}

// The list itself, with each element changed, each left out, each doubled, and each neighbours swapped. Elements have
// to differ.
template <class T>
std::vector<std::vector<T>> changes(const std::vector<T>& list, const T& other) {
  std::vector<std::vector<T>> out{list};
  for (std::size_t i = 0; i < list.size(); ++i) {
    out.push_back(list);
    out.back()[i] = other;
    out.push_back(list);
    out.back().erase(out.back().begin() + static_cast<std::ptrdiff_t>(i));
    out.push_back(list);
    out.back().insert(out.back().begin() + static_cast<std::ptrdiff_t>(i), list[i]);
    if (i + 1 < list.size()) {
      out.push_back(list);
      std::swap(out.back()[i], out.back()[i + 1]);
    }
  }
  return out;
}

std::vector<G1Affine> some_points(std::size_t n) {
  std::vector<G1Affine> out;
  curve::G1 sum(G1Affine::generator());
  for (std::size_t i = 0; i < n; ++i) {
    out.push_back(sum.to_affine());
    sum = sum + G1Affine::generator();
  }
  return out;
}

constexpr std::size_t kLengths[] = {1, 2, 5};

TEST(TranscriptBinding, EveryFieldElement) {
  for (const std::size_t n : kLengths) {
    std::vector<Absorb> variants{[](auto&) {}};
    for (const auto& list : changes(Random(n).frs(n), Fr::from_u64(3))) {
      variants.emplace_back([list](auto& c) { c.message("list", list); });
    }
    expect_all_different(variants);
  }
}

// One bit of each byte of one element: an element is hashed whole.
TEST(TranscriptBinding, EveryByteOfAFieldElement) {
  std::vector<Absorb> variants;
  Fr power = Fr::one();
  for (std::size_t byte = 0; byte < Fr::kBytes; ++byte) {
    variants.emplace_back([power](auto& c) { c.message("list", std::array{Fr::from_u64(9), power}); });
    power *= Fr::from_u64(256);
  }
  expect_all_different(variants);
}

TEST(TranscriptBinding, EveryPoint) {
  for (const std::size_t n : kLengths) {
    const std::vector<G1Affine> points = some_points(n + 1);
    std::vector<Absorb> variants{[](auto&) {}};
    for (const auto& list : changes(std::vector(points.begin(), points.end() - 1), points.back())) {
      variants.emplace_back([list](auto& c) { c.points("list", list); });
    }
    for (std::size_t i = 0; i < n; ++i) {  // the other point with this x
      std::vector<G1Affine> list(points.begin(), points.end() - 1);
      list[i] = -list[i];
      variants.emplace_back([list](auto& c) { c.points("list", list); });
    }
    expect_all_different(variants);
  }
}

TEST(TranscriptBinding, EveryByte) {
  const Bytes text{1, 2, 3, 4, 5, 6, 7, 8, 9};
  std::vector<Absorb> variants{[](auto&) {}};
  for (const Bytes& bytes : changes<std::uint8_t>(text, 200)) {
    variants.emplace_back([bytes](auto& c) { c.transcript().absorb_bytes("list", bytes); });
  }
  for (unsigned bit = 0; bit < 64; ++bit) {
    variants.emplace_back([bit](auto& c) { c.transcript().absorb_u64("list", std::uint64_t{1} << bit); });
  }
  expect_all_different(variants);
}

// A hidden message of several rows: only its commitments are absorbed, and they depend on every element.
TEST(TranscriptBinding, EveryHiddenElement) {
  const hash::BlindingSource blinding = hash::BlindingSource::from_seed(1, {});
  const std::vector<Fr> list = Random(5).frs(2 * kHiddenRowLen + 3);
  std::vector<Absorb> variants;
  for (std::size_t i = 0; i <= list.size(); ++i) {
    std::vector<Fr> changed = list;
    if (i < list.size()) {
      changed[i] += Fr::one();
    }
    variants.emplace_back([changed](auto& c) { c.message("list", changed); });
  }
  expect_all_different(variants, &blinding);
}

TEST(TranscriptBinding, LabelsAndKinds) {
  const std::vector<Fr> two = Random(6).frs(2);
  const std::vector<G1Affine> points = some_points(2);
  std::vector<Absorb> variants;
  for (const std::string label : {"list", "lisu", "mist", "lis", "listt", ""}) {
    variants.emplace_back([&two, label](auto& c) { c.message(label, two); });
    variants.emplace_back([&points, label](auto& c) { c.points(label, points); });
    variants.emplace_back([label](auto& c) { c.transcript().absorb_bytes(label, Bytes{1, 2}); });
    variants.emplace_back([label](auto& c) { c.challenge(label); });
    variants.emplace_back([label](auto& c) { c.challenges(label, 2); });
  }
  // The same payload under other boundaries.
  variants.emplace_back([&two](auto& c) {
    c.message("list", two[0]);
    c.message("list", two[1]);
  });
  variants.emplace_back([&two](auto& c) {
    c.message("list", two);
    c.message("list", std::span<const Fr>());
  });
  variants.emplace_back([&two](auto& c) {
    c.message("list", std::span<const Fr>());
    c.message("list", two);
  });
  // What a point's bytes are, as bytes and as an element.
  const auto word = curve::compress(points[0]);
  variants.emplace_back([&points](auto& c) { c.points("word", std::span(points).first(1)); });
  variants.emplace_back([word](auto& c) { c.transcript().absorb_bytes("word", word); });
  expect_all_different(variants);
}

// Two draws never agree, whatever their labels: each is a frame of its own.
TEST(TranscriptBinding, DrawsDiffer) {
  Transcript t("test");
  std::vector<Fr> seen;
  for (int i = 0; i < 4; ++i) {
    for (const std::size_t n : {1, 2, 3}) {
      for (const Fr& c : t.challenges("c", n)) {
        EXPECT_EQ(std::count(seen.begin(), seen.end(), c), 0);
        EXPECT_FALSE(c.is_zero());
        seen.push_back(c);
      }
    }
  }
}

// The verifier draws what the prover drew, and what it would not have drawn had any word been another.
TEST(TranscriptBinding, BothSidesDrawTheSame) {
  const std::vector<Fr> list = Random(8).frs(5);
  const std::vector<G1Affine> points = some_points(3);
  ProverChannel prover(Transcript("test"));
  prover.message("list", list);
  prover.points("points", points);
  const Fr drawn = prover.challenge("c");
  for (std::size_t word = 0; word <= list.size() + points.size(); ++word) {
    Bytes proof = prover.proof();
    if (word < list.size()) {
      const auto bytes = (list[word] + Fr::one()).to_bytes();
      std::ranges::copy(bytes, proof.begin() + static_cast<std::ptrdiff_t>(word * Fr::kBytes));
    } else if (word < list.size() + points.size()) {
      proof[word * Fr::kBytes + Fr::kBytes - 1] ^= 0x80;
    }
    VerifierChannel verifier(Transcript("test"), proof);
    ASSERT_TRUE(verifier.message("list", list.size()).ok());
    ASSERT_TRUE(verifier.points("points", points.size()).ok());
    EXPECT_EQ(verifier.challenge("c") == drawn, word == list.size() + points.size()) << "word " << word;
  }
}

// The labels of the protocol with the kind and number of each, from the list that the inventory test holds proofs to.
std::vector<std::array<std::string, 3>> protocol_labels() {
  std::ifstream file(PROOFCARD_SOURCE_DIR "/tests/vectors/transcript_inventory.txt");
  // Those of larger models, and of models with more values than lookups.
  std::vector<std::array<std::string, 3>> out{{"absorb", "open.product", "1"},
                                              {"absorb", "open.fold", "2"},
                                              {"challenge", "open.inner-product", "1"},
                                              {"challenge", "open.fold", "1"},
                                              {"challenge", "relation.point", "1"}};
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::array<std::string, 3> word;
    if (!line.starts_with('#') && words >> word[0] >> word[1] >> word[2]) {
      out.push_back(word);
    }
  }
  return out;
}

// None of them is treated in a way of its own, as a message that is not hashed, or only in part.
TEST(TranscriptBinding, EveryLabelOfTheProtocolBindsWhatItNames) {
  std::set<std::string> labels;
  for (const auto& [kind, label, count] : protocol_labels()) {
    if (kind == "absorb") {
      labels.insert(label);
    }
  }
  ASSERT_GT(labels.size(), 20U);
  const std::vector<Fr> values = Random(9).frs(3);
  const std::vector<G1Affine> points = some_points(4);
  for (const std::string& label : labels) {
    SCOPED_TRACE(label);
    std::vector<Absorb> variants{[](auto&) {}};
    for (const auto& list : changes(values, Fr::from_u64(3))) {
      variants.emplace_back([list, label](auto& c) { c.message(label, list); });
    }
    for (const auto& list : changes(std::vector(points.begin(), points.end() - 1), points.back())) {
      variants.emplace_back([list, label](auto& c) { c.points(label, list); });
    }
    for (const Bytes& bytes : changes<std::uint8_t>(Bytes{1, 2, 3}, 200)) {
      variants.emplace_back([bytes, label](auto& c) { c.transcript().absorb_bytes(label, bytes); });
    }
    expect_all_different(variants);
  }
}

// The points as a list say the same as their compressed bytes.
TEST(TranscriptBinding, PointsAreAbsorbedAsTheirBytes) {
  const std::vector<G1Affine> points = some_points(3);
  Bytes compressed;
  for (const G1Affine& p : points) {
    const auto bytes = curve::compress(p);
    compressed.insert(compressed.end(), bytes.begin(), bytes.end());
  }
  Transcript list("test"), bytes("test");
  list.absorb("commit", points);
  bytes.absorb_compressed("commit", compressed);
  EXPECT_EQ(list.challenge("c"), bytes.challenge("c"));
}

TEST(TranscriptBinding, EveryChallengeOfTheProtocolIsDrawn) {
  std::vector<Fr> seen{Fr::zero(), Fr::one()};
  for (const auto& [kind, label, count] : protocol_labels()) {
    if (kind == "challenge") {
      Transcript t("test of " + label + std::to_string(seen.size()));
      for (int draw = 0; draw < 2; ++draw) {
        for (const Fr& c : t.challenges(label, 3)) {
          EXPECT_EQ(std::ranges::count(seen, c), 0) << label;
          EXPECT_FALSE(detail::less(c.canonical(), U256{0, 0, 1, 0})) << label << ": a number of less than 128 bits";
          seen.push_back(c);
        }
      }
    }
  }
  EXPECT_GT(seen.size(), 100U);
}

// One stream of bytes cannot be read in two ways: without the length of the label these would be one.
TEST(TranscriptBinding, TheLabelsLengthIsPartOfItsFrame) {
  const Bytes payload(55, 7);
  Bytes reads_alike{0, 0, 55, 0, 0, 0, 0, 0, 0, 0};
  reads_alike.insert(reads_alike.end(), payload.begin(), payload.end());
  ASSERT_EQ(reads_alike.size(), std::size_t{'A'});
  expect_all_different({[&](auto& c) { c.transcript().absorb_bytes("", reads_alike); },
                        [&](auto& c) {
                          c.transcript().absorb_bytes("A", Bytes{});
                          c.transcript().absorb_bytes("", payload);
                        }});
}

TEST(TranscriptBinding, EveryByteOfTheProtocolsName) {
  EXPECT_NE(Transcript("test").challenge("c"), Transcript("tesu").challenge("c"));
  EXPECT_NE(Transcript("test").challenge("c"), Transcript("tes").challenge("c"));
}

}  // namespace
}  // namespace proofcard
