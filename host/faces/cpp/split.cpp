#include <filesystem>
#include <proofcard/split.hpp>

#include "host/base/text.hpp"
#include "host/base/timer.hpp"
#include "host/faces/cpp/content.hpp"
#include "host/faces/cpp/convert.hpp"
#include "host/kernels/msm.hpp"
#include "host/report/run_report.hpp"
#include "host/report/text/cut_off_text.hpp"
#include "host/session/backend.hpp"
#include "host/session/split/split_model.hpp"
#include "host/session/split/split_proving.hpp"
#include "host/session/split/split_verifying.hpp"

namespace proofcard {
namespace {

using faces::or_throw;
using tools::Side;

std::size_t index_of(const SplitManifest& manifest, std::uint32_t part) {
  if (part == 0 || part > manifest.parts()) {
    faces::raise(bad_input("part", "expected 1 to {}, found {}", manifest.parts(), part));
  }
  return part - 1;
}

// inputs: takes the first part's key and a list for what was clipped, and gives the whole's inputs.
template <class MakeInputs>
Proof proved(const SplitKey& split, const std::vector<statement::Opening>& openings, const ProveOptions& options,
             const Control& control, MakeInputs inputs) {
  if (!options.output_openings.empty()) {
    faces::raise(
        bad_input("output_openings", "expected none for a split model, whose parts hand theirs over; found some"));
  }
  const statement::SplitKey& key = faces::behind(split.manifest());
  tools::Report report;
  report.command = "prove";
  report.device = control.device;
  return faces::controlled(control, report.stages, [&](Stages& stages) {
    report.clipped.emplace();
    const tools::InputValues row = inputs(*ContentAccess::of(split.parts().front()).key, *report.clipped);
    const Timer timer;
    tools::SplitProofResult result = or_throw(tools::prove_split(
        key,
        [&](std::size_t part) -> Result<std::shared_ptr<const tools::ProvingSession>> {
          return faces::session(split.parts()[part], control.device, stages);
        },
        row, options.zero_knowledge, options.seed, stages, openings, options.context));
    report.prove_ms = timer.milliseconds();
    tools::add_to_report(report, key);
    report.zero_knowledge = options.zero_knowledge;
    report.seeded = options.seed.has_value();
    report.cut_off = result.cut_off;
    report.cards = tools::card_use(control.device);
    Proof out{tools::encode_split_proof(result.proofs), faces::outputs_of({result.outputs}), {}, {}, {}};
    report.proof_bytes = out.bytes.size();
    out.report = tools::report_json(report);
    for (statement::Opening& opening : result.output_openings) {
      out.openings.push_back(faces::handle(std::move(opening)));
    }
    for (std::string& text :
         std::vector{tools::clipped_warning(*report.clipped, 1), tools::cut_off_warning(result.cut_off, 1)}) {
      if (!text.empty()) {
        out.warnings.push_back(std::move(text));
      }
    }
    return out;
  });
}

}  // namespace

SplitManifest SplitManifest::from_bytes(BytesView file, const std::string& name) {
  return faces::handle(or_throw(tools::decode_split_key(file, name)));
}
SplitManifest SplitManifest::load(const std::string& path) {
  return faces::handle(or_throw(tools::load_split_key(path)));
}
Bytes SplitManifest::bytes() const { return tools::encode_split_key(content_->key); }

void SplitManifest::save(const std::string& path, bool replace) const {
  tools::OutputFiles files;
  faces::add_key(files, path, bytes(), "manifest", replace, tools::Access::kPublic);
  or_throw(files.commit());
}

const std::string& SplitManifest::model_name() const { return content_->key.model_name; }
std::string SplitManifest::digest() const { return hex(content_->key.digest); }
std::uint32_t SplitManifest::parts() const { return static_cast<std::uint32_t>(content_->key.parts.size()); }
std::vector<TensorInfo> SplitManifest::inputs() const {
  return faces::tensor_infos(statement::outside(content_->key), false);
}
std::vector<TensorInfo> SplitManifest::outputs() const {
  return faces::tensor_infos(statement::outside(content_->key), true);
}
VerifyingKey SplitManifest::part(std::uint32_t part) const {
  return faces::handle(content_->key.parts[index_of(*this, part)]);
}
std::vector<PartSource> SplitManifest::sources(std::uint32_t part) const {
  std::vector<PartSource> out;
  for (const tensor::Source& source : content_->key.sources[index_of(*this, part)]) {
    out.push_back({source.part, source.index});
  }
  return out;
}

SplitKey SplitKey::split(const Model& model, std::uint32_t parts, bool hide_weights, const Control& control) {
  Stages stages;
  return faces::controlled(control, stages, [&](Stages& watched) {
    const prover::Backend backend = or_throw(tools::find_backend(control.device));
    const tools::CompiledModel& compiled = ContentAccess::of(model).model;
    watched.start("cuts");
    const std::vector<std::uint32_t> cuts = or_throw(tools::choose_cuts(compiled, parts));
    tools::SplitProverKey made =
        or_throw(tools::make_split_keys(or_throw(tools::split_model(compiled, cuts)), backend, hide_weights, watched));
    std::vector<ProverKey> keys;
    for (tools::ProverKey& key : made.parts) {
      keys.push_back(faces::handle(std::move(key)));
    }
    return SplitKey(faces::handle(std::move(made.key)), std::move(keys));
  });
}

SplitKey SplitKey::load(const std::string& folder) {
  const SplitManifest manifest = SplitManifest::load(tools::manifest_path(folder));
  std::vector<ProverKey> parts;
  for (std::uint32_t p = 1; p <= manifest.parts(); ++p) {
    parts.push_back(ProverKey::load(tools::part_key_path(folder, p)));
  }
  return {manifest, std::move(parts)};
}

SplitKey::SplitKey(const SplitManifest& manifest, std::vector<ProverKey> parts)
    : manifest_(manifest), parts_(std::move(parts)) {
  if (parts_.size() != manifest.parts()) {
    faces::raise(bad_input("parts", "expected the keys of {} parts, found {}", manifest.parts(), parts_.size()));
  }
  for (std::size_t p = 0; p < parts_.size(); ++p) {
    or_throw(tools::expect_part(faces::behind(manifest), p, ContentAccess::of(parts_[p]).key->vk));
  }
}

void SplitKey::save(const std::string& folder, bool replace) const {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    faces::raise(bad_input(folder, "cannot make the folder: {}", error.message()));
  }
  tools::OutputFiles files;
  faces::add_key(files, tools::manifest_path(folder), manifest_.bytes(), "manifest", replace, tools::Access::kPublic);
  for (std::size_t p = 0; p < parts_.size(); ++p) {
    faces::add_key(files, tools::part_key_path(folder, p + 1), parts_[p].bytes(), "prover key", replace,
                   tools::Access::kOwnerOnly);
  }
  or_throw(files.commit());
}

Proof SplitKey::prove(const Inputs& inputs, const ProveOptions& options, const Control& control) const {
  return proved(*this, {}, options, control, [&](const tools::ProverKey& first, tools::ClippedTensors& clipped) {
    const tools::Values values = faces::values_of(inputs, faces::input_names(first.vk.circuit), "input");
    return or_throw(tools::quantise_batch(first.model.graph, 1, values, "input", options.saturate, clipped)).front();
  });
}

Proof SplitKey::prove(const std::vector<Opening>& inputs, const ProveOptions& options, const Control& control) const {
  std::vector<statement::Opening> openings;
  for (const Opening& opening : inputs) {
    openings.push_back(faces::behind(opening));
  }
  return proved(*this, openings, options, control, [&](const tools::ProverKey& first, tools::ClippedTensors&) {
    or_throw(tools::expect_committed(first.vk.circuit, Side::kInput, "prover key"));
    const std::vector<std::string> names(openings.size(), "opening");
    return or_throw(tools::opened_inputs(first.vk.circuit, openings, names));
  });
}

Bytes join_proofs(const std::vector<Bytes>& proofs) { return tools::encode_split_proof(proofs); }

Statement verify(const SplitManifest& manifest, BytesView proof, const VerifyOptions& options, const Control& control) {
  faces::expect_processor(control);
  const statement::SplitKey& key = faces::behind(manifest);
  const circuit::Circuit whole = statement::outside(key);
  const std::vector<BytesView> proofs = or_throw(tools::decode_split_proof(proof, "proof"));
  const auto inputs = faces::expected_commitments(whole, Side::kInput, options.input_commitments);
  const auto outputs = faces::expected_commitments(whole, Side::kOutput, options.output_commitments);
  Stages stages;
  return faces::controlled(control, stages, [&](Stages& watched) {
    tools::VerifyTimes times;
    const tools::SplitStatement stated = or_throw(tools::verify_split(
        key, proofs, kernels::cpu_msm(),
        {options.key_checked, options.allow_seeded, options.allow_no_zero_knowledge, options.context}, watched, times));
    or_throw(tools::check_commitments(whole, stated.committed, Side::kInput, inputs));
    or_throw(tools::check_commitments(whole, stated.committed, Side::kOutput, outputs));
    return faces::statement_of(stated.whole, tools::weakest_part(key), statement::estimate_security(key).bits(),
                               stated.header, stated.committed);
  });
}

}  // namespace proofcard
