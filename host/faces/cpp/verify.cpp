#include <proofcard/keys.hpp>

#include "host/base/text.hpp"
#include "host/faces/cpp/content.hpp"
#include "host/faces/cpp/convert.hpp"
#include "host/formats/model_files.hpp"
#include "host/kernels/msm.hpp"
#include "host/session/setup.hpp"
#include "host/session/values/committed_values.hpp"
#include "host/session/verifying.hpp"
#include "host/statement/security.hpp"
#include "host/tensor/encoding.hpp"

namespace proofcard {
namespace {

using faces::or_throw;
using tools::Side;

Output value_of(const circuit::Circuit& circuit, std::uint32_t id, TensorInfo info, const IntVector& integers) {
  Output out{std::move(info.name), std::move(info.shape), {}, {}};
  if (circuit.batch != 1) {
    out.shape.insert(out.shape.begin(), circuit.batch);
  }
  const tensor::Encoding encoding = tensor::encoding(circuit.tensors[id]);
  for (std::size_t i = 0; i < integers.size(); ++i) {
    out.integers.push_back(integers[i]);
    out.reals.push_back(encoding.real(i, integers[i]));
  }
  return out;
}

std::vector<StatedTensor> stated(const circuit::Circuit& circuit, Side side, const statement::Header& header,
                                 const statement::CommittedRows& committed) {
  std::vector<StatedTensor> out;
  for (TensorInfo& info : faces::tensor_infos(circuit, side == Side::kOutput)) {
    const std::uint32_t id = tools::tensors_of(circuit, side)[out.size()];
    StatedTensor tensor{info};
    if (circuit.is_public(id)) {
      tensor.value = value_of(circuit, id, std::move(info), header.publics[id]);
    }
    if (!committed[id].empty()) {
      tensor.commitment = hex(statement::digest({statement::describe(circuit.tensors[id]), committed[id]}));
    }
    out.push_back(std::move(tensor));
  }
  return out;
}

}  // namespace

namespace faces {

tools::ExpectedCommitments expected_commitments(const circuit::Circuit& circuit, tools::Side side,
                                                const std::vector<Commitment>& commitments) {
  const std::string what = std::string(tools::side_name(side)) + " commitment";
  or_throw(tools::expect_one_each(circuit, side, commitments.size(), what));
  tools::ExpectedCommitments out;
  for (const Commitment& commitment : commitments) {
    out.paths.push_back(what);
    out.commitments.push_back(behind(commitment));
  }
  return out;
}

void expect_processor(const Control& control) {
  if (control.device != "cpu") {
    raise(bad_input("device", "expected cpu: a card that answers wrongly must not decide about a proof; found {}",
                    control.device));
  }
}

Statement statement_of(const statement::VerifyingKey& vk, const statement::VerifyingKey& weakest, double security_bits,
                       const statement::Header& header, const statement::CommittedRows& committed) {
  const circuit::Circuit& circuit = vk.circuit;
  std::vector<FixedInput> fixed;
  for (const tensor::FixedInput& input : circuit.fixed) {
    fixed.push_back({input.name, input.values});
  }
  return Statement{circuit.model_name,
                   hex(vk.digest),
                   circuit.batch,
                   header.mode.zero_knowledge,
                   header.mode.seeded,
                   tools::hides_weights(weakest),
                   security_bits,
                   stated(circuit, Side::kInput, header, committed),
                   stated(circuit, Side::kOutput, header, committed),
                   std::move(fixed),
                   header.context};
}

}  // namespace faces

Statement verify(const VerifyingKey& key, BytesView proof, const VerifyOptions& options, const Control& control) {
  faces::expect_processor(control);
  const statement::VerifyingKey& vk = faces::behind(key);
  const circuit::Circuit& circuit = vk.circuit;
  or_throw(tools::expect_kind(proof, tools::FileKind::kProof, "proof"));
  const auto inputs = faces::expected_commitments(circuit, Side::kInput, options.input_commitments);
  const auto outputs = faces::expected_commitments(circuit, Side::kOutput, options.output_commitments);
  Stages stages;
  return faces::controlled(control, stages, [&](Stages& watched) {
    tools::VerifyTimes times;
    statement::CommittedRows committed;
    const statement::Header header = or_throw(tools::verify_proof(
        vk, proof, kernels::cpu_msm(),
        {options.key_checked, options.allow_seeded, options.allow_no_zero_knowledge, options.context}, watched, times,
        committed));
    or_throw(tools::check_commitments(circuit, committed, Side::kInput, inputs));
    or_throw(tools::check_commitments(circuit, committed, Side::kOutput, outputs));
    return faces::statement_of(vk, vk, statement::estimate_security(circuit, vk.layout, vk.scheme).bits(), header,
                               committed);
  });
}

}  // namespace proofcard
