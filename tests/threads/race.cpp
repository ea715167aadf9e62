// Two threads add to one number without asking: what the thread sanitizer must report.

#include <iostream>
#include <vector>

int main() {
  const std::vector<int> ones(1 << 16, 1);
  int sum = 0;
#pragma omp parallel for num_threads(2)
  for (size_t i = 0; i < ones.size(); ++i) sum += ones[i];
  std::cout << sum << '\n';
}
