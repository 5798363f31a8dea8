// Results on record: a file that a deliberate change writes anew, with PROOFCARD_UPDATE_GOLDEN=1.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace proofcard::testing {

inline void expect_golden(const std::string& path, const std::string& found) {
  if (std::getenv("PROOFCARD_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path) << found;
  }
  std::stringstream expected;
  expected << std::ifstream(path).rdbuf();
  EXPECT_EQ(expected.str(), found) << path;
}

}  // namespace proofcard::testing
