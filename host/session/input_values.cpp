#include "host/session/input_values.hpp"

#include "host/graph/real_values.hpp"

namespace proofcard::tools {

Result<std::vector<InputValues>> quantise_batch(const graph::Graph& graph, std::uint32_t batch, const Values& values,
                                                const std::string& path, bool saturate) {
  std::vector<RealSample> samples;
  if (batch == 1) {
    PROOFCARD_TRY(samples.emplace_back(), one_sample(values, graph.input_shapes, path));
  } else {
    PROOFCARD_TRY(samples, many_samples(values, graph.input_shapes, path));
    PROOFCARD_RETURN_IF_ERROR(expect_batch(samples.size(), batch, path));
  }
  std::vector<InputValues> out;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    auto inputs = graph::quantize_reals(graph, samples[i], saturate);
    if (!inputs.ok()) {
      return explain_range(inputs.error(), batch == 1 ? path : fmt::format("{}: row {}", path, i), saturate);
    }
    out.push_back(std::move(inputs).value());
  }
  return out;
}

Status expect_batch(std::size_t found, std::uint32_t batch, const std::string& where) {
  if (found != batch) {
    return bad_input(where, "expected {} inputs, one a row, as many as the key proves at once, found {}", batch, found);
  }
  return {};
}

Error explain_range(Error error, const std::string& where, bool saturate) {
  if (!saturate) {
    error.where = where + ": " + error.where;
    error.what += " (compile with --calibrate FILE of samples like this one, or allow clipping with --saturate)";
  }
  return error;
}

}  // namespace proofcard::tools
