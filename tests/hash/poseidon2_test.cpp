// Poseidon2 against an independent script and published outputs (tests/vectors/make_poseidon2.py).
#include "host/hash/poseidon2.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>

#include "host/hash/poseidon2_sponge.hpp"

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

void expect_sponge(std::istream& in) {
  std::string operations;
  in >> operations;
  Poseidon2Sponge sponge(Fr::from_u64(77));
  std::uint64_t next = 100;
  for (const char operation : operations) {
    if (operation == 'a') {
      sponge.absorb(Fr::from_u64(next++));
    } else {
      EXPECT_EQ(sponge.squeeze(), read(in, 1)[0]) << operations;
    }
  }
}

TEST(Poseidon2, VectorsOfTheScriptAndOfTheAuthors) {
  std::ifstream in(std::string(PROOFCARD_SOURCE_DIR) + "/tests/vectors/poseidon2.txt");
  std::map<std::string, std::size_t> tested;
  std::string kind;
  std::size_t width = 0;
  while (in >> kind) {
    ++tested[kind];
    if (kind == "sponge") {
      expect_sponge(in);
      continue;
    }
    if (kind == "pair") {
      const Fr a = read(in, 1)[0];
      std::uint64_t b = 0;
      int tag = 0;
      in >> b >> tag;
      EXPECT_EQ(hash_pair(a, b, static_cast<PairTag>(tag)), read(in, 1)[0]);
      continue;
    }
    in >> width;
    SCOPED_TRACE(kind + " " + std::to_string(width));
    if (kind == "nonce" || kind == "bytes") {  // of other tests
      in.ignore(1000, '\n');
      continue;
    }
    if (kind == "row") {
      const std::vector<Fr> row = read(in, width);
      EXPECT_EQ(compress_row(row), read(in, 1)[0]);
      continue;
    }
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
  EXPECT_EQ(tested, (std::map<std::string, std::size_t>{{"authors", 3},
                                                        {"bytes", 6},
                                                        {"compress", 12},
                                                        {"nonce", 4},
                                                        {"pair", 3},
                                                        {"permute", 9},
                                                        {"row", 9},
                                                        {"sponge", 10}}));
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
