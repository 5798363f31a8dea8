// --trace: a timeline of host stages, copies and kernels, for ui.perfetto.dev or chrome://tracing.
//
// Source:  "Trace Event Format" (Google): complete events, times in microseconds.
// Shape:   process 1 is the host, with a track of stages; every card is a process with a track of kernels for each
//          compute unit, and one of copies for each place where a job waited (two a unit at most). Events of a track do
//          not overlap. A flow "job" goes from copy in to kernel to copy out. A kernel's arguments are those of its job
//          and the counters of its completion record, by the names in its ABI.
// Errors:  as OutputFiles.
#pragma once

#include <string>
#include <vector>

#include "host/base/stages.hpp"
#include "host/formats/atomic_files.hpp"

namespace proofcard::tools {

class Trace {
 public:
  // path: empty for no trace at all. Cards that find_backend() opened as `device` keep their jobs from now on.
  static Result<Trace> begin(const std::string& path, const std::string& device);

  void add(const Stages& stages);
  // The file, unless there is none to write: with others, or alone.
  Status add_to(OutputFiles& files) const;
  Status write() const;

 private:
  Trace(std::string path, std::string device) : path_(std::move(path)), device_(std::move(device)) {}
  std::string json() const;

  std::string path_;
  std::string device_;
  std::vector<Stages::Span> spans_;
};

}  // namespace proofcard::tools
