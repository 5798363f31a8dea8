#include "host/wrap/channel.hpp"

#include "host/base/check.hpp"

namespace proofcard::wrap {

Result<std::vector<Fr>> WireChannel::take(std::string_view label, std::size_t n) {
  std::vector<Fr> out(n);
  if (!messages_) {
    return out;
  }
  if (n > messages_->remaining() / Fr::kBytes) {
    return rejected("parse", "{}: expected {} field elements at byte {}, found {} bytes", label, n, messages_->offset(),
                    messages_->remaining());
  }
  for (Fr& v : out) {
    PROOFCARD_TRY(const ByteView bytes, messages_->raw(Fr::kBytes, label));
    const std::optional<Fr> element = Fr::from_bytes(bytes);
    if (!element) {
      return rejected("parse", "{}: field element before byte {} is not canonical", label, messages_->offset());
    }
    v = *element;
  }
  return out;
}

Result<std::vector<Wire>> WireChannel::message(std::string_view label, std::size_t n) {
  PROOFCARD_TRY(std::vector<Wire> out, opened_elements(label, n));
  for (const Wire& w : out) {
    sponge_.absorb(w);
  }
  return out;
}

Result<Wire> WireChannel::message(std::string_view label) {
  PROOFCARD_TRY(const std::vector<Wire> out, message(label, 1));
  return out[0];
}

Wire WireChannel::known(const hash::Digest& digest) {
  const std::optional<Fr> element = hash::to_element(digest);
  PROOFCARD_CHECK(element.has_value());
  return *element;
}

Result<Wire> WireChannel::nonce(std::string_view label) {
  std::uint64_t nonce = 0;
  if (messages_) {
    const auto read = messages_->u64(label);
    if (!read.ok()) {
      return rejected("parse", "{}", read.error().message());
    }
    nonce = *read;
  }
  const Wire out = builder_.wire(Fr::from_u64(nonce));
  sponge_.absorb(out);
  return out;
}

Result<std::vector<Wire>> WireChannel::opened_elements(std::string_view label, std::size_t n) {
  PROOFCARD_TRY(const std::vector<Fr> values, take(label, n));
  std::vector<Wire> out;
  out.reserve(n);
  for (const Fr& v : values) {
    out.push_back(builder_.wire(v));
  }
  return out;
}

Result<std::vector<Fr>> WireChannel::opened_nodes(std::string_view label, std::size_t n) { return take(label, n); }

std::vector<Wire> WireChannel::challenges(std::string_view label, std::size_t n) {
  std::vector<Wire> out;
  out.reserve(n);
  for (std::size_t i = 0; i < n; ++i) {
    out.push_back(challenge(label));
  }
  return out;
}

// The last product is in the equation itself.
Status WireChannel::require_zero(std::span<const Product> products, const Wire& rest, std::string_view /*stage*/) {
  if (products.empty()) {
    builder_.require_zero(rest);
    return {};
  }
  Wire sum = rest;
  for (const Product& p : products.first(products.size() - 1)) {
    sum += p.a * p.b;
  }
  builder_.require_product(products.back().a, products.back().b, -sum);
  return {};
}

void WireChannel::invert(std::span<Wire> numbers) {
  for (Wire& w : numbers) {
    w = builder_.inverse(w);
  }
}

Status WireChannel::expect_end() const {
  if (messages_ && messages_->remaining() != 0) {
    return rejected("parse", "expected the end at byte {}, found {} more bytes", messages_->offset(),
                    messages_->remaining());
  }
  return {};
}

}  // namespace proofcard::wrap
