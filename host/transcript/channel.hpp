// The channel between prover and verifier: every message goes through it, and nothing else enters the transcript after the
// statement. The prover's side writes the proof; the verifier's side reads it and never fails on any bytes but by Result.
//
// One protocol serves two modes: in plain mode messages stand in the proof; in zero-knowledge mode they are committed (see value.hpp).
// Order: messages, commitments and challenges come in the same order on both sides.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/base/result.hpp"
#include "host/curve/g1.hpp"
#include "host/transcript/transcript.hpp"
#include "host/transcript/value.hpp"

namespace proofcard {

class ProverChannel {
 public:
  explicit ProverChannel(Transcript transcript) : transcript_(std::move(transcript)) {}

  void message(std::string_view label, std::span<const Fr> values);
  void message(std::string_view label, const Fr& value) { message(label, std::span(&value, 1)); }
  // Points that hide or bind something by themselves: sent in both modes.
  void points(std::string_view label, std::span<const curve::G1Affine> points);

  Fr challenge(std::string_view label) { return transcript_.challenge(label); }
  std::vector<Fr> challenges(std::string_view label, std::size_t n) { return transcript_.challenges(label, n); }

  Transcript& transcript() { return transcript_; }
  Bytes take_proof() { return proof_.take(); }

 private:
  Transcript transcript_;
  ByteWriter proof_;
};

class VerifierChannel {
 public:
  // `proof` must outlive the channel.
  VerifierChannel(Transcript transcript, ByteView proof) : transcript_(std::move(transcript)), proof_(proof, "proof") {}

  Result<std::vector<Value>> message(std::string_view label, std::size_t n);
  Result<Value> message(std::string_view label);
  Result<std::vector<curve::G1Affine>> points(std::string_view label, std::size_t n);

  Fr challenge(std::string_view label) { return transcript_.challenge(label); }
  std::vector<Fr> challenges(std::string_view label, std::size_t n) { return transcript_.challenges(label, n); }

  struct Product {
    Value a;
    Value b;
  };
  // Rejects, naming the stage, unless sum of a*b plus rest is 0.
  Status require_zero(const Value& rest, std::string_view stage) { return require_zero({}, rest, stage); }
  Status require_zero(std::span<const Product> products, const Value& rest, std::string_view stage);

  Status expect_end() const;

 private:
  Transcript transcript_;
  ByteReader proof_;
};

}  // namespace proofcard
