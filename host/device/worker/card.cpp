#include "host/device/worker/card.hpp"

#include <sys/mman.h>

#include <chrono>
#include <cstring>
#include <stdexcept>

namespace proofcard::device {

Card::Memory::~Memory() { munmap(data, bytes); }

Card::Card(unsigned index, const std::string& xclbin) : device_(index) {
  const xrt::uuid uuid = device_.load_xclbin(xclbin);
  kernel_ = xrt::kernel(device_, uuid, std::string(abi::kKernelName));
  status_ = xrt::bo(device_, abi::kStatusBytes, static_cast<xrt::memory_group>(kernel_.group_id(abi::kIdStatus)));
}

Card::Buffer& Card::buffer(std::uint32_t id) {
  const auto found = buffers_.find(id);
  if (found == buffers_.end()) {
    throw std::runtime_error("no buffer " + std::to_string(id));
  }
  return found->second;
}

void Card::allocate(std::uint32_t id, std::uint32_t argument, void* memory, std::size_t bytes) {
  const auto [at, inserted] = buffers_.try_emplace(id, memory, bytes);
  if (!inserted || argument >= abi::kArguments.size() || !abi::kArguments[argument].is_buffer) {
    throw std::runtime_error("bad request for a buffer");
  }
  const int group = kernel_.group_id(static_cast<int>(argument));
  at->second.bo = xrt::bo(device_, memory, bytes, static_cast<xrt::memory_group>(group));
}

void Card::free(std::uint32_t id) { buffers_.erase(id); }

void Card::upload(std::uint32_t id, std::size_t bytes) { buffer(id).bo.sync(XCL_BO_SYNC_BO_TO_DEVICE, bytes, 0); }

abi::CompletionRecord Card::run(const JobRequest& job, std::uint64_t& kernel_ns) {
  if (job.scalars_bytes != 0) {
    upload(job.scalars, job.scalars_bytes);
  }
  // A record that the kernel did not write must not look like one of an earlier job.
  std::memset(status_.map<void*>(), 0, abi::kStatusBytes);
  status_.sync(XCL_BO_SYNC_BO_TO_DEVICE);

  Buffer& bases = buffer(job.bases);
  xrt::run run(kernel_);
  if (job.bases_offset == 0) {
    run.set_arg(abi::kIdBases, bases.bo);
  } else {
    run.set_arg(abi::kIdBases, xrt::bo(bases.bo, bases.memory.bytes - job.bases_offset, job.bases_offset));
  }
  run.set_arg(abi::kIdScalars, buffer(job.scalars).bo);
  run.set_arg(abi::kIdResults, buffer(job.results).bo);
  run.set_arg(abi::kIdStatus, status_);
  run.set_arg(abi::kIdNumPoints, job.num_points);
  run.set_arg(abi::kIdNumMsms, job.num_msms);
  run.set_arg(abi::kIdScalarBits, job.scalar_bits);
  run.set_arg(abi::kIdFirstWindow, job.first_window);
  run.set_arg(abi::kIdNumWindows, job.num_windows);
  run.set_arg(abi::kIdFlags, std::uint32_t{0});
  run.set_arg(abi::kIdJobId, job.job_id);
  run.set_arg(abi::kIdBasesStride, std::uint32_t{0});
  run.set_arg(abi::kIdNumMultiples, std::uint32_t{0});
  const auto start = std::chrono::steady_clock::now();
  run.start();
  const ert_cmd_state state = run.wait();
  kernel_ns = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - start).count());
  if (state != ERT_CMD_STATE_COMPLETED) {
    throw std::runtime_error("XRT ended the job in state " + std::to_string(static_cast<int>(state)));
  }

  status_.sync(XCL_BO_SYNC_BO_FROM_DEVICE);
  abi::CompletionRecord record{};
  std::memcpy(&record, status_.map<const void*>(), sizeof(record));
  if (record.error == 0 && job.results_bytes != 0) {
    buffer(job.results).bo.sync(XCL_BO_SYNC_BO_FROM_DEVICE, job.results_bytes, 0);
  }
  return record;
}

}  // namespace proofcard::device
