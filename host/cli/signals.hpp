// Signals that end the program.
#pragma once

namespace proofcard::tools {

// Removes temporary files when a signal ends the process, and makes a closed pipe an error of write() (console.hpp).
// Called once by main.
void install_signal_handlers();

}  // namespace proofcard::tools
