// Openings while messages come with pads: vectors with tails and masks, claims about them, and what is left to check of their proofs.
#pragma once

#include <optional>

#include "host/pcs/whir/protocol.hpp"
#include "tests/pcs/whir_support.hpp"

namespace proofcard::pcs::whir::testing {

inline constexpr unsigned kFewBits = 20;  // few queries, so that tails are short

struct HidingVector {
  Masking masking = Masking::kNone;
  IntVector values;
  std::vector<Fr> tail;
  Committed committed;
  Mask mask;
};

struct HidingCase {
  unsigned security_bits = kFewBits;
  std::vector<HidingVector> vectors;
  std::vector<Claim<Fr>> claims;
  std::vector<Fr> pads;

  std::vector<Opened> opened() const {
    std::vector<Opened> out;
    for (const HidingVector& v : vectors) {
      out.push_back({&v.committed, v.masking == Masking::kWord ? &v.mask : nullptr});
    }
    return out;
  }
  // Of vectors that are committed in the proof.
  std::size_t num_hidden_answers() const {
    return static_cast<std::size_t>(std::ranges::count(vectors, Masking::kColumn, &HidingVector::masking));
  }
};

struct Shape {
  Masking masking;
  unsigned log_values;
};

inline HidingVector make_hiding_vector(proofcard::testing::Random& random, const Shape& shape, unsigned security_bits,
                                       std::uint32_t num_openings = 1) {
  HidingVector out;
  out.masking = shape.masking;
  const std::size_t num_values = std::size_t{1} << shape.log_values;
  HiddenSize size{std::max(shape.log_values, kMinLogSize), 0};
  if (shape.masking != Masking::kNone) {
    size = *hidden_size(num_values, num_openings, security_bits);
  }
  out.values = IntVector(IntType::kI16, std::size_t{1} << size.log_size);
  for (std::size_t i = 0; i < num_values; ++i) {
    out.values.set(i, static_cast<std::int64_t>(random.u64() % 2001) - 1000);
  }
  out.tail = random.frs(size.num_tail_rows * kInputWidth);
  const std::size_t rows = out.values.size() / kInputWidth;
  out.committed = commit(cpu_kernels(), out.values.view(), out.tail,
                         shape.masking == Masking::kColumn ? random.frs(rows) : std::vector<Fr>())
                      .value();
  if (shape.masking == Masking::kWord) {
    out.mask = commit_mask(cpu_kernels(), out.committed.word.code, random.frs(rows)).value();
  }
  return out;
}

// Claims on slots of every size up to all values, none of which lies in a tail.
inline HidingCase make_hiding_case(std::uint64_t seed, std::span<const Shape> shapes,
                                   unsigned security_bits = kFewBits) {
  proofcard::testing::Random random(seed);
  HidingCase c;
  c.security_bits = security_bits;
  std::size_t num_masks = 0;
  for (std::uint32_t v = 0; v < shapes.size(); ++v) {
    c.vectors.push_back(make_hiding_vector(random, shapes[v], security_bits));
    num_masks += shapes[v].masking == Masking::kNone ? 0 : 1;
    for (unsigned n = shapes[v].log_values + 1; n-- > 0; n -= std::min(n, 2U)) {
      const std::size_t offset = (random.u64() % (std::size_t{1} << (shapes[v].log_values - n))) << n;
      poly::Point point = random.frs(n);
      const IntSpan slot = int_subspan(c.vectors[v].values.view(), offset, std::size_t{1} << n);
      const Fr value = poly::evaluate(slot, point);
      c.claims.push_back({v, offset, std::move(point), value});
    }
  }
  // Values of claims come as hidden messages, too.
  c.pads = random.frs(c.num_hidden_answers() + c.claims.size() + num_hidden(shapes.size(), num_masks));
  for (HidingVector& v : c.vectors) {
    v.committed.given = v.values.view();  // the vectors have moved
  }
  return c;
}

inline Transcript begin_hiding(const HidingCase& c) {
  Transcript out("test");
  for (const HidingVector& v : c.vectors) {
    out.absorb_bytes("root", v.committed.root());
    if (v.masking == Masking::kWord) {
      out.absorb_bytes("mask", v.mask.word.root());
    }
  }
  return out;
}

inline void send_claims(const HidingCase& c, ProverChannel& channel) {
  channel.hide_with(c.pads);
  for (const HidingVector& v : c.vectors) {
    if (v.masking == Masking::kColumn) {
      channel.message("answer", v.committed.commitment.answer);
    }
  }
  for (const Claim<Fr>& claim : c.claims) {
    channel.message("claim", claim.value);
  }
}

inline Bytes prove_hiding(const HidingCase& c, Interceptor* liar = nullptr, const Transcript::Oracle& oracle = {}) {
  Transcript transcript = begin_hiding(c);
  transcript.set_oracle(oracle);
  ProverChannel channel(std::move(transcript));
  channel.set_interceptor(liar);
  send_claims(c, channel);
  const Status status = open(channel, cpu_kernels(), c.opened(), c.claims, c.security_bits);
  EXPECT_TRUE(status.ok()) << status.error().message();
  return channel.take_proof();
}

inline Fr value_of(const Value& form, std::span<const Fr> variables) {
  Fr out = form.constant();
  for (const auto& [variable, coefficient] : form.terms()) {
    out += coefficient * variables[variable];
  }
  return out;
}

// The verifier, and then whether the pads satisfy what it noted: "constraint: stage" for the first that they do not.
inline Status check_hiding(const HidingCase& c, ByteView proof, const Transcript::Oracle& oracle = {}) {
  Transcript transcript = begin_hiding(c);
  transcript.set_oracle(oracle);
  VerifierChannel channel(std::move(transcript), proof);
  channel.hide_with_pads(c.pads.size());
  std::vector<Received> received;
  for (const HidingVector& v : c.vectors) {
    Received r{v.committed.root(), v.committed.commitment.log_size, v.committed.commitment.answer, v.masking, {}};
    if (v.masking == Masking::kColumn) {
      PROOFCARD_TRY(r.answer, channel.message("answer"));
    }
    if (v.masking == Masking::kWord) {
      r.mask_root = v.mask.word.root();
    }
    received.push_back(std::move(r));
  }
  std::vector<Claim<Value>> claims;
  for (const Claim<Fr>& claim : c.claims) {
    PROOFCARD_TRY(Value value, channel.message("claim"));
    claims.push_back({claim.column, claim.offset, claim.point, std::move(value)});
  }
  PROOFCARD_RETURN_IF_ERROR(verify_opening(channel, kernels::cpu_merkle_hash(), received, claims, c.security_bits));
  PROOFCARD_RETURN_IF_ERROR(channel.expect_end());
  EXPECT_FALSE(channel.hiding());
  EXPECT_EQ(channel.num_padded(), c.pads.size());
  EXPECT_EQ(channel.constraints().size(), c.vectors.size());
  for (const VerifierChannel::Constraint& constraint : channel.constraints()) {
    EXPECT_TRUE(constraint.products.empty());
    if (!value_of(constraint.rest, c.pads).is_zero()) {
      return rejected("constraint", "{}", constraint.stage);
    }
  }
  return {};
}

}  // namespace proofcard::pcs::whir::testing
