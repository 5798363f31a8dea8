// BLAKE2b against Python's hashlib, around the ends of blocks, in one piece and in many.
#include "host/hash/blake2b.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace proofcard::hash {
namespace {

std::string hex(const Digest512& digest) { return fmt::format("{:02x}", fmt::join(digest, "")); }

TEST(Blake2b, VectorsOfHashlib) {
  std::ifstream in(std::string(PROOFCARD_SOURCE_DIR) + "/tests/vectors/blake2b.txt");
  std::size_t tested = 0, size = 0;
  std::string digest;
  while (in >> size >> digest) {
    Bytes message(size);
    for (std::size_t i = 0; i < size; ++i) {
      message[i] = static_cast<std::uint8_t>(7 * i);
    }
    for (const std::size_t piece : {std::size_t{1}, std::size_t{100}, std::size_t{128}, size + 1}) {
      Blake2b hasher;
      for (std::size_t done = 0; done < size; done += piece) {
        hasher.absorb(ByteView(message).subspan(done, std::min(piece, size - done)));
        EXPECT_EQ(hasher.digest(), Blake2b(hasher).digest());  // asking changes nothing
      }
      EXPECT_EQ(hex(hasher.digest()), digest) << size << " in pieces of " << piece;
    }
    ++tested;
  }
  EXPECT_EQ(tested, 18U);
}

}  // namespace
}  // namespace proofcard::hash
