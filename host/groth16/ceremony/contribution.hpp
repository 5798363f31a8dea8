// The second phase of a ceremony: everybody who takes part multiplies delta by a secret of their own, and the key is safe
// if one of them forgot theirs. In the form of snarkjs.
//
// Source:   Bowe, Gabizon and Miers, "Scalable Multi-party Computation for zk-SNARK Parameters in the Random Beacon
//           Model" (2017), section 6, as snarkjs does it: delta grows by d, the bases C and H shrink by it. A contribution
//           shows d with a pair of points, [s]_1 and [d s]_1, and another in G2 whose first point comes from a hash of all
//           before, so that nobody can reuse it.
// Transcript: BLAKE2b of the circuit's hash, all points and transcripts of the contributions before, [s]_1 and [d s]_1;
//           points as 32-byte big-endian coordinates, of G2 the part with u first.
// Secrets:  d is drawn, used and erased here; its uses are variable time (host/kernels/sparse_sums.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/base/result.hpp"
#include "host/curve/g1.hpp"
#include "host/curve/g2.hpp"
#include "host/hash/blake2b.hpp"

namespace proofcard::groth16 {

struct Contribution {
  enum Type : std::uint32_t { kSecret = 0, kBeacon = 1 };

  curve::G1Affine delta_after;
  curve::G1Affine s, ds;  // [s]_1, [d s]_1
  curve::G2Affine d_times_hashed;
  hash::Digest512 transcript{};
  std::uint32_t type = kSecret;
  Bytes parameters;  // a list of (u8 kind, content): 1 a name and 3 a beacon, with u8 lengths; 2 u8 log2 of iterations

  bool operator==(const Contribution&) const = default;
};

// A public source of randomness that nobody could know before: hashed 2^log_iterations times, so that nobody can try
// many in the time in which it becomes known.
struct Beacon {
  Bytes value;
  unsigned log_iterations = 10;
};
inline constexpr unsigned kMinLogIterations = 10, kMaxLogIterations = 24;
inline constexpr std::size_t kMaxBeaconBytes = 255, kMaxContributionName = 64;

// What the parameters say.
struct Parameters {
  std::string name;
  std::optional<Beacon> beacon;
};
// `where` names the contribution. Errors: kBadInput for parameters that are cut off, out of order or of unknown kind,
// and for a beacon that is missing or where it should not be; kUnsupported for more iterations than these.
Result<Parameters> parse_parameters(const Contribution& contribution, const std::string& where);

// Section 10 of a .zkey.
struct Contributions {
  hash::Digest512 circuit_hash{};
  std::vector<Contribution> list;
};
Result<Contributions> read_contributions(ByteReader& reader);
void write_contributions(ByteWriter& out, const Contributions& contributions);

// What snarkjs prints of a contribution, for those who were told it by another way.
hash::Digest512 contribution_hash(const Contribution& contribution);

// As snarkjs prints it: lines of four groups of eight hexadecimal digits.
std::string format_hash(const hash::Digest512& digest);

}  // namespace proofcard::groth16
