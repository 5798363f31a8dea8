#include "host/curve/hash_to_curve.hpp"

#include <gtest/gtest.h>

#include <string>

#include "host/base/cpu_features.hpp"
#include "host/curve/sqrt.hpp"

namespace proofcard::curve {
namespace {

Fq fq_from_hex(std::string_view hex) {
  Fq value;
  for (const char c : hex) {
    const int digit = c <= '9' ? c - '0' : c - 'a' + 10;
    value = value * Fq::from_u64(16) + Fq::from_i64(digit);
  }
  return value;
}

struct MapVector {
  const char *u, *x, *y;
};

// From the vectors that gnark-crypto publishes for BN254G1_XMD:SHA-256_SVDW (messages "" and "abc" and one NU case):
// the field elements and the points they map to.
constexpr MapVector kMapVectors[] = {
    {"2f87b81d9d6ef05ad4d249737498cc27e1bd485dca804487844feb3c67c1a9b5",
     "e449b959abbd0e5ab4c873eaeb1ccd887f1d9ad6cd671fd72cb8d77fb651892",
     "29ff1e36867c60374695ee0c298fcbef2af16f8f97ed356fa75e61a797ebb265"},
    {"6de2d0d7c0d9c7a5a6c0b74675e7543f5b98186b5dbf831067449000b2b1f8e",
     "19388d9112a306fba595c3a8c63daa8f04205ad9581f7cf105c63c442d7c6511",
     "182da356478aa7776d1de8377a18b41e933036d0b71ab03f17114e4e673ad6e4"},
    {"11945105b5e3d3b9392b5a2318409cbc28b7246aa47fa30da5739907737799a9",
     "1452c8cc24f8dedc25b24d89b87b64e25488191cecc78464fea84077dd156f8d",
     "209c3633505ba956f5ce4d974a868db972b8f1b69d63c218d360996bcec1ad41"},
    {"1255fc9ad5a6e0fb440916f091229bda611c41be2f2283c3d8f98c596be4c8c9",
     "4e8357c98524e6208ae2b771e370f0c449e839003988c2e4ce1eaf8d632559f",
     "4396ec43dd8ec8f2b4a705090b5892219759da30154c39490fc4d59d51bb817"},
    {"2f7993a6b43a8dbb37060e790011a888157f456b895b925c3568690685f4983d",
     "28d01790d2a1cc4832296774438acd46c2ce162d03099926478cf52319daba8d",
     "10227ab2707fd65fb45e87f0a48cfe3556f04113d27b1da9a7ae1709007355e1"},
    {"23b41953676183c30aca54b5c8bd3ffe3535a6238c39f6b15487a5467d5d20eb",
     "214a4e6e97adda47558f80088460eabd71ed35bc8ceafb99a493dd6f4e2b3f0a",
     "faaeb29cc23f9d09b187a99741613aed84443e7c35736258f57982d336d13bd"},
};

TEST(MapToCurve, AgreesWithPublishedVectors) {
  for (const MapVector& v : kMapVectors) {
    EXPECT_EQ(map_to_curve(fq_from_hex(v.u)), (G1Affine{fq_from_hex(v.x), fq_from_hex(v.y)})) << v.u;
  }
}

// The sums of the first two pairs above are the published hashes of "" and "abc".
TEST(MapToCurve, SumOfTwoIsThePublishedHash) {
  const auto sum = [](const char* u0, const char* u1) {
    return (G1(map_to_curve(fq_from_hex(u0))) + map_to_curve(fq_from_hex(u1))).to_affine();
  };
  EXPECT_EQ(sum(kMapVectors[0].u, kMapVectors[1].u).x,
            fq_from_hex("a976ab906170db1f9638d376514dbf8c42aef256a54bbd48521f20749e59e86"));
  EXPECT_EQ(sum(kMapVectors[2].u, kMapVectors[3].u).x,
            fq_from_hex("23f717bee89b1003957139f193e6be7da1df5f1374b26a4643b0378b5baf53d1"));
}

// RFC 9380, 6.6.1, with Z = 1, A = 0, B = 3.
TEST(MapToCurve, ConstantsSatisfyTheirDefinitions) {
  const SvdwConstants& c = svdw_constants();
  EXPECT_EQ(c.c1, Fq::from_u64(4));
  EXPECT_EQ(c.c2.twice(), -Fq::one());
  EXPECT_EQ(c.c3.square(), -Fq::from_u64(12));
  EXPECT_EQ(c.c3.canonical()[0] & 1, 0U);
  EXPECT_EQ(c.c4 * Fq::from_u64(3), -Fq::from_u64(16));
  // The conditions on Z: -(3 Z^2 + 4 A) / (4 g(Z)) is a nonzero square; g(Z) or g(-Z / 2) is a square.
  EXPECT_TRUE(sqrt(-Fq::from_u64(3) * (Fq::from_u64(4) * c.c1).inverse()).has_value());
  EXPECT_TRUE(sqrt(c.c1).has_value());
}

TEST(MapToCurve, ExceptionalInputsGivePoints) {
  // 1 - 4 u^2 = 0 for u = 1/2 and -1/2: the denominator is zero.
  const Fq half = Fq::from_u64(2).inverse();
  for (const Fq& u : {Fq::zero(), half, -half, Fq::one(), -Fq::one()}) {
    const G1Affine p = map_to_curve(u);
    EXPECT_TRUE(p.is_on_curve() && !p.is_infinity());
  }
  EXPECT_EQ(map_to_curve(half).x, map_to_curve(-half).x);
}

TEST(DeriveGenerators, ListsAreIndexedByLabelAndPosition) {
  const auto all = derive_generators("columns", 0, 200);
  const auto tail = derive_generators("columns", 150, 50);
  EXPECT_TRUE(std::equal(tail.begin(), tail.end(), all.begin() + 150));
  EXPECT_EQ(derive_generators("columns", 0, 1)[0], all[0]);
  EXPECT_NE(derive_generators("column", 0, 1)[0], all[0]);
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_TRUE(all[i].is_on_curve() && !all[i].is_infinity());
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_NE(all[i].x, all[j].x);
    }
  }
}

TEST(DeriveGenerators, FirstPointIsTheHashOfItsIndex) {
  const Bytes zero(8, 0);
  EXPECT_EQ(derive_generators("columns", 0, 1)[0],
            hash_to_curve(zero, "proofcard-generators-v1-BN254G1_XOF:SHAKE-256_SVDW_RO_columns"));
}

// Verifying keys depend on these points; computed by the first implementation, which took one point at a time.
TEST(DeriveGenerators, ListsNeverChange) {
  const auto points = derive_generators("columns", 1999, 1);
  EXPECT_EQ(points[0].x, fq_from_hex("0604a58e50d2eae53c50c6e4432046b84fd945eaf8b8fbee78e700fba772e16f"));
  EXPECT_EQ(points[0].y, fq_from_hex("2a1b4400a112f9b06fad225d53adcbcde4992bf4d8d0793470fe49dba7fbbde9"));
}

TEST(DeriveGenerators, ListsAreTheSameOnEveryInstructionSet) {
  const Isa before = active_isa();
  for (const std::size_t count : {1U, 7U, 8U, 65U, 300U}) {
    set_isa_for_testing(Isa::kPortable);
    const auto portable = derive_generators("instruction sets", 5, count);
    set_isa_for_testing(best_isa());
    const auto best = derive_generators("instruction sets", 5, count);
    set_isa_for_testing(before);
    EXPECT_EQ(best, portable) << count;
  }
}

// RFC 9380, K.6: SHAKE256, empty message, 32 bytes.
TEST(ExpandMessage, AgreesWithTheRfc) {
  std::string hex;
  for (const std::uint8_t b : expand_message({}, "QUUX-V01-CS02-with-expander-SHAKE256", 32)) {
    hex += fmt::format("{:02x}", b);
  }
  EXPECT_EQ(hex, "2ffc05c48ed32b95d72e807f6eab9f7530dd1c2f013914c8fed38c5ccc15ad76");
}

TEST(ExpandMessage, BindsEveryInput) {
  const Bytes message{1, 2, 3};
  const Bytes base = expand_message(message, "tag", 96);
  EXPECT_NE(base, expand_message(message, "tah", 96));
  EXPECT_NE(base, expand_message(Bytes{1, 2}, "tag", 96));
  // The length is hashed, so a shorter output is not a prefix.
  const Bytes shorter = expand_message(message, "tag", 48);
  EXPECT_FALSE(std::equal(shorter.begin(), shorter.end(), base.begin()));
}

}  // namespace
}  // namespace proofcard::curve
