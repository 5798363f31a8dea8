// Result<T>: a value, or an error that names the place, what was expected and what was found.
//
// Used for everything that can go wrong because of bytes, files, devices or options that are not ours. A defect of our
// own code is PROOFCARD_CHECK (check.hpp) instead. No exception crosses a library boundary.
//
//   Result<Fr> r = reader.field_element("proof.v");
//   PROOFCARD_TRY(Fr x, reader.field_element("proof.v"));     // returns the error to the caller, else declares x
//   PROOFCARD_RETURN_IF_ERROR(writer.flush());
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

namespace proofcard {

enum class ErrorKind {
  kRejected,     // a proof that does not verify                      (exit code 1)
  kBadInput,     // a malformed file, model, input, option            (exit code 2)
  kIo,           // the operating system refused: open, write, rename (exit code 2)
  kUnsupported,  // well-formed, but outside what is implemented      (exit code 2)
  kDeviceFault,  // a card or its driver failed                       (exit code 3)
};

struct Error {
  ErrorKind kind = ErrorKind::kBadInput;
  std::string where;  // the thing: a file and field, a node, a stage ("opening")
  std::string what;   // one sentence, with expected and found where they apply

  std::string message() const { return where.empty() ? what : where + ": " + what; }
};

template <class... Args>
Error make_error(ErrorKind kind, std::string where, fmt::format_string<Args...> text, Args&&... args) {
  return Error{kind, std::move(where), fmt::format(text, std::forward<Args>(args)...)};
}

template <class... Args>
Error bad_input(std::string where, fmt::format_string<Args...> text, Args&&... args) {
  return make_error(ErrorKind::kBadInput, std::move(where), text, std::forward<Args>(args)...);
}

template <class... Args>
Error rejected(std::string stage, fmt::format_string<Args...> text, Args&&... args) {
  return make_error(ErrorKind::kRejected, std::move(stage), text, std::forward<Args>(args)...);
}

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}      // NOLINT(google-explicit-constructor): return value;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor): return error;

  bool ok() const { return value_.has_value(); }
  explicit operator bool() const { return ok(); }

  // Pre: ok().
  T& value() & { return *value_; }
  const T& value() const& { return *value_; }
  T&& value() && { return std::move(*value_); }
  T& operator*() & { return *value_; }
  const T& operator*() const& { return *value_; }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }

  // Pre: !ok().
  const Error& error() const { return error_; }

 private:
  std::optional<T> value_;
  Error error_;
};

class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor): return error;

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const { return *error_; }  // Pre: !ok().

 private:
  std::optional<Error> error_;
};

}  // namespace proofcard

#define PROOFCARD_CONCAT_INNER(a, b) a##b
#define PROOFCARD_CONCAT(a, b) PROOFCARD_CONCAT_INNER(a, b)

#define PROOFCARD_RETURN_IF_ERROR(expr)                \
  do {                                                 \
    if (const auto& status_ = (expr); !status_.ok()) { \
      return status_.error();                          \
    }                                                  \
  } while (false)

#define PROOFCARD_TRY(declaration, expr)                \
  auto PROOFCARD_CONCAT(result_, __LINE__) = (expr);    \
  if (!PROOFCARD_CONCAT(result_, __LINE__).ok()) {      \
    return PROOFCARD_CONCAT(result_, __LINE__).error(); \
  }                                                     \
  declaration = std::move(PROOFCARD_CONCAT(result_, __LINE__)).value()
