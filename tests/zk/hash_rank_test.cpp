// What hides what in openings by hashes: with fixed challenges the field elements that are shown are affine in pads, tails and masks.
//
// Shown:  hidden messages plus pads, all rows of committed vectors, and the joined vector, which the vectors here are small enough to be
//         sent as ("whir.final"). Rows of masks follow from these, and so do the sums: they add no freedom, and take none.
// Free:   all of that at once, when the map from pads, tails and masks has as large a rank as there are such elements. Without any one
//         class it has not, and neither for a vector that is opened more often than its tail is for.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <numeric>
#include <set>

#include "host/field/fr_vector.hpp"
#include "tests/pcs/whir_hiding.hpp"
#include "tests/zk/sent.hpp"

namespace proofcard::testing {
namespace {

using namespace pcs::whir;
using pcs::whir::testing::HidingCase;
using pcs::whir::testing::HidingVector;
using pcs::whir::testing::make_hiding_case;
using pcs::whir::testing::prove_hiding;
using pcs::whir::testing::Shape;

constexpr std::uint64_t kFixedChallenges = 1;

// Field elements by what they are.
struct Shown {
  std::vector<Fr> padded;
  std::vector<std::vector<Fr>> rows;  // of a vector or of a mask, in the order in which they are opened
  std::vector<Fr> last;
};

class Recorder final : public Interceptor {
 public:
  Shown shown;
  void message(std::string_view label, std::span<Fr> values) override {
    if (label == "whir.rows") {
      shown.rows.emplace_back(values.begin(), values.end());
    } else if (label == "whir.final") {
      shown.last.assign(values.begin(), values.end());
    }
  }
};

Shown show(const HidingCase& c, std::uint64_t challenges) {
  Recorder recorder;
  const Bytes proof = prove_hiding(c, &recorder, seeded_oracle(challenges));
  for (std::size_t i = 0; i < c.pads.size(); ++i) {
    recorder.shown.padded.push_back(*Fr::from_bytes(ByteView(proof).subspan(i * Fr::kBytes, Fr::kBytes)));
  }
  return std::move(recorder.shown);
}

struct Class {
  const char* name;
  std::function<std::vector<Fr>&(HidingCase&)> elements;
};

// Commits again to what a test has changed.
void commit_again(HidingVector& v) {
  v.committed = commit(pcs::whir::testing::cpu_kernels(), v.values.view(), v.tail, v.committed.mask).value();
  if (v.masking == Masking::kWord) {
    v.mask = commit_mask(pcs::whir::testing::cpu_kernels(), v.committed.word.code, v.mask.values).value();
  }
}

const std::vector<Class>& classes() {
  static const std::vector<Class> kClasses{
      {"pads", [](HidingCase& c) -> std::vector<Fr>& { return c.pads; }},
      {"tail of weights", [](HidingCase& c) -> std::vector<Fr>& { return c.vectors[0].tail; }},
      {"mask of weights", [](HidingCase& c) -> std::vector<Fr>& { return c.vectors[0].mask.values; }},
      {"tail of the witness", [](HidingCase& c) -> std::vector<Fr>& { return c.vectors[1].tail; }},
      {"mask of the witness", [](HidingCase& c) -> std::vector<Fr>& { return c.vectors[1].committed.mask; }}};
  return kClasses;
}

// Those whose freedom is counted: not the rows of masks.
std::vector<Fr> counted(const Shown& shown) {
  std::vector<Fr> out = shown.padded;
  EXPECT_EQ(shown.rows.size(), 3U);
  out.insert(out.end(), shown.rows[0].begin(), shown.rows[0].end());
  for (std::size_t i = 0; i < shown.rows[2].size(); ++i) {
    if (i % (kInputWidth + 1) != kInputWidth) {
      out.push_back(shown.rows[2][i]);
    }
  }
  out.insert(out.end(), shown.last.begin(), shown.last.end());
  return out;
}

std::vector<Fr> with_masks(const Shown& shown) {
  std::vector<Fr> out = shown.padded;
  for (const std::vector<Fr>& rows : shown.rows) {
    out.insert(out.end(), rows.begin(), rows.end());
  }
  out.insert(out.end(), shown.last.begin(), shown.last.end());
  return out;
}

// By class, one row an element: what is shown more when it is larger by one.
template <class Select>
std::map<std::string, std::vector<std::vector<Fr>>> derivatives(const HidingCase& at, Select select) {
  const std::vector<Fr> before = select(show(at, kFixedChallenges));
  std::map<std::string, std::vector<std::vector<Fr>>> out;
  for (const Class& masks : classes()) {
    HidingCase c = at;
    for (std::size_t k = 0; k < masks.elements(c).size(); ++k) {
      for (const Fr& step : {Fr::one(), -Fr::one()}) {
        masks.elements(c)[k] += step;
        for (HidingVector& v : c.vectors) {
          commit_again(v);
        }
        if (step == Fr::one()) {
          out[masks.name].push_back(select(show(c, kFixedChallenges)));
        }
      }
      for (std::size_t i = 0; i < before.size(); ++i) {
        out[masks.name].back()[i] -= before[i];
      }
    }
  }
  return out;
}

std::size_t rank_without(const std::map<std::string, std::vector<std::vector<Fr>>>& rows, const std::string& left_out) {
  std::vector<std::vector<Fr>> all;
  for (const auto& [name, of_class] : rows) {
    if (name != left_out) {
      all.insert(all.end(), of_class.begin(), of_class.end());
    }
  }
  return rank(std::move(all));
}

HidingCase small_case() {
  const Shape shapes[] = {{Masking::kWord, 4}, {Masking::kColumn, 5}};
  HidingCase c = make_hiding_case(1, shapes, 17);  // one query or two
  c.claims.resize(2);
  c.pads.resize(c.num_hidden_answers() + c.claims.size() + num_hidden(2, 2));
  return c;
}

TEST(HashRank, AllThatIsShownIsFree) {
  const HidingCase c = small_case();
  const Shown shown = show(c, kFixedChallenges);
  ASSERT_FALSE(shown.last.empty());
  const std::size_t num_counted = counted(shown).size();
  // Places of the joined vector behind both slots are 0.
  std::size_t slots = 0;
  for (const HidingVector& v : c.vectors) {
    slots += v.committed.num_rows();
  }
  const std::size_t free = num_counted - (shown.last.size() - slots);
  const auto rows = derivatives(c, counted);
  EXPECT_EQ(rank_without(rows, {}), free);
  EXPECT_EQ(rank_without(derivatives(c, with_masks), {}), free);
  for (const Class& masks : classes()) {
    EXPECT_LT(rank_without(rows, masks.name), free) << masks.name;
  }
}

// Of weights only what the tail is for: rows of several openings, each with challenges, pads and masks of its own.
TEST(HashRank, ATailIsUsedUp) {
  constexpr std::uint32_t kOpenings = 3;
  Random random(2);
  HidingVector v = pcs::whir::testing::make_hiding_vector(random, {Masking::kWord, 4}, 25, kOpenings);
  const std::size_t tail_rows = v.tail.size() / kInputWidth;
  const unsigned num_queries =
      make_parameters(std::vector<unsigned>{v.committed.commitment.log_size}, 25)->inputs[0].num_queries;
  const auto opened = [&](std::size_t openings) {
    std::set<std::size_t> rows;
    for (std::uint64_t o = 0; o < openings; ++o) {
      const auto drawn = query_rows(seeded_oracle(100 + o)("whir.queries", num_queries), v.committed.word.code);
      rows.insert(drawn.begin(), drawn.end());
    }
    return std::vector<std::size_t>(rows.begin(), rows.end());
  };
  // Column 0 of these rows, and with it all columns: they have the same coefficients.
  const auto rank_of = [&](const std::vector<std::size_t>& rows) {
    std::vector<std::vector<Fr>> out;
    const std::vector<Fr> before = open_rows(v.committed.word, rows).elements;
    for (std::size_t b = 0; b < tail_rows; ++b) {
      HidingVector other = v;
      other.tail[b * kInputWidth] += Fr::one();
      other.committed.given = other.values.view();
      commit_again(other);
      std::vector<Fr> after = open_rows(other.committed.word, rows).elements;
      for (std::size_t i = 0; i < after.size(); ++i) {
        after[i] -= before[i];
      }
      out.push_back(std::move(after));
    }
    return rank(out);
  };
  const std::vector<std::size_t> allowed = opened(kOpenings);
  ASSERT_LE(allowed.size() + kSpareTailRows, tail_rows);
  EXPECT_EQ(rank_of(allowed), allowed.size());
  std::size_t too_many = kOpenings;
  while (opened(too_many).size() <= tail_rows) {
    ++too_many;
  }
  const std::vector<std::size_t> more = opened(too_many);
  EXPECT_EQ(rank_of(more), tail_rows);
  EXPECT_LT(rank_of(more), more.size());
}

// The answer of a key takes one element of the tail, and any other row is uniform still: nobody guesses what its digest is of.
TEST(HashRank, TheAnswerOfAKeyAndAnyOtherRowAreFreeToo) {
  Random random(3);
  constexpr unsigned kBits = 17;
  HidingVector v = pcs::whir::testing::make_hiding_vector(random, {Masking::kWord, 4}, kBits);
  // Queries of one opening: what one more makes the tail longer by.
  const std::size_t num_values = std::size_t{1} << 4;
  const std::size_t num_queries =
      hidden_size(num_values, 2, kBits)->num_tail_rows - hidden_size(num_values, 1, kBits)->num_tail_rows;
  const Fr z = random.fr();
  const Fr next_row = z.pow_vartime({kInputWidth});
  std::vector<std::size_t> rows(num_queries);
  std::iota(rows.begin(), rows.end(), std::size_t{1});
  rows.push_back(v.committed.word.rows() - 1);
  const auto shown = [&](const Committed& committed) {
    std::vector<Fr> out = open_rows(committed.word, rows).elements;
    const std::vector<Fr> in_row = power_table(z, kInputLogWidth);
    out.push_back(fr_dot(committed.sum_of_rows(pcs::whir::testing::cpu_kernels().gemm, 0,
                                               power_table(next_row, committed.word.code.log_degree())),
                         in_row));
    return out;
  };
  const std::vector<Fr> before = shown(v.committed);
  std::vector<std::vector<Fr>> changes;
  for (Fr& element : v.tail) {
    element += Fr::one();
    v.committed.given = v.values.view();
    commit_again(v);
    changes.push_back(shown(v.committed));
    element -= Fr::one();
    for (std::size_t i = 0; i < before.size(); ++i) {
      changes.back()[i] -= before[i];
    }
  }
  EXPECT_EQ(rank(std::move(changes)), before.size());
}

}  // namespace
}  // namespace proofcard::testing
