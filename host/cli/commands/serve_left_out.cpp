// proofcard serve, in a program that was built without what it needs (cmake/optional.cmake).
#include "host/cli/commands.hpp"

namespace proofcard::tools {

void add_serve(const Options& app) {
  const Options command = app.command("serve", "Serve models over HTTP (not in this build)");
  command.takes_anything();
  command.runs([]() -> Status {
    return make_error(ErrorKind::kUnsupported, "serve",
                      "this program was built without it: install " PROOFCARD_SERVICE_PACKAGES
                      " (scripts/install_deps.sh --service) and make build");
  });
}

}  // namespace proofcard::tools
