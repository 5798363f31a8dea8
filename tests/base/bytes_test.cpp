// Reading untrusted bytes: to the last byte, never past it, and no count is believed.
#include "host/base/bytes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace proofcard {
namespace {

using ::testing::HasSubstr;

Bytes sequence(std::size_t size) {
  Bytes out(size);
  for (std::size_t i = 0; i < size; ++i) {
    out[i] = static_cast<std::uint8_t>(i + 1);
  }
  return out;
}

template <class T>
std::string error_of(const Result<T>& result) {
  return result.ok() ? "accepted" : result.error().message();
}

TEST(ByteReader, IntegersEndWithTheData) {
  const Bytes bytes = sequence(8);
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    const auto reader = [&] { return ByteReader(ByteView(bytes).first(size), "file"); };
    EXPECT_EQ(reader().u8("n").ok(), size >= 1);
    EXPECT_EQ(reader().u16("n").ok(), size >= 2);
    EXPECT_EQ(reader().u32("n").ok(), size >= 4);
    EXPECT_EQ(reader().u64("n").ok(), size >= 8);
    EXPECT_EQ(reader().i64("n").ok(), size >= 8);
    EXPECT_EQ(reader().raw(5, "n").ok(), size >= 5);
  }
  ByteReader all(bytes, "file");
  EXPECT_EQ(*all.u64("n"), 0x0807060504030201U);
  EXPECT_TRUE(all.expect_end().ok());
  EXPECT_EQ(error_of(all.u8("n")), "file: n at byte 8: expected 1 bytes, found 0");
}

TEST(ByteReader, LengthsAreComparedWithWhatIsLeft) {
  for (const std::uint64_t length : {std::uint64_t{0}, std::uint64_t{3}, std::uint64_t{4}, std::uint64_t{5},
                                     std::uint64_t{1} << 32, std::numeric_limits<std::uint64_t>::max()}) {
    ByteWriter out;
    out.u64(length);
    out.raw(sequence(4));
    ByteReader in(out.bytes(), "file");
    const auto blob = in.blob("b");
    ASSERT_EQ(blob.ok(), length <= 4) << length;
    if (blob.ok()) {
      EXPECT_EQ(blob->size(), length);
    } else {
      EXPECT_THAT(error_of(blob), HasSubstr("file: b at byte 8: expected"));
      EXPECT_THAT(error_of(blob), HasSubstr("bytes, found 4"));
    }
  }
}

TEST(ByteReader, StringsHaveALimit) {
  ByteWriter out;
  out.string("0123456789");
  for (const std::size_t limit : {9U, 10U}) {
    ByteReader in(out.bytes(), "file");
    const auto text = in.string("name", limit);
    EXPECT_EQ(text.ok(), limit == 10);
    EXPECT_THAT(error_of(text), HasSubstr(limit == 10 ? "accepted" : "expected at most 9 bytes, found 10"));
  }
}

TEST(ByteReader, CountsMustFit) {
  const auto count = [](std::uint32_t n, std::size_t item_bytes) {
    ByteWriter out;
    out.u32(n);
    for (std::uint8_t i = 0; i < 12; ++i) {
      out.u8(i);
    }
    const Bytes bytes = out.take();
    ByteReader in(bytes, "file");
    return in.count("items", item_bytes).ok();
  };
  EXPECT_TRUE(count(0, 4));
  EXPECT_TRUE(count(3, 4));
  EXPECT_FALSE(count(4, 4));
  EXPECT_TRUE(count(2, 5));
  EXPECT_FALSE(count(3, 5));
  EXPECT_TRUE(count(12, 0));
  EXPECT_FALSE(count(13, 0));
  EXPECT_FALSE(count(std::numeric_limits<std::uint32_t>::max(), 4));
}

TEST(ByteReader, MoreBytesThanExpectedAreAnError) {
  const Bytes bytes = sequence(3);
  ByteReader in(bytes, "file");
  ASSERT_TRUE(in.u16("n").ok());
  const Status status = in.expect_end();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message(), "file: expected the end at byte 2, found 1 more bytes");
}

}  // namespace
}  // namespace proofcard
