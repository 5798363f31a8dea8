#include "host/faces/rest/state/crypto.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <climits>

#include "host/base/text.hpp"

namespace proofcard::rest {
namespace {

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

Result<std::string> random_hex(std::size_t num_bytes) {
  Bytes bytes(num_bytes);
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    return make_error(ErrorKind::kIo, "random numbers", "the operating system gave none");
  }
  return hex(bytes);
}

std::string sha256_hex(std::string_view text) {
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
  SHA256(bytes_of(text), text.size(), digest.data());
  return hex(digest);
}

std::string sha256_base64(std::string_view text) {
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
  SHA256(bytes_of(text), text.size(), digest.data());
  std::array<unsigned char, (SHA256_DIGEST_LENGTH + 2) / 3 * 4 + 1> out{};
  return {reinterpret_cast<const char*>(out.data()),
          static_cast<std::size_t>(EVP_EncodeBlock(out.data(), digest.data(), SHA256_DIGEST_LENGTH))};
}

std::string hmac_sha256_hex(std::string_view key, std::string_view text) {
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(text), text.size(), digest.data(), &size);
  return hex(digest);
}

bool equal_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::optional<Bytes> from_base64(std::string_view text) {
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  const auto is_digit = [](char c) {
    return ('A' <= c && c <= 'Z') || ('a' <= c && c <= 'z') || ('0' <= c && c <= '9') || c == '+' || c == '/';
  };
  if (text.size() % 4 != 0 || text.size() > INT_MAX ||
      !std::ranges::all_of(text.substr(0, text.size() - padding), is_digit)) {
    return std::nullopt;
  }
  Bytes out(text.size() / 4 * 3);
  if (!out.empty() && EVP_DecodeBlock(out.data(), bytes_of(text), static_cast<int>(text.size())) < 0) {
    return std::nullopt;
  }
  out.resize(out.size() - padding);
  return out;
}

}  // namespace proofcard::rest
