#include "host/hash/poseidon2_sponge.hpp"

#include "host/hash/poseidon2.hpp"

namespace proofcard::hash {

void Poseidon2Sponge::permute_state() {
  permute(poseidon2(state_.size()), state_);
  absorbed_ = 0;
}

void Poseidon2Sponge::absorb(const Fr& element) {
  if (absorbed_ == kRate) {
    permute_state();
  }
  state_[absorbed_++] += element;
  squeezed_ = kRate;
}

Fr Poseidon2Sponge::squeeze() {
  if (squeezed_ == kRate) {
    permute_state();
    squeezed_ = 0;
  }
  return state_[squeezed_++];
}

}  // namespace proofcard::hash
