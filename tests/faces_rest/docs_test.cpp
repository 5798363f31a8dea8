// What docs/service.md prints works as it is printed.
#include <gmock/gmock.h>

#include <sstream>

#include "tests/faces_rest/running_service.hpp"

namespace proofcard::testing {
namespace {

using DocsTest = ServiceTest;

void replace(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

TEST_F(DocsTest, EveryCommandWorksAsPrinted) {
  start();
  write("input.json", input_);
  write("model.onnx", read(example("diagnosis", "model.onnx")));
  write("samples.json", read(example("diagnosis", "samples.json")));
  write("admin.key", keys_["admin"]);
  write("prove.key", keys_["prove"]);
  std::string script =
      "set -e\nproofcard() { '" PROOFCARD_PROGRAM "' \"$@\"; }\ncurl() { command curl -sS --fail-with-body \"$@\"; }\n";
  std::istringstream lines(read(PROOFCARD_SOURCE_DIR "/docs/service.md"));
  std::size_t calls = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("    ") ||
        (line.find("curl ") == std::string::npos && line.find("url=") == std::string::npos)) {
      continue;
    }
    replace(line, "http://127.0.0.1:8080", "http://127.0.0.1:" + std::to_string(port_));
    replace(line, "PROOF_ID", "$(grep -o '[0-9a-f]\\{32\\}' infer.out | head -1)");
    const bool infers = line.find("/infer") != std::string::npos;
    script += line.substr(0, line.find("   #")) + (infers ? " | tee infer.out" : "") + "\necho\n";
    calls += line.find("curl ") != std::string::npos ? 1 : 0;
  }
  EXPECT_EQ(calls, 7U);
  write("script.sh", script);
  const int code = std::system(("cd '" + path("") + "' && bash script.sh > script.out 2>&1").c_str());
  EXPECT_EQ(code, 0) << script << content("script.out");
  EXPECT_THAT(content("script.out"), ::testing::HasSubstr("\"accepted\": true"));
  EXPECT_THAT(content("script.out"), ::testing::HasSubstr("accepted: model"));
}

}  // namespace
}  // namespace proofcard::testing
