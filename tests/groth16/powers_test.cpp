// Powers of tau: what is read, what each damage is called, and what the check of the whole sees.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "host/groth16/ceremony/group_check.hpp"
#include "host/groth16/json.hpp"
#include "tests/groth16/ceremony_fixture.hpp"

namespace proofcard::groth16 {
namespace {

using namespace testing;
using curve::G2Affine;
using ::testing::HasSubstr;

class PowersTest : public CeremonyTest {
 protected:
  std::string error(const FileOfSections& powers) const {
    const auto opened = open(powers);
    return opened.ok() ? "accepted" : opened.error().message();
  }
  static void put_point(Bytes& section, std::size_t offset, const Fr& scalar, bool in_g2) {
    ByteWriter out;
    if (in_g2) {
      put_all(out, g2({scalar}));
    } else {
      put_all(out, g1({scalar}));
    }
    std::copy(out.bytes().begin(), out.bytes().end(), section.begin() + static_cast<std::ptrdiff_t>(offset));
  }

  const FileOfSections whole_ = powers();
};

TEST_F(PowersTest, WholeFilesAreRead) {
  for (const bool prepared : {true, false}) {
    const auto powers = open(make_test_powers(4, prepared));
    ASSERT_TRUE(powers.ok()) << powers.error().message();
    EXPECT_EQ(powers->power(), 4U);
    EXPECT_EQ(powers->is_prepared(), prepared);
    EXPECT_EQ(powers->num_contributions(), 0U);
    const Status status = powers->check();
    EXPECT_TRUE(status.ok()) << status.error().message();
  }
}

TEST_F(PowersTest, FilesThatEndEarlyAreErrors) {
  const Bytes whole = whole_.bytes();
  for (std::size_t size = 1; size < whole.size(); size += size < 64 ? 1 : 397) {
    const auto powers = PowersOfTau::open(
        folder_.write("short.ptau", Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))));
    EXPECT_FALSE(powers.ok()) << size;
  }
}

TEST_F(PowersTest, TheContainerAndTheHeaderAreChecked) {
  for (std::size_t i = 0; i < whole_.sections.size(); ++i) {
    const std::string name = "section " + std::to_string(whole_.sections[i].first) + " (";
    FileOfSections file = whole_;
    file.sections.erase(file.sections.begin() + static_cast<std::ptrdiff_t>(i));
    // Without section 12 it is a file that is not prepared.
    EXPECT_THAT(error(file), HasSubstr(whole_.sections[i].first == 12 ? "accepted" : name));
    for (const bool longer : {true, false}) {
      file = whole_;
      Bytes& content = file.sections[i].second;
      content.resize(longer ? content.size() + 1 : content.size() - 1);
      // What contributions are is not looked at.
      EXPECT_THAT(error(file), HasSubstr(whole_.sections[i].first == 7 && longer ? "accepted" : name));
    }
    file = whole_;
    file.sections.push_back(file.sections[i]);
    EXPECT_THAT(error(file), HasSubstr("expected once, found twice"));
  }
  FileOfSections file = whole_;
  file.section(1)[4] ^= 1;
  EXPECT_THAT(error(file), HasSubstr("base field: expected the prime of bn128"));
  for (const unsigned power : {0U, 29U, 255U}) {
    file = whole_;
    file.section(1)[36] = static_cast<std::uint8_t>(power);
    EXPECT_THAT(error(file), HasSubstr("power: expected 1 to 28, found " + std::to_string(power)));
  }
  file = whole_;
  file.section(1)[36] = 28;
  EXPECT_THAT(error(file), HasSubstr("section 2 (tau in G1): expected 34359738304 bytes, found 960"));
  file = whole_;
  file.section(7) = Bytes{1, 0, 0, 0};
  EXPECT_THAT(error(file), HasSubstr("number of contributions"));
}

TEST_F(PowersTest, OneSecretInBothGroups) {
  FileOfSections file = whole_;
  put_point(file.section(2), 0, Fr::from_u64(2), false);
  EXPECT_THAT(error(file), HasSubstr("begin with the generators"));
  file = whole_;
  put_point(file.section(3), 0, Fr::from_u64(2), true);
  EXPECT_THAT(error(file), HasSubstr("begin with the generators"));
  file = whole_;
  put_point(file.section(3), 128, Fr::from_u64(2), true);
  EXPECT_THAT(error(file), HasSubstr("expected one tau in G1 and G2, found two"));
  file = whole_;
  put_point(file.section(6), 0, Fr::from_u64(2), true);
  EXPECT_THAT(error(file), HasSubstr("expected one beta in G1 and G2, found two"));
  file = whole_;
  file.section(4).assign(file.section(4).size(), 0);
  EXPECT_THAT(error(file), HasSubstr("section 4 (alpha tau in G1): point 1: expected a point of the curve other than"));
}

// One point of each section is another: of the group, so that only the check of the whole sees it.
TEST_F(PowersTest, TheCheckSeesEveryPoint) {
  for (const auto& [type, content] : whole_.sections) {
    if (type == 1 || type == 6 || type == 7) {
      continue;
    }
    const bool in_g2 = type == 3 || type == 13;
    const std::size_t point_bytes = in_g2 ? kG2Bytes : kG1Bytes;
    for (std::size_t i = type < 12 ? 2 : 0; i < content.size() / point_bytes; i += i < 4 ? 1 : 3) {
      FileOfSections file = whole_;
      put_point(file.section(type), i * point_bytes, Fr::from_u64(314159), in_g2);
      const auto powers = open(file);
      ASSERT_TRUE(powers.ok()) << powers.error().message();
      const Status status = powers->check();
      ASSERT_FALSE(status.ok()) << type << " " << i;
      EXPECT_THAT(status.error().message(), HasSubstr("section " + std::to_string(type) + " (")) << i;
    }
  }
}

// A whole section with another factor: ratios are right, the first point is not.
TEST_F(PowersTest, LagrangePolynomialsBelongToThePowers) {
  Secrets other;
  other.tau = Fr::from_u64(31);
  FileOfSections file = whole_, foreign = make_test_powers(kLogDomain, true, other);
  for (const std::uint32_t type : {12, 13, 14, 15}) {
    FileOfSections mixed = whole_;
    mixed.section(type) = foreign.section(type);
    const auto powers = open(mixed);
    ASSERT_TRUE(powers.ok());
    EXPECT_THAT(powers->check().error().message(), HasSubstr("expected, for 2^"));
  }
}

TEST_F(PowersTest, PointsThatAreUsedAreChecked) {
  for (const std::uint32_t type : {12, 13, 14, 15}) {
    FileOfSections file = whole_;
    file.section(type)[((std::size_t{1} << kLogDomain) - 1) * (type == 13 ? kG2Bytes : kG1Bytes)] ^= 1;
    EXPECT_THAT(initial_key(file).error().message(), HasSubstr("expected a point of the curve"));
  }
  for (const std::uint32_t type : {2, 3, 4, 5}) {
    FileOfSections file = make_test_powers(kLogDomain, false);
    file.section(type)[3 * (type == 3 ? kG2Bytes : kG1Bytes)] ^= 1;
    EXPECT_THAT(initial_key(file).error().message(), HasSubstr("expected a point of the curve"));
  }
}

// On the twist, outside G2.
G2Affine outside_the_group() {
  const auto fq = [](const char* digits) { return Fq::from_canonical(*from_decimal(digits)); };
  return {{Fq::one(), Fq::zero()},
          {fq("18278151005453108793778860132295291098363647455926340152056652516292830556603"),
           fq("5912654199736721486680175016176231956195085055698687135131307249486702594212")}};
}

TEST_F(PowersTest, PointsOfTheTwistAreOfTheGroup) {
  for (const bool prepared : {true, false}) {
    FileOfSections file = make_test_powers(kLogDomain, prepared);
    ByteWriter point;
    put(point, outside_the_group());
    const std::size_t index = prepared ? (std::size_t{1} << kLogDomain) + 1 : 4;
    std::copy(point.bytes().begin(), point.bytes().end(),
              file.section(prepared ? 13 : 3).begin() + static_cast<std::ptrdiff_t>(index * kG2Bytes));
    EXPECT_THAT(initial_key(file).error().message(), HasSubstr("found a point of another order"));
  }
}

TEST_F(PowersTest, WhatStandsBehindASection) {
  FileOfSections file = whole_;
  const auto behind = open(file)->behind_tau1();
  ASSERT_TRUE(behind.ok());
  // Type and size of section 3, and the first point's beginning.
  EXPECT_EQ((*behind)[0][0], 3U | std::uint64_t{kG2Bytes << kLogDomain} << 32);
  std::rotate(file.sections.begin() + 1, file.sections.begin() + 2, file.sections.end());
  ASSERT_EQ(file.sections.back().first, 2U);
  EXPECT_THAT(open(file)->behind_tau1().error().message(), HasSubstr("expected another section behind it"));
}

TEST_F(PowersTest, CircuitsThatAreTooLargeNameThePowerTheyNeed) {
  const auto error = initial_key(make_test_powers(kLogDomain - 1, true)).error().message();
  EXPECT_THAT(error, HasSubstr("powers.ptau: expected a ceremony of power 3 or more for the 5 constraints and 2 public "
                               "signals of"));
  EXPECT_THAT(error, HasSubstr("found one of power 2"));
  R1csHeader header;
  for (const auto& [constraints, publics, power] : {std::array<std::uint32_t, 3>{0, 0, 1},
                                                    {1, 0, 1},
                                                    {2, 0, 2},
                                                    {3, 0, 2},
                                                    {3, 1, 3},
                                                    {0xffffffff, 0xffffffff, 33}}) {
    header.num_constraints = constraints;
    header.num_public_inputs = publics;
    EXPECT_EQ(power_needed(header), power) << constraints << " " << publics;
  }
}

// On the twist and not in the group: found by sums, and named.
TEST(GroupCheck, NamesThePointOutside) {
  std::vector<G2Affine> points = g2(std::vector<Fr>(40, Fr::from_u64(12345)));
  for (std::size_t i = 0; i < points.size(); ++i) {
    points[i] = (curve::G2(points[i]) + curve::G2::generator()).to_affine();
  }
  EXPECT_TRUE(check_in_group(points, "here").ok());
  EXPECT_TRUE(check_in_group({}, "here").ok());
  const G2Affine outside = outside_the_group();
  ASSERT_TRUE(outside.is_on_curve());
  points[17] = outside;
  EXPECT_THAT(check_in_group(points, "here").error().message(),
              HasSubstr("here: point 18 of 40: expected a point of G2, found a point of another order"));
  // Of order 10069, the smallest outside the group: one sum with random coefficients in 10069 does not see it.
  const curve::G2 small = scalar_mul(scalar_mul(curve::G2(outside), Fr::kModulus),
                                     U256{0x6c3cd334915f1659, 0x207142f7671af448, 0x9e28bcf65b5681da, 0x13af7a58fce69});
  ASSERT_FALSE(small.is_infinity());
  ASSERT_TRUE(scalar_mul(small, U256{10069, 0, 0, 0}).is_infinity());
  points[17] = (small + curve::G2::generator()).to_affine();
  EXPECT_FALSE(check_in_group(points, "here").ok());
}

}  // namespace
}  // namespace proofcard::groth16
