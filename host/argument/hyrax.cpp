#include "host/argument/hyrax.hpp"

#include "host/argument/check.hpp"
#include "host/pcs/hyrax/verifier.hpp"

namespace proofcard::argument {

using circuit::Column;

Result<pcs::hyrax::VectorEquation> check_hyrax(VerifierChannel& channel, const statement::VerifyingKey& vk,
                                               const statement::Header& header, statement::CommittedRows* committed) {
  PROOFCARD_TRY(const ClaimsOnRows before, check_before_opening(channel, vk, header, committed));
  return check_opening(channel, vk, before);
}

Result<ClaimsOnRows> check_before_opening(VerifierChannel& channel, const statement::VerifyingKey& vk,
                                          const statement::Header& header, statement::CommittedRows* committed) {
  std::vector<std::vector<curve::G1Affine>> received(vk.layout.columns.size());
  for (std::size_t c = 0; c < vk.layout.columns.size(); ++c) {
    if (vk.layout.columns[c].owner != Column::Owner::kWeights) {
      PROOFCARD_TRY(received[c], channel.points("commit", vk.layout.columns[c].num_rows()));
    }
  }
  if (committed != nullptr) {
    committed->assign(vk.circuit.tensors.size(), {});
    for (std::size_t c = 0; c < received.size(); ++c) {
      if (vk.layout.columns[c].owner == Column::Owner::kTensor) {
        (*committed)[vk.layout.columns[c].tensors[0]] = received[c];
      }
    }
  }

  PROOFCARD_TRY(std::vector<pcs::Claim<Value>> claims, check(channel, vk, StatedValues(vk, header)));
  return ClaimsOnRows{std::move(received), std::move(claims)};
}

Result<pcs::hyrax::VectorEquation> check_opening(VerifierChannel& channel, const statement::VerifyingKey& vk,
                                                 const ClaimsOnRows& before) {
  std::vector<pcs::hyrax::ColumnCommitment> columns;
  for (std::size_t c = 0; c < vk.layout.columns.size(); ++c) {
    const bool weights = vk.layout.columns[c].owner == Column::Owner::kWeights;
    columns.push_back({weights ? vk.weight_rows[c] : before.received[c], vk.layout.columns[c].log_row_len});
  }
  return pcs::hyrax::verify_opening(channel, vk.layout.log_row_len, columns, before.claims);
}

}  // namespace proofcard::argument
