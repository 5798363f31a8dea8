#include "host/tensor/table_cache.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace proofcard::tensor {
namespace {

TableSpec gelu(double scale, std::uint32_t rows) {
  return {Function::kGelu, scale, scale, {}, -std::int64_t{rows} / 2, rows, -1000, 1000};
}

TEST(TableCache, GivesTheRowsOfEachTable) {
  for (const double scale : {0.01, 0.02}) {
    for (const std::uint32_t rows : {16U, 300U}) {
      const TableSpec spec = gelu(scale, rows);
      EXPECT_EQ(cached_table(spec)->values, table_rows(spec));
    }
  }
}

TEST(TableCache, ComputesOnceWhileItHasRoom) {
  const TableSpec spec = gelu(0.03, 64);
  EXPECT_EQ(cached_table(spec), cached_table(spec));
}

TEST(TableCache, ForgetsTheLeastRecentlyUsed) {
  const TableSpec first = gelu(0.04, 64);
  const std::weak_ptr<const TableRows> rows = cached_table(first);
  EXPECT_FALSE(rows.expired());
  const std::size_t enough = kMaxCachedRows / kMaxTableRows;
  for (std::size_t i = 0; i < enough; ++i) {
    const std::int64_t lo = static_cast<std::int64_t>(i);
    cached_table({Function::kClamp, 1, 1, {}, lo, kMaxTableRows, 0, 1});
  }
  EXPECT_TRUE(rows.expired());
  EXPECT_EQ(cached_table(first)->values, table_rows(first));
}

TEST(TableCache, ServesThreads) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([] {
      for (int i = 0; i < 20; ++i) {
        const TableSpec spec = gelu(0.05 + i % 3, 32);
        EXPECT_EQ(cached_table(spec)->values, table_rows(spec));
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

}  // namespace
}  // namespace proofcard::tensor
