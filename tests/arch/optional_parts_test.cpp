// What is optional is decided in cmake/optional.cmake alone: a folder that looks for a program by itself is one that
// breaks, or changes silently, on a machine that lacks it.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

bool is_build_description(const fs::path& file) {
  return file.filename() == "CMakeLists.txt" || file.extension() == ".cmake";
}

// "file:line: text" of every line that looks for something that may not be installed.
std::vector<std::string> searches_in(const fs::path& root, const fs::path& file) {
  std::vector<std::string> found;
  std::ifstream in(file);
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    const std::string code = line.substr(0, line.find('#'));
    for (const char* command :
         {"find_program", "find_package", "find_path", "find_library", "find_file", "include(Find"}) {
      if (code.find(command) != std::string::npos) {
        found.push_back(fs::relative(file, root).string() + ":" + std::to_string(number) + ": " + line);
      }
    }
  }
  return found;
}

TEST(OptionalParts, NoFolderLooksForProgramsByItself) {
  const fs::path root = PROOFCARD_SOURCE_DIR;
  std::vector<std::string> found;
  std::size_t num_files = 0;
  for (const char* folder : {"host", "hls", "rtl", "sim", "tests"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (entry.is_regular_file() && is_build_description(entry.path())) {
        ++num_files;
        for (const std::string& line : searches_in(root, entry.path())) {
          found.push_back(line);
        }
      }
    }
  }
  EXPECT_GT(num_files, 50u);
  EXPECT_TRUE(found.empty()) << "decide this in cmake/optional.cmake: " << ::testing::PrintToString(found);
  EXPECT_FALSE(searches_in(root, root / "cmake/optional.cmake").empty());
}

}  // namespace
