// Keys of models that `prove MODEL.onnx` compiled before, in the user's cache directory (mode 0700: keys hold weights).
//
// Name: Keccak-256 of the ONNX file and the model's name, the calibration file, the options and the program's version.
#pragma once

#include <optional>
#include <string>

#include "host/base/result.hpp"
#include "host/base/stages.hpp"
#include "host/prover/prover.hpp"
#include "host/session/model.hpp"

namespace proofcard::tools {

struct CachedKey {
  ProverKey key;
  std::string vk_path;                // of the cached one; empty for a key that the caller was given
  bool reused = false;                // it was in the cache
  std::optional<double> setup_ms;     // when it was compiled and set up now
  std::vector<std::string> notes;     // of the compilation, when it was compiled now
  std::vector<std::string> warnings;  // of the compilation, also when the key is used again
};

// $XDG_CACHE_HOME/proofcard, or ~/.cache/proofcard. Made when it does not exist.
// Errors: kIo; kBadInput if it belongs to another user or others may enter it.
Result<std::string> cache_directory();

Result<CachedKey> cached_key(const std::string& onnx_path, const ModelOptions& options, const prover::Backend& backend,
                             bool hide_weights, Stages& stages);

}  // namespace proofcard::tools
