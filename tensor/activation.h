#pragma once

namespace lt {

// What a product may apply to its numbers in the same pass.
enum class Activation { none, relu, tanh };

}  // namespace lt
