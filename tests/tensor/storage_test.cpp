#include <libtensor/tensor/storage.h>

#include <cstdint>
#include <cstring>
#include <new>
#include <thread>
#include <utility>
#include <vector>

#include <libtensor/tensor/ops.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

int64_t system_calls() { return memory_stats().system_allocations; }
int64_t in_use() { return memory_stats().bytes_in_use; }

// Destroyed after main, when this thread's pool is gone: must go to the system, not to the pool.
// NOLINTNEXTLINE(cert-err58-cpp): throwing at the start would fail the tests, as it should
const Storage kOutlivesThePool(1 << 12);

TEST(MemoryStats, AddUpOverThreads) {
  const int64_t before = in_use();
  std::vector<Storage> kept(8);
  std::vector<std::thread> threads;
  for (Storage& storage : kept) {
    threads.emplace_back([&storage] {
      for (int i = 0; i < 1000; ++i) storage = Storage(64);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(in_use(), before + 8 * 64);
}

TEST(Storage, AlignsEveryBlockToACacheLine) {
  for (const size_t bytes : {1U, 63U, 64U, 65U, 80U, 81U, 1000U, 4097U, 1U << 20}) {
    const Storage storage(bytes);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(storage.data()) % 64, 0U) << bytes;
  }
}

TEST(Storage, HoldsAtLeastTheBytesAskedForAndWastesBelowAQuarter) {
  for (size_t bytes = 64; bytes < 100'000; bytes += 37) {
    const size_t room = Storage(bytes).bytes();
    ASSERT_GE(room, bytes);
    ASSERT_LE(room, bytes + bytes / 4 + 1) << bytes;
  }
}

TEST(Storage, CanBeWrittenToItsEnd) {
  for (const size_t bytes : {1U, 64U, 65U, 100U, 5000U}) {
    const Storage storage(bytes);
    std::memset(storage.data(), 0x5a, storage.bytes());  // the address sanitizer watches
    EXPECT_EQ(static_cast<const char*>(storage.data())[storage.bytes() - 1], 0x5a);
  }
}

TEST(Storage, OfNoBytesHoldsNoBlock) {
  const Storage none(0);
  EXPECT_EQ(none.data(), nullptr);
  EXPECT_EQ(none.bytes(), 0U);
  none.bump_version();
  EXPECT_EQ(none.version(), 0U);
}

TEST(Storage, ThrowsBadAllocForMoreThanAnyMachineHas) {
  EXPECT_THROW(Storage(size_t{1} << 46), std::bad_alloc);
  EXPECT_THROW(Storage(size_t{1} << 62), std::bad_alloc);
  EXPECT_THROW(Storage(SIZE_MAX), std::bad_alloc);
}

TEST(Storage, CountsBytesInUseByHandlesOfABlockOnce) {
  const int64_t before = in_use();
  {
    const Storage a(4096);
    // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): copying is what is tested
    const Storage b = a;
    EXPECT_TRUE(a == b);
    EXPECT_EQ(in_use() - before, 4096);
  }
  EXPECT_EQ(in_use(), before);
}

TEST(Storage, LivesUntilItsLastHandle) {
  auto* first = new Storage(64);
  const Storage second = *first;
  std::memset(second.data(), 1, 64);
  delete first;
  EXPECT_EQ(static_cast<const char*>(second.data())[63], 1);
}

TEST(Storage, SurvivesAssignmentToItselfAndMoves) {
  Storage a(64);
  const void* place = a.data();
  Storage& alias = a;
  a = alias;
  EXPECT_EQ(a.data(), place);
  Storage b = std::move(a);
  EXPECT_EQ(b.data(), place);
  a = b;
  EXPECT_TRUE(a == b);
}

TEST(Storage, AsksTheSystemForNothingInSteadyState) {
  if (!pool_enabled()) GTEST_SKIP() << "the pool is off";
  const auto step = [] {
    const Tensor a = full({100, 30}, 2);
    const Tensor b = a * a + 1;
    return b.at({99, 29});
  };
  EXPECT_EQ(step(), 5);
  const int64_t before = system_calls();
  for (int i = 0; i < 100; ++i) step();
  EXPECT_EQ(system_calls(), before);
}

TEST(Storage, GivesTheSameBlockAgain) {
  if (!pool_enabled()) GTEST_SKIP() << "the pool is off";
  const void* place = Storage(1000).data();
  EXPECT_EQ(Storage(1000).data(), place);
  EXPECT_EQ(Storage(1020).data(), place);  // of the same size class
}

TEST(Storage, ReleasesIdleMemoryToTheSystem) {
  if (!pool_enabled()) GTEST_SKIP() << "the pool is off";
  { const Storage storage(12345); }
  release_idle_memory();
  const int64_t before = system_calls();
  const Storage again(12345);
  EXPECT_EQ(system_calls(), before + 1);
}

TEST(Storage, StartsAtVersionZeroEvenInAUsedBlock) {
  { Storage(777).bump_version(); }
  EXPECT_EQ(Storage(777).version(), 0U);
}

TEST(Storage, CountsVersionsForAllHandlesOfABlock) {
  const Storage a(64);
  // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): copying is what is tested
  const Storage b = a;
  a.bump_version();
  b.bump_version();
  EXPECT_EQ(a.version(), 2U);
}

TEST(Storage, MayBeFreedByAnotherThread) {
  const int64_t before = in_use();
  std::vector<Storage> made(100);
  std::thread([&] {
    for (Storage& storage : made) storage = Storage(3000);
  }).join();  // that thread's pool is gone, its blocks are not
  for (const Storage& storage : made) std::memset(storage.data(), 7, 3000);
  std::thread([&] { made.clear(); }).join();
  EXPECT_EQ(in_use(), before);
}

TEST(Storage, HandlesMayBeCopiedByManyThreads) {
  const Storage shared(64);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([shared] {
      // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): copying is what is tested
      for (int i = 0; i < 10'000; ++i) Storage copy = shared;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_NE(shared.data(), nullptr);
}

TEST(Storage, OfAThreadLocalTensorIsFreedAfterThatThreadsPool) {
  const int64_t before = in_use();
  std::thread([] {
    static thread_local Storage late;  // made before the pool, so destroyed after it
    late = Storage(5000);
  }).join();
  EXPECT_EQ(in_use(), before);
}

TEST(Storage, StaticsAreUsableWhileTheProgramRuns) { EXPECT_GE(kOutlivesThePool.bytes(), 1U << 12); }

}  // namespace
}  // namespace lt
