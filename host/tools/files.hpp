// Files of the command line: whole-file reads, and outputs that appear complete or not at all.
//
// Outputs go to a temporary file in the target's directory, are flushed to disk, and are renamed when every output of
// the command is complete. On an error, and on SIGINT, SIGTERM or SIGHUP, the temporary files are removed. A target
// that exists and is not a regular file (a pipe, /dev/null) is written directly. Errors: kIo, naming the path and the
// system's reason; kBadInput for a file that is larger than allowed.
//
// Standard output is an output too: what a command says is printed before its files are committed, so that a full disk
// behind it leaves no file. A reader that closes the pipe early (| head) has read what it wanted: no error.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
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

// Everything that goes to standard output goes through these, as printable lines (base/text.hpp). In one line a name from
// outside is a name only if it was made printable() before: a line break in it would begin a line of ours.
//
// Text that is written when the command ends, formatted or as it is. A failure is a std::system_error, as a closed pipe
// often is; cli.cpp ends the command.
void say_text(std::string_view text);
template <class... T>
void say(fmt::format_string<T...> format, T&&... arguments) {
  say_text(fmt::format(format, std::forward<T>(arguments)...));
}
// The text, and all that was said, now. A pipe that nobody reads any more swallows it.
Status print(std::string_view text);

// The end of a command that makes files: what it has to say, then the files appear.
Status print_and_commit(std::string_view text, OutputFiles& files);

// Text to a pipe or a file leaves in one piece, when the command ends or print() is called. Called once by main.
void buffer_stdout();

// From now on standard output goes nowhere.
void discard_stdout();

// A file of other content that stands where `content` is to go: keys that others hold copies of, and openings, which hold
// secrets, cannot be made again and are not replaced unasked. Errors: kBadInput, saying what stands there and what to do.
Status keep_other_file(const std::string& path, ByteView content, std::string_view what);

// Whether an output can be made at this path, to be asked before long work.
Status check_writable(const std::string& path);

// Removes temporary files when a signal ends the process, and makes a closed pipe an error of write() (print() above).
// Called once by main.
void install_signal_handlers();

}  // namespace proofcard::tools
