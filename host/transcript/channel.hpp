// The channel between prover and verifier: every message goes through it, and nothing else enters the transcript after
// the statement. The prover's side writes the proof; the verifier's side reads it and never fails on any bytes but by
// Result.
//
// One protocol serves three codings of a message, which may change on the way:
//   clear  it stands in the proof.
//   rows   it is committed in rows (hiding_key.hpp).
//   pads   it is sent plus one-time pads, the next of a vector of uniform elements that was committed before the first of
//          them.
// In the last two the verifier sees what is affine in variables (value.hpp), and what it requires of them is collected as
// constraints, which host/zk proves over the commitments. Order: messages, points and challenges come in the same order
// on both sides.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/base/result.hpp"
#include "host/curve/encoding.hpp"
#include "host/curve/g1.hpp"
#include "host/hash/blinding.hpp"
#include "host/hash/digest.hpp"
#include "host/transcript/checking_channel.hpp"
#include "host/transcript/hiding_key.hpp"
#include "host/transcript/transcript.hpp"
#include "host/transcript/value.hpp"

namespace proofcard {

// Variables are numbered row * kHiddenRowLen + position; those of the opening's vector (hidden_vector) from here on.
inline constexpr std::uint32_t kVectorVariables = std::uint32_t{1} << 31;

// All messages sent while hiding: row-major with stride kHiddenRowLen, zeros behind a row's own values.
struct HiddenMessages {
  std::vector<Fr> values;
  std::vector<std::uint32_t> counts;  // by row
  std::vector<Fr> blindings;
  std::vector<curve::G1Affine> commitments;
};

enum class Coding { kClear, kRows, kPads };

// What a test puts into a prover's channel to play a prover that lies: it may change messages and points before they
// are sent, and sees the challenges that follow. The prover goes on from what it computed itself.
class Interceptor {
 public:
  virtual ~Interceptor() = default;
  virtual void message(std::string_view /*label*/, std::span<Fr> /*values*/) {}
  // Points, and the commitments of a hidden message's rows.
  virtual void points(std::string_view /*label*/, std::span<curve::G1Affine> /*points*/) {}
  virtual void challenges(std::string_view /*label*/, std::span<const Fr> /*drawn*/) {}
  // Digests, those of opened() too; its elements go to message().
  virtual void digests(std::string_view /*label*/, std::span<hash::Digest> /*digests*/) {}
  virtual void nonce(std::string_view /*label*/, std::uint64_t& /*nonce*/) {}
};

class ProverChannel {
 public:
  // Commits messages in rows when `blinding` is given; it must outlive the channel.
  explicit ProverChannel(Transcript transcript, const hash::BlindingSource* blinding = nullptr)
      : transcript_(std::move(transcript)),
        blinding_(blinding),
        coding_(blinding != nullptr ? Coding::kRows : Coding::kClear) {}

  void message(std::string_view label, std::span<const Fr> values);
  void message(std::string_view label, const Fr& value) { message(label, std::span(&value, 1)); }
  // Points that hide or bind something by themselves: sent in both modes.
  void points(std::string_view label, std::span<const curve::G1Affine> points);
  // Digests bind what they are of: sent in both modes, and absorbed.
  void digest(std::string_view label, const hash::Digest& digest);
  // The result of a search that the verifier repeats one step of; absorbed.
  void nonce(std::string_view label, std::uint64_t nonce);
  // What digests before determine: rows of a word and nodes of its tree. In the clear in both modes, and not absorbed.
  void opened(std::string_view label, std::span<const Fr> elements);
  void opened(std::string_view label, std::span<const hash::Digest> nodes);

  Fr challenge(std::string_view label) { return challenges(label, 1)[0]; }
  std::vector<Fr> challenges(std::string_view label, std::size_t n);

  // Tests only; it must outlive the channel.
  void set_interceptor(Interceptor* interceptor) { interceptor_ = interceptor; }

  bool hiding() const { return coding_ != Coding::kClear; }
  // Messages are sent plus pads from here on, in order. Pre: messages are in the clear, and no more come than there are
  // pads.
  void hide_with(std::vector<Fr> pads);
  void stop_hiding() { coding_ = Coding::kClear; }
  // Pre: constructed with a source.
  const hash::BlindingSource& blinding() const { return *blinding_; }
  const HiddenMessages& hidden() const { return hidden_; }

  Transcript& transcript() { return transcript_; }
  const Bytes& proof() const { return proof_.bytes(); }
  // Every point that went through points(), in order.
  const std::vector<curve::G1Affine>& sent_points() const { return sent_points_; }
  Bytes take_proof() { return proof_.take(); }

 private:
  void send_elements(std::string_view label, std::span<const Fr> elements);
  void send_rows(std::string_view label, std::span<const Fr> values);
  void send_points(std::string_view label, std::span<const curve::G1Affine> points);

  Transcript transcript_;
  Interceptor* interceptor_ = nullptr;
  const hash::BlindingSource* blinding_;
  Coding coding_;
  HiddenMessages hidden_;  // in rows
  std::vector<Fr> pads_;
  std::size_t num_padded_ = 0;
  std::vector<curve::G1Affine> sent_points_;
  ByteWriter proof_;
};

// A CheckingChannel (checking_channel.hpp).
class VerifierChannel {
 public:
  using Number = Fr;
  using Value = proofcard::Value;
  using Digest = hash::Digest;
  struct Product {
    Value a;
    Value b;
  };
  // sum of a * b, plus rest, is 0.
  struct Constraint {
    std::vector<Product> products;
    Value rest;
    std::string stage;
  };

  // `proof` must outlive the channel. A prover that reads its own proof again passes its points (those that are not
  // rows of hidden messages, in order), so that they need no decompression.
  VerifierChannel(Transcript transcript, ByteView proof, bool hiding = false,
                  std::span<const curve::G1Affine> known_points = {})
      : transcript_(std::move(transcript)),
        proof_(proof, "proof"),
        coding_(hiding ? Coding::kRows : Coding::kClear),
        known_points_(known_points) {}

  // The proof has gone on: `proof`, which must outlive the channel too, begins with the bytes that were read, and these are
  // the known points behind them. Pre: it is as long as what was read.
  void extend(ByteView proof, std::span<const curve::G1Affine> known_points);

  Result<std::vector<Value>> message(std::string_view label, std::size_t n);
  Result<Value> message(std::string_view label);
  Result<std::vector<Fr>> shown(std::string_view label, std::size_t n) { return take_elements(label, n); }
  static hash::Digest known(const hash::Digest& digest) { return digest; }
  Result<std::vector<curve::G1Affine>> points(std::string_view label, std::size_t n);
  Result<hash::Digest> digest(std::string_view label);
  Result<std::uint64_t> nonce(std::string_view label);
  // Not absorbed: the caller compares them with a digest that was.
  Result<std::vector<Fr>> opened_elements(std::string_view label, std::size_t n);
  Result<std::vector<hash::Digest>> opened_nodes(std::string_view label, std::size_t n);

  // The vector that an opening ends with: a message in plain mode; while hiding n variables that are not sent but
  // committed by what the opening's equation says (pcs/hyrax/opening.hpp).
  Result<std::vector<Value>> hidden_vector(std::string_view label, std::size_t n);

  Fr challenge(std::string_view label) { return transcript_.challenge(label); }
  std::vector<Fr> challenges(std::string_view label, std::size_t n) { return transcript_.challenges(label, n); }

  // Rejects, naming the stage, unless sum of a*b plus rest is 0; while variables occur, notes the constraint instead.
  Status require_zero(const Value& rest, std::string_view stage) { return require_zero({}, rest, stage); }
  Status require_zero(std::span<const Product> products, const Value& rest, std::string_view stage);

  // Each by its inverse, 0 by 0.
  static void invert(std::span<Fr> numbers) { batch_inverse<Fr>(numbers); }

  bool hiding() const { return coding_ != Coding::kClear; }
  // Messages are sent plus pads, variables number 0, 1, ..., from here on. Pre: messages are in the clear. Errors of later
  // messages: kRejected, stage "zero knowledge", for more than there are pads.
  void hide_with_pads(std::size_t num_pads);
  // The same without a proof: messages are variables, as many as are asked for, and nothing is read. To count them.
  void count_hidden();
  // Elements that came with pads, or were counted.
  std::size_t num_padded() const { return num_padded_; }
  void stop_hiding() { coding_ = Coding::kClear; }
  const std::vector<Constraint>& constraints() const { return constraints_; }
  // Hidden rows so far.
  std::size_t num_rows() const { return compressed_rows_.size() / curve::kCompressedBytes; }
  // As points(), but they are decompressed later, all together with the hidden rows' commitments, which saves time.
  Status points_for_later(std::string_view label, std::size_t n);
  // The commitments of the hidden rows, and behind them what points_for_later read, in order. Errors: kRejected, stage
  // "parse".
  Result<std::vector<curve::G1Affine>> rows_and_later_points() const;

  Status expect_end() const;

 private:
  Result<ByteView> read_points(std::string_view label, std::size_t n);
  Result<std::vector<Fr>> read_elements(std::string_view label, std::size_t n);
  Result<std::vector<Fr>> take_elements(std::string_view label, std::size_t n);
  Result<std::vector<Value>> take_rows(std::string_view label, std::size_t n);
  Result<std::vector<Value>> take_padded(std::string_view label, std::size_t n);

  Transcript transcript_;
  ByteReader proof_;
  Coding coding_;
  bool counting_ = false;
  std::size_t num_pads_ = 0;
  std::size_t num_padded_ = 0;
  std::span<const curve::G1Affine> known_points_;
  Bytes compressed_rows_;
  Bytes compressed_later_;
  std::vector<Constraint> constraints_;
};

static_assert(CheckingChannel<VerifierChannel>);

}  // namespace proofcard
