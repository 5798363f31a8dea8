// Provers of Ligero that lie in one place and are consistent everywhere else.
#include <gmock/gmock.h>

#include "tests/support/changed_message.hpp"
#include "tests/zk/ligero_naive.hpp"

namespace proofcard::zk::ligero {
namespace {

using testing::check;
using testing::message;
using testing::mixed_system;
using testing::NaiveLies;
using testing::NaiveProver;
using testing::Polynomial;
using testing::Proof;
using testing::prove;
using testing::System;

constexpr const char* kSum = "zero knowledge: the joined equations do not have the sum 0";
constexpr const char* kWord = "does not fit the combined word";
constexpr const char* kRowSum = "does not fit the sum of the joined equations";
constexpr const char* kRoot = "do not lead to their root";
constexpr const char* kNonce = "zero knowledge: nonce: expected";

using ::testing::HasSubstr;
using ::testing::StartsWith;

class LigeroLies : public ::testing::Test {
 protected:
  std::string verdict(NaiveLies lies) const {
    return message(check(system_, NaiveProver(system_, blinding_, std::move(lies)).prove()));
  }

  // A sum that is off is made up for in the constant of the polynomial.
  static void balance(Polynomial& sum, const Fr& surplus, std::size_t column_len) {
    sum[0] -= surplus * Fr::from_u64(column_len).inverse();
  }

  // Fewer queries than a proof has, and so shorter columns.
  static System small_system() {
    System out = mixed_system(20, 70, 10, 3, 1);
    out.security_bits = 56;
    return out;
  }

  System system_ = small_system();
  Parameters parameters_ = system_.parameters();
  hash::BlindingSource blinding_ = hash::BlindingSource::from_seed(21, {});
  NaiveLies balanced_{
      .sum = [this](Polynomial& sum, const Fr& surplus) { balance(sum, surplus, parameters_.column_len()); }};
};

TEST_F(LigeroLies, ThePositiveControl) {
  ASSERT_LT(parameters_.num_products, parameters_.column_len());
  EXPECT_EQ(verdict({}), "");
}

// An equation that is false of the values: without products, with one, with several, and the last one.
TEST_F(LigeroLies, AFalseEquation) {
  for (const std::size_t e : {0U, 9U, 10U, 13U}) {
    system_.constraints[e].rest += Fr::one();
    EXPECT_THAT(verdict({}), StartsWith(kSum)) << e;
    EXPECT_THAT(verdict(balanced_), HasSubstr(kRowSum)) << e;
    system_.constraints[e].rest -= Fr::one();
  }
}

// Two false equations whose errors cancel out.
TEST_F(LigeroLies, FalseEquationsThatCancelOut) {
  system_.constraints[3].rest += Fr::one();
  system_.constraints[11].rest -= Fr::one();
  EXPECT_THAT(verdict({}), StartsWith(kSum));
}

// A false equation that a mask makes up for, whose sum is not 0 but what was missing before delta was drawn.
TEST_F(LigeroLies, AMaskWhoseSumIsNotZero) {
  const std::size_t mask = parameters_.num_value_columns();
  for (std::size_t i = 0; i < parameters_.num_sum_masks(); ++i) {
    const auto add_one = [&](std::vector<Polynomial>& columns) {
      const std::size_t shift = parameters_.mask_shift(i);
      const std::size_t len = parameters_.column_len();
      columns[mask + i][(len - shift % len) % len] += Fr::one();
    };
    EXPECT_THAT(verdict({.first_columns = add_one}), StartsWith(kSum)) << i;
  }
  system_.constraints[0].rest += Fr::one();
  const auto compensate = [&](std::vector<Polynomial>& columns) {
    columns[mask][0] -= Fr::from_u64(parameters_.column_len()).inverse();
  };
  EXPECT_THAT(verdict({.first_columns = compensate}), StartsWith(kSum));
}

// The product of an equation comes out as needed, but for a factor that is not the one of the equation.
TEST_F(LigeroLies, AFactorThatIsNotTheOneOfTheEquation) {
  const std::size_t e = 11, j = 1;
  system_.constraints[e].rest += Fr::one();
  const auto change = [&](bool change_left) {
    return [=](std::vector<Fr>& left, std::vector<Fr>& right, const Fr& delta) {
      const Fr missing = pcs::whir::testing::power(delta, e + 1);
      if (change_left) {
        left[j] -= missing * right[j].inverse();
      } else {
        right[j] -= missing * left[j].inverse();
      }
    };
  };
  for (const bool change_left : {false, true}) {
    EXPECT_THAT(verdict({.factors = change(change_left)}), StartsWith(kSum)) << change_left;
    EXPECT_THAT(verdict({.factors = change(change_left), .sum = balanced_.sum}), HasSubstr(kRowSum)) << change_left;
  }
}

// A product that belongs to no equation makes up for a false one.
TEST_F(LigeroLies, AProductBehindTheLast) {
  system_.constraints[0].rest += Fr::one();
  for (const std::size_t j : {parameters_.num_products, parameters_.column_len() - 1}) {
    const auto add = [&](std::vector<Fr>& left, std::vector<Fr>& right, const Fr& delta) {
      left[j] = -delta;
      right[j] = Fr::one();
    };
    EXPECT_THAT(verdict({.factors = add}), StartsWith(kSum)) << j;
  }
}

// Half of the rows of a word are not those of the columns; all equations are true of the columns.
TEST_F(LigeroLies, AWordFarFromTheCode) {
  const std::size_t num_columns = parameters_.num_columns();
  for (const std::size_t column : {std::size_t{0}, parameters_.num_value_columns(), num_columns - 1}) {
    const auto change = [&](std::vector<std::vector<Fr>>& rows) {
      for (std::size_t i = 0; i < rows.size(); i += 2) {
        rows[i][column] += Fr::one();
      }
    };
    EXPECT_THAT(verdict({.first_rows = change}), HasSubstr(kWord)) << column;
  }
  for (std::size_t column = 0; column < 2 * parameters_.num_factor_columns(); ++column) {
    const auto change = [&](std::vector<std::vector<Fr>>& rows) {
      for (std::size_t i = 0; i < rows.size(); i += 2) {
        rows[i][column] += Fr::one();
      }
    };
    EXPECT_THAT(verdict({.second_rows = change}), HasSubstr(kWord)) << column;
  }
}

// The sum polynomial is that of other values than the combined word.
TEST_F(LigeroLies, ASumOfOtherValues) {
  const auto change = [&](Polynomial& sum, const Fr&) {
    sum[1] += Fr::one();  // its sum over H stays
  };
  EXPECT_THAT(verdict({.sum = change}), HasSubstr(kRowSum));
}

TEST_F(LigeroLies, AnotherCombinedWord) {
  const auto change = [](Polynomial& word) { word.back() += Fr::one(); };
  EXPECT_THAT(verdict({.word = change}), HasSubstr(kWord));
}

TEST_F(LigeroLies, RowsOfAnotherWordThanWasCommitted) {
  const auto change = [](std::vector<std::vector<Fr>>& rows) {
    for (auto& row : rows) {
      std::ranges::swap(row[0], row[1]);
    }
  };
  EXPECT_THAT(verdict({.second_rows_opened = change}), HasSubstr(kRoot));
}

TEST_F(LigeroLies, AQueryAnsweredWithAnotherRow) {
  EXPECT_THAT(verdict({.other_rows = true}), ::testing::AnyOf(HasSubstr(kRoot), StartsWith("parse: ")));
}

TEST_F(LigeroLies, ARootOfOtherValues) {
  const Proof honest = prove(system_, 21);
  System others = mixed_system(22, 70, 10, 3, 1);
  others.security_bits = system_.security_bits;
  Proof other = prove(others, 21);
  other.root = honest.root;
  EXPECT_FALSE(check(system_, other).ok());
}

TEST_F(LigeroLies, AnyMessageChanged) {
  using proofcard::testing::Changed;
  const auto changed = [&](const char* label, std::size_t which, std::size_t position) {
    Changed liar(label, which, position);
    return message(check(system_, prove(system_, 21, &liar)));
  };
  EXPECT_THAT(changed("ligero.root", 0, 0), HasSubstr(kRoot));
  for (const std::size_t position : {std::size_t{0}, std::size_t{1}, parameters_.num_coefficients() - 1}) {
    EXPECT_THAT(changed("ligero.word", 0, position), HasSubstr(kWord)) << position;
  }
  EXPECT_THAT(changed("ligero.sum", 0, 0), StartsWith(kSum));
  EXPECT_THAT(changed("ligero.sum", 0, parameters_.column_len()), StartsWith(kSum));
  EXPECT_THAT(changed("ligero.sum", 0, 1), HasSubstr(kRowSum));
  EXPECT_THAT(changed("ligero.sum", 0, parameters_.num_sum_coefficients() - 1), HasSubstr(kRowSum));
  for (std::size_t word = 0; word < 2; ++word) {
    for (const std::size_t position : {0U, 1U, 7U, 100U}) {
      EXPECT_THAT(changed("ligero.rows", word, position), HasSubstr(kRoot)) << word << " " << position;
      EXPECT_THAT(changed("ligero.nodes", word, position), HasSubstr(kRoot)) << word << " " << position;
    }
  }
  EXPECT_THAT(changed("ligero.nonce", 0, 0), StartsWith(kNonce));
}

}  // namespace
}  // namespace proofcard::zk::ligero
