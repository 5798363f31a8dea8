// docs/operators.md lists what the importer translates, no more and no less.
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>

#include "host/graph/onnx/importer.hpp"

namespace proofcard::graph {
namespace {

std::set<std::string> documented() {
  std::ifstream file(std::string(PROOFCARD_SOURCE_DIR) + "/docs/operators.md");
  std::set<std::string> out;
  const std::string begin = "| `";
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(begin)) {
      EXPECT_TRUE(out.insert(line.substr(begin.size(), line.find('`', begin.size()) - begin.size())).second) << line;
    }
  }
  return out;
}

TEST(OperatorList, IsTheImporters) {
  std::set<std::string> translated;
  for (const auto* table : {&linear_translations(), &elementwise_translations(), &shape_translations()}) {
    for (const auto& [name, translation] : *table) {
      EXPECT_NE(find_translation(name), nullptr) << name;
      translated.insert(name);
    }
  }
  EXPECT_GT(translated.size(), 50U);
  EXPECT_EQ(documented(), translated);
}

}  // namespace
}  // namespace proofcard::graph
