#include "host/transcript/channel.hpp"

#include <algorithm>

#include "host/base/check.hpp"
#include "host/curve/encoding.hpp"
#include "host/hash/poseidon2.hpp"

namespace proofcard {
namespace {

Error parse_error(const Error& e) { return Error{ErrorKind::kRejected, "parse", e.message()}; }

std::size_t rows_for(std::size_t values) { return (values + kHiddenRowLen - 1) / kHiddenRowLen; }
std::uint32_t row_count(std::size_t values, std::size_t row) {
  return static_cast<std::uint32_t>(std::min(kHiddenRowLen, values - row * kHiddenRowLen));
}

}  // namespace

void ProverChannel::message(std::string_view label, std::span<const Fr> honest) {
  std::vector<Fr> values(honest.begin(), honest.end());
  if (interceptor_ != nullptr) {
    interceptor_->message(label, values);
  }
  switch (coding_) {
    case Coding::kClear:
      return send_elements(label, values);
    case Coding::kRows:
      return send_rows(label, values);
    case Coding::kPads:
      PROOFCARD_CHECK(values.size() <= pads_.size() - num_padded_);
      for (Fr& v : values) {
        v += pads_[num_padded_++];
      }
      return send_elements(label, values);
  }
}

void ProverChannel::hide_with(std::vector<Fr> pads) {
  pads_ = std::move(pads);
  num_padded_ = 0;
  coding_ = Coding::kPads;
}

void ProverChannel::send_elements(std::string_view label, std::span<const Fr> elements) {
  transcript_.absorb(label, elements);
  for (const Fr& v : elements) {
    proof_.raw(v.to_bytes());
  }
}

void ProverChannel::send_rows(std::string_view label, std::span<const Fr> values) {
  const std::size_t first = hidden_.counts.size();
  const std::size_t rows = rows_for(values.size());
  hidden_.values.resize((first + rows) * kHiddenRowLen);
  std::copy(values.begin(), values.end(), hidden_.values.begin() + static_cast<std::ptrdiff_t>(first * kHiddenRowLen));
  for (std::size_t row = 0; row < rows; ++row) {
    hidden_.counts.push_back(row_count(values.size(), row));
    hidden_.blindings.push_back(blinding_->get("message", first + row));
  }
  std::vector<curve::G1Affine> commitments =
      commit_hidden_rows(std::span(hidden_.values).subspan(first * kHiddenRowLen),
                         std::span(hidden_.counts).subspan(first), std::span(hidden_.blindings).subspan(first));
  if (interceptor_ != nullptr) {
    interceptor_->points(label, commitments);
  }
  hidden_.commitments.insert(hidden_.commitments.end(), commitments.begin(), commitments.end());
  send_points(label, commitments);
}

void ProverChannel::send_points(std::string_view label, std::span<const curve::G1Affine> points) {
  Bytes compressed;
  for (const curve::G1Affine& p : points) {
    const auto bytes = curve::compress(p);
    compressed.insert(compressed.end(), bytes.begin(), bytes.end());
  }
  transcript_.absorb_compressed(label, compressed);
  proof_.raw(compressed);
}

void ProverChannel::points(std::string_view label, std::span<const curve::G1Affine> honest) {
  std::vector<curve::G1Affine> points(honest.begin(), honest.end());
  if (interceptor_ != nullptr) {
    interceptor_->points(label, points);
  }
  send_points(label, points);
  sent_points_.insert(sent_points_.end(), points.begin(), points.end());
}

void ProverChannel::digest(std::string_view label, const hash::Digest& honest) {
  hash::Digest digest = honest;
  if (interceptor_ != nullptr) {
    interceptor_->digests(label, std::span(&digest, 1));
  }
  transcript_.absorb_digest(label, digest);
  proof_.raw(digest);
}

void ProverChannel::nonce(std::string_view label, std::uint64_t nonce) {
  if (interceptor_ != nullptr) {
    interceptor_->nonce(label, nonce);
  }
  transcript_.absorb_u64(label, nonce);
  proof_.u64(nonce);
}

void ProverChannel::opened(std::string_view label, std::span<const Fr> honest) {
  std::vector<Fr> elements(honest.begin(), honest.end());
  if (interceptor_ != nullptr) {
    interceptor_->message(label, elements);
  }
  for (const Fr& v : elements) {
    proof_.raw(v.to_bytes());
  }
}

void ProverChannel::opened(std::string_view label, std::span<const hash::Digest> honest) {
  std::vector<hash::Digest> nodes(honest.begin(), honest.end());
  if (interceptor_ != nullptr) {
    interceptor_->digests(label, nodes);
  }
  for (const hash::Digest& node : nodes) {
    proof_.raw(node);
  }
}

std::vector<Fr> ProverChannel::challenges(std::string_view label, std::size_t n) {
  std::vector<Fr> drawn = transcript_.challenges(label, n);
  if (interceptor_ != nullptr) {
    interceptor_->challenges(label, drawn);
  }
  return drawn;
}

void VerifierChannel::extend(ByteView proof, std::span<const curve::G1Affine> known_points) {
  const std::size_t read = proof_.offset();
  proof_ = ByteReader(proof, "proof");
  PROOFCARD_CHECK(proof_.raw(read, "messages that were read").ok());
  known_points_ = known_points;
}

void VerifierChannel::hide_with_pads(std::size_t num_pads) {
  num_pads_ = num_pads;
  coding_ = Coding::kPads;
}

void VerifierChannel::count_hidden() {
  counting_ = true;
  coding_ = Coding::kPads;
}

Result<std::vector<Value>> VerifierChannel::message(std::string_view label, std::size_t n) {
  switch (coding_) {
    case Coding::kRows:
      return take_rows(label, n);
    case Coding::kPads:
      return take_padded(label, n);
    case Coding::kClear:
      break;
  }
  PROOFCARD_TRY(const std::vector<Fr> values, take_elements(label, n));
  return std::vector<Value>(values.begin(), values.end());
}

Result<std::vector<Value>> VerifierChannel::take_rows(std::string_view label, std::size_t n) {
  const std::size_t first = num_rows();
  PROOFCARD_TRY(const ByteView compressed, read_points(label, rows_for(n)));
  compressed_rows_.insert(compressed_rows_.end(), compressed.begin(), compressed.end());
  transcript_.absorb_compressed(label, compressed);
  std::vector<Value> out;
  out.reserve(n);
  for (std::size_t i = 0; i < n; ++i) {
    out.push_back(Value::variable(static_cast<std::uint32_t>(first * kHiddenRowLen + i)));
  }
  return out;
}

Result<std::vector<Value>> VerifierChannel::take_padded(std::string_view label, std::size_t n) {
  std::vector<Fr> sent(counting_ ? n : 0);
  if (!counting_) {
    if (n > num_pads_ - num_padded_) {
      return rejected("zero knowledge", "{}: expected a pad for each of {} elements, found {} pads", label, n,
                      num_pads_ - num_padded_);
    }
    PROOFCARD_TRY(sent, take_elements(label, n));
  }
  std::vector<Value> out;
  out.reserve(n);
  for (const Fr& v : sent) {
    out.push_back(Value(v) - Value::variable(static_cast<std::uint32_t>(num_padded_++)));
  }
  return out;
}

Result<std::vector<Fr>> VerifierChannel::take_elements(std::string_view label, std::size_t n) {
  PROOFCARD_TRY(std::vector<Fr> values, read_elements(label, n));
  transcript_.absorb(label, values);
  return values;
}

Result<std::vector<Fr>> VerifierChannel::read_elements(std::string_view label, std::size_t n) {
  if (n > proof_.remaining() / Fr::kBytes) {
    return rejected("parse", "{}: expected {} field elements at byte {}, found {} bytes", label, n, proof_.offset(),
                    proof_.remaining());
  }
  std::vector<Fr> values(n);
  for (Fr& v : values) {
    auto bytes = proof_.raw(Fr::kBytes, label);
    if (!bytes.ok()) {
      return parse_error(bytes.error());
    }
    const auto f = Fr::from_bytes(*bytes);
    if (!f) {
      return rejected("parse", "{}: field element before byte {} is not canonical", label, proof_.offset());
    }
    v = *f;
  }
  return values;
}

Result<Value> VerifierChannel::message(std::string_view label) {
  PROOFCARD_TRY(std::vector<Value> values, message(label, 1));
  return std::move(values[0]);
}

Result<ByteView> VerifierChannel::read_points(std::string_view label, std::size_t n) {
  if (n > proof_.remaining() / curve::kCompressedBytes) {
    return rejected("parse", "{}: expected {} points at byte {}, found {} bytes", label, n, proof_.offset(),
                    proof_.remaining());
  }
  auto bytes = proof_.raw(n * curve::kCompressedBytes, label);
  if (!bytes.ok()) {
    return parse_error(bytes.error());
  }
  return *bytes;
}

Result<hash::Digest> VerifierChannel::digest(std::string_view label) {
  PROOFCARD_TRY(const std::vector<hash::Digest> digest, opened_nodes(label, 1));
  transcript_.absorb_digest(label, digest[0]);
  return digest[0];
}

Result<std::uint64_t> VerifierChannel::nonce(std::string_view label) {
  const auto nonce = proof_.u64(label);
  if (!nonce.ok()) {
    return parse_error(nonce.error());
  }
  transcript_.absorb_u64(label, *nonce);
  return *nonce;
}

Result<std::vector<Fr>> VerifierChannel::opened_elements(std::string_view label, std::size_t n) {
  return read_elements(label, n);
}

Result<std::vector<hash::Digest>> VerifierChannel::opened_nodes(std::string_view label, std::size_t n) {
  if (n > proof_.remaining() / sizeof(hash::Digest)) {
    return rejected("parse", "{}: expected {} digests at byte {}, found {} bytes", label, n, proof_.offset(),
                    proof_.remaining());
  }
  std::vector<hash::Digest> out(n);
  for (hash::Digest& digest : out) {
    PROOFCARD_TRY(const ByteView bytes, proof_.raw(sizeof digest, label));
    std::copy(bytes.begin(), bytes.end(), digest.begin());
    if (transcript_.function() == hash::Function::kPoseidon2 && !hash::to_element(digest)) {
      return rejected("parse", "{}: digest before byte {} is not canonical", label, proof_.offset());
    }
  }
  return out;
}

Status VerifierChannel::points_for_later(std::string_view label, std::size_t n) {
  PROOFCARD_TRY(const ByteView compressed, read_points(label, n));
  compressed_later_.insert(compressed_later_.end(), compressed.begin(), compressed.end());
  transcript_.absorb_compressed(label, compressed);
  return {};
}

Result<std::vector<curve::G1Affine>> VerifierChannel::rows_and_later_points() const {
  Bytes compressed = compressed_rows_;
  compressed.insert(compressed.end(), compressed_later_.begin(), compressed_later_.end());
  std::vector<curve::G1Affine> out(compressed.size() / curve::kCompressedBytes);
  if (Status s = curve::batch_decompress(out, compressed, "message"); !s.ok()) {
    return parse_error(s.error());
  }
  return out;
}

Result<std::vector<curve::G1Affine>> VerifierChannel::points(std::string_view label, std::size_t n) {
  PROOFCARD_TRY(const ByteView compressed, read_points(label, n));
  std::vector<curve::G1Affine> out(n);
  if (known_points_.size() >= n && !known_points_.empty()) {
    std::copy_n(known_points_.begin(), n, out.begin());
    known_points_ = known_points_.subspan(n);
  } else if (Status s = curve::batch_decompress(out, compressed, label); !s.ok()) {
    return parse_error(s.error());
  }
  transcript_.absorb_compressed(label, compressed);
  return out;
}

Result<std::vector<Value>> VerifierChannel::hidden_vector(std::string_view label, std::size_t n) {
  if (coding_ != Coding::kRows) {
    return message(label, n);
  }
  std::vector<Value> out;
  out.reserve(n);
  for (std::size_t i = 0; i < n; ++i) {
    out.push_back(Value::variable(kVectorVariables + static_cast<std::uint32_t>(i)));
  }
  return out;
}

Status VerifierChannel::require_zero(std::span<const Product> products, const Value& rest, std::string_view stage) {
  const bool constant = rest.is_constant() && std::all_of(products.begin(), products.end(), [](const Product& p) {
                          return p.a.is_constant() && p.b.is_constant();
                        });
  if (!constant) {
    constraints_.push_back({{products.begin(), products.end()}, rest, std::string(stage)});
    return {};
  }
  Fr sum = rest.constant();
  for (const Product& p : products) {
    sum += p.a.constant() * p.b.constant();
  }
  if (!sum.is_zero()) {
    return rejected(std::string(stage), "the equation does not hold");
  }
  return {};
}

Status VerifierChannel::expect_end() const {
  if (Status s = proof_.expect_end(); !s.ok()) {
    return parse_error(s.error());
  }
  return {};
}

}  // namespace proofcard
