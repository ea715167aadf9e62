#pragma once

namespace lt {

// What a product may apply to each of its numbers in the same pass: nothing, max(x, 0), tanh(x). NaN stays
// NaN.
enum class Activation { none, relu, tanh };

}  // namespace lt
