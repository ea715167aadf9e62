#pragma once

// Activations and their derivatives, each in one pass. T is float or double.

#include <cstdint>

#include <libtensor/tensor/activation.h>

namespace lt::kernels {

// c = activation(c), element (i, j) at c[i * c_row + j]. shapes: c (rows, n)
template <typename T>
void activate(Activation activation, T* c, int64_t c_row, int64_t rows, int64_t n);

// Derivatives, over dense arrays of n numbers:

// dx = dy (1 - y^2), y = tanh x
template <typename T>
void tanh_backward(const T* y, const T* dy, T* dx, int64_t n);
// dx = dy y (1 - y), y = sigmoid x
template <typename T>
void sigmoid_backward(const T* y, const T* dy, T* dx, int64_t n);

}  // namespace lt::kernels
