// What is true of every kernel's ABI: the form of its description, which host and emulated card read alike. The
// kernels' constants are generated: abi_common.hpp has what is the same in all, abi*.hpp what is a kernel's own.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace proofcard::device::abi {

struct Argument {
  std::string_view name;
  bool is_buffer;
  std::string_view port;  // empty: a register
  std::uint32_t offset;
  std::uint32_t bytes;
};

struct Port {
  std::string_view name;
  std::uint32_t data_bits;
};

// A field of the completion record that adds up over jobs.
struct Counter {
  std::string_view name;
  std::uint32_t offset;
  std::uint32_t bytes;  // 4 or 8
};

struct KernelAbi {
  std::string_view name;
  std::uint32_t version;
  std::uint64_t hash;
  std::uint32_t control_range;
  std::span<const Argument> arguments;  // by id
  std::span<const Port> ports;
  std::span<const Counter> counters;
};

}  // namespace proofcard::device::abi
