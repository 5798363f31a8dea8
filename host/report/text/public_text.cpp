#include "host/report/text/public_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "host/base/text.hpp"
#include "host/formats/model_files.hpp"
#include "host/formats/values.hpp"

namespace proofcard::tools {
namespace {

using Outcome = ComparedTensor::Outcome;

std::string format_values(const circuit::Tensor& t, const IntVector& values, std::size_t first, std::size_t size,
                          std::size_t max_values) {
  std::string out;
  const tensor::Encoding encoding = tensor::encoding(t);
  const std::size_t shown = std::min(size, max_values);
  for (std::size_t k = 0; k < shown; ++k) {
    const std::int64_t integer = values[first + k];
    out += fmt::format("  [{}] {:>12.6g}   (integer {})\n", k, encoding.real(first + k, integer), integer);
  }
  return shown < size ? out + fmt::format("  ... {} more\n", size - shown) : out;
}

// The first values of the first rows.
std::string format_rows(const circuit::Tensor& t, const IntVector& values, std::uint32_t batch) {
  constexpr std::uint32_t kRowsShown = 10;
  constexpr std::size_t kValuesShown = 3;
  std::string out;
  for (std::uint32_t row = 0; row < std::min(batch, kRowsShown); ++row) {
    out += fmt::format(" row {}\n", row);
    out += format_values(t, values, row * (values.size() / batch), values.size() / batch, kValuesShown);
  }
  return batch > kRowsShown ? out + fmt::format(" ... {} more rows (--json has all)\n", batch - kRowsShown) : out;
}

}  // namespace

std::string format_public(const circuit::Circuit& circuit, const statement::PublicTensors& publics,
                          std::size_t max_values) {
  std::string out;
  for (const PublicSide& side : public_sides(circuit)) {
    for (std::size_t i = 0; i < side.ids.size(); ++i) {
      const circuit::Tensor& t = circuit.tensors[side.ids[i]];
      out += fmt::format("{} \"{}\" {}: ", side.name, printable(t.name, kMaxShownName), shape_text(side.shapes[i]));
      if (side.visibility != circuit::Visibility::kPublic) {
        out += fmt::format("hidden ({})\n", circuit::visibility_name(side.visibility));
        continue;
      }
      out += fmt::format("public, {}\n", tensor::describe_scale(t.scale, t.channels));
      out += circuit.batch == 1 ? format_values(t, publics[side.ids[i]], 0, publics[side.ids[i]].size(), max_values)
                                : format_rows(t, publics[side.ids[i]], circuit.batch);
    }
  }
  return out;
}

std::string format_compared(std::span<const ComparedTensor> tensors, const std::string& path) {
  std::string out;
  for (const ComparedTensor& t : tensors) {
    out += fmt::format("{} \"{}\" {}: {}", t.side, printable(t.tensor->name, kMaxShownName), shape_text(t.shape),
                       outcome_name(t.outcome));
    out += t.outcome == Outcome::kAgrees ? fmt::format(" with {}\n", printable(path)) : "\n";
  }
  return out;
}

std::string format_commitments(const circuit::Circuit& circuit, const statement::CommittedRows& rows) {
  std::string out;
  for (const Side side : {Side::kInput, Side::kOutput}) {
    for (const std::uint32_t id : tensors_of(circuit, side)) {
      if (!rows[id].empty()) {
        const statement::Commitment commitment{statement::describe(circuit.tensors[id]), rows[id]};
        out += fmt::format("{} \"{}\": commitment {}\n", side_name(side), shown_name(circuit.tensors[id].name),
                           hex(statement::digest(commitment)));
      }
    }
  }
  return out;
}

}  // namespace proofcard::tools
