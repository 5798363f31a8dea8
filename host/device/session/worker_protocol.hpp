// Messages between the prover and the process that uses XRT for it (docs/adr/0002-xrt-in-its-own-process.md).
//
// Shape:   one SOCK_SEQPACKET packet a message; a reply carries the id of its request; kFree has none. Bulk data is in
//          shared memory: kAllocate carries the descriptor of a memory file. Both sides are on the same machine, and made from this
//          file: the worker is started with a hash of it. Nothing here knows a kernel: its name and arguments come from the xclbin.
// Order:   requests of one lane are answered in order; lanes run side by side.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace proofcard::device {

constexpr std::size_t kMaxArguments = 64;
constexpr std::size_t kMaxLanes = 64;
constexpr std::uint32_t kControlLane = 0;         // allocations, descriptions
constexpr std::uint32_t kSensorLane = kMaxLanes;  // its own: sensors may take their time
constexpr std::size_t kMaxTemperatures = 16;
constexpr std::size_t kNameBytes = 64;
constexpr std::size_t kMemoryNameBytes = 32;

enum class RequestKind : std::uint32_t {
  kHello = 0,     // never sent: the kind of the first reply, after the card is loaded
  kDescribe = 1,  // unit: what it is
  kAllocate = 2,  // buffer, unit, argument, offset, bytes, with a descriptor
  kFree = 3,      // buffer
  kUpload = 4,    // buffer, all of it
  kJob = 5,       // job
  kClose = 6,     // no answer: the host closes the connection. One that ends without this has lost its host
  kSensors = 7,   // what they say
};

// In the run directory: the exit code of the process that plays an emulated card, as sim/simulate.sh saw it.
inline constexpr const char* kDeviceExitFile = "device.exit";

struct JobArgument {
  std::uint32_t buffer = 0;  // 0: a scalar
  std::uint32_t padding = 0;
  std::uint64_t value = 0;      // of a scalar; of a buffer, where the argument starts in it
  std::uint64_t in_bytes = 0;   // copied to the card before the job, from that start
  std::uint64_t out_bytes = 0;  // copied back after it
};

struct JobRequest {
  std::uint32_t unit = 0;
  std::uint32_t num_arguments = 0;
  std::array<JobArgument, kMaxArguments> arguments;
};

struct Request {
  std::uint64_t id = 0;
  RequestKind kind = RequestKind::kHello;
  std::uint32_t lane = kControlLane;
  std::uint32_t buffer = 0;
  std::uint32_t unit = 0;
  std::uint32_t argument = 0;
  std::uint32_t padding = 0;
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  JobRequest job;
};

// When the parts of a job happened, by the clock that all processes of the machine share (CLOCK_MONOTONIC).
struct JobTimes {
  std::int64_t in_begin_ns = 0;
  std::int64_t in_end_ns = 0;
  std::int64_t kernel_begin_ns = 0;
  std::int64_t kernel_end_ns = 0;
  std::int64_t out_end_ns = 0;
};

struct ArgumentDescription {
  std::int32_t group = -1;  // memory that XRT puts its buffers in; -1: a scalar
  std::uint32_t bytes = 0;  // of a scalar
  std::uint64_t memory_bytes = 0;
  char memory[kMemoryNameBytes] = {};  // "HBM[0]"; of a range "HBM[0:7]" or "HBM[0] to HBM[7]"
};

struct UnitDescription {
  char kernel[kNameBytes] = {};
  char name[kNameBytes] = {};
  std::uint32_t num_arguments = 0;
  std::uint32_t padding = 0;
  std::array<ArgumentDescription, kMaxArguments> arguments;
};

struct TemperatureReply {
  char place[kMemoryNameBytes] = {};
  double celsius = 0;
};

struct Reply {
  std::uint64_t id = 0;
  RequestKind kind = RequestKind::kHello;
  std::uint32_t ok = 0;
  std::uint32_t num_units = 0;  // of kHello
  std::uint32_t padding = 0;
  char text[256] = {};         // kHello: the card's name. Not ok: why
  char uuid[kNameBytes] = {};  // of kHello: the xclbin's
  JobTimes times;              // of kJob
  UnitDescription unit;        // of kDescribe
  double power_watts = -1;     // of kSensors; -1: not measured
  std::uint32_t num_temperatures = 0;
  std::uint32_t padding_of_sensors = 0;
  std::array<TemperatureReply, kMaxTemperatures> temperatures;
};

}  // namespace proofcard::device
