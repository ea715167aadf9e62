#include <libtensor/apps/common/version.h>

#include <fmt/format.h>

#include <libtensor/tensor/parallel.h>
#include <libtensor/version.h>

// CMake defines the build type for this file alone; the instruction set is what the compiler was
// allowed to use, which is what the binary needs to run.

namespace lt::apps {
namespace {

const char* compiler() {
#if defined(__clang__)
  return "Clang " __clang_version__;
#else
  return "GCC " __VERSION__;
#endif
}

const char* instruction_set() {
#if defined(__AVX512F__)
  return "x86-64 with AVX-512";
#elif defined(__AVX2__)
  return "x86-64 with AVX2";
#elif defined(__AVX__)
  return "x86-64 with AVX";
#elif defined(__SSE4_2__)
  return "x86-64 with SSE4.2";
#elif defined(__x86_64__)
  return "x86-64";
#elif defined(__ARM_NEON)
  return "ARM with NEON";
#else
  return "generic";
#endif
}

}  // namespace

std::string version_text(const std::string& app) {
  return fmt::format(
      "{} of libtensor {}\n"
      "build            {}, {}\n"
      "instruction set  {}\n"
      "threads          {}\n"
      "random streams   PyTorch's CPU generator; --profile scalar (the lectures), avx2;\n"
      "                 --sampling classic (PyTorch 1.6 to 1.13, the lectures),\n"
      "                 race (2.x), mkl (2.x with MKL)\n",
      app, LIBTENSOR_VERSION_STRING, LIBTENSOR_BUILD_TYPE, compiler(), instruction_set(), num_threads());
}

}  // namespace lt::apps
