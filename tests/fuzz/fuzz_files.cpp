// Any bytes as one of the files that people hand to each other: the first byte chooses which.
#include <sys/mman.h>
#include <unistd.h>

#include "host/groth16/ceremony/powers_of_tau.hpp"
#include "host/groth16/json.hpp"
#include "host/groth16/r1cs.hpp"
#include "host/groth16/zkey.hpp"
#include "host/statement/committed.hpp"

namespace {

using namespace proofcard;

// A file of these bytes that has a path for as long as this lives.
class MemoryFile {
 public:
  explicit MemoryFile(ByteView bytes) : fd_(memfd_create("input", 0)) {
    PROOFCARD_CHECK(fd_ >= 0 && write(fd_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  }
  ~MemoryFile() { close(fd_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  std::string path() const { return fmt::format("/proc/self/fd/{}", fd_); }

 private:
  int fd_;
};

void read_zkey(const std::string& path) {
  const auto zkey = groth16::Zkey::open(path);
  if (zkey.ok()) {
    for (const auto which : {groth16::Bases::kA, groth16::Bases::kB1, groth16::Bases::kC, groth16::Bases::kH}) {
      static_cast<void>(zkey->g1_bases(which));
    }
    static_cast<void>(zkey->b2_bases());
    static_cast<void>(zkey->coefficients());
  }
}

void read_powers(const std::string& path) {
  const auto powers = groth16::PowersOfTau::open(path);
  if (powers.ok()) {
    static_cast<void>(powers->lagrange(1));
    static_cast<void>(powers->behind_tau1());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const ByteView bytes(data + 1, size - 1);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  ByteReader reader(bytes, "input");
  switch (data[0] % 9) {
    case 0:
      read_zkey(MemoryFile(bytes).path());
      break;
    case 1:
      static_cast<void>(groth16::Witness::open(MemoryFile(bytes).path()));
      break;
    case 2:
      static_cast<void>(groth16::R1cs::open(MemoryFile(bytes).path()));
      break;
    case 3:
      static_cast<void>(groth16::parse_proof(text, "proof"));
      break;
    case 4:
      static_cast<void>(groth16::parse_public(text, "public"));
      break;
    case 5:
      static_cast<void>(groth16::parse_verifying_key(text, "key"));
      break;
    case 6:
      static_cast<void>(statement::read_commitment(reader));
      break;
    case 7:
      static_cast<void>(statement::read_opening(reader));
      break;
    default:
      read_powers(MemoryFile(bytes).path());
  }
  return 0;
}
