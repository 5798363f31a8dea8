// What translations of several operators are made of. Private to graph/onnx.
#pragma once

#include <optional>

#include "host/graph/onnx/importer.hpp"

namespace proofcard::graph {

Result<std::uint32_t> scaled(const NodeReader& node, std::uint32_t x, float factor);
Result<std::uint32_t> concatenated(const NodeReader& node, std::vector<std::uint32_t> parts, std::int64_t axis);
Result<std::uint32_t> transposed(const NodeReader& node, std::uint32_t x, Dims permutation);
inline constexpr std::int64_t kMaxRepeats = std::int64_t{1} << 24;  // each is an index that is kept
// Every entry of an axis so many times in a row, or the whole axis so many times. Errors: more than kMaxRepeats.
Result<std::uint32_t> repeated(const NodeReader& node, std::uint32_t x, std::size_t axis, std::int64_t times,
                               bool each_entry);
// Integers as their type has them: where arithmetic may have led beyond its ends, wrapped around; reductions end there. What a node of the file
// gives goes through this (NodeReader::bind).
Result<std::uint32_t> wrapped(const NodeReader& node, std::uint32_t x);
// Pow whose exponent is computed.
Status computed_power(const NodeReader& node);
// The logarithm of x, when x was computed as a sum of exponentials: without numbers as large as those.
Result<std::optional<std::uint32_t>> written_out_log_sum_exp(const NodeReader& node, std::uint32_t x);
// The larger or the smaller of two.
Result<std::uint32_t> extremum(const NodeReader& node, bool max, std::uint32_t a, std::uint32_t b);
// A slice of every axis in full: starts, steps, counts.
FloatNode whole_slice(const NodeReader& node, std::uint32_t x);
// Strides, dilations, pads and kernel of a convolution or pool, with auto_pad and ceil_mode resolved to pads. With
// include_pad, `ints` are the pads at the ends that count.
Status read_window(const NodeReader& node, FloatNode& n, const Dims& x, Dims kernel);
// A convolution with the window, strides, pads and groups of the file's node.
Result<FloatNode> convolution_node(const NodeReader& node, FloatOp op, std::uint32_t x, std::uint32_t w);
// x - m - log(sum exp(x - m)) over the axes, with the maximum m of each row.
Result<std::uint32_t> log_of_softmax(const NodeReader& node, std::uint32_t x, const Dims& axes);
// x - subtrahend where that is the logarithm of the summed exponentials of x over axes: log_of_softmax. Nothing otherwise.
Result<std::optional<std::uint32_t>> written_out_log_softmax(const NodeReader& node, std::uint32_t x,
                                                             std::uint32_t subtrahend);
// 1 / (1 + exp(x)): the logistic of -x. Nothing otherwise.
Result<std::optional<std::uint32_t>> written_out_sigmoid(const NodeReader& node, std::uint32_t dividend,
                                                         std::uint32_t divisor);
// The exponential of a log_of_softmax over one axis: that softmax. Nothing otherwise.
Result<std::optional<std::uint32_t>> written_out_softmax(const NodeReader& node, std::uint32_t exponent);
// The squared Euclidean distances of rows x, [N, F], to constant rows, [n, F]: [N, n]. The square is written out, around the middle of
// the rows, so that x meets them in one matrix product.
Result<std::uint32_t> squared_distances(const NodeReader& node, std::uint32_t x, const FloatTensor& rows);
// The same where a difference [A, B, F] of rows and constant rows, each along an axis of its own, is squared and summed over its last
// axis. Nothing otherwise.
Result<std::optional<std::uint32_t>> written_out_distances(const NodeReader& node, std::uint32_t difference,
                                                           const Dims& axes, bool keep);
// Of a Scan over rows, [n, F], with the state x, [N, F], which stays: what all its turns give together, [n, N], where that is a
// distance (Euclidean and squared, or Manhattan). Nothing otherwise.
Result<std::optional<std::uint32_t>> scanned_distances(const NodeReader& node, std::uint32_t x, std::uint32_t rows);
// What Gather gives. Indices are constant, or an axis of one-hot rows is multiplied with x.
Result<std::uint32_t> gathered(const NodeReader& node, std::uint32_t x, std::uint32_t indices, std::int64_t axis);
// By the root of the mean square over the axes plus epsilon; centred: of x - mean.
FloatNode normalise(const NodeReader& node, std::uint32_t x, Dims axes, float epsilon, bool centred);
// dividend / divisor where they were computed as those of a normalisation: divisor is the root of the mean square of
// dividend, perhaps with something added, or of its sum of squares. Nothing otherwise.
Result<std::optional<std::uint32_t>> written_out_normalisation(const NodeReader& node, std::uint32_t dividend,
                                                               std::uint32_t divisor);

}  // namespace proofcard::graph
