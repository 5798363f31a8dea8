// What some of clang's run-time functions of Debian ask for, which are compiled with guards of the stack.
#include <cstdint>
#include <cstdlib>

extern "C" {
std::uintptr_t __stack_chk_guard = 0x2f6d1a93;
[[noreturn]] void __stack_chk_fail() { std::abort(); }
}
