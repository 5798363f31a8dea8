#include "host/groth16/json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "host/base/text.hpp"
#include "host/curve/pairing.hpp"

namespace proofcard::groth16 {
namespace {

using Json = nlohmann::json;
using curve::G1Affine;
using curve::G2Affine;

constexpr std::string_view kProtocol = "groth16";
// snarkjs and circom call BN254 so; some tools write its other name.
constexpr std::string_view kCurve = "bn128";
constexpr std::string_view kCurveOther = "bn254";
constexpr std::size_t kMaxDigits = 78;  // of 2^256 - 1

// For errors.
std::string found_text(const Json& json) {
  return json.is_string() ? fmt::format("\"{}\"", printable(json.get_ref<const std::string&>(), 40))
                          : fmt::format("{} {}", json.is_array() || json.is_object() ? "an" : "a", json.type_name());
}

// Reads members of one file; every error names it.
class Reader {
 public:
  Reader(std::string name, ErrorKind kind) : name_(std::move(name)), kind_(kind) {}

  Result<Json> parse(std::string_view text) const {
    Json json = Json::parse(text, nullptr, false);
    if (json.is_discarded()) {
      return error("the file", "JSON", "text that is not");
    }
    return json;
  }

  Error error(std::string_view what, std::string_view expected, std::string_view found) const {
    return make_error(kind_, name_, "{}: expected {}, found {}", what, expected, found);
  }

  Result<Json> member(const Json& json, const std::string& key) const {
    if (!json.is_object() || !json.contains(key)) {
      return error(key, "a member of this name", "none");
    }
    return json.at(key);
  }

  // Absent, or one of these words.
  Status word(const Json& json, const std::string& key, std::string_view word, std::string_view other) const {
    if (!json.is_object()) {
      return error("the file", "a JSON object", found_text(json));
    }
    if (json.contains(key) && json.at(key) != word && json.at(key) != other) {
      return error(key, fmt::format("\"{}\"", word), found_text(json.at(key)));
    }
    return {};
  }

  template <class Field>
  Result<Field> number(const Json& json, const std::string& what) const {
    if (!json.is_string()) {
      return error(what, "a number in decimal digits, as a string", found_text(json));
    }
    const std::optional<U256> value = from_decimal(json.get_ref<const std::string&>());
    if (!value) {
      return error(what, "a number in decimal digits", "other text or too many digits");
    }
    if (!detail::less(*value, Field::kModulus)) {
      return error(what, "a number below the prime", "a larger one");
    }
    return Field::from_canonical(*value);
  }

  Result<Fq2> pair(const Json& json, const std::string& what) const {
    PROOFCARD_RETURN_IF_ERROR(array(json, what, 2));
    Fq2 out;
    PROOFCARD_TRY(out.c0, number<Fq>(json[0], what));
    PROOFCARD_TRY(out.c1, number<Fq>(json[1], what));
    return out;
  }

  Result<G1Affine> g1(const Json& json, const std::string& what) const {
    PROOFCARD_RETURN_IF_ERROR(array(json, what, 3));
    G1Affine point;
    PROOFCARD_TRY(point.x, number<Fq>(json[0], what));
    PROOFCARD_TRY(point.y, number<Fq>(json[1], what));
    PROOFCARD_TRY(const Fq z, number<Fq>(json[2], what));
    PROOFCARD_TRY(point, finish(point, z, Fq::one(), what));
    return point;
  }

  Result<G2Affine> g2(const Json& json, const std::string& what) const {
    PROOFCARD_RETURN_IF_ERROR(array(json, what, 3));
    G2Affine point;
    PROOFCARD_TRY(point.x, pair(json[0], what));
    PROOFCARD_TRY(point.y, pair(json[1], what));
    PROOFCARD_TRY(const Fq2 z, pair(json[2], what));
    PROOFCARD_TRY(point, finish(point, z, Fq2::one(), what));
    if (!point.is_in_group()) {
      return error(what, "a point of G2", "a point of the twist outside the group");
    }
    return point;
  }

  Status array(const Json& json, const std::string& what, std::size_t size) const {
    if (!json.is_array() || json.size() != size) {
      return error(what, fmt::format("an array of {}", size),
                   json.is_array() ? fmt::format("{}", json.size()) : found_text(json));
    }
    return {};
  }

 private:
  template <class Point, class Field>
  Result<Point> finish(const Point& point, const Field& z, const Field& one, const std::string& what) const {
    if (z.is_zero()) {
      return Point::infinity();
    }
    if (z != one) {
      return error(what, "a last coordinate of 1, or 0 for infinity", "another number");
    }
    if (point.is_infinity() || !point.is_on_curve()) {
      return error(what, "a point of the curve", "other coordinates");
    }
    return point;
  }

  std::string name_;
  ErrorKind kind_;
};

using OrderedJson = nlohmann::ordered_json;

OrderedJson to_json(const Fq& v) { return to_decimal(v.canonical()); }
OrderedJson to_json(const Fq2& v) { return OrderedJson::array({to_json(v.c0), to_json(v.c1)}); }
OrderedJson to_json(const Fq6& v) { return OrderedJson::array({to_json(v.c0), to_json(v.c1), to_json(v.c2)}); }
OrderedJson to_json(const Fq12& v) { return OrderedJson::array({to_json(v.c0), to_json(v.c1)}); }

template <class Point, class Field>
OrderedJson point_json(const Point& p, const Field& zero, const Field& one) {
  const bool infinite = p.is_infinity();
  return OrderedJson::array({to_json(p.x), to_json(infinite ? one : p.y), to_json(infinite ? zero : one)});
}
OrderedJson to_json(const G1Affine& p) { return point_json(p, Fq::zero(), Fq::one()); }
OrderedJson to_json(const G2Affine& p) { return point_json(p, Fq2::zero(), Fq2::one()); }

// e(alpha, beta) as snarkjs has it: its final exponentiation (Fuentes-Castaneda, Knapp and Rodriguez-Henriquez, "Faster
// hashing to G2", 2011) leaves the power 2 z (6 z^2 + 3 z + 1) of the pairing.
Fq12 snarkjs_pairing(const G1Affine& p, const G2Affine& q) {
  const Fq12 e = curve::pairing(p, q);
  const Fq12 e_z = e.pow_vartime(curve::kX);
  const Fq12 sum = e_z.pow_vartime(curve::kX).pow_vartime(6) * e_z.pow_vartime(3) * e;
  return sum.pow_vartime(curve::kX).square();
}

}  // namespace

std::string to_decimal(U256 value) {
  std::string digits;
  do {
    detail::U128 rest = 0;
    for (std::size_t i = 4; i-- > 0;) {
      const detail::U128 part = rest << 64 | value[i];
      value[i] = static_cast<std::uint64_t>(part / 10);
      rest = part % 10;
    }
    digits.push_back(static_cast<char>('0' + static_cast<int>(rest)));
  } while (value != U256{});
  std::reverse(digits.begin(), digits.end());
  return digits;
}

std::optional<U256> from_decimal(std::string_view text) {
  if (text.empty() || text.size() > kMaxDigits) {
    return std::nullopt;
  }
  U256 value{};
  for (const char c : text) {
    if (c < '0' || c > '9') {
      return std::nullopt;
    }
    detail::U128 carry = static_cast<unsigned>(c - '0');
    for (std::uint64_t& limb : value) {
      carry += static_cast<detail::U128>(limb) * 10;
      limb = static_cast<std::uint64_t>(carry);
      carry >>= 64;
    }
    if (carry != 0) {
      return std::nullopt;
    }
  }
  return value;
}

Result<Proof> parse_proof(std::string_view text, const std::string& name) {
  const Reader reader(name, ErrorKind::kRejected);
  PROOFCARD_TRY(const Json json, reader.parse(text));
  PROOFCARD_RETURN_IF_ERROR(reader.word(json, "protocol", kProtocol, kProtocol));
  PROOFCARD_RETURN_IF_ERROR(reader.word(json, "curve", kCurve, kCurveOther));
  Proof proof;
  PROOFCARD_TRY(const Json a, reader.member(json, "pi_a"));
  PROOFCARD_TRY(proof.a, reader.g1(a, "pi_a"));
  PROOFCARD_TRY(const Json b, reader.member(json, "pi_b"));
  PROOFCARD_TRY(proof.b, reader.g2(b, "pi_b"));
  PROOFCARD_TRY(const Json c, reader.member(json, "pi_c"));
  PROOFCARD_TRY(proof.c, reader.g1(c, "pi_c"));
  return proof;
}

Result<std::vector<Fr>> parse_public(std::string_view text, const std::string& name) {
  const Reader reader(name, ErrorKind::kRejected);
  PROOFCARD_TRY(const Json json, reader.parse(text));
  if (!json.is_array()) {
    return reader.error("the file", "an array", found_text(json));
  }
  std::vector<Fr> signals(json.size());
  for (std::size_t i = 0; i < signals.size(); ++i) {
    PROOFCARD_TRY(signals[i], reader.number<Fr>(json[i], fmt::format("signal {}", i)));
  }
  return signals;
}

Result<VerifyingKey> parse_verifying_key(std::string_view text, const std::string& name) {
  const Reader reader(name, ErrorKind::kBadInput);
  PROOFCARD_TRY(const Json json, reader.parse(text));
  PROOFCARD_RETURN_IF_ERROR(reader.word(json, "protocol", kProtocol, kProtocol));
  PROOFCARD_RETURN_IF_ERROR(reader.word(json, "curve", kCurve, kCurveOther));
  VerifyingKey vk;
  PROOFCARD_TRY(const Json alpha, reader.member(json, "vk_alpha_1"));
  PROOFCARD_TRY(vk.alpha1, reader.g1(alpha, "vk_alpha_1"));
  PROOFCARD_TRY(const Json beta, reader.member(json, "vk_beta_2"));
  PROOFCARD_TRY(vk.beta2, reader.g2(beta, "vk_beta_2"));
  PROOFCARD_TRY(const Json gamma, reader.member(json, "vk_gamma_2"));
  PROOFCARD_TRY(vk.gamma2, reader.g2(gamma, "vk_gamma_2"));
  PROOFCARD_TRY(const Json delta, reader.member(json, "vk_delta_2"));
  PROOFCARD_TRY(vk.delta2, reader.g2(delta, "vk_delta_2"));
  if (vk.alpha1.is_infinity() || vk.beta2.is_infinity() || vk.gamma2.is_infinity() || vk.delta2.is_infinity()) {
    return reader.error("alpha, beta, gamma and delta", "points other than infinity", "infinity");
  }
  PROOFCARD_TRY(const Json ic, reader.member(json, "IC"));
  if (!ic.is_array() || ic.empty()) {
    return reader.error("IC", "an array of at least one point", ic.is_array() ? "none" : found_text(ic));
  }
  vk.ic.resize(ic.size());
  for (std::size_t i = 0; i < vk.ic.size(); ++i) {
    PROOFCARD_TRY(vk.ic[i], reader.g1(ic[i], fmt::format("IC[{}]", i)));
  }
  if (json.contains("nPublic") && json.at("nPublic") != vk.ic.size() - 1) {
    return reader.error("nPublic", fmt::format("{}, one less than the points of IC", vk.ic.size() - 1),
                        printable(json.at("nPublic").dump(), 40));
  }
  return vk;
}

std::string proof_json(const Proof& proof) {
  return OrderedJson{{"pi_a", to_json(proof.a)},
                     {"pi_b", to_json(proof.b)},
                     {"pi_c", to_json(proof.c)},
                     {"protocol", std::string(kProtocol)},
                     {"curve", std::string(kCurve)}}
      .dump(1);
}

std::string verifying_key_json(const VerifyingKey& vk) {
  OrderedJson json{
      {"protocol", std::string(kProtocol)}, {"curve", std::string(kCurve)},
      {"nPublic", vk.ic.size() - 1},        {"vk_alpha_1", to_json(vk.alpha1)},
      {"vk_beta_2", to_json(vk.beta2)},     {"vk_gamma_2", to_json(vk.gamma2)},
      {"vk_delta_2", to_json(vk.delta2)},   {"vk_alphabeta_12", to_json(snarkjs_pairing(vk.alpha1, vk.beta2))},
      {"IC", OrderedJson::array()}};
  for (const G1Affine& point : vk.ic) {
    json["IC"].push_back(to_json(point));
  }
  return json.dump(1);
}

std::string public_json(const std::vector<Fr>& signals) {
  OrderedJson json = OrderedJson::array();
  for (const Fr& signal : signals) {
    json.push_back(to_decimal(signal.canonical()));
  }
  return json.dump(1);
}

}  // namespace proofcard::groth16
