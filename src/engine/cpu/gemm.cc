#include "gemm.h"

PANELS(Floats, 1)
PANELS(Floats, 2)
#if defined(__AVX512BF16__)
PANELS(Pairs, 1)
PANELS(Pairs, 2)
#endif
