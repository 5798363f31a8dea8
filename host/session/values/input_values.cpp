#include "host/session/values/input_values.hpp"

#include <algorithm>

#include "host/graph/real_values.hpp"

namespace proofcard::tools {
namespace {

void add(ClippedTensors& clipped, const graph::Graph& graph, std::size_t row,
         const std::vector<std::uint64_t>& beyond) {
  for (std::size_t i = 0; i < beyond.size(); ++i) {
    if (beyond[i] == 0) {
      continue;
    }
    const graph::Tensor& t = graph.tensors[graph.inputs[i]];
    auto known = std::ranges::find(clipped, t.name, &ClippedTensor::name);
    if (known == clipped.end()) {
      known = clipped.insert(known, {.name = t.name, .first_row = row});
    }
    known->values += beyond[i];
    known->of += tensor::num_elements(t.shape);
    ++known->rows;
  }
}

}  // namespace

Result<InputValues> quantise_row(const graph::Graph& graph, std::size_t row, const RealSample& sample,
                                 const std::string& where, bool saturate, ClippedTensors& clipped) {
  std::vector<std::uint64_t> beyond;
  auto inputs = graph::quantize_reals(graph, sample, saturate, &beyond);
  if (!inputs.ok()) {
    Error error = inputs.error();
    error.where = where + ": " + error.where;
    if (!saturate && graph::quantize_reals(graph, sample, true).ok()) {
      error.what += " (compile with --calibrate FILE of samples like this one, or allow clipping with --saturate)";
    }
    return error;
  }
  add(clipped, graph, row, beyond);
  return inputs;
}

Result<std::vector<InputValues>> quantise_batch(const graph::Graph& graph, std::uint32_t batch, const Values& values,
                                                const std::string& path, bool saturate, ClippedTensors& clipped) {
  std::vector<RealSample> samples;
  if (batch == 1) {
    auto one = one_sample(values, graph.input_shapes, path);
    if (!one.ok()) {
      Error error = one.error();
      if (const auto many = many_samples(values, graph.input_shapes, path); many.ok() && many->size() > 1) {
        error.what += fmt::format(
            ": these are {0} inputs, and a key made with `setup --batch {0}` proves as many at once", many->size());
      }
      return error;
    }
    samples.push_back(std::move(one).value());
  } else {
    PROOFCARD_TRY(samples, many_samples(values, graph.input_shapes, path));
    PROOFCARD_RETURN_IF_ERROR(expect_batch(samples.size(), batch, path));
  }
  std::vector<InputValues> out;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    PROOFCARD_TRY(
        out.emplace_back(),
        quantise_row(graph, i, samples[i], batch == 1 ? path : fmt::format("{}: row {}", path, i), saturate, clipped));
  }
  return out;
}

Status expect_batch(std::size_t found, std::uint32_t batch, const std::string& where) {
  if (found != batch) {
    return bad_input(where, "expected {} inputs, one a row, as many as the key proves at once, found {}", batch, found);
  }
  return {};
}

}  // namespace proofcard::tools
