// Keys, proofs and their verification.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <proofcard/commitment.hpp>
#include <proofcard/control.hpp>
#include <proofcard/errors.hpp>
#include <proofcard/model.hpp>
#include <proofcard/values.hpp>
#include <string>
#include <vector>

namespace proofcard {

struct SetupOptions {
  std::uint32_t batch = 1;   // inputs that a proof is of
  bool hide_weights = true;  // false: the key shows them, so that proofs without zero knowledge are possible
  // "hyrax": points of BN254. "hash": for longer proofs that stay sound against quantum computers; hide_weights has to be false
  // then, unless weights are public: they are hidden for a number of proofs only, which the command line counts.
  std::string commitments = "hyrax";
  std::uint32_t security = 100;  // with "hash": bits that are proved for openings, 100 to 128
};

struct ProveOptions {
  bool zero_knowledge = true;           // false: faster, and hides nothing; verifiers refuse it unless they allow it
  std::optional<std::uint64_t> seed{};  // deterministic blinding, for tests: verifiers refuse that unless they allow it
  bool saturate = false;                // clip inputs beyond the model's range instead of refusing them
  Bytes context{};                      // what the proof is made for, at most 32 bytes: a nonce, a recipient
  // What committed outputs are to be blinded with, one opening each, made by infer(); empty: they are blinded anew.
  std::vector<Opening> output_openings{};
};

// What a model gives, without a proof of it.
struct Inference {
  std::vector<Output> outputs;
  std::vector<Opening> openings;  // of the outputs, with fresh blinding, when they are committed
};

struct Proof {
  Bytes bytes;                        // a proof file
  std::vector<Output> outputs;        // what the model gave, whoever may see it in the proof
  std::vector<Opening> openings;      // of the outputs, when they are committed
  std::vector<std::string> warnings;  // what the prover should know, as values inside that were cut off
  std::string report;                 // JSON, as `prove --report` writes it; with cards or values cut off it is secret
};

// What a verifier needs of a model: the content of a .vk file. A value, as Model is.
class PROOFCARD_API VerifyingKey {
 public:
  static VerifyingKey from_bytes(BytesView file, const std::string& name = "verification key");
  static VerifyingKey load(const std::string& path);
  Bytes bytes() const;
  // Errors: BadInput, also when another key stands there, unless `replace`.
  void save(const std::string& path, bool replace = false) const;

  const std::string& model_name() const;
  std::string digest() const;  // 64 hexadecimal digits: names the circuit and its weights
  std::uint32_t batch() const;
  std::vector<TensorInfo> inputs() const;
  std::vector<TensorInfo> outputs() const;

  struct Content;  // the library's own

 private:
  friend struct ContentAccess;
  explicit VerifyingKey(std::shared_ptr<const Content> content) : content_(std::move(content)) {}
  std::shared_ptr<const Content> content_;
};

// The content of a .pk file: model and weights, and a verification key. A value, as Model is. What depends on the key alone
// is prepared by the first proof on a device and kept.
class PROOFCARD_API ProverKey {
 public:
  // Errors: BadInput; DeviceFault; Cancelled.
  static ProverKey setup(const Model& model, const SetupOptions& options = {}, const Control& control = {});

  static ProverKey from_bytes(BytesView file, const std::string& name = "prover key");
  static ProverKey load(const std::string& path);
  Bytes bytes() const;
  // NAME.pk, which only the owner can read, and NAME.vk. Errors: BadInput, also when other keys stand there, unless `replace`.
  void save(const std::string& name, bool replace = false) const;

  VerifyingKey verifying_key() const;

  // Runs the model on an input, or on as many as the key's batch, and proves it.
  // Errors: BadInput for inputs of another shape, not finite or beyond the model's range, and for options that the key does
  // not allow; DeviceFault; Cancelled.
  Proof prove(const Inputs& inputs, const ProveOptions& options = {}, const Control& control = {}) const;
  // The same of inputs that are committed already, one opening an input.
  Proof prove(const std::vector<Opening>& inputs, const ProveOptions& options = {}, const Control& control = {}) const;

  // Runs the model, and commits to its outputs if they are to be: whoever goes on from them need not wait for the proof, which is
  // made with ProveOptions::output_openings. Errors: BadInput, as of prove().
  Inference infer(const Inputs& inputs, bool saturate = false) const;
  Inference infer(const std::vector<Opening>& inputs) const;

  struct Content;  // the library's own

 private:
  friend struct ContentAccess;
  explicit ProverKey(std::shared_ptr<const Content> content) : content_(std::move(content)) {}
  std::shared_ptr<const Content> content_;
};

struct VerifyOptions {
  bool allow_seeded = false;
  bool allow_no_zero_knowledge = false;
  // This key's weights were checked before (by a call without this): skip the check that is due once a model.
  bool key_checked = false;
  // That the proof's committed inputs and outputs have to be; empty: any.
  std::vector<Commitment> input_commitments{};
  std::vector<Commitment> output_commitments{};
  // What the proof has to be made for; empty: one that was made with a context is rejected.
  Bytes context{};
};

// An input or output as a proof states it.
struct StatedTensor {
  TensorInfo info;
  std::optional<Output> value{};            // of a public one
  std::optional<std::string> commitment{};  // digest, of a committed one
};

// An input of the model's file that its key has as a constant, so that the proof is about the model with this value.
struct FixedInput {
  std::string name;
  std::vector<double> values;  // row-major
};

// What an accepted proof says.
struct Statement {
  std::string model_name;
  std::string vk_digest;
  std::uint32_t batch = 1;
  bool zero_knowledge = false;
  bool seeded = false;
  bool weights_hidden = false;  // by the key
  double security_bits = 0;
  std::vector<StatedTensor> inputs;
  std::vector<StatedTensor> outputs;
  std::vector<FixedInput> fixed_inputs;
  Bytes context;  // what the proof was made for: VerifyOptions::context
};

// Errors: Rejected with the stage; BadInput for bytes that are no proof, and options that do not fit the key; Cancelled.
// Always computed by the processor: control.device has to be "cpu".
PROOFCARD_API Statement verify(const VerifyingKey& key, BytesView proof, const VerifyOptions& options = {},
                               const Control& control = {});

}  // namespace proofcard
