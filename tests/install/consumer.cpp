// Includes every installed header, throws across the library's border, and prints what it caught.

#include <iostream>

#include "all_headers.h"

int main() {
  std::cout << lt::broadcast_shapes({3, 1}, {4}, "add") << '\n';
  try {
    lt::broadcast_shapes({3, 4}, {5}, "add");
  } catch (const lt::ShapeError& error) {
    std::cout << error.what() << '\n';
  }
}
