#include "sim/xclbin/container.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <numeric>
#include <vector>

#include "host/base/check.hpp"
#include "host/hash/keccak.hpp"

namespace proofcard::sim {
namespace {

namespace abi = device::abi;

constexpr std::size_t kHeaderBytes = 456;
constexpr std::size_t kSectionHeaderBytes = 40;

// Section kinds.
constexpr std::uint32_t kBitstream = 0;
constexpr std::uint32_t kEmbeddedMetadata = 2;
constexpr std::uint32_t kMemTopology = 6;
constexpr std::uint32_t kConnectivity = 7;
constexpr std::uint32_t kIpLayout = 8;
constexpr std::uint32_t kUserMetadata = 16;
constexpr std::uint32_t kGroupTopology = 26;
constexpr std::uint32_t kGroupConnectivity = 27;

constexpr std::uint8_t kMemDdr4 = 1;
constexpr std::uint8_t kMemHbm = 6;
constexpr std::uint32_t kIpKernel = 1;
constexpr std::uint32_t kChainControl = 1;
constexpr std::uint16_t kModeHwEmu = 4;

struct Section {
  std::uint32_t kind;
  Bytes body;
};

void zeros(ByteWriter& out, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    out.u8(0);
  }
}

// Text padded with zeros to `size`, which it must leave room in.
void text(ByteWriter& out, std::string_view s, std::size_t size) {
  PROOFCARD_CHECK(s.size() < size);
  out.raw({reinterpret_cast<const std::uint8_t*>(s.data()), s.size()});
  zeros(out, size - s.size());
}

std::string upper(std::string_view s) {
  std::string out(s);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

Bytes to_bytes(const std::string& s) { return {s.begin(), s.end()}; }

// One kernel, and its compute units on this card.
std::string kernel_xml(const abi::KernelAbi& kernel, const CardDescription& card) {
  std::string out = fmt::format(
      "    <kernel name=\"{0}\" language=\"ip_c\" vlnv=\"proofcard:kernel:{0}:{1}.0\" attributes=\"\" "
      "preferredWorkGroupSizeMultiple=\"0\" workGroupSize=\"1\" interrupt=\"true\" "
      "hwControlProtocol=\"ap_ctrl_chain\">\n",
      kernel.name, kernel.version);
  for (const abi::Port& port : kernel.ports) {
    out += fmt::format(
        "     <port name=\"M_AXI_{}\" mode=\"master\" range=\"0xFFFFFFFFFFFFFFFF\" dataWidth=\"{}\" "
        "portType=\"addressable\" "
        "base=\"0x0\"/>\n",
        upper(port.name), port.data_bits);
  }
  out += fmt::format(
      "     <port name=\"S_AXI_CONTROL\" mode=\"slave\" range=\"0x{:x}\" dataWidth=\"32\" portType=\"addressable\" "
      "base=\"0x0\"/>\n",
      kernel.control_range);
  int id = 0;
  for (const abi::Argument& a : kernel.arguments) {
    out += fmt::format(
        "     <arg name=\"{0}\" addressQualifier=\"{1}\" id=\"{2}\" port=\"{3}\" size=\"0x{4:x}\" offset=\"0x{5:x}\" "
        "hostOffset=\"0x0\" hostSize=\"0x{4:x}\" type=\"{6}\"/>\n",
        a.name, a.is_buffer ? 1 : 0, id++, a.is_buffer ? "M_AXI_" + upper(a.port) : "S_AXI_CONTROL", a.bytes, a.offset,
        a.is_buffer ? "void*" : "uint");
  }
  for (const UnitDescription& unit : card.units) {
    if (unit.kernel == &kernel) {
      out += fmt::format(
          "     <instance name=\"{}\"><addrRemap base=\"0x{:x}\" port=\"S_AXI_CONTROL\" "
          "range=\"0x10000\"/></instance>\n",
          unit.name, unit.base);
    }
  }
  return out + "    </kernel>\n";
}

Bytes topology(const CardDescription& card, const std::vector<ChannelRange>& ranges) {
  ByteWriter out;
  out.u32(static_cast<std::uint32_t>(card.memory.size() + ranges.size()));
  zeros(out, 4);
  const auto entry = [&](const std::string& type, std::uint64_t base, std::uint64_t bytes, const std::string& tag) {
    out.u8(type == "hbm" ? kMemHbm : kMemDdr4);
    out.u8(1);  // used
    zeros(out, 6);
    out.u64(bytes / 1024);
    out.u64(base);
    text(out, tag, 16);
  };
  for (const MemoryChannel& channel : card.memory) {
    entry(channel.type, channel.base, channel.bytes, channel.tag);
  }
  for (const ChannelRange& range : ranges) {
    const MemoryChannel& first = card.memory[range.first];
    const MemoryChannel& last = card.memory[range.first + range.count - 1];
    entry(first.type, first.base, last.base + last.bytes - first.base, range.tag);
  }
  return out.take();
}

// entries_of(memory): what a buffer argument that is connected to `memory` is connected to in this section.
template <class EntriesOf>
Bytes connections(const CardDescription& card, EntriesOf entries_of) {
  ByteWriter entries;
  std::uint32_t count = 0;
  for (std::size_t unit = 0; unit < card.units.size(); ++unit) {
    const UnitDescription& description = card.units[unit];
    for (std::uint32_t id = 0; id < description.kernel->arguments.size(); ++id) {
      const abi::Argument& argument = description.kernel->arguments[id];
      if (!argument.is_buffer) {
        continue;
      }
      for (const std::size_t memory : entries_of(description.memory.at(std::string(argument.name)))) {
        entries.u32(id);
        entries.u32(static_cast<std::uint32_t>(unit));
        entries.u32(static_cast<std::uint32_t>(memory));
        ++count;
      }
    }
  }
  ByteWriter out;
  out.u32(count);
  out.raw(entries.bytes());
  return out.take();
}

}  // namespace

std::string kernel_metadata_xml(const CardDescription& card) {
  std::string out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<project name=\"proofcard\">\n"
      " <platform vendor=\"proofcard\" boardid=\"emulated\" name=\"{}\" featureRomTime=\"0\">\n"
      "  <version major=\"1\" minor=\"0\"/>\n"
      "  <description/>\n"
      "  <device name=\"fpga0\" fpgaDevice=\"virtexuplus:emulated:none\" addrWidth=\"0\">\n"
      "   <core name=\"OCL_REGION_0\" target=\"hw_em\" type=\"clc_region\" clockFreq=\"0MHz\" "
      "numComputeUnits=\"{}\">\n",
      card.name, card.units.size());
  for (const abi::KernelAbi& kernel : abi::kKernels) {
    if (std::ranges::any_of(card.units, [&](const UnitDescription& unit) { return unit.kernel == &kernel; })) {
      out += kernel_xml(kernel, card);
    }
  }
  out += "    <kernelClocks/>\n   </core>\n  </device>\n </platform>\n</project>\n";
  return out;
}

Bytes memory_topology(const CardDescription& card) { return topology(card, {}); }

// The channels, then the ranges.
Bytes group_topology(const CardDescription& card) { return topology(card, card.ranges); }

Bytes ip_layout(const CardDescription& card) {
  ByteWriter out;
  out.u32(static_cast<std::uint32_t>(card.units.size()));
  zeros(out, 4);
  for (std::size_t i = 0; i < card.units.size(); ++i) {
    out.u32(kIpKernel);
    out.u32(1 | static_cast<std::uint32_t>(i) << 1 | kChainControl << 8);  // interrupt enable and id, control protocol
    out.u64(card.units[i].base);
    text(out, std::string(card.units[i].kernel->name) + ":" + card.units[i].name, 64);
  }
  return out.take();
}

// To every channel of a range.
Bytes connectivity(const CardDescription& card) {
  return connections(card, [&](std::size_t memory) {
    const ChannelRange range = card.channels_of(memory);
    std::vector<std::size_t> out(range.count);
    std::iota(out.begin(), out.end(), range.first);
    return out;
  });
}

// To the range.
Bytes group_connectivity(const CardDescription& card) {
  return connections(card, [](std::size_t memory) { return std::vector{memory}; });
}

Bytes make_xclbin(const CardDescription& card, std::string_view target, ByteView model_zip) {
  const std::array<Section, 8> sections{{{kMemTopology, memory_topology(card)},
                                         {kIpLayout, ip_layout(card)},
                                         {kConnectivity, connectivity(card)},
                                         {kGroupTopology, group_topology(card)},
                                         {kGroupConnectivity, group_connectivity(card)},
                                         {kEmbeddedMetadata, to_bytes(kernel_metadata_xml(card))},
                                         {kUserMetadata, to_bytes(std::string(target))},
                                         {kBitstream, Bytes(model_zip.begin(), model_zip.end())}}};
  const std::size_t bodies_at = (kHeaderBytes + kSectionHeaderBytes * sections.size() + 7) & ~std::size_t{7};
  ByteWriter headers;
  ByteWriter bodies;
  for (const Section& section : sections) {
    headers.u32(section.kind);
    zeros(headers, 20);  // name, padding
    headers.u64(bodies_at + bodies.bytes().size());
    headers.u64(section.body.size());
    bodies.raw(section.body);
    zeros(bodies, (8 - bodies.bytes().size() % 8) % 8);
  }

  std::array<std::uint8_t, 32> digest{};
  hash::KeccakSponge sponge = hash::KeccakSponge::keccak256();
  sponge.absorb(bodies.bytes());
  sponge.squeeze(digest);

  ByteWriter out;
  text(out, "xclbin2", 8);
  out.u32(UINT32_MAX);       // signature length: none
  out.raw(Bytes(28, 0xff));  // reserved
  zeros(out, 256 + 8);       // key block, unique id
  out.u64(bodies_at + bodies.bytes().size());
  zeros(out, 8 + 8 + 2);  // time stamp and feature ROM, zero so that builds are reproducible; patch version
  out.u8(2);
  out.u8(13);
  out.u16(kModeHwEmu);
  zeros(out, 2 + 16);  // action mask, interface id
  text(out, card.name, 64);
  out.raw({digest.data(), 16});  // uuid
  zeros(out, 16);                // debug file
  out.u32(static_cast<std::uint32_t>(sections.size()));
  zeros(out, 4);
  PROOFCARD_CHECK(out.bytes().size() == kHeaderBytes);
  out.raw(headers.bytes());
  zeros(out, bodies_at - out.bytes().size());
  out.raw(bodies.bytes());
  return out.take();
}

}  // namespace proofcard::sim
