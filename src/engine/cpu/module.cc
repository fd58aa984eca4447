// Loaded into Node beside tfjs-node: registers the operations, if this processor has the vectors they were compiled for.
#include <node_api.h>
#include <exception>
#include "amx.h"
#include "operations.h"

namespace {

bool isSupported() {
#if defined(FOR_TILES)  // set for the one build; its compiler may be too old to know them
  if (!HAS_TILES || !askForTiles()) return false;
#endif
#if defined(__AVX512BF16__)
  if (!__builtin_cpu_supports("avx512bf16")) return false;
#endif
#if defined(__AVX512F__)
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#elif defined(__AVX2__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return true;
#endif
}

void registerOperations() {
  registerConvolutions();
  registerMaps();
  registerTokens();
  registerSteps();
}

}  // namespace

/** exports.isRegistered tells whether the operations are there now. */
NAPI_MODULE_INIT() {
  const bool supported = isSupported();
  try {
    if (supported) registerOperations();
  } catch (const std::exception& error) {
    napi_throw_error(env, nullptr, error.what());
    return nullptr;
  }
  napi_value value;
  napi_get_boolean(env, supported, &value);
  napi_set_named_property(env, exports, "isRegistered", value);
  return exports;
}
