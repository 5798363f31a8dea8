#include "host/session/values/committed_values.hpp"

#include "host/base/text.hpp"
#include "host/compile/padding.hpp"
#include "host/formats/model_files.hpp"
#include "host/graph/real_values.hpp"

namespace proofcard::tools {
namespace {

constexpr const char* kCommitmentEnding = ".commit";
constexpr const char* kOpeningEnding = ".opening";

Status keep_other_opening(const std::string& name, ByteView opening, ByteView commitment) {
  PROOFCARD_RETURN_IF_ERROR(keep_other_file(name + kOpeningEnding, opening, "opening"));
  return keep_other_file(name + kCommitmentEnding, commitment, "commitment");
}

circuit::Visibility visibility(const circuit::Circuit& circuit, Side side) {
  return side == Side::kInput ? circuit.input_visibility : circuit.output_visibility;
}

}  // namespace

const char* side_name(Side side) { return side == Side::kInput ? "input" : "output"; }

const std::vector<std::uint32_t>& tensors_of(const circuit::Circuit& circuit, Side side) {
  return side == Side::kInput ? circuit.inputs : circuit.outputs;
}

Status expect_committed(const circuit::Circuit& circuit, Side side, const std::string& path) {
  const circuit::Visibility found = visibility(circuit, side);
  if (found != circuit::Visibility::kCommitted) {
    return bad_input(path, "expected a model compiled with --{} committed, found --{} {}", side_name(side),
                     side_name(side), circuit::visibility_name(found));
  }
  return {};
}

Result<IntVector> tensor_values(const circuit::Circuit& circuit, Side side, std::size_t index, const Values& values,
                                const std::string& where, bool saturate, ClippedTensors& clipped) {
  const circuit::Tensor& tensor = circuit.tensors[tensors_of(circuit, side)[index]];
  const auto quantise = [&](std::span<const double> reals) -> Result<IntVector> {
    std::uint64_t beyond = 0;
    PROOFCARD_TRY(IntVector out, graph::quantize_values({tensor.lo, tensor.hi, tensor::encoding(tensor)}, reals,
                                                        saturate, where, &beyond));
    if (beyond != 0) {
      clipped.push_back({.name = tensor.name, .values = beyond, .of = reals.size(), .rows = 1});
    }
    return out;
  };
  if (side == Side::kInput) {
    PROOFCARD_TRY(const auto sample, one_sample(values, circuit.input_shapes, where));
    return quantise(sample[index]);
  }
  PROOFCARD_TRY(const OutputArrays output, find_output(values, circuit.output_shapes, index, where));
  if (output.integers == nullptr) {
    return quantise(output.reals->numbers);
  }
  IntVector out(tensor.type, output.integers->numbers.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::int64_t v = output.integers->numbers[i];
    if (v < tensor.lo || v > tensor.hi) {
      return bad_input(where, "output_integers[{}], element {}: expected an integer from {} to {}, found another",
                       index, i, tensor.lo, tensor.hi);
    }
    out.set(i, v);
  }
  return out;
}

Result<statement::Opening> make_opening(const circuit::Tensor& tensor, IntVector values, bool hide) {
  statement::Opening out{statement::describe(tensor), std::move(values), {}};
  if (hide) {
    PROOFCARD_TRY(const hash::BlindingSource source, hash::BlindingSource::from_system());
    for (std::size_t row = 0; row < out.descriptor.column().num_rows(); ++row) {
      out.blindings.push_back(source.get("tensor", row));
    }
  }
  return out;
}

Result<statement::Commitment> commit(const prover::Backend& backend, const statement::Opening& opening) {
  const circuit::Column column = opening.descriptor.column();
  IntVector padded(column.type, column.num_values());
  if (!compile::pad_into(opening.values.view(), opening.descriptor.shape, 0, padded, 0)) {
    return bad_input("opening", "expected values of {} bits, found larger ones", 8 * int_type_bytes(column.type));
  }
  const pcs::hyrax::Generators generators = pcs::hyrax::derive(column.log_row_len);
  PROOFCARD_TRY(const auto bases, backend.msm.load_bases(generators));
  statement::Commitment out{opening.descriptor, {}};
  PROOFCARD_TRY(out.rows,
                pcs::hyrax::commit(backend.msm, *bases, padded.view(), column.log_row_len, opening.blindings));
  return out;
}

Status check_opening(const prover::Backend& backend, const statement::Opening& opening,
                     const statement::Commitment& commitment) {
  if (const std::string text = statement::difference(commitment.descriptor, opening.descriptor); !text.empty()) {
    return rejected("opening", "{}", text);
  }
  PROOFCARD_TRY(const statement::Commitment found, commit(backend, opening));
  if (found.rows != commitment.rows) {
    return rejected("opening", "expected an opening of commitment {}, found one of {}",
                    hex(statement::digest(commitment)), hex(statement::digest(found)));
  }
  return {};
}

Status add_opening(OutputFiles& files, const std::string& name, const statement::Opening& opening,
                   const statement::Commitment& commitment, bool replace) {
  const Bytes opening_file = encode_opening(opening);
  const Bytes commitment_file = encode_commitment(commitment);
  if (!replace) {
    PROOFCARD_RETURN_IF_ERROR(keep_other_opening(name, opening_file, commitment_file));
  }
  PROOFCARD_RETURN_IF_ERROR(files.add(name + kCommitmentEnding, commitment_file, Access::kPublic));
  return files.add(name + kOpeningEnding, opening_file, Access::kOwnerOnly);
}

Status expect_no_opening(const std::string& name) { return keep_other_opening(name, {}, {}); }

Result<std::vector<IntVector>> opened_inputs(const circuit::Circuit& circuit,
                                             std::span<const statement::Opening> openings,
                                             std::span<const std::string> paths) {
  if (openings.size() != circuit.inputs.size()) {
    return bad_input("--input-opening", "expected one for each of {} input(s), found {}", circuit.inputs.size(),
                     openings.size());
  }
  std::vector<IntVector> out;
  for (std::size_t i = 0; i < openings.size(); ++i) {
    const circuit::Tensor& t = circuit.tensors[circuit.inputs[i]];
    const std::string text = statement::difference(statement::describe(t), openings[i].descriptor);
    if (!text.empty()) {
      return bad_input(paths[i], "input \"{}\": {}", shown_name(t.name), text);
    }
    for (std::size_t k = 0; k < openings[i].values.size(); ++k) {
      if (openings[i].values[k] < t.lo || openings[i].values[k] > t.hi) {
        return bad_input(paths[i], "input \"{}\": expected integers from {} to {}, found another at element {}",
                         shown_name(t.name), t.lo, t.hi, k);
      }
    }
    out.push_back(openings[i].values);
  }
  return out;
}

Status expect_one_each(const circuit::Circuit& circuit, Side side, std::size_t found, const std::string& where) {
  const std::size_t tensors = tensors_of(circuit, side).size();
  if (found != 0 && found != tensors) {
    return bad_input(where, "expected one for each of {} {}(s), found {}", tensors, side_name(side), found);
  }
  return {};
}

Result<ExpectedCommitments> load_commitments(const circuit::Circuit& circuit, Side side,
                                             const std::vector<std::string>& paths) {
  ExpectedCommitments out{paths, std::vector<statement::Commitment>(paths.size())};
  PROOFCARD_RETURN_IF_ERROR(
      expect_one_each(circuit, side, paths.size(), fmt::format("--{}-commitment", side_name(side))));
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (paths[i] != kAnyCommitment) {
      PROOFCARD_TRY(out.commitments[i], load_commitment(paths[i]));
    }
  }
  return out;
}

Status check_commitments(const circuit::Circuit& circuit, const statement::CommittedRows& rows, Side side,
                         const ExpectedCommitments& expected) {
  for (std::size_t i = 0; i < expected.paths.size(); ++i) {
    if (expected.paths[i] == kAnyCommitment) {
      continue;
    }
    if (visibility(circuit, side) != circuit::Visibility::kCommitted) {
      return rejected(expected.paths[i], "the model's {} is {}, not committed", side_name(side),
                      circuit::visibility_name(visibility(circuit, side)));
    }
    const std::uint32_t id = tensors_of(circuit, side)[i];
    const statement::Commitment stated{statement::describe(circuit.tensors[id]), rows[id]};
    const std::string text = statement::difference(stated.descriptor, expected.commitments[i].descriptor);
    if (!text.empty()) {
      return rejected(expected.paths[i], "{} \"{}\": {}", side_name(side), shown_name(circuit.tensors[id].name), text);
    }
    if (stated != expected.commitments[i]) {
      return rejected("proof", "{} \"{}\": expected commitment {}, that of {}, found {}", side_name(side),
                      shown_name(circuit.tensors[id].name), hex(statement::digest(expected.commitments[i])),
                      printable(expected.paths[i]), hex(statement::digest(stated)));
    }
  }
  return {};
}

}  // namespace proofcard::tools
