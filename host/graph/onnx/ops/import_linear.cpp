// Matrix products.
#include "host/graph/onnx/import_parts.hpp"
#include "host/graph/onnx/importer.hpp"

namespace proofcard::graph {
namespace {

Status gemm(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t a, node.input(0));
  PROOFCARD_TRY(std::uint32_t b, node.input(1));
  PROOFCARD_TRY(float alpha, node.real("alpha", 1.0F));
  PROOFCARD_TRY(float beta, node.real("beta", 1.0F));
  PROOFCARD_TRY(std::int64_t trans_a, node.integer("transA", 0));
  PROOFCARD_TRY(std::int64_t trans_b, node.integer("transB", 0));
  if (node.shape_of(a).size() != 2 || node.shape_of(b).size() != 2) {
    return bad_input(node.where(), "expected matrices, found ranks {} and {}", node.shape_of(a).size(),
                     node.shape_of(b).size());
  }
  if (trans_a != 0) {
    PROOFCARD_TRY(a, transposed(node, a, {1, 0}));
  }
  if (trans_b != 0) {
    PROOFCARD_TRY(b, transposed(node, b, {1, 0}));
  }
  PROOFCARD_TRY(b, scaled(node, b, alpha));
  PROOFCARD_TRY(std::uint32_t out, node.emit(FloatOp::kMatMul, {a, b}));
  if (node.has_input(2) && beta != 0.0F) {
    PROOFCARD_TRY(std::uint32_t c, node.input(2));
    PROOFCARD_TRY(c, scaled(node, c, beta));
    const Dims shape = node.shape_of(out);
    PROOFCARD_TRY(out, node.emit(FloatOp::kAdd, {out, c}));
    if (node.shape_of(out) != shape) {
      return bad_input(node.where(), "expected C to broadcast to [{}], found [{}]", fmt::join(shape, ", "),
                       fmt::join(node.shape_of(c), ", "));
    }
  }
  return node.bind(0, out);
}

Status matmul(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t a, node.input(0));
  PROOFCARD_TRY(std::uint32_t b, node.input(1));
  PROOFCARD_TRY(std::uint32_t out, node.emit(FloatOp::kMatMul, {a, b}));
  return node.bind(0, out);
}

}  // namespace

const std::map<std::string, Translation>& linear_translations() {
  static const std::map<std::string, Translation> table = {
      {"Gemm", gemm},
      {"MatMul", matmul},
  };
  return table;
}

}  // namespace proofcard::graph
