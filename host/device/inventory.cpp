#include "host/device/inventory.hpp"

#include <unistd.h>

#include "host/base/text.hpp"

namespace proofcard::device {
namespace {

InventoryEntry emulated(std::string_view target, std::string_view what, const std::string& directory) {
  InventoryEntry out{std::string(target), false, std::string(what)};
  const std::string worker = directory + "/proofcard_xrt_worker";
  const std::string xclbin = fmt::format("{}/msm_g1.{}.xclbin", directory, target);
  if (access(worker.c_str(), X_OK) != 0) {
    out.what = fmt::format("not built: {} is missing (needs XRT, scripts/install_deps.sh --test)", worker);
  } else if (access(xclbin.c_str(), R_OK) != 0) {
    out.what = fmt::format("not built: {} is missing", xclbin);
  } else {
    out.available = true;
  }
  return out;
}

Result<std::vector<InventoryEntry>> real_cards(const std::string& directory, const Options& options) {
  PROOFCARD_TRY(const auto worker,
                WorkerProcess::start(directory + "/proofcard_xrt_worker", {"--mode", "list", "--index", "0"}));
  PROOFCARD_TRY(const Reply hello, worker->receive(options.start_timeout));
  if (hello.ok == 0) {
    return make_error(ErrorKind::kDeviceFault, "XRT", "{}", hello.text);
  }
  std::vector<InventoryEntry> out;
  for (std::uint32_t i = 0; i < hello.num_units; ++i) {
    PROOFCARD_TRY(const Reply card, worker->receive(options.start_timeout));
    out.push_back({fmt::format("xrt:{}", i), card.ok != 0, printable(card.text)});
  }
  return out;
}

}  // namespace

std::vector<InventoryEntry> list_cards(const Options& options) {
  const std::string directory = options.directory.empty() ? card_directory() : options.directory;
  std::vector<InventoryEntry> out{
      emulated(CardName::kSwEmu, "emulated card, HLS C++ kernel compiled natively", directory),
      emulated(CardName::kHwEmu, "emulated card, Verilated RTL kernel", directory)};
  const auto real = real_cards(directory, options);
  if (!real.ok()) {
    out.push_back({"xrt:N", false, fmt::format("XRT cannot be asked for cards: {}", real.error().what)});
  } else if (real->empty()) {
    out.push_back({"xrt:N", false, "XRT sees no card in this machine"});
  } else {
    out.insert(out.end(), real->begin(), real->end());
  }
  return out;
}

}  // namespace proofcard::device
