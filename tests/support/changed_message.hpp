// Changed: a prover that lies in one message and goes on from its own values.
#pragma once

#include <string>
#include <string_view>

#include "host/transcript/channel.hpp"

namespace proofcard::testing {

// Changes one message of the prover; what follows is from its own values.
class Changed : public Interceptor {
 public:
  Changed(std::string label, std::size_t which, std::size_t position)
      : label_(std::move(label)), which_(which), position_(position) {}

  void message(std::string_view label, std::span<Fr> values) override {
    if (label == label_ && which_-- == 0) {
      values[position_ % values.size()] += Fr::one();
    }
  }
  void digests(std::string_view label, std::span<hash::Digest> digests) override {
    if (label == label_ && which_-- == 0 && !digests.empty()) {
      digests[position_ % digests.size()][7] ^= 16;
    }
  }
  void nonce(std::string_view label, std::uint64_t& nonce) override {
    if (label == label_ && which_-- == 0) {
      ++nonce;
    }
  }

 private:
  std::string label_;
  std::size_t which_;
  std::size_t position_;
};

}  // namespace proofcard::testing
