#include "host/report/json/verdict_json.hpp"

#include "host/base/text.hpp"
#include "host/report/json/inputs_json.hpp"
#include "host/session/setup.hpp"
#include "host/statement/security.hpp"

namespace proofcard::tools {
namespace {

using nlohmann::ordered_json;

template <class T>
ordered_json or_null(const std::optional<T>& value) {
  return value ? ordered_json(*value) : ordered_json(nullptr);
}

ordered_json tensor_json(const Verdict& verdict, const PublicSide& side, std::size_t index) {
  const std::uint32_t id = side.ids[index];
  const circuit::Tensor& t = verdict.vk.circuit.tensors[id];
  ordered_json out{{"side", side.name},
                   {"name", t.name},
                   {"shape", side.shapes[index]},
                   {"visibility", circuit::visibility_name(side.visibility)},
                   {"scale", t.scale},
                   {"channels", channels_json(t.channels)},
                   {"comparison", nullptr},
                   {"integers", nullptr},
                   {"commitment", nullptr}};
  for (const ComparedTensor& compared : verdict.compared) {
    if (compared.tensor == &t) {
      out["comparison"] = outcome_name(compared.outcome);
    }
  }
  if (side.visibility == circuit::Visibility::kPublic) {
    const IntVector& values = verdict.header->publics[id];
    out["integers"] = ordered_json::array();
    for (std::size_t i = 0; i < values.size(); ++i) {
      out["integers"].push_back(values[i]);
    }
  }
  if (!verdict.committed[id].empty()) {
    out["commitment"] = hex(statement::digest({statement::describe(t), verdict.committed[id]}));
  }
  return out;
}

}  // namespace

ordered_json verdict_json(const Verdict& verdict) {
  const statement::VerifyingKey& vk = verdict.vk;
  const statement::Security security = verdict.split != nullptr
                                           ? statement::estimate_security(*verdict.split)
                                           : statement::estimate_security(vk.circuit, vk.layout, vk.scheme);
  const bool verifies = verdict.header != nullptr;
  ordered_json out{{"accepted", !verdict.rejected},
                   {"reason", or_null(verdict.rejected)},
                   {"model", vk.circuit.model_name},
                   {"vk_digest", hex(vk.digest)},
                   {"parts", verdict.split != nullptr ? ordered_json(verdict.split->parts.size()) : ordered_json()},
                   {"batch", vk.circuit.batch},
                   {"fixed_inputs", fixed_inputs_json(vk.circuit.fixed)},
                   {"weights", circuit::visibility_name(vk.circuit.weight_visibility)},
                   {"weights_hidden", hides_weights(verdict.split != nullptr ? weakest_part(*verdict.split) : vk)},
                   {"zero_knowledge", verifies ? ordered_json(verdict.header->mode.zero_knowledge) : ordered_json()},
                   {"seeded", verifies ? ordered_json(verdict.header->mode.seeded) : ordered_json()},
                   {"context", verifies && !verdict.header->context.empty() ? ordered_json(hex(verdict.header->context))
                                                                            : ordered_json()},
                   {"security_bits", security.bits()},
                   {"statistical_bits", security.statistical_bits},
                   {"vk_check_ms", or_null(verdict.times.key_ms)},
                   {"verify_ms", or_null(verdict.times.proof_ms)},
                   {"tensors", ordered_json::array()}};
  for (const PublicSide& side : public_sides(vk.circuit)) {
    for (std::size_t i = 0; verifies && i < side.ids.size(); ++i) {
      out["tensors"].push_back(tensor_json(verdict, side, i));
    }
  }
  return out;
}

}  // namespace proofcard::tools
