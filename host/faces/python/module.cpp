// proofcard._native: the C++ library as it is, for the package proofcard, which takes and gives what Python programs have.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <proofcard/proofcard.hpp>

#include "errors.hpp"
#include "long_call.hpp"

namespace nb = nanobind;
using namespace nb::literals;
using proofcard::python::long_call;

namespace proofcard::python {
namespace {

using Doubles = nb::ndarray<const double, nb::c_contig, nb::device::cpu>;

BytesView view(const nb::bytes& bytes) { return {static_cast<const std::uint8_t*>(bytes.data()), bytes.size()}; }
nb::bytes to_python(const Bytes& bytes) { return nb::bytes(bytes.data(), bytes.size()); }

Array to_array(const std::string& name, const Doubles& numbers) {
  Array out{{}, {numbers.data(), numbers.data() + numbers.size()}, name};
  for (std::size_t i = 0; i < numbers.ndim(); ++i) {
    out.shape.push_back(numbers.shape(i));
  }
  return out;
}

// A NumPy array of its own.
template <class T>
nb::object to_numpy(const std::vector<T>& numbers, const std::vector<std::size_t>& shape) {
  auto owned = std::make_unique<std::vector<T>>(numbers);
  T* data = owned->data();
  const nb::capsule owner(owned.get(), [](void* p) noexcept { delete static_cast<std::vector<T>*>(p); });
  static_cast<void>(owned.release());
  return nb::ndarray<nb::numpy, T>(data, shape.size(), shape.data(), owner).cast();
}

void bind_values(nb::module_& m) {
  nb::enum_<Visibility>(m, "Visibility")
      .value("private", Visibility::kPrivate)
      .value("public", Visibility::kPublic)
      .value("committed", Visibility::kCommitted);
  nb::enum_<FileKind>(m, "FileKind")
      .value("model", FileKind::kModel)
      .value("prover_key", FileKind::kProverKey)
      .value("verifying_key", FileKind::kVerifyingKey)
      .value("proof", FileKind::kProof)
      .value("commitment", FileKind::kCommitment)
      .value("opening", FileKind::kOpening)
      .value("split_manifest", FileKind::kSplitKey)
      .value("split_proof", FileKind::kSplitProof)
      .value("other", FileKind::kOther);
  nb::class_<Array>(m, "Array").def_ro("name", &Array::name).def_ro("shape", &Array::shape);
  m.def("array", &to_array, "name"_a, "numbers"_a);
  nb::class_<TensorInfo>(m, "TensorInfo")
      .def_ro("name", &TensorInfo::name)
      .def_ro("shape", &TensorInfo::shape)
      .def_ro("visibility", &TensorInfo::visibility)
      .def_ro("scale", &TensorInfo::scale);
  nb::class_<Output>(m, "Output")
      .def_ro("name", &Output::name)
      .def_ro("shape", &Output::shape)
      .def_prop_ro("integers", [](const Output& o) { return to_numpy(o.integers, o.shape); })
      .def_prop_ro("reals", [](const Output& o) { return to_numpy(o.reals, o.shape); });
}

void bind_model(nb::module_& m) {
  nb::class_<CompileOptions>(m, "CompileOptions")
      .def(nb::init<>())
      .def_rw("name", &CompileOptions::name)
      .def_rw("input", &CompileOptions::input)
      .def_rw("output", &CompileOptions::output)
      .def_rw("weights", &CompileOptions::weights)
      .def_rw("samples", &CompileOptions::samples)
      .def_rw("samples_file", &CompileOptions::samples_file)
      .def_rw("bits", &CompileOptions::bits)
      .def_rw("target_accuracy", &CompileOptions::target_accuracy)
      .def_rw("measure", &CompileOptions::measure)
      .def_rw("output_bits", &CompileOptions::output_bits)
      .def_rw("input_like", &CompileOptions::input_like)
      .def_rw("shapes", &CompileOptions::shapes)
      .def_rw("fixed", &CompileOptions::fixed)
      .def_rw("generate", &CompileOptions::generate)
      .def_rw("end_token", &CompileOptions::end_token, nb::arg().none());
  nb::class_<Model>(m, "Model")
      .def_static(
          "compile",
          [](const nb::bytes& onnx, const CompileOptions& options, const std::string& device,
             const nb::object& progress) {
            return long_call(device, progress, [options, onnx = view(onnx)](const Control& control) {
              return Model::compile(onnx, options, control);
            });
          },
          "onnx"_a, "options"_a, "device"_a, "progress"_a.none())
      .def_static(
          "compile_file",
          [](const std::string& path, const CompileOptions& options, const std::string& device,
             const nb::object& progress) {
            return long_call(device, progress, [&path, options](const Control& control) {
              return Model::compile_file(path, options, control);
            });
          },
          "path"_a, "options"_a, "device"_a, "progress"_a.none())
      .def_static(
          "from_bytes",
          [](const nb::bytes& file, const std::string& name) { return Model::from_bytes(view(file), name); }, "file"_a,
          "name"_a)
      .def("bytes", [](const Model& model) { return to_python(model.bytes()); })
      .def("save", &Model::save, "path"_a, nb::call_guard<nb::gil_scoped_release>())
      .def_prop_ro("name", &Model::name)
      .def("inputs", &Model::inputs)
      .def("outputs", &Model::outputs)
      .def_prop_ro("notes", &Model::notes)
      .def_prop_ro("warnings", &Model::warnings)
      .def_prop_ro("report", &Model::report)
      .def("run", &Model::run, "inputs"_a, "saturate"_a, nb::call_guard<nb::gil_scoped_release>());
}

void bind_commitments(nb::module_& m) {
  nb::class_<Commitment>(m, "Commitment")
      .def_static(
          "from_bytes",
          [](const nb::bytes& file, const std::string& name) { return Commitment::from_bytes(view(file), name); },
          "file"_a, "name"_a)
      .def("bytes", [](const Commitment& c) { return to_python(c.bytes()); })
      .def_prop_ro("digest", &Commitment::digest);
  nb::class_<Opening>(m, "Opening")
      .def_static(
          "from_bytes",
          [](const nb::bytes& file, const std::string& name) { return Opening::from_bytes(view(file), name); },
          "file"_a, "name"_a)
      .def("bytes", [](const Opening& o) { return to_python(o.bytes()); })
      .def("commitment", &Opening::commitment, nb::call_guard<nb::gil_scoped_release>())
      .def("save", &Opening::save, "name"_a, "replace"_a, nb::call_guard<nb::gil_scoped_release>());
  m.def("commit", &commit, "key"_a, "values"_a, "index"_a, "output"_a, "saturate"_a,
        nb::call_guard<nb::gil_scoped_release>());
  m.def("open", &open, "commitment"_a, "opening"_a, nb::call_guard<nb::gil_scoped_release>());
}

void bind_keys(nb::module_& m) {
  nb::class_<VerifyingKey>(m, "VerifyingKey")
      .def_static(
          "from_bytes",
          [](const nb::bytes& file, const std::string& name) { return VerifyingKey::from_bytes(view(file), name); },
          "file"_a, "name"_a)
      .def("bytes", [](const VerifyingKey& key) { return to_python(key.bytes()); })
      .def("save", &VerifyingKey::save, "path"_a, "replace"_a, nb::call_guard<nb::gil_scoped_release>())
      .def_prop_ro("model_name", &VerifyingKey::model_name)
      .def_prop_ro("digest", &VerifyingKey::digest)
      .def_prop_ro("batch", &VerifyingKey::batch)
      .def("inputs", &VerifyingKey::inputs)
      .def("outputs", &VerifyingKey::outputs);
  nb::class_<Proof>(m, "Proof")
      .def_prop_ro("bytes", [](const Proof& p) { return to_python(p.bytes); })
      .def_ro("outputs", &Proof::outputs)
      .def_ro("openings", &Proof::openings)
      .def_ro("warnings", &Proof::warnings)
      .def_ro("report", &Proof::report);
  nb::class_<Inference>(m, "Inference").def_ro("outputs", &Inference::outputs).def_ro("openings", &Inference::openings);
  nb::class_<ProverKey>(m, "ProverKey")
      .def_static(
          "setup",
          [](const Model& model, std::uint32_t batch, bool hide_weights, const std::string& commitments,
             std::uint32_t security, const std::string& device, const nb::object& progress) {
            const SetupOptions options{batch, hide_weights, commitments, security};
            return long_call(device, progress,
                             [&](const Control& control) { return ProverKey::setup(model, options, control); });
          },
          "model"_a, "batch"_a, "hide_weights"_a, "commitments"_a, "security"_a, "device"_a, "progress"_a.none())
      .def_static(
          "from_bytes",
          [](const nb::bytes& file, const std::string& name) { return ProverKey::from_bytes(view(file), name); },
          "file"_a, "name"_a)
      .def("bytes", [](const ProverKey& key) { return to_python(key.bytes()); })
      .def("save", &ProverKey::save, "name"_a, "replace"_a, nb::call_guard<nb::gil_scoped_release>())
      .def("verifying_key", &ProverKey::verifying_key)
      .def(
          "prove",
          [](const ProverKey& key, const Inputs& inputs, const std::vector<Opening>& openings, bool zero_knowledge,
             std::optional<std::uint64_t> seed, bool saturate, const nb::bytes& context,
             const std::vector<Opening>& output_openings, const std::string& device, const nb::object& progress) {
            const BytesView bytes = view(context);
            const ProveOptions options{zero_knowledge, seed, saturate, Bytes(bytes.begin(), bytes.end()),
                                       output_openings};
            return long_call(device, progress, [&](const Control& control) {
              return openings.empty() ? key.prove(inputs, options, control) : key.prove(openings, options, control);
            });
          },
          "inputs"_a, "openings"_a, "zero_knowledge"_a, "seed"_a.none(), "saturate"_a, "context"_a, "output_openings"_a,
          "device"_a, "progress"_a.none())
      .def(
          "infer",
          [](const ProverKey& key, const Inputs& inputs, const std::vector<Opening>& openings, bool saturate) {
            return openings.empty() ? key.infer(inputs, saturate) : key.infer(openings);
          },
          "inputs"_a, "openings"_a, "saturate"_a, nb::call_guard<nb::gil_scoped_release>());
}

void bind_split(nb::module_& m) {
  nb::class_<SplitManifest>(m, "SplitManifest")
      .def_static(
          "from_bytes",
          [](const nb::bytes& file, const std::string& name) { return SplitManifest::from_bytes(view(file), name); },
          "file"_a, "name"_a)
      .def("bytes", [](const SplitManifest& manifest) { return to_python(manifest.bytes()); })
      .def("save", &SplitManifest::save, "path"_a, "replace"_a, nb::call_guard<nb::gil_scoped_release>())
      .def_prop_ro("model_name", &SplitManifest::model_name)
      .def_prop_ro("digest", &SplitManifest::digest)
      .def_prop_ro("parts", &SplitManifest::parts)
      .def("inputs", &SplitManifest::inputs)
      .def("outputs", &SplitManifest::outputs)
      .def("part", &SplitManifest::part, "part"_a)
      .def(
          "sources",
          [](const SplitManifest& manifest, std::uint32_t part) {
            std::vector<std::vector<std::uint32_t>> out;
            for (const PartSource& source : manifest.sources(part)) {
              out.push_back({source.part, source.index});
            }
            return out;
          },
          "part"_a);
  nb::class_<SplitKey>(m, "SplitKey")
      .def_static(
          "split",
          [](const Model& model, std::uint32_t parts, bool hide_weights, const std::string& device,
             const nb::object& progress) {
            return long_call(device, progress, [&](const Control& control) {
              return SplitKey::split(model, parts, hide_weights, control);
            });
          },
          "model"_a, "parts"_a, "hide_weights"_a, "device"_a, "progress"_a.none())
      .def_static("load", &SplitKey::load, "folder"_a, nb::call_guard<nb::gil_scoped_release>())
      .def(nb::init<const SplitManifest&, std::vector<ProverKey>>(), "manifest"_a, "parts"_a)
      .def("save", &SplitKey::save, "folder"_a, "replace"_a, nb::call_guard<nb::gil_scoped_release>())
      .def("manifest", [](const SplitKey& key) { return key.manifest(); })
      .def("parts", [](const SplitKey& key) { return key.parts(); })
      .def(
          "prove",
          [](const SplitKey& key, const Inputs& inputs, const std::vector<Opening>& openings, bool zero_knowledge,
             std::optional<std::uint64_t> seed, bool saturate, const nb::bytes& context, const std::string& device,
             const nb::object& progress) {
            const BytesView bytes = view(context);
            const ProveOptions options{zero_knowledge, seed, saturate, Bytes(bytes.begin(), bytes.end())};
            return long_call(device, progress, [&](const Control& control) {
              return openings.empty() ? key.prove(inputs, options, control) : key.prove(openings, options, control);
            });
          },
          "inputs"_a, "openings"_a, "zero_knowledge"_a, "seed"_a.none(), "saturate"_a, "context"_a, "device"_a,
          "progress"_a.none());
  m.def(
      "join_proofs",
      [](const std::vector<nb::bytes>& proofs) {
        std::vector<Bytes> all;
        for (const nb::bytes& proof : proofs) {
          const BytesView bytes = view(proof);
          all.emplace_back(bytes.begin(), bytes.end());
        }
        return to_python(join_proofs(all));
      },
      "proofs"_a);
}

template <class Key>
void bind_verify_with(nb::module_& m) {
  m.def(
      "verify",
      [](const Key& key, const nb::bytes& proof, bool allow_seeded, bool allow_no_zero_knowledge, bool key_checked,
         std::vector<Commitment> inputs, std::vector<Commitment> outputs, const nb::bytes& context,
         const nb::object& progress) {
        const BytesView bytes = view(context);
        const VerifyOptions options{allow_seeded,      allow_no_zero_knowledge, key_checked,
                                    std::move(inputs), std::move(outputs),      Bytes(bytes.begin(), bytes.end())};
        return long_call("cpu", progress, [&, proof = view(proof)](const Control& control) {
          return verify(key, proof, options, control);
        });
      },
      "key"_a, "proof"_a, "allow_seeded"_a, "allow_no_zero_knowledge"_a, "key_checked"_a, "input_commitments"_a,
      "output_commitments"_a, "context"_a, "progress"_a.none());
}

void bind_verify(nb::module_& m) {
  nb::class_<StatedTensor>(m, "StatedTensor")
      .def_ro("info", &StatedTensor::info)
      .def_ro("value", &StatedTensor::value)
      .def_ro("commitment", &StatedTensor::commitment);
  nb::class_<FixedInput>(m, "FixedInput").def_ro("name", &FixedInput::name).def_ro("values", &FixedInput::values);
  nb::class_<Statement>(m, "Statement")
      .def_ro("model_name", &Statement::model_name)
      .def_ro("vk_digest", &Statement::vk_digest)
      .def_ro("batch", &Statement::batch)
      .def_ro("zero_knowledge", &Statement::zero_knowledge)
      .def_ro("seeded", &Statement::seeded)
      .def_ro("weights_hidden", &Statement::weights_hidden)
      .def_ro("security_bits", &Statement::security_bits)
      .def_ro("inputs", &Statement::inputs)
      .def_ro("outputs", &Statement::outputs)
      .def_ro("fixed_inputs", &Statement::fixed_inputs)
      .def_prop_ro("context", [](const Statement& s) { return to_python(s.context); });
  bind_verify_with<VerifyingKey>(m);
  bind_verify_with<SplitManifest>(m);
}

}  // namespace
}  // namespace proofcard::python

NB_MODULE(_native, m) {
  using namespace proofcard;
  python::translate_errors();
  python::bind_values(m);
  python::bind_model(m);
  python::bind_commitments(m);
  python::bind_keys(m);
  python::bind_split(m);
  python::bind_verify(m);
  m.def("version", &version);
  m.def("set_threads", &set_threads, "threads"_a);
  m.def(
      "file_kind", [](const nb::bytes& file) { return file_kind(python::view(file)); }, "file"_a);
  m.def(
      "inspect", [](const nb::bytes& file, const std::string& name) { return inspect(python::view(file), name); },
      "file"_a, "name"_a);
}
