#include <libtensor/nn/print.h>

#include <fmt/format.h>

// Both languages print the shortest digits that read back; Python marks a whole number as a float.

namespace lt::inline v0::nn {

std::string python_text(double x) {
  const std::string text = fmt::format("{}", x);
  return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
}

}  // namespace lt::inline v0::nn
