// From the integer graph to the circuit, and from an execution trace to the circuit's assignment.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "host/base/result.hpp"
#include "host/circuit/assignment.hpp"
#include "host/circuit/circuit.hpp"
#include "host/compile/limits.hpp"
#include "host/compile/witness_stream.hpp"
#include "host/graph/executor.hpp"
#include "host/graph/graph.hpp"

namespace proofcard::compile {

using WeightColumns = std::vector<std::shared_ptr<const IntVector>>;

struct CompileOptions {
  circuit::Visibility input = circuit::Visibility::kPrivate;
  circuit::Visibility output = circuit::Visibility::kPublic;
  circuit::Visibility weights = circuit::Visibility::kPrivate;
  std::string model_name;
  std::optional<Limits> limits;             // none: the cost model chooses
  std::uint32_t batch = 1;                  // inputs in one proof (circuit/batch.hpp)
  std::vector<tensor::FixedInput> fixed{};  // what the graph was made with; stands in the circuit
};

// Deterministic: one graph and one set of options give one circuit, and it passes validate and check_soundness.
// Errors: kUnsupported naming the node that cannot be proved; those of circuit::batched.
Result<circuit::Circuit> compile(const graph::Graph& graph, const CompileOptions& options);

// The weight columns of the layout (other entries are null), to be made once a model.
Result<WeightColumns> weight_columns(const graph::Graph& graph, const circuit::Circuit& circuit,
                                     const circuit::Layout& layout);

// Fills in the columns of one proof after another. What depends on the model only is worked out once, in make().
class Assigner {
 public:
  // The arguments must outlive the assigner. Errors: the circuit is not the graph's.
  static Result<Assigner> make(const graph::Graph& graph, const circuit::Circuit& circuit,
                               const circuit::Layout& layout);
  Assigner(Assigner&&) noexcept;
  Assigner& operator=(Assigner&&) noexcept;
  ~Assigner();

  // Fills in one proof's columns as results come. Can be called from several threads.
  // weights: shared between proofs, as returned by weight_columns. The assigner outlives the stream.
  // Errors: kBadInput for other weights.
  Result<std::unique_ptr<WitnessStream>> begin(std::span<const std::shared_ptr<const IntVector>> weights,
                                               RowsDone rows_done = {}) const;

  // The same from executions that were kept, one a row of the circuit. Errors: those of the stream.
  Result<circuit::Assignment> assign(std::span<const std::shared_ptr<const IntVector>> weights,
                                     std::span<const graph::Trace> traces) const;
  Result<circuit::Assignment> assign(std::span<const std::shared_ptr<const IntVector>> weights,
                                     const graph::Trace& trace) const {
    return assign(weights, std::span(&trace, 1));
  }

 private:
  explicit Assigner(std::unique_ptr<const Prepared> prepared);
  std::unique_ptr<const Prepared> prepared_;
};

// Assigner::make and assign in one go.
Result<circuit::Assignment> assign(const graph::Graph& graph, const circuit::Circuit& circuit,
                                   const circuit::Layout& layout,
                                   std::span<const std::shared_ptr<const IntVector>> weights,
                                   const graph::Trace& trace);

// The assignment of circuit::weight_range_circuit(...) in circuit::weight_range_layout(...).
Result<circuit::Assignment> assign_weight_range(const circuit::Circuit& range_circuit, const circuit::Layout& layout,
                                                std::span<const std::shared_ptr<const IntVector>> weights);

}  // namespace proofcard::compile
