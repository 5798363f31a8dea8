// The window of a convolution or pool.
#include <algorithm>

#include "host/graph/onnx/import_parts.hpp"

namespace proofcard::graph {

Status read_window(const NodeReader& node, FloatNode& n, const Dims& x, Dims kernel) {
  if (x.size() < 3) {
    return bad_input(node.where(), "expected an input of rank 3 or more, found rank {}", x.size());
  }
  const std::size_t spatial = x.size() - 2;
  PROOFCARD_TRY(n.kernel, node.integers("kernel_shape", kernel));
  PROOFCARD_TRY(n.strides, node.integers("strides", Dims(spatial, 1)));
  PROOFCARD_TRY(n.dilations, node.integers("dilations", Dims(spatial, 1)));
  PROOFCARD_TRY(n.pads, node.integers("pads", Dims(2 * spatial, 0)));
  PROOFCARD_TRY(std::string automatic, node.text("auto_pad", "NOTSET"));
  PROOFCARD_TRY(std::int64_t ceil, node.integer("ceil_mode", 0));
  constexpr std::int64_t kMax = std::int64_t{1} << 24;
  const auto small = [&](const Dims& v, std::size_t size, std::int64_t low) {
    return v.size() == size && std::all_of(v.begin(), v.end(), [&](auto e) { return e >= low && e <= kMax; });
  };
  if (!small(n.kernel, spatial, 1) || !small(n.strides, spatial, 1) || !small(n.dilations, spatial, 1)) {
    return bad_input(node.where(),
                     "expected {} kernel sizes, strides and dilations from 1 to {}, found kernel [{}], strides [{}], "
                     "dilations [{}]",
                     spatial, kMax, fmt::join(n.kernel, ", "), fmt::join(n.strides, ", "),
                     fmt::join(n.dilations, ", "));
  }
  if (automatic == "VALID") {
    n.pads.assign(2 * spatial, 0);
  } else if (automatic == "SAME_UPPER" || automatic == "SAME_LOWER") {
    n.pads.assign(2 * spatial, 0);
    for (std::size_t i = 0; i < spatial; ++i) {
      const std::int64_t out = (x[2 + i] + n.strides[i] - 1) / n.strides[i];
      const std::int64_t extent = n.dilations[i] * (n.kernel[i] - 1) + 1;
      const std::int64_t total = std::max<std::int64_t>(0, (out - 1) * n.strides[i] + extent - x[2 + i]);
      const std::int64_t half = total / 2;
      n.pads[i] = automatic == "SAME_UPPER" ? half : total - half;
      n.pads[spatial + i] = total - n.pads[i];
    }
  } else if (automatic != "NOTSET" && !automatic.empty()) {
    return bad_input(node.where(), "expected auto_pad NOTSET, VALID, SAME_UPPER or SAME_LOWER, found {}",
                     foreign_name(automatic));
  }
  if (!small(n.pads, 2 * spatial, 0)) {
    return node.unsupported(
        fmt::format("it needs {} pads from 0 to {}, and has [{}]", 2 * spatial, kMax, fmt::join(n.pads, ", ")));
  }
  if (n.include_pad) {
    n.ints.assign(n.pads.begin() + static_cast<std::ptrdiff_t>(spatial), n.pads.end());
  }
  for (std::size_t i = 0; ceil != 0 && i < spatial; ++i) {
    const std::int64_t extent = n.dilations[i] * (n.kernel[i] - 1) + 1;
    const std::int64_t padded = x[2 + i] + n.pads[i] + n.pads[spatial + i];
    const std::int64_t left = padded - extent;
    if (left < 0 || left % n.strides[i] == 0) {
      continue;
    }
    // A last window that does not fit is added when it starts before the end padding.
    if ((left / n.strides[i] + 1) * n.strides[i] < x[2 + i] + n.pads[i]) {
      n.pads[spatial + i] += n.strides[i] - left % n.strides[i];
    }
  }
  return {};
}

}  // namespace proofcard::graph
