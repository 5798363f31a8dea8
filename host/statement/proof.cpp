#include "host/statement/proof.hpp"

#include <algorithm>

#include "host/base/bits.hpp"

namespace proofcard::statement {
namespace {

constexpr std::array<std::uint8_t, 8> kMagic{'P', 'C', 'P', 'R', 'O', 'O', 'F', 1};

void write_values(ByteWriter& out, const IntVector& values) {
  values.visit([&](auto span) {
    for (const auto v : span) {
      const auto u = static_cast<std::uint64_t>(static_cast<std::int64_t>(v));
      for (std::size_t i = 0; i < sizeof(v); ++i) {
        out.u8(static_cast<std::uint8_t>(u >> (8 * i)));
      }
    }
  });
}

}  // namespace

Result<Bytes> read_context(ByteReader& in) {
  PROOFCARD_TRY(const std::uint8_t size, in.u8("context length"));
  if (size == 0 || size > kMaxContextBytes) {
    return bad_input(in.what(), "context: expected 1 to {} bytes, found {}", kMaxContextBytes, size);
  }
  PROOFCARD_TRY(const ByteView bytes, in.raw(size, "context"));
  return Bytes(bytes.begin(), bytes.end());
}

void write(ByteWriter& out, const circuit::Circuit& circuit, const Header& header) {
  out.raw(kMagic);
  out.u8(header.mode_byte());
  out.raw(header.vk_digest);
  if (!header.context.empty()) {
    out.u8(static_cast<std::uint8_t>(header.context.size()));
    out.raw(header.context);
  }
  for (std::uint32_t id = 0; id < circuit.tensors.size(); ++id) {
    if (circuit.is_public(id)) {
      write_values(out, header.publics[id]);
    }
  }
}

Result<Header> read_header(ByteReader& in, const VerifyingKey& vk) {
  const auto parse_error = [](const Error& e) { return Error{ErrorKind::kRejected, "parse", e.message()}; };
  const auto magic = in.raw(kMagic.size(), "magic");
  if (!std::ranges::equal(magic.ok() ? *magic : ByteView(), kMagic)) {
    return rejected("parse", "not a proofcard proof: expected it to begin with the bytes \"PCPROOF\" and version 1");
  }
  Header header;
  const auto mode = in.u8("mode");
  if (!mode.ok()) {
    return parse_error(mode.error());
  }
  if (*mode > 7) {
    return rejected("parse", "mode: expected 0 to 7, found {}", *mode);
  }
  header.mode = {(*mode & 1) != 0, (*mode & 2) != 0};
  const auto digest = in.raw(header.vk_digest.size(), "vk digest");
  if (!digest.ok()) {
    return parse_error(digest.error());
  }
  std::copy(digest->begin(), digest->end(), header.vk_digest.begin());
  if (header.vk_digest != vk.digest) {
    return rejected("statement", "the proof was made for another verification key");
  }
  if ((*mode & 4) != 0) {
    auto context = read_context(in);
    if (!context.ok()) {
      return parse_error(context.error());
    }
    header.context = std::move(context).value();
  }
  header.publics.resize(vk.circuit.tensors.size());
  for (std::uint32_t id = 0; id < vk.circuit.tensors.size(); ++id) {
    if (!vk.circuit.is_public(id)) {
      continue;
    }
    const circuit::Tensor& t = vk.circuit.tensors[id];
    const std::size_t width = int_type_bytes(t.type);
    const std::uint64_t n = tensor::num_elements(t.shape);
    if (n > in.remaining() / width) {
      return rejected("parse", "public tensor \"{}\": expected {} bytes, found {}", t.name, n * width, in.remaining());
    }
    auto bytes = in.raw(static_cast<std::size_t>(n) * width, t.name);
    if (!bytes.ok()) {
      return parse_error(bytes.error());
    }
    IntVector values(t.type, static_cast<std::size_t>(n));
    for (std::size_t i = 0; i < n; ++i) {
      const std::int64_t v = sign_extended(bytes->subspan(i * width, width));
      if (v < t.lo || v > t.hi) {
        return rejected("statement", "public tensor \"{}\", element {}: expected a value in [{}, {}], found {}", t.name,
                        i, t.lo, t.hi, v);
      }
      values.set(i, v);
    }
    header.publics[id] = std::move(values);
  }
  return header;
}

Fr context_word(const Bytes& context) {
  Fr out;
  for (const std::uint8_t byte : context) {
    out = out * Fr::from_u64(256) + Fr::from_u64(byte);
  }
  return out;
}

namespace {

void absorb_statement_as_elements(Transcript& transcript, const circuit::Circuit& circuit, const Header& header) {
  transcript.absorb_u64("mode", header.mode.byte());
  transcript.absorb_bytes("vk", header.vk_digest);
  const Fr context = context_word(header.context);
  transcript.absorb("context", std::span(&context, 1));
  for (std::uint32_t id = 0; id < circuit.tensors.size(); ++id) {
    if (circuit.is_public(id)) {
      std::vector<Fr> values;
      header.publics[id].visit([&](auto span) {
        for (const auto v : span) {
          values.push_back(Fr::from_i64(v));
        }
      });
      transcript.absorb("public.values", values);
    }
  }
}

}  // namespace

Transcript begin_transcript(const circuit::Circuit& circuit, const Header& header, Transcript::Observer observer,
                            hash::Function function) {
  Transcript transcript(kProtocol, function);
  if (observer) {
    transcript.set_observer(std::move(observer));
  }
  if (function == hash::Function::kPoseidon2) {
    absorb_statement_as_elements(transcript, circuit, header);
    return transcript;
  }
  transcript.absorb_u64("mode", header.mode_byte());
  transcript.absorb_bytes("vk", header.vk_digest);
  if (!header.context.empty()) {
    transcript.absorb_bytes("context", header.context);
  }
  const std::array<std::uint8_t, 3> visibility{static_cast<std::uint8_t>(circuit.input_visibility),
                                               static_cast<std::uint8_t>(circuit.output_visibility),
                                               static_cast<std::uint8_t>(circuit.weight_visibility)};
  transcript.absorb_bytes("visibility", visibility);
  for (std::uint32_t id = 0; id < circuit.tensors.size(); ++id) {
    if (circuit.is_public(id)) {
      ByteWriter values;
      write_values(values, header.publics[id]);
      transcript.absorb_u64("public.tensor", id);
      transcript.absorb_bytes("public.values", values.bytes());
    }
  }
  return transcript;
}

IntVector pad(const circuit::Tensor& tensor, const IntVector& values, std::int64_t padding) {
  IntVector out(tensor.type, circuit::padded_size(tensor.shape));
  if (padding != 0) {
    for (std::size_t i = 0; i < out.size(); ++i) {
      out.set(i, padding);
    }
  }
  for_each_element(tensor.shape, [&](std::size_t i, std::size_t padded) { out.set(padded, values[i]); });
  return out;
}

IntVector unpad(const circuit::Tensor& tensor, const IntVector& padded_values) {
  IntVector out(tensor.type, static_cast<std::size_t>(tensor::num_elements(tensor.shape)));
  for_each_element(tensor.shape, [&](std::size_t i, std::size_t padded) { out.set(i, padded_values[padded]); });
  return out;
}

}  // namespace proofcard::statement
