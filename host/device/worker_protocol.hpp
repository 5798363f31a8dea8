// Messages between the prover and the process that uses XRT for it (docs/adr/0002-xrt-in-its-own-process.md).
//
// Shape:   one SOCK_SEQPACKET packet a message; one reply a request, in order; kFree has none. Bulk data is in shared
// memory: kAllocate carries
//          the descriptor of a memory file. Both sides are the same build on the same machine.
#pragma once

#include <cstddef>
#include <cstdint>

#include "host/device/abi.hpp"

namespace proofcard::device {

enum class RequestKind : std::uint32_t {
  kHello = 0,     // never sent: the kind of the first reply, after the card is loaded
  kAllocate = 1,  // buffer, argument, bytes, with a descriptor
  kFree = 2,      // buffer
  kUpload = 3,    // buffer, bytes
  kJob = 4,       // job
};

struct JobRequest {
  std::uint32_t bases = 0;  // buffers
  std::uint32_t scalars = 0;
  std::uint32_t results = 0;
  std::uint32_t num_points = 0;
  std::uint32_t num_msms = 0;
  std::uint32_t scalar_bits = 0;
  std::uint32_t first_window = 0;
  std::uint32_t num_windows = 0;
  std::uint32_t job_id = 0;
  std::uint32_t padding = 0;
  std::uint64_t bases_offset = 0;   // bytes
  std::uint64_t scalars_bytes = 0;  // copied in before the job
  std::uint64_t results_bytes = 0;  // copied out after it
};

struct Request {
  RequestKind kind = RequestKind::kHello;
  std::uint32_t buffer = 0;
  std::uint32_t argument = 0;
  std::uint32_t padding = 0;
  std::uint64_t bytes = 0;
  JobRequest job;
};

struct Reply {
  RequestKind kind = RequestKind::kHello;
  std::uint32_t ok = 0;
  abi::CompletionRecord record{};  // of kJob
  std::uint64_t kernel_ns = 0;     // start to done, as the worker saw it
  char text[256] = {};             // kHello: the card's name. Not ok: why
};

}  // namespace proofcard::device
