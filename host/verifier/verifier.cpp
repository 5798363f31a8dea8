#include "host/verifier/verifier.hpp"

#include "host/argument/hyrax.hpp"
#include "host/argument/whir.hpp"
#include "host/base/text.hpp"
#include "host/pcs/hyrax/verifier.hpp"
#include "host/statement/hash_vectors.hpp"
#include "host/zk/blindfold.hpp"
#include "host/zk/ligero/verifier.hpp"

namespace proofcard::verifier {
namespace {

Status check_mode(const statement::Mode& mode, const Options& options) {
  if (mode.seeded && !options.allow_seeded) {
    return rejected("mode", "the proof's blinding came from a seed, so it hides nothing; --allow-seeded accepts it");
  }
  if (!mode.zero_knowledge && !options.allow_no_zero_knowledge) {
    return rejected("mode", "the proof is not zero-knowledge; --allow-no-zk accepts it");
  }
  return {};
}

Status check_context(const Bytes& found, const Bytes& expected) {
  if (found == expected) {
    return {};
  }
  const auto name = [](const Bytes& context) { return context.empty() ? std::string("no context") : hex(context); };
  return rejected("context", "expected a proof that was made for {}, found one for {}{}", name(expected), name(found),
                  expected.empty() ? "; --context names it" : "");
}

}  // namespace

Result<statement::Header> verify(const kernels::Msm& msm, const pcs::hyrax::Generators& generators,
                                 const statement::VerifyingKey& vk, ByteView proof, const Options& options,
                                 statement::CommittedRows* committed) {
  ByteReader reader(proof, "proof");
  PROOFCARD_TRY(statement::Header header, statement::read_header(reader, vk));
  PROOFCARD_RETURN_IF_ERROR(check_mode(header.mode, options));
  PROOFCARD_RETURN_IF_ERROR(check_context(header.context, options.context));
  Transcript transcript = statement::begin_transcript(vk.circuit, header, options.observer, vk.scheme.function);
  const bool by_hashes = vk.scheme.kind == pcs::Kind::kHash;
  VerifierChannel channel(std::move(transcript), proof.subspan(reader.offset()),
                          header.mode.zero_knowledge && !by_hashes);

  if (by_hashes) {
    const kernels::MerkleHash& hash = kernels::cpu_merkle_hash(vk.scheme.function);
    PROOFCARD_TRY(const argument::Pads pads, argument::check_whir(channel, hash, vk, header));
    if (header.mode.zero_knowledge) {
      PROOFCARD_RETURN_IF_ERROR(zk::ligero::verify(channel, hash, pads.root, pads.num, channel.constraints(),
                                                   statement::bits_of_parts(vk.scheme, true)));
    }
    PROOFCARD_RETURN_IF_ERROR(channel.expect_end());
    if (committed != nullptr) {
      committed->assign(vk.circuit.tensors.size(), {});  // there are none
    }
    return header;
  }
  statement::CommittedRows rows;
  PROOFCARD_TRY(pcs::hyrax::VectorEquation equation, argument::check_hyrax(channel, vk, header, &rows));
  if (header.mode.zero_knowledge) {
    PROOFCARD_RETURN_IF_ERROR(zk::verify(channel, equation, msm, generators));
  } else {
    PROOFCARD_RETURN_IF_ERROR(pcs::hyrax::check_vector_equation(msm, generators, std::move(equation)));
  }
  PROOFCARD_RETURN_IF_ERROR(channel.expect_end());
  if (committed != nullptr) {
    *committed = std::move(rows);
  }
  return header;
}

}  // namespace proofcard::verifier
