// Any bytes as an ONNX file. What is read, if it is small, goes the whole way: its integer graph is that which its plan
// makes again, inputs of the declared range run through it, and the circuit holds for what comes out.
#include "host/compile/compile.hpp"
#include "host/graph/executor.hpp"
#include "host/graph/onnx/import.hpp"
#include "host/graph/quantize/quantize.hpp"
#include "tests/compile/checker.hpp"

namespace {

using namespace proofcard;

// Of floats that the sizes of values are counted in; what costs more than its values, such as products, is a few times
// as much.
constexpr std::int64_t kMaxValues = 4000;

bool is_small(const graph::FloatGraph& graph) {
  std::int64_t total = 0;
  for (const graph::FloatValue& value : graph.values) {
    total += graph::count(value.shape);
  }
  return total <= kMaxValues;
}

// Without what samples showed of its tables, which a plan does not have and a circuit does not need.
Bytes bytes_of(graph::Graph graph) {
  for (graph::Node& node : graph.nodes) {
    if (auto* lookup = std::get_if<graph::Lookup>(&node.op)) {
      lookup->cut.reset();
    }
  }
  ByteWriter out;
  write(out, graph);
  return out.take();
}

// Ends of the ranges, and what is between them.
std::vector<IntVector> inputs_of(const graph::Graph& graph) {
  std::vector<IntVector> out;
  for (const std::uint32_t id : graph.inputs) {
    const graph::Tensor& t = graph.tensors[id];
    IntVector values(narrowest_int_type(t.lo, t.hi), tensor::num_elements(t.shape));
    for (std::size_t i = 0; i < values.size(); ++i) {
      values.set(i, i % 3 == 0 ? t.lo : i % 3 == 1 ? t.hi : t.lo / 3 + t.hi / 2);
    }
    out.push_back(std::move(values));
  }
  return out;
}

void go_the_whole_way(const graph::FloatGraph& model, const graph::QuantizeOptions& options) {
  graph::QuantisationPlan plan;
  const auto graph = graph::quantize(model, {}, options, nullptr, &plan);
  if (!graph.ok()) {
    return;
  }
  const auto again = graph::rebuild(model, plan, options.private_weights);
  PROOFCARD_CHECK(again.ok());
  if (!options.private_weights) {
    PROOFCARD_CHECK(bytes_of(*again) == bytes_of(*graph));
  }
  using circuit::Visibility;
  const Visibility weights = options.private_weights ? Visibility::kPrivate : Visibility::kPublic;
  const auto circuit =
      compile::compile(*graph, {Visibility::kPrivate, Visibility::kPublic, weights, "fuzz", std::nullopt});
  if (!circuit.ok()) {
    return;
  }
  const auto trace = graph::execute(*graph, inputs_of(*graph));
  PROOFCARD_CHECK(trace.ok());
  const circuit::Layout layout = circuit::make_layout(*circuit);
  const auto columns = compile::weight_columns(*graph, *circuit, layout);
  PROOFCARD_CHECK(columns.ok());
  const auto assignment = compile::assign(*graph, *circuit, layout, *columns, *trace);
  PROOFCARD_CHECK(assignment.ok());
  std::size_t elements = 0;
  for (const circuit::Tensor& t : circuit->tensors) {
    elements += tensor::num_elements(t.shape);
  }
  if (elements < 10000) {
    PROOFCARD_CHECK(!compile::Checker(*circuit, layout, *assignment).find_violation());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto model = graph::import_onnx(ByteView(data, size), "fuzz");
  if (model.ok() && is_small(*model)) {
    go_the_whole_way(*model, {size % 2 == 0 ? 8U : 16U, size % 4 < 2, 32, {}});
  }
  return 0;
}
