// The verifier's code over numbers that it cannot look into: it accepts what the verifier accepts, rejects what it rejects, for the
// same reason, and leads to the same claims. So no branch of it depends on a challenge or on a message, and no form of an equation
// that is taken where messages are numbers differs from the one that is taken where they are Values.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "host/argument/whir_impl.hpp"
#include "host/base/text.hpp"
#include "tests/support/hash_pipeline.hpp"
#include "tests/support/node_cases.hpp"
#include "tests/support/opaque_channel.hpp"

namespace proofcard::testing {
namespace {

using circuit::Visibility;

std::vector<std::vector<OpaqueNumber>> opaque_publics(const statement::Header& header) {
  std::vector<std::vector<OpaqueNumber>> out;
  for (const IntVector& values : header.publics) {
    auto& tensor = out.emplace_back();
    for (std::size_t i = 0; i < values.size(); ++i) {
      tensor.push_back(OpaqueNumber::drawn(Fr::from_i64(values[i])));
    }
  }
  return out;
}

// Everything that a plain proof has before its checks.
template <class C>
Status read_commitments(C& channel, VerifierChannel& inner, const statement::VerifyingKey& vk) {
  PROOFCARD_TRY(const auto vectors, statement::hash_vectors(circuit::JoinedVectors(vk.layout), vk.scheme, false));
  for (const statement::HashVector& vector : vectors) {
    if (!vector.is_weights) {
      PROOFCARD_TRY(const hash::Digest root, inner.digest("commit"));
      PROOFCARD_TRY(const auto answer, channel.message("commit.answer"));
      static_cast<void>(root), static_cast<void>(answer);
    }
  }
  return {};
}

using Claims = std::vector<pcs::Claim<Fr>>;

Result<Claims> native_claims(const statement::VerifyingKey& vk, ByteView proof) {
  ByteReader in(proof, "proof");
  PROOFCARD_TRY(const statement::Header header, statement::read_header(in, vk));
  VerifierChannel channel(statement::begin_transcript(vk.circuit, header, {}, vk.scheme.function),
                          proof.subspan(in.offset()));
  PROOFCARD_RETURN_IF_ERROR(read_commitments(channel, channel, vk));
  PROOFCARD_TRY(const auto claims, argument::check(channel, vk, argument::StatedValues(vk, header)));
  Claims out;
  for (const auto& claim : claims) {
    out.push_back({claim.column, claim.offset, claim.point, claim.value.constant()});
  }
  return out;
}

Result<Claims> opaque_claims(const statement::VerifyingKey& vk, ByteView proof,
                             std::map<std::string, std::size_t>* constraints = nullptr) {
  ByteReader in(proof, "proof");
  PROOFCARD_TRY(const statement::Header header, statement::read_header(in, vk));
  VerifierChannel inner(statement::begin_transcript(vk.circuit, header, {}, vk.scheme.function),
                        proof.subspan(in.offset()));
  OpaqueChannel channel(inner);
  PROOFCARD_RETURN_IF_ERROR(read_commitments(channel, inner, vk));
  const argument::NumberValues<OpaqueNumber> publics(vk.circuit, opaque_publics(header));
  PROOFCARD_TRY(const auto claims, argument::check(channel, vk, publics));
  if (constraints != nullptr) {
    *constraints = channel.constraints();
  }
  Claims out;
  for (const auto& claim : claims) {
    std::vector<Fr> point;
    for (const OpaqueNumber& p : claim.point) {
      point.push_back(Reveal::value(p));
    }
    out.push_back({claim.column, claim.offset, point, Reveal::value(claim.value)});
  }
  return out;
}

// Claims, or why not, to compare.
std::string text(const Result<Claims>& claims) {
  if (!claims.ok()) {
    return claims.error().message();
  }
  std::string out;
  for (const auto& claim : *claims) {
    out += fmt::format("{} {}:", claim.column, claim.offset);
    for (const Fr& p : claim.point) {
      out += " " + hex(p.to_bytes());
    }
    out += " = " + hex(claim.value.to_bytes()) + "\n";
  }
  return out;
}

// Of the whole proof: nothing, or why not.
std::string opaque_verdict(const statement::VerifyingKey& vk, ByteView proof) {
  const auto verify = [&]() -> Status {
    ByteReader in(proof, "proof");
    PROOFCARD_TRY(const statement::Header header, statement::read_header(in, vk));
    VerifierChannel inner(statement::begin_transcript(vk.circuit, header, {}, vk.scheme.function),
                          proof.subspan(in.offset()));
    OpaqueChannel channel(inner);
    OpaqueRowOracle oracle(channel, kernels::cpu_merkle_hash(vk.scheme.function));
    const argument::NumberValues<OpaqueNumber> publics(vk.circuit, opaque_publics(header));
    PROOFCARD_RETURN_IF_ERROR(argument::check_vectors(channel, oracle, vk, publics, false));
    return inner.expect_end();
  };
  const Status status = verify();
  return status.ok() ? "accepted" : status.error().message();
}

TEST(OpaqueVerifier, LeadsToTheSameClaimsAndAcceptsThem) {
  for_each_node_by_hashes([](const Model& model, ByteView proof, std::string_view, Visibility, Visibility) {
    const auto native = native_claims(model.vk, proof);
    ASSERT_TRUE(native.ok()) << native.error().message();
    EXPECT_EQ(text(opaque_claims(model.vk, proof)), text(native));
    EXPECT_EQ(opaque_verdict(model.vk, proof), "accepted");
  });
}

// Each element of the messages in turn, and the last public value.
TEST(OpaqueVerifier, RejectsWhatTheVerifierRejects) {
  std::set<std::string> stages;
  for (const char* name : {"GemmRelu", "Conv"}) {
    SCOPED_TRACE(name);
    compile::GraphMaker g(1);
    std::ranges::find(node_cases(), name, &NodeCase::name)->build(g);
    const auto model = hash_model(g.graph(), sides(Visibility::kPublic, Visibility::kPrivate), g.random_inputs());
    ASSERT_TRUE(model.ok()) << model.error().message();
    const auto proof = prove(*model);
    ASSERT_TRUE(proof.ok());
    const std::string honest = text(native_claims(model->vk, *proof));
    const auto expect_same = [&](std::size_t byte) {
      Bytes changed = *proof;
      changed[byte] ^= 1;
      const auto found = opaque_claims(model->vk, changed);
      EXPECT_EQ(text(found), text(native_claims(model->vk, changed))) << "byte " << byte;
      stages.insert(found.ok() ? "" : found.error().where);
      return text(found) != honest;
    };
    ByteReader in(*proof, "proof");
    ASSERT_TRUE(statement::read_header(in, model->vk).ok());
    EXPECT_TRUE(expect_same(in.offset() - 1));
    std::size_t num_unnoticed = 0;  // behind the messages of the checks
    for (std::size_t at = in.offset(); at + Fr::kBytes <= proof->size() && num_unnoticed < 3; at += Fr::kBytes) {
      num_unnoticed += expect_same(at) ? 0 : 1;
    }
  }
  for (const char* stage :
       {"lookup (root)", "lookup (layer 1)", "lookup (numerators)", "sumcheck (products)", "sumcheck (views)"}) {
    EXPECT_TRUE(stages.contains(stage)) << stage << " of " << fmt::format("{}", fmt::join(stages, ", "));
  }
}

// Each element and digest of a whole proof in turn, of rows and nodes one in ten. (Values that fit all but the last sums are tests/pcs's.)
TEST(OpaqueVerifier, RejectsEveryChangedWordAsTheVerifierDoes) {
  compile::GraphMaker g(1);
  std::ranges::find(node_cases(), "GemmRelu", &NodeCase::name)->build(g);
  for (const pcs::Scheme& scheme : {pcs::by_hashes(100), pcs::inner_scheme(100)}) {
    const auto model =
        hash_model(g.graph(), sides(Visibility::kPublic, Visibility::kPrivate), g.random_inputs(), scheme);
    ASSERT_TRUE(model.ok()) << model.error().message();
    const auto proof = prove(*model);
    ASSERT_TRUE(proof.ok());
    EXPECT_EQ(opaque_verdict(model->vk, *proof), "accepted");
    std::set<std::string> verdicts;
    for (std::size_t byte = 0; byte < proof->size(); byte += byte < 20'000 ? 31 : 331) {
      Bytes changed = *proof;
      changed[byte] ^= 1;
      const std::string found = opaque_verdict(model->vk, changed);
      EXPECT_EQ(found, verdict(*model, changed)) << "byte " << byte;
      EXPECT_NE(found, "accepted") << "byte " << byte;
      verdicts.insert(found);
    }
    EXPECT_THAT(verdicts, ::testing::Contains(::testing::HasSubstr("do not lead to its root")));
  }
}

}  // namespace
}  // namespace proofcard::testing
