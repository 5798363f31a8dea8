#include "host/wrap/sponge.hpp"

namespace proofcard::wrap {

void WireSponge::permute_state() {
  const Part part(builder_, "transcript");
  permute(builder_, hash::poseidon2(state_.size()), state_);
  absorbed_ = 0;
}

void WireSponge::absorb(const Wire& element) {
  if (absorbed_ == kRate) {
    permute_state();
  }
  state_[absorbed_++] += element;
  squeezed_ = kRate;
}

Wire WireSponge::squeeze() {
  if (squeezed_ == kRate) {
    permute_state();
    squeezed_ = 0;
  }
  return state_[squeezed_++];
}

}  // namespace proofcard::wrap
