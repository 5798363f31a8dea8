// Planted values through the whole command line: neither files for others, nor reports, nor output, nor errors hold
// them.
#include <gtest/gtest.h>

#include "tests/tools/workspace.hpp"

namespace proofcard::testing {
namespace {

class ToolPrivacy : public Workspace {
 protected:
  // Distinct decimals, recognisable in any text.
  static constexpr double kPlanted = 0.713946;
  static constexpr double kBeyondRange = 98765.4321;

  static bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }
  static std::string input_with(const nlohmann::json& sample, std::size_t place, double value) {
    nlohmann::json changed = sample;
    changed["input_data"][0][place] = value;
    return changed.dump();
  }
};

TEST_F(ToolPrivacy, PlantedValuesAreInNoFileForOthersAndInNoOutput) {
  const nlohmann::json sample = nlohmann::json::parse(read(example("diagnosis", "input.json")));
  write("input.json", input_with(sample, 0, kPlanted));
  write("beyond.json", input_with(sample, 1, kBeyondRange));
  nlohmann::json short_row = nlohmann::json::parse(input_with(sample, 0, kPlanted));
  short_row["input_data"][0].erase(short_row["input_data"][0].size() - 1);
  write("short.json", short_row.dump());
  nlohmann::json text = nlohmann::json::parse(input_with(sample, 0, kPlanted));
  text["input_data"][0][1] = "0.713946x";
  write("text.json", text.dump());
  write("cut.json", input_with(sample, 0, kPlanted).substr(0, 40));

  std::string said;
  const auto note = [&](const Outcome& outcome) { said += outcome.out + outcome.err; };
  const std::string samples = example("diagnosis", "samples.json");
  note(ok("compile " + example("diagnosis", "model.onnx") + " -o model.pcm --calibrate " + samples +
          " --report compile.json"));
  note(ok("setup model.pcm -o model --report setup.json"));
  note(ok("prove model.pk input.json -o proof.bin --report prove.json"));
  note(ok("verify model.vk proof.bin --report verify.json"));
  note(ok("inspect model.vk"));
  note(ok("inspect proof.bin"));
  for (const std::string bad : {"beyond.json", "short.json", "text.json", "cut.json"}) {
    const Outcome outcome = run("prove model.pk " + bad + " -o bad.bin");
    EXPECT_EQ(outcome.code, 2) << bad << ": " << outcome.err;
    note(outcome);
  }
  write("changed.bin", [&] {
    std::string proof = content("proof.bin");
    proof[proof.size() / 2] = static_cast<char>(proof[proof.size() / 2] ^ 1);
    return proof;
  }());
  const Outcome rejected = run("verify model.vk changed.bin --report changed.json");
  EXPECT_EQ(rejected.code, 1);
  note(rejected);

  // The search would find them: they are in the input files.
  const std::vector<std::string> planted{"0.713946", "0.71394", "713946", "98765", "9.8765"};
  EXPECT_TRUE(holds(content("input.json"), planted[0]));
  EXPECT_TRUE(holds(content("beyond.json"), planted[3]));
  for (const std::string& value : planted) {
    EXPECT_FALSE(holds(said, value)) << value << " in:\n" << said;
    for (const std::string file :
         {"compile.json", "setup.json", "prove.json", "verify.json", "proof.bin", "model.vk", "model.pk"}) {
      EXPECT_FALSE(holds(content(file), value)) << value << " in " << file;
    }
  }

  // Weights: their float bytes as the ONNX file stores them, window by window, are in nothing that others get.
  const std::string onnx = read(example("diagnosis", "model.onnx"));
  const std::string shown = content("model.vk") + content("proof.bin") + said;
  constexpr std::size_t kWindow = 12;  // three floats
  std::size_t windows = 0;
  for (std::size_t i = 0; i + kWindow <= onnx.size(); i += 4) {
    const std::string window = onnx.substr(i, kWindow);
    const auto unprintable = std::count_if(window.begin(), window.end(), [](char c) { return c < 0x20 || c > 0x7e; });
    if (unprintable >= 5 && std::count(window.begin(), window.end(), '\0') < 3) {  // floats, not names
      EXPECT_FALSE(holds(shown, window)) << "byte " << i;
      ++windows;
    }
  }
  EXPECT_GT(windows, 50U);
}

}  // namespace
}  // namespace proofcard::testing
