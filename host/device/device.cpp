#include "host/device/device.hpp"

namespace proofcard::device {

Result<std::unique_ptr<Device>> open(const std::string& spec, const Options& options) {
  PROOFCARD_TRY(auto session, Session::open(spec, options));
  PROOFCARD_TRY(auto msm, XrtMsm::create(session));
  return std::make_unique<Device>(std::move(session), std::move(msm));
}

}  // namespace proofcard::device
