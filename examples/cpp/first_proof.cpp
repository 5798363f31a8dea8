// From an ONNX file to a verified proof: first_proof MODEL.onnx SAMPLES.json FOLDER
//
// Proves the model on an input of zeros, as its author; verifies the proof, as somebody who has the verification key.
#include <cstdio>
#include <proofcard/proofcard.hpp>

namespace {

// As the author of the model. Writes FOLDER/model.pk, which stays here, and FOLDER/model.vk, which everybody may have.
proofcard::Proof prove(const std::string& onnx, const std::string& samples, const std::string& folder) {
  proofcard::CompileOptions options;
  options.samples_file = samples;
  const proofcard::Model model = proofcard::Model::compile_file(onnx, options);
  for (const std::string& warning : model.warnings()) {
    std::fprintf(stderr, "warning: %s\n", warning.c_str());
  }
  const proofcard::ProverKey key = proofcard::ProverKey::setup(model);
  key.save(folder + "/model", true);

  proofcard::Inputs input;
  for (const proofcard::TensorInfo& info : model.inputs()) {
    proofcard::Array array{info.shape, {}, info.name};
    std::size_t size = 1;
    for (const std::size_t axis : info.shape) {
      size *= axis;
    }
    array.values.assign(size, 0.0);
    input.push_back(array);
  }
  proofcard::Control control;
  control.progress = [](const std::string& stage) { std::fprintf(stderr, "  %s\n", stage.c_str()); };
  return key.prove(input, {}, control);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: first_proof MODEL.onnx SAMPLES.json FOLDER\n");
    return 2;
  }
  try {
    const proofcard::Proof proof = prove(argv[1], argv[2], argv[3]);

    const auto key = proofcard::VerifyingKey::load(std::string(argv[3]) + "/model.vk");
    const proofcard::Statement statement = proofcard::verify(key, proof.bytes);
    std::printf("accepted: %s gave", statement.model_name.c_str());
    for (const proofcard::StatedTensor& output : statement.outputs) {
      for (const double value : output.value->reals) {
        std::printf(" %g", value);
      }
    }
    std::printf(" for an input that stays hidden; %zu bytes\n", proof.bytes.size());
    return 0;
  } catch (const proofcard::Rejected& e) {
    std::fprintf(stderr, "rejected at %s: %s\n", e.stage().c_str(), e.what());
    return 1;
  } catch (const proofcard::Failure& e) {
    std::fprintf(stderr, "error: %s\n", e.what());
    return 2;
  }
}
