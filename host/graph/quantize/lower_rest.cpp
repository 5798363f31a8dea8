// Layer normalisation and transposed convolution.
#include "host/graph/quantize/lowering.hpp"

namespace proofcard::graph {

Status Lowering::lower_layer_norm(const FloatNode& n) {
  return make_error(ErrorKind::kUnsupported, n.name, "LayerNormalization is not supported");
}

Status Lowering::lower_transposed_convolution(const FloatNode& n) {
  return make_error(ErrorKind::kUnsupported, n.name, "ConvTranspose is not supported");
}

}  // namespace proofcard::graph
