#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include <libtensor/nn/activation.h>
#include <libtensor/nn/batch_norm.h>
#include <libtensor/nn/embedding.h>
#include <libtensor/nn/flatten.h>
#include <libtensor/nn/linear.h>
#include <libtensor/nn/optimizer.h>
#include <libtensor/nn/sequential.h>

// What a training step asks of the heap, seen by an operator new of our own for the whole program;
// tensors and nodes come from a pool, whose requests memory_stats() counts. Sanitizers have an
// operator new of theirs.

#if !defined(LIBTENSOR_SANITIZED)

namespace {
thread_local int64_t heap_requests = 0;
}

void* operator new(size_t bytes) {
  ++heap_requests;
  if (void* memory = std::malloc(bytes)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace lt {
namespace {

TEST(Heap, IsNotAskedForAnythingInASteadyTrainingStep) {
  Generator g(1);
  const nn::Embedding table(27, 10, g);
  nn::Sequential net{nn::Flatten(), nn::Linear(30, 40, g), nn::BatchNorm1d(40), nn::Tanh(),
                     nn::Linear(40, 27, g)};
  std::vector<Variable> parameters = net.parameters();
  parameters.push_back(table.weight);
  nn::SGD sgd(parameters, 0.1, {.momentum = 0.9});
  const auto step = [&] {
    const IntTensor x = randint(0, 27, {32, 3}, g);
    const IntTensor y = randint(0, 27, 32, g);
    const Variable loss = cross_entropy(net(table(x)), y);
    sgd.zero_grad();
    loss.backward();
    sgd.step();
    return loss.item();
  };
  for (int i = 0; i < 3; ++i) step();
  const int64_t heap = heap_requests;
  const int64_t system = memory_stats().system_allocations;
  float last = 0;
  for (int i = 0; i < 10; ++i) last = step();
  EXPECT_EQ(heap_requests, heap);
  if (pool_enabled()) {
    EXPECT_EQ(memory_stats().system_allocations, system);
  }
  EXPECT_GT(last, 0);
}

}  // namespace
}  // namespace lt

#endif
