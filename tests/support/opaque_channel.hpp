// OpaqueChannel: a verifier's channel over a plain proof whose numbers and messages are OpaqueNumbers. It reads and draws what
// VerifierChannel does.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "host/pcs/whir/row_oracle.hpp"
#include "host/transcript/channel.hpp"
#include "tests/support/opaque_number.hpp"

namespace proofcard::testing {

// A root that is handed to the oracle alone.
class OpaqueDigest {
 private:
  friend class OpaqueChannel;
  friend class OpaqueRowOracle;
  hash::Digest digest_{};
};

class OpaqueChannel {
 public:
  using Number = OpaqueNumber;
  using Value = OpaqueNumber;
  using Digest = OpaqueDigest;
  struct Product {
    Value a;
    Value b;
  };

  // Pre: the channel does not hide, and outlives this.
  explicit OpaqueChannel(VerifierChannel& inner) : inner_(inner) { OpaqueNumber::num_products = 0; }

  Result<std::vector<Value>> message(std::string_view label, std::size_t n) {
    enter(label);
    PROOFCARD_TRY(const std::vector<proofcard::Value> values, inner_.message(label, n));
    std::vector<Value> out;
    for (const proofcard::Value& v : values) {
      out.push_back(Value::drawn(v.constant()));
    }
    return out;
  }
  Result<Value> message(std::string_view label) {
    PROOFCARD_TRY(const std::vector<Value> values, message(label, 1));
    return values[0];
  }
  Result<std::vector<Number>> shown(std::string_view label, std::size_t n) { return message(label, n); }
  Result<Digest> digest(std::string_view label) {
    enter(label);
    Digest out;
    PROOFCARD_TRY(out.digest_, inner_.digest(label));
    return out;
  }
  static Digest known(const hash::Digest& digest) {
    Digest out;
    out.digest_ = digest;
    return out;
  }
  static constexpr bool hiding() { return false; }
  static void stop_hiding() {}
  Number challenge(std::string_view label) { return challenges(label, 1)[0]; }
  std::vector<Number> challenges(std::string_view label, std::size_t n) {
    enter(label);
    std::vector<Number> out;
    for (const Fr& v : inner_.challenges(label, n)) {
      out.push_back(Number::drawn(v));
    }
    return out;
  }
  Status require_zero(const Value& rest, std::string_view stage) { return require_zero({}, rest, stage); }
  Status require_zero(std::span<const Product> products, const Value& rest, std::string_view stage) {
    enter(stage);
    std::vector<VerifierChannel::Product> known;
    for (const Product& p : products) {
      known.push_back({p.a.value_, p.b.value_});
    }
    constraints_[part_] += std::max<std::size_t>(1, products.size());
    return inner_.require_zero(known, rest.value_, stage);
  }
  void invert(std::span<Number> numbers) {
    for (Number& n : numbers) {
      n.value_ = n.value_.inverse();
      ++constraints_[part_];
    }
  }

  // Products and equations so far, by the first word of the label or stage before them.
  const std::map<std::string, std::size_t>& constraints() {
    enter(part_);
    return constraints_;
  }

 private:
  void enter(std::string_view label) {
    constraints_[part_] += std::exchange(OpaqueNumber::num_products, 0);
    part_ = label.substr(0, label.find_first_of(". "));
  }

  friend class OpaqueRowOracle;

  VerifierChannel& inner_;
  std::string part_ = "statement";
  std::map<std::string, std::size_t> constraints_;
};

static_assert(CheckingChannel<OpaqueChannel>);

// The oracle of openings (pcs/whir/row_oracle.hpp) of such a channel.
class OpaqueRowOracle {
 public:
  OpaqueRowOracle(OpaqueChannel& channel, const kernels::MerkleHash& hash)
      : channel_(channel), oracle_(channel.inner_, hash) {}

  OpaqueNumber out_of_domain_point(const OpaqueDigest& root, unsigned log_size) const {
    return OpaqueNumber::drawn(oracle_.out_of_domain_point(root.digest_, log_size));
  }
  Status check_work(unsigned grinding_bits) {
    channel_.enter("whir.grind");
    return oracle_.check_work(grinding_bits);
  }
  // Pre: the word has no mask.
  Result<pcs::whir::DrawnRowsOver<OpaqueNumber>> draw(const pcs::whir::QueriedRootOver<OpaqueChannel>& word) {
    PROOFCARD_TRY(const pcs::whir::DrawnRows rows, oracle_.draw({word.oracle, word.root.digest_, word.offset}));
    return pcs::whir::DrawnRowsOver<OpaqueNumber>{opaque(rows.points), opaque(rows.elements),
                                                  std::vector<OpaqueNumber>(rows.points.size()), rows.width,
                                                  rows.stride};
  }

 private:
  static std::vector<OpaqueNumber> opaque(std::span<const Fr> values) {
    std::vector<OpaqueNumber> out;
    for (const Fr& v : values) {
      out.push_back(OpaqueNumber::drawn(v));
    }
    return out;
  }

  OpaqueChannel& channel_;
  pcs::whir::RowOracle oracle_;
};

}  // namespace proofcard::testing
