#pragma once

// The errors that libtensor throws. Each text names the op, the shapes or the place, and the rule that was
// broken: "matmul: inner sizes differ: (3, 4) @ (5, 2)".

#include <stdexcept>
#include <string>

#include <libtensor/version.h>

namespace lt::inline v0 {

// Shapes, axes or sizes that do not fit the op.
struct ShapeError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

// An index, id or axis out of range.
struct IndexError : std::out_of_range {
  using std::out_of_range::out_of_range;
};

// A value that the op has no meaning for: a negative probability, an empty range, a step of zero.
struct ValueError : std::domain_error {
  using std::domain_error::domain_error;
};

// A file that is missing, torn, malformed or cannot be written. The text names the file and the place in it.
struct IoError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A gradient that cannot be had: a second backward through a freed graph, an overwritten saved value.
struct GradError : std::logic_error {
  using std::logic_error::logic_error;
};

}  // namespace lt::inline v0
