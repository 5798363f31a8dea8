// Files of the command line: whole-file reads, and outputs that appear complete or not at all.
//
// Outputs go to a temporary file in the target's directory, are flushed to disk, and are renamed when every output of
// the command is complete. On an error, and on SIGINT, SIGTERM or SIGHUP, the temporary files are removed. A target
// that exists and is not a regular file (a pipe, /dev/null) is written directly. Errors: kIo, naming the path and the
// system's reason; kBadInput for a file that is larger than allowed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/base/result.hpp"

namespace proofcard::tools {

inline constexpr std::uint64_t kMaxFileBytes = std::uint64_t{1} << 33;

Result<Bytes> read_file(const std::string& path, std::uint64_t max_bytes = kMaxFileBytes);

enum class Access { kPublic, kOwnerOnly };  // mode 0644 (less the umask), mode 0600

// The outputs of one command.
class OutputFiles {
 public:
  OutputFiles() = default;
  ~OutputFiles();
  OutputFiles(const OutputFiles&) = delete;
  OutputFiles& operator=(const OutputFiles&) = delete;

  // Writes the content beside its target, to be renamed by commit().
  Status add(const std::string& path, ByteView content, Access access);
  Status add(const std::string& path, const std::string& content, Access access);
  // Moves every file to its target.
  Status commit();

 private:
  struct Pending {
    std::string temporary;
    std::string target;
  };
  std::vector<Pending> pending_;
};

// Whether an output can be made at this path, to be asked before long work.
Status check_writable(const std::string& path);

// Removes temporary files when a signal ends the process. Called once by main.
void install_signal_handlers();

}  // namespace proofcard::tools
