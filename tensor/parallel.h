#pragma once

// How many threads the kernels may use. Results never depend on it.

#include <libtensor/tensor/scalar.h>

namespace lt::inline v0 {

// The most threads that one operation runs on, of which it uses 64. At the start, as many as the machine
// gives, or OMP_NUM_THREADS.
int num_threads();

// throws: ValueError for count < 1
void set_num_threads(int count);
template <typename U>
requires(!WholeNumber<U>) void set_num_threads(U) = delete;  // 1.5 would be 1

}  // namespace lt::inline v0
