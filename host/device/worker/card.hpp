// The card as XRT gives it: buffers, and jobs one after another.
//
// Errors:  XRT throws; the caller turns that into replies.
#pragma once

#include <xrt/xrt_bo.h>
#include <xrt/xrt_device.h>
#include <xrt/xrt_kernel.h>

#include <cstdint>
#include <map>
#include <string>

#include "host/device/worker_protocol.hpp"

namespace proofcard::device {

class Card {
 public:
  Card(unsigned index, const std::string& xclbin);

  std::string name() const { return device_.get_info<xrt::info::device::name>(); }

  // memory: shared with the host, `bytes` long, page-aligned; unmapped when the buffer is freed.
  void allocate(std::uint32_t id, std::uint32_t argument, void* memory, std::size_t bytes);
  void free(std::uint32_t id);
  void upload(std::uint32_t id, std::size_t bytes);
  abi::CompletionRecord run(const JobRequest& job, std::uint64_t& kernel_ns);

 private:
  struct Memory {
    Memory(void* start, std::size_t length) : data(start), bytes(length) {}
    ~Memory();
    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;
    void* data;
    std::size_t bytes;
  };
  struct Buffer {
    Buffer(void* data, std::size_t bytes) : memory(data, bytes) {}
    Memory memory;
    xrt::bo bo;  // after memory: goes first
  };
  Buffer& buffer(std::uint32_t id);

  xrt::device device_;
  xrt::kernel kernel_;
  xrt::bo status_;
  std::map<std::uint32_t, Buffer> buffers_;
};

}  // namespace proofcard::device
