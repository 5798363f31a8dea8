// Bytes of commitments and openings: round trips, one encoding a value, and a clear error for everything else.
#include "host/statement/committed.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "host/hash/keccak.hpp"

namespace proofcard::statement {
namespace {

Commitment some_commitment(const Descriptor& descriptor) {
  Commitment out{descriptor, {}};
  curve::G1 p = curve::G1::generator();
  for (std::size_t row = 0; row < descriptor.column().num_rows(); ++row, p = p.twice()) {
    out.rows.push_back(p.to_affine());
  }
  return out;
}

Opening some_opening(const Descriptor& descriptor, bool hiding) {
  const auto n = static_cast<std::size_t>(tensor::num_elements(descriptor.shape));
  Opening out{descriptor, IntVector(descriptor.type, n), {}};
  for (std::size_t i = 0; i < n; ++i) {
    out.values.set(i, i % 2 == 0 ? int_type_min(descriptor.type) : int_type_max(descriptor.type));
  }
  for (std::size_t row = 0; hiding && row < descriptor.column().num_rows(); ++row) {
    out.blindings.push_back(Fr::from_u64(row + 7));
  }
  return out;
}

std::vector<Descriptor> descriptors() {
  std::vector<Descriptor> out;
  for (const IntType type : {IntType::kI8, IntType::kI16, IntType::kI32, IntType::kI64}) {
    out.push_back({kTensorLayout, {}, type, 0.5});
    out.push_back({kTensorLayout, {11}, type, 1.0 / 3});
    out.push_back({kTensorLayout, {3, 5, 7}, type, 1e-9});
    out.push_back({kTensorLayout, {3, 2}, type, 1e-9, {1, {{0, -7}, {40, 3}}}});
  }
  return out;
}

template <class T>
Bytes bytes_of(const T& value) {
  ByteWriter out;
  write(out, value);
  return out.take();
}

Result<Commitment> commitment_of(const Bytes& bytes) {
  ByteReader in(bytes, "x.commit");
  PROOFCARD_TRY(Commitment out, read_commitment(in));
  PROOFCARD_RETURN_IF_ERROR(in.expect_end());
  return out;
}

Result<Opening> opening_of(const Bytes& bytes) {
  ByteReader in(bytes, "x.opening");
  PROOFCARD_TRY(Opening out, read_opening(in));
  PROOFCARD_RETURN_IF_ERROR(in.expect_end());
  return out;
}

TEST(CommittedTest, RoundTrips) {
  for (const Descriptor& d : descriptors()) {
    const Commitment commitment = some_commitment(d);
    const auto read = commitment_of(bytes_of(commitment));
    ASSERT_TRUE(read.ok()) << read.error().message();
    EXPECT_EQ(*read, commitment);
    for (const bool hiding : {false, true}) {
      const Opening opening = some_opening(d, hiding);
      const auto back = opening_of(bytes_of(opening));
      ASSERT_TRUE(back.ok()) << back.error().message();
      EXPECT_EQ(back->descriptor, d);
      EXPECT_EQ(back->values, opening.values);
      EXPECT_EQ(back->blindings, opening.blindings);
    }
  }
}

TEST(CommittedTest, DigestsAndDifferencesSeeEveryField) {
  const Descriptor base{kTensorLayout, {3, 5}, IntType::kI16, 0.25};
  EXPECT_EQ(difference(base, base), "");
  const Digest digest_of_base = digest(some_commitment(base));
  for (const Descriptor& other :
       {Descriptor{kTensorLayout + 1, {3, 5}, IntType::kI16, 0.25},
        Descriptor{kTensorLayout, {5, 3}, IntType::kI16, 0.25}, Descriptor{kTensorLayout, {3, 5}, IntType::kI8, 0.25},
        Descriptor{kTensorLayout, {3, 5}, IntType::kI16, std::nextafter(0.25, 1)},
        Descriptor{kTensorLayout, {3, 5}, IntType::kI16, 0.25, {0, {{1, 2}, {0, 0}, {3, -4}}}}}) {
    EXPECT_NE(difference(base, other), "");
    EXPECT_NE(digest(some_commitment(other)), digest_of_base);
  }
  Commitment moved = some_commitment(base);
  moved.rows[0] = -moved.rows[0];
  EXPECT_NE(digest(moved), digest_of_base);
  // A domain of its own, so that no other file has the same digest.
  ByteWriter out;
  out.string("proofcard/commitment/1");
  write(out, some_commitment(base));
  EXPECT_EQ(digest_of_base, hash::keccak256(out.bytes()));
}

TEST(CommittedTest, ChannelsFitTheShape) {
  const Descriptor good{kTensorLayout, {3, 2}, IntType::kI16, 0.25, {1, {{1, 2}, {3, -4}}}};
  ASSERT_TRUE(commitment_of(bytes_of(some_commitment(good))).ok());
  Descriptor bad = good;
  bad.channels.axis = 0;
  EXPECT_FALSE(commitment_of(bytes_of(some_commitment(bad))).ok());
  // The flag of the type's byte without steps: layout, number of axes, axes before it, the scale behind.
  const Descriptor plain{kTensorLayout, {3, 2}, IntType::kI16, 0.25};
  Bytes bytes = bytes_of(some_commitment(plain));
  const Bytes flagged = bytes_of(some_commitment(good));
  const auto type = std::mismatch(bytes.begin(), bytes.end(), flagged.begin()).first;
  *type ^= 0x80;
  bytes.insert(type + 9, 4, 0);
  const auto none = commitment_of(bytes);
  ASSERT_FALSE(none.ok());
  EXPECT_NE(none.error().message().find("expected scales of channels, found none"), std::string::npos);
}

// Layout, shape, type, scale, rows: read again by hand.
TEST(CommittedTest, BytesAreThoseOfTheFormat) {
  const Descriptor d{kTensorLayout, {3, 5}, IntType::kI16, 0.25};
  const Commitment commitment = some_commitment(d);
  const Bytes bytes = bytes_of(commitment);
  ByteReader in(bytes);
  EXPECT_EQ(*in.u32("layout"), kTensorLayout);
  EXPECT_EQ(*tensor::read_shape(in), d.shape);
  EXPECT_EQ(*in.u8("type"), 1);
  EXPECT_EQ(*in.u64("scale"), std::bit_cast<std::uint64_t>(0.25));
  for (const curve::G1Affine& row : commitment.rows) {
    const auto x = Fq::from_bytes(*in.raw(32, "x"));
    const auto y = Fq::from_bytes(*in.raw(32, "y"));
    ASSERT_TRUE(x && y);
    EXPECT_EQ((curve::G1Affine{*x, *y}), row);
  }
  EXPECT_TRUE(in.expect_end().ok());
}

// The commitment of a tensor is laid out by its shape and nothing else.
TEST(CommittedTest, LayoutIsPinned) {
  const auto rows = [](circuit::Shape shape) {
    const circuit::Column column = Descriptor{kTensorLayout, std::move(shape), IntType::kI8, 1}.column();
    return std::pair{column.num_rows(), column.log_row_len};
  };
  EXPECT_EQ(rows({}), (std::pair{std::size_t{1}, 4U}));
  EXPECT_EQ(rows({30}), (std::pair{std::size_t{2}, 4U}));
  EXPECT_EQ(rows({3, 224, 224}), (std::pair{std::size_t{1} << 9, 9U}));
  EXPECT_EQ(rows({1U << 26}), (std::pair{std::size_t{1} << 14, 12U}));
}

TEST(CommittedTest, TruncatedAndExtendedBytesAreRefused) {
  const Descriptor d{kTensorLayout, {3, 5}, IntType::kI16, 0.25};
  const Bytes commitment = bytes_of(some_commitment(d));
  const Bytes opening = bytes_of(some_opening(d, true));
  for (std::size_t n = 0; n < commitment.size(); ++n) {
    EXPECT_FALSE(commitment_of(Bytes(commitment.begin(), commitment.begin() + static_cast<std::ptrdiff_t>(n))).ok());
  }
  for (std::size_t n = 0; n < opening.size(); ++n) {
    EXPECT_FALSE(opening_of(Bytes(opening.begin(), opening.begin() + static_cast<std::ptrdiff_t>(n))).ok());
  }
  for (Bytes bytes : {commitment, opening}) {
    bytes.push_back(0);
    EXPECT_FALSE(commitment_of(bytes).ok());
    EXPECT_FALSE(opening_of(bytes).ok());
  }
}

// Whatever is read is written back byte for byte, so no value has two encodings.
TEST(CommittedTest, EveryFlippedBitIsAnotherValueOrAnError) {
  const Descriptor d{kTensorLayout, {3, 5}, IntType::kI16, 0.25};
  for (const Bytes& original : {bytes_of(some_commitment(d)), bytes_of(some_opening(d, true))}) {
    for (std::size_t bit = 0; bit < 8 * original.size(); ++bit) {
      Bytes bytes = original;
      bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ (1U << (bit % 8)));
      if (const auto commitment = commitment_of(bytes); commitment.ok()) {
        EXPECT_EQ(bytes_of(*commitment), bytes);
      }
      if (const auto opening = opening_of(bytes); opening.ok()) {
        EXPECT_EQ(bytes_of(*opening), bytes);
      }
    }
  }
}

TEST(CommittedTest, ErrorsNameTheField) {
  const Descriptor d{kTensorLayout, {3, 5}, IntType::kI16, 0.25};
  const auto refuses = [&](const Descriptor& changed, const std::string& text) {
    Commitment commitment = some_commitment(d);
    commitment.descriptor = changed;
    const auto read = commitment_of(bytes_of(commitment));
    ASSERT_FALSE(read.ok());
    EXPECT_NE(read.error().message().find(text), std::string::npos) << read.error().message();
    EXPECT_EQ(read.error().kind, ErrorKind::kBadInput);
  };
  refuses({kTensorLayout + 1, {3, 5}, IntType::kI16, 0.25}, "layout version: expected 1, found 2");
  refuses({kTensorLayout, {3, 0}, IntType::kI16, 0.25}, "found 0");
  refuses({kTensorLayout, {1U << 31, 1U << 31}, IntType::kI16, 0.25}, "elements");
  refuses({kTensorLayout, {(1U << 27) + 1}, IntType::kI16, 0.25}, "padded values");
  refuses({kTensorLayout, {1U << 27}, IntType::kI16, 0.25}, "rows");  // too few bytes, before anything is allocated
  refuses({kTensorLayout, {3, 5}, static_cast<IntType>(4), 0.25}, "type: expected 0 to 3");
  for (const double scale : {0.0, -1.0, std::numeric_limits<double>::infinity(), std::nan("")}) {
    refuses({kTensorLayout, {3, 5}, IntType::kI16, scale}, "scale");
  }
  Bytes flag = bytes_of(some_opening(d, false));
  flag.back() = 2;
  const auto hiding = opening_of(flag);
  ASSERT_FALSE(hiding.ok());
  EXPECT_NE(hiding.error().message().find("blindings: expected 0 or 1, found 2"), std::string::npos);
  flag.back() = 1;
  EXPECT_FALSE(opening_of(flag).ok());
  Commitment off_curve = some_commitment(d);
  off_curve.rows[0].y = off_curve.rows[0].x;
  EXPECT_FALSE(commitment_of(bytes_of(off_curve)).ok());
  Bytes opening = bytes_of(some_opening(d, true));
  std::fill(opening.end() - static_cast<std::ptrdiff_t>(Fr::kBytes), opening.end(), std::uint8_t{0xff});
  const auto read = opening_of(opening);
  ASSERT_FALSE(read.ok());
  EXPECT_NE(read.error().message().find("blindings"), std::string::npos);
}

}  // namespace
}  // namespace proofcard::statement
