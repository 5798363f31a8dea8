// CPU seconds of reading keys of at most 1 MB that are as costly as a verifier admits: every kind with a small share of
// its budget, and the dearest of these in full, dearest last. Run: bench_key_cost
#include <algorithm>
#include <cstdio>
#include <ctime>

#include "host/statement/verifying_key.hpp"
#include "tests/support/costly_keys.hpp"

using namespace proofcard;

namespace {

constexpr double kShare = 1.0 / 64;
constexpr std::size_t kInFull = 6;

double seconds_to_read(const circuit::Circuit& circuit, std::string& outcome) {
  ByteWriter out;
  circuit::write(out, circuit);
  for (int i = 0; i < 10; ++i) {
    out.u64(0);
  }
  ByteReader in(out.bytes(), "key");
  const std::clock_t start = std::clock();
  const auto vk = statement::read_verifying_key(in);
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  outcome = fmt::format("{} bytes, {}", out.bytes().size(), vk.ok() ? "read" : vk.error().message());
  return seconds;
}

}  // namespace

int main() {
  struct Found {
    double seconds;
    std::string name;
    std::size_t index;
  };
  std::vector<Found> found;
  const auto keys = testing::costly_keys(kShare);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    std::string outcome;
    const double share = keys[i].name.find("rows of") != std::string::npos ? kShare : 1;
    found.push_back({seconds_to_read(keys[i].circuit, outcome) / share, keys[i].name, i});
  }
  std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) { return a.seconds > b.seconds; });
  std::printf("estimated from %g of the budget where there is one:\n", kShare);
  for (std::size_t i = 0; i < std::min<std::size_t>(found.size(), 20); ++i) {
    std::printf("%8.3f s  %s\n", found[i].seconds, found[i].name.c_str());
  }
  std::printf("in full:\n");
  const auto whole = testing::costly_keys(0.99);
  for (std::size_t i = std::min(found.size(), kInFull); i-- > 0;) {
    std::string outcome;
    const double seconds = seconds_to_read(whole[found[i].index].circuit, outcome);
    std::printf("%8.3f s  %s: %s\n", seconds, found[i].name.c_str(), outcome.c_str());
  }
}
