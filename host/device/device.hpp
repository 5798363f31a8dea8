// A card as the rest of the program knows it: opened by name, giving kernels.
//
//   PROOFCARD_TRY(auto card, device::open("sw_emu"));    // or "hw_emu", or "xrt:0"
//   card->msm().rows(...)
//
// Errors:  kBadInput for a name that is none; kDeviceFault when the card cannot be opened.
#pragma once

#include <memory>
#include <string>

#include "host/device/session.hpp"
#include "host/device/xrt_msm.hpp"

namespace proofcard::device {

class Device {
 public:
  Device(std::shared_ptr<Session> session, std::unique_ptr<XrtMsm> msm)
      : session_(std::move(session)), msm_(std::move(msm)) {}

  const XrtMsm& msm() const { return *msm_; }
  const Session& session() const { return *session_; }

 private:
  std::shared_ptr<Session> session_;
  std::unique_ptr<XrtMsm> msm_;
};

Result<std::unique_ptr<Device>> open(const std::string& spec, const Options& options = {});

}  // namespace proofcard::device
