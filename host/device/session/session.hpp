// One card, opened: its compute units, buffers on it, and jobs for it. Knows no kernel.
//
// Order:   requests of one lane are answered in order, lanes side by side; a lane is for one thread at a time.
// Threads: any.
// Errors:  kDeviceFault for everything that the card or XRT does wrong. After the first the session is over: the
//          process behind it is ended, and every later call gives that first error again.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "host/device/card_name.hpp"
#include "host/device/jobs/job_log.hpp"
#include "host/device/jobs/memory_use.hpp"
#include "host/device/session/shared_memory.hpp"
#include "host/device/session/worker_process.hpp"

namespace proofcard::device {

struct Options {
  std::string directory;  // of the worker and the emulated xclbins; empty: card_directory()
  std::string xclbin;     // empty: the emulated one of the target; needed for xrt:N, or PROOFCARD_XCLBIN
  std::string kernel;     // that a compute unit must be of; empty: msm_g1
  std::chrono::milliseconds start_timeout{60'000};
  std::chrono::milliseconds job_timeout{0};  // 0: two minutes; an hour for hw_emu, where the clock is simulated
  std::uint64_t memory_bytes = 0;            // of a card, for bases and jobs; 0: what its xclbin says
};

// Where the worker and the emulated xclbins are: in PROOFCARD_CARDS, or beside this program.
std::string card_directory();

class Session;

// What a card measures of itself, through XRT.
struct Sensors {
  struct Temperature {
    std::string place;  // as XRT calls it: "FPGA", "PCB Top Front"
    double celsius = 0;
  };
  std::string absent;  // why there is nothing; empty: there is
  std::optional<double> power_watts;
  std::vector<Temperature> temperatures;
};

// Bytes that went over the bus to the card and back.
struct Traffic {
  std::uint64_t in_bytes = 0;
  std::uint64_t out_bytes = 0;
};

// A part of shared memory, with its copy on the card.
class Buffer {
 public:
  ~Buffer();
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  std::span<std::uint8_t> bytes() const { return memory_->bytes().subspan(offset_, size_); }
  std::uint32_t id() const { return id_; }

 private:
  friend class Session;
  Buffer(std::weak_ptr<Session> session, std::uint32_t id, std::shared_ptr<SharedMemory> memory, std::size_t offset,
         std::size_t size)
      : session_(std::move(session)), id_(id), memory_(std::move(memory)), offset_(offset), size_(size) {}

  std::weak_ptr<Session> session_;
  std::uint32_t id_;
  std::shared_ptr<SharedMemory> memory_;
  std::size_t offset_;
  std::size_t size_;
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  static Result<std::shared_ptr<Session>> open(const CardName& name, const Options& options);
  ~Session();

  const std::string& spec() const { return name_.text; }
  const CardName& name() const { return name_; }
  const Options& options() const { return options_; }
  const std::string& card_name() const { return card_name_; }  // as XRT says
  const std::string& xclbin() const { return xclbin_; }
  const std::string& xclbin_uuid() const { return xclbin_uuid_; }
  const std::vector<UnitDescription>& units() const { return units_; }
  // Of the jobs of all its units: whoever runs one adds it, once its completion record has been read.
  JobLog& log() const { return *log_; }
  // What went through the card's memory channels in jobs that have ended. Nothing: the card does not count it, as real
  // cards and sw_emu, or no job has ended. Errors: kDeviceFault; the session goes on.
  Result<std::optional<MemoryUse>> memory_use() const;

  // A buffer for an argument of a unit, which decides the memory that it lies in. offset: a multiple of a page.
  Result<std::unique_ptr<Buffer>> allocate(std::uint32_t unit, std::uint32_t argument,
                                           std::shared_ptr<SharedMemory> memory, std::size_t offset, std::size_t bytes);
  // All of shared memory of this size.
  Result<std::unique_ptr<Buffer>> allocate(std::uint32_t unit, std::uint32_t argument, std::size_t bytes);
  Status upload(const Buffer& buffer, std::uint32_t lane);
  // Copies in, runs, copies out. A card that shows no sign of life for the job timeout is given up.
  Result<JobTimes> run(const JobRequest& job, std::uint32_t lane);

  // Ends the session with this error, unless it has ended; gives the error that it ended with.
  Error give_up(Error error);
  std::optional<Error> failure() const;
  // When; nothing: it has not.
  std::optional<std::chrono::system_clock::time_point> failed_at() const;

  // What the card's sensors say now. An error of theirs is a reason, and the session goes on.
  Sensors sensors();

  // Of all uploads and jobs that were answered, whichever kernel they were for.
  Traffic traffic() const;

  pid_t worker_pid() const { return worker_->pid(); }

 private:
  friend class Buffer;
  using Clock = std::chrono::steady_clock;
  Session() = default;
  Status describe_units(std::size_t count);
  Result<Reply> call(Request request, std::chrono::milliseconds timeout, int descriptor = -1);
  // The answer, or nothing when the session has failed or none came in time.
  std::optional<Reply> ask(Request request, std::chrono::milliseconds timeout);
  void read_replies();

  CardName name_;
  Options options_;
  std::string card_name_;
  std::string xclbin_;
  std::string xclbin_uuid_;
  std::vector<UnitDescription> units_;
  std::unique_ptr<JobLog> log_ = std::make_unique<JobLog>();
  std::unique_ptr<WorkerProcess> worker_;

  mutable std::mutex mutex_;  // of what follows
  std::condition_variable changed_;
  std::optional<Error> failure_;
  std::optional<std::chrono::system_clock::time_point> failed_at_;
  bool closing_ = false;
  std::map<std::uint64_t, std::optional<Reply>> pending_;  // by request
  Traffic traffic_;
  std::map<std::uint32_t, Clock::time_point> unit_alive_;  // when a unit last ended a job
  std::uint64_t next_request_ = 1;
  std::uint32_t next_buffer_ = 1;
  std::thread reader_;
};

}  // namespace proofcard::device
