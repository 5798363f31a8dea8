#include "host/session/split/split_proving.hpp"

#include <algorithm>
#include <iterator>

#include "host/base/text.hpp"
#include "host/session/values/committed_values.hpp"

namespace proofcard::tools {
namespace {

using Openings = std::vector<statement::Opening>;

// Of the whole's inputs that later parts read: what they are given as, or opened anew.
Result<Openings> openings_of_inputs(const circuit::Circuit& first, const InputValues& inputs,
                                    std::span<const statement::Opening> given, bool zero_knowledge) {
  if (first.input_visibility != circuit::Visibility::kCommitted || !given.empty()) {
    return Openings(given.begin(), given.end());
  }
  Openings out;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const circuit::Tensor& t = first.tensors[first.inputs[i]];
    IntVector values(t.type, inputs[i].size());
    for (std::size_t k = 0; k < values.size(); ++k) {
      values.set(k, inputs[i][k]);
    }
    PROOFCARD_TRY(statement::Opening opening, make_opening(t, std::move(values), zero_knowledge));
    out.push_back(std::move(opening));
  }
  return out;
}

}  // namespace

Status expect_part(const statement::SplitKey& key, std::size_t p, const statement::VerifyingKey& vk) {
  if (vk.digest != key.parts[p].digest) {
    return bad_input(fmt::format("prover key of part {}", p + 1),
                     "expected the manifest's, with vk digest {}, found {}", hex(key.parts[p].digest), hex(vk.digest));
  }
  return {};
}

Result<SplitProofResult> prove_split(const statement::SplitKey& key, const PartSessions& sessions,
                                     const InputValues& inputs, bool zero_knowledge, std::optional<std::uint64_t> seed,
                                     Stages& stages, std::span<const statement::Opening> input_openings,
                                     const Bytes& context) {
  SplitProofResult out;
  PROOFCARD_TRY(const Openings whole,
                openings_of_inputs(key.parts.front().circuit, inputs, input_openings, zero_knowledge));
  std::vector<Openings> made;  // by part
  for (std::size_t p = 0; p < key.parts.size(); ++p) {
    PROOFCARD_TRY(const std::shared_ptr<const ProvingSession> session, sessions(p));
    PROOFCARD_RETURN_IF_ERROR(expect_part(key, p, session->key().vk));
    Openings openings = whole;
    InputValues values = inputs;
    if (p > 0) {
      openings.clear();
      for (const tensor::Source& source : key.sources[p]) {
        openings.push_back(source.part == 0 ? whole[source.index] : made[source.part - 1][source.index]);
      }
      const std::vector<std::string> names(openings.size(), fmt::format("part {}", p + 1));
      PROOFCARD_TRY(values, opened_inputs(key.parts[p].circuit, openings, names));
    }
    PROOFCARD_TRY(ProofResult result,
                  session->prove({std::move(values)}, zero_knowledge, seed, stages, openings, context));
    out.proofs.push_back(std::move(result.proof));
    std::ranges::move(result.cut_off, std::back_inserter(out.cut_off));
    made.push_back(std::move(result.output_openings));
    out.outputs = std::move(result.outputs.front());
  }
  out.output_openings = std::move(made.back());
  return out;
}

}  // namespace proofcard::tools
