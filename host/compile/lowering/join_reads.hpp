// Reads of all slices of a stack become one read of the stack. Private to host/compile.
//
// A sequence that is put together from the states of its steps reads slice s where one label, the row, has the value that
// belongs to s, and 0 elsewhere: as many terms as steps. When the row moves by one each step, forwards or backwards, the
// terms are one read with the row as the time.
#pragma once

#include "host/circuit/circuit.hpp"

namespace proofcard::compile {

// Joins what can be joined in the expression; its value is the same at every index. A stack is any tensor that is read
// with its first axis at a fixed place.
void join_reads(const circuit::Circuit& circuit, circuit::Expression& e);

}  // namespace proofcard::compile
