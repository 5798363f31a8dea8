// Pools, reductions, and operators of structure.
#include "tests/graph_onnx/operator_cases.hpp"

namespace proofcard::graph {

std::vector<OperatorCase> shape_operator_cases() {
  const auto window = [](const Dims& k, const Dims& s, const Dims& p) {
    return [=](ModelBuilder::NodeBuilder n) { n.ints("kernel_shape", k).ints("strides", s).ints("pads", p); };
  };
  return {
      {"MaxPool2", alone("MaxPool", {1, 4, 10, 12}, window({2, 2}, {2, 2}, {0, 0, 0, 0}))},
      {"MaxPool3Stride2Padded", alone("MaxPool", {1, 4, 9, 11}, window({3, 3}, {2, 2}, {1, 1, 1, 1}))},
      {"MaxPool3Stride1", alone("MaxPool", {1, 4, 9, 11}, window({3, 2}, {1, 1}, {1, 0, 1, 0}))},
      {"MaxPoolCeil", alone("MaxPool", {1, 4, 10, 10},
                            [](auto n) {
                              n.ints("kernel_shape", {3, 3}).ints("strides", {2, 2}).integer("ceil_mode", 1);
                            })},
      {"GlobalMaxPool", alone("GlobalMaxPool", {1, 9, 7, 7})},
      {"ReluAfterMaxPool",
       [](ModelBuilder& m) {
         m.input("x", {1, 3, 8, 8}).random("w", {4, 3, 3, 3}, 0.5F).output("y");
         m.node("Conv", {"x", "w"}, {"c"});
         m.node("MaxPool", {"c"}, {"p"}).ints("kernel_shape", {2, 2}).ints("strides", {2, 2});
         m.node("Relu", {"p"}, {"y"});
       }},
      {"AveragePool2", alone("AveragePool", {1, 4, 10, 12}, window({2, 2}, {2, 2}, {0, 0, 0, 0}))},
      {"AveragePool3Padded", alone("AveragePool", {1, 4, 9, 11}, window({3, 3}, {2, 2}, {1, 1, 1, 1}))},
      {"AveragePool3IncludePad",
       alone("AveragePool", {1, 4, 9, 11},
             [](auto n) {
               n.ints("kernel_shape", {3, 3}).ints("pads", {1, 1, 1, 1}).integer("count_include_pad", 1);
             })},
      {"GlobalAveragePoolGemm",
       [](ModelBuilder& m) {
         m.input("x", {1, 9, 7, 7}).random("w", {9, 5}, 0.5F).output("y");
         m.node("GlobalAveragePool", {"x"}, {"a"});
         m.node("Flatten", {"a"}, {"f"});
         m.node("MatMul", {"f", "w"}, {"y"});
       }},
      {"ReduceMean18",
       [](ModelBuilder& m) {
         m.input("x", {1, 9, 7, 7}).integers("axes", {2, -1}).output("y");
         m.node("ReduceMean", {"x", "axes"}, {"y"}).integer("keepdims", 0);
       },
       0.03, 0.001, 18},
      {"ReduceSum11", alone("ReduceSum", {1, 9, 7, 7}, [](auto n) { n.ints("axes", {1}); }), 0.03, 0.001, 11},
      {"ReduceMax", alone("ReduceMax", {1, 9, 7, 5},
                          [](auto n) {
                            n.ints("axes", {1, 3}).integer("keepdims", 0);
                          })},
      {"TransposeOutput", alone("Transpose", {1, 9, 7, 5},
                                [](auto n) {
                                  n.ints("perm", {0, 3, 1, 2});
                                })},
      {"ReshapeChain",
       [](ModelBuilder& m) {
         // Shape -> Gather -> Unsqueeze -> Concat -> Reshape, as exporters write x.view(x.size(0), -1).
         m.input("x", {0, 4, 9, 11})
             .integers("zero", {0}, true)
             .integers("axis", {0})
             .integers("minus", {-1})
             .output("y");
         m.node("Shape", {"x"}, {"s"});
         m.node("Gather", {"s", "zero"}, {"g"}).integer("axis", 0);
         m.node("Unsqueeze", {"g", "axis"}, {"u"});
         m.node("Concat", {"u", "minus"}, {"t"}).integer("axis", 0);
         m.node("Reshape", {"x", "t"}, {"r"});
         m.node("Relu", {"r"}, {"y"});
       }},
      {"SliceSplitConcat",
       [](ModelBuilder& m) {
         m.input("x", {1, 6, 9, 11})
             .integers("sizes", {2, 4})
             .integers("st", {1})
             .integers("en", {9223372036854775807})
             .output("y");
         m.integers("ax", {2}).integers("step", {2});
         m.node("Split", {"x", "sizes"}, {"a", "b"}).integer("axis", 1);
         m.node("Relu", {"a"}, {"r"});
         m.node("Concat", {"b", "r", "a"}, {"c"}).integer("axis", 1);
         m.node("Slice", {"c", "st", "en", "ax", "step"}, {"d"});
         m.node("Relu", {"d"}, {"y"});
       }},
      {"ConcatOfScales",
       [](ModelBuilder& m) {
         m.input("x", {1, 3, 8, 8}).random("w", {4, 3, 3, 3}, 0.5F).random("v", {5, 3, 3, 3}, 0.1F).output("y");
         m.node("Conv", {"x", "w"}, {"a"});
         m.node("Conv", {"x", "v"}, {"b"});
         m.node("Relu", {"a"}, {"ra"});
         m.node("Relu", {"b"}, {"rb"});
         m.node("Concat", {"ra", "rb"}, {"y"}).integer("axis", 1);
       }},
      {"ConcatLeadingAxis",
       [](ModelBuilder& m) {
         m.input("x", {1, 300}).input("z", {1, 300}).output("y");
         m.node("Concat", {"x", "z"}, {"y"}).integer("axis", 0);
       }},
      {"PadThenConv",
       [](ModelBuilder& m) {
         m.input("x", {1, 3, 8, 8})
             .random("w", {4, 3, 3, 3}, 0.5F)
             .integers("pads", {0, 0, 1, 2, 0, 0, 2, 1})
             .output("y");
         m.node("Pad", {"x", "pads"}, {"p"});
         m.node("Conv", {"p", "w"}, {"y"});
       }},
      {"GatherOne",
       [](ModelBuilder& m) {
         m.input("x", {1, 9, 40}).integers("i", {-2}, true).random("w", {40, 5}, 0.5F).output("y");
         m.node("Gather", {"x", "i"}, {"g"}).integer("axis", 1);
         m.node("MatMul", {"g", "w"}, {"y"});
       }},
      {"GatherUneven",
       [](ModelBuilder& m) {
         m.input("x", {1, 9, 40}).integers("i", {3, 0, 7, 7}).output("y");
         m.node("Gather", {"x", "i"}, {"y"}).integer("axis", 1);
       }},
      {"SqueezeUnsqueeze",
       [](ModelBuilder& m) {
         m.input("x", {1, 9, 1, 40}).integers("a", {2}).integers("b", {0, 3}).output("y");
         m.node("Squeeze", {"x", "a"}, {"s"});
         m.node("Unsqueeze", {"s", "b"}, {"u"});
         m.node("Relu", {"u"}, {"y"});
       }},
      {"ChannelShuffle",
       [](ModelBuilder& m) {
         m.input("x", {1, 6, 8, 8}).random("w", {4, 6, 3, 3}, 0.5F).output("y");
         m.integers("split", {1, 2, 3, 8, 8}).integers("merge", {1, 6, 8, 8});
         m.node("Reshape", {"x", "split"}, {"a"});
         m.node("Transpose", {"a"}, {"b"}).ints("perm", {0, 2, 1, 3, 4});
         m.node("Reshape", {"b", "merge"}, {"c"});
         m.node("Conv", {"c", "w"}, {"y"}).ints("pads", {1, 1, 1, 1});
       }},
      {"SqueezeAndExcite",
       [](ModelBuilder& m) {
         m.input("x", {1, 6, 8, 8}).random("w", {6, 6, 1, 1}, 1.0F).output("y");
         m.node("GlobalAveragePool", {"x"}, {"a"});
         m.node("Conv", {"a", "w"}, {"b"});
         m.node("Sigmoid", {"b"}, {"s"});
         m.node("Mul", {"x", "s"}, {"y"});
       }},
      {"Expand",
       [](ModelBuilder& m) {
         m.input("x", {1, 300, 1}).integers("to", {2, 300, 3}).output("y");
         m.node("Expand", {"x", "to"}, {"y"});
       }},
      {"DropoutIdentityCast",
       [](ModelBuilder& m) {
         m.input("x", {1, 300}).output("y");
         m.node("Dropout", {"x"}, {"d", "mask"});
         m.node("Identity", {"d"}, {"i"});
         m.node("Cast", {"i"}, {"c"}).integer("to", onnx::TensorProto::FLOAT);
         m.node("Relu", {"c"}, {"y"});
       }},
      {"TwoOutputs",
       [](ModelBuilder& m) {
         m.input("x", {1, 3, 8, 8}).random("w", {4, 3, 3, 3}, 0.5F).output("c").output("y");
         m.node("Conv", {"x", "w"}, {"c"});
         m.node("Relu", {"c"}, {"y"});
       }},
      {"ConvTranspose",
       [](ModelBuilder& m) {
         m.input("x", {1, 3, 7, 8}).random("w", {3, 4, 3, 3}, 0.5F).random("b", {4}, 0.5F).output("y");
         m.node("ConvTranspose", {"x", "w", "b"}, {"y"})
             .ints("strides", {2, 2})
             .ints("pads", {1, 1, 1, 1})
             .ints("output_padding", {1, 1});
       }},
      {"PadValue",
       [](ModelBuilder& m) {
         m.input("x", {1, 3, 10, 10}).integers("pads", {0, 0, 1, 2, 0, 0, 2, 1}).constant("v", {}, {0.5F}).output("y");
         m.node("Pad", {"x", "pads", "v"}, {"y"});
       }},
      {"PadReflect",
       [](ModelBuilder& m) {
         m.input("x", {1, 3, 10, 10}).integers("pads", {0, 0, 1, 2, 0, 0, 2, 1}).output("y");
         m.node("Pad", {"x", "pads"}, {"y"}).text("mode", "reflect");
       }},
      {"ConcatConstant",
       [](ModelBuilder& m) {
         m.input("x", {1, 3, 100}).random("c", {1, 2, 100}, 1.0F).output("y");
         m.node("Concat", {"c", "x"}, {"y"}).integer("axis", 1);
       }},
      {"PadOneEntry",
       [](ModelBuilder& m) {
         m.input("x", {1, 30, 1, 5}).integers("pads", {0, 0, 1, 2, 0, 0, 2, 1}).output("y");
         m.node("Pad", {"x", "pads"}, {"y"});
       }},
      {"AveragePoolOneEntry", alone("AveragePool", {1, 30, 1, 9}, window({3, 3}, {1, 1}, {1, 1, 1, 1}))},
      {"MaxPoolOneEntry", alone("MaxPool", {1, 30, 1, 9}, window({3, 3}, {1, 1}, {1, 1, 1, 1}))},
      {"ConvTransposeFromOneEntry",
       [](ModelBuilder& m) {
         m.input("x", {1, 30, 1, 1}).random("w", {30, 4, 4, 3}, 0.5F).random("b", {4}, 0.5F).output("y");
         m.node("ConvTranspose", {"x", "w", "b"}, {"c"}).ints("strides", {2, 1}).ints("pads", {1, 0, 0, 1});
         m.node("Relu", {"c"}, {"y"});
       }},
      {"ConvTransposeStride1",
       [](ModelBuilder& m) {
         m.input("x", {1, 4, 7, 8}).random("w", {4, 2, 3, 2}, 0.5F).output("y");
         m.node("ConvTranspose", {"x", "w"}, {"y"}).ints("dilations", {2, 1}).integer("group", 2);
       }},
  };
}

}  // namespace proofcard::graph
