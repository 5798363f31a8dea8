// `prove`, and what it shares with proofs of a split model.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/cli/commands.hpp"
#include "host/formats/atomic_files.hpp"
#include "host/formats/model_files.hpp"
#include "host/session/values/input_values.hpp"
#include "host/statement/committed.hpp"

namespace proofcard::tools {

struct ProveCommand {
  std::string model;
  std::string input;
  std::vector<std::string> input_openings;
  std::vector<std::string> output_openings;  // without .commit and .opening
  std::string out;
  std::string vk_out;
  std::string values_out;
  std::string report;
  std::string trace;
  std::optional<std::uint64_t> seed;
  std::optional<std::string> context;
  std::size_t batch = 0;
  bool no_zk = false;
  bool saturate = false;
  bool force = false;
  ModelOptions compile;
  MachineOptions machine;
};

// The proof of options.model, a manifest, with the parts' keys beside it.
Status run_prove_split(const ProveCommand& options);

// Warns of what options.no_zk and options.seed give away.
void warn_of_mode(const ProveCommand& options);
// Exactly one of a file of values and openings was given. Errors: kBadInput.
Status check_input(const ProveCommand& options);
// The inputs, from a file of values or from openings of their commitments.
struct ProveInputs {
  std::vector<InputValues> values;  // by input of the batch
  ClippedTensors clipped;
  std::vector<statement::Opening> openings;
};
// For this key, or that of a split model's first part.
Result<ProveInputs> load_inputs(const ProveCommand& options, const ProverKey& key);
// What can be refused before long work: openings of outputs, one each, that do not stand there already.
Status check_output_openings(const ProveCommand& options, const circuit::Circuit& circuit);
Status add_output_openings(const ProveCommand& options, const std::vector<statement::Opening>& openings,
                           OutputFiles& files);

}  // namespace proofcard::tools
