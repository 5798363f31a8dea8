// A private directory for the files of one worker process: logs, what XRT reads, the sockets of its emulation.
//
// Where:   $TMPDIR if that is an absolute path that leaves room for the names of sockets, else /tmp.
// End:     removed by the destructor, unless PROOFCARD_KEEP_RUN_DIR is set. A worker whose host has died removes it
//          (worker/main.cpp); where the worker died too, the next create() does: the owner holds a lock on a file in
//          the directory, which the kernel takes back from a process however it ends.
// Errors:  kIo, naming the directory in which it cannot be made.
#pragma once

#include <memory>
#include <string>

#include "host/base/result.hpp"

namespace proofcard::device {

class RunDirectory {
 public:
  static Result<std::unique_ptr<RunDirectory>> create();
  ~RunDirectory();
  RunDirectory(const RunDirectory&) = delete;
  RunDirectory& operator=(const RunDirectory&) = delete;

  // Absolute, without a slash at the end.
  const std::string& path() const { return path_; }
  // Whether PROOFCARD_KEEP_RUN_DIR is set, for a look at the logs.
  static bool is_kept();

 private:
  explicit RunDirectory(std::string path) : path_(std::move(path)) {}

  std::string path_;
  int lock_ = -1;
};

}  // namespace proofcard::device
