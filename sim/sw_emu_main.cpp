// The device process of target sw_emu: HLS kernels, compiled natively, behind XRT's hw_emu shim. Started by simulate.sh
// in the directory that XRT unpacked; reads card.json there, writes device.log there.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "sim/card/description.hpp"
#include "sim/card/hls_unit.hpp"
#include "sim/rpc/server.hpp"

int main() {
  using namespace proofcard::sim;  // NOLINT(google-build-using-namespace): a program's main
  std::FILE* log = std::fopen("device.log", "w");
  const char* user = std::getenv("USER");
  const char* id = std::getenv("EMULATION_SOCKETID");
  const auto description = read_card_description("card.json");
  if (log == nullptr || user == nullptr || id == nullptr || !description.ok()) {
    return 2;
  }
  const std::string directory = std::string("/tmp/") + user + "/";
  const rpc::Socket host = rpc::connect_to(directory + id, std::chrono::seconds(30));
  if (!host.is_open()) {
    return 3;
  }
  const rpc::Socket events = rpc::connect_to(directory + "D2X_unix_sock_" + id, std::chrono::seconds(5));

  DeviceMemory memory(description->memory);
  rpc::Card card{memory, {}};
  for (const UnitDescription& unit : description->units) {
    card.units.push_back({unit.base, std::make_unique<HlsUnit>(memory)});
  }
  const bool closed = rpc::serve(host, events, card, log);
  std::fclose(log);
  // A job that still runs has nobody to report to.
  std::_Exit(closed ? 0 : 4);
}
