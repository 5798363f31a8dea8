// A temporary folder, and the program run in it as a user would.
#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace proofcard::testing {

struct Outcome {
  int code = -1;  // of the process; 128 + signal when a signal ended it
  std::string out;
  std::string err;
};

class Workspace : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "proofcard-test-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  static std::string example(const std::string& name, const std::string& file) {
    return std::string(PROOFCARD_SOURCE_DIR) + "/examples/" + name + "/" + file;
  }

  // Runs `proofcard arguments` in the folder through the shell; `before` goes in front of it.
  Outcome run(const std::string& arguments, const std::string& before = "") const {
    const std::string streams = (folder_.parent_path() / (folder_.filename().string() + ".streams")).string();
    const std::string command = "cd '" + folder_.string() + "' && XDG_CACHE_HOME='" + path("cache") + "' " + before +
                                " '" + PROOFCARD_PROGRAM + "' " + arguments + " > '" + streams + ".out' 2> '" +
                                streams + ".err'";
    const int status = std::system(command.c_str());
    Outcome outcome{WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read(streams + ".out"),
                    read(streams + ".err")};
    std::filesystem::remove(streams + ".out");
    std::filesystem::remove(streams + ".err");
    return outcome;
  }
  // The same, expected to succeed.
  Outcome ok(const std::string& arguments, const std::string& before = "") const {
    Outcome outcome = run(arguments, before);
    EXPECT_EQ(outcome.code, 0) << arguments << "\n" << outcome.err;
    return outcome;
  }
  // Expected to fail with this code, one line of error that contains `text`, and without leaving a new file behind.
  void fails(int code, const std::string& arguments, const std::string& text, const std::string& before = "") const {
    const std::vector<std::string> files = list();
    const Outcome outcome = run(arguments, before);
    EXPECT_EQ(outcome.code, code) << arguments << "\n" << outcome.err;
    EXPECT_NE(outcome.err.find(text), std::string::npos)
        << arguments << ": expected \"" << text << "\" in: " << outcome.err;
    EXPECT_EQ(list(), files) << arguments;
  }

  static std::string read(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  std::string content(const std::string& name) const { return read(path(name)); }
  nlohmann::json json(const std::string& name) const { return nlohmann::json::parse(content(name)); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
  }
  unsigned mode(const std::string& name) const {
    struct stat info {};
    EXPECT_EQ(::stat(path(name).c_str(), &info), 0) << name;
    return info.st_mode & 0777U;
  }
  std::vector<std::string> list() const {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      out.push_back(entry.path().filename().string());
    }
    std::sort(out.begin(), out.end());
    return out;
  }

  // model.pcm, model.pk, model.vk of an example. The smallest one is fast enough to be made again in every test.
  void make_keys(const std::string& name = "diagnosis", const std::string& options = "",
                 const std::string& setup_options = "") const {
    ok("compile " + example(name, "model.onnx") + " -o model.pcm --calibrate " + example(name, "samples.json") + " " +
       options);
    ok("setup model.pcm -o model --force " + setup_options);
  }

  std::filesystem::path folder_;
};

}  // namespace proofcard::testing
