#include "host/groth16/zkey.hpp"

#include <bit>

#include "host/field/fq.hpp"
#include "host/groth16/points.hpp"
#include "host/kernels/ntt.hpp"

namespace proofcard::groth16 {
namespace {

constexpr std::uint32_t kVersion = 1;
constexpr std::uint32_t kProtocolGroth16 = 1;
// Of the transforms (host/kernels/ntt.hpp).
constexpr std::uint32_t kMaxDomainSize = std::uint32_t{1} << kernels::kMaxLogNtt;
constexpr std::size_t kCoefficientBytes = 3 * 4 + 32;

enum SectionType : std::uint32_t {
  kProtocol = 1,
  kHeader = 2,
  kIc = 3,
  kCoefficients = 4,
  kB2 = 7,
  kContributions = 10
};

std::string_view name_of(Bases which) {
  switch (which) {
    case Bases::kA:
      return "bases A";
    case Bases::kB1:
      return "bases B1";
    case Bases::kC:
      return "bases C";
    case Bases::kH:
      break;
  }
  return "bases H";
}
std::uint32_t type_of(Bases which) { return static_cast<std::uint32_t>(which); }

}  // namespace

Result<Zkey> Zkey::open(const std::string& path) {
  PROOFCARD_TRY(SectionFile file, SectionFile::open(path, "zkey", kVersion));
  Zkey zkey(std::move(file));
  PROOFCARD_RETURN_IF_ERROR(zkey.read_header());
  PROOFCARD_RETURN_IF_ERROR(zkey.check_sizes());
  PROOFCARD_RETURN_IF_ERROR(zkey.check_contributions());
  return zkey;
}

Status Zkey::read_header() {
  PROOFCARD_TRY(ByteReader protocol, file_.reader(kProtocol, "protocol"));
  PROOFCARD_TRY(const std::uint32_t protocol_id, protocol.u32("protocol"));
  if (protocol_id != kProtocolGroth16) {
    return make_error(ErrorKind::kUnsupported, protocol.what(), "expected {} (groth16), found {}", kProtocolGroth16,
                      protocol_id);
  }
  PROOFCARD_RETURN_IF_ERROR(protocol.expect_end());

  PROOFCARD_TRY(ByteReader reader, file_.reader(kHeader, "header"));
  PROOFCARD_RETURN_IF_ERROR(expect_prime(reader, Fq::kModulus, "base field"));
  PROOFCARD_RETURN_IF_ERROR(expect_prime(reader, Fr::kModulus, "scalar field"));
  PROOFCARD_TRY(header_.num_signals, reader.u32("number of signals"));
  PROOFCARD_TRY(header_.num_public, reader.u32("number of public signals"));
  PROOFCARD_TRY(const std::uint32_t domain_size, reader.u32("domain size"));
  if (header_.num_public >= header_.num_signals) {
    return bad_input(reader.what(), "expected fewer public signals than the {} signals, found {}", header_.num_signals,
                     header_.num_public);
  }
  if (!std::has_single_bit(domain_size) || domain_size > kMaxDomainSize) {
    return bad_input(reader.what(), "domain size: expected a power of two up to {}, found {}", kMaxDomainSize,
                     domain_size);
  }
  header_.log_domain_size = static_cast<std::size_t>(std::countr_zero(domain_size));
  PROOFCARD_TRY(header_.vk.alpha1, read_g1(reader, "alpha1"));
  PROOFCARD_TRY(header_.beta1, read_g1(reader, "beta1"));
  PROOFCARD_TRY(header_.vk.beta2, read_g2(reader, "beta2"));
  PROOFCARD_TRY(header_.vk.gamma2, read_g2(reader, "gamma2"));
  PROOFCARD_TRY(header_.delta1, read_g1(reader, "delta1"));
  PROOFCARD_TRY(header_.vk.delta2, read_g2(reader, "delta2"));
  return reader.expect_end();
}

Status Zkey::check_sizes() {
  const std::uint64_t n = header_.num_signals;
  const std::uint64_t num_ic = std::uint64_t{header_.num_public} + 1;
  PROOFCARD_TRY(const ByteView ic, file_.section(kIc, "IC", kG1Bytes * num_ic));
  PROOFCARD_TRY(header_.vk.ic, decode_g1_points(ic, file_.where(kIc, "IC")));
  PROOFCARD_TRY(ByteReader coefficients, file_.reader(kCoefficients, "coefficients"));
  PROOFCARD_TRY(num_coefficients_, coefficients.count("number of coefficients", kCoefficientBytes));
  PROOFCARD_TRY(const ByteView rest,
                coefficients.raw(std::size_t{num_coefficients_} * kCoefficientBytes, "coefficients"));
  static_cast<void>(rest);
  PROOFCARD_RETURN_IF_ERROR(coefficients.expect_end());
  const auto expect_bases = [&](Bases which, std::uint64_t count) -> Status {
    PROOFCARD_TRY(const ByteView bytes, file_.section(type_of(which), name_of(which), kG1Bytes * count));
    static_cast<void>(bytes);
    return {};
  };
  PROOFCARD_RETURN_IF_ERROR(expect_bases(Bases::kA, n));
  PROOFCARD_RETURN_IF_ERROR(expect_bases(Bases::kB1, n));
  PROOFCARD_RETURN_IF_ERROR(expect_bases(Bases::kC, n - num_ic));
  PROOFCARD_RETURN_IF_ERROR(expect_bases(Bases::kH, header_.domain_size()));
  PROOFCARD_TRY(const ByteView b2, file_.section(kB2, "bases B2", kG2Bytes * n));
  static_cast<void>(b2);
  return {};
}

// What others added to the key in its ceremony: read so that the file is known to be whole.
Status Zkey::check_contributions() {
  PROOFCARD_TRY(ByteReader reader, file_.reader(kContributions, "contributions"));
  PROOFCARD_TRY(contributions_, read_contributions(reader));
  return reader.expect_end();
}

Result<std::vector<curve::G1Affine>> Zkey::g1_bases(Bases which) const {
  PROOFCARD_TRY(const ByteView bytes, file_.section(type_of(which), name_of(which)));
  return decode_g1_points(bytes, file_.where(type_of(which), name_of(which)));
}

Result<std::vector<curve::G2Affine>> Zkey::b2_bases() const {
  PROOFCARD_TRY(const ByteView bytes, file_.section(kB2, "bases B2"));
  return decode_g2_points(bytes, file_.where(kB2, "bases B2"));
}

Result<Coefficients> Zkey::coefficients() const {
  PROOFCARD_TRY(const ByteView bytes, file_.section(kCoefficients, "coefficients"));
  const std::string where = file_.where(kCoefficients, "coefficients");
  const std::uint8_t* const first = bytes.data() + 4;
  const std::size_t n = header_.domain_size();
  const auto u32_at = [&](std::size_t i, std::size_t field) {
    std::uint32_t v = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      v |= static_cast<std::uint32_t>(first[i * kCoefficientBytes + 4 * field + k]) << (8 * k);
    }
    return v;
  };
  Coefficients out;
  out.starts.assign(2 * n + 1, 0);
  for (std::size_t i = 0; i < num_coefficients_; ++i) {
    const std::uint32_t matrix = u32_at(i, 0);
    const std::uint32_t constraint = u32_at(i, 1);
    const std::uint32_t signal = u32_at(i, 2);
    if (matrix > 1 || constraint >= n || signal >= header_.num_signals) {
      return bad_input(where,
                       "coefficient {} of {}: expected matrix 0 or 1, constraint below {}, signal below {}; found {}, "
                       "{}, {}",
                       i + 1, num_coefficients_, n, header_.num_signals, matrix, constraint, signal);
    }
    ++out.starts[matrix * n + constraint + 1];
  }
  for (std::size_t row = 0; row < 2 * n; ++row) {
    out.starts[row + 1] += out.starts[row];
  }
  out.entries.resize(num_coefficients_);
  std::vector<std::size_t> next(out.starts.begin(), out.starts.end() - 1);
  for (std::size_t i = 0; i < num_coefficients_; ++i) {
    const U256 value = load_u256(first + i * kCoefficientBytes + 12);
    if (!detail::less(value, Fr::kModulus)) {
      return bad_input(where, "coefficient {} of {}: expected a number below the prime, found a larger one", i + 1,
                       num_coefficients_);
    }
    out.entries[next[u32_at(i, 0) * n + u32_at(i, 1)]++] = {u32_at(i, 2), Fr::from_montgomery(value)};
  }
  return out;
}

}  // namespace proofcard::groth16
