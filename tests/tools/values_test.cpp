// Input files: JSON and .npy.
#include "host/formats/values.hpp"

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

using Lengths = std::vector<std::size_t>;

std::string error_of(const std::string& text) {
  const auto v = parse(text);
  return v.ok() ? "accepted" : v.error().message();
}

TEST(JsonValuesTest, KeepsShapesOfNestedArrays) {
  const auto v = parse(
      R"({"input_data": [[[[1, 2.5], [-3, 4], [5, 6]]], [4e2], [[], []]], "output_data": [[0.5]],
          "output_integers": [[9007199254740993]], "labels": [7, {"x": [1]}]})");
  ASSERT_TRUE(v.ok()) << v.error().message();
  ASSERT_EQ(v->inputs.size(), 3U);
  EXPECT_EQ(v->inputs[0].shape, (Lengths{1, 3, 2}));
  EXPECT_EQ(v->inputs[0].numbers, (std::vector<double>{1, 2.5, -3, 4, 5, 6}));
  EXPECT_EQ(v->inputs[1].shape, (Lengths{1}));
  EXPECT_EQ(v->inputs[2].shape, (Lengths{2, 0}));
  EXPECT_EQ(v->outputs[0].numbers, (std::vector<double>{0.5}));
  EXPECT_EQ(v->output_integers[0].numbers, (std::vector<std::int64_t>{(std::int64_t{1} << 53) + 1}));
  EXPECT_TRUE(v->has_inputs && v->has_outputs && v->has_output_integers);
}

TEST(JsonValuesTest, RefusesRaggedArrays) {
  for (const std::string entry : {"[[1, 2], [3]]", "[[1], 2]", "[1, [2]]", "[[], [[]]]", "[[[]], [1]]", "[[1], [[2]]]",
                                  "[[[1, 2], [3, 4]], [[5, 6]]]", "[[], [1]]", "[[], 1]"}) {
    const std::string error = error_of("{\"input_data\": [[1], " + entry + "]}");
    EXPECT_NE(error.find("input_data[1]: expected arrays of the same length at every level"), std::string::npos)
        << entry << " " << error;
  }
}

TEST(JsonValuesTest, IntegersAreExact) {
  EXPECT_EQ(error_of(R"({"output_integers": [[9223372036854775807, -9223372036854775808]]})"), "accepted");
  for (const std::string number : {"9223372036854775808", "1.0", "1e3"}) {
    const std::string error = error_of("{\"output_integers\": [[0, " + number + "]]}");
    EXPECT_NE(error.find("output_integers[0], element 1: expected an integer of 64 bits"), std::string::npos) << error;
  }
}

TEST(JsonValuesTest, SaysWhichFormatsAreRead) {
  for (const std::string text : {"1.0,2.0\n", "a,b\n1,2\n", "PK\x03\x04"}) {
    const std::string error = error_of(text);
    EXPECT_NE(error.find("as JSON, or a NumPy .npy file"), std::string::npos) << error;
  }
}

TEST(JsonValuesTest, KeysOfInnerObjectsDoNotCount) { EXPECT_FALSE(parse(R"({"meta": {"input_data": [[1]]}})").ok()); }

TEST(JsonValuesTest, NamesTheElement) {
  const auto v = parse(R"({"input_data": [[1, 2], [3, 1e400]]})");
  ASSERT_FALSE(v.ok());
  EXPECT_NE(v.error().message().find("input_data[1], element 1"), std::string::npos) << v.error().message();
}

TEST(NpyTest, ReadsNumbersAndShape) {
  const auto expect = [](const std::string& file, const Lengths& shape, const std::vector<double>& numbers) {
    const auto array = parse_npy(bytes(file), "file");
    ASSERT_TRUE(array.ok()) << array.error().message();
    EXPECT_EQ(array->shape, shape);
    EXPECT_EQ(array->numbers, numbers);
  };
  expect(npy<float>("<f4", "(1, 3)", {1.5F, -2, 0}), {1, 3}, {1.5, -2, 0});
  expect(npy<double>("<f8", "(2,)", {0.1, 3}), {2}, {0.1, 3});
  expect(npy<std::uint8_t>("|u1", "(2, 2)", {0, 255, 3, 4}), {2, 2}, {0, 255, 3, 4});
  expect(npy<std::int64_t>("<i8", "()", {-9}), {}, {-9});
  expect(npy<std::uint8_t>("|b1", "(2,)", {1, 0}), {2}, {1, 0});
  // numpy.array([0.1, -65504, 2**-24, 1, -0.0], dtype='<f2').tobytes()
  expect(npy<std::uint16_t>("<f2", "(5,)", {0x2e66, 0xfbff, 0x0001, 0x3c00, 0x8000}), {5},
         {0.0999755859375, -65504, 0x1p-24, 1, 0});
}

TEST(NpyTest, ReadsBothByteOrders) {
  const auto expect = [](const std::string& file, double number) {
    const auto array = parse_npy(bytes(file), "file");
    ASSERT_TRUE(array.ok()) << array.error().message();
    EXPECT_EQ(array->numbers, (std::vector<double>{number}));
  };
  expect(npy<std::uint8_t>(">f4", "(1,)", {0x3f, 0xc0, 0, 0}), 1.5);
  expect(npy<std::uint8_t>(">i2", "(1,)", {0xff, 0xfe}), -2);
  expect(npy<std::uint8_t>(">f8", "(1,)", {0x40, 0x09, 0, 0, 0, 0, 0, 0}), 3.125);
}

// numpy.arange(24).reshape(2, 3, 4) in Fortran order: the first index runs fastest in the file.
TEST(NpyTest, ReadsFortranOrder) {
  std::vector<std::int32_t> file(24);
  std::vector<double> expected(24);
  for (int a = 0; a < 2; ++a) {
    for (int b = 0; b < 3; ++b) {
      for (int c = 0; c < 4; ++c) {
        file[static_cast<std::size_t>(a + 2 * b + 6 * c)] = 100 * a + 10 * b + c;
        expected[static_cast<std::size_t>(12 * a + 4 * b + c)] = 100 * a + 10 * b + c;
      }
    }
  }
  const auto array = parse_npy(bytes(npy<std::int32_t>("<i4", "(2, 3, 4)", file, "True")), "file");
  ASSERT_TRUE(array.ok()) << array.error().message();
  EXPECT_EQ(array->shape, (Lengths{2, 3, 4}));
  EXPECT_EQ(array->numbers, expected);
}

// Work on a file of another order grows with elements times axes.
TEST(NpyTest, RefusesMoreAxesThanThereAreInJson) {
  std::string shape = "(1";
  for (int i = 0; i < 32; ++i) shape += ",1";
  const auto array = parse_npy(bytes(npy<float>("<f4", shape + ")", {1.0F}, "True")), "file");
  ASSERT_FALSE(array.ok());
  EXPECT_NE(array.error().message().find("at most 32 axes"), std::string::npos) << array.error().message();
}

TEST(NpyTest, RefusesWhatItCannotRead) {
  const auto error = [](const std::string& file) {
    const auto array = parse_npy(bytes(file), "file");
    return array.ok() ? "accepted" : array.error().message();
  };
  EXPECT_NE(error(npy<float>("<f4", "(1,)", {1}, "Maybe")).find("order"), std::string::npos);
  EXPECT_NE(error(npy<float>("<f4", "(2,)", {1})), "accepted");
  EXPECT_NE(error(npy<float>("<f4", "(1,)", {1, 2})), "accepted");
  EXPECT_NE(error(npy<float>("<f4", "(99999999999999999999, 99999999999)", {1})), "accepted");
  EXPECT_NE(error(npy<float>("<f4", "(1", {1})), "accepted");
  // Products beyond 64 bits: 2^64, and 2^64 + 2^16.
  EXPECT_NE(error(npy<std::uint8_t>("|u1", "(4294967296, 4294967296)", {})), "accepted");
  EXPECT_NE(error(npy<std::uint8_t>("|u1", "(4294901761, 4295032832)", std::vector<std::uint8_t>(65536))), "accepted");
  EXPECT_NE(error(npy<float>("<f4", "(x,)", {1})), "accepted");
  for (const std::string type : {"<c8", "|O", "<U1", "|S4", "<f4\x1b[2J"}) {
    EXPECT_NE(error(npy<float>(type, "(1,)", {1, 2})).find("floats, integers or booleans, found type"),
              std::string::npos)
        << type;
  }
}

// They are values of some inputs (features of trees); the others refuse them when they become integers.
TEST(NpyTest, ReadsMissingValuesAndInfinities) {
  const auto missing = parse_npy(bytes(npy<float>("<f4", "(2,)", {1, NAN})), "file");
  ASSERT_TRUE(missing.ok()) << missing.error().message();
  EXPECT_TRUE(std::isnan(missing->numbers[1]));
  const auto infinite = parse_npy(bytes(npy<std::uint16_t>("<f2", "(1,)", {0x7c00})), "file");
  ASSERT_TRUE(infinite.ok()) << infinite.error().message();
  EXPECT_TRUE(std::isinf(infinite->numbers[0]));
}

TEST(NpyTest, EveryTruncationIsAnError) {
  const std::string file = npy<float>("<f4", "(1, 3)", {1.5F, -2, 0});
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_FALSE(parse_npy(bytes(file.substr(0, size)), "file").ok()) << size;
  }
}

using Shapes = std::vector<tensor::Shape>;
using Samples = std::vector<RealSample>;

Values values_of(const std::string& text) {
  const auto v = parse(text);
  EXPECT_TRUE(v.ok()) << v.error().message();
  return v.ok() ? *v : Values{};
}

std::string sample_error(const Values& values, const Shapes& shapes) {
  const auto samples = many_samples(values, shapes, "file");
  return samples.ok() ? "accepted" : samples.error().message();
}

TEST(ShapeTest, LeadingOnesMayBeMissingAndFlatDataIsRowMajor) {
  const tensor::Shape image{1, 3, 4, 5};
  for (const Lengths& good :
       {Lengths{1, 3, 4, 5}, Lengths{3, 4, 5}, Lengths{1, 1, 1, 3, 4, 5}, Lengths{60}, Lengths{1, 60}}) {
    EXPECT_TRUE(fits(good, image)) << fmt::format("{}", fmt::join(good, ","));
  }
  for (const Lengths& bad : {Lengths{4, 5, 3}, Lengths{1, 4, 5, 3}, Lengths{3, 20}, Lengths{60, 1}, Lengths{12, 5},
                             Lengths{59}, Lengths{}, Lengths{0}, Lengths{3, 4, 5, 1}, Lengths{2, 3, 4, 5}}) {
    EXPECT_FALSE(fits(bad, image)) << fmt::format("{}", fmt::join(bad, ","));
  }
  EXPECT_TRUE(fits({}, {1, 1}));
  EXPECT_TRUE(fits({1}, {}));
  EXPECT_FALSE(fits({2}, {1}));
}

TEST(ShapeTest, TheErrorNamesBothShapes) {
  const Values values = values_of(R"({"input_data": [[[1, 2], [3, 4], [5, 6]]]})");
  const auto sample = one_sample(values, {{1, 2, 3}}, "file");
  ASSERT_FALSE(sample.ok());
  EXPECT_EQ(sample.error().message(),
            "file: input_data[0]: expected shape [1,2,3] or 6 numbers in a row, found shape [3,2]");
  EXPECT_EQ(sample_error(values, {{1, 2, 3}}),
            "file: input_data[0]: expected shape [1,2,3] or 6 numbers in a row, with or without an axis of samples "
            "before, found shape [3,2]");
  const auto flat = one_sample(values_of(R"({"input_data": [[1, 2]]})"), {{1, 2, 3}}, "file");
  ASSERT_FALSE(flat.ok());
  EXPECT_EQ(flat.error().message(), "file: input_data[0]: expected shape [1,2,3] or 6 numbers in a row, found 2");
}

TEST(SamplesTest, ArraysFollowEachOtherOrHoldAllInputs) {
  const Shapes shapes{{1}, {1, 2}};
  const Samples expected{{{1}, {2, 3}}, {{4}, {5, 6}}};
  for (const std::string text : {R"({"input_data": [[1, 2, 3], [4, 5, 6]]})",        // all inputs of a sample in a row
                                 R"({"input_data": [[[1, 2, 3], [4, 5, 6]]]})",      // the same as one array
                                 R"({"input_data": [[1], [2, 3], [4], [[5, 6]]]})",  // one input after the other
                                 R"({"input_data": [[[1], [4]], [[2, 3], [5, 6]]]})"}) {  // an axis of samples
    const auto samples = many_samples(values_of(text), shapes, "file");
    ASSERT_TRUE(samples.ok()) << text << samples.error().message();
    EXPECT_EQ(*samples, expected) << text;
  }
  EXPECT_NE(sample_error(values_of(R"({"input_data": [[1], [2, 3], [4], [5, 6, 7]]})"), shapes).find("input_data[3]"),
            std::string::npos);
  EXPECT_NE(sample_error(values_of(R"({"input_data": [[1, 2, 3], [4, 5]]})"), shapes).find("input_data[1]"),
            std::string::npos);
  EXPECT_NE(sample_error(values_of(R"({"input_data": [[1], [2, 3], [4]]})"), shapes).find("2 arrays for each sample"),
            std::string::npos);
  EXPECT_NE(sample_error(values_of(R"({"input_data": [[[1], [4]], [[2, 3]]]})"), shapes), "accepted");
}

TEST(SamplesTest, OneArrayHasALeadingAxisOfSamples) {
  const Shapes image{{1, 2, 1}};
  const Samples expected{{{1, 2}}, {{3, 4}}, {{5, 6}}};
  for (const std::string shape : {"(3, 2, 1)", "(3, 1, 2, 1)", "(3, 2)", "(3, 1, 2)"}) {
    Values values;
    values.has_inputs = true;
    const auto array = parse_npy(bytes(npy<float>("<f4", shape, {1, 2, 3, 4, 5, 6})), "file");
    ASSERT_TRUE(array.ok()) << array.error().message();
    values.inputs.push_back(*array);
    const auto samples = many_samples(values, image, "file");
    ASSERT_TRUE(samples.ok()) << shape << samples.error().message();
    EXPECT_EQ(*samples, expected) << shape;
    EXPECT_FALSE(one_sample(values, image, "file").ok()) << shape;
  }
  Values wrong;
  wrong.inputs = {{{3, 1, 2}, {1, 2, 3, 4, 5, 6}}};
  EXPECT_NE(sample_error(wrong, {{1, 2, 1, 3}}).find("found shape [3,1,2]"), std::string::npos);
  wrong.inputs = {{{2, 0, 3}, {}}};
  EXPECT_NE(sample_error(wrong, image), "accepted");
  wrong.inputs = {{{std::size_t{1} << 33, 0}, {}}};  // as many samples as fit in no memory
  EXPECT_NE(sample_error(wrong, image), "accepted");
}

TEST(OutputsTest, AreFoundByShape) {
  const Shapes shapes{{1, 2}, {1}};
  const auto both = values_of(R"({"output_data": [[1, 2], [3]], "output_integers": [[[10, 20]], [30]]})");
  const auto output = find_output(both, shapes, 0, "file");
  ASSERT_TRUE(output.ok()) << output.error().message();
  EXPECT_EQ(output->reals->numbers, (std::vector<double>{1, 2}));
  EXPECT_EQ(output->integers->numbers, (std::vector<std::int64_t>{10, 20}));
  const auto error = [&](const std::string& text) {
    const auto v = find_output(values_of(text), shapes, 0, "file");
    return v.ok() ? "accepted" : v.error().message();
  };
  EXPECT_EQ(error(R"({"input_data": [[1]]})"),
            "file: output_data: expected 2 array(s), one for each output of the model, found 0");
  EXPECT_EQ(error(R"({"output_data": [[1, 2]]})"),
            "file: output_data: expected 2 array(s), one for each output of the model, found 1");
  EXPECT_EQ(error(R"({"output_integers": [[1, 2, 3], [1]]})"), "file: output_integers[0]: expected 2 numbers, found 3");
}

}  // namespace
}  // namespace proofcard::tools
