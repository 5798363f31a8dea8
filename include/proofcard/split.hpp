// A model split in parts that are proved by themselves, on several machines, and verified as one: "this input through the whole
// model gave this output", and nothing that flows between parts is shown.
#pragma once

#include <cstdint>
#include <memory>
#include <proofcard/keys.hpp>
#include <string>
#include <vector>

namespace proofcard {

// Where an input of a part comes from.
struct PartSource {
  std::uint32_t part = 0;   // counted from 1; 0: the whole model's inputs
  std::uint32_t index = 0;  // of that part's outputs, or of the model's inputs
};

// What verifiers need of a split model: the content of a split.manifest. Its digest names all parts and what flows between them.
// A value, as Model is.
class PROOFCARD_API SplitManifest {
 public:
  static SplitManifest from_bytes(BytesView file, const std::string& name = "manifest");
  static SplitManifest load(const std::string& path);
  Bytes bytes() const;
  // Errors: BadInput, also when another manifest stands there, unless `replace`.
  void save(const std::string& path, bool replace = false) const;

  const std::string& model_name() const;
  std::string digest() const;  // 64 hexadecimal digits
  std::uint32_t parts() const;
  // Of the whole.
  std::vector<TensorInfo> inputs() const;
  std::vector<TensorInfo> outputs() const;
  // Of a part, from 1. Errors: BadInput for another number.
  VerifyingKey part(std::uint32_t part) const;
  // Where each of the part's inputs comes from. Errors: as above.
  std::vector<PartSource> sources(std::uint32_t part) const;

  struct Content;  // the library's own

 private:
  friend struct ContentAccess;
  explicit SplitManifest(std::shared_ptr<const Content> content) : content_(std::move(content)) {}
  std::shared_ptr<const Content> content_;
};

// The prover keys of all parts. A value, as Model is.
class PROOFCARD_API SplitKey {
 public:
  // Cut where parts cost alike and little flows. hide_weights: as SetupOptions has it.
  // Errors: BadInput when the model cannot be cut in so many parts (2 to 64), saying what is in the way; DeviceFault; Cancelled.
  static SplitKey split(const Model& model, std::uint32_t parts, bool hide_weights = true, const Control& control = {});
  // The files of `proofcard split -o FOLDER`. Errors: BadInput, also for keys of another manifest.
  static SplitKey load(const std::string& folder);
  // parts: in order. Errors: BadInput for keys that are not the manifest's.
  SplitKey(const SplitManifest& manifest, std::vector<ProverKey> parts);
  // split.manifest and part1.pk, part2.pk, ..., which only the owner can read, in a folder, which is made. Errors: BadInput, also
  // when other keys stand there, unless `replace`.
  void save(const std::string& folder, bool replace = false) const;

  const SplitManifest& manifest() const { return manifest_; }
  const std::vector<ProverKey>& parts() const { return parts_; }

  // Proves part after part. Proof::bytes: a file with the proofs of all parts, which verify() takes.
  // Errors: as ProverKey::prove.
  Proof prove(const Inputs& inputs, const ProveOptions& options = {}, const Control& control = {}) const;
  Proof prove(const std::vector<Opening>& inputs, const ProveOptions& options = {}, const Control& control = {}) const;

 private:
  SplitManifest manifest_;
  std::vector<ProverKey> parts_;
};

// A file of the proofs of all parts, in order: SplitKey::prove's, of parts that were proved apart. Nothing is verified.
PROOFCARD_API Bytes join_proofs(const std::vector<Bytes>& proofs);

// Statement::vk_digest is the manifest's. Errors: Rejected, naming the part, also for parts that are missing, exchanged, given
// twice, or of two runs; BadInput for bytes that are no proofs; Cancelled.
PROOFCARD_API Statement verify(const SplitManifest& manifest, BytesView proof, const VerifyOptions& options = {},
                               const Control& control = {});

}  // namespace proofcard
