#include "host/tools/cli.hpp"
#include "host/tools/files.hpp"

int main(int argc, char** argv) {
  proofcard::tools::install_signal_handlers();
  proofcard::tools::buffer_stdout();
  return proofcard::tools::run_command_line(argc, argv);
}
