// From an ONNX model to keys, in the worker's process (upload_worker.hpp): what `compile` and `setup` do.
//
// Body:   JSON, {"onnx": base64, "samples": {"input_data": ...}} and options of `compile` and `setup` by their names; docs/service.md.
// Errors: kBadInput naming the member, or what in the model is not supported, with the command line's texts.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "host/base/bytes.hpp"
#include "host/base/result.hpp"
#include "host/formats/model_files.hpp"

namespace proofcard::rest {

struct CompiledKeys {
  tools::ProverKey key;
  nlohmann::ordered_json report;  // "accuracy", "notes", "warnings"
};

// name: what the key calls the model.
Result<CompiledKeys> compile_keys(const Bytes& body, const std::string& name);

}  // namespace proofcard::rest
