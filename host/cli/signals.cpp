#include "host/cli/signals.hpp"

#include <csignal>

#include "host/formats/atomic_files.hpp"

namespace proofcard::tools {
namespace {

extern "C" void remove_temporaries_and_die(int signal) {
  remove_temporary_files();
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

}  // namespace

void install_signal_handlers() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction action {};
    action.sa_handler = remove_temporaries_and_die;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(signal, &action, nullptr);
  }
  std::signal(SIGXFSZ, SIG_IGN);  // a file size limit is then an error of write()
  std::signal(SIGPIPE, SIG_IGN);
}

}  // namespace proofcard::tools
