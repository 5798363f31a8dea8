// What the shared library shows to programs.
#pragma once

#define PROOFCARD_API __attribute__((visibility("default")))
