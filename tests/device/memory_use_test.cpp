// The file of a card's memory statistics, from both sides.
#include "host/device/jobs/memory_use.hpp"

#include <gtest/gtest.h>

namespace proofcard::device {
namespace {

const MemoryUse kUse{
    300, {{"HBM[0]", 14'375'000'000, 1, 2, 3, 4, 5, 6, 7}, {"DDR[1]", 19'200'000'000, 60, 0, 70, 8, 90, 100, 110}}};

TEST(MemoryUseTest, ReadsWhatItWrites) {
  const auto read = parse_memory_use(encode_memory_use(kUse), "card");
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_EQ(read->kernel_mhz, 300);
  ASSERT_EQ(read->channels.size(), 2U);
  EXPECT_EQ(read->channels[0].tag, "HBM[0]");
  EXPECT_EQ(read->channels[0].peak_bytes_per_second, 14'375'000'000U);
  EXPECT_EQ(read->channels[0].bytes_read, 1U);
  EXPECT_EQ(read->channels[0].bytes_written, 2U);
  EXPECT_EQ(read->channels[1].row_misses, 70U);
  EXPECT_EQ(read->channels[1].refreshes, 8U);
  EXPECT_EQ(read->channels[1].busy_ps, 90U);
  EXPECT_EQ(read->channels[1].copied_in, 100U);
  EXPECT_EQ(read->channels[1].copied_out, 110U);
  const MemoryUse none = kUse - *read;
  EXPECT_EQ(none.channels[1].bytes_read, 0U);
  EXPECT_EQ(none.channels[1].copied_out, 0U);
  EXPECT_EQ(none.channels[1].peak_bytes_per_second, 19'200'000'000U);
}

TEST(MemoryUseTest, OtherFilesAreRefused) {
  for (const char* text :
       {"", "proofcard-memory-1 300\n", "proofcard-memory-2 0\n", "proofcard-memory-2 fast\n",
        "proofcard-memory-2 300\nHBM[0] 1 2 3 4 5 6 7\n", "proofcard-memory-2 300\nHBM[0] 1 2 3 4 5 6 7 8 9\n",
        "proofcard-memory-2 300\nHBM[0] 0 2 3 4 5 6 7 8\n", "proofcard-memory-2 300\n\n"}) {
    const auto read = parse_memory_use(text, "card");
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_EQ(read.error().kind, ErrorKind::kDeviceFault);
    EXPECT_EQ(read.error().where, "card");
  }
}

}  // namespace
}  // namespace proofcard::device
