// Cards as the rest of the program knows them: opened by name, giving kernels.
//
//   PROOFCARD_TRY(auto device, device::open("sw_emu"));    // or "hw_emu", "xrt:0", "sw_emu*2": card_name.hpp
//   device->msm().rows(...)
//   if (device->ntt_fr() != nullptr) ...                  // kernels beside msm_g1 are what the xclbins have
//
// Errors:  kBadInput for a name that is none; kDeviceFault when one of the cards cannot be opened.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "host/device/card_place.hpp"
#include "host/device/msm/msm_card.hpp"
#include "host/device/msm/xrt_msm.hpp"
#include "host/device/ntt/xrt_ntt.hpp"
#include "host/device/quotient/xrt_quotient.hpp"
#include "host/device/session/session.hpp"

namespace proofcard::device {

class Device {
 public:
  Device(const std::string& name, const std::vector<CardKernels>& cards);

  const XrtMsm& msm() const { return *msm_; }
  // nullptr: not every card has such units.
  const XrtNtt<Fr>* ntt_fr() const { return ntt_fr_.get(); }
  const XrtNtt<Goldilocks>* ntt_goldilocks() const { return ntt_goldilocks_.get(); }
  // The chain of a quotient's sum; nullptr: not every card has one.
  const XrtQuotient* quotient() const { return quotient_.get(); }
  std::size_t num_cards() const { return places_.size(); }
  // Where a card can be taken out, put back and looked at.
  CardPlace& place(std::size_t i) const { return *places_[i]; }
  // Valid until the card is put back.
  const MsmCard& card(std::size_t i) const { return *places_[i]->kernels().msm; }
  const Session& session(std::size_t card = 0) const { return this->card(card).session(); }

 private:
  CardPlaces places_;
  std::unique_ptr<XrtMsm> msm_;
  std::unique_ptr<XrtNtt<Fr>> ntt_fr_;
  std::unique_ptr<XrtNtt<Goldilocks>> ntt_goldilocks_;
  std::unique_ptr<XrtQuotient> quotient_;  // after the kernels that it uses
};

Result<std::unique_ptr<Device>> open(const std::string& name, const Options& options = {});

}  // namespace proofcard::device
