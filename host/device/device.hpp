// Cards as the rest of the program knows them: opened by name, giving kernels.
//
//   PROOFCARD_TRY(auto device, device::open("sw_emu"));    // or "hw_emu", "xrt:0", "sw_emu*2": card_name.hpp
//   device->msm().rows(...)
//
// Errors:  kBadInput for a name that is none; kDeviceFault when one of the cards cannot be opened.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "host/device/msm_card.hpp"
#include "host/device/session.hpp"
#include "host/device/xrt_msm.hpp"

namespace proofcard::device {

class Device {
 public:
  Device(const std::string& name, std::vector<std::shared_ptr<MsmCard>> cards)
      : cards_(std::move(cards)), msm_(std::make_unique<XrtMsm>(name, cards_)) {}

  const XrtMsm& msm() const { return *msm_; }
  std::size_t num_cards() const { return cards_.size(); }
  const MsmCard& card(std::size_t i) const { return *cards_[i]; }
  const Session& session(std::size_t card = 0) const { return cards_[card]->session(); }

 private:
  std::vector<std::shared_ptr<MsmCard>> cards_;
  std::unique_ptr<XrtMsm> msm_;
};

Result<std::unique_ptr<Device>> open(const std::string& name, const Options& options = {});

}  // namespace proofcard::device
