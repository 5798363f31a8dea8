// proofcard man, proofcard completion SHELL: for whoever installs the program; not listed by --help
#include <memory>

#include "host/tools/commands.hpp"
#include "host/tools/files.hpp"
#include "host/tools/manual.hpp"

namespace proofcard::tools {

void add_manual(CLI::App& app, Command& selected) {
  CLI::App* man = app.add_subcommand("man", "Print the manual page (roff)")->group("");
  man->callback([&app, &selected] { selected = [&app] { return print(man_page(app)); }; });

  auto shell = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("completion", "Print the completion of a shell")->group("");
  command->add_option("shell", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->callback([shell, &app, &selected] { selected = [shell, &app] { return print(completion(app, *shell)); }; });
}

}  // namespace proofcard::tools
