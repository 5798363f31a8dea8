// Poseidon2 against an independent script and published outputs (tests/vectors/make_poseidon2.py).
#include "host/hash/poseidon2.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>

namespace proofcard::hash {
namespace {

Fr decimal(const std::string& digits) {
  Fr out;
  for (const char digit : digits) {
    out = out * Fr::from_u64(10) + Fr::from_u64(static_cast<std::uint64_t>(digit - '0'));
  }
  return out;
}

std::vector<Fr> read(std::istream& in, std::size_t n) {
  std::vector<Fr> out;
  std::string digits;
  for (std::size_t i = 0; i < n && in >> digits; ++i) {
    out.push_back(decimal(digits));
  }
  EXPECT_EQ(out.size(), n);
  return out;
}

TEST(Poseidon2, VectorsOfTheScriptAndOfTheAuthors) {
  std::ifstream in(std::string(PROOFCARD_SOURCE_DIR) + "/tests/vectors/poseidon2.txt");
  std::map<std::string, std::size_t> tested;
  std::string kind;
  std::size_t width = 0;
  while (in >> kind >> width) {
    SCOPED_TRACE(kind + " " + std::to_string(width));
    ++tested[kind];
    if (kind == "compress") {
      std::size_t n = 0;
      in >> n;
      const std::vector<Fr> input = read(in, n);
      EXPECT_EQ(compress(poseidon2(width), input), read(in, 1)[0]);
      continue;
    }
    Poseidon2 p = poseidon2(width);
    EXPECT_EQ(p.width, width);
    if (kind == "authors") {
      p.diagonal = read(in, width);
    }
    std::vector<Fr> state = read(in, width);
    permute(p, state);
    EXPECT_EQ(state, read(in, width));
  }
  EXPECT_EQ(tested, (std::map<std::string, std::size_t>{{"authors", 3}, {"compress", 12}, {"permute", 9}}));
}

TEST(Poseidon2, ThatOfWidthFourIsTheAuthors) {
  std::ifstream in(std::string(PROOFCARD_SOURCE_DIR) + "/tests/vectors/poseidon2.txt");
  std::string word;
  while (in >> word && word != "authors") {
  }
  in >> word;
  EXPECT_EQ(word, "4");
  EXPECT_EQ(poseidon2(4).diagonal, read(in, 4));
}

TEST(Poseidon2, Rounds) {
  for (const std::size_t width : {4, 8, 16}) {
    EXPECT_EQ(poseidon2(width).full.size(), kPoseidon2FullRounds * width);
    EXPECT_EQ(poseidon2(width).partial.size(), width == 4 ? 56U : 57U);
  }
}

}  // namespace
}  // namespace proofcard::hash
