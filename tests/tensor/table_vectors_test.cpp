// Rows of tables against mpmath (tests/vectors/make_table_rows.py), mostly where double precision cannot decide.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "host/tensor/row_value.hpp"

namespace proofcard::tensor {
namespace {

constexpr std::int64_t kLimit = std::int64_t{1} << 39;

TEST(TableVectors, MpmathHasTheSameRows) {
  std::ifstream in(PROOFCARD_SOURCE_DIR "/tests/vectors/table_rows.csv");
  ASSERT_TRUE(in);
  std::map<std::string, Function> functions;
  for (std::uint8_t f = 0; function_name(static_cast<Function>(f)) != "?"; ++f) {
    functions[function_name(static_cast<Function>(f))] = static_cast<Function>(f);
  }
  std::map<std::string, int> num_exact;
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::istringstream fields(line);
    std::string name, in_scale, out_scale, params, x, row;
    for (std::string* field : {&name, &in_scale, &out_scale, &params, &x, &row}) {
      std::getline(fields, *field, ',');
    }
    ASSERT_TRUE(functions.contains(name)) << line;
    TableSpec spec{functions[name],
                   std::strtod(in_scale.c_str(), nullptr),
                   std::strtod(out_scale.c_str(), nullptr),
                   {},
                   0,
                   1,
                   -kLimit,
                   kLimit};
    std::istringstream values(params);
    for (std::string value; values >> value;) {
      spec.params.push_back(std::strtod(value.c_str(), nullptr));
    }
    ASSERT_TRUE(validate(spec, "table").ok()) << line;
    const std::int64_t at = std::stoll(x);
    EXPECT_EQ(table_value(spec, at), std::stoll(row)) << line;
    EXPECT_EQ(table_value_exact(spec, at), std::stoll(row)) << line;
    num_exact[name] += quick_row(spec, at) ? 0 : 1;
  }
  EXPECT_EQ(num_exact.size(), functions.size());
  for (const auto& [name, n] : num_exact) {
    EXPECT_GE(n, 4) << name << ": expected rows that need MPFR";
  }
}

}  // namespace
}  // namespace proofcard::tensor
