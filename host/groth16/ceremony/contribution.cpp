#include "host/groth16/ceremony/contribution.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "host/base/text.hpp"
#include "host/groth16/ceremony/transcript.hpp"
#include "host/groth16/points.hpp"

namespace proofcard::groth16 {
namespace {

using curve::G1Affine;
using curve::G2Affine;

constexpr std::size_t kMinContributionBytes = 3 * kG1Bytes + kG2Bytes + 64 + 8;
enum ParameterKind : std::uint8_t { kName = 1, kLogIterations = 2, kBeaconValue = 3 };

Result<hash::Digest512> read_digest(ByteReader& reader, std::string_view field) {
  PROOFCARD_TRY(const ByteView bytes, reader.raw(64, field));
  hash::Digest512 out{};
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

}  // namespace

Result<Contributions> read_contributions(ByteReader& reader) {
  Contributions out;
  PROOFCARD_TRY(out.circuit_hash, read_digest(reader, "hash of the circuit"));
  PROOFCARD_TRY(const std::uint32_t count, reader.count("number of contributions", kMinContributionBytes));
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::string name = fmt::format("contribution {}", i + 1);
    Contribution c;
    PROOFCARD_TRY(c.delta_after, read_g1(reader, name));
    PROOFCARD_TRY(c.s, read_g1(reader, name));
    PROOFCARD_TRY(c.ds, read_g1(reader, name));
    PROOFCARD_TRY(c.d_times_hashed, read_g2(reader, name));
    PROOFCARD_TRY(c.transcript, read_digest(reader, name));
    PROOFCARD_TRY(c.type, reader.u32(name));
    PROOFCARD_TRY(const std::uint32_t num_parameter_bytes, reader.u32(name));
    PROOFCARD_TRY(const ByteView parameters, reader.raw(num_parameter_bytes, name));
    c.parameters.assign(parameters.begin(), parameters.end());
    out.list.push_back(std::move(c));
  }
  return out;
}

void write_contributions(ByteWriter& out, const Contributions& contributions) {
  out.raw(contributions.circuit_hash);
  out.u32(static_cast<std::uint32_t>(contributions.list.size()));
  for (const Contribution& c : contributions.list) {
    out.raw(encode_points(std::array{c.delta_after, c.s, c.ds}));
    out.raw(encode_points(std::span(&c.d_times_hashed, 1)));
    out.raw(c.transcript);
    out.u32(c.type);
    out.u32(static_cast<std::uint32_t>(c.parameters.size()));
    out.raw(c.parameters);
  }
}

Result<Parameters> parse_parameters(const Contribution& contribution, const std::string& where) {
  if (contribution.type > Contribution::kBeacon) {
    return bad_input(where, "type: expected 0 (a secret) or 1 (a beacon), found {}", contribution.type);
  }
  Parameters out;
  Beacon beacon;
  ByteReader reader(contribution.parameters, where);
  std::uint8_t last = 0;
  const auto text = [&](std::string_view field) -> Result<ByteView> {
    PROOFCARD_TRY(const std::uint8_t size, reader.u8(field));
    return reader.raw(size, field);
  };
  std::size_t num_parts = 0;
  while (reader.remaining() != 0) {
    PROOFCARD_TRY(const std::uint8_t kind, reader.u8("parameter"));
    if (kind <= last || kind > kBeaconValue) {
      return bad_input(where, "parameter: expected kinds 1 to 3 in ascending order, found {} after {}", kind, last);
    }
    last = kind;
    if (kind == kName) {
      PROOFCARD_TRY(const ByteView name, text("name"));
      out.name.assign(name.begin(), name.end());
    } else if (kind == kLogIterations) {
      PROOFCARD_TRY(beacon.log_iterations, reader.u8("iterations"));
      ++num_parts;
    } else {
      PROOFCARD_TRY(const ByteView value, text("beacon"));
      beacon.value.assign(value.begin(), value.end());
      ++num_parts;
    }
  }
  if (num_parts != (contribution.type == Contribution::kBeacon ? 2 : 0)) {
    return bad_input(
        where, "expected a beacon and its iterations {}, found {} of them",
        contribution.type == Contribution::kBeacon ? "in a beacon's contribution" : "in a beacon's contribution only",
        num_parts);
  }
  if (contribution.type == Contribution::kBeacon) {
    if (beacon.log_iterations < kMinLogIterations || beacon.log_iterations > kMaxLogIterations) {
      return make_error(ErrorKind::kUnsupported, where, "beacon: expected 2^{} to 2^{} iterations, found 2^{}",
                        kMinLogIterations, kMaxLogIterations, beacon.log_iterations);
    }
    out.beacon = std::move(beacon);
  }
  return out;
}

hash::Digest512 contribution_hash(const Contribution& contribution) {
  hash::Blake2b hasher;
  absorb(hasher, contribution);
  return hasher.digest();
}

std::string format_hash(const hash::Digest512& digest) {
  std::string out;
  for (std::size_t i = 0; i < digest.size(); i += 4) {
    if (i != 0) {
      out += i % 16 == 0 ? '\n' : ' ';
    }
    out += hex(std::span(digest).subspan(i, 4));
  }
  return out;
}

}  // namespace proofcard::groth16
