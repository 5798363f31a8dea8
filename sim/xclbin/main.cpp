// make_xclbin CARD.json TARGET MODEL.zip OUT.xclbin: what XRT loads an emulated card with.
#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <string_view>

#include "sim/card/hls_unit.hpp"
#include "sim/xclbin/container.hpp"

int main(int argc, char** argv) {
  using namespace proofcard;  // NOLINT(google-build-using-namespace): a program's main
  if (argc != 5 || (std::string_view(argv[2]) != "sw_emu" && std::string_view(argv[2]) != "hw_emu")) {
    fmt::print(stderr, "usage: make_xclbin CARD.json sw_emu|hw_emu MODEL.zip OUT.xclbin\n");
    return 2;
  }
  const auto card = sim::read_card_description(argv[1]);
  if (!card.ok()) {
    fmt::print(stderr, "make_xclbin: {}\n", card.error().message());
    return 2;
  }
  for (const sim::UnitDescription& unit : card->units) {
    if (std::string_view(argv[2]) == "sw_emu" && sim::find_hls_job(unit.kernel->name) == nullptr) {
      fmt::print(stderr, "make_xclbin: {}: {}: kernel: expected one that has an HLS body, found \"{}\"\n", argv[1],
                 unit.name, unit.kernel->name);
      return 2;
    }
  }
  std::ifstream in(argv[3], std::ios::binary);
  const Bytes zip{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in || zip.empty()) {
    fmt::print(stderr, "make_xclbin: {}: cannot be read\n", argv[3]);
    return 2;
  }
  const Bytes xclbin = sim::make_xclbin(*card, argv[2], zip);
  std::ofstream out(argv[4], std::ios::binary);
  out.write(reinterpret_cast<const char*>(xclbin.data()), static_cast<std::streamsize>(xclbin.size()));
  out.close();
  if (!out) {
    fmt::print(stderr, "make_xclbin: {}: cannot be written\n", argv[4]);
    return 2;
  }
  return 0;
}
