#include "host/session/split/split_verifying.hpp"

#include <algorithm>

#include "host/base/text.hpp"
#include "host/formats/model_files.hpp"
#include "host/session/setup.hpp"

namespace proofcard::tools {
namespace {

using circuit::Circuit;

std::string part_text(std::size_t p) { return fmt::format("part {}", p + 1); }

// What a digest in a proof says, for an error: another part's key, or none of this model's.
std::string whose(const statement::SplitKey& key, const std::string& digest) {
  for (std::size_t p = 0; p < key.parts.size(); ++p) {
    if (hex(key.parts[p].digest) == digest) {
      return fmt::format("one of part {}", p + 1);
    }
  }
  return fmt::format("one of a key of no part, {}", digest);
}

Status expect_proof_of(const statement::SplitKey& key, std::size_t p, ByteView proof) {
  PROOFCARD_TRY(const ProofHead head, read_proof_head(proof, fmt::format("proof of part {}", p + 1)));
  if (head.vk_digest != hex(key.parts[p].digest)) {
    return rejected(part_text(p), "expected a proof of this part, found {}", whose(key, head.vk_digest));
  }
  return {};
}

// One part's commitments to what it reads are those of whoever made that.
Status check_sources(const statement::SplitKey& key, std::size_t p,
                     const std::vector<statement::CommittedRows>& committed) {
  const Circuit& reader = key.parts[p].circuit;
  for (std::size_t i = 0; i < key.sources[p].size(); ++i) {
    const tensor::Source& source = key.sources[p][i];
    const std::size_t from = source.part == 0 ? 0 : source.part - 1;
    const Circuit& maker = key.parts[from].circuit;
    const std::uint32_t made = source.part == 0 ? maker.inputs[source.index] : maker.outputs[source.index];
    const std::uint32_t read = reader.inputs[i];
    const statement::Commitment expected{statement::describe(maker.tensors[made]), committed[from][made]};
    const statement::Commitment found{statement::describe(reader.tensors[read]), committed[p][read]};
    if (found != expected) {
      return rejected(part_text(p),
                      "input \"{}\": expected commitment {}, that of part {}, found {}: proofs of two runs?",
                      shown_name(reader.tensors[read].name), hex(statement::digest(expected)), from + 1,
                      hex(statement::digest(found)));
    }
  }
  return {};
}

void take(std::vector<IntVector>& publics, statement::CommittedRows& rows, std::uint32_t to,
          const statement::Header& header, const statement::CommittedRows& committed, std::uint32_t from) {
  publics[to] = header.publics[from];
  rows[to] = committed[from];
}

}  // namespace

std::uint64_t max_proof_bytes(const statement::SplitKey& key) {
  std::uint64_t bytes = 0;
  for (const statement::VerifyingKey& part : key.parts) {
    bytes += max_proof_bytes(part);
  }
  return bytes;
}

const statement::VerifyingKey& weakest_part(const statement::SplitKey& key) {
  const auto at = std::ranges::find_if(key.parts, shows_weights);
  return at == key.parts.end() ? key.parts.front() : *at;
}

Result<SplitStatement> verify_split(const statement::SplitKey& key, std::span<const ByteView> proofs,
                                    const kernels::Msm& msm, const VerifyOptions& options, Stages& stages,
                                    VerifyTimes& times) {
  if (proofs.size() != key.parts.size()) {
    return rejected("parts", "expected {} proofs, one a part, found {}", key.parts.size(), proofs.size());
  }
  std::vector<statement::Header> headers;
  std::vector<statement::CommittedRows> committed(proofs.size());
  for (std::size_t p = 0; p < proofs.size(); ++p) {
    PROOFCARD_RETURN_IF_ERROR(expect_proof_of(key, p, proofs[p]));
    VerifyTimes of_part;
    auto header = verify_proof(key.parts[p], proofs[p], msm, options, stages, of_part, committed[p]);
    if (!header.ok()) {
      const Error& error = header.error();
      return Error{error.kind, part_text(p), error.message()};
    }
    headers.push_back(std::move(header).value());
    if (of_part.key_ms) {
      times.key_ms = times.key_ms.value_or(0) + *of_part.key_ms;
    }
    times.proof_ms = times.proof_ms.value_or(0) + of_part.proof_ms.value_or(0);
  }
  for (std::size_t p = 1; p < proofs.size(); ++p) {
    PROOFCARD_RETURN_IF_ERROR(check_sources(key, p, committed));
  }
  SplitStatement out;
  out.whole.circuit = statement::outside(key);
  out.whole.digest = key.digest;
  const Circuit& whole = out.whole.circuit;
  out.header.vk_digest = key.digest;
  out.header.context = headers.front().context;
  out.header.mode = {
      .zero_knowledge = std::ranges::all_of(headers, [](const auto& h) { return h.mode.zero_knowledge; }),
      .seeded = std::ranges::any_of(headers, [](const auto& h) { return h.mode.seeded; })};
  out.header.publics.resize(whole.tensors.size());
  out.committed.resize(whole.tensors.size());
  for (std::size_t i = 0; i < whole.inputs.size(); ++i) {
    take(out.header.publics, out.committed, whole.inputs[i], headers.front(), committed.front(),
         key.parts.front().circuit.inputs[i]);
  }
  for (std::size_t i = 0; i < whole.outputs.size(); ++i) {
    take(out.header.publics, out.committed, whole.outputs[i], headers.back(), committed.back(),
         key.parts.back().circuit.outputs[i]);
  }
  return out;
}

}  // namespace proofcard::tools
