#include "host/session/chain/chain_statement.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "host/base/text.hpp"
#include "host/formats/json_text.hpp"
#include "host/groth16/contract/verifier_contract.hpp"
#include "host/groth16/json.hpp"
#include "host/session/values/public_values.hpp"
#include "host/wrap/public_digest.hpp"

namespace proofcard::tools {
namespace {

using circuit::Visibility;
using nlohmann::ordered_json;

// By the form of the statement.
constexpr std::uint32_t kFormat = 1, kDigestFormat = 2;
std::uint64_t max_values(wrap::PublicForm form) {
  return wrap::kWordBits * (form == wrap::PublicForm::kDigest ? wrap::kMaxDigestWords : groth16::kMaxContractSignals);
}

ordered_json tensor_json(const circuit::Circuit& circuit, const PublicSide& side, std::size_t index,
                         const std::vector<wrap::PackedTensor>& packed) {
  const std::uint32_t id = side.ids[index];
  const circuit::Tensor& t = circuit.tensors[id];
  ordered_json out{{"side", side.name},
                   {"name", t.name},
                   {"visibility", circuit::visibility_name(side.visibility)},
                   {"shape", side.shapes[index]}};
  const auto found = std::ranges::find(packed, id, &wrap::PackedTensor::tensor);
  if (found != packed.end()) {
    ByteWriter channels;
    tensor::write(channels, t.channels);
    out["dims"] = t.shape;
    out["type"] = 8 * int_type_bytes(t.type);
    out["lo"] = t.lo;
    out["hi"] = t.hi;
    out["scale"] = t.scale;
    out["channels"] = t.channels.empty() ? "" : hex(channels.bytes());
    out["bits"] = found->bits;
    out["first_word"] = found->first_word;
    out["num_words"] = found->num_words;
  }
  return out;
}

// What the statement says of its words beside its tensors.
std::vector<std::pair<const char*, std::size_t>> counts(const ChainStatement& statement, const wrap::Packing& packing) {
  if (statement.by_digest()) {
    return {{"values", packing.num_words()}, {"words_an_input", packing.words_a_row}};
  }
  return {{"context_word", packing.num_words()}};
}

class StatementReader {
 public:
  explicit StatementReader(const std::string& path) : path_(path) {}

  Result<ChainStatement> read(const ordered_json& json) {
    PROOFCARD_TRY(const std::uint64_t format, integer<std::uint64_t>(json, "format", 0, UINT32_MAX));
    if (format != kFormat && format != kDigestFormat) {
      return make_error(ErrorKind::kUnsupported, path_, "statement: expected format {} or {}, found {}", kFormat,
                        kDigestFormat, format);
    }
    ChainStatement out;
    out.form = format == kDigestFormat ? wrap::PublicForm::kDigest : wrap::PublicForm::kWords;
    PROOFCARD_TRY(out.circuit.model_name, text(json, "model"));
    PROOFCARD_TRY(out.vk_digest, text(json, "vk_digest"));
    const std::optional<Bytes> digest = from_hex(out.vk_digest);
    if (!digest || digest->size() != sizeof(statement::Digest)) {
      return bad_input(path_, "statement: vk_digest: expected {} bytes as hexadecimal digits, found {}",
                       sizeof(statement::Digest), printable(out.vk_digest, kShown));
    }
    PROOFCARD_TRY(const std::uint64_t batch, integer<std::uint64_t>(json, "batch", 1, UINT32_MAX));
    out.circuit.batch = static_cast<std::uint32_t>(batch);
    if (!json.contains("tensors") || !json.at("tensors").is_array()) {
      return bad_input(path_, "statement: tensors: expected an array, found none");
    }
    for (const ordered_json& tensor : json.at("tensors")) {
      PROOFCARD_RETURN_IF_ERROR(read_tensor(tensor, out));
    }
    return check(json, std::move(out));
  }

 private:
  static constexpr std::size_t kShown = 80;

  template <class T>
  Result<T> integer(const ordered_json& json, const char* key, T lo, T hi) const {
    if (json.is_object() && json.contains(key) && json.at(key).is_number_integer()) {
      const bool negative = !json.at(key).is_number_unsigned();
      const auto value = json.at(key).get<std::int64_t>();
      if (!negative && json.at(key).get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX)) {
        return bad_input(path_, "statement: {}: expected a number in [{}, {}], found a larger one", key, lo, hi);
      }
      if ((std::is_signed_v<T> || value >= 0) && static_cast<T>(value) >= lo && static_cast<T>(value) <= hi) {
        return static_cast<T>(value);
      }
      return bad_input(path_, "statement: {}: expected a number in [{}, {}], found {}", key, lo, hi, value);
    }
    return bad_input(path_, "statement: {}: expected a whole number, found none", key);
  }

  Result<std::string> text(const ordered_json& json, const char* key) const {
    if (!json.is_object() || !json.contains(key) || !json.at(key).is_string()) {
      return bad_input(path_, "statement: {}: expected a text, found none", key);
    }
    return json.at(key).get<std::string>();
  }

  Result<circuit::Shape> shape(const ordered_json& json, const char* key) const {
    circuit::Shape out;
    std::uint64_t size = 1;
    if (json.contains(key) && json.at(key).is_array()) {
      for (const ordered_json& n : json.at(key)) {
        if (!n.is_number_unsigned() || n.get<std::uint64_t>() == 0 || n.get<std::uint64_t>() > UINT32_MAX) {
          return bad_input(path_, "statement: {}: expected positive whole numbers, found another value", key);
        }
        out.push_back(static_cast<std::uint32_t>(n.get<std::uint64_t>()));
        size = size > kMaxElements / out.back() ? kMaxElements + 1 : size * out.back();
      }
      if (size <= kMaxElements) {
        return out;
      }
      return bad_input(path_, "statement: {}: expected at most {} values, found more", key, kMaxElements);
    }
    return bad_input(path_, "statement: {}: expected an array, found none", key);
  }

  Status read_tensor(const ordered_json& json, ChainStatement& statement) const {
    circuit::Circuit& circuit = statement.circuit;
    PROOFCARD_TRY(const std::string side, text(json, "side"));
    if (side != "input" && side != "output") {
      return bad_input(path_, "statement: side: expected input or output, found {}", printable(side, kShown));
    }
    const bool is_input = side == "input";
    circuit::Tensor t;
    t.role = is_input ? circuit::Role::kInput : circuit::Role::kOutput;
    PROOFCARD_TRY(t.name, text(json, "name"));
    PROOFCARD_TRY(const std::string seen, text(json, "visibility"));
    Visibility& visibility = is_input ? circuit.input_visibility : circuit.output_visibility;
    if (seen != circuit::visibility_name(Visibility::kPublic) &&
        seen != circuit::visibility_name(Visibility::kPrivate)) {
      return bad_input(path_, "statement: visibility: expected public or private, found {}", printable(seen, kShown));
    }
    const Visibility found =
        seen == circuit::visibility_name(Visibility::kPublic) ? Visibility::kPublic : Visibility::kPrivate;
    std::vector<std::uint32_t>& ids = is_input ? circuit.inputs : circuit.outputs;
    if (!ids.empty() && visibility != found) {
      return bad_input(path_, "statement: visibility: expected the same of all {}s, found both", side);
    }
    visibility = found;
    PROOFCARD_TRY(circuit::Shape seen_shape, shape(json, "shape"));
    (is_input ? circuit.input_shapes : circuit.output_shapes).push_back(std::move(seen_shape));
    if (found == Visibility::kPublic) {
      PROOFCARD_RETURN_IF_ERROR(read_public(json, statement, t));
    }
    ids.push_back(static_cast<std::uint32_t>(circuit.tensors.size()));
    circuit.tensors.push_back(std::move(t));
    return {};
  }

  Status read_public(const ordered_json& json, const ChainStatement& statement, circuit::Tensor& t) const {
    PROOFCARD_TRY(t.shape, shape(json, "dims"));
    if (tensor::num_elements(t.shape) > max_values(statement.form)) {
      return bad_input(path_, "statement: dims: expected at most {} public values, found {}",
                       max_values(statement.form), tensor::num_elements(t.shape));
    }
    if (const std::uint32_t batch = statement.circuit.batch; batch != 1 && (t.shape.empty() || t.shape[0] != batch)) {
      return bad_input(path_, "statement: dims: expected the {} inputs of the batch as the first, found another",
                       batch);
    }
    PROOFCARD_TRY(const std::uint64_t bits, integer<std::uint64_t>(json, "type", 8, 64));
    if (!std::has_single_bit(bits)) {
      return bad_input(path_, "statement: type: expected 8, 16, 32 or 64, found {}", bits);
    }
    t.type = static_cast<IntType>(std::countr_zero(bits / 8));
    PROOFCARD_TRY(t.lo, integer(json, "lo", int_type_min(t.type), int_type_max(t.type)));
    PROOFCARD_TRY(t.hi, integer(json, "hi", t.lo, int_type_max(t.type)));
    if (!json.contains("scale") || !json.at("scale").is_number()) {
      return bad_input(path_, "statement: scale: expected a number, found none");
    }
    t.scale = json.at("scale").get<double>();
    PROOFCARD_TRY(const std::string channels, text(json, "channels"));
    if (!channels.empty()) {
      const std::optional<Bytes> bytes = from_hex(channels);
      if (!bytes) {
        return bad_input(path_, "statement: channels: expected hexadecimal digits, found {}",
                         printable(channels, kShown));
      }
      ByteReader reader(*bytes, path_ + ": statement: channels");
      PROOFCARD_TRY(t.channels, tensor::read_channel_steps(reader));
      PROOFCARD_RETURN_IF_ERROR(reader.expect_end());
      PROOFCARD_RETURN_IF_ERROR(tensor::validate(t.channels, t.shape, path_));
    }
    return {};
  }

  // What follows from the rest is in the file for its readers, and has to be right.
  Result<ChainStatement> check(const ordered_json& json, ChainStatement statement) const {
    const circuit::Circuit& circuit = statement.circuit;
    const wrap::Packing packing = wrap::packing(circuit, statement.form);
    if (statement.by_digest() && (packing.num_words() == 0 || packing.num_words() > wrap::kMaxDigestWords)) {
      return bad_input(path_, "statement: expected 1 to {} words of values, found {}", wrap::kMaxDigestWords,
                       packing.num_words());
    }
    for (const auto& [key, expected] : counts(statement, packing)) {
      if (json.value(key, ordered_json()) != expected) {
        return bad_input(path_, "statement: {}: expected {}, found another value", key, expected);
      }
    }
    for (const wrap::PackedTensor& p : packing.tensors) {
      const ordered_json& t = json.at("tensors").at(p.tensor);
      for (const auto& [key, expected] : {std::pair<const char*, std::size_t>{"bits", p.bits},
                                          {"first_word", p.first_word},
                                          {"num_words", p.num_words}}) {
        if (t.value(key, ordered_json()) != expected) {
          return bad_input(path_, "statement: {}: expected {}, found another value", key, expected);
        }
      }
    }
    return statement;
  }

  static constexpr std::uint64_t kMaxElements = std::uint64_t{1} << 40;

  const std::string& path_;
};

}  // namespace

ChainStatement chain_statement(const statement::VerifyingKey& vk) {
  const circuit::Circuit& full = vk.circuit;
  ChainStatement out{hex(vk.digest), {}, vk.scheme.publics};
  out.circuit.model_name = full.model_name;
  out.circuit.batch = full.batch;
  out.circuit.input_visibility = full.input_visibility;
  out.circuit.output_visibility = full.output_visibility;
  for (std::uint32_t id = 0; id < full.tensors.size(); ++id) {
    const auto input = std::ranges::find(full.inputs, id), output = std::ranges::find(full.outputs, id);
    if (input == full.inputs.end() && output == full.outputs.end()) {
      continue;
    }
    const auto kept = static_cast<std::uint32_t>(out.circuit.tensors.size());
    out.circuit.tensors.push_back(full.tensors[id]);
    if (input != full.inputs.end()) {
      out.circuit.inputs.push_back(kept);
      out.circuit.input_shapes.push_back(full.input_shapes[static_cast<std::size_t>(input - full.inputs.begin())]);
    } else {
      out.circuit.outputs.push_back(kept);
      out.circuit.output_shapes.push_back(full.output_shapes[static_cast<std::size_t>(output - full.outputs.begin())]);
    }
  }
  return out;
}

std::string chain_verifier_json(const ChainVerifier& verifier) {
  const circuit::Circuit& circuit = verifier.statement.circuit;
  ordered_json out = ordered_json::parse(groth16::verifying_key_json(verifier.key));
  ordered_json tensors = ordered_json::array();
  const ChainStatement& statement = verifier.statement;
  const wrap::Packing packing = wrap::packing(circuit, statement.form);
  std::vector<ordered_json> by_id(circuit.tensors.size());
  for (const PublicSide& side : public_sides(circuit)) {
    for (std::size_t i = 0; i < side.ids.size(); ++i) {
      by_id[side.ids[i]] = tensor_json(circuit, side, i, packing.tensors);
    }
  }
  for (ordered_json& t : by_id) {
    tensors.push_back(std::move(t));
  }
  ordered_json& says = out["statement"];
  says = {{"format", statement.by_digest() ? kDigestFormat : kFormat},
          {"model", circuit.model_name},
          {"vk_digest", statement.vk_digest},
          {"batch", circuit.batch}};
  for (const auto& [key, count] : counts(statement, packing)) {
    says[key] = count;
  }
  says["tensors"] = std::move(tensors);
  return json_text(out, 1) + "\n";
}

Result<ChainVerifier> parse_chain_verifier(std::string_view text, const std::string& path) {
  ChainVerifier out;
  PROOFCARD_TRY(out.key, groth16::parse_verifying_key(text, path));
  const ordered_json json = ordered_json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("statement")) {
    return bad_input(path,
                     "expected a member \"statement\", as `proofcard chain export` writes it, found a key without");
  }
  PROOFCARD_TRY(out.statement, StatementReader(path).read(json.at("statement")));
  const std::size_t signals = wrap::num_signals(out.statement.circuit, out.statement.form);
  if (signals + 1 != out.key.ic.size()) {
    return bad_input(path, "expected a key for the {} public words of its statement, found one for {}", signals,
                     out.key.ic.size() - 1);
  }
  return out;
}

}  // namespace proofcard::tools
