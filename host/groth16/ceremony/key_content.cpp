#include "host/groth16/ceremony/key_content.hpp"

#include <array>

#include "host/field/fq.hpp"
#include "host/groth16/points.hpp"

namespace proofcard::groth16 {
namespace {

constexpr std::array<std::uint32_t, 10> kOrderOfNew{1, 2, 4, 3, 9, 8, 5, 6, 7, 10};
constexpr std::array<std::uint32_t, 10> kOrderOfContributed{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};

void put_prime(ByteWriter& out, const U256& prime) {
  out.u32(32);
  for (const std::uint64_t limb : prime) {
    out.u64(limb);
  }
}

Bytes header_bytes(const ZkeyHeader& header) {
  ByteWriter out;
  put_prime(out, Fq::kModulus);
  put_prime(out, Fr::kModulus);
  out.u32(header.num_signals);
  out.u32(header.num_public);
  out.u32(static_cast<std::uint32_t>(header.domain_size()));
  const VerifyingKey& vk = header.vk;
  out.raw(encode_points(std::array{vk.alpha1, header.beta1}));
  out.raw(encode_points(std::array{vk.beta2, vk.gamma2}));
  out.raw(encode_points(std::array{header.delta1}));
  out.raw(encode_points(std::array{vk.delta2}));
  return out.take();
}

Bytes section_bytes(const KeyContent& key, std::uint32_t type) {
  ByteWriter out;
  switch (type) {
    case 1:
      out.u32(1);  // groth16
      return out.take();
    case 2:
      return header_bytes(key.header);
    case 3:
      return encode_points(key.header.vk.ic);
    case 4:
      return key.coefficients;
    case 5:
      return encode_points(key.a);
    case 6:
      return encode_points(key.b1);
    case 7:
      return encode_points(key.b2);
    case 8:
      return encode_points(key.c);
    case 9:
      return encode_points(key.h);
    default:
      write_contributions(out, key.contributions);
      return out.take();
  }
}

}  // namespace

Result<KeyContent> read_key(const Zkey& zkey) {
  KeyContent key;
  key.header = zkey.header();
  PROOFCARD_TRY(const Coefficients checked, zkey.coefficients());
  static_cast<void>(checked);
  PROOFCARD_TRY(const ByteView coefficients, zkey.coefficient_bytes());
  key.coefficients.assign(coefficients.begin(), coefficients.end());
  PROOFCARD_TRY(key.a, zkey.g1_bases(Bases::kA));
  PROOFCARD_TRY(key.b1, zkey.g1_bases(Bases::kB1));
  PROOFCARD_TRY(key.b2, zkey.b2_bases());
  PROOFCARD_TRY(key.c, zkey.g1_bases(Bases::kC));
  PROOFCARD_TRY(key.h, zkey.g1_bases(Bases::kH));
  key.contributions = zkey.contributions();
  return key;
}

Bytes key_bytes(const KeyContent& key) {
  ByteWriter out;
  for (const char c : {'z', 'k', 'e', 'y'}) {
    out.u8(static_cast<std::uint8_t>(c));
  }
  out.u32(1);
  out.u32(static_cast<std::uint32_t>(kOrderOfNew.size()));
  for (const std::uint32_t type : key.contributions.list.empty() ? kOrderOfNew : kOrderOfContributed) {
    out.u32(type);
    out.blob(section_bytes(key, type));
  }
  return out.take();
}

}  // namespace proofcard::groth16
