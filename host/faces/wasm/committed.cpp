#include "host/faces/wasm/committed.hpp"

#include "host/base/text.hpp"
#include "host/faces/wasm/flags.hpp"
#include "host/formats/model_files.hpp"
#include "host/kernels/int_gemm.hpp"
#include "host/report/json/inputs_json.hpp"
#include "host/report/text/cut_off_text.hpp"

namespace proofcard::faces::wasm {
namespace {

using nlohmann::ordered_json;
using tools::Side;

Result<Answer> commit(ByteView key, ByteView values, std::uint32_t index, std::uint32_t flags) {
  const Side side = (flags & kOutputSide) != 0 ? Side::kOutput : Side::kInput;
  PROOFCARD_TRY(const circuit::Circuit circuit, tools::decode_circuit(key, "key"));
  PROOFCARD_RETURN_IF_ERROR(tools::expect_committed(circuit, side, "key"));
  const std::vector<std::uint32_t>& ids = tools::tensors_of(circuit, side);
  if (index >= ids.size()) {
    return bad_input("index", "expected less than {}, found {}", ids.size(), index);
  }
  PROOFCARD_TRY(const tools::Values given, tools::parse_json_values(values, "values"));
  tools::ClippedTensors clipped;
  PROOFCARD_TRY(IntVector integers,
                tools::tensor_values(circuit, side, index, given, "values", (flags & kSaturate) != 0, clipped));
  PROOFCARD_TRY(const statement::Opening opening,
                tools::make_opening(circuit.tensors[ids[index]], std::move(integers), (flags & kNoZeroKnowledge) == 0));
  PROOFCARD_TRY(const statement::Commitment commitment, tools::commit(processor(), opening));
  ordered_json json{{"digest", hex(statement::digest(commitment))}, {"warnings", ordered_json::array()}};
  if (const std::string text = tools::clipped_warning(clipped, 1); !text.empty()) {
    json["warnings"].push_back(text);
  }
  return Answer{std::move(json), {tools::encode_commitment(commitment), tools::encode_opening(opening)}};
}

Result<Answer> open(ByteView commitment_file, ByteView opening_file) {
  PROOFCARD_TRY(const statement::Commitment commitment, tools::decode_commitment(commitment_file, "commitment"));
  PROOFCARD_TRY(const statement::Opening opening, tools::decode_opening(opening_file, "opening"));
  PROOFCARD_RETURN_IF_ERROR(tools::check_opening(processor(), opening, commitment));
  const statement::Descriptor& d = opening.descriptor;
  const tensor::Encoding encoding = tensor::encoding(d);
  ordered_json json{{"digest", hex(statement::digest(commitment))},
                    {"shape", d.shape},
                    {"scale", d.scale},
                    {"channels", tools::channels_json(d.channels)},
                    {"integers", ordered_json::array()},
                    {"reals", ordered_json::array()}};
  for (std::size_t i = 0; i < opening.values.size(); ++i) {
    json["integers"].push_back(opening.values[i]);
    json["reals"].push_back(encoding.real(i, opening.values[i]));
  }
  return Answer{std::move(json)};
}

}  // namespace

prover::Backend processor() { return {kernels::cpu_msm(), kernels::cpu_int_gemm()}; }

Result<tools::ExpectedCommitments> expected_commitments(const circuit::Circuit& circuit, Side side, ByteView list) {
  const std::string what = std::string(tools::side_name(side)) + " commitment";
  PROOFCARD_TRY(const std::vector<ListedFile> files, read_list(list, what));
  PROOFCARD_RETURN_IF_ERROR(tools::expect_one_each(circuit, side, files.size(), what));
  tools::ExpectedCommitments out;
  for (const ListedFile& file : files) {
    out.paths.push_back(file.given ? what : std::string(tools::kAnyCommitment));
    out.commitments.emplace_back();
    if (file.given) {
      PROOFCARD_TRY(out.commitments.back(), tools::decode_commitment(file.file, what));
    }
  }
  return out;
}

Result<std::vector<statement::Opening>> read_openings(ByteView list) {
  PROOFCARD_TRY(const std::vector<ListedFile> files, read_list(list, "opening"));
  std::vector<statement::Opening> out;
  for (const ListedFile& file : files) {
    PROOFCARD_TRY(statement::Opening opening, tools::decode_opening(file.file, "opening"));
    out.push_back(std::move(opening));
  }
  return out;
}

Status add_openings(Answer& answer, const std::vector<statement::Opening>& openings) {
  answer.json["openings"] = ordered_json::array();
  for (const statement::Opening& opening : openings) {
    PROOFCARD_TRY(const statement::Commitment commitment, tools::commit(processor(), opening));
    answer.json["openings"].push_back({{"digest", hex(statement::digest(commitment))}});
    answer.parts.push_back(tools::encode_commitment(commitment));
    answer.parts.push_back(tools::encode_opening(opening));
  }
  return {};
}

}  // namespace proofcard::faces::wasm

using proofcard::ByteView;
namespace wasm = proofcard::faces::wasm;

PROOFCARD_EXPORT(proofcard_commit)
std::uint8_t* proofcard_commit(const std::uint8_t* key, std::uint32_t key_size, const std::uint8_t* values,
                               std::uint32_t values_size, std::uint32_t index, std::uint32_t flags) {
  return wasm::give(wasm::commit(ByteView(key, key_size), ByteView(values, values_size), index, flags));
}

PROOFCARD_EXPORT(proofcard_open)
std::uint8_t* proofcard_open(const std::uint8_t* commitment, std::uint32_t commitment_size, const std::uint8_t* opening,
                             std::uint32_t opening_size) {
  return wasm::give(wasm::open(ByteView(commitment, commitment_size), ByteView(opening, opening_size)));
}
