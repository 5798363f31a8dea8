// Provers that lie in what BlindFold shows, and answer consistently afterwards: for each check a proof that only this
// check rejects.
#include <gtest/gtest.h>

#include <set>

#include "host/field/fr_vector.hpp"
#include "host/poly/multilinear.hpp"
#include "tests/support/frozen.hpp"
#include "tests/zk/mini_protocol.hpp"

namespace proofcard::testing {
namespace {

// Challenges of the part in the clear, as they are drawn.
class ClearLiar : public Interceptor {
 public:
  void challenges(std::string_view label, std::span<const Fr> drawn) override {
    if (label == "zk.fold") {
      fold_ = drawn[0];
    } else if (label == "zk.rows") {
      tau_.assign(drawn.begin(), drawn.end());
      is_clear_ = true;
    } else if (label == "sumcheck.batch") {
      batch_.assign(drawn.begin(), drawn.end());
      point_.clear();
    } else if (label == "sumcheck.round") {
      point_.push_back(drawn[0]);
    } else if (label == "zk.matrices") {
      row_point_ = point_;
    }
  }
  void message(std::string_view label, std::span<Fr> values) override {
    if (label == "zk.random-u") {
      random_u_ = values[0];
    }
    if (is_clear_) {
      lie(label, values);
    }
  }

 protected:
  virtual void lie(std::string_view label, std::span<Fr> values) = 0;

  Fr fold_;
  Fr random_u_;
  std::vector<Fr> tau_;
  std::vector<Fr> batch_;      // of the current sumcheck
  std::vector<Fr> point_;      // of the current sumcheck, so far
  std::vector<Fr> row_point_;  // of the constraints' sumcheck

 private:
  bool is_clear_ = false;
};

// Another sum over the rows; one of A, B, C, E* then makes up for it at the point where that sumcheck ends.
class FittedConstraint : public ClearLiar {
 public:
  explicit FittedConstraint(std::optional<std::size_t> fitted) : fitted_(fitted) {}

 protected:
  void lie(std::string_view label, std::span<Fr> values) override {
    if (label == "zk.sum") {
      values[0] += Fr::one();
    } else if (label == "zk.constraint" && fitted_) {
      Fr error = batch_[0] + batch_[1];
      for (const Fr& r : point_) {
        error *= (r.square() + r) * Fr::from_u64(2).inverse();
      }
      const Fr eq = poly::eq(tau_, point_);
      const Fr slopes[] = {batch_[0] * values[1], batch_[0] * values[0], batch_[1] * (Fr::one() + fold_ * random_u_),
                           batch_[1]};
      values[*fitted_] += error * (eq * slopes[*fitted_]).inverse();
    }
  }

 private:
  std::optional<std::size_t> fitted_;
};

// Two elements of an opened row, changed so that the row's value at its point stays.
class ShiftedRow : public ClearLiar {
 public:
  explicit ShiftedRow(std::string row) : row_(std::move(row)) {}

 protected:
  void lie(std::string_view label, std::span<Fr> values) override {
    if (label == row_) {
      const std::vector<Fr> weights = poly::eq_prefix(label == "zk.error-row" ? row_point_ : point_, values.size());
      values[0] += weights[1];
      values[1] -= weights[0];
    }
  }

 private:
  std::string row_;
};

// Adds to the first element of each message named.
class Shifted : public ClearLiar {
 public:
  explicit Shifted(std::vector<std::pair<std::string, Fr>> shifts) : shifts_(std::move(shifts)) {}

 protected:
  void lie(std::string_view label, std::span<Fr> values) override {
    for (const auto& [name, shift] : shifts_) {
      if (label == name) {
        values[0] += shift;
      }
    }
  }

 private:
  std::vector<std::pair<std::string, Fr>> shifts_;
};

// Another point in one place, and what is behind it as if it were right.
class OtherPoint : public Interceptor {
 public:
  OtherPoint(std::string label, std::size_t index) : label_(std::move(label)), index_(index) {}

  void points(std::string_view label, std::span<curve::G1Affine> points) override {
    labels_.insert(std::string(label));
    if (label == label_ && index_ < points.size() && !done_) {
      points[index_] = (curve::G1(points[index_]) + curve::G1Affine::generator()).to_affine();
      done_ = true;
    }
  }
  bool done() const { return done_; }
  const std::set<std::string>& labels() const { return labels_; }

 private:
  std::string label_;
  std::size_t index_;
  bool done_ = false;
  std::set<std::string> labels_;
};

class LyingBlindFold : public ::testing::TestWithParam<unsigned> {
 protected:
  // The stage that rejects; empty: none does.
  std::string stage(Interceptor* liar, const MiniProtocol::Cheat& cheat = {}, const Frozen* frozen = nullptr) const {
    const auto begin = [frozen] {
      return frozen == nullptr ? MiniProtocol::real_transcript() : frozen_transcript(*frozen);
    };
    const hash::BlindingSource source = blinding_.source();
    ProverChannel channel(begin(), &source);
    channel.set_interceptor(liar);
    EXPECT_TRUE(protocol_.prove(channel, begin(), cheat).ok());
    const Status status = protocol_.verify(channel.take_proof(), begin());
    return status.ok() ? "" : status.error().where;
  }

  MiniProtocol protocol_{GetParam(), 1};
  BlindingTable blinding_{7};
};

// Rows of 16: the last vector is a whole row. Rows of 512: the opening folds once.
INSTANTIATE_TEST_SUITE_P(RowLengths, LyingBlindFold, ::testing::Values(4U, 9U),
                         [](const auto& param_info) { return "Log" + std::to_string(param_info.param); });

TEST_P(LyingBlindFold, HonestProofIsAccepted) { EXPECT_EQ(stage(nullptr), ""); }

// Every hidden value enters a constraint; an error in the folded instance shows in its rows.
TEST_P(LyingBlindFold, FalseConstraints) {
  for (std::size_t i = 0; i < MiniProtocol::kNumHidden; ++i) {
    MiniProtocol::Cheat cheat;
    cheat.hidden_value = i;
    EXPECT_EQ(stage(nullptr, cheat), "zero knowledge (constraints)") << "hidden value " << i;
  }
}

TEST_P(LyingBlindFold, ValuesOfTheFoldedInstanceMadeToFit) {
  const std::pair<std::optional<std::size_t>, std::string> cases[] = {
      {std::nullopt, "zero knowledge (constraints)"},
      {0, "zero knowledge (messages)"},
      {1, "zero knowledge (messages)"},
      {2, "zero knowledge (messages)"},
      {3, "zero knowledge (error)"},
  };
  for (const auto& [fitted, expected] : cases) {
    FittedConstraint liar(fitted);
    EXPECT_EQ(stage(&liar), expected) << "fitted: " << (fitted ? std::to_string(*fitted) : "none");
  }
}

// The rows at the end fit everything before them, and are not what was committed.
TEST_P(LyingBlindFold, OpenedRowsThatWereNotCommitted) {
  for (const std::string row : {"zk.row", "zk.vector", "zk.error-row"}) {
    ShiftedRow liar(row);
    EXPECT_EQ(stage(&liar), "zero knowledge") << row;
  }
  for (const std::string blinding : {"zk.row-blinding", "zk.vector-blinding", "zk.error-blinding"}) {
    Shifted liar({{blinding, Fr::one()}});
    EXPECT_EQ(stage(&liar), "zero knowledge") << blinding;
  }
}

// Messages are not what their commitments say; every other check holds.
TEST_P(LyingBlindFold, EveryPoint) {
  OtherPoint nothing("", 0);
  ASSERT_EQ(stage(&nothing), "");
  std::size_t num_points = 0;
  for (const std::string& label : nothing.labels()) {
    for (std::size_t index = 0;; ++index) {
      OtherPoint liar(label, index);
      const std::string rejected_by = stage(&liar);
      if (!liar.done()) {
        EXPECT_GT(index, 0U) << label;
        break;
      }
      EXPECT_EQ(rejected_by, "zero knowledge") << label << " " << index;
      ++num_points;
    }
  }
  EXPECT_GT(num_points, 20U);
}

// Three openings are one sum of points, with the weights 1, sigma, sigma^2: errors that cancel pass when it is known.
TEST_P(LyingBlindFold, SigmaSeparatesTheOpenings) {
  const Frozen known{"zk.equations", Fr::one()};
  const Frozen drawn{"zk.equations", std::nullopt};
  const std::vector<std::pair<std::string, std::string>> pairs = {{"zk.vector-blinding", "zk.row-blinding"},
                                                                  {"zk.row-blinding", "zk.error-blinding"},
                                                                  {"zk.vector-blinding", "zk.error-blinding"}};
  for (const auto& [first, second] : pairs) {
    Shifted liar({{first, Fr::one()}, {second, -Fr::one()}});
    EXPECT_EQ(stage(&liar, {}, &known), "") << first << " and " << second;
    EXPECT_EQ(stage(&liar, {}, &drawn), "zero knowledge") << first << " and " << second;
  }
}

}  // namespace
}  // namespace proofcard::testing
