#include "host/transcript/channel.hpp"

#include "host/curve/encoding.hpp"

namespace proofcard {
namespace {

Error parse_error(const Error& e) { return Error{ErrorKind::kRejected, "parse", e.message()}; }

}  // namespace

void ProverChannel::message(std::string_view label, std::span<const Fr> values) {
  transcript_.absorb(label, values);
  for (const Fr& v : values) {
    proof_.raw(v.to_bytes());
  }
}

void ProverChannel::points(std::string_view label, std::span<const curve::G1Affine> points) {
  transcript_.absorb(label, points);
  for (const curve::G1Affine& p : points) {
    proof_.raw(curve::compress(p));
  }
}

Result<std::vector<Value>> VerifierChannel::message(std::string_view label, std::size_t n) {
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
  transcript_.absorb(label, values);
  return std::vector<Value>(values.begin(), values.end());
}

Result<Value> VerifierChannel::message(std::string_view label) {
  PROOFCARD_TRY(std::vector<Value> values, message(label, 1));
  return std::move(values[0]);
}

Result<std::vector<curve::G1Affine>> VerifierChannel::points(std::string_view label, std::size_t n) {
  if (n > proof_.remaining() / curve::kCompressedBytes) {
    return rejected("parse", "{}: expected {} points at byte {}, found {} bytes", label, n, proof_.offset(),
                    proof_.remaining());
  }
  auto bytes = proof_.raw(n * curve::kCompressedBytes, label);
  if (!bytes.ok()) {
    return parse_error(bytes.error());
  }
  std::vector<curve::G1Affine> out(n);
  if (Status s = curve::batch_decompress(out, *bytes, label); !s.ok()) {
    return parse_error(s.error());
  }
  transcript_.absorb(label, out);
  return out;
}

Status VerifierChannel::require_zero(std::span<const Product> products, const Value& rest, std::string_view stage) {
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
