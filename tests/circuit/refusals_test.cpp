// Every check of a circuit by its own error: what another check would have refused later does not count.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "host/base/text.hpp"
#include "host/circuit/bounds.hpp"
#include "tests/circuit/small_circuit.hpp"

namespace proofcard::circuit {
namespace {

using ::testing::HasSubstr;

struct Refusal {
  std::string error;  // the thing and what was expected of it
  std::function<void(Circuit&)> apply;
};

std::string error_of(const Circuit& c) {
  const Status status = validate(c);
  return status.ok() ? "accepted" : status.error().message();
}

void expect_refusals(const std::vector<Refusal>& refusals) {
  for (const auto& [error, apply] : refusals) {
    Circuit c = small_circuit();
    apply(c);
    EXPECT_THAT(error_of(c), HasSubstr(error));
  }
}

void add_tensors(Circuit& c, std::size_t number, const Shape& shape) {
  c.tensors.resize(c.tensors.size() + number, {"t", shape, Role::kWitness, IntType::kI8, 0, 0, 1.0});
}

TEST(Refusals, Visibility) {
  const auto other = static_cast<Visibility>(3);
  expect_refusals({
      {"circuit.input_visibility: expected a value up to 2, found 3", [&](Circuit& c) { c.input_visibility = other; }},
      {"circuit.output_visibility: expected a value up to 2", [&](Circuit& c) { c.output_visibility = other; }},
      {"circuit.weight_visibility: expected a value up to 2", [&](Circuit& c) { c.weight_visibility = other; }},
  });
}

TEST(Refusals, Tensors) {
  const auto nan = std::numeric_limits<double>::quiet_NaN();
  const auto infinity = std::numeric_limits<double>::infinity();
  expect_refusals({
      {"circuit.tensors[2].shape.out_dims: axis 0: expected a positive", [](Circuit& c) { c.tensors[kQ].shape = {0}; }},
      {"circuit.tensors[2].shape: expected fewer than 2^28 padded",
       [](Circuit& c) {
         c.tensors[kQ].shape = {1U << 14, (1U << 13) + 1};
       }},
      {"circuit.tensors[2].shape.out_dims: expected fewer than 2^31",
       [](Circuit& c) { c.tensors[kQ].shape = {1U << 31}; }},
      {"circuit.tensors[2].shape.out_dims: expected at most 32 axes",
       [](Circuit& c) { c.tensors[kQ].shape.assign(33, 1); }},
      {"circuit.tensors[2].role: expected", [](Circuit& c) { c.tensors[kQ].role = static_cast<Role>(4); }},
      {"circuit.tensors[2].type: expected", [](Circuit& c) { c.tensors[kQ].type = static_cast<IntType>(4); }},
      {"circuit.tensors[0]: expected a range in order and inside", [](Circuit& c) { c.tensors[kX].hi = 128; }},
      {"circuit.tensors[0]: expected a range in order and inside", [](Circuit& c) { c.tensors[kX].lo = -129; }},
      {"circuit.tensors[2]: expected a range in order", [](Circuit& c) { c.tensors[kQ].lo = c.tensors[kQ].hi + 1; }},
      {"circuit.tensors[1]: expected the range [-128, 127] of its type", [](Circuit& c) { c.tensors[kW].lo = -127; }},
      {"circuit.tensors[1]: expected the range [-128, 127] of its type", [](Circuit& c) { c.tensors[kW].hi = 126; }},
      {"circuit.tensors[0]: expected a finite positive scale", [=](Circuit& c) { c.tensors[kX].scale = nan; }},
      {"circuit.tensors[0]: expected a finite positive scale", [=](Circuit& c) { c.tensors[kX].scale = infinity; }},
      {"circuit.tensors[0]: expected a finite positive scale", [](Circuit& c) { c.tensors[kX].scale = 0; }},
      {"circuit.tensors[0]: expected a finite positive scale", [](Circuit& c) { c.tensors[kX].scale = -1; }},
  });
}

TEST(Refusals, Tables) {
  expect_refusals({
      {"circuit.tables[0].kind: expected", [](Circuit& c) { c.tables[0].kind = static_cast<TableKind>(4); }},
      {"circuit.tables[0]: expected 1 to", [](Circuit& c) { c.tables[0].size = 0; }},
      {"circuit.tables[0]: expected 1 to", [](Circuit& c) { c.tables[0].size = tensor::kMaxTableRows + 1; }},
      {"circuit.tables[1]: expected a domain that contains 0", [](Circuit& c) { c.tables[1].lo = 1; }},
      {"circuit.tables[0]: expected a domain that contains 0", [](Circuit& c) { c.tables[0].size = 128; }},
      {"circuit.tables[0]: expected a domain that contains 0",
       [](Circuit& c) { c.tables[0].lo = std::numeric_limits<std::int64_t>::min(); }},
      {"circuit.tables[0]: expected no function for this kind", [](Circuit& c) { c.tables[0].function.rows = 1; }},
      {"circuit.tables[2].function: expected finite positive scales",
       [](Circuit& c) { c.tables[2].function.in_scale = 0; }},
      {"circuit.tables[2]: expected the function's domain", [](Circuit& c) { c.tables[2].function.rows = 4095; }},
      {"circuit.tables[2]: expected the function's domain", [](Circuit& c) { c.tables[2].function.lo = -2047; }},
  });
}

// The same circuit with a table of x, in which nothing is looked up.
TEST(Refusals, TablesOfTensors) {
  const auto with = [](const std::function<void(Circuit&, Table&)>& change) {
    return [change](Circuit& c) {
      c.tables.push_back({TableKind::kTensors, 0, 0, {}, {kX, kQ}, {3}});
      Table& table = c.tables.back();
      change(c, table);
    };
  };
  expect_refusals({
      {"accepted", with([](Circuit&, Table&) {})},
      {"circuit.tables[3]: expected no rows and no function", with([](Circuit&, Table& t) { t.lo = -1; })},
      {"circuit.tables[3]: expected no rows and no function", with([](Circuit&, Table& t) { t.size = 3; })},
      {"circuit.tables[3]: expected no rows and no function", with([](Circuit&, Table& t) { t.function.rows = 1; })},
      {"circuit.tables[3]: expected a table of 1 tensor or more", with([](Circuit&, Table& t) { t.tensors.clear(); })},
      {"circuit.tables[3]: expected tensor ids below 5, found 5", with([](Circuit&, Table& t) { t.tensors[1] = 5; })},
      {"circuit.tables[3]: expected tensors of one shape", with([](Circuit&, Table& t) { t.dims = {4}; })},
      {"circuit.tables[3]: expected tensors of one shape", with([](Circuit&, Table& t) { t.tensors[1] = kW; })},
      {"circuit.tables[3]: expected at most 16 columns, found 17",
       with([](Circuit&, Table& t) { t.tensors.resize(16, kX); })},
      {"accepted", with([](Circuit&, Table& t) { t.tensors.resize(15, kX); })},
      {"circuit.tables[0]: expected no tensors for this kind", [](Circuit& c) { c.tables[0].tensors = {kX}; }},
      {"circuit.tables[0]: expected no tensors for this kind", [](Circuit& c) { c.tables[0].dims = {3}; }},
  });
}

// A claim on a public tensor is evaluated in full, once for each column of a table.
TEST(Refusals, TablesOfPublicTensorsAreWork) {
  const auto with_tables = [](std::size_t count) {
    return [count](Circuit& c) {
      const Shape shape{1U << 22};
      c.tensors.push_back({"y", shape, Role::kOutput, IntType::kI8, 0, 127, 1.0});
      c.outputs.push_back(5);
      c.output_shapes.push_back(shape);
      c.tables.resize(3 + count, {TableKind::kTensors, 0, 0, {}, std::vector<std::uint32_t>(15, 5), shape});
    };
  };
  expect_refusals({
      {"accepted", with_tables(1)},
      {"circuit: expected verifying to take at most", with_tables(2)},
  });
}

TEST(Refusals, Relations) {
  const auto operand = [](Circuit& c) -> tensor::Operand& { return c.relations[0].zero.terms[0].operands[0]; };
  expect_refusals({
      {"circuit.relations[0].terms[0].operands[0]: expected a tensor id below 5",
       [&](Circuit& c) { operand(c).tensor = 5; }},
      {"circuit.relations[0].out_dims: axis 0: expected a positive",
       [](Circuit& c) { c.relations[0].zero.out_dims = {0}; }},
      {"circuit.relations[0].sum_dims: axis 0: expected a positive",
       [](Circuit& c) { c.relations[0].zero.sum_dims = {0}; }},
      {"circuit.relations[0].out_dims: expected fewer than 2^28 padded",
       [](Circuit& c) {
         c.relations[0] = {"constant", {{(1U << 27) + 1}, {}, {}}};
       }},
      {"circuit.relations[0].sum_dims: expected fewer than 2^28 padded",
       [](Circuit& c) {
         c.relations[0] = {"constant", {{1}, {(1U << 27) + 1}, {}}};
       }},
  });
}

TEST(Refusals, Lookups) {
  expect_refusals({
      {"circuit.lookups[0]: expected a table id below 3", [](Circuit& c) { c.lookups[0].table = 3; }},
      {"circuit.lookups[0].dims.out_dims: axis 0: expected a positive", [](Circuit& c) { c.lookups[0].dims = {0}; }},
      {"circuit.lookups[0].dims: expected fewer than 2^28", [](Circuit& c) { c.lookups[0].dims = {(1U << 27) + 1}; }},
      {"circuit.lookups[2]: expected 2 columns, found 1", [](Circuit& c) { c.lookups[2].columns.pop_back(); }},
      {"circuit.lookups[2]: expected 2 columns, found 3",
       [](Circuit& c) { c.lookups[2].columns.push_back(c.lookups[2].columns[0]); }},
      {"circuit.lookups[0].columns[0]: expected the lookup's dims", [](Circuit& c) { c.lookups[0].dims = {4}; }},
      {"circuit.lookups[0].columns[0].terms[0].operands[0]: expected a tensor id",
       [](Circuit& c) { c.lookups[0].columns[0].terms[0].operands[0].tensor = 9; }},
      {"circuit.lookups[0].columns[0]: expected terms of at most 1 operand, found 2",
       [](Circuit& c) { c.lookups[0].columns[0] = c.relations[0].zero; }},
  });
}

TEST(Refusals, Boundary) {
  expect_refusals({
      {"circuit.inputs: entry 0: expected an input tensor listed once, found id 7", [](Circuit& c) { c.inputs = {7}; }},
      {"circuit.inputs: entry 0: expected an input tensor", [](Circuit& c) { c.inputs = {kW}; }},
      {"circuit.inputs: expected every input tensor, found tensor 0 missing",
       [](Circuit& c) { c.inputs.clear(), c.input_shapes.clear(); }},
      {"circuit.outputs: entry 1: expected an output tensor listed once",
       [](Circuit& c) {
         c.outputs = {kZ, kZ}, c.output_shapes.push_back({3});
       }},
      {"circuit.outputs: entry 0: expected a shape of 3 values, found 4", [](Circuit& c) { c.output_shapes = {{4}}; }},
      {"circuit.outputs.out_dims: axis 1: expected a positive",
       [](Circuit& c) {
         c.output_shapes = {{3, 0}};
       }},
      {"circuit.outputs: expected a shape for each of 1, found 0", [](Circuit& c) { c.output_shapes.clear(); }},
  });
}

// At the limit accepted, one beyond refused.
TEST(Refusals, Numbers) {
  constexpr std::size_t kItems = std::size_t{1} << 15;
  expect_refusals({
      {"circuit.tensors: expected at most 32768, found 32769", [](Circuit& c) { add_tensors(c, kItems - 4, {}); }},
      {"accepted", [](Circuit& c) { add_tensors(c, kItems - 5, {}); }},
      {"circuit.relations: expected at most 32768, found", [](Circuit& c) { c.relations.resize(kItems + 1); }},
      {"accepted", [](Circuit& c) { c.relations.resize(kItems); }},
      {"circuit.lookups: expected at most 32768, found 32769",
       [](Circuit& c) { c.lookups.resize(kItems + 1, c.lookups[1]); }},
      {"circuit.tables: expected at most 1024, found 1025", [](Circuit& c) { c.tables.resize(1025, c.tables[1]); }},
      {"accepted", [](Circuit& c) { c.tables.resize(1024, c.tables[1]); }},
      // 4 terms of the relation, 4 of the lookups.
      {"circuit: expected at most 32768 terms",
       [](Circuit& c) {
         c.relations.push_back({"terms", {{3}, {}, std::vector<Term>(kItems - 7, {1, {}, {}})}});
       }},
      {"accepted",
       [](Circuit& c) {
         c.relations.push_back({"terms", {{3}, {}, std::vector<Term>(kItems - 8, {1, {}, {}})}});
       }},
      {"circuit: expected at most 32768 terms",
       [](Circuit& c) {
         c.lookups[0].columns[0].terms.resize(kItems - 6, {0, {}, {}});
       }},
  });
}

TEST(Refusals, TotalSizes) {
  constexpr unsigned kLogMaxValues = sizeof(std::size_t) >= 8 ? 31 : 28;
  const auto lookup_of = [](Circuit& c, std::uint32_t n) {
    c.tensors[kRem].shape = {n};
    c.lookups[1] = {"rem range", 1, {n}, {whole(kRem, {n})}};
  };
  expect_refusals({
      {fmt::format("circuit.tensors: expected fewer than 2^{} padded values, found {}", kLogMaxValues,
                   (std::uint64_t{1} << kLogMaxValues) + 20),
       [](Circuit& c) { add_tensors(c, 16, {1U << (kLogMaxValues - 4)}); }},
      {"accepted", [](Circuit& c) { add_tensors(c, 15, {1U << (kLogMaxValues - 4)}); }},
      {"circuit.lookups: expected fewer than 2^28 leaves, found",
       [&](Circuit& c) {
         lookup_of(c, 1U << 27);
         c.lookups.push_back(c.lookups[1]);
       }},
  });
}

// A map of `outer * inner` combinations of labels over an axis of `cells`, in a relation or in a lookup.
void add_map(Circuit& c, std::uint32_t outer, std::uint32_t inner, std::uint32_t cells, bool in_lookup = false) {
  const auto id = static_cast<std::uint32_t>(c.tensors.size());
  add_tensors(c, 1, {cells});
  const Expression e{{outer}, {inner}, {{1, {{id, {{0, 1, 0, {{0, 1}, {1, 1}}, true}}}}, {}}}};
  if (in_lookup) {
    c.lookups.push_back({"map", 1, {outer}, {e}});
  } else {
    c.relations.push_back({"map", e});
  }
}

TEST(Refusals, Work) {
  expect_refusals({
      {"accepted", [](Circuit& c) { add_map(c, 1U << 11, 1U << 12, 4); }},
      {"map: expected an index map of at most 8388608 index combinations",
       [](Circuit& c) { add_map(c, 1U << 11, (1U << 12) + 1, 4); }},
      {"accepted", [](Circuit& c) { add_map(c, 1, 1, 1U << 23); }},
      {"map: expected an index map over at most 8388608 cells, found 16777216",
       [](Circuit& c) { add_map(c, 1, 1, (1U << 23) + 1); }},
      {"circuit: expected verifying to take at most 67108864 field operations",
       [](Circuit& c) {
         for (int i = 0; i < 3; ++i) {
           add_map(c, 1U << 11, 1U << 12, 4);
         }
       }},
      {"circuit: expected verifying to take at most 67108864 field operations",
       [](Circuit& c) {
         for (int i = 0; i < 3; ++i) {
           add_map(c, 1U << 11, 1U << 12, 4, true);
         }
       }},
      {"map: expected an index map over at most 8388608 cells",
       [](Circuit& c) { add_map(c, 1, 1, (1U << 23) + 1, true); }},
  });
}

TEST(Refusals, Padding) {
  expect_refusals({
      {"circuit.tensors[4]: expected a padding that fits in 1 bytes, found 300",
       [](Circuit& c) { c.tables[2].function.out_lo = 300, c.tables[2].function.out_hi = 400; }},
      {"circuit.tensors[4]: expected a padding that fits in 1 bytes, found -300",
       [](Circuit& c) { c.tables[2].function.out_lo = -400, c.tables[2].function.out_hi = -300; }},
  });
}

// Bytes that no enumeration has are refused where they are read.
TEST(Refusals, EnumerationsInBytes) {
  ByteWriter out;
  write(out, small_circuit());
  Bytes bytes = out.take();
  const std::size_t visibility = 8 + small_circuit().model_name.size();
  bytes[visibility] = 3;
  ByteReader in(bytes, "key");
  const auto read = read_circuit(in);
  ASSERT_FALSE(read.ok());
  EXPECT_THAT(read.error().message(), HasSubstr("key: circuit.input_visibility: expected a value up to 2, found 3"));
}

// Scales of channels belong to inputs; their bytes are there exactly when there are some.
TEST(Refusals, ChannelsOfInputs) {
  Circuit c = small_circuit();
  const std::uint32_t input = c.inputs[0];
  c.tensors[input].channels.steps.resize(c.tensors[input].shape[0]);
  c.tensors[input].channels.steps[0] = {3, -4};
  ASSERT_TRUE(validate(c).ok());
  ByteWriter out;
  write(out, c);
  const Bytes bytes = out.take();
  ByteReader in(bytes, "key");
  const auto read = read_circuit(in);
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_EQ(read->tensors[input].channels, c.tensors[input].channels);

  expect_refusals({
      {fmt::format("circuit.tensors[{}]: expected a step for each index of an axis", input),
       [=](Circuit& other) { other.tensors[input].channels.steps.resize(1 + other.tensors[input].shape[0]); }},
      {"expected one scale for all of a tensor that is no input",
       [=](Circuit& other) {
         for (Tensor& t : other.tensors) {
           if (t.role != Role::kInput && !t.shape.empty()) t.channels.steps.resize(t.shape[0]);
         }
       }},
  });
  // The flag without steps: type, range and scale are between the role and the number of steps.
  ByteWriter plain;
  write(plain, small_circuit());
  Bytes flagged = plain.take();
  const auto role = std::mismatch(flagged.begin(), flagged.end(), bytes.begin()).first;
  *role ^= 0x80;
  flagged.insert(role + 26, 4, 0);
  ByteReader empty(flagged, "key");
  const auto none = read_circuit(empty);
  ASSERT_FALSE(none.ok());
  EXPECT_THAT(none.error().message(), HasSubstr("expected scales of channels, found none"));
}

TEST(Refusals, LongNamesInBytes) {
  for (const std::size_t size : {kMaxModelNameBytes, kMaxModelNameBytes + 1}) {
    Circuit c = small_circuit();
    c.model_name.assign(size, 'm');
    ByteWriter out;
    write(out, c);
    ByteReader in(out.bytes(), "key");
    EXPECT_EQ(read_circuit(in).ok(), size == kMaxModelNameBytes);
  }
}

}  // namespace
}  // namespace proofcard::circuit
