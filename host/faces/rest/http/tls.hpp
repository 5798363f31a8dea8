// TLS as the service speaks it: 1.2 and 1.3, ciphers with forward secrecy, no compression, no renegotiation.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "host/base/result.hpp"

namespace proofcard::rest {

// PEM files: the certificate with its chain, and its private key. Errors: kBadInput naming the option and the file.
Result<std::shared_ptr<boost::asio::ssl::context>> make_tls_context(const std::string& certificate,
                                                                    const std::string& private_key);

}  // namespace proofcard::rest
