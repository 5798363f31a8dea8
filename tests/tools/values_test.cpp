// Input files: JSON and .npy.
#include "host/tools/values.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace proofcard::tools {
namespace {

ByteView bytes(const std::string& s) { return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()}; }

Result<Values> parse(const std::string& text) { return parse_json_values(bytes(text), "file"); }

// An .npy file of version 1.0.
template <class T>
std::string npy(const std::string& descr, const std::string& shape, const std::vector<T>& data,
                const std::string& order = "False") {
  const std::string header = "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
  std::string out("\x93NUMPY\x01\x00", 8);
  out += static_cast<char>(header.size() & 0xff);
  out += static_cast<char>(header.size() >> 8);
  out += header;
  out.append(reinterpret_cast<const char*>(data.data()), data.size() * sizeof(T));
  return out;
}

TEST(JsonValuesTest, FlattensNestedArrays) {
  const auto v =
      parse(R"({"input_data": [[1, [2.5, [-3]], []], [4e2]], "output_data": [[0.5]], "labels": [7, {"x": [1]}]})");
  ASSERT_TRUE(v.ok()) << v.error().message();
  EXPECT_EQ(v->inputs, (std::vector<std::vector<double>>{{1, 2.5, -3}, {400}}));
  EXPECT_EQ(v->outputs, (std::vector<std::vector<double>>{{0.5}}));
  EXPECT_TRUE(v->has_inputs && v->has_outputs);
}

TEST(JsonValuesTest, KeysOfInnerObjectsDoNotCount) { EXPECT_FALSE(parse(R"({"meta": {"input_data": [[1]]}})").ok()); }

TEST(JsonValuesTest, NamesTheElement) {
  const auto v = parse(R"({"input_data": [[1, 2], [3, 1e400]]})");
  ASSERT_FALSE(v.ok());
  EXPECT_NE(v.error().message().find("input_data[1], element 1"), std::string::npos) << v.error().message();
}

TEST(NpyTest, ReadsNumbers) {
  const auto floats = parse_npy(bytes(npy<float>("<f4", "(1, 3)", {1.5F, -2, 0})), "file");
  ASSERT_TRUE(floats.ok()) << floats.error().message();
  EXPECT_EQ(*floats, (std::vector<double>{1.5, -2, 0}));
  const auto doubles = parse_npy(bytes(npy<double>("<f8", "(2,)", {0.1, 3})), "file");
  ASSERT_TRUE(doubles.ok());
  EXPECT_EQ(*doubles, (std::vector<double>{0.1, 3}));
  const auto chars = parse_npy(bytes(npy<std::uint8_t>("|u1", "(2, 2)", {0, 255, 3, 4})), "file");
  ASSERT_TRUE(chars.ok());
  EXPECT_EQ(*chars, (std::vector<double>{0, 255, 3, 4}));
  const auto longs = parse_npy(bytes(npy<std::int64_t>("<i8", "()", {-9})), "file");
  ASSERT_TRUE(longs.ok());
  EXPECT_EQ(*longs, (std::vector<double>{-9}));
}

TEST(NpyTest, RefusesWhatItCannotRead) {
  EXPECT_FALSE(parse_npy(bytes(npy<float>(">f4", "(1,)", {1})), "file").ok());
  EXPECT_FALSE(parse_npy(bytes(npy<float>("<f4", "(1,)", {1}, "True")), "file").ok());
  EXPECT_FALSE(parse_npy(bytes(npy<float>("<f4", "(2,)", {1})), "file").ok());
  EXPECT_FALSE(parse_npy(bytes(npy<float>("<f4", "(1,)", {1, 2})), "file").ok());
  EXPECT_FALSE(parse_npy(bytes(npy<float>("<f4", "(99999999999999999999, 99999999999)", {1})), "file").ok());
  EXPECT_FALSE(parse_npy(bytes(npy<float>("<c8", "(1,)", {1, 2})), "file").ok());
  const auto nan = parse_npy(bytes(npy<float>("<f4", "(2,)", {1, NAN})), "file");
  ASSERT_FALSE(nan.ok());
  EXPECT_NE(nan.error().message().find("element 1"), std::string::npos);
}

TEST(NpyTest, EveryTruncationIsAnError) {
  const std::string file = npy<float>("<f4", "(1, 3)", {1.5F, -2, 0});
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_FALSE(parse_npy(bytes(file.substr(0, size)), "file").ok()) << size;
  }
}

TEST(SamplesTest, RowsHoldWholeSamplesOrSingleInputs) {
  const auto rows = parse(R"({"input_data": [[1, 2, 3], [4, 5, 6]]})");
  ASSERT_TRUE(rows.ok());
  const auto whole = many_samples(*rows, {1, 2}, "file");
  ASSERT_TRUE(whole.ok()) << whole.error().message();
  EXPECT_EQ(*whole, (std::vector<std::vector<std::vector<float>>>{{{1}, {2, 3}}, {{4}, {5, 6}}}));
  const auto parts = parse(R"({"input_data": [[1], [2, 3], [4], [5, 6]]})");
  ASSERT_TRUE(parts.ok());
  EXPECT_EQ(*many_samples(*parts, {1, 2}, "file"), *whole);
  EXPECT_FALSE(many_samples(*parts, {1, 3}, "file").ok());
}

}  // namespace
}  // namespace proofcard::tools
