#include <proofcard/keys.hpp>

#include "host/base/text.hpp"
#include "host/faces/cpp/content.hpp"
#include "host/faces/cpp/convert.hpp"
#include "host/formats/atomic_files.hpp"
#include "host/session/backend.hpp"
#include "host/session/values/committed_values.hpp"

namespace proofcard {
namespace {

using faces::or_throw;
using tools::Side;

prover::Backend processor() {
  or_throw(isa_status());
  return or_throw(tools::find_backend("cpu"));
}

}  // namespace

Commitment Commitment::from_bytes(BytesView file, const std::string& name) {
  return faces::handle(or_throw(tools::decode_commitment(file, name)));
}
Commitment Commitment::load(const std::string& path) { return faces::handle(or_throw(tools::load_commitment(path))); }
Bytes Commitment::bytes() const { return tools::encode_commitment(content_->commitment); }
std::string Commitment::digest() const { return hex(statement::digest(content_->commitment)); }

Opening Opening::from_bytes(BytesView file, const std::string& name) {
  return faces::handle(or_throw(tools::decode_opening(file, name)));
}
Opening Opening::load(const std::string& path) { return faces::handle(or_throw(tools::load_opening(path))); }
Bytes Opening::bytes() const { return tools::encode_opening(content_->opening); }
Commitment Opening::commitment() const {
  return faces::handle(or_throw(tools::commit(processor(), content_->opening)));
}

void Opening::save(const std::string& name, bool replace) const {
  tools::OutputFiles files;
  or_throw(tools::add_opening(files, name, content_->opening, faces::behind(commitment()), replace));
  or_throw(files.commit());
}

Opening commit(const VerifyingKey& key, const Inputs& values, std::size_t index, bool output, bool saturate) {
  const circuit::Circuit& circuit = faces::behind(key).circuit;
  const Side side = output ? Side::kOutput : Side::kInput;
  or_throw(tools::expect_committed(circuit, side, "verification key"));
  const std::vector<std::uint32_t>& ids = tools::tensors_of(circuit, side);
  if (index >= ids.size()) {
    faces::raise(bad_input("index", "expected less than {}, found {}", ids.size(), index));
  }
  std::vector<std::string> names;
  for (const std::uint32_t id : ids) {
    names.push_back(circuit.tensors[id].name);
  }
  tools::Values given = faces::values_of(values, names, "values");
  if (output) {
    given.outputs = std::move(given.inputs);
    given.has_outputs = true;
  }
  tools::ClippedTensors clipped;
  IntVector integers = or_throw(tools::tensor_values(circuit, side, index, given, "values", saturate, clipped));
  return faces::handle(or_throw(tools::make_opening(circuit.tensors[ids[index]], std::move(integers), true)));
}

Output open(const Commitment& commitment, const Opening& opening) {
  const statement::Opening& opened = faces::behind(opening);
  or_throw(tools::check_opening(processor(), opened, faces::behind(commitment)));
  Output out{"", {opened.descriptor.shape.begin(), opened.descriptor.shape.end()}, {}, {}};
  const tensor::Encoding encoding = tensor::encoding(opened.descriptor);
  for (std::size_t i = 0; i < opened.values.size(); ++i) {
    out.integers.push_back(opened.values[i]);
    out.reals.push_back(encoding.real(i, opened.values[i]));
  }
  return out;
}

}  // namespace proofcard
