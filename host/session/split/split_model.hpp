// A compiled model split in parts, each a model of its own with keys of its own, so that parts can be proved on several machines
// and verified as one (split_verifying.hpp).
//
// The whole is quantised once and then cut (graph/split.hpp): parts compute exactly its integers. What flows between parts is
// committed; who sees the whole's inputs, outputs and weights stays as it is.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/base/result.hpp"
#include "host/base/stages.hpp"
#include "host/formats/model_files.hpp"
#include "host/graph/split.hpp"
#include "host/prover/prover.hpp"

namespace proofcard::tools {

struct SplitModel {
  std::string name;
  std::vector<CompiledModel> parts;
  std::vector<std::vector<tensor::Source>> sources;  // by part, by input
  std::vector<std::uint32_t> cuts;
};

// What parts of a model may share.
graph::SplitRules split_rules(circuit::Visibility input, circuit::Visibility weights);

// Cuts where parts are balanced by what their proofs cost, and among these where least flows.
// Errors: kBadInput naming "--parts" when the model cannot be cut in so many, and what is in the way.
Result<std::vector<std::uint32_t>> choose_cuts(const CompiledModel& model, std::uint32_t parts);

// Errors: those of graph::split, and kBadInput for fewer than 2 or more than 64 parts.
Result<SplitModel> split_model(const CompiledModel& model, const std::vector<std::uint32_t>& cuts);

struct SplitProverKey {
  std::vector<ProverKey> parts;
  statement::SplitKey key;
};
// Stages: those of make_key, part by part. Errors: those of make_key.
Result<SplitProverKey> make_split_keys(SplitModel model, const prover::Backend& backend, bool hide_weights,
                                       Stages& stages);

// Files in a folder: what verifiers need, and each part's prover key, from 1.
std::string manifest_path(const std::string& folder);
std::string part_key_path(const std::string& folder, std::size_t part);

}  // namespace proofcard::tools
