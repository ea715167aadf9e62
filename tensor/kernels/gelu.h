#pragma once

// GELU, x Phi(x) with the normal distribution function Phi, or its tanh form.

#include <cstdint>

namespace lt::kernels {

// y = gelu(x); -0 at -inf.
template <typename T>
void gelu(const T* x, int64_t n, bool tanh_form, T* y);

// dx = dy * gelu'(x)
template <typename T>
void gelu_backward(const T* dy, const T* x, int64_t n, bool tanh_form, T* dx);

}  // namespace lt::kernels
