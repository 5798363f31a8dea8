// The circuit of the weight-range proof admits the values of a weight's declared range, and no other.
#include "host/circuit/weight_range.hpp"

#include <gtest/gtest.h>

#include <map>

#include "host/circuit/access.hpp"
#include "host/circuit/bounds.hpp"
#include "tests/circuit/small_circuit.hpp"

namespace proofcard::circuit {
namespace {

Circuit weights_circuit(const std::vector<IntType>& types) {
  Circuit c = small_circuit();
  for (const IntType type : types) {
    const auto [lo, hi] = weight_range(type);
    c.tensors.push_back({"w", {2, 3}, Role::kWeight, type, lo, hi, 1.0});
  }
  return c;
}

// By tensor: the values that its lookups as a whole column leave. Tensors without one are missing.
std::map<std::uint32_t, std::pair<std::int64_t, std::int64_t>> looked_up(const Circuit& c) {
  std::map<std::uint32_t, std::pair<std::int64_t, std::int64_t>> out;
  for (const Lookup& lookup : c.lookups) {
    EXPECT_EQ(lookup.columns.size(), 1U);
    const auto id = whole_tensor(c, lookup.columns[0]);
    if (id) {
      EXPECT_EQ(out.count(*id), 0U);
      out[*id] = column_range(c.tables[lookup.table], 0);
    }
  }
  return out;
}

TEST(WeightRange, AdmitsExactlyTheDeclaredRange) {
  const std::vector<IntType> types{IntType::kI8, IntType::kI16, IntType::kI32, IntType::kI64};
  const Circuit range = weight_range_circuit(weights_circuit(types));
  ASSERT_TRUE(validate(range).ok()) << validate(range).error().message();
  ASSERT_TRUE(check_soundness(range).ok());
  const auto ranges = looked_up(range);
  std::size_t num_weights = 0;
  for (std::uint32_t id = 0; id < range.tensors.size(); ++id) {
    if (range.tensors[id].role != Role::kWeight) {
      continue;
    }
    ++num_weights;
    const auto declared = weight_range(range.tensors[id].type);
    EXPECT_EQ(std::pair(range.tensors[id].lo, range.tensors[id].hi), declared);
    if (const auto own = ranges.find(id); own != ranges.end()) {
      EXPECT_EQ(own->second, declared);
      continue;
    }
    // weight = constant + sum of factor * limb in one relation: its ends are those of the limbs, and every value
    // between is reached because each factor is one more than what the smaller limbs reach together.
    std::size_t found = 0;
    for (const Relation& relation : range.relations) {
      std::int64_t lo = 0;
      std::int64_t reach = 0;
      if (relation.zero.terms[0].operands[0].tensor != id) {
        continue;
      }
      ++found;
      for (const Term& term : relation.zero.terms) {
        if (term.operands.empty()) {
          lo = -term.coefficient;
        } else if (term.operands[0].tensor == id) {
          EXPECT_EQ(term.coefficient, 1);
        } else if (ranges.count(term.operands[0].tensor) != 0) {
          const auto [limb_lo, limb_hi] = ranges.at(term.operands[0].tensor);
          EXPECT_EQ(limb_lo, 0);
          EXPECT_EQ(-term.coefficient, reach + 1);
          reach += -term.coefficient * limb_hi;
        } else {
          ADD_FAILURE() << "a limb without a lookup";
        }
      }
      EXPECT_EQ(std::pair(lo, lo + reach), declared);
    }
    EXPECT_EQ(found, 1U) << id;
  }
  EXPECT_EQ(num_weights, types.size() + 1);
}

// Every weight of every tensor: the lookups and relations run over the whole shape.
TEST(WeightRange, CoversEveryElement) {
  const Circuit range = weight_range_circuit(weights_circuit({IntType::kI8, IntType::kI16}));
  for (const Lookup& lookup : range.lookups) {
    EXPECT_TRUE(whole_tensor(range, lookup.columns[0]).has_value()) << lookup.name;
  }
  for (const Relation& relation : range.relations) {
    EXPECT_EQ(relation.zero.out_dims, (Shape{2, 3}));
    EXPECT_TRUE(whole_tensor(range, {relation.zero.out_dims, {}, {relation.zero.terms[0]}}).has_value());
  }
}

}  // namespace
}  // namespace proofcard::circuit
