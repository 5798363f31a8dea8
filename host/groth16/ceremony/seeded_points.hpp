// Numbers and points from a seed that everybody knows, as ffjavascript draws them for snarkjs: what a contribution's point
// in G2 and all of a beacon come from.
//
// Source:  ChaCha20 (RFC 8439, section 2.3) with the seed's words as key, a 64-bit counter from 0 and no nonce; a 64-bit
//          number is two words of the stream, the high one first. A field element is four such numbers, the low one
//          first, of which 254 bits are taken as its Montgomery form; drawn again when not below the prime. A point is
//          an abscissa and a word whose lowest bit asks for the larger ordinate, drawn again when there is none; in G2
//          times the cofactor.
// Timing:  variable time: seeds are public.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "host/curve/g1.hpp"
#include "host/curve/g2.hpp"
#include "host/field/fr.hpp"

namespace proofcard::groth16 {

class SeededPoints {
 public:
  // The key of the cipher: eight big-endian words.
  explicit SeededPoints(std::span<const std::uint8_t, 32> seed);

  Fr fr();
  curve::G1Affine g1();
  curve::G2Affine g2();

 private:
  std::uint32_t word();
  template <class Field>
  Field field();
  template <class Field>
  Field coordinate();
  template <class Affine>
  Affine point();

  std::array<std::uint32_t, 16> input_;
  std::array<std::uint32_t, 16> block_{};
  std::size_t used_ = 16;  // words of the block
};

}  // namespace proofcard::groth16
