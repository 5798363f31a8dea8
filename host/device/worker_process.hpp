// Starts, watches and ends the process that uses XRT.
//
// The worker leads a session of its own with everything that it starts, so that ending it ends all of it, and nothing
// that XRT does to its process group reaches the prover. Files of one run are in one private directory under /tmp,
// where XRT's sockets have to be.
// Threads: send(), kill() from any; receive() from one.
// Errors:  kIo when the process cannot be started; kDeviceFault when it ends, breaks the protocol or takes too long.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "host/base/result.hpp"
#include "host/device/worker_protocol.hpp"

namespace proofcard::device {

class WorkerProcess {
 public:
  // program: the worker; arguments are added to the descriptor and the run directory, which this adds itself.
  static Result<std::unique_ptr<WorkerProcess>> start(const std::string& program,
                                                      const std::vector<std::string>& arguments);

  // Lets the worker close the card, and ends it when it takes longer than a few seconds.
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  // descriptor: sent along when not negative.
  Status send(const Request& request, int descriptor = -1) const;
  // The next reply. timeout: none when nothing.
  Result<Reply> receive(std::optional<std::chrono::milliseconds> timeout);

  // Ends the worker and all that it started, now.
  void kill();
  // receive() gives an error from now on.
  void hang_up() const;

  // Where the files of its run are, without a slash at the end.
  const std::string& directory() const { return directory_; }

  // -1: it has ended.
  pid_t pid() const;

 private:
  WorkerProcess(pid_t pid, int socket, std::string directory)
      : pid_(pid), socket_(socket), directory_(std::move(directory)) {}
  bool wait_for_exit(std::chrono::milliseconds timeout);
  // With what the worker said last.
  Error fault(const std::string& what) const;

  mutable std::mutex mutex_;  // of pid_
  pid_t pid_;
  int socket_;
  std::string directory_;
};

}  // namespace proofcard::device
