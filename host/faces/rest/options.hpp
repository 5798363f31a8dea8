// What a service is told when it starts. Defaults are those of the command.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace proofcard::rest {

struct ServeOptions {
  std::string state;                      // the folder that has everything the service keeps
  std::string listen = "127.0.0.1:8080";  // ADDRESS:PORT, [ADDRESS]:PORT for IPv6; port 0: any that is free
  std::string tls_cert;                   // PEM, the whole chain; empty: plain HTTP
  std::string tls_key;                    // PEM
  std::string device = "cpu";             // as --device
  std::uint64_t card_memory = 0;          // bytes of a card; 0: all
  std::string xclbins;                    // folder of those that cards may be put back with; empty: their own alone

  std::size_t provers = 0;                    // proofs that are made at once; 0: as many as processors, two at least
  std::size_t queue = 1000;                   // proofs that wait or run, of everybody
  std::size_t queue_per_key = 200;            // the same of one API key
  std::uint64_t queue_bytes = 1ULL << 28;     // of their inputs
  std::uint64_t key_memory = 2ULL << 30;      // of prover keys that stay loaded
  std::uint64_t max_input = 16ULL << 20;      // bytes of an inference's body
  std::uint64_t max_proof = 64ULL << 20;      // bytes of a verification's body
  std::uint64_t max_model = 1ULL << 30;       // bytes of an uploaded key
  std::uint64_t request_memory = 2ULL << 30;  // bytes of all bodies that are being received or handled
  std::uint64_t disk_reserve = 64ULL << 20;   // bytes that stay free in the state's file system
  std::size_t connections = 4000;
  double rate = 200;              // requests a second of one API key, in the long run
  double small_seconds = 0.2;     // a proof of at most so much work of one processor does not wait behind larger ones
  unsigned idle_seconds = 15;     // for a request's head, from the connection's beginning or the request before
  unsigned drain_seconds = 60;    // for accepted proofs when the service is told to end
  unsigned worker_seconds = 120;  // for a process that reads an upload
  std::uint64_t worker_memory = 8ULL << 30;  // bytes of its address space
  double keep_hours = 0;                     // ended proofs are forgotten after so long; 0: never
  bool log_requests = true;
};

}  // namespace proofcard::rest
