// Reads what strangers upload in a process of its own, which may die of it: the program itself, as the hidden command
// `serve-worker`, with limits on memory and time, without the service's files, connections and environment.
//
// Tasks:  "compile" makes keys of an ONNX model (compile_task.hpp);
//         "key" reads a prover key or a verification key, and checks the proof that its weights are in range;
//         "verify" reads a verification key and a proof, and says what `verify --json` says.
// Errors: those of the task, with the text of the command line; kBadInput for an upload that ended the process.
#pragma once

#include <cstdint>
#include <string>

#include "host/base/bytes.hpp"
#include "host/base/result.hpp"

namespace proofcard::rest {

struct WorkerLimits {
  unsigned seconds = 0;            // of processor time; twice as many may pass
  std::uint64_t memory_bytes = 0;  // of address space
};

struct ReadKey {
  bool can_prove = false;
  std::string digest;
  std::string description;  // JSON, as `inspect --json` prints
  Bytes verifying_key;      // a .vk file
};
Result<ReadKey> read_key(ByteView upload, const WorkerLimits& limits);

struct CompiledModel {
  ReadKey read;
  Bytes prover_key;    // a .pk file
  std::string report;  // JSON: "accuracy", "notes", "warnings"
};
// name: what the key is to call the model.
Result<CompiledModel> compile_upload(ByteView body, const std::string& name, const WorkerLimits& limits);

// JSON, as `verify --json` prints it, of accepted and of rejected proofs. key_checked: the weights of this key were checked.
Result<std::string> verify_upload(ByteView verifying_key, ByteView proof, const std::string& context_hex,
                                  bool key_checked, const WorkerLimits& limits);

// The worker's side: does the task with the files 3 and 4, and returns what it has to print. Errors: of its limits; the
// task's own are in the text.
struct WorkerTask {
  std::string name;
  std::string model_name;
  std::string context_hex;
  bool key_checked = false;
  WorkerLimits limits;
};
Result<std::string> work(const WorkerTask& task);

}  // namespace proofcard::rest
