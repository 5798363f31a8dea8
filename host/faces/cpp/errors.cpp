#include <proofcard/errors.hpp>

namespace proofcard {

Failure::Failure(std::string where, const std::string& text)
    : std::runtime_error(where.empty() ? text : where + ": " + text), where_(std::move(where)) {}

// Here, so that each has one type wherever it is thrown and caught.
Failure::~Failure() = default;
BadInput::~BadInput() = default;
Rejected::~Rejected() = default;
DeviceFault::~DeviceFault() = default;
Cancelled::~Cancelled() = default;

const char* Cancelled::what() const noexcept { return "stopped before it was done"; }

}  // namespace proofcard
