// Verification keys: read only when the circuit is valid and sound and the commitments are points; named by all of it.
#include "host/statement/verifying_key.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/curve/g1.hpp"
#include "host/hash/keccak.hpp"
#include "tests/circuit/small_circuit.hpp"

namespace proofcard::statement {
namespace {

using ::testing::HasSubstr;

VerifyingKey small_key() {
  circuit::Circuit c = circuit::small_circuit();
  const circuit::Layout layout = circuit::make_layout(c);
  std::vector<std::vector<curve::G1Affine>> rows(layout.columns.size());
  curve::G1 p = curve::G1::generator();
  for (std::size_t column = 0; column < rows.size(); ++column) {
    if (layout.columns[column].owner == circuit::Column::Owner::kWeights) {
      for (std::size_t row = 0; row < layout.columns[column].num_rows(); ++row, p = p.twice()) {
        rows[column].push_back(p.to_affine());
      }
    }
  }
  VerifyingKey vk = make_verifying_key(std::move(c), std::move(rows));
  vk.weight_range_proof = {1, 2, 3};
  return vk;
}

Bytes bytes_of(const VerifyingKey& vk) {
  ByteWriter out;
  write(out, vk);
  return out.take();
}

std::string read_error(const Bytes& bytes) {
  ByteReader in(bytes, "m.vk");
  const auto read = read_verifying_key(in);
  return read.ok() ? "accepted" : read.error().message();
}

curve::G1Affine& first_row(VerifyingKey& vk) {
  for (auto& rows : vk.weight_rows) {
    if (!rows.empty()) {
      return rows[0];
    }
  }
  return vk.weight_rows.at(0).at(0);
}

TEST(VerifyingKey, RoundTrips) {
  const VerifyingKey vk = small_key();
  const Bytes bytes = bytes_of(vk);
  ByteReader in(bytes, "m.vk");
  const auto read = read_verifying_key(in);
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_TRUE(in.expect_end().ok());
  EXPECT_EQ(read->digest, vk.digest);
  EXPECT_EQ(read->weight_rows, vk.weight_rows);
  EXPECT_EQ(read->weight_range_proof, vk.weight_range_proof);
  EXPECT_EQ(bytes_of(*read), bytes);
}

TEST(VerifyingKey, RefusesUnsoundCircuitsAndWrongPoints) {
  VerifyingKey vk = small_key();
  vk.circuit.outputs.clear();
  vk.circuit.output_shapes.clear();
  EXPECT_THAT(read_error(bytes_of(vk)), HasSubstr("circuit.outputs: expected every output tensor"));
  // Well-formed, but q has no range.
  vk = small_key();
  vk.circuit.output_visibility = circuit::Visibility::kPrivate;
  vk.circuit.lookups.pop_back();
  ASSERT_TRUE(circuit::validate(vk.circuit).ok());
  EXPECT_THAT(read_error(bytes_of(vk)), HasSubstr("expected a range proved by a lookup or a relation"));
  vk = small_key();
  first_row(vk).y = first_row(vk).x;
  EXPECT_THAT(read_error(bytes_of(vk)), HasSubstr("weight commitments"));
  vk = small_key();
  const Bytes whole = bytes_of(vk);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_NE(read_error(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))), "accepted") << size;
  }
}

TEST(VerifyingKey, DigestNamesCircuitAndCommitments) {
  const VerifyingKey vk = small_key();
  circuit::Circuit c = vk.circuit;
  c.tensors[0].scale *= 2;
  EXPECT_NE(make_verifying_key(c, vk.weight_rows).digest, vk.digest);
  VerifyingKey other = small_key();
  first_row(other) = -first_row(other);
  EXPECT_NE(make_verifying_key(vk.circuit, other.weight_rows).digest, vk.digest);
  // The proof of the weights' ranges is about the key, and no part of its name.
  other = small_key();
  other.weight_range_proof.clear();
  EXPECT_EQ(make_verifying_key(other.circuit, other.weight_rows).digest, vk.digest);
}

// As docs/protocol.md has it, so that no commitment or other file has the same.
TEST(VerifyingKey, DigestIsThatOfTheProtocol) {
  const VerifyingKey vk = small_key();
  ByteWriter out;
  out.string("proofcard/vk/1");
  circuit::write(out, vk.circuit);
  for (const auto& rows : vk.weight_rows) {
    out.u64(rows.size());
    for (const curve::G1Affine& row : rows) {
      out.raw(row.x.to_bytes());
      out.raw(row.y.to_bytes());
    }
  }
  EXPECT_EQ(vk.digest, hash::keccak256(out.bytes()));
}

}  // namespace
}  // namespace proofcard::statement
