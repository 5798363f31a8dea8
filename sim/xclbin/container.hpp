// The xclbin container (AXLF, "xclbin2"): what a card is loaded with, here an emulated one.
//
// Source:  the structures of XRT's public header xclbin.h, which writing needs no vendor tool for.
// Shape:   456-byte header, a 40-byte header a section, bodies at multiples of 8 bytes. Little-endian.
//          The group sections are those of memories with the ranges of channels added. XRT 2.13 keeps one list of free
//          addresses an entry; a tag with "MBG", as the vendor's tools write it, would make it compose buffers of a
//          range from what each channel has free, which need not be side by side, so the tag here is "HBM[0:7]".
#pragma once

#include <string>
#include <string_view>

#include "host/base/bytes.hpp"
#include "sim/card/description.hpp"

namespace proofcard::sim {

// target: sw_emu or hw_emu, which is what XRT's mode does not tell apart (host/device/session/xclbin_file.hpp reads it).
// model_zip: what XRT unpacks and starts, with behav_waveform/xsim/simulate.sh in it.
Bytes make_xclbin(const CardDescription& card, std::string_view target, ByteView model_zip);

// The sections' texts and tables, for tests.
std::string kernel_metadata_xml(const CardDescription& card);
Bytes memory_topology(const CardDescription& card);
Bytes ip_layout(const CardDescription& card);
Bytes connectivity(const CardDescription& card);
Bytes group_topology(const CardDescription& card);
Bytes group_connectivity(const CardDescription& card);

}  // namespace proofcard::sim
