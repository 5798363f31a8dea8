// The command line: parses arguments, runs one command, turns its result into an exit code.
//
// Exit codes: 0 accepted or done, 1 proof rejected, 2 bad input or usage, 3 device fault. Errors are one line on
// standard error.
#pragma once

#include "host/base/result.hpp"

namespace proofcard::tools {

int run_command_line(int argc, const char* const* argv);

int exit_code(const Error& error);

}  // namespace proofcard::tools
