// What the public library (include/proofcard) and the session have to say to each other: errors, values, who may stop a call.
#pragma once

#include <proofcard/control.hpp>
#include <proofcard/keys.hpp>
#include <string>
#include <vector>

#include "host/base/cancellation.hpp"
#include "host/base/cpu_features.hpp"
#include "host/base/result.hpp"
#include "host/base/stages.hpp"
#include "host/circuit/circuit.hpp"
#include "host/formats/values.hpp"
#include "host/session/values/output_values.hpp"
#include "host/statement/proof.hpp"

namespace proofcard::faces {

// Throws what stands for this error.
[[noreturn]] void raise(const Error& error);

inline void or_throw(const Status& status) {
  if (!status.ok()) {
    raise(status.error());
  }
}
template <class T>
T or_throw(Result<T> result) {
  if (!result.ok()) {
    raise(result.error());
  }
  return std::move(result).value();
}

// A call that computes: watched and stopped by `control`, with an instruction set that this processor has.
// work: takes the Stages of the call.
template <class Work>
auto controlled(const Control& control, Stages& stages, Work work) {
  or_throw(isa_status());
  const CancellationScope scope(&control.stop);
  stages.set_observer([&control](const std::string& stage) {
    throw_if_cancelled();
    if (control.progress) {
      control.progress(stage);
    }
  });
  const struct Unwatched {
    Stages& stages;
    ~Unwatched() { stages.set_observer({}); }
  } unwatched{stages};
  try {
    return work(stages);
  } catch (const CancellationError&) {
    throw Cancelled();
  }
}

circuit::Visibility visibility(Visibility v);
Visibility visibility(circuit::Visibility v);

// As input_data of a file. names: of the model's inputs, in order. Errors: throws BadInput for an array whose shape and number
// of values differ, and for names that are not the inputs'.
tools::Values values_of(const Inputs& inputs, const std::vector<std::string>& names, const std::string& where);

std::vector<std::string> input_names(const circuit::Circuit& circuit);
std::vector<TensorInfo> tensor_infos(const circuit::Circuit& circuit, bool outputs);

// By row of a batch: outputs with an axis of rows in front, unless there is one.
std::vector<Output> outputs_of(const std::vector<std::vector<tools::OutputValues>>& rows);

}  // namespace proofcard::faces
