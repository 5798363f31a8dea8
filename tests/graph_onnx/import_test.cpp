// What surrounds the operators: weights in other files, shapes that are given, inputs of integers, domains, unused parts, bodies.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "host/graph/executor.hpp"
#include "host/graph/float_graph/float_executor.hpp"
#include "tests/graph_onnx/model_builder.hpp"
#include "tests/graph_onnx/rebuilt.hpp"

namespace proofcard::graph {
namespace {

using ::testing::HasSubstr;

std::string error_of(const Result<FloatGraph>& graph) { return graph.ok() ? "accepted" : graph.error().message(); }

// y = x * w, with w in a file.
ModelBuilder external_model(const std::map<std::string, std::string>& entries) {
  ModelBuilder m;
  m.input("x", {1, 2}).constant("w", {2, 2}, {0, 0, 0, 0}).output("y");
  m.node("MatMul", {"x", "w"}, {"y"});
  onnx::TensorProto& w = *m.model().mutable_graph()->mutable_initializer(0);
  w.clear_raw_data();
  w.set_data_location(onnx::TensorProto::EXTERNAL);
  for (const auto& [key, value] : entries) {
    onnx::StringStringEntryProto* entry = w.add_external_data();
    entry->set_key(key);
    entry->set_value(value);
  }
  return m;
}

// A file of 8 bytes and then the floats 1, 2, 3, 4.
Bytes external_file() {
  Bytes file(8, 0xff);
  for (const float v : {1.0F, 2.0F, 3.0F, 4.0F}) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&v);
    file.insert(file.end(), bytes, bytes + sizeof(v));
  }
  return file;
}

Result<FloatGraph> import_external(const std::map<std::string, std::string>& entries) {
  ImportOptions options;
  options.read_external = [](const std::string& name) -> Result<Bytes> {
    EXPECT_THAT(name, ::testing::Not(HasSubstr("..")));
    if (name != "w.bin" && name != "part/w.bin") {
      return bad_input(name, "cannot open it");
    }
    return external_file();
  };
  return import_onnx(external_model(entries).bytes(), "model.onnx", nullptr, options);
}

TEST(ExternalData, IsReadAtItsPlace) {
  for (const std::string file : {"w.bin", "part/w.bin"}) {
    const auto graph = import_external({{"location", file}, {"offset", "8"}, {"length", "16"}});
    ASSERT_TRUE(graph.ok()) << graph.error().message();
    const auto y = run(*graph, std::vector<std::vector<float>>{{1, 10}});
    ASSERT_TRUE(y.ok());
    EXPECT_EQ((*y)[0].data, (std::vector<float>{31, 42}));
  }
  EXPECT_TRUE(import_external({{"location", "w.bin"}, {"offset", "8"}}).ok());  // to the end
}

TEST(ExternalData, StaysInTheModelsFolder) {
  for (const std::string name : {"../w.bin", "/w.bin", "part/../../w.bin", "part/..", "..", ""}) {
    EXPECT_THAT(error_of(import_external({{"location", name}})),
                HasSubstr("expected the name of a file in the model's folder"))
        << name;
  }
  EXPECT_THAT(error_of(import_external({{"location", std::string("w.bin\0x", 7)}})),
              HasSubstr("expected the name of a file in the model's folder"));
  EXPECT_THAT(error_of(import_external({{"offset", "0"}})), HasSubstr("found none"));
}

TEST(ExternalData, SaysWhatIsMissing) {
  EXPECT_THAT(error_of(import_external({{"location", "v.bin"}})),
              HasSubstr("initialiser w: its values are in another file: v.bin: cannot open it"));
  using Entries = std::map<std::string, std::string>;
  for (const Entries& bad :
       {Entries{{"offset", "12"}, {"length", "16"}}, Entries{{"offset", "25"}},
        Entries{{"offset", "18446744073709551615"}, {"length", "16"}}, Entries{{"length", "18446744073709551615"}}}) {
    Entries entries = bad;
    entries["location"] = "w.bin";
    EXPECT_THAT(error_of(import_external(entries)), HasSubstr("found a file of 24 bytes")) << entries["offset"];
  }
  EXPECT_THAT(error_of(import_external({{"location", "w.bin"}, {"offset", "8"}, {"length", "12"}})),
              HasSubstr("expected 16 bytes of data, found 12"));
  EXPECT_THAT(error_of(import_external({{"location", "w.bin"}, {"length", "20"}})),
              HasSubstr("expected 16 bytes of data, found 20"));
  for (const std::string number : {"-1", "8 ", "0x8", ""}) {
    EXPECT_THAT(error_of(import_external({{"location", "w.bin"}, {"offset", number}})), HasSubstr("a number of bytes"));
  }
}

TEST(ExternalData, NamesItsFiles) {
  const auto files = external_files(external_model({{"location", "part/w.bin"}}).bytes(), "model.onnx");
  ASSERT_TRUE(files.ok());
  EXPECT_EQ(*files, std::vector<std::string>{"part/w.bin"});
  EXPECT_FALSE(external_files(external_model({{"location", "../w"}}).bytes(), "model.onnx").ok());
}

Result<FloatGraph> import_shaped(const Dims& declared, const std::map<std::string, Dims>& shapes,
                                 const std::vector<Dims>& all = {}) {
  ModelBuilder m;
  m.input("x", declared).output("y");
  m.node("Relu", {"x"}, {"y"});
  ImportOptions options;
  options.shapes = shapes;
  options.all_shapes = all;
  return import_onnx(m.bytes(), "model.onnx", nullptr, options);
}

TEST(Shapes, FillWhatTheFileLeavesOpen) {
  const auto given = import_shaped({0, 3, 0}, {{"x", {2, 3, 4}}});
  ASSERT_TRUE(given.ok()) << given.error().message();
  EXPECT_EQ(given->values[given->inputs[0]].shape, (Dims{2, 3, 4}));
  EXPECT_TRUE(given->notes.empty());
  const auto in_order = import_shaped({0, 3, 0}, {}, {{5, 3, 6}});
  ASSERT_TRUE(in_order.ok()) << in_order.error().message();
  EXPECT_EQ(in_order->values[in_order->inputs[0]].shape, (Dims{5, 3, 6}));
  EXPECT_THAT(error_of(import_shaped({0, 3, 0}, {})), HasSubstr("--shape"));
  EXPECT_THAT(error_of(import_shaped({0, 3, 0}, {{"x", {2, 4, 4}}})), HasSubstr("expected 3 for its dimension 1"));
  EXPECT_THAT(error_of(import_shaped({0, 3, 0}, {{"x", {2, 3}}})), HasSubstr("a shape of 3 dimensions"));
  EXPECT_THAT(error_of(import_shaped({0, 3}, {{"z", {2, 3}}})), HasSubstr("one of its inputs (x), found one of z"));
  EXPECT_THAT(error_of(import_shaped({0, 3}, {{"x", {std::int64_t{1} << 40, 3}}})), HasSubstr("elements"));
  EXPECT_THAT(error_of(import_shaped({0, 3}, {{"x", {-1, 3}}})), HasSubstr("elements"));
}

// One node that reads an input of this type.
ModelBuilder integer_model(int type, const std::string& op, const std::vector<std::string>& inputs) {
  ModelBuilder m;
  m.input("x", {1, 3}).output("y").random("table", {20, 2}, 1.0F).integers("two", {2});
  m.model().mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(type);
  m.node(op, inputs, {"y"});
  if (op == "Cast") {
    m.model().mutable_graph()->mutable_node(0)->add_attribute()->set_name("to");
    m.model().mutable_graph()->mutable_node(0)->mutable_attribute(0)->set_type(onnx::AttributeProto::INT);
    m.model().mutable_graph()->mutable_node(0)->mutable_attribute(0)->set_i(onnx::TensorProto::FLOAT);
  }
  return m;
}

TEST(IntegerInputs, HaveTheRangeOfTheirType) {
  using Type = onnx::TensorProto;
  const auto range_of = [](int type, const std::string& op, const std::vector<std::string>& inputs,
                           const std::vector<Sample>& samples) {
    const auto graph = import_onnx(integer_model(type, op, inputs).bytes(), "model.onnx");
    EXPECT_TRUE(graph.ok()) << graph.error().message();
    const auto integers = quantize(*graph, samples, {});
    EXPECT_TRUE(integers.ok()) << integers.error().message();
    const Tensor& t = integers->tensors[integers->inputs[0]];
    EXPECT_EQ(t.scale, 1.0);
    return std::pair{t.lo, t.hi};
  };
  using Range = std::pair<std::int64_t, std::int64_t>;
  const std::vector<Sample> samples{{{0, 5, 9}}, {{1, 2, 3}}};
  EXPECT_EQ(range_of(Type::UINT8, "Cast", {"x"}, samples), Range(0, 255));
  EXPECT_EQ(range_of(Type::INT8, "Cast", {"x"}, samples), Range(-128, 127));
  EXPECT_EQ(range_of(Type::UINT16, "Cast", {"x"}, samples), Range(0, 65535));
  EXPECT_EQ(range_of(Type::BOOL, "Cast", {"x"}, {{{0, 1, 1}}}), Range(0, 1));
  EXPECT_EQ(range_of(Type::INT64, "Cast", {"x"}, samples), Range(0, 15));
  EXPECT_EQ(range_of(Type::INT32, "Cast", {"x"}, {{{-3, 0, 8}}}), Range(-4, 15));
  EXPECT_EQ(range_of(Type::INT64, "Gather", {"table", "x"}, samples), Range(0, 19));
  EXPECT_EQ(range_of(Type::INT64, "Gather", {"table", "x"}, {}), Range(0, 19));
}

TEST(IntegerInputs, AreRebuiltFromTheirPlan) {
  using Type = onnx::TensorProto;
  for (const int type : {Type::UINT8, Type::BOOL, Type::INT64}) {
    const auto graph = import_onnx(integer_model(type, "Cast", {"x"}).bytes(), "model.onnx");
    ASSERT_TRUE(graph.ok());
    expect_rebuilt(*graph, {{{0, 1, 1}}});
  }
  const auto graph = import_onnx(integer_model(Type::INT64, "Gather", {"table", "x"}).bytes(), "model.onnx");
  ASSERT_TRUE(graph.ok());
  expect_rebuilt(*graph, {{{0, 7, 19}}});
}

// A plan may say which integers occur, and nothing else about them.
TEST(IntegerInputs, AreWhatAPlanCannotChange) {
  using Type = onnx::TensorProto;
  const auto refuses = [](int type, const InputNumbers& numbers) {
    const auto graph = import_onnx(integer_model(type, "Cast", {"x"}).bytes(), "model.onnx");
    EXPECT_TRUE(graph.ok());
    QuantisationPlan plan;
    EXPECT_TRUE(quantize(*graph, std::vector<Sample>{{{0, 1, 1}}}, {8, true}, nullptr, &plan).ok());
    plan.inputs[0] = numbers;
    return !rebuild(*graph, plan, true).ok();
  };
  EXPECT_FALSE(refuses(Type::UINT8, {0, 255, 1.0}));
  EXPECT_TRUE(refuses(Type::UINT8, {0, 255, 0.5}));
  EXPECT_TRUE(refuses(Type::UINT8, {0, 127, 1.0}));
  EXPECT_TRUE(refuses(Type::UINT8, {-1, 255, 1.0}));
  EXPECT_FALSE(refuses(Type::INT32, {-5, 1 << 20, 1.0}));
  EXPECT_TRUE(refuses(Type::INT32, {-5, 1 << 20, 2.0}));
  EXPECT_TRUE(refuses(Type::INT32, {0, std::int64_t{1} << 32, 1.0}));
}

TEST(IntegerInputs, AreTakenByArithmeticThatTheirTypesHave) {
  using Type = onnx::TensorProto;
  const auto error = [](int type, const std::string& op, const std::vector<std::string>& inputs) {
    return error_of(import_onnx(integer_model(type, op, inputs).bytes(), "model.onnx"));
  };
  EXPECT_EQ(error(Type::UINT8, "Add", {"x", "x"}), "accepted");
  EXPECT_EQ(error(Type::INT64, "Div", {"x", "two"}), "accepted");
  EXPECT_EQ(error(Type::INT64, "Add", {"x", "two"}), "accepted");
  EXPECT_THAT(error(Type::INT64, "Exp", {"x"}), HasSubstr("of computed values of int64 it is not supported"));
  EXPECT_THAT(error(Type::STRING, "Identity", {"x"}), HasSubstr("found string"));
  EXPECT_THAT(error(Type::FLOAT, "Gather", {"table", "x"}), HasSubstr("expected indices of integers, found float"));
}

TEST(IntegerInputs, WrapAroundAsTheirTypesDo) {
  const auto graph = import_onnx(integer_model(onnx::TensorProto::INT8, "Add", {"x", "x"}).bytes(), "model.onnx");
  ASSERT_TRUE(graph.ok()) << graph.error().message();
  const auto integers = quantize(*graph, std::vector<Sample>{{{100, -128, 3}}}, {});
  ASSERT_TRUE(integers.ok()) << integers.error().message();
  const auto values = quantize_reals(*integers, std::vector<std::vector<double>>{{100, -128, 3}}, false);
  ASSERT_TRUE(values.ok()) << values.error().message();
  Sink none;
  const auto outputs = execute(*integers, *values, none);
  ASSERT_TRUE(outputs.ok()) << outputs.error().message();
  EXPECT_EQ(dequantize_outputs(*integers, *outputs)[0], (std::vector<double>{-56, 0, 6}));
}

// Sums of integers are exact, so they are indices as inputs are.
TEST(IntegerInputs, AreIndicesWhenTheyAreComputedToo) {
  ModelBuilder m = integer_model(onnx::TensorProto::INT64, "Gather", {"table", "sum"});
  onnx::NodeProto* sum = m.node("Add", {"x", "two"}, {"sum"}).proto();
  onnx::NodeProto* gather = m.model().mutable_graph()->mutable_node(0);
  std::swap(*sum, *gather);
  const auto graph = import_onnx(m.bytes(), "model.onnx");
  ASSERT_TRUE(graph.ok()) << graph.error().message();
  const auto integers = quantize(*graph, std::vector<Sample>{{{0, 1, 1}}}, {});
  EXPECT_TRUE(integers.ok()) << integers.error().message();
}

// An integer is itself up to the largest one that an input may be: no float or rounded double comes between.
TEST(IntegerInputs, KeepAllTheirDigits) {
  const std::int64_t large = (std::int64_t{1} << 39) + 12345;
  const auto graph = import_onnx(integer_model(onnx::TensorProto::INT64, "Cast", {"x"}).bytes(), "model.onnx");
  ASSERT_TRUE(graph.ok());
  const auto integers = quantize(*graph, std::vector<Sample>{{{0, 1, static_cast<float>(large)}}}, {});
  ASSERT_TRUE(integers.ok()) << integers.error().message();
  const std::vector<std::vector<double>> input{{3, 16777217, static_cast<double>(large)}};
  const auto values = quantize_reals(*integers, input, false);
  ASSERT_TRUE(values.ok()) << values.error().message();
  EXPECT_EQ((*values)[0][1], 16777217);
  EXPECT_EQ((*values)[0][2], large);
}

TEST(Domains, OfClassicalModelsAloneAreRead) {
  ModelBuilder m;
  m.input("x", {1, 3}).output("y");
  m.model().mutable_opset_import(0)->set_domain("ai.onnx.ml");
  m.model().mutable_opset_import(0)->set_version(3);
  m.node("DictVectorizer", {"x"}, {"y"}).proto()->set_domain("ai.onnx.ml");
  EXPECT_THAT(error_of(import_onnx(m.bytes(), "model.onnx")),
              HasSubstr("1 problem: y_node (DictVectorizer), domain ai.onnx.ml: operator not supported"));
  m.model().clear_opset_import();
  EXPECT_THAT(error_of(import_onnx(m.bytes(), "model.onnx")), HasSubstr("expected an operator set, found none"));
}

TEST(Unused, PartsDoNotMatter) {
  ModelBuilder m;
  m.input("x", {1, 3}).output("y").constant("w", {}, {1});
  m.node("NonZero", {"x"}, {"a"});
  m.node("Foo", {"a", "w"}, {"b"}).proto()->set_domain("com.example");
  m.node("Relu", {"x"}, {"y"});
  m.model().mutable_graph()->mutable_initializer(0)->set_data_location(onnx::TensorProto::EXTERNAL);
  EXPECT_EQ(error_of(import_onnx(m.bytes(), "model.onnx")), "accepted");
  m.output("b");
  EXPECT_THAT(error_of(import_onnx(m.bytes(), "model.onnx")), HasSubstr("3 problems"));
}

// A function that calls itself, and bodies of loops in one another that never end.
TEST(Bodies, AreBounded) {
  ModelBuilder m(17);
  m.input("x", {1, 3}).output("y");
  m.node("F", {"x"}, {"y"}).proto()->set_domain("own");
  onnx::FunctionProto* f = m.model().add_functions();
  f->set_name("F");
  f->set_domain("own");
  f->add_input("a");
  f->add_output("b");
  for (const auto& [in, out] : {std::pair{"a", "c"}, std::pair{"c", "b"}}) {
    onnx::NodeProto* n = f->add_node();
    n->set_op_type("F");
    n->set_domain("own");
    n->add_input(in);
    n->add_output(out);
  }
  EXPECT_THAT(error_of(import_onnx(m.bytes(), "model.onnx")), HasSubstr("functions that do not call themselves"));
}

TEST(Bodies, NeedConditionsThatAreKnown) {
  ModelBuilder m;
  m.input("x", {1, 1}).output("y").integers("turns", {5}, true);
  m.node("If", {"x"}, {"y"});
  EXPECT_THAT(error_of(import_onnx(m.bytes(), "model.onnx")),
              HasSubstr("y_node (If): expected one boolean as its condition, found float"));
  ModelBuilder none;
  none.input("x", {1, 1}).output("y").integers("turns", {5}, true);
  none.node("Loop", {"turns", "", "x"}, {"y"});
  EXPECT_THAT(error_of(import_onnx(none.bytes(), "model.onnx")), HasSubstr("expected a graph as its attribute body"));
}

TEST(Folding, RefusesWhatHasNoValue) {
  const auto error = [](const std::string& op, std::int64_t a, std::int64_t b) {
    ModelBuilder m;
    m.input("x", {1, 3}).output("y").integers("a", {a}).integers("b", {b});
    m.node(op, {"a", "b"}, {"c"});
    m.node("Reshape", {"x", "c"}, {"y"});
    return error_of(import_onnx(m.bytes(), "model.onnx"));
  };
  EXPECT_EQ(error("Div", 7, 2), "accepted");
  EXPECT_THAT(error("Div", 7, 0), HasSubstr("expected a divisor other than 0"));
  EXPECT_THAT(error("Mod", 7, 0), HasSubstr("expected a divisor other than 0"));
  EXPECT_EQ(error("Div", std::numeric_limits<std::int64_t>::min(), -1).find("accepted"), std::string::npos);
  EXPECT_EQ(error("Mod", std::numeric_limits<std::int64_t>::min(), -1).find("accepted"), std::string::npos);
}

}  // namespace
}  // namespace proofcard::graph
