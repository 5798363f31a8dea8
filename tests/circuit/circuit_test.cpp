// Names, tables, consistency checks and bytes of circuits.
#include "host/circuit/circuit.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "host/circuit/access.hpp"
#include "host/circuit/layout.hpp"
#include "tests/circuit/small_circuit.hpp"

namespace proofcard::circuit {
namespace {

Bytes bytes_of(const Circuit& c) {
  ByteWriter out;
  write(out, c);
  return out.take();
}

// A selection's tuple is 0 on padded indices, whatever stands there.
TEST(Access, SelectionsReadNoPadding) {
  const Circuit c = small_circuit();
  const std::vector<std::int64_t> zeros(c.tensors.size(), 0);
  const Expression read = whole(kX, {3});
  EXPECT_TRUE(classify(c, zeros, read, read.terms[0], Standing::kLookup).operands[0].all_direct());
  EXPECT_FALSE(classify(c, zeros, read, read.terms[0], Standing::kTensorLookup).operands[0].all_direct());
}

TEST(Table, RowsByKind) {
  const Table range{TableKind::kRange, -2, 5, {}};
  EXPECT_EQ(table_column(range, 0), (std::vector<std::int64_t>{-2, -1, 0, 1, 2, -2, -2, -2}));
  const Table sign{TableKind::kSign, -1, 3, {}};
  EXPECT_EQ(table_column(sign, 0), (std::vector<std::int64_t>{-1, 0, 1, -1}));
  EXPECT_EQ(table_column(sign, 1), (std::vector<std::int64_t>{0, 1, 0, 0}));
  EXPECT_EQ(table_column(sign, 2), (std::vector<std::int64_t>{0, 0, 1, 0}));
}

TEST(Table, ColumnRangeIsThatOfItsRows) {
  std::vector<Table> tables;
  for (const std::int64_t lo : {-3, -1, 0}) {
    for (const std::uint32_t size : {1U, 2U, 4U, 7U}) {
      for (const TableKind kind : {TableKind::kRange, TableKind::kSign, TableKind::kFunction}) {
        tables.push_back({kind, lo, size, {}});
      }
    }
  }
  for (const auto f : {tensor::Function::kClamp, tensor::Function::kSquare, tensor::Function::kAbs}) {
    for (Table table : tables) {
      if (table.kind == TableKind::kFunction) {
        table.function.function = f;
        table.function.lo = table.lo;
        table.function.rows = table.size;
        table.function.out_lo = -2;
        table.function.out_hi = 3;
      }
      for (std::size_t c = 0; c < tuple_width(table); ++c) {
        const std::vector<std::int64_t> rows = table_column(table, c);
        const auto [min, max] = std::minmax_element(rows.begin(), rows.end());
        EXPECT_EQ(column_range(table, c), std::pair(*min, *max));
      }
    }
  }
}

TEST(HonestPadding, FollowsFunctionAndSignTables) {
  Circuit c = small_circuit();
  tensor::TableSpec& relu = c.tables[2].function;
  relu.out_lo = 5;  // f(0) = 5
  EXPECT_EQ(honest_padding(c), (std::vector<std::int64_t>{0, 0, 0, 0, 5}));
  c.tables[2] = {TableKind::kSign, -2048, 4096, {}};
  c.lookups[2].columns = {whole(2, {3}), whole(4, {3}), whole(3, {3})};
  EXPECT_EQ(honest_padding(c), (std::vector<std::int64_t>{0, 0, 0, 0, 1}));
}

TEST(Classify, OnlyAWholeTensorReadsPaddingInALookup) {
  Circuit c = small_circuit();
  c.tables[2].function.out_lo = 5;
  const std::vector<std::int64_t> padding = honest_padding(c);
  const Expression read = whole(4, {3});
  EXPECT_TRUE(classify(c, padding, read, read.terms[0], Standing::kLookup).operands[0].all_direct());
  EXPECT_FALSE(classify(c, padding, read, read.terms[0], Standing::kRelation).operands[0].all_direct());
  Expression difference = read;
  difference.terms.push_back(plain(-1, 2, {3}));
  EXPECT_FALSE(classify(c, padding, difference, difference.terms[0], Standing::kLookup).operands[0].all_direct());
}

TEST(Validate, AcceptsTheSmallCircuit) {
  const Status status = validate(small_circuit());
  EXPECT_TRUE(status.ok()) << status.error().message();
}

TEST(Bytes, RoundTrip) {
  const Bytes bytes = bytes_of(small_circuit());
  ByteReader in(bytes);
  const auto read = read_circuit(in);
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_TRUE(in.expect_end().ok());
  EXPECT_EQ(bytes_of(*read), bytes);
  EXPECT_EQ(read->tensors[4].name, "z");
  EXPECT_EQ(read->tables[2].function, small_circuit().tables[2].function);
}

TEST(Bytes, EveryTruncationIsAnError) {
  const Bytes bytes = bytes_of(small_circuit());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ByteReader in(ByteView(bytes).first(size));
    EXPECT_FALSE(read_circuit(in).ok()) << size;
  }
}

// Whatever the bytes, the answer is an error or a circuit that validates and writes back.
TEST(Bytes, HostileBytesNeverCrash) {
  const Bytes good = bytes_of(small_circuit());
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  std::size_t accepted = 0;
  for (int round = 0; round < 20000; ++round) {
    Bytes bytes = good;
    for (std::uint64_t flips = 1 + random() % 4; flips > 0; --flips) {
      const std::size_t at = random() % bytes.size();
      bytes[at] = random() % 2 == 0 ? static_cast<std::uint8_t>(random()) : bytes[at] ^ 1;
    }
    ByteReader in(bytes);
    const auto read = read_circuit(in);
    if (read.ok()) {
      ++accepted;
      EXPECT_TRUE(validate(*read).ok());
      EXPECT_EQ(bytes_of(*read), Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(in.offset())));
    }
  }
  EXPECT_GT(accepted, 0U);
  for (int round = 0; round < 2000; ++round) {
    Bytes bytes(random() % 300);
    std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<std::uint8_t>(random()); });
    ByteReader in(bytes);
    EXPECT_FALSE(read_circuit(in).ok());
  }
}

}  // namespace
}  // namespace proofcard::circuit
