#include "host/field/fr_vector_kernels.hpp"
namespace proofcard::detail {
const FrVectorKernels& fr_vector_avx512() { return fr_vector_portable(); }
}  // namespace proofcard::detail
