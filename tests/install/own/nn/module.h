#pragma once

// The consumer's own, of the same name as one of the library's.

#include <tensor/shape.h>

namespace own {

struct Module {
  int corners = kCorners;
};

}  // namespace own
