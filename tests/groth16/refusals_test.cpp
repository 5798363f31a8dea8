// Refusals by their own error: what another check would have refused later does not count.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "host/groth16/json.hpp"
#include "host/groth16/r1cs.hpp"
#include "host/groth16/witness.hpp"
#include "host/groth16/zkey.hpp"
#include "tests/groth16/small_key.hpp"

namespace proofcard::groth16 {
namespace {

using namespace testing;
using nlohmann::json;
using ::testing::HasSubstr;

// On the twist, but outside G2.
constexpr const char* kOutside = R"([["1", "0"],
  ["18278151005453108793778860132295291098363647455926340152056652516292830556603",
   "5912654199736721486680175016176231956195085055698687135131307249486702594212"], ["1", "0"]])";

json proof_of_generators() {
  return json::parse(
      proof_json({curve::G1Affine::generator(), curve::G2Affine::generator(), curve::G1Affine::generator()}));
}

json key_of_generators() {
  const json proof = proof_of_generators();
  return {{"protocol", "groth16"},       {"curve", "bn128"},           {"nPublic", 0},
          {"vk_alpha_1", proof["pi_a"]}, {"vk_beta_2", proof["pi_b"]}, {"vk_gamma_2", proof["pi_b"]},
          {"vk_delta_2", proof["pi_b"]}, {"IC", {proof["pi_a"]}}};
}

template <class T>
std::string error_of(const Result<T>& result) {
  return result.ok() ? "accepted" : result.error().message();
}

std::string proof_error(const json& proof) { return error_of(parse_proof(proof.dump(), "p.json")); }
std::string key_error(const json& key) { return error_of(parse_verifying_key(key.dump(), "vk.json")); }

TEST(Groth16Refusals, TextThatIsNoJson) {
  for (const char* text : {"", "{", "[1", "nothing"}) {
    EXPECT_THAT(error_of(parse_proof(text, "p.json")), HasSubstr("p.json: the file: expected JSON"));
    EXPECT_THAT(error_of(parse_public(text, "s.json")), HasSubstr("s.json: the file: expected JSON"));
    EXPECT_THAT(error_of(parse_verifying_key(text, "vk.json")), HasSubstr("vk.json: the file: expected JSON"));
  }
}

TEST(Groth16Refusals, Proofs) {
  EXPECT_EQ(proof_error(proof_of_generators()), "accepted");
  json proof = proof_of_generators();
  proof["pi_a"][0] = "x";
  EXPECT_THAT(proof_error(proof), HasSubstr("pi_a: expected a number in decimal digits, found other text"));
  proof = proof_of_generators();
  proof["pi_a"] = {{"x", "1"}, {"y", "2"}, {"z", "1"}};
  EXPECT_THAT(proof_error(proof), HasSubstr("pi_a: expected an array of 3"));
  proof["pi_a"] = "123";
  EXPECT_THAT(proof_error(proof), HasSubstr("pi_a: expected an array of 3"));
}

TEST(Groth16Refusals, VerificationKeys) {
  EXPECT_EQ(key_error(key_of_generators()), "accepted");
  const auto with = [](const char* member, const json& value) {
    json key = key_of_generators();
    key[member] = value;
    return key_error(key);
  };
  EXPECT_THAT(with("protocol", "plonk"), HasSubstr("protocol: expected \"groth16\""));
  EXPECT_THAT(with("curve", "bls12381"), HasSubstr("curve: expected \"bn128\""));
  const json g1_infinity = json::parse(R"(["0", "1", "0"])");
  const json g2_infinity = json::parse(R"([["0", "0"], ["1", "0"], ["0", "0"]])");
  EXPECT_THAT(with("vk_alpha_1", g1_infinity), HasSubstr("expected points other than infinity"));
  for (const char* member : {"vk_beta_2", "vk_gamma_2", "vk_delta_2"}) {
    EXPECT_THAT(with(member, g2_infinity), HasSubstr("expected points other than infinity"));
    EXPECT_THAT(with(member, json::parse(kOutside)), HasSubstr(std::string(member) + ": expected a point of G2"));
  }
  for (const json& ic : {json(5), json("points"), json::object({{"a", 1}})}) {
    EXPECT_THAT(with("IC", ic), HasSubstr("IC: expected an array of at least one point"));
  }
  json empty = key_of_generators();
  empty.erase("nPublic");
  empty["IC"] = json::array();
  EXPECT_THAT(key_error(empty), HasSubstr("IC: expected an array of at least one point"));
}

Bytes bytes_of(const Fq& v) {
  Bytes out;
  for (const std::uint64_t limb : v.montgomery()) {
    for (unsigned shift = 0; shift < 64; shift += 8) {
      out.push_back(static_cast<std::uint8_t>(limb >> shift));
    }
  }
  return out;
}

TEST(Groth16Refusals, KeysWithPointsOutsideTheGroup) {
  const SmallCircuit circuit = make_circuit(Fr::from_u64(3), Fr::from_u64(4));
  const Folder folder;
  const json outside = json::parse(kOutside);
  Bytes point;
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t k = 0; k < 2; ++k) {
      const Bytes coordinate = bytes_of(Fq::from_canonical(*from_decimal(outside[i][k].get<std::string>())));
      point.insert(point.end(), coordinate.begin(), coordinate.end());
    }
  }
  for (const auto& [offset, name] :
       {std::pair<std::ptrdiff_t, std::string>{212, "beta2"}, {340, "gamma2"}, {532, "delta2"}}) {
    FileOfSections file = zkey_of(circuit);
    std::copy(point.begin(), point.end(), file.section(2).begin() + offset);
    const auto zkey = Zkey::open(folder.write("circuit.zkey", file.bytes()));
    EXPECT_THAT(error_of(zkey), HasSubstr(name + ": expected a point of G2, found a point of another order"));
  }
}

TEST(Groth16Refusals, WitnessesOfAnotherLength) {
  const SmallCircuit circuit = make_circuit(Fr::from_u64(3), Fr::from_u64(4));
  const Folder folder;
  const auto r1cs = R1cs::open(folder.write("circuit.r1cs", r1cs_of(circuit).bytes()));
  ASSERT_TRUE(r1cs.ok()) << r1cs.error().message();
  std::vector<Fr> longer = circuit.witness;
  longer.push_back(Fr::zero());
  for (const auto& values : {longer, {circuit.witness.begin(), circuit.witness.end() - 1}}) {
    const auto witness = Witness::open(folder.write("witness.wtns", wtns_of(values).bytes()));
    ASSERT_TRUE(witness.ok()) << witness.error().message();
    const Status status = r1cs->check(*witness);
    ASSERT_FALSE(status.ok());
    EXPECT_THAT(status.error().message(), HasSubstr("expected a value for each of the 8 wires"));
  }
}

TEST(Groth16Refusals, FilesThatAreNone) {
  const Folder folder;
  EXPECT_THAT(error_of(Witness::open(folder.path("."))), HasSubstr("found something that is not a regular file"));
  EXPECT_THAT(error_of(Witness::open(folder.write("empty.wtns", {}))), HasSubstr("found an empty one"));
}

}  // namespace
}  // namespace proofcard::groth16
