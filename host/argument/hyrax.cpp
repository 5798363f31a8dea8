#include "host/argument/hyrax.hpp"

#include "host/argument/check.hpp"
#include "host/pcs/hyrax/verifier.hpp"

namespace proofcard::argument {

using circuit::Column;

Result<pcs::hyrax::VectorEquation> check_hyrax(VerifierChannel& channel, const statement::VerifyingKey& vk,
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

  PROOFCARD_TRY(const std::vector<pcs::Claim<Value>> claims, check(channel, vk, StatedValues(vk, header)));

  std::vector<pcs::hyrax::ColumnCommitment> columns;
  for (std::size_t c = 0; c < vk.layout.columns.size(); ++c) {
    const bool weights = vk.layout.columns[c].owner == Column::Owner::kWeights;
    columns.push_back({weights ? vk.weight_rows[c] : received[c], vk.layout.columns[c].log_row_len});
  }
  return pcs::hyrax::verify_opening(channel, vk.layout.log_row_len, columns, claims);
}

}  // namespace proofcard::argument
