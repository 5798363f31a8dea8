// Starts, watches and ends the process that uses XRT.
//
// The worker leads a session of its own with everything that it starts, so that ending it ends all of it, and nothing
// that XRT does to its process group reaches the prover. Its files are in a directory of its own (run_directory.hpp),
// which it removes itself when this process dies.
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
#include "host/device/session/run_directory.hpp"
#include "host/device/session/worker_protocol.hpp"

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
  Status send(const Request& request, int descriptor = -1);
  // The next reply. timeout: none when nothing.
  Result<Reply> receive(std::optional<std::chrono::milliseconds> timeout);

  // Ends the worker and all that it started, now.
  void kill();
  // Lets the worker close the card; receive() gives an error from now on.
  void hang_up() const;

  // Where the files of its run are, without a slash at the end.
  const std::string& directory() const { return directory_->path(); }

  // -1: it has ended.
  pid_t pid() const;

 private:
  WorkerProcess(pid_t pid, int socket, std::unique_ptr<RunDirectory> directory)
      : pid_(pid), socket_(socket), directory_(std::move(directory)) {}
  bool wait_for_exit(std::chrono::milliseconds timeout);
  Error fault(const std::string& what) const;
  // Which process ended, the card's or the one that uses XRT, and how.
  Error end_of_worker();

  mutable std::mutex mutex_;  // of pid_ and exit_status_
  pid_t pid_;
  std::optional<int> exit_status_;  // as waitpid gives it; nothing: not known
  int socket_;
  std::unique_ptr<RunDirectory> directory_;
};

}  // namespace proofcard::device
