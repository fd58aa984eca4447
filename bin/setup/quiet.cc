// TensorFlow greets on stderr while its library loads, before any setting of its own applies. This module, loaded before
// the addon, loads that library with stderr pointed away and back again. Where it fails, the addon loads it, greeting and all.
#include <dlfcn.h>
#include <fcntl.h>
#include <node_api.h>
#include <unistd.h>

NAPI_MODULE_INIT() {
  const int null = open("/dev/null", O_WRONLY);
  const int before = dup(STDERR_FILENO);
  if (null >= 0 && before >= 0) {
    dup2(null, STDERR_FILENO);
    dlopen(TENSORFLOW_FRAMEWORK, RTLD_LAZY);
    dup2(before, STDERR_FILENO);
  }
  if (null >= 0) close(null);
  if (before >= 0) close(before);
  return exports;
}
