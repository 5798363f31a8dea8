// Activations, clips and other functions of each element.
#include "tests/graph_onnx/operator_cases.hpp"

namespace proofcard::graph {

std::vector<OperatorCase> elementwise_operator_cases() {
  std::vector<OperatorCase> cases = {
      {"LeakyRelu", after_conv("LeakyRelu", [](auto n) { n.real("alpha", 0.1F); })},
      {"Elu", after_conv("Elu")},
      {"HardSigmoid", after_conv("HardSigmoid")},
      {"Gelu20", after_conv("Gelu"), 0.03, 0.001, 20},
      {"GeluTanh20", after_conv("Gelu", [](auto n) { n.text("approximate", "tanh"); }), 0.03, 0.001, 20},
      {"HardSwish", after_conv("HardSwish"), 0.03, 0.001, 14},
      {"Clip6", [](ModelBuilder& m) { after_conv("Clip", [](auto n) { n.real("min", 0.0F).real("max", 1.0F); })(m); },
       0.03, 0.001, 10},
      {"ClipInputs",
       [](ModelBuilder& m) {
         m.input("x", {1, 400}).constant("lo", {}, {-0.25F}).constant("hi", {}, {0.5F}).output("y");
         m.node("Clip", {"x", "lo", "hi"}, {"y"});
       }},
      {"GeluWrittenOut",
       [](ModelBuilder& m) {
         m.input("x", {1, 400})
             .constant("r", {}, {1.41421356F})
             .constant("one", {}, {1.0F})
             .constant("half", {}, {0.5F});
         m.output("y");
         m.node("Div", {"x", "r"}, {"a"});
         m.node("Erf", {"a"}, {"b"});
         m.node("Add", {"b", "one"}, {"c"});
         m.node("Mul", {"x", "c"}, {"d"});
         m.node("Mul", {"d", "half"}, {"y"});
       }},
      {"MulOfActivations",
       [](ModelBuilder& m) {
         m.input("x", {1, 400}).output("y");
         m.node("Sigmoid", {"x"}, {"s"});
         m.node("Mul", {"x", "s"}, {"y"});
       }},
      {"AddSubScale",
       [](ModelBuilder& m) {
         m.input("x", {1, 4, 300})
             .input("z", {1, 4, 300})
             .constant("k", {}, {-0.3F})
             .random("c", {4, 1}, 1.0F)
             .output("y");
         m.node("Mul", {"z", "k"}, {"a"});
         m.node("Sub", {"x", "a"}, {"b"});
         m.node("Add", {"b", "c"}, {"d"});
         m.node("Div", {"d", "k"}, {"y"});
       }},
      {"SubConstantLeft",
       [](ModelBuilder& m) {
         m.input("x", {1, 400}).constant("k", {}, {1.5F}).output("y");
         m.node("Sub", {"k", "x"}, {"y"});
       }},
      {"NormaliseInput",
       [](ModelBuilder& m) {
         m.input("x", {1, 3, 10, 10})
             .constant("mean", {3, 1, 1}, {0.1F, 0.2F, 0.3F})
             .constant("std", {3, 1, 1}, {0.5F, 0.25F, 0.3F});
         m.random("w", {4, 3, 3, 3}, 0.5F).output("y");
         m.node("Sub", {"x", "mean"}, {"a"});
         m.node("Div", {"a", "std"}, {"b"});
         m.node("Conv", {"b", "w"}, {"y"});
       }},
      {"Selu", after_conv("Selu"), 0.06},
      {"PReluPerChannel",
       [](ModelBuilder& m) {
         m.input("x", {1, 4, 10, 10}).constant("s", {4, 1, 1}, {0.1F, 0.5F, -0.25F, 2.0F}).output("y");
         m.node("PRelu", {"x", "s"}, {"y"});
       }},
      {"Relu6AfterConv",
       [](ModelBuilder& m) {
         m.input("x", {1, 3, 10, 10})
             .random("w", {4, 3, 3, 3}, 0.9F)
             .constant("lo", {}, {0.0F})
             .constant("hi", {}, {1.0F});
         m.output("y");
         m.node("Conv", {"x", "w"}, {"c"});
         m.node("Clip", {"c", "lo", "hi"}, {"y"});
       },
       0.05},
      {"QuantizedModel",
       [](ModelBuilder& m) {
         m.input("x", {1, 400}).random("w", {400, 10}, 0.3F).constant("s", {}, {0.05F}).output("y");
         m.node("MatMul", {"x", "w"}, {"a"});
         m.node("Relu", {"a"}, {"r"});
         m.node("QuantizeLinear", {"r", "s"}, {"q"});
         m.node("DequantizeLinear", {"q", "s"}, {"y"});
       },
       0.03, 0.012},
      {"LayerNormWrittenOut",
       [](ModelBuilder& m) {
         m.input("x", {1, 5, 64})
             .constant("two", {}, {2.0F})
             .constant("eps", {}, {1e-5F})
             .random("g", {64}, 1.0F)
             .output("y");
         m.node("ReduceMean", {"x"}, {"mean"}).ints("axes", {-1});
         m.node("Sub", {"x", "mean"}, {"d"});
         m.node("Pow", {"d", "two"}, {"sq"});
         m.node("ReduceMean", {"sq"}, {"var"}).ints("axes", {-1});
         m.node("Add", {"var", "eps"}, {"ve"});
         m.node("Sqrt", {"ve"}, {"sd"});
         m.node("Div", {"d", "sd"}, {"n"});
         m.node("Mul", {"n", "g"}, {"y"});
       },
       0.03, 0.002},
      {"PowSquare",
       [](ModelBuilder& m) {
         m.input("x", {1, 400}).constant("two", {}, {2.0F}).output("y");
         m.node("Pow", {"x", "two"}, {"y"});
       }},
      {"SqrtOfSquare",
       [](ModelBuilder& m) {
         m.input("x", {1, 400}).constant("k", {}, {0.25F}).output("y");
         m.node("Mul", {"x", "x"}, {"a"});
         m.node("Add", {"a", "k"}, {"b"});
         m.node("Sqrt", {"b"}, {"y"});
       }},
      {"SoftmaxAfterGemm",
       [](ModelBuilder& m) {
         m.input("x", {1, 400}).random("w", {400, 10}, 0.3F).output("y");
         m.node("MatMul", {"x", "w"}, {"a"});
         m.node("Softmax", {"a"}, {"y"}).integer("axis", 1);
       }},
      {"SoftmaxMiddleAxis", alone("Softmax", {1, 7, 5, 9}, [](auto n) { n.integer("axis", 1); })},
  };
  for (const char* op : {"Relu", "Sigmoid", "Tanh", "Exp", "Erf", "Softplus", "Abs"}) {
    cases.push_back({op, after_conv(op)});
    cases.push_back({std::string(op) + "Alone", alone(op, {1, 400})});
  }
  return cases;
}

}  // namespace proofcard::graph
