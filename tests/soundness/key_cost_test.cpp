// The work of reading a key of at most 1 MB, whatever it says: a small share of each kind of cost is measured, and the
// whole is bounded (circuit/validate.cpp, kMaxWork). bench_key_cost prints the seconds of the whole.
#include <gtest/gtest.h>

#include <ctime>

#include "host/statement/verifying_key.hpp"
#include "tests/support/costly_keys.hpp"

namespace proofcard::testing {
namespace {

constexpr double kMaxSeconds = 2;  // of one core; the aim on a machine that does nothing else
constexpr double kSlack = 4;       // loaded machines, their other threads in the same core, sanitizers
constexpr double kShare = 1.0 / 32;

Bytes bytes_of(const circuit::Circuit& circuit) {
  ByteWriter out;
  circuit::write(out, circuit);
  for (int i = 0; i < 10; ++i) {  // the weights' commitment at infinity; an empty range proof
    out.u64(0);
  }
  return out.take();
}

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

TEST(KeyCost, NoKindOfCostIsDearerThanItIsCounted) {
  for (const CostlyKey& key : costly_keys(kShare)) {
    const Bytes bytes = bytes_of(key.circuit);
    ASSERT_LE(bytes.size(), kCostlyKeyBytes) << key.name;
    ByteReader in(bytes, "key");
    const double start = cpu_seconds();
    static_cast<void>(statement::read_verifying_key(in));
    const double seconds = cpu_seconds() - start;
    const bool has_share = key.name.find("rows of") != std::string::npos;
    EXPECT_LT(seconds, kSlack * kMaxSeconds * (has_share ? kShare : 1)) << key.name;
  }
}

TEST(KeyCost, MoreWorkThanTheLimitIsRefusedBeforeItIsDone) {
  for (const double span : {-16.0, -40.0}) {
    const CostlyKey key = exact_rows(tensor::Function::kGelu, span, 20);
    const Bytes bytes = bytes_of(key.circuit);
    ByteReader in(bytes, "key");
    const double start = cpu_seconds();
    const auto vk = statement::read_verifying_key(in);
    EXPECT_LT(cpu_seconds() - start, kSlack * kMaxSeconds);
    ASSERT_FALSE(vk.ok());
    EXPECT_NE(vk.error().message().find("field operations"), std::string::npos) << vk.error().message();
  }
}

}  // namespace
}  // namespace proofcard::testing
