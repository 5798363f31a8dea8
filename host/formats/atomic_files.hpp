// Whole-file reads, and outputs that appear complete or not at all.
//
// Outputs go to a temporary file in the target's directory, are flushed to disk, and are renamed when every output of
// the command is complete. On an error, and by remove_temporary_files(), the temporary files are removed. A target
// that exists and is not a regular file (a pipe, /dev/null) is written directly. Errors: kIo, naming the path and the
// system's reason; kBadInput for a file that is larger than allowed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/base/result.hpp"

namespace proofcard::tools {

inline constexpr std::uint64_t kMaxFileBytes = std::uint64_t{1} << 33;

Result<Bytes> read_file(const std::string& path, std::uint64_t max_bytes = kMaxFileBytes);
// The first bytes of a file, fewer where it has no more or cannot be read.
Bytes read_beginning(const std::string& path, std::size_t size);

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

// A file of other content that stands where `content` is to go: keys that others hold copies of, and openings, which hold
// secrets, cannot be made again and are not replaced unasked. Errors: kBadInput, saying what stands there and what to do.
Status keep_other_file(const std::string& path, ByteView content, std::string_view what);

// Whether an output can be made at this path, to be asked before long work.
Status check_writable(const std::string& path);

// Of all outputs that are not committed, for the handler of a signal that ends the process: it is safe to call there.
void remove_temporary_files();

}  // namespace proofcard::tools
