#pragma once

// The consumer's own, of the same name as one of the library's.

namespace own {

inline constexpr int kCorners = 3;

}  // namespace own
