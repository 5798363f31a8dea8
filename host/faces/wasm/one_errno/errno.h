// With threads: errno as the C library was made, one for all of them. Nothing that a helper calls reads it.
#define thread_local
#include_next <errno.h>
#undef thread_local
