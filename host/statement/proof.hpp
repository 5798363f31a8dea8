// A proof as bytes: header, public tensors, and the prover's messages in the order in which they were made.
//
//   magic "PCPROOF\1" (8 bytes), mode (1 byte), vk digest (32 bytes), with a context its length (1 byte) and its bytes,
//   public tensors in order of tensor id: true elements, row-major, little-endian two's complement of the tensor's
//   stored width, messages (host/transcript/channel.hpp).
//
// Everything before the messages is absorbed before the first of them: protocol version, mode, digest, context, public
// tensors.
#pragma once

#include <cstdint>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/base/int_vector.hpp"
#include "host/base/result.hpp"
#include "host/statement/verifying_key.hpp"
#include "host/transcript/transcript.hpp"

namespace proofcard::statement {

inline constexpr std::string_view kProtocol = "proofcard/1";

// What a proof is made for, beside the statement: a client's nonce, a recipient, a contract. No proof fits another.
inline constexpr std::size_t kMaxContextBytes = 32;

struct Mode {
  bool zero_knowledge = false;
  bool seeded = false;  // blinding from a seed given by the user: for tests

  std::uint8_t byte() const { return static_cast<std::uint8_t>((zero_knowledge ? 1 : 0) | (seeded ? 2 : 0)); }
  bool operator==(const Mode&) const = default;
};

// By tensor id: true (unpadded) elements of public tensors, empty for the others.
using PublicTensors = std::vector<IntVector>;

struct Header {
  Mode mode;
  Digest vk_digest{};
  PublicTensors publics;
  Bytes context{};  // at most kMaxContextBytes; empty: none

  std::uint8_t mode_byte() const { return static_cast<std::uint8_t>(mode.byte() | (context.empty() ? 0 : 4)); }
};

void write(ByteWriter& out, const circuit::Circuit& circuit, const Header& header);

// What stands in a proof with a context. Errors: kBadInput for no bytes, or too many.
Result<Bytes> read_context(ByteReader& in);

// Reads a header for this circuit; what follows in `in` are the messages. Checks that the digest is the key's and that
// public inputs and outputs lie in their declared ranges. Errors: kRejected.
Result<Header> read_header(ByteReader& in, const VerifyingKey& vk);

// The transcript with the statement absorbed. The observer sees that too, but for the protocol's name, which comes
// first. kPoseidon2: the mode without a bit for the context, the digest of the key, which says all about what follows, the context
// (context_word), and the values of public tensors in order, an element each.
Transcript begin_transcript(const circuit::Circuit& circuit, const Header& header, Transcript::Observer observer = {},
                            hash::Function function = hash::Function::kSha256);

// The context as one element: its bytes as a number, the first the highest, mod p; so 0 is none, and zeros in front count for
// nothing. What a contract takes for the context has to be below p.
Fr context_word(const Bytes& context);

// Calls visit(index of a true element, its index in the padded tensor).
template <class Visit>
void for_each_element(const tensor::Shape& shape, Visit&& visit) {
  const std::uint64_t n = tensor::num_elements(shape);
  std::vector<std::uint32_t> index(shape.size(), 0);
  for (std::size_t i = 0; i < n; ++i) {
    std::size_t padded = 0;
    for (std::size_t axis = 0; axis < index.size(); ++axis) {
      padded = (padded << circuit::log_padded(shape[axis])) | index[axis];
    }
    visit(i, padded);
    for (std::size_t axis = index.size(); axis-- > 0 && ++index[axis] == shape[axis];) {
      index[axis] = 0;
    }
  }
}

// Padded copy of true elements; and back. Padding: that of circuit::honest_padding, which an honest prover's tensors
// hold.
IntVector pad(const circuit::Tensor& tensor, const IntVector& values, std::int64_t padding);
IntVector unpad(const circuit::Tensor& tensor, const IntVector& padded);

}  // namespace proofcard::statement
