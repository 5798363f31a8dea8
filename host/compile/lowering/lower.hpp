// Lowers the nodes of a graph, one by one, into relations, lookups and recipes.
//
//   Linear      M*acc + 2^(s-1) - 2^s*q - rem = 0, rem exactly in [0, 2^s); with s = 0: M*acc - q = 0
//   Lookup      (q, z) is a row of the function's table; a wide clamp: lower_clamp.cpp
//   Max         (a - b, out - b) is a row of x -> max(x, 0); wide: out - a, out - b >= 0 and their product is 0
//   Divide      2*n*2^k + d - 2*t*d - u = 0, u >= 0, 2d - 1 - u >= 0
//   SquareRoot  v - t^2 >= 0, 2t - (v - t^2) >= 0
//   LowBits     in - 2^bits*hi - out = 0, out exactly in [0, 2^bits)
//   Select      (index along every axis, out) is a row of the table of the tensor; what is selected at one place of several
//               tensors is one row
//
// Every tensor that is not public and that no relation bounds is range-checked as well; bounds.hpp verifies that none
// was forgotten.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/base/result.hpp"
#include "host/compile/builder.hpp"
#include "host/compile/roll.hpp"
#include "host/graph/graph.hpp"

namespace proofcard::compile {

// By graph tensor: whether a node, the inputs or the outputs name it. Only those stand in the circuit, in order of id.
std::vector<bool> used_tensors(const graph::Graph& graph);

class Lowering {
 public:
  // Creates the tensors of the graph in `builder`; its circuit's visibilities are set.
  Lowering(const graph::Graph& graph, Builder& builder);

  // Everything. Errors: kUnsupported naming a node that cannot be proved.
  Status run();

  // After run(), by node: what it became.
  std::vector<Segment> take_segments() { return std::move(segments_); }

 private:
  struct NodeContext {
    std::size_t index = 0;
    std::string name;
  };

  void create_tensors();
  void plan_shared_tables();
  void copy_outputs();
  void prove_inputs();

  Status lower(const NodeContext& node, const graph::Linear& op);
  Status lower(const NodeContext& node, const graph::Lookup& op);
  Status lower(const NodeContext& node, const graph::Max& op);
  Status lower(const NodeContext& node, const graph::Divide& op);
  Status lower(const NodeContext& node, const graph::SquareRoot& op);
  Status lower(const NodeContext& node, const graph::LowBits& op);
  Status lower(const NodeContext& node, const graph::Select& op);

  void lower_wide_max(const NodeContext& node, const Term& a, const Term& b, std::uint32_t out, std::int64_t max_gap);
  // c = clamp(in, lo, lo + 2^bits - 1) for a known range of in; returns c, or makes `out` be it.
  std::uint32_t lower_wide_clamp(const NodeContext& node, std::uint32_t in, std::int64_t in_lo, std::int64_t in_hi,
                                 std::int64_t lo, unsigned bits, std::optional<std::uint32_t> out);
  void prove_sign(const NodeContext& node, std::uint32_t h, std::int64_t lo, std::int64_t hi, std::uint32_t is_zero,
                  std::uint32_t is_positive);

  // Whether one lookup proves both.
  bool select_together(const graph::Select& a, const graph::Select& b) const;

  // The tensor's range, unless something else proves it: it is public, or a Lookup node reads it.
  void prove_result(const NodeContext& node, std::uint32_t graph_tensor);

  tensor::Operand operand(const tensor::Operand& graph_operand) const;
  std::uint32_t id(std::uint32_t graph_tensor) const { return tensor_of_[graph_tensor]; }
  std::uint32_t value(std::uint32_t graph_tensor) const { return builder_.value_of(id(graph_tensor)); }
  std::uint32_t view_value(const tensor::Operand& graph_operand, const Shape& shape);
  std::uint32_t remainder_value(const NodeContext& node, const Shape& shape);
  // Smallest and largest value that an operand can read; 0 where it can leave its range.
  std::pair<std::int64_t, std::int64_t> read_range(const tensor::Operand& graph_operand, const Shape& out) const;

  const graph::Graph& graph_;
  Builder& builder_;
  std::vector<std::uint32_t> tensor_of_;  // by graph tensor; UINT32_MAX: not used by anything
  std::vector<bool> read_by_lookup_;      // by graph tensor
  // Nodes of one function share a table over the union of their domains. By node: an entry of shared_tables_, or
  // SIZE_MAX where the domain is too wide for a table.
  std::vector<std::size_t> shared_table_;
  std::vector<tensor::TableSpec> shared_tables_;
  std::vector<Segment> segments_;
};

}  // namespace proofcard::compile
