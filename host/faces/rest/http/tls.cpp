#include "host/faces/rest/http/tls.hpp"

#include <openssl/ssl.h>

namespace proofcard::rest {

Result<std::shared_ptr<boost::asio::ssl::context>> make_tls_context(const std::string& certificate,
                                                                    const std::string& private_key) {
  namespace ssl = boost::asio::ssl;
  auto out = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX* native = out->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_cipher_list(native, "ECDHE+AESGCM:ECDHE+CHACHA20");
  boost::system::error_code error;
  out->use_certificate_chain_file(certificate, error);
  if (error) {
    return bad_input("--tls-cert " + certificate, "expected a certificate in PEM, found: {}", error.message());
  }
  out->use_private_key_file(private_key, ssl::context::pem, error);
  if (!error && SSL_CTX_check_private_key(native) != 1) {
    error = boost::asio::error::invalid_argument;
  }
  if (error) {
    return bad_input("--tls-key " + private_key, "expected the certificate's private key in PEM, found: {}",
                     error.message());
  }
  return out;
}

}  // namespace proofcard::rest
