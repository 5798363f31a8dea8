#include "host/prover/prover.hpp"

#include <algorithm>
#include <array>

#include "host/argument/hyrax.hpp"
#include "host/base/parallel.hpp"
#include "host/lookup/gkr_prover.hpp"
#include "host/pcs/hyrax/prover.hpp"
#include "host/prover/claims.hpp"
#include "host/zk/blindfold.hpp"

namespace proofcard::prover {
namespace {

using circuit::Column;

statement::PublicTensors public_tensors(const circuit::Circuit& circuit, const circuit::Assignment& assignment) {
  statement::PublicTensors out(circuit.tensors.size());
  for (std::uint32_t id = 0; id < circuit.tensors.size(); ++id) {
    if (circuit.is_public(id)) {
      out[id] = statement::unpad(circuit.tensors[id], assignment.public_tensors[id]);
    }
  }
  return out;
}

Result<RowSums> sum_rows(const Backend& backend, const Context& context, const circuit::Layout& layout,
                         const circuit::Assignment& assignment) {
  RowCommitter rows(backend.msm, *context.bases, layout);
  for (std::size_t c = 0; c < layout.columns.size(); ++c) {
    if (layout.columns[c].owner != Column::Owner::kWeights) {
      PROOFCARD_RETURN_IF_ERROR(rows.add(c, assignment.columns[c], 0, layout.columns[c].num_rows()));
    }
  }
  return rows.finish();
}

// One seed must never blind two different witnesses alike, nor one witness in two different transcripts: the context
// holds digests of everything committed, and of the blindings of committed tensors that the caller chose.
hash::BlindingSource seeded_source(std::uint64_t seed, const statement::Header& header,
                                   const circuit::Assignment& assignment, const circuit::Layout& layout,
                                   const Blindings& chosen) {
  ByteWriter context;
  context.raw(header.vk_digest);
  context.u8(header.mode_byte());
  if (!header.context.empty()) {
    context.blob(header.context);
  }
  hash::KeccakSponge witness = hash::KeccakSponge::keccak256();
  for (const auto& column : assignment.columns) {
    column->visit([&](auto values) {
      witness.absorb({reinterpret_cast<const std::uint8_t*>(values.data()), values.size_bytes()});
    });
  }
  for (const IntVector& values : assignment.public_tensors) {
    values.visit([&](auto span) {
      witness.absorb({reinterpret_cast<const std::uint8_t*>(span.data()), span.size_bytes()});
    });
  }
  for (std::size_t c = 0; c < chosen.size(); ++c) {
    if (layout.columns[c].owner == Column::Owner::kTensor) {
      for (const Fr& blinding : chosen[c]) {
        witness.absorb(blinding.to_bytes());
      }
    }
  }
  std::array<std::uint8_t, 32> digest{};
  witness.squeeze(digest);
  context.raw(digest);
  return hash::BlindingSource::from_seed(seed, context.bytes());
}

}  // namespace

Blindings weight_blindings(const hash::BlindingSource& source, const circuit::Layout& layout) {
  Blindings out(layout.columns.size());
  for (std::size_t c = 0; c < out.size(); ++c) {
    if (layout.columns[c].owner == Column::Owner::kWeights) {
      for (std::size_t row = 0; row < layout.columns[c].num_rows(); ++row) {
        out[c].push_back(source.get("weights", (std::uint64_t{c} << 40) | row));
      }
    }
  }
  return out;
}

Blindings complete_blindings(const hash::BlindingSource& source, const circuit::Layout& layout, Blindings out) {
  for (std::size_t c = 0; c < out.size(); ++c) {
    if (out[c].empty() && layout.columns[c].owner != Column::Owner::kWeights) {
      std::vector<std::uint64_t> places;
      for (std::size_t row = 0; row < layout.columns[c].num_rows(); ++row) {
        places.push_back((std::uint64_t{c} << 40) | row);
      }
      out[c] = source.get_all("column", places);
    }
  }
  return out;
}

Result<Context> make_context(const kernels::Msm& msm, const circuit::Layout& layout) {
  Context context{pcs::hyrax::derive(layout.log_row_len), nullptr};
  PROOFCARD_TRY(context.bases, msm.load_bases(context.generators));
  return context;
}

Result<std::vector<std::vector<curve::G1Affine>>> commit_weights(
    const Backend& backend, const Context& context, const circuit::Layout& layout,
    std::span<const std::shared_ptr<const IntVector>> columns, const Blindings& blindings) {
  std::vector<std::vector<curve::G1Affine>> out(layout.columns.size());
  for (std::size_t c = 0; c < layout.columns.size(); ++c) {
    if (layout.columns[c].owner == Column::Owner::kWeights) {
      PROOFCARD_TRY(out[c],
                    pcs::hyrax::commit(backend.msm, *context.bases, columns[c]->view(), layout.columns[c].log_row_len,
                                       blindings.empty() ? std::span<const Fr>() : blindings[c]));
    }
  }
  return out;
}

Status prove_messages(const Backend& backend, const Context& context, const statement::VerifyingKey& vk,
                      const statement::Header& header, const circuit::Assignment& assignment,
                      const Blindings& blindings, ProverChannel& channel, Transcript checked_transcript, Stages& stages,
                      RowCommitter* rows) {
  const circuit::Layout& layout = vk.layout;
  const bool hides = channel.hiding();
  stages.start("commit");
  PROOFCARD_TRY(RowSums sums, rows != nullptr ? rows->finish() : sum_rows(backend, context, layout, assignment));
  for (std::size_t c = 0; c < layout.columns.size(); ++c) {
    if (layout.columns[c].owner != Column::Owner::kWeights) {
      pcs::hyrax::blind(sums[c], blindings[c]);
      channel.points("commit", sums[c]);
    }
  }

  // What depends on no message is made meanwhile, where there is another thread.
  std::optional<zk::RandomInstance> random;
  std::optional<Result<std::vector<pcs::Claim<Fr>>>> proved;
  parallel_invoke([&] { proved = prove_claims(backend.gemm, backend.memory_bytes, vk, assignment, channel, stages); },
                  [&] {
                    if (hides) {
                      random.emplace(channel.blinding());
                      random->add_rows(lookup::message_sizes(layout.log_num_leaves));
                      random->draw_vector(std::min(context.generators.size(), pcs::hyrax::kFinalLength));
                    }
                  });
  PROOFCARD_TRY(const std::vector<pcs::Claim<Fr>> claims, std::move(*proved));
  stages.start("open");
  std::vector<pcs::hyrax::ColumnValues> columns;
  for (std::size_t c = 0; c < layout.columns.size(); ++c) {
    columns.push_back({assignment.columns[c]->view(), layout.columns[c].log_row_len, blindings[c]});
  }
  // The checks on what was sent so far, on a copy: the proof goes on.
  const Bytes sent(hides ? channel.proof() : Bytes());
  const std::vector<curve::G1Affine> sent_points(channel.sent_points());
  VerifierChannel checked(std::move(checked_transcript), sent, true, sent_points);
  std::optional<Result<pcs::hyrax::OpenedVector>> opening;
  std::optional<Result<argument::ClaimsOnRows>> checked_claims;
  parallel_invoke(
      [&] {
        opening =
            pcs::hyrax::open(channel, {backend.msm, backend.gemm}, context.generators, *context.bases, columns, claims);
      },
      [&] {
        if (hides) {
          checked_claims = argument::check_before_opening(checked, vk, header);
        }
      });
  PROOFCARD_TRY(const pcs::hyrax::OpenedVector opened, std::move(*opening));
  if (hides) {
    stages.start("zero knowledge");
    PROOFCARD_TRY(const argument::ClaimsOnRows before, std::move(*checked_claims));
    checked.extend(channel.proof(), std::span(channel.sent_points()).subspan(sent_points.size()));
    PROOFCARD_TRY(const pcs::hyrax::VectorEquation equation, argument::check_opening(checked, vk, before));
    PROOFCARD_RETURN_IF_ERROR(zk::prove(channel, checked, equation, opened, backend.msm, *context.bases, *random));
  }
  stages.stop();
  return {};
}

Result<Bytes> prove(const Backend& backend, const Context& context, const statement::VerifyingKey& vk,
                    const circuit::Assignment& assignment, const Options& options, Stages& stages,
                    Blindings* used_blindings, RowCommitter* rows) {
  const bool by_hashes = vk.scheme.kind == pcs::Kind::kHash;
  const circuit::Circuit& circuit = vk.circuit;
  statement::Header header{options.mode, vk.digest, public_tensors(circuit, assignment), options.context};
  header.mode.seeded = options.seed.has_value();
  Transcript transcript = statement::begin_transcript(circuit, header, options.observer, vk.scheme.function);
  std::optional<hash::BlindingSource> blinding;
  Blindings blindings = options.blindings;  // weights may be hidden behind their commitments in either mode
  blindings.resize(vk.layout.columns.size());
  if (options.mode.zero_knowledge) {
    if (options.seed) {
      blinding = seeded_source(*options.seed, header, assignment, vk.layout, blindings);
    } else {
      PROOFCARD_TRY(blinding, hash::BlindingSource::from_system());
    }
    if (!by_hashes) {
      blindings = complete_blindings(*blinding, vk.layout, std::move(blindings));
    }
  }
  const hash::BlindingSource* const source = blinding ? &*blinding : nullptr;
  ProverChannel channel(std::move(transcript), by_hashes ? nullptr : source);
  Transcript checked = statement::begin_transcript(circuit, header, {}, vk.scheme.function);
  PROOFCARD_RETURN_IF_ERROR(by_hashes ? prove_whir(backend.hashing(vk.scheme.function), context.weights.get(), vk,
                                                   header, assignment, source, channel, std::move(checked), stages,
                                                   backend.memory_bytes)
                                      : prove_messages(backend, context, vk, header, assignment, blindings, channel,
                                                       std::move(checked), stages, rows));

  if (used_blindings != nullptr) {
    *used_blindings = std::move(blindings);
  }
  ByteWriter out;
  statement::write(out, circuit, header);
  out.raw(channel.take_proof());
  return out.take();
}

}  // namespace proofcard::prover
