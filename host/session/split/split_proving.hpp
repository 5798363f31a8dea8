// Proofs of all parts of a split model, one after another: what a part gives goes, with the blinding of its commitment, into
// the parts that read it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "host/base/result.hpp"
#include "host/base/stages.hpp"
#include "host/session/proving.hpp"
#include "host/statement/split_key.hpp"

namespace proofcard::tools {

struct SplitProofResult {
  std::vector<Bytes> proofs;                        // by part
  std::vector<OutputValues> outputs;                // of the whole
  std::vector<CutOffStep> cut_off;                  // of all parts
  std::vector<statement::Opening> output_openings;  // of the whole, when its outputs are committed
};

// The key is this part's, from 0, of the manifest. Errors: kBadInput.
Status expect_part(const statement::SplitKey& key, std::size_t part, const statement::VerifyingKey& vk);

// The session of a part, from 0; called once a part, in order, and dropped before the next.
using PartSessions = std::function<Result<std::shared_ptr<const ProvingSession>>(std::size_t part)>;

// inputs: the whole's. input_openings, zero_knowledge, seed, context: as ProvingSession::prove takes them. What flows between
// parts is blinded anew, so proofs of two calls do not go together.
// Errors: those of the sessions; kBadInput for a session of another key than the manifest's.
Result<SplitProofResult> prove_split(const statement::SplitKey& key, const PartSessions& sessions,
                                     const InputValues& inputs, bool zero_knowledge, std::optional<std::uint64_t> seed,
                                     Stages& stages, std::span<const statement::Opening> input_openings = {},
                                     const Bytes& context = {});

}  // namespace proofcard::tools
