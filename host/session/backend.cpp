#include "host/session/backend.hpp"

#include <map>
#include <memory>
#include <mutex>

namespace proofcard::tools {
namespace {

// Guards what is below: a library's callers may have several threads.
std::mutex& cards_mutex() {
  static std::mutex mutex;
  return mutex;
}

// Cards stay open until the program ends: backends refer to their kernels.
std::map<std::string, std::unique_ptr<device::Device>>& open_cards() {
  static std::map<std::string, std::unique_ptr<device::Device>> cards;
  return cards;
}

Result<prover::Backend> card_backend(const std::string& name, std::uint64_t card_memory) {
  const std::scoped_lock lock(cards_mutex());
  std::unique_ptr<device::Device>& card = open_cards()[name];
  if (card == nullptr) {
    device::Options options;
    options.memory_bytes = card_memory;
    PROOFCARD_TRY(card, device::open(name, options));
  }
  return prover::Backend{card->msm(), kernels::cpu_int_gemm()};
}

}  // namespace

Result<prover::Backend> find_backend(const std::string& device, std::uint64_t card_memory) {
  if (device == "cpu") {
    return prover::Backend{kernels::cpu_msm(), kernels::cpu_int_gemm()};
  }
  if (device == "reference") {
    return prover::Backend{kernels::reference_msm(), kernels::reference_int_gemm()};
  }
  if (device::names_a_card(device)) {
    return card_backend(device, card_memory);
  }
  return bad_input("--device " + device, "expected cpu, or cards: sw_emu, hw_emu, xrt:N");
}

const kernels::NttFr& find_ntt_fr(const std::string& device) {
  if (device == "reference") {
    return kernels::reference_ntt_fr();
  }
  const device::Device* cards = opened_cards(device);
  return cards != nullptr && cards->ntt_fr() != nullptr ? *cards->ntt_fr() : kernels::cpu_ntt_fr();
}

const kernels::NttGoldilocks& find_ntt_goldilocks(const std::string& device) {
  if (device == "reference") {
    return kernels::reference_ntt_goldilocks();
  }
  const device::Device* cards = opened_cards(device);
  return cards != nullptr && cards->ntt_goldilocks() != nullptr ? *cards->ntt_goldilocks()
                                                                : kernels::cpu_ntt_goldilocks();
}

const kernels::QuotientSum& find_quotient_sum(const std::string& device) {
  if (device == "reference") {
    return kernels::reference_quotient_sum();
  }
  const device::Device* cards = opened_cards(device);
  if (cards == nullptr) {
    return kernels::cpu_quotient_sum();
  }
  if (cards->quotient() != nullptr) {
    return *cards->quotient();
  }
  static std::mutex mutex;
  const std::scoped_lock lock(mutex);
  static std::map<std::string, std::unique_ptr<kernels::QuotientSum>> composed;
  std::unique_ptr<kernels::QuotientSum>& out = composed[device];
  if (out == nullptr) {
    out = std::make_unique<kernels::ComposedQuotientSum>(find_ntt_fr(device), cards->msm());
  }
  return *out;
}

const device::Device* opened_cards(const std::string& device) {
  const std::scoped_lock lock(cards_mutex());
  const auto found = open_cards().find(device);
  return found == open_cards().end() ? nullptr : found->second.get();
}

}  // namespace proofcard::tools
