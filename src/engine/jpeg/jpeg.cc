// TensorFlow's JPEG decoder for a loader's thread: the same libjpeg-turbo arithmetic as sharp's (slow integer DCT, smooth chroma),
// so the same bytes, without libvips' pipeline around each frame. Found by name at run time: where TensorFlow does not offer it,
// the module exports nothing and sharp decodes.
#include <dlfcn.h>
#include <node_api.h>
#include <cstdint>
#include <cstring>
#include <memory>

namespace {

/** tensorflow::jpeg::UncompressFlags (tensorflow/core/lib/jpeg/jpeg_mem.h), whose header TensorFlow's wheels do not carry. */
struct Flags {
  int ratio = 1;
  int components = 3;
  bool fancyUpscaling = true;
  bool tryRecoverTruncated = false;
  float minAcceptableFraction = 1.0f;
  int dctMethod = 0;  // JDCT_ISLOW
  bool crop = false;
  int cropX = 0, cropY = 0, cropWidth = 0, cropHeight = 0;
  int stride = 0;
  int room[16] = {};  // read as zero by a later version with more flags
};

using Uncompress = uint8_t* (*)(const void* source, int size, const Flags&, int* width, int* height, int* components, int64_t* warnings);

constexpr const char* kUncompress = "_ZN10tensorflow4jpeg10UncompressEPKviRKNS0_15UncompressFlagsEPiS6_S6_Pl";

Uncompress uncompress = nullptr;

void set(napi_env env, napi_value object, const char* name, int number) {
  napi_value value;
  napi_create_int32(env, number, &value);
  napi_set_named_property(env, object, name, value);
}

/** decode(bytes) -> { data, width, height }, or undefined where anything is wrong with the file, warnings included. */
napi_value decode(napi_env env, napi_callback_info info) {
  size_t count = 1, length = 0;
  napi_value argument, result = nullptr;
  void* bytes = nullptr;
  napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr);
  if (napi_get_buffer_info(env, argument, &bytes, &length) != napi_ok || length > INT32_MAX) return nullptr;
  int width = 0, height = 0, components = 0;
  int64_t warnings = 0;
  const std::unique_ptr<uint8_t[]> pixels(uncompress(bytes, static_cast<int>(length), Flags(), &width, &height, &components, &warnings));
  if (!pixels || warnings != 0 || components != 3) return nullptr;
  napi_value data;
  if (napi_create_buffer_copy(env, static_cast<size_t>(width) * height * 3, pixels.get(), nullptr, &data) != napi_ok) return nullptr;
  napi_create_object(env, &result);
  napi_set_named_property(env, result, "data", data);
  set(env, result, "width", width);
  set(env, result, "height", height);
  return result;
}

}  // namespace

NAPI_MODULE_INIT() {
  void* library = dlopen(TENSORFLOW_CORE, RTLD_LAZY);
  uncompress = library ? reinterpret_cast<Uncompress>(dlsym(library, kUncompress)) : nullptr;
  if (!uncompress) return exports;
  napi_value function;
  napi_create_function(env, "decode", NAPI_AUTO_LENGTH, decode, nullptr, &function);
  napi_set_named_property(env, exports, "decode", function);
  return exports;
}
