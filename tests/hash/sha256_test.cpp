// SHA-256 against Python's hashlib, over all paddings.
#include "host/hash/sha256.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace proofcard::hash {
namespace {

TEST(Sha256, VectorsOfHashlib) {
  std::ifstream in(std::string(PROOFCARD_SOURCE_DIR) + "/tests/vectors/merkle_hash.txt");
  std::size_t tested = 0;
  std::string kind, digest;
  std::size_t size = 0;
  while (in >> kind && kind == "sha256" && in >> size >> digest) {
    Bytes message(size);
    for (std::size_t i = 0; i < size; ++i) {
      message[i] = static_cast<std::uint8_t>(7 * i);
    }
    EXPECT_EQ(fmt::format("{:02x}", fmt::join(sha256(message), "")), digest) << size;
    ++tested;
  }
  EXPECT_EQ(tested, 132U);
}

// FIPS 180-4's example.
TEST(Sha256, Abc) {
  const Bytes abc{'a', 'b', 'c'};
  EXPECT_EQ(fmt::format("{:02x}", fmt::join(sha256(abc), "")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace proofcard::hash
