#include "host/cli/console.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>
#include <system_error>

#include "host/base/text.hpp"
#include "host/formats/json_text.hpp"

namespace proofcard::tools {
namespace {

bool write_stdout(std::string_view text) {
  const std::string lines = printable_lines(text);
  return std::fwrite(lines.data(), 1, lines.size(), stdout) == lines.size();
}

}  // namespace

void buffer_stdout() {
  constexpr std::size_t kBytes = std::size_t{1} << 22;  // far more than any command says that makes files
  static std::array<char, kBytes> buffer;
  if (::isatty(STDOUT_FILENO) == 0) {
    std::setvbuf(stdout, buffer.data(), _IOFBF, buffer.size());
  }
}

void discard_stdout() {
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere >= 0) {
    ::dup2(nowhere, STDOUT_FILENO);
    ::close(nowhere);
  }
  std::clearerr(stdout);
}

void say_text(std::string_view text) {
  if (!write_stdout(text)) {
    throw std::system_error(errno, std::generic_category(), "standard output");
  }
}

Status print(std::string_view text) {
  if (write_stdout(text) && std::fflush(stdout) == 0) {
    return {};
  }
  if (errno != EPIPE) {
    return make_error(ErrorKind::kIo, "standard output", "cannot write: {}", std::strerror(errno));
  }
  discard_stdout();
  return {};
}

Status print_and_commit(std::string_view text, OutputFiles& files) {
  PROOFCARD_RETURN_IF_ERROR(print(text));
  return files.commit();
}

void print_json(const nlohmann::ordered_json& json) { say("{}\n", json_text(json)); }

}  // namespace proofcard::tools
