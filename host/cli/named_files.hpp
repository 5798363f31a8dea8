// The files that a command line names, compared before anything is done: an output that is also an input would be lost, and
// of two outputs of one name the first.
#pragma once

#include <span>
#include <string>

#include "host/base/result.hpp"

namespace proofcard::tools {

struct NamedFile {
  std::string argument;  // as it was given, for messages: "--out model.pcm"
  std::string path;
  bool is_output = false;
};

// No name is empty, every output can be made, and none is an input or another output. Two paths are one file when they lead
// to one (links too) or, where there is none yet, to one place. What is no regular file, as /dev/null, may be named twice.
// Errors: kBadInput naming both arguments; kIo naming the path.
Status check_files(std::span<const NamedFile> files);

}  // namespace proofcard::tools
