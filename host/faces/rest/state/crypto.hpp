// What of OpenSSL the service uses beside TLS. All of it works on short texts.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "host/base/bytes.hpp"
#include "host/base/result.hpp"

namespace proofcard::rest {

// From the operating system, as hexadecimal digits. Errors: kIo.
Result<std::string> random_hex(std::size_t num_bytes);

// As hexadecimal digits.
std::string sha256_hex(std::string_view text);
std::string hmac_sha256_hex(std::string_view key, std::string_view text);

// In a time that depends on the lengths only.
bool equal_constant_time(std::string_view a, std::string_view b);

// As policies of web pages name a script: base64.
std::string sha256_base64(std::string_view text);

// Standard alphabet, padded, nothing else in it; nothing for other text.
std::optional<Bytes> from_base64(std::string_view text);

}  // namespace proofcard::rest
