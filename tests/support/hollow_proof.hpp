// A proof of nothing, for any key, that takes a verifier through all its steps before it is rejected.
//
// In zero-knowledge mode: public tensors at the lower end of their ranges, every point at infinity, every element 0, so
// that no equation fails while messages are hidden, and those in the clear read 0 = 0; but for the one between the
// folded messages and their openings, which one element of "zk.row" is chosen to fulfil. What is wrong shows in the
// last sum of points.
#pragma once

#include <algorithm>

#include "host/argument/hyrax.hpp"
#include "host/field/fr_vector.hpp"
#include "host/poly/multilinear.hpp"
#include "host/statement/proof.hpp"
#include "host/sumcheck/verifier.hpp"
#include "host/zk/r1cs.hpp"

namespace proofcard::testing {

// Words of a proof: points at infinity, until they are set to 0.
class HollowWords {
 public:
  explicit HollowWords(std::size_t num_words) : bytes_(num_words * Fr::kBytes) {
    for (std::size_t i = Fr::kBytes - 1; i < bytes_.size(); i += Fr::kBytes) {
      bytes_[i] = 0x40;
    }
  }
  ByteView view() const { return bytes_; }
  Transcript::Observer counter() {
    return [this](std::string_view kind, std::string_view, std::size_t n) { used_ += kind == "absorb" ? n : 0; };
  }
  // The next words, as far as they are there.
  void set_zero(std::size_t n) { std::ranges::fill(next(n), std::uint8_t{0}); }
  void set(const Fr& value) { std::ranges::copy(value.to_bytes(), next(1).begin()); }
  void end_after(std::size_t n) { bytes_.resize(std::min(bytes_.size(), (used_ + n) * Fr::kBytes)); }
  Bytes take() { return std::move(bytes_); }

 private:
  std::span<std::uint8_t> next(std::size_t n) {
    const std::size_t begin = std::min(bytes_.size(), used_ * Fr::kBytes);
    return std::span(bytes_).subspan(begin, std::min(bytes_.size() - begin, n * Fr::kBytes));
  }

  Bytes bytes_;
  std::size_t used_ = 0;
};

// What the proof ends with, from "zk.products" on.
inline Status finish_hollow(VerifierChannel& channel, HollowWords& words, std::size_t vector_size) {
  const auto& constraints = channel.constraints();
  PROOFCARD_TRY(const std::vector<Value> auxiliary, channel.message("zk.products", zk::num_auxiliary(constraints)));
  channel.stop_hiding();
  const zk::R1cs r1cs = zk::build(constraints, auxiliary, channel.num_rows(), vector_size);
  const std::size_t num_error_rows = (r1cs.rows.size() + kHiddenRowLen - 1) / kHiddenRowLen;
  PROOFCARD_RETURN_IF_ERROR(channel.points_for_later("zk.random-rows", channel.num_rows()));
  PROOFCARD_RETURN_IF_ERROR(channel.points_for_later("zk.random-vector", 1));
  words.set_zero(1);
  PROOFCARD_TRY(const std::vector<Value> random_u, channel.message("zk.random-u", 1));  // 0, so u* is 1
  PROOFCARD_RETURN_IF_ERROR(channel.points_for_later("zk.random-error", num_error_rows));
  PROOFCARD_RETURN_IF_ERROR(channel.points_for_later("zk.cross-terms", num_error_rows));
  channel.challenge("zk.fold");
  channel.challenges("zk.rows", r1cs.log_rows);
  words.set_zero(SIZE_MAX / Fr::kBytes);
  PROOFCARD_TRY(const std::vector<Value> sum, channel.message("zk.sum", 1));
  const sumcheck::Claim row_claims[] = {{r1cs.log_rows, sum[0]}, {r1cs.log_rows, sum[0]}};
  PROOFCARD_TRY(const sumcheck::Reduction rows, sumcheck::verify_batched(channel, row_claims));
  PROOFCARD_TRY(const std::vector<Value> constraint, channel.message("zk.constraint", 4));
  const Fr rho = channel.challenge("zk.matrices");
  const std::vector<Fr> weights = fr_eq_table(rows.point(r1cs.log_rows));
  const sumcheck::Claim columns_claim[] = {{r1cs.log_half + 1, Value(-zk::combined_constant(r1cs, weights, rho))}};
  PROOFCARD_TRY(const sumcheck::Reduction columns, sumcheck::verify_batched(channel, columns_claim));
  const std::span<const Fr> point = columns.point(r1cs.log_half + 1);
  const Fr slope = columns.batch[0] * zk::combined_at(r1cs, weights, rho, point) * (Fr::one() - point.back()) *
                   poly::eq_index(point.first(zk::kHiddenRowVars), 0);
  words.set(columns.final_claim.constant() * slope.inverse());
  words.end_after(kHiddenRowLen + 1 + vector_size + 1 + kHiddenRowLen + 1);
  return {};
}

inline Bytes hollow_proof(const statement::VerifyingKey& vk) {
  constexpr std::size_t kMaxPublic = std::size_t{1} << 20;  // larger public tensors are left out: too few bytes
  bool is_whole = true;
  statement::Header header{{true, false}, vk.digest, statement::PublicTensors(vk.circuit.tensors.size())};
  for (std::uint32_t id = 0; id < vk.circuit.tensors.size(); ++id) {
    const circuit::Tensor& t = vk.circuit.tensors[id];
    if (vk.circuit.is_public(id) && tensor::num_elements(t.shape) >= kMaxPublic) {
      is_whole = false;
    } else if (vk.circuit.is_public(id)) {
      header.publics[id] = IntVector(t.type, tensor::num_elements(t.shape));
      for (std::size_t i = 0; i < header.publics[id].size(); ++i) {
        header.publics[id].set(i, t.lo);
      }
    }
  }
  std::size_t num_words = 20000;
  for (const circuit::Column& column : vk.layout.columns) {
    num_words += column.num_rows();
  }
  HollowWords words(num_words);
  Transcript transcript = statement::begin_transcript(vk.circuit, header);
  transcript.set_observer(words.counter());
  VerifierChannel channel(std::move(transcript), words.view(), true);
  if (is_whole) {
    const auto equation = argument::check_hyrax(channel, vk, header);
    if (equation.ok()) {
      static_cast<void>(finish_hollow(channel, words, equation->b.size()));
    }
  }
  ByteWriter out;
  statement::write(out, vk.circuit, header);
  out.raw(words.take());
  return out.take();
}

}  // namespace proofcard::testing
