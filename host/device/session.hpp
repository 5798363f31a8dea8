// One card, opened: buffers on it and jobs for it.
//
// Order:   jobs are answered in the order of submit(). One thread at a time; XrtMsm holds a lock.
// Errors:  kDeviceFault for everything that the card or XRT does wrong. After the first the session is over: the
// process behind
//          it is ended, and every later call gives that first error again.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "host/device/worker_process.hpp"

namespace proofcard::device {

struct Options {
  std::string directory;  // of the worker and the emulated xclbins; empty: where this program is
  std::string xclbin;     // empty: the emulated one of the target; needed for xrt:N, or PROOFCARD_XCLBIN
  std::chrono::milliseconds start_timeout{60'000};
  std::chrono::milliseconds job_timeout{0};  // 0: two minutes; an hour for hw_emu, where the clock is simulated
};

// Sums over the completion records of a session.
struct Counters {
  std::uint64_t jobs = 0;
  std::uint64_t cycles = 0;
  std::uint64_t busy_cycles = 0;
  std::uint64_t num_digits = 0;
  std::uint64_t kernel_ns = 0;
};

class Session;

// Memory that host and worker share, with its copy on the card.
class Buffer {
 public:
  ~Buffer();
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  std::span<std::uint8_t> bytes() const { return {data_, size_}; }
  std::uint32_t id() const { return id_; }

 private:
  friend class Session;
  Buffer(std::weak_ptr<Session> session, std::uint32_t id, std::uint8_t* data, std::size_t size)
      : session_(std::move(session)), id_(id), data_(data), size_(size) {}

  std::weak_ptr<Session> session_;
  std::uint32_t id_;
  std::uint8_t* data_;
  std::size_t size_;
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  // spec: "sw_emu", "hw_emu" or "xrt:N".
  static Result<std::shared_ptr<Session>> open(const std::string& spec, const Options& options);

  const std::string& spec() const { return spec_; }
  const std::string& card_name() const { return card_name_; }

  // argument: the index of the kernel argument that it will be, which decides the memory channel.
  Result<std::unique_ptr<Buffer>> allocate(int argument, std::size_t bytes);
  Status upload(const Buffer& buffer);

  // Queues a job; its job_id is filled in. wait() gives the oldest job's record, checked.
  Status submit(JobRequest job);
  Result<abi::CompletionRecord> wait();

  // Ends the session with this error.
  Error give_up(Error error);

  const Counters& counters() const { return counters_; }
  pid_t worker_pid() const { return worker_->pid(); }

 private:
  friend class Buffer;
  Session() = default;
  Result<Reply> call(const Request& request, int descriptor = -1);
  Result<Reply> receive(RequestKind kind, std::chrono::milliseconds timeout);

  std::string spec_;
  std::string card_name_;
  Options options_;
  std::unique_ptr<WorkerProcess> worker_;
  std::optional<Error> failure_;
  std::uint32_t next_buffer_ = 1;
  std::uint32_t next_job_ = 1;
  std::uint32_t oldest_job_ = 1;
  Counters counters_;
};

}  // namespace proofcard::device
