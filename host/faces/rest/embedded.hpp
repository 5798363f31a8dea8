// Files that are part of the program (CMakeLists.txt makes embedded.cpp from them).
#pragma once

#include <string_view>

namespace proofcard::rest {

extern const std::string_view kPage;     // page.html
extern const std::string_view kOpenApi;  // openapi.json

}  // namespace proofcard::rest
