// SHA-256 of many messages of one length: the loop of MerkleHash, by instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

#include "host/hash/sha256.hpp"

namespace proofcard::kernels::detail {

struct Sha256Kernel {
  const char* name;
  // out[i] = SHA-256 of message i of `count`, which is padded to `blocks` blocks and stands at
  // messages + i * blocks * 64.
  void (*digests)(hash::Digest* out, const std::uint8_t* messages, std::size_t count, std::size_t blocks);
};

const Sha256Kernel& sha256_portable();
#if defined(__x86_64__)
// Pre: sha_available().
const Sha256Kernel& sha256_sha();
#endif

}  // namespace proofcard::kernels::detail
