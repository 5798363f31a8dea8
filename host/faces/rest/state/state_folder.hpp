// The folder of a service: lock, service.db, models/DIGEST.pk and .vk, proofs/ID. Mode 0700; its files are their owner's alone.
//
// Errors: kBadInput for a folder that others may enter or another service uses; kIo.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/base/result.hpp"

namespace proofcard::rest {

class StateFolder {
 public:
  // Makes what is missing.
  static Result<StateFolder> open(const std::string& path);
  StateFolder(StateFolder&& other) noexcept : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}
  StateFolder& operator=(StateFolder&&) = delete;
  ~StateFolder();

  // That this process alone serves the folder, until it ends. Nothing in it is touched before.
  Status lock();

  std::string database() const { return path_ + "/service.db"; }
  std::string prover_key(const std::string& digest) const { return path_ + "/models/" + digest + ".pk"; }
  std::string verifying_key(const std::string& digest) const { return path_ + "/models/" + digest + ".vk"; }
  std::string proof(const std::string& id) const { return path_ + "/proofs/" + id; }

  // Complete and on the disk, or not there.
  static Status write(const std::string& file, ByteView content);
  // What a process left that was killed: files half written, and proofs of jobs that are not done. done: sorted.
  void sweep(const std::vector<std::string>& done) const;
  // Bytes that its file system has left for this user.
  std::uint64_t free_bytes() const;

 private:
  explicit StateFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
  int lock_ = -1;
};

}  // namespace proofcard::rest
