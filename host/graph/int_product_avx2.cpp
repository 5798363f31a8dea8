#include "host/graph/int_product_kernel.hpp"

namespace proofcard::graph {

const IntProductKernels kIntProductAvx2 = kernels_compiled_for(Isa::kAvx2);

}  // namespace proofcard::graph
