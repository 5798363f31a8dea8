// The card as XRT gives it: its compute units, buffers, and jobs.
//
// Threads: any; a unit works at one job at a time, copies of other jobs go on meanwhile.
// Errors:  XRT throws; the caller turns that into replies.
#pragma once

#include <xrt/xrt_bo.h>
#include <xrt/xrt_device.h>
#include <xrt/xrt_kernel.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "host/device/session/worker_protocol.hpp"

namespace proofcard::device {

class Card {
 public:
  Card(unsigned index, const std::string& xclbin);

  std::string name() const { return device_.get_info<xrt::info::device::name>(); }
  std::string uuid() const { return uuid_; }
  std::size_t num_units() const { return units_.size(); }
  const UnitDescription& describe(std::uint32_t unit) const;

  // memory: shared with the host, `bytes` long, page-aligned; unmapped when the buffer is freed. The argument decides
  // the card's memory that it lies in.
  void allocate(std::uint32_t id, std::uint32_t unit, std::uint32_t argument, void* memory, std::size_t bytes);
  void free(std::uint32_t id);
  void upload(std::uint32_t id);
  JobTimes run(const JobRequest& job);
  // Power and temperatures of a kSensors reply.
  void read_sensors(Reply& reply) const;

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
  struct Job;
  struct Unit {
    UnitDescription description;
    xrt::kernel kernel;
    std::mutex busy;
  };
  std::shared_ptr<Buffer> buffer(std::uint32_t id);
  Unit& unit(std::uint32_t index) const;

  xrt::device device_;
  std::string uuid_;
  std::vector<std::unique_ptr<Unit>> units_;
  // XRT's emulation finds the buffer that a job is written in (xclExecBuf) without the lock under which buffers are made and
  // freed (xclAllocBO, xclFreeBO), so those and the begin of jobs take turns here. A buffer or job that goes, goes under it.
  std::mutex xrt_buffers_;
  std::mutex mutex_;  // of buffers_
  std::map<std::uint32_t, std::shared_ptr<Buffer>> buffers_;
};

}  // namespace proofcard::device
