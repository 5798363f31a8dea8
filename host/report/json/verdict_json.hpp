// What a verifier says of a proof, as JSON: `verify --json`, and the module in a browser. The fields are in docs/json.md.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>

#include "host/session/split/split_verifying.hpp"
#include "host/session/values/public_values.hpp"
#include "host/statement/committed.hpp"
#include "host/statement/proof.hpp"

namespace proofcard::tools {

struct Verdict {
  const statement::VerifyingKey& vk;
  const statement::Header* header = nullptr;  // of a proof that verifies
  const statement::CommittedRows& committed;
  std::span<const ComparedTensor> compared;  // empty: with nothing
  std::optional<std::string> rejected;       // why; printable
  VerifyTimes times;
  const statement::SplitKey* split = nullptr;  // of a split model: vk is what it is from outside
};

nlohmann::ordered_json verdict_json(const Verdict& verdict);

}  // namespace proofcard::tools
