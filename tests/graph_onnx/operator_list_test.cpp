// docs/operators.md lists what the importer translates, no more and no less.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "host/graph/onnx/importer.hpp"
#include "host/graph/onnx/ops/microsoft.hpp"

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
  for (const auto* table : translation_tables()) {
    for (const auto& [name, translation] : *table) {
      EXPECT_NE(find_translation(name), nullptr) << name;
      translated.insert(name);
    }
  }
  for (const auto* table : {&elementwise_foldings(), &shape_foldings()}) {
    for (const auto& [name, folding] : *table) {
      EXPECT_NE(find_folding(name), nullptr) << name;
      translated.insert(name);
    }
  }
  EXPECT_GT(translated.size(), 50U);
  EXPECT_EQ(documented(), translated);
}

TEST(OperatorList, HasThoseOfTheOtherDomain) {
  std::ifstream file(std::string(PROOFCARD_SOURCE_DIR) + "/docs/operators.md");
  const std::string all(std::istreambuf_iterator<char>(file), {});
  const std::string text = all.substr(std::min(all.size(), all.find("## Operators that onnxruntime adds")));
  for (const std::string& name : microsoft_operators()) {
    EXPECT_NE(text.find("`" + name + "`"), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace proofcard::graph
