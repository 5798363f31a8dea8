// What a proof shows, by label; and challenges and blinding of a test's choice.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "host/hash/blinding.hpp"
#include "host/transcript/channel.hpp"

namespace proofcard::testing {

// One message: either field elements (in the clear) or points.
struct Sent {
  std::string label;
  std::vector<Fr> fields;
  std::vector<curve::G1Affine> points;
};

// Records a prover's messages. Construct after the statement was absorbed; the channel must stay where it is.
class SentRecorder {
 public:
  explicit SentRecorder(ProverChannel& channel);
  // All messages so far.
  std::vector<Sent> sent() const;

 private:
  ProverChannel& channel_;
  std::vector<std::pair<std::string, std::size_t>> absorbed_;
};

// All field elements sent in the clear, in order.
std::vector<Fr> clear_fields(const std::vector<Sent>& sent);
// Those of one label.
std::vector<Fr> clear_fields(const std::vector<Sent>& sent, std::string_view label);
std::vector<curve::G1Affine> sent_points(const std::vector<Sent>& sent);

// A random oracle that depends on nothing but the seed: challenge number i is the same whatever was absorbed.
Transcript::Oracle seeded_oracle(std::uint64_t seed);

// Blinding values by (label, index): random ones from a seed, unless the test sets them. Remembers what was asked for.
class BlindingTable {
 public:
  using Key = std::pair<std::string, std::uint64_t>;

  explicit BlindingTable(std::uint64_t seed);
  hash::BlindingSource source() const;

  Fr get(const Key& key) const;
  void set(const Key& key, const Fr& value) { overrides_[key] = value; }
  void remove_label(const std::string& label) { removed_ = label; }  // all its values become 0
  // In order of label and index.
  std::vector<Key> asked() const;

 private:
  std::shared_ptr<const hash::BlindingSource> random_;
  std::map<Key, Fr> overrides_;
  std::string removed_;
  std::shared_ptr<std::map<Key, int>> asked_ = std::make_shared<std::map<Key, int>>();
};

// Rank of a matrix given by rows.
std::size_t rank(std::vector<std::vector<Fr>> rows);

}  // namespace proofcard::testing
