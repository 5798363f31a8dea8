// A small circuit, powers of tau and keys for it, and what verify_key says of a key.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "host/groth16/ceremony/contribute.hpp"
#include "host/groth16/ceremony/initial_key.hpp"
#include "host/groth16/ceremony/transcript.hpp"
#include "host/groth16/ceremony/verify_key.hpp"
#include "tests/groth16/small_key.hpp"
#include "tests/groth16/test_points.hpp"
#include "tests/groth16/test_powers.hpp"

namespace proofcard::groth16::testing {

inline constexpr unsigned kLogDomain = static_cast<unsigned>(SmallCircuit::kLogDomain);

inline Secrets initial_secrets() {
  Secrets secrets;
  secrets.gamma = secrets.delta = Fr::one();
  return secrets;
}

class CeremonyTest : public ::testing::Test {
 protected:
  CeremonyTest() { folder_.write("circuit.r1cs", r1cs_of(circuit_).bytes()); }

  R1cs r1cs() const { return R1cs::open(folder_.path("circuit.r1cs")).value(); }
  Result<PowersOfTau> open(const FileOfSections& powers) const {
    return PowersOfTau::open(folder_.write("powers.ptau", powers.bytes()));
  }
  Result<KeyContent> initial_key(const FileOfSections& powers) const {
    PROOFCARD_TRY(const PowersOfTau opened, open(powers));
    return make_initial_key(r1cs(), opened);
  }
  // Powers for just this circuit, and its key; made once.
  static const FileOfSections& powers() {
    static const FileOfSections made = make_test_powers(kLogDomain, true);
    return made;
  }
  KeyContent key() const {
    static const KeyContent made = initial_key(powers()).value();
    return made;
  }
  // With contributions of the secrets 1000, 1001, ..
  KeyContent contributed(int count) const {
    KeyContent out = key();
    for (int i = 0; i < count; ++i) {
      EXPECT_TRUE(contribute(out, "", secret(Fr::from_u64(1000 + static_cast<std::uint64_t>(i)))).ok());
    }
    return out;
  }
  static hash::BlindingSource secret(const Fr& d) {
    return hash::BlindingSource::from_function(
        [d](std::string_view label, std::uint64_t) { return label == "groth16/delta" ? d : Fr::from_u64(77); });
  }
  // A contribution step by step, for points of our choice. The key's other secret is 1000.
  KeyContent with_secret(KeyContent key, const curve::G1Affine& s, const Fr& d) const {
    Contribution c;
    c.s = s;
    c.ds = scalar_mul(curve::G1(s), d).to_affine();
    hash::Blake2b transcript;
    transcript.absorb(key.contributions.circuit_hash);
    for (const Contribution& before : key.contributions.list) {
      absorb(transcript, before);
    }
    absorb(transcript, c.s);
    absorb(transcript, c.ds);
    c.transcript = transcript.digest();
    c.d_times_hashed = scalar_mul(curve::G2(hash_to_g2(c.transcript)), d).to_affine();
    const Fr delta = Fr::from_u64(1000) * d;
    key.header.delta1 = c.delta_after = g1({delta})[0];
    key.header.vk.delta2 = g2({delta})[0];
    for (auto* bases : {&key.c, &key.h}) {
      for (curve::G1Affine& point : *bases) {
        point = scalar_mul(curve::G1(point), d.inverse()).to_affine();
      }
    }
    key.contributions.list.push_back(c);
    return key;
  }
  // The file of a key, read again.
  FileOfSections sections(const KeyContent& key) const {
    const Bytes bytes = key_bytes(key);
    FileOfSections out{"zkey", 1, {}};
    ByteReader reader(bytes);
    EXPECT_TRUE(reader.raw(8, "").ok());
    for (std::uint32_t i = *reader.u32(""); i > 0; --i) {
      const std::uint32_t type = *reader.u32("");
      const ByteView content = *reader.blob("");
      out.sections.emplace_back(type, Bytes(content.begin(), content.end()));
    }
    EXPECT_TRUE(reader.expect_end().ok());
    return out;
  }
  std::string verdict(const KeyContent& key) const {
    const auto zkey = Zkey::open(folder_.write("circuit.zkey", key_bytes(key)));
    if (!zkey.ok()) {
      return zkey.error().message();
    }
    const auto opened = open(powers());
    const auto verified = verify_key(r1cs(), *opened, *zkey);
    return verified.ok() ? "accepted" : verified.error().message();
  }

  const SmallCircuit circuit_ = make_circuit(Fr::from_u64(3), Fr::from_u64(4));
  const Folder folder_;
};

}  // namespace proofcard::groth16::testing
