#include "host/statement/committed.hpp"

#include <bit>
#include <cmath>

#include "host/base/bits.hpp"
#include "host/curve/encoding.hpp"
#include "host/hash/keccak.hpp"

namespace proofcard::statement {
namespace {

constexpr std::string_view kCommitmentDomain = "proofcard/commitment/1";
constexpr unsigned kMaxTensorBits = 27;      // as in circuits
constexpr std::uint8_t kHasChannels = 0x80;  // in the byte of the type: scales of channels follow

void write_descriptor(ByteWriter& out, const Descriptor& d) {
  out.u32(d.layout);
  tensor::write(out, d.shape);
  const unsigned flag = d.channels.empty() ? 0 : kHasChannels;
  out.u8(static_cast<std::uint8_t>(static_cast<unsigned>(d.type) + flag));
  out.u64(std::bit_cast<std::uint64_t>(d.scale));
  if (!d.channels.empty()) {
    tensor::write(out, d.channels);
  }
}

Result<Descriptor> read_descriptor(ByteReader& in) {
  Descriptor d;
  PROOFCARD_TRY(d.layout, in.u32("layout version"));
  if (d.layout != kTensorLayout) {
    return bad_input(in.what(), "layout version: expected {}, found {}", kTensorLayout, d.layout);
  }
  PROOFCARD_TRY(d.shape, tensor::read_shape(in));
  PROOFCARD_RETURN_IF_ERROR(tensor::validate(tensor::Expression{d.shape, {}, {}}, {}, in.what() + ": shape"));
  if (circuit::log_padded(d.shape) > kMaxTensorBits) {
    return bad_input(in.what(), "shape: expected at most 2^{} padded values, found more", kMaxTensorBits);
  }
  PROOFCARD_TRY(const std::uint8_t type, in.u8("type"));
  if ((type & ~kHasChannels) > static_cast<int>(IntType::kI64)) {
    return bad_input(in.what(), "type: expected 0 to 3, found {}", type & ~kHasChannels);
  }
  d.type = static_cast<IntType>(type & ~kHasChannels);
  PROOFCARD_TRY(const std::uint64_t scale, in.u64("scale"));
  d.scale = std::bit_cast<double>(scale);
  if (!std::isfinite(d.scale) || d.scale <= 0) {
    return bad_input(in.what(), "scale: expected a positive number, found another");
  }
  if ((type & kHasChannels) != 0) {
    PROOFCARD_TRY(d.channels, tensor::read_channel_steps(in));
    if (d.channels.empty()) {
      return bad_input(in.what(), "expected scales of channels, found none");
    }
  }
  PROOFCARD_RETURN_IF_ERROR(tensor::validate(d.channels, d.shape, in.what()));
  return d;
}

}  // namespace

Descriptor describe(const circuit::Tensor& tensor) {
  return {kTensorLayout, tensor.shape, tensor.type, tensor.scale, tensor.channels};
}

std::string difference(const Descriptor& expected, const Descriptor& found) {
  if (expected.layout != found.layout) {
    return fmt::format("expected layout version {}, found {}", expected.layout, found.layout);
  }
  if (expected.shape != found.shape) {
    return fmt::format("expected shape [{}], found [{}]", fmt::join(expected.shape, ","), fmt::join(found.shape, ","));
  }
  if (expected.type != found.type) {
    return fmt::format("expected integers of {} bits, found {} bits", 8 * int_type_bytes(expected.type),
                       8 * int_type_bytes(found.type));
  }
  if (expected.scale != found.scale) {
    return fmt::format("expected scale {}, found {}", expected.scale, found.scale);
  }
  if (expected.channels != found.channels) {
    return "expected other scales of the channels, found different ones";
  }
  return "";
}

Digest digest(const Commitment& commitment) {
  ByteWriter out;
  out.string(kCommitmentDomain);
  write(out, commitment);
  return hash::keccak256(out.bytes());
}

void write(ByteWriter& out, const Commitment& commitment) {
  write_descriptor(out, commitment.descriptor);
  for (const curve::G1Affine& row : commitment.rows) {
    out.raw(curve::encode_uncompressed(row));
  }
}

Result<Commitment> read_commitment(ByteReader& in) {
  Commitment out;
  PROOFCARD_TRY(out.descriptor, read_descriptor(in));
  const std::size_t rows = out.descriptor.column().num_rows();
  PROOFCARD_TRY(const ByteView bytes, in.raw(rows * curve::kUncompressedBytes, "rows"));
  out.rows.resize(rows);
  PROOFCARD_RETURN_IF_ERROR(curve::batch_decode_uncompressed(out.rows, bytes, in.what() + ": rows"));
  return out;
}

void write(ByteWriter& out, const Opening& opening) {
  write_descriptor(out, opening.descriptor);
  opening.values.visit([&](auto span) {
    for (const auto v : span) {
      const auto u = static_cast<std::uint64_t>(static_cast<std::int64_t>(v));
      for (std::size_t i = 0; i < sizeof(v); ++i) {
        out.u8(static_cast<std::uint8_t>(u >> (8 * i)));
      }
    }
  });
  out.u8(opening.blindings.empty() ? 0 : 1);
  for (const Fr& blinding : opening.blindings) {
    out.raw(blinding.to_bytes());
  }
}

Result<Opening> read_opening(ByteReader& in) {
  Opening out;
  PROOFCARD_TRY(out.descriptor, read_descriptor(in));
  const std::size_t width = int_type_bytes(out.descriptor.type);
  const auto n = static_cast<std::size_t>(tensor::num_elements(out.descriptor.shape));
  PROOFCARD_TRY(const ByteView values, in.raw(n * width, "values"));
  out.values = IntVector(out.descriptor.type, n);
  for (std::size_t i = 0; i < n; ++i) {
    out.values.set(i, sign_extended(values.subspan(i * width, width)));
  }
  PROOFCARD_TRY(const std::uint8_t hiding, in.u8("blindings"));
  if (hiding > 1) {
    return bad_input(in.what(), "blindings: expected 0 or 1, found {}", hiding);
  }
  const std::size_t rows = hiding == 1 ? out.descriptor.column().num_rows() : 0;
  for (std::size_t row = 0; row < rows; ++row) {
    PROOFCARD_TRY(const ByteView bytes, in.raw(Fr::kBytes, "blindings"));
    const std::optional<Fr> blinding = Fr::from_bytes(bytes);
    if (!blinding) {
      return bad_input(in.what(), "blindings: expected field elements, found a number that is not one");
    }
    out.blindings.push_back(*blinding);
  }
  return out;
}

}  // namespace proofcard::statement
