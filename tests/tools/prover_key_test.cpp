// A prover key from somebody else: right in form, and of another model, other weights or other blindings than its verification key.
#include "host/session/setup.hpp"
#include "tests/support/pipeline.hpp"
#include "tests/tools/workspace.hpp"

namespace proofcard::tools {
namespace {

using ProverKeyTest = testing::Workspace;

TEST_F(ProverKeyTest, IsThatOfItsVerificationKey) {
  make_keys("diagnosis");
  const auto check = [](const ProverKey& key) {
    const Status status = check_prover_key(key, testing::cpu_backend());
    return status.ok() ? "right" : status.error().message();
  };
  const ProverKey key = load_prover_key(path("model.pk")).value();
  EXPECT_EQ(check(key), "right");

  ProverKey changed = key;
  changed.model.graph.nodes[0].name += "x";
  EXPECT_EQ(check(changed), "prover key: expected the model that its verification key states, found another");

  changed = key;
  for (auto& column : changed.weight_blindings) {
    if (!column.empty()) {
      column.back() += Fr::one();
    }
  }
  EXPECT_EQ(check(changed),
            "prover key: expected weights and blindings that its verification key commits to, found others");
}

}  // namespace
}  // namespace proofcard::tools
