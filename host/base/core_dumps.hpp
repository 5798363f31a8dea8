// No core dump has this process's memory, or that of a process it starts: inputs, weights and blindings are in it.
//
// Programs call it first in main; libraries do not, since the process is not theirs. A debugger attaches as before.
#pragma once

#include <sys/resource.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

namespace proofcard {

inline void forbid_core_dumps() {
  // One byte is less than any dump has. Where dumps go to a program through a pipe, Linux asks for no limit but this one
  // (do_coredump in fs/coredump.c).
  const rlimit least{1, 1};
  if (::setrlimit(RLIMIT_CORE, &least) == 0) {
    return;
  }
#ifdef __linux__
  ::prctl(PR_SET_DUMPABLE, 0);  // the limit is 0 and may not be raised: pipes are left
#endif
}

}  // namespace proofcard
