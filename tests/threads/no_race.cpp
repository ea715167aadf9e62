// The same sum, in parts that no two threads share, and read only after the loop: nothing to report.

#include <iostream>
#include <numeric>
#include <vector>

int main() {
  const std::vector<int> ones(1 << 16, 1);
  std::vector<int> parts(64, 0);
#pragma omp parallel for num_threads(2)
  for (size_t part = 0; part < parts.size(); ++part) {
    for (size_t i = part; i < ones.size(); i += parts.size()) parts[part] += ones[i];
  }
  std::cout << std::accumulate(parts.begin(), parts.end(), 0) << '\n';
}
