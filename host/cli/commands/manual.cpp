// proofcard man, proofcard completion SHELL: for whoever installs the program; not listed by --help
#include "host/cli/manual.hpp"

#include <memory>

#include "host/cli/commands.hpp"
#include "host/cli/console.hpp"
#include "host/formats/atomic_files.hpp"

namespace proofcard::tools {

void add_manual(const Options& app) {
  app.hidden_command("man", "Print the manual page (roff)").runs([app] { return print(man_page(app.parser())); });

  auto shell = std::make_shared<std::string>();
  const Options command = app.hidden_command("completion", "Print the completion of a shell");
  command.choice("shell", *shell, {"bash", "zsh", "fish"}, "bash, zsh or fish").required();
  command.runs([shell, app] { return print(completion(app.parser(), *shell)); });
}

}  // namespace proofcard::tools
