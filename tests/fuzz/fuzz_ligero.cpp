// Any bytes as an argument about equations. The first byte: 0 takes the rest as the one about honest values; others are
// the number of values, of which the number of products and the wanted security follow, and the rest is the argument.
#include "tests/fuzz/ligero_values.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace proofcard;
  static const testing::LigeroValues kValues;
  ByteReader in({data, size});
  const auto kind = in.u8("kind");
  if (!kind.ok()) {
    return 0;
  }
  hash::Digest root{};
  std::size_t num_values = *kind;
  std::vector<VerifierChannel::Constraint> constraints;
  unsigned security_bits = testing::LigeroValues::kSecurityBits;
  if (*kind == 0) {
    root = kValues.committed.root();
    num_values = kValues.values.size();
    constraints = kValues.constraints;
  } else {
    const auto num_products = in.u8("products");
    const auto security = in.u8("security");
    if (!num_products.ok() || !security.ok()) {
      return 0;
    }
    constraints.push_back({std::vector<VerifierChannel::Product>(*num_products), Value::variable(0), "fuzz"});
    security_bits = *security;
  }
  const ByteView argument = *in.raw(in.remaining(), "argument");
  VerifierChannel channel(Transcript("fuzz"), argument);
  static_cast<void>(
      zk::ligero::verify(channel, kernels::cpu_merkle_hash(), root, num_values, constraints, security_bits).ok());
  return 0;
}
