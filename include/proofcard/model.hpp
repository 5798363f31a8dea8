// A compiled model: a network as integers, ready to be set up. The content of a .pcm file, which holds the weights.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <proofcard/control.hpp>
#include <proofcard/errors.hpp>
#include <proofcard/values.hpp>
#include <string>
#include <vector>

namespace proofcard {

struct ContentAccess;

// The options of the program's `compile`, by the same names (README.md); defaults are the program's.
struct CompileOptions {
  std::string name{};  // of the model, in its keys, which everybody sees; empty: the file's name, or "model"
  Visibility input = Visibility::kPrivate;
  Visibility output = Visibility::kPublic;
  Visibility weights = Visibility::kPrivate;
  // Typical inputs, with an axis of samples in front; or a file of them; neither: ranges are the model's own, or made up.
  Inputs samples{};
  std::string samples_file{};
  unsigned bits = 0;                  // 8 or 16; 0: the cheapest that reach target_accuracy
  double target_accuracy = 99;        // per cent
  std::string measure{};              // "error", "prediction", "cosine"; empty: what suits each output
  unsigned output_bits = 32;          // 8, 16 or 32
  std::string input_like{};           // a .pcm, .pk or .vk whose outputs the inputs are to be
  std::vector<std::string> shapes{};  // NAME=1x3x224x224, of inputs whose dimensions the ONNX file leaves open
  std::vector<std::string> fixed{};   // NAME=VALUE,...: inputs that become constants
  std::uint32_t generate = 0;         // tokens that a language model gives; 0: it is taken as it is
  std::optional<std::uint64_t> end_token{};
};

// A value: copies share what is in it, which never changes. All functions may be called from several threads.
class PROOFCARD_API Model {
 public:
  // Errors: BadInput, naming what in the file or the options is not supported or does not fit; Cancelled.
  static Model compile(BytesView onnx, const CompileOptions& options = {}, const Control& control = {});
  // Weights may lie in files beside this one.
  static Model compile_file(const std::string& path, const CompileOptions& options = {}, const Control& control = {});

  // A .pcm. `name` stands for the bytes in errors. Errors: BadInput.
  static Model from_bytes(BytesView file, const std::string& name = "model");
  static Model load(const std::string& path);
  Bytes bytes() const;
  // Readable by the owner only. Errors: BadInput.
  void save(const std::string& path) const;

  const std::string& name() const;
  std::vector<TensorInfo> inputs() const;
  std::vector<TensorInfo> outputs() const;
  // What compiling assumed or approximated, and what it warns of; empty of a model that was loaded.
  const std::vector<std::string>& notes() const;
  const std::vector<std::string>& warnings() const;
  // JSON, as `compile --report` writes it: accuracy, plan, estimate. Of a model that was loaded those are null.
  const std::string& report() const;

  // Integer inference, without a proof. saturate: clip inputs beyond the model's range instead of refusing them.
  // Errors: BadInput, for inputs of another shape, not finite, or beyond the range.
  std::vector<Output> run(const Inputs& inputs, bool saturate = false) const;

  struct Content;  // the library's own

 private:
  friend struct ContentAccess;
  explicit Model(std::shared_ptr<const Content> content) : content_(std::move(content)) {}
  std::shared_ptr<const Content> content_;
};

}  // namespace proofcard
