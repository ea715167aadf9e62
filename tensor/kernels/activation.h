#pragma once

// Derivatives of activations, each in one pass. T is float or double.

#include <cstdint>

namespace lt::kernels {

// Derivatives, over dense arrays of n numbers:

// dx = dy (1 - y^2), y = tanh x
template <typename T>
void tanh_backward(const T* y, const T* dy, T* dx, int64_t n);
// dx = dy y (1 - y), y = sigmoid x
template <typename T>
void sigmoid_backward(const T* y, const T* dy, T* dx, int64_t n);

}  // namespace lt::kernels
