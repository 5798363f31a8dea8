#include "tests/zk/mini_protocol.hpp"

#include "host/pcs/hyrax/verifier.hpp"
#include "tests/support/random.hpp"

namespace proofcard::testing {
namespace {

constexpr std::size_t kNumA = 20;
constexpr unsigned kLogRows = 1;

// b_0 = a_0 a_1 + c a_2 a_3 + a_4, b_1 = sum c^i a_i, b_2 = a_5 (a_6 + 3).
std::vector<Fr> values_b(std::span<const Fr> a, const Fr& c) {
  Fr sum;
  Fr power = Fr::one();
  for (const Fr& v : a) {
    sum += power * v;
    power *= c;
  }
  return {a[0] * a[1] + c * a[2] * a[3] + a[4], sum, a[5] * (a[6] + Fr::from_u64(3))};
}

std::vector<Fr> squares(std::span<const Fr> a) {
  std::vector<Fr> out;
  for (const Fr& v : a) {
    out.push_back(v.square());
  }
  return out;
}

}  // namespace

MiniProtocol::MiniProtocol(unsigned log_row_len, std::uint64_t witness_seed)
    : log_row_len_(log_row_len), generators_(pcs::hyrax::derive(log_row_len)) {
  Random random(witness_seed);
  bases_ = kernels::cpu_msm().load_bases(generators_).value();
  column_ = random.ints(IntType::kI8, std::size_t{1} << (log_row_len + kLogRows));
  a_ = random.frs(kNumA);
}

Status MiniProtocol::prove(ProverChannel& channel, Transcript checked_transcript, const Cheat& cheat) const {
  std::vector<Fr> blindings;
  for (std::size_t row = 0; row < std::size_t{1} << kLogRows; ++row) {
    blindings.push_back(channel.blinding().get("column", row));
  }
  PROOFCARD_TRY(const auto rows,
                pcs::hyrax::commit(kernels::cpu_msm(), *bases_, column_.view(), log_row_len_, blindings));
  channel.points("commit", rows);
  std::size_t sent = 0;
  const auto send = [&](std::string_view label, std::vector<Fr> values) {
    for (Fr& v : values) {
      if (cheat.hidden_value == sent++) {
        v += Fr::one();
      }
    }
    channel.message(label, values);
  };
  send("a", a_);
  send("b", values_b(a_, channel.challenge("c")));
  send("squares", squares(a_));
  const poly::Point point = channel.challenges("point", log_row_len_ + kLogRows);
  const Fr y = poly::evaluate(column_.view(), point);
  send("y", {y});

  if (cheat.column_blinding) {
    blindings[*cheat.column_blinding] += Fr::one();
  }
  const pcs::hyrax::ColumnValues columns[] = {{column_.view(), log_row_len_, blindings}};
  const pcs::Claim<Fr> claims[] = {{0, 0, point, y}};
  PROOFCARD_TRY(
      pcs::hyrax::OpenedVector opened,
      pcs::hyrax::open(channel, {kernels::cpu_msm(), kernels::cpu_int_gemm()}, generators_, *bases_, columns, claims));
  if (cheat.vector_entry) {
    opened.last[*cheat.vector_entry] += Fr::one();
  }
  if (cheat.vector_blinding) {
    opened.blinding += Fr::one();
  }
  VerifierChannel checked(std::move(checked_transcript), channel.proof(), true, channel.sent_points());
  PROOFCARD_TRY(const pcs::hyrax::VectorEquation equation, check(checked));
  return zk::prove(channel, checked, equation, opened, kernels::cpu_msm(), *bases_);
}

Bytes MiniProtocol::prove(const BlindingTable& blinding, const Cheat& cheat) const {
  const hash::BlindingSource source = blinding.source();
  ProverChannel channel(real_transcript(), &source);
  const Status status = prove(channel, real_transcript(), cheat);
  PROOFCARD_CHECK(status.ok());
  return channel.take_proof();
}

Result<pcs::hyrax::VectorEquation> MiniProtocol::check(VerifierChannel& channel) const {
  using Product = VerifierChannel::Product;
  PROOFCARD_TRY(const auto rows, channel.points("commit", std::size_t{1} << kLogRows));
  PROOFCARD_TRY(const std::vector<Value> a, channel.message("a", kNumA));
  const Fr c = channel.challenge("c");
  PROOFCARD_TRY(const std::vector<Value> b, channel.message("b", 3));
  PROOFCARD_TRY(const std::vector<Value> s, channel.message("squares", kNumA));
  Value sum;
  Fr power = Fr::one();
  for (const Value& v : a) {
    sum += v * power;
    power *= c;
  }
  const Product several[] = {{a[0], a[1]}, {a[2] * c, a[3]}};
  PROOFCARD_RETURN_IF_ERROR(channel.require_zero(several, a[4] - b[0], "several products"));
  PROOFCARD_RETURN_IF_ERROR(channel.require_zero(sum - b[1], "linear"));
  const Product one[] = {{a[5], a[6] + Value(Fr::from_u64(3))}};
  PROOFCARD_RETURN_IF_ERROR(channel.require_zero(one, b[2] * -Fr::one(), "product with a constant"));
  for (std::size_t i = 0; i < a.size(); ++i) {
    const Product square[] = {{a[i], a[i]}};
    PROOFCARD_RETURN_IF_ERROR(channel.require_zero(square, s[i] * -Fr::one(), "square"));
  }
  const poly::Point point = channel.challenges("point", log_row_len_ + kLogRows);
  PROOFCARD_TRY(const Value y, channel.message("y"));
  const pcs::hyrax::ColumnCommitment columns[] = {{rows, log_row_len_}};
  const pcs::Claim<Value> claims[] = {{0, 0, point, y}};
  return pcs::hyrax::verify_opening(channel, log_row_len_, columns, claims);
}

Status MiniProtocol::verify(ByteView proof, Transcript transcript) const {
  VerifierChannel channel(std::move(transcript), proof, true);
  PROOFCARD_TRY(const pcs::hyrax::VectorEquation equation, check(channel));
  PROOFCARD_RETURN_IF_ERROR(zk::verify(channel, equation, kernels::cpu_msm(), generators_));
  return channel.expect_end();
}

}  // namespace proofcard::testing
