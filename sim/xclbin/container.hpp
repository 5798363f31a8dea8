// The xclbin container (AXLF, "xclbin2"): what a card is loaded with, here an emulated one.
//
// Source:  the structures of XRT's public header xclbin.h, which writing needs no vendor tool for.
// Shape:   456-byte header, a 40-byte header a section, bodies at multiples of 8 bytes. Little-endian.
#pragma once

#include <string>

#include "host/base/bytes.hpp"
#include "sim/card/description.hpp"

namespace proofcard::sim {

// model_zip: what XRT unpacks and starts, with behav_waveform/xsim/simulate.sh in it.
Bytes make_xclbin(const CardDescription& card, ByteView model_zip);

// The sections' texts and tables, for tests.
std::string kernel_metadata_xml(const CardDescription& card);
Bytes memory_topology(const CardDescription& card);
Bytes ip_layout(const CardDescription& card);
Bytes connectivity(const CardDescription& card);

}  // namespace proofcard::sim
