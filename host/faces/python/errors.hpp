// The library's exceptions as those of the package proofcard.
#pragma once

namespace proofcard::python {

// For the module that is being made: what the library throws arrives as proofcard.BadInput and the like.
void translate_errors();

}  // namespace proofcard::python
