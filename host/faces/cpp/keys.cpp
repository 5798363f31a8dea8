#include <algorithm>
#include <iterator>
#include <proofcard/keys.hpp>

#include "host/base/text.hpp"
#include "host/base/timer.hpp"
#include "host/faces/cpp/content.hpp"
#include "host/faces/cpp/convert.hpp"
#include "host/formats/atomic_files.hpp"
#include "host/report/run_report.hpp"
#include "host/report/text/cut_off_text.hpp"
#include "host/session/backend.hpp"
#include "host/session/inference.hpp"
#include "host/session/setup.hpp"
#include "host/session/values/committed_values.hpp"

namespace proofcard {

namespace faces {

void add_key(tools::OutputFiles& files, const std::string& path, const Bytes& content, const char* what, bool replace,
             tools::Access access) {
  if (!replace) {
    or_throw(tools::keep_other_file(path, content, what));
  }
  or_throw(files.add(path, content, access));
}

// Nothing of the caller's runs while the key is locked: progress may prove with this key, too.
std::shared_ptr<const tools::ProvingSession> session(const ProverKey& key, const std::string& device, Stages& stages) {
  const ProverKey::Content& content = ContentAccess::of(key);
  {
    const std::scoped_lock lock(content.mutex);
    if (const auto found = content.sessions.find(device); found != content.sessions.end()) {
      return found->second;
    }
  }
  stages.start("weights");
  const std::scoped_lock lock(content.mutex);
  if (const auto found = content.sessions.find(device); found != content.sessions.end()) {
    return found->second;
  }
  const StagesUnobserved quiet(stages);
  const prover::Backend backend = or_throw(tools::find_backend(device));
  auto made = std::make_shared<const tools::ProvingSession>(
      or_throw(tools::ProvingSession::make(content.key, backend, stages)));
  content.sessions.emplace(device, made);
  return made;
}

}  // namespace faces

namespace {

using faces::add_key;
using faces::or_throw;

std::vector<statement::Opening> all_behind(const std::vector<Opening>& openings) {
  std::vector<statement::Opening> out;
  std::ranges::transform(openings, std::back_inserter(out), [](const Opening& o) { return faces::behind(o); });
  return out;
}

// inputs: gives one tools::InputValues a row of the batch, and takes a list for what was clipped.
template <class MakeInputs>
Proof proved(const ProverKey& key, std::span<const statement::Opening> openings, const ProveOptions& options,
             const Control& control, MakeInputs inputs) {
  const ProverKey::Content& content = ContentAccess::of(key);
  const std::vector<statement::Opening> of_outputs = all_behind(options.output_openings);
  tools::Report report;
  report.command = "prove";
  report.device = control.device;
  return faces::controlled(control, report.stages, [&](Stages& stages) {
    report.clipped.emplace();
    const std::vector<tools::InputValues> rows = inputs(*report.clipped);
    const auto prepared = faces::session(key, control.device, stages);
    const Timer timer;
    tools::ProofResult result = or_throw(
        prepared->prove(rows, options.zero_knowledge, options.seed, stages, openings, options.context, of_outputs));
    report.prove_ms = timer.milliseconds();
    tools::add_to_report(report, *content.key, result, {options.zero_knowledge, options.seed.has_value()});
    report.cards = tools::card_use(control.device);
    Proof out{std::move(result.proof), faces::outputs_of(result.outputs), {}, {}, tools::report_json(report)};
    for (statement::Opening& opening : result.output_openings) {
      out.openings.push_back(faces::handle(std::move(opening)));
    }
    for (std::string& text : std::vector{tools::clipped_warning(*report.clipped, rows.size()),
                                         tools::cut_off_warning(result.cut_off, rows.size())}) {
      if (!text.empty()) {
        out.warnings.push_back(std::move(text));
      }
    }
    return out;
  });
}

}  // namespace

VerifyingKey VerifyingKey::from_bytes(BytesView file, const std::string& name) {
  return faces::handle(or_throw(tools::decode_verifying_key(file, name)));
}

VerifyingKey VerifyingKey::load(const std::string& path) {
  return faces::handle(or_throw(tools::load_verifying_key(path)));
}

Bytes VerifyingKey::bytes() const { return tools::encode_verifying_key(content_->vk); }

void VerifyingKey::save(const std::string& path, bool replace) const {
  tools::OutputFiles files;
  add_key(files, path, bytes(), "verification key", replace, tools::Access::kPublic);
  or_throw(files.commit());
}

const std::string& VerifyingKey::model_name() const { return content_->vk.circuit.model_name; }
std::string VerifyingKey::digest() const { return hex(content_->vk.digest); }
std::uint32_t VerifyingKey::batch() const { return content_->vk.circuit.batch; }
std::vector<TensorInfo> VerifyingKey::inputs() const { return faces::tensor_infos(content_->vk.circuit, false); }
std::vector<TensorInfo> VerifyingKey::outputs() const { return faces::tensor_infos(content_->vk.circuit, true); }

ProverKey ProverKey::setup(const Model& model, const SetupOptions& options, const Control& control) {
  if (options.batch == 0) {
    faces::raise(bad_input("batch", "expected at least 1, found 0"));
  }
  const pcs::Scheme scheme = or_throw(tools::find_scheme(options.commitments, options.security));
  if (scheme.kind == pcs::Kind::kHash && options.hide_weights &&
      ContentAccess::of(model).model.options.weights != circuit::Visibility::kPublic) {
    faces::raise(
        bad_input("hide_weights",
                  "expected false with commitments by hashes: they hide weights for a number of proofs that has to be "
                  "counted, which `proofcard setup` and `proofcard prove` do"));
  }
  Stages stages;
  return faces::controlled(control, stages, [&](Stages& watched) {
    const prover::Backend backend = or_throw(tools::find_backend(control.device));
    tools::CompiledModel compiled = ContentAccess::of(model).model;
    compiled.options.batch = options.batch;
    return faces::handle(
        or_throw(tools::make_key(std::move(compiled), backend, options.hide_weights, watched, scheme)));
  });
}

ProverKey ProverKey::from_bytes(BytesView file, const std::string& name) {
  return faces::handle(or_throw(tools::decode_prover_key(file, name)));
}

ProverKey ProverKey::load(const std::string& path) { return faces::handle(or_throw(tools::load_prover_key(path))); }

Bytes ProverKey::bytes() const { return tools::encode_prover_key(*content_->key); }

void ProverKey::save(const std::string& name, bool replace) const {
  tools::OutputFiles files;
  add_key(files, name + ".vk", verifying_key().bytes(), "verification key", replace, tools::Access::kPublic);
  add_key(files, name + ".pk", bytes(), "prover key", replace, tools::Access::kOwnerOnly);
  or_throw(files.commit());
}

VerifyingKey ProverKey::verifying_key() const { return faces::handle(content_->key->vk); }

namespace {

std::vector<tools::InputValues> rows_of(const tools::ProverKey& key, const Inputs& inputs, bool saturate,
                                        tools::ClippedTensors& clipped) {
  const tools::Values values = faces::values_of(inputs, faces::input_names(key.vk.circuit), "input");
  return or_throw(tools::quantise_batch(key.model.graph, key.vk.circuit.batch, values, "input", saturate, clipped));
}

std::vector<tools::InputValues> rows_of(const tools::ProverKey& key, const std::vector<statement::Opening>& openings) {
  or_throw(tools::expect_committed(key.vk.circuit, tools::Side::kInput, "prover key"));
  const std::vector<std::string> names(openings.size(), "opening");
  return {or_throw(tools::opened_inputs(key.vk.circuit, openings, names))};
}

Inference inferred(const tools::ProverKey& key, const std::vector<tools::InputValues>& rows) {
  or_throw(isa_status());
  const auto outputs = or_throw(tools::infer(key.model.graph, rows));
  Inference out{faces::outputs_of(outputs), {}};
  const circuit::Circuit& circuit = key.vk.circuit;
  for (std::size_t i = 0; circuit.output_visibility == circuit::Visibility::kCommitted && i < circuit.outputs.size();
       ++i) {
    const circuit::Tensor& t = circuit.tensors[circuit.outputs[i]];
    const std::vector<std::int64_t>& integers = outputs.front()[i].integers;
    IntVector values(t.type, integers.size());
    for (std::size_t k = 0; k < integers.size(); ++k) {
      values.set(k, integers[k]);
    }
    out.openings.push_back(faces::handle(or_throw(tools::make_opening(t, std::move(values), true))));
  }
  return out;
}

}  // namespace

Proof ProverKey::prove(const Inputs& inputs, const ProveOptions& options, const Control& control) const {
  return proved(*this, {}, options, control, [&](tools::ClippedTensors& clipped) {
    return rows_of(*content_->key, inputs, options.saturate, clipped);
  });
}

Proof ProverKey::prove(const std::vector<Opening>& inputs, const ProveOptions& options, const Control& control) const {
  const std::vector<statement::Opening> openings = all_behind(inputs);
  return proved(*this, openings, options, control,
                [&](tools::ClippedTensors&) { return rows_of(*content_->key, openings); });
}

Inference ProverKey::infer(const Inputs& inputs, bool saturate) const {
  tools::ClippedTensors clipped;
  return inferred(*content_->key, rows_of(*content_->key, inputs, saturate, clipped));
}

Inference ProverKey::infer(const std::vector<Opening>& inputs) const {
  return inferred(*content_->key, rows_of(*content_->key, all_behind(inputs)));
}

}  // namespace proofcard
