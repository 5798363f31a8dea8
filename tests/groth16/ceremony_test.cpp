// Keys made from circuits and powers of tau, and contributions to them, against keys made from known secrets (test_key.hpp);
// tests/circom compares them with those of snarkjs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "host/base/text.hpp"
#include "host/groth16/ceremony/seeded_points.hpp"
#include "host/groth16/json.hpp"
#include "tests/groth16/ceremony_fixture.hpp"
#include "tests/support/random.hpp"

namespace proofcard::groth16 {
namespace {

using namespace testing;
using curve::G1Affine;
using curve::G2Affine;
using ::testing::HasSubstr;

TEST_F(CeremonyTest, TheInitialKeyIsThatOfItsSecrets) {
  FileOfSections expected = zkey_of(circuit_, initial_secrets());
  for (const unsigned power : {kLogDomain, kLogDomain + 2}) {
    for (const bool prepared : {true, false}) {
      const auto key = initial_key(make_test_powers(power, prepared));
      ASSERT_TRUE(key.ok()) << key.error().message();
      FileOfSections found = sections(*key);
      for (const std::uint32_t type : {1, 2, 3, 5, 6, 7, 8}) {
        EXPECT_EQ(found.section(type), expected.section(type)) << type;
      }
      // Of the powers that a ceremony of this size lacks, the last is taken as infinity.
      if (power > kLogDomain) {
        EXPECT_EQ(found.section(9), expected.section(9));
      }
      const auto zkey = Zkey::open(folder_.write("circuit.zkey", found.bytes()));
      ASSERT_TRUE(zkey.ok()) << zkey.error().message();
      const auto coefficients = zkey->coefficients();
      ASSERT_TRUE(coefficients.ok()) << coefficients.error().message();
      const auto known = Zkey::open(folder_.write("expected.zkey", expected.bytes()));
      const auto known_coefficients = known->coefficients();
      EXPECT_EQ(coefficients->starts, known_coefficients->starts);
    }
  }
}

TEST_F(CeremonyTest, PreparedPowersAndOthersGiveOneKey) {
  for (const unsigned power : {kLogDomain, kLogDomain + 1}) {
    const auto prepared = initial_key(make_test_powers(power, true));
    const auto computed = initial_key(make_test_powers(power, false));
    ASSERT_TRUE(prepared.ok() && computed.ok());
    EXPECT_EQ(key_bytes(*prepared), key_bytes(*computed));
  }
}

TEST_F(CeremonyTest, ContributionsMultiplyDelta) {
  const auto powers = make_test_powers(kLogDomain + 1, true);
  KeyContent key = std::move(*initial_key(powers));
  ASSERT_TRUE(contribute(key, "somebody", secret(Fr::from_u64(1234567))).ok());
  ASSERT_TRUE(contribute(key, "", secret(-Fr::from_u64(89))).ok());
  Secrets secrets = initial_secrets();
  secrets.delta = Fr::from_u64(1234567) * -Fr::from_u64(89);
  FileOfSections expected = zkey_of(circuit_, secrets), found = sections(key);
  for (const std::uint32_t type : {1, 2, 3, 5, 6, 7, 8, 9}) {
    EXPECT_EQ(found.section(type), expected.section(type)) << type;
  }
  const auto zkey = Zkey::open(folder_.write("circuit.zkey", found.bytes()));
  const auto opened = open(powers);
  const auto verified = verify_key(r1cs(), *opened, *zkey);
  ASSERT_TRUE(verified.ok()) << verified.error().message();
  ASSERT_EQ(verified->size(), 2U);
  EXPECT_EQ((*verified)[0].name, "somebody");
  EXPECT_EQ((*verified)[1].name, "");
}

TEST_F(CeremonyTest, EveryRunHasAnotherSecret) {
  const auto random = hash::BlindingSource::from_system(), other = hash::BlindingSource::from_system();
  KeyContent first = key(), second = key();
  ASSERT_TRUE(contribute(first, "", *random).ok() && contribute(second, "", *other).ok());
  EXPECT_NE(first.header.delta1, second.header.delta1);
  EXPECT_NE(first.contributions.list[0].s, second.contributions.list[0].s);
  EXPECT_EQ(verdict(first), "accepted");
  EXPECT_EQ(verdict(second), "accepted");
}

// Neither the secret nor its inverse is in the file, in any of the forms that numbers have there.
TEST_F(CeremonyTest, TheSecretIsNotInTheKey) {
  proofcard::testing::Random random(11);
  const Fr d = random.fr();
  KeyContent key = this->key();
  ASSERT_TRUE(contribute(key, "somebody", secret(d)).ok());
  const Bytes file = key_bytes(key);
  const auto contains = [&](const Bytes& part) {
    return std::search(file.begin(), file.end(), part.begin(), part.end()) != file.end();
  };
  EXPECT_TRUE(contains(Bytes{'s', 'o', 'm', 'e', 'b', 'o', 'd', 'y'}));
  for (const Fr& secret : {d, d.inverse(), -d}) {
    for (const U256& limbs : {secret.canonical(), secret.montgomery()}) {
      ByteWriter out;
      put_limbs(out, limbs);
      Bytes bytes = out.take();
      EXPECT_FALSE(contains(bytes));
      std::reverse(bytes.begin(), bytes.end());
      EXPECT_FALSE(contains(bytes));
    }
  }
}

// What snarkjs draws from the seed 0, 1, .. 31 (ffjavascript 0.3.1).
TEST(SeededPoints, AreThoseOfFfjavascript) {
  std::array<std::uint8_t, 32> seed{};
  for (std::size_t i = 0; i < seed.size(); ++i) {
    seed[i] = static_cast<std::uint8_t>(i);
  }
  const auto fr = [](const char* digits) { return Fr::from_canonical(*from_decimal(digits)); };
  const auto fq = [](const char* digits) { return Fq::from_canonical(*from_decimal(digits)); };
  SeededPoints numbers(seed);
  EXPECT_EQ(numbers.fr(), fr("4636623908613268458230351899306533327531125513431735265008719731024662760066"));
  EXPECT_EQ(numbers.fr(), fr("12758908188488491866100805578770791829825116658386289774744019510339026861259"));
  EXPECT_EQ(numbers.fr(), fr("16310291837492341279432042389036779046534918002451022247406007419724670091592"));
  SeededPoints points1(seed);
  for (const auto& [x, y] : {std::pair{"15480443861575693460683885405833999077459819114556897722236832620851334310557",
                                       "18580161866790971735523317729831174747820352204833830032669297381118852400352"},
                             {"12804517804935325674647209732131542367327926329820390171903018836323597929785",
                              "5491333993340090025595128865447616575258070940837040412795647240661338057884"},
                             {"16991047060651511663779925914930854295549009303653506242472127029539710404840",
                              "6458736135773147102166282967687307147573826124076215932031488509159460026842"},
                             {"21681315480683621313472434734500995409643512409549827144008228267419668804471",
                              "10385461534411568176950304575661878499027212241452497604050101739741768677157"}}) {
    EXPECT_EQ(points1.g1(), (G1Affine{fq(x), fq(y)}));
  }
  SeededPoints points2(seed);
  for (const auto& [x0, x1, y0, y1] :
       {std::array{"4331880802040179507408134841181032487087173600464364024802210002059667950604",
                   "4271516305872202364858900391755946161657037246250020514439168976697447665804",
                   "14194165528950986229237743759035044030322996258565805903348263410557850081640",
                   "3572495062036222432809855904167672718120072387698078762897023322348755581936"},
        {"1525822483643172897670926849781736949661472650158812505470615146376861485139",
         "1492001847460401628463672924928941333897462090604164559149749232263122370094",
         "9296621935605519802696014981551295237329988825192604000997742968220205669643",
         "5162689228316999780795982268883223349760887578175551267238136717592536648592"},
        {"2572395582302888766490853572005238965625004029572076424775597156492766745031",
         "8613506554197663269422644942655055170472534308387035749659440524860014069426",
         "15956711510768642664816027228377503825574421625113938047954561360807305225936",
         "10853477124960490697296112266961433593102370372560924677375476531929585612582"}}) {
    EXPECT_EQ(points2.g2(), (G2Affine{{fq(x0), fq(x1)}, {fq(y0), fq(y1)}}));
  }
}

// What snarkjs 0.7.6 computes of these 64 bytes, which it read behind a section, and a point.
TEST(SnarkjsDifference, OfWhatIsNoPoint) {
  const auto raw = [](const char* digits) {
    const Bytes bytes = *from_hex(digits);
    return RawPoint{load_u256(bytes.data()), load_u256(bytes.data() + 32)};
  };
  const RawPoint a =
      raw("0300000000004000000000002620bc02d1b5838e72017b493519ebdcdf1a81974726b8fb3b5096af4138571940614ca87d73b4afc4d8"
          "02585add"
          "4360862fa052");
  const RawPoint b =
      raw("7a86abd20ba00a8e4da5bf8ff98ebb5eae35a498933e826ee3f4a9abb9d0dd1a9b0eb58ebdd330cf020f57f885a548cba3739b84de02"
          "c0794d23"
          "7a49e0400c0b");
  const RawPoint expected =
      raw("1994a5971bcb26ea44a62c6feaf8c1b71001da46f2186038a684b6f6cd560b087c5f44b95ba0bfa2ba82c17939f00700f3187e4cb106"
          "1d00712f"
          "255510c8dc2b");
  const G1Affine found = snarkjs_difference(a, {Fq::from_montgomery(b[0]), Fq::from_montgomery(b[1])});
  EXPECT_EQ(found.x.montgomery(), expected[0]);
  EXPECT_EQ(found.y.montgomery(), expected[1]);
  // Of two points it is their difference.
  const std::vector<G1Affine> points = g1({Fr::from_u64(5), Fr::from_u64(12), -Fr::from_u64(7)});
  EXPECT_EQ(snarkjs_difference({points[0].x.montgomery(), points[0].y.montgomery()}, points[1]), points[2]);
}

TEST_F(CeremonyTest, KeysWithBeacons) {
  KeyContent key = contributed(1);
  const Beacon beacon{Bytes{1, 2, 3}, 10};
  ASSERT_TRUE(contribute(key, "the end", beacon).ok());
  EXPECT_EQ(verdict(key), "accepted");
  const auto parameters = parse_parameters(key.contributions.list[1], "here");
  ASSERT_TRUE(parameters.ok());
  EXPECT_EQ(parameters->name, "the end");
  EXPECT_EQ(parameters->beacon->value, beacon.value);
  EXPECT_EQ(parameters->beacon->log_iterations, 10U);
  // Another value than its points were made with.
  KeyContent lie = key;
  lie.contributions.list[1].parameters.back() ^= 1;
  EXPECT_THAT(verdict(lie), HasSubstr("contribution 2: expected the points that its beacon gives"));
  // The points of another secret, called a beacon's.
  lie = contributed(2);
  lie.contributions.list[1].type = Contribution::kBeacon;
  lie.contributions.list[1].parameters = Bytes{2, 10, 3, 1, 9};
  EXPECT_THAT(verdict(lie), HasSubstr("contribution 2: expected the points that its beacon gives"));
  // A secret of one's own, with one of the beacon's points and everything else as an honest contribution has it.
  const BeaconDraw drawn = draw(beacon);
  const Fr own = Fr::from_u64(5);
  for (const G1Affine& s : {drawn.s, scalar_mul(curve::G1(drawn.s), drawn.d * own.inverse()).to_affine()}) {
    KeyContent other = with_secret(contributed(1), s, own);
    EXPECT_EQ(verdict(other), "accepted");
    other.contributions.list[1].type = Contribution::kBeacon;
    other.contributions.list[1].parameters = Bytes{2, 10, 3, 3, 1, 2, 3};
    EXPECT_THAT(verdict(other), HasSubstr("contribution 2: expected the points that its beacon gives"));
  }
}

TEST_F(CeremonyTest, WrongBeaconsAndNames) {
  KeyContent key = contributed(0);
  const auto error = [&](const Beacon& beacon) { return contribute(key, "", beacon).error().message(); };
  EXPECT_THAT(error({{}, 10}), HasSubstr("expected 1 to 255 bytes, found 0"));
  EXPECT_THAT(error({Bytes(256), 10}), HasSubstr("expected 1 to 255 bytes, found 256"));
  EXPECT_THAT(error({Bytes(3), 9}), HasSubstr("expected 2^10 to 2^24 iterations, found 2^9"));
  EXPECT_THAT(error({Bytes(3), 25}), HasSubstr("found 2^25"));
  EXPECT_THAT(contribute(key, std::string(65, 'a'), secret(Fr::one())).error().message(),
              HasSubstr("expected at most 64 bytes, found 65"));
  EXPECT_THAT(contribute(key, std::string(65, 'a'), Beacon{Bytes(3), 10}).error().message(),
              HasSubstr("expected at most 64 bytes, found 65"));
  EXPECT_TRUE(key.contributions.list.empty());
}

TEST(ContributionParameters, AreChecked) {
  const auto error = [](std::uint32_t type, Bytes parameters) {
    Contribution c;
    c.type = type;
    c.parameters = std::move(parameters);
    const auto parsed = parse_parameters(c, "contribution 1");
    return parsed.ok() ? "accepted" : parsed.error().message();
  };
  EXPECT_EQ(error(0, {}), "accepted");
  EXPECT_EQ(error(0, {1, 2, 'a', 'b'}), "accepted");
  EXPECT_EQ(error(1, {1, 1, 'a', 2, 10, 3, 1, 0}), "accepted");
  EXPECT_THAT(error(2, {}), HasSubstr("type: expected 0 (a secret) or 1 (a beacon), found 2"));
  EXPECT_THAT(error(0, {1, 3, 'a', 'b'}), HasSubstr("name at byte 2: expected 3 bytes, found 2"));
  EXPECT_THAT(error(0, {1}), HasSubstr("name at byte 1"));
  EXPECT_THAT(error(0, {1, 0, 1, 0}), HasSubstr("ascending order, found 1 after 1"));
  EXPECT_THAT(error(0, {4, 0}), HasSubstr("expected kinds 1 to 3"));
  EXPECT_THAT(error(0, {2, 10, 3, 1, 0}), HasSubstr("in a beacon's contribution only"));
  EXPECT_THAT(error(1, {2, 10}), HasSubstr("found 1 of them"));
  EXPECT_THAT(error(1, {}), HasSubstr("found 0 of them"));
  EXPECT_THAT(error(1, {2, 63, 3, 1, 0}), HasSubstr("found 2^63"));
  EXPECT_THAT(error(1, {2, 9, 3, 1, 0}), HasSubstr("found 2^9"));
}

TEST_F(CeremonyTest, LiesInContributions) {
  EXPECT_EQ(verdict(contributed(0)), "accepted");
  EXPECT_EQ(verdict(contributed(2)), "accepted");
  const G1Affine other1 = g1({Fr::from_u64(99)})[0];
  const G2Affine other2 = g2({Fr::from_u64(99)})[0];
  KeyContent lie = contributed(2);
  lie.contributions.list[1].transcript[0] ^= 1;
  EXPECT_THAT(verdict(lie), HasSubstr("contribution 2: expected the transcript"));
  lie = contributed(2);
  lie.contributions.list[0].s = other1;
  EXPECT_THAT(verdict(lie), HasSubstr("contribution 1: expected the transcript"));
  lie = contributed(2);
  lie.contributions.list[0].ds = other1;
  EXPECT_THAT(verdict(lie), HasSubstr("contribution 1: expected the transcript"));
  lie = contributed(2);
  lie.contributions.circuit_hash[0] ^= 1;
  EXPECT_THAT(verdict(lie), HasSubstr("contribution 1: expected the transcript"));
  lie = contributed(2);
  lie.contributions.list[1].d_times_hashed = other2;
  EXPECT_THAT(verdict(lie), HasSubstr("contribution 2: expected one secret in G1 and G2"));
  lie = contributed(2);
  lie.contributions.list[1].delta_after = lie.header.delta1 = other1;
  EXPECT_THAT(verdict(lie), HasSubstr("contribution 2: expected delta times its secret"));
  lie = contributed(2);
  lie.contributions.list[1].type = 7;
  EXPECT_THAT(verdict(lie), HasSubstr("contribution 2: type: expected"));
  lie = contributed(2);
  lie.header.delta1 = other1;
  EXPECT_THAT(verdict(lie), HasSubstr("delta in G1: expected"));
  lie = contributed(2);
  lie.header.vk.delta2 = other2;
  EXPECT_THAT(verdict(lie), HasSubstr("delta in G2: expected"));
  // The contribution of another key, and contributions in another order.
  lie = contributed(2);
  std::swap(lie.contributions.list[0], lie.contributions.list[1]);
  EXPECT_THAT(verdict(lie), HasSubstr("contribution 1: expected the transcript"));
  lie = contributed(2);
  lie.contributions.list.erase(lie.contributions.list.begin());
  EXPECT_THAT(verdict(lie), HasSubstr("contribution 1: expected the transcript"));
}

TEST_F(CeremonyTest, LiesInTheKey) {
  const G1Affine other1 = g1({Fr::from_u64(99)})[0];
  const G2Affine other2 = g2({Fr::from_u64(99)})[0];
  const auto lie = [&](const std::function<void(KeyContent&)>& change) {
    KeyContent key = contributed(1);
    change(key);
    return verdict(key);
  };
  EXPECT_THAT(lie([&](KeyContent& k) { k.header.vk.alpha1 = other1; }), HasSubstr("alpha: expected"));
  EXPECT_THAT(lie([&](KeyContent& k) { k.header.beta1 = other1; }), HasSubstr("beta in G1: expected"));
  EXPECT_THAT(lie([&](KeyContent& k) { k.header.vk.beta2 = other2; }), HasSubstr("beta in G2: expected"));
  EXPECT_THAT(lie([&](KeyContent& k) { k.header.vk.gamma2 = other2; }), HasSubstr("gamma: expected"));
  EXPECT_THAT(lie([&](KeyContent& k) { k.header.vk.ic[1] = other1; }), HasSubstr("IC: expected"));
  EXPECT_THAT(lie([&](KeyContent& k) { k.a[2] = other1; }), HasSubstr("bases A: expected"));
  EXPECT_THAT(lie([&](KeyContent& k) { k.b1[2] = other1; }), HasSubstr("bases B1: expected"));
  EXPECT_THAT(lie([&](KeyContent& k) { k.b2[2] = other2; }), HasSubstr("bases B2: expected"));
  EXPECT_THAT(lie([&](KeyContent& k) { k.c[2] = other1; }), HasSubstr("bases C: expected"));
  EXPECT_THAT(lie([&](KeyContent& k) { k.h[2] = other1; }), HasSubstr("bases H: expected"));
  // Another coefficient of the first term.
  EXPECT_THAT(lie([&](KeyContent& k) { k.coefficients[4 + 12] ^= 1; }), HasSubstr("coefficients: expected"));
  // Two bases that were exchanged.
  EXPECT_THAT(lie([&](KeyContent& k) { std::swap(k.c[1], k.c[2]); }), HasSubstr("bases C: expected"));
  EXPECT_THAT(lie([&](KeyContent& k) { std::swap(k.h[1], k.h[2]); }), HasSubstr("bases H: expected"));
  // Other sizes: a signal more, a public signal less.
  EXPECT_THAT(lie([&](KeyContent& k) {
                ++k.header.num_signals;
                k.a.push_back(other1);
                k.b1.push_back(other1);
                k.b2.push_back(other2);
                k.c.push_back(other1);
              }),
              HasSubstr("number of signals: expected"));
  EXPECT_THAT(lie([&](KeyContent& k) {
                --k.header.num_public;
                k.c.insert(k.c.begin(), k.header.vk.ic.back());
                k.header.vk.ic.pop_back();
              }),
              HasSubstr("number of public signals: expected"));
  EXPECT_THAT(lie([&](KeyContent& k) {
                ++k.header.log_domain_size;
                k.h.resize(2 * k.h.size(), other1);
              }),
              HasSubstr("domain size: expected"));
}

// A contribution whose whole history is honest, for the hash of another circuit.
TEST_F(CeremonyTest, TheHashOfTheCircuitIsItsOwn) {
  KeyContent lie = key();
  lie.contributions.circuit_hash[5] ^= 1;
  ASSERT_TRUE(contribute(lie, "", secret(Fr::from_u64(1000))).ok());
  EXPECT_THAT(verdict(lie), HasSubstr("hash of the circuit: expected"));
}

}  // namespace
}  // namespace proofcard::groth16
