#include "host/report/text/split_text.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "host/base/text.hpp"
#include "host/formats/values.hpp"
#include "host/report/json/describe_json.hpp"
#include "host/report/json/inputs_json.hpp"
#include "host/report/json/inspect_json.hpp"
#include "host/report/run_report.hpp"
#include "host/report/text/cost_text.hpp"
#include "host/report/text/plan_text.hpp"
#include "host/session/cost.hpp"
#include "host/session/setup.hpp"
#include "host/session/split/split_verifying.hpp"

namespace proofcard::tools {
namespace {

using nlohmann::ordered_json;

// Parts that read an output, from 1.
std::vector<std::size_t> readers(const statement::SplitKey& key, const tensor::Source& source) {
  std::vector<std::size_t> out;
  for (std::size_t p = source.part; p < key.parts.size(); ++p) {
    if (std::ranges::find(key.sources[p], source) != key.sources[p].end()) {
      out.push_back(p + 1);
    }
  }
  return out;
}

std::uint64_t committed_bytes(const circuit::Tensor& t) {
  return tensor::num_elements(t.shape) * int_type_bytes(t.type);
}

}  // namespace

std::string format_parts(const statement::SplitKey& key) {
  std::string out;
  for (std::size_t p = 0; p < key.parts.size(); ++p) {
    const circuit::Circuit& c = key.parts[p].circuit;
    const Cost cost = estimate_cost(c);
    out += fmt::format("  part {}: proof of about {}, {:.2f} s\n", p + 1, format_bytes(cost.proof_bytes),
                       cost.prove_seconds);
    for (std::uint32_t o = 0; o < c.outputs.size() && p + 1 < key.parts.size(); ++o) {
      const circuit::Tensor& t = c.tensors[c.outputs[o]];
      out += fmt::format("    hands \"{}\" {}, {}, to part {}\n", printable(t.name, kMaxShownName), shape_text(t.shape),
                         format_bytes(committed_bytes(t)),
                         fmt::join(readers(key, {static_cast<std::uint32_t>(p + 1), o}), " and "));
    }
  }
  return out;
}

std::string describe_split(const statement::SplitKey& key, const std::string& path, std::size_t bytes) {
  const circuit::Circuit whole = statement::outside(key);
  const statement::Security security = statement::estimate_security(key);
  std::string out = fmt::format("{}: the manifest of a split model, {}\nmanifest digest {}\n", printable(path),
                                format_bytes(bytes), hex(key.digest));
  out += fmt::format("model {} in {} parts: input {}, output {}, weights {}\n", shown_name(key.model_name),
                     key.parts.size(), circuit::visibility_name(whole.input_visibility),
                     circuit::visibility_name(whole.output_visibility), weights_text(weakest_part(key)));
  out += fixed_inputs_text(whole.fixed);
  for (std::size_t p = 0; p < key.parts.size(); ++p) {
    out += fmt::format("  part {}: vk digest {}, {} relations, {} lookups\n", p + 1, hex(key.parts[p].digest),
                       key.parts[p].circuit.relations.size(), key.parts[p].circuit.lookups.size());
  }
  out += format_parts(key);
  out += fmt::format("security: {:.0f} bits (statistical {:.0f})\n", security.bits(), security.statistical_bits);
  return out;
}

ordered_json split_json(const statement::SplitKey& key, const std::string& path, std::size_t bytes) {
  ordered_json json = file_json(path, "split manifest", bytes);
  json["model"] = key.model_name;
  json["digest"] = hex(key.digest);
  json["weights_hidden"] = hides_weights(weakest_part(key));
  json["parts"] = ordered_json::array();
  for (std::size_t p = 0; p < key.parts.size(); ++p) {
    ordered_json sources = ordered_json::array();
    for (const tensor::Source& source : key.sources[p]) {
      sources.push_back({{"part", source.part}, {"index", source.index}});
    }
    ordered_json part{{"vk_digest", hex(key.parts[p].digest)},
                      {"inputs_from", std::move(sources)},
                      {"estimate", to_json(estimate_cost(key.parts[p].circuit))}};
    part.update(circuit_json(key.parts[p].circuit, key.parts[p].layout));
    json["parts"].push_back(std::move(part));
  }
  return json;
}

}  // namespace proofcard::tools
