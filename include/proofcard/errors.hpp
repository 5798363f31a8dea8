// What functions of this library throw. Each names a place, what was expected there and what was found; none quotes a value
// of a private tensor.
#pragma once

#include <proofcard/export.hpp>
#include <stdexcept>
#include <string>

namespace proofcard {

// what() is "where: what is wrong", in one sentence.
class PROOFCARD_API Failure : public std::runtime_error {
 public:
  Failure(std::string where, const std::string& text);
  ~Failure() override;
  // The thing: a file and its field, an input, an option, a stage of the verifier. May be empty.
  const std::string& where() const noexcept { return where_; }

 private:
  std::string where_;
};

// A malformed file, model, value or option; something that is not supported; a file that cannot be read or written.
class PROOFCARD_API BadInput : public Failure {
 public:
  using Failure::Failure;
  ~BadInput() override;
};

// A proof that does not verify, or a commitment or opening that is another one's. An expected answer, not a malfunction.
class PROOFCARD_API Rejected : public Failure {
 public:
  using Failure::Failure;
  ~Rejected() override;
  // The check that failed: "opening", "lookup", "verification key: ...".
  const std::string& stage() const noexcept { return where(); }
};

// A card or its driver failed, or its sums were wrong. Nothing falls back to the processor.
class PROOFCARD_API DeviceFault : public Failure {
 public:
  using Failure::Failure;
  ~DeviceFault() override;
};

// A call was stopped by its Control.
class PROOFCARD_API Cancelled : public std::exception {
 public:
  ~Cancelled() override;
  const char* what() const noexcept override;
};

}  // namespace proofcard
