#include "host/groth16/json.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "tests/support/random.hpp"

namespace proofcard::groth16 {
namespace {

using nlohmann::json;

Proof some_proof() {
  return {scalar_mul(curve::G1::generator(), Fr::from_u64(5)).to_affine(),
          scalar_mul(curve::G2::generator(), Fr::from_u64(6)).to_affine(),
          scalar_mul(curve::G1::generator(), Fr::from_u64(7)).to_affine()};
}

json some_key() {
  const json proof = json::parse(proof_json(some_proof()));
  return {{"protocol", "groth16"},
          {"curve", "bn128"},
          {"nPublic", 1},
          {"vk_alpha_1", proof["pi_a"]},
          {"vk_beta_2", proof["pi_b"]},
          {"vk_gamma_2", proof["pi_b"]},
          {"vk_delta_2", proof["pi_b"]},
          {"vk_alphabeta_12", json::array()},
          {"IC", {proof["pi_a"], proof["pi_c"]}}};
}

TEST(Decimal, Numbers) {
  EXPECT_EQ(to_decimal({0, 0, 0, 0}), "0");
  EXPECT_EQ(to_decimal(Fr::kModulus), "21888242871839275222246405745257275088548364400416034343698204186575808495617");
  const U256 largest{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX};
  EXPECT_EQ(to_decimal(largest), "115792089237316195423570985008687907853269984665640564039457584007913129639935");
  EXPECT_EQ(from_decimal(to_decimal(largest)), largest);
  EXPECT_EQ(from_decimal("0012"), (U256{12, 0, 0, 0}));
  for (const char* bad : {"", "-1", "+1", " 1", "1 ", "0x10", "1.0", "1e3",
                          "115792089237316195423570985008687907853269984665640564039457584007913129639936",
                          "0000000000000000000000000000000000000000000000000000000000000000000000000000001"}) {
    EXPECT_EQ(from_decimal(bad), std::nullopt) << bad;
  }
  proofcard::testing::Random random(4);
  for (int i = 0; i < 20; ++i) {
    const U256 v{random.u64(), random.u64(), random.u64(), random.u64()};
    EXPECT_EQ(from_decimal(to_decimal(v)), v);
  }
}

TEST(ProofJson, IsWrittenAsSnarkjsDoes) {
  const Proof g{curve::G1Affine::generator(), curve::G2Affine::infinity(), curve::G1Affine::infinity()};
  EXPECT_EQ(
      proof_json(g),
      "{\n \"pi_a\": [\n  \"1\",\n  \"2\",\n  \"1\"\n ],\n \"pi_b\": [\n  [\n   \"0\",\n   \"0\"\n  ],\n  [\n   "
      "\"1\",\n   \"0\"\n  ],\n  [\n   \"0\",\n   \"0\"\n  ]\n ],\n \"pi_c\": [\n  \"0\",\n  \"1\",\n  \"0\"\n ],\n "
      "\"protocol\": \"groth16\",\n \"curve\": \"bn128\"\n}");
  EXPECT_EQ(public_json({Fr::one(), -Fr::one()}),
            "[\n \"1\",\n \"21888242871839275222246405745257275088548364400416034343698204186575808495616\"\n]");
  EXPECT_EQ(public_json({}), "[]");
  for (const Proof& proof : {some_proof(), g}) {
    const auto parsed = parse_proof(proof_json(proof), "p.json");
    ASSERT_TRUE(parsed.ok()) << parsed.error().message();
    EXPECT_EQ(*parsed, proof);
  }
}

TEST(ProofJson, AnythingElseIsRejected) {
  const json good = json::parse(proof_json(some_proof()));
  const std::string q = to_decimal(Fq::kModulus);
  const auto expect_rejected = [](const json& proof, const std::string& text) {
    const auto parsed = parse_proof(proof.dump(), "p.json");
    ASSERT_FALSE(parsed.ok()) << proof.dump();
    EXPECT_EQ(parsed.error().kind, ErrorKind::kRejected);
    EXPECT_TRUE(parsed.error().message().starts_with("p.json: ")) << parsed.error().message();
    EXPECT_NE(parsed.error().message().find(text), std::string::npos) << parsed.error().message();
  };
  const auto change = [&](const std::string& pointer, const json& value) {
    json changed = good;
    changed[json::json_pointer(pointer)] = value;
    return changed;
  };
  for (const char* member : {"pi_a", "pi_b", "pi_c"}) {
    json missing = good;
    missing.erase(member);
    expect_rejected(missing, member);
    expect_rejected(change(std::string("/") + member, 1), member);
    expect_rejected(change(std::string("/") + member, json::array()), member);
  }
  expect_rejected(change("/protocol", "plonk"), "protocol: expected \"groth16\"");
  expect_rejected(change("/curve", "bls12381"), "curve: expected \"bn128\"");
  expect_rejected(change("/pi_a/0", q), "pi_a: expected a number below the prime");
  expect_rejected(change("/pi_a/0", 1), "pi_a: expected a number in decimal digits");
  expect_rejected(change("/pi_a/0", "1"), "pi_a: expected a point of the curve");
  expect_rejected(change("/pi_a/2", "2"), "pi_a: expected a last coordinate of 1");
  expect_rejected(change("/pi_b/0/1", "5"), "pi_b: expected a point of the curve");
  expect_rejected(change("/pi_b/0/1", q), "pi_b: expected a number below the prime");
  expect_rejected(change("/pi_b/1", json::array({"1"})), "pi_b: expected an array of 2");
  expect_rejected(change("/pi_c", {"0", "0", "1"}), "pi_c: expected a point of the curve");
  expect_rejected(json::array(), "expected a JSON object");
  EXPECT_FALSE(parse_proof("{", "p.json").ok());
  EXPECT_FALSE(parse_proof("", "p.json").ok());
  EXPECT_FALSE(parse_proof(std::string(100000, '['), "p.json").ok());
}

// On the twist, but of another order: the case that a check of the equation of the curve alone would let through.
TEST(ProofJson, PointsOfTheTwistOutsideTheGroupAreRejected) {
  json proof = json::parse(proof_json(some_proof()));
  proof["pi_b"] = json::parse(
      R"([["1", "0"], ["18278151005453108793778860132295291098363647455926340152056652516292830556603",
         "5912654199736721486680175016176231956195085055698687135131307249486702594212"], ["1", "0"]])");
  const auto parsed = parse_proof(proof.dump(), "p.json");
  ASSERT_FALSE(parsed.ok());
  EXPECT_NE(parsed.error().message().find("pi_b: expected a point of G2"), std::string::npos)
      << parsed.error().message();
}

TEST(PublicJson, IsReadAndRejected) {
  const auto good = parse_public("[\"1\", \"0\"]", "public.json");
  ASSERT_TRUE(good.ok());
  EXPECT_EQ(*good, (std::vector<Fr>{Fr::one(), Fr::zero()}));
  for (const std::string& bad : std::vector<std::string>{"{}", "[1]", "[\"-1\"]", "[\"x\"]", "[[\"1\"]]", "",
                                                         "[\"" + to_decimal(Fr::kModulus) + "\"]"}) {
    const auto parsed = parse_public(bad, "public.json");
    ASSERT_FALSE(parsed.ok()) << bad;
    EXPECT_EQ(parsed.error().kind, ErrorKind::kRejected);
  }
}

TEST(VerifyingKeyJson, IsReadAndChecked) {
  const auto good = parse_verifying_key(some_key().dump(), "vk.json");
  ASSERT_TRUE(good.ok()) << good.error().message();
  EXPECT_EQ(good->ic.size(), 2U);
  EXPECT_EQ(good->alpha1, some_proof().a);
  const auto expect_error = [](const json& key, const std::string& text) {
    const auto parsed = parse_verifying_key(key.dump(), "vk.json");
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error().kind, ErrorKind::kBadInput);
    EXPECT_NE(parsed.error().message().find(text), std::string::npos) << parsed.error().message();
  };
  for (const char* member : {"vk_alpha_1", "vk_beta_2", "vk_gamma_2", "vk_delta_2", "IC"}) {
    json missing = some_key();
    missing.erase(member);
    expect_error(missing, member);
  }
  json key = some_key();
  key["nPublic"] = 2;
  expect_error(key, "nPublic: expected 1");
  key = some_key();
  key["IC"] = json::array();
  expect_error(key, "IC");
  key = some_key();
  key["IC"][1][0] = "3";
  expect_error(key, "IC[1]: expected a point of the curve");
  key = some_key();
  key["vk_gamma_2"] = json::parse(R"([["0", "0"], ["1", "0"], ["0", "0"]])");
  expect_error(key, "expected points other than infinity");
}

// Each error says what was found, and text from the file cannot steer a terminal.
TEST(VerifyingKeyJson, ErrorsNameWhatWasFound) {
  const auto expect_error = [](const std::string& pointer, const json& value, const std::string& text) {
    json key = some_key();
    key[json::json_pointer(pointer)] = value;
    const auto parsed = parse_verifying_key(key.dump(), "vk.json");
    ASSERT_FALSE(parsed.ok()) << pointer;
    EXPECT_EQ(parsed.error().message(), "vk.json: " + text);
  };
  expect_error("/protocol", "plo\x1b[2Jnk", "protocol: expected \"groth16\", found \"plo?[2Jnk\"");
  expect_error("/protocol", 7, "protocol: expected \"groth16\", found a number");
  expect_error("/curve", json::array(), "curve: expected \"bn128\", found an array");
  expect_error("/nPublic", 2, "nPublic: expected 1, one less than the points of IC, found 2");
  expect_error("/IC", "points", "IC: expected an array of at least one point, found \"points\"");
  expect_error("/IC", json::array(), "IC: expected an array of at least one point, found none");
  expect_error("/vk_alpha_1", json::object(), "vk_alpha_1: expected an array of 3, found an object");
  expect_error("/vk_alpha_1/0", nullptr, "vk_alpha_1: expected a number in decimal digits, as a string, found a null");
}

TEST(VerifyingKeyJson, IsWrittenAndReadAgain) {
  const auto key = parse_verifying_key(some_key().dump(), "vk.json");
  ASSERT_TRUE(key.ok());
  const auto again = parse_verifying_key(verifying_key_json(*key), "vk.json");
  ASSERT_TRUE(again.ok()) << again.error().message();
  EXPECT_EQ(*again, *key);
}

// Source: ffjavascript 0.3.1: curve.Gt.toObject(curve.pairing(curve.G1.g, curve.G2.g)).
TEST(VerifyingKeyJson, ThePairingIsThatOfSnarkjs) {
  const curve::G1Affine g1 = curve::G1Affine::generator();
  const curve::G2Affine g2 = curve::G2Affine::generator();
  const json written = json::parse(verifying_key_json({g1, g2, g2, g2, {g1}}));
  const json expected = json::parse(R"([[
      ["17264119758069723980713015158403419364912226240334615592005620718956030922389",
       "1300711225518851207585954685848229181392358478699795190245709208408267917898"],
      ["8894217292938489450175280157304813535227569267786222825147475294561798790624",
       "1829859855596098509359522796979920150769875799037311140071969971193843357227"],
      ["4968700049505451466697923764727215585075098085662966862137174841375779106779",
       "12814315002058128940449527172080950701976819591738376253772993495204862218736"]], [
      ["4233474252585134102088637248223601499779641130562251948384759786370563844606",
       "9420544134055737381096389798327244442442230840902787283326002357297404128074"],
      ["13457906610892676317612909831857663099224588803620954529514857102808143524905",
       "5122435115068592725432309312491733755581898052459744089947319066829791570839"],
      ["8891987925005301465158626530377582234132838601606565363865129986128301774627",
       "440796048150724096437130979851431985500142692666486515369083499585648077975"]]])");
  EXPECT_EQ(written["vk_alphabeta_12"], expected);
}

}  // namespace
}  // namespace proofcard::groth16
