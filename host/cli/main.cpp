#include "host/base/core_dumps.hpp"
#include "host/cli/cli.hpp"
#include "host/cli/console.hpp"
#include "host/cli/signals.hpp"

int main(int argc, char** argv) {
  proofcard::forbid_core_dumps();
  proofcard::tools::install_signal_handlers();
  proofcard::tools::buffer_stdout();
  return proofcard::tools::run_command_line(argc, argv);
}
