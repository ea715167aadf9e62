#include <libtensor/tensor/kernels/parallel.h>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

#include <libtensor/tensor/error.h>
#include <libtensor/tensor/parallel.h>

namespace lt::kernels {
namespace {

// Restores the number of threads that a test changes.
class Parallel : public testing::Test {
 protected:
  ~Parallel() override { set_num_threads(before_); }

 private:
  int before_ = num_threads();
};

// The ranges that parallel_for hands out, by the item they start at: ends[begin] == end.
std::vector<int64_t> ranges(int64_t count, int64_t work) {
  std::vector<int64_t> ends(static_cast<size_t>(count), -1);
  parallel_for(count, work, [&](int64_t begin, int64_t end) { ends[static_cast<size_t>(begin)] = end; });
  return ends;
}

TEST_F(Parallel, VisitsEveryItemOnce) {
  set_num_threads(3);
  for (const int64_t count : {1, 2, 3, 63, 64, 65, 1000}) {
    std::vector<std::atomic<int>> visits(static_cast<size_t>(count));
    parallel_for(count, 1 << 20, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) ++visits[static_cast<size_t>(i)];
    });
    for (auto& visit : visits) EXPECT_EQ(visit, 1) << count;
  }
}

TEST_F(Parallel, SplitsTheSameForEveryNumberOfThreads) {
  set_num_threads(1);
  const auto alone = ranges(1000, 5000);
  for (const int threads : {2, 5}) {
    set_num_threads(threads);
    EXPECT_EQ(ranges(1000, 5000), alone);
  }
}

TEST_F(Parallel, KeepsSmallWorkInOnePiece) {
  set_num_threads(5);
  EXPECT_EQ(ranges(1000, 1)[0], 1000);
  EXPECT_EQ(chunks_for(1000, 1), 1);
  EXPECT_GT(chunks_for(1000, 1 << 10), 1);
}

TEST_F(Parallel, DoesNothingForNoItems) {
  parallel_for(0, 1 << 30, [](int64_t, int64_t) { FAIL(); });
}

TEST_F(Parallel, WorkTooLargeToCountStillRuns) {
  EXPECT_EQ(chunks_for(int64_t{1} << 40, int64_t{1} << 40), chunks_for(1 << 20, 1 << 20));
}

TEST_F(Parallel, GoesOnWithWhatASlowThreadLeaves) {
  set_num_threads(2);
  std::atomic<int> done{0};
  std::atomic<bool> has_helper{false};
  const auto caller = std::this_thread::get_id();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  parallel_for(8, 1 << 20, [&](int64_t begin, int64_t) {
    if (std::this_thread::get_id() != caller) has_helper = true;
    // The first waits for all others, among them those of its own thread.
    while (begin == 0 && done < 7 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    if (begin == 0 && has_helper) {
      EXPECT_EQ(done, 7);
    }
    ++done;
  });
  EXPECT_EQ(done, 8);
  if (!has_helper) GTEST_SKIP() << "OpenMP gave no second thread";
}

TEST_F(Parallel, RunsMoreChunksAndThreadsThanItCutsItself) {
  for (const int threads : {2, 64, 200}) {
    set_num_threads(threads);
    std::vector<std::atomic<int>> visits(1000);
    run_chunks(
        1000,
        [](void* context, int64_t chunk) {
          ++(*static_cast<std::vector<std::atomic<int>>*>(context))[static_cast<size_t>(chunk)];
        },
        &visits);
    for (auto& visit : visits) EXPECT_EQ(visit, 1) << threads;
  }
}

TEST_F(Parallel, ThrowsWhatAChunkThrows) {
  set_num_threads(2);
  EXPECT_THROW(parallel_for(8, 1 << 20, [](int64_t, int64_t) { throw std::runtime_error("chunk"); }),
               std::runtime_error);
}

TEST_F(Parallel, RunsNestedWorkInLine) {
  set_num_threads(2);
  std::atomic<int64_t> total{0};
  parallel_for(4, 1 << 20, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      parallel_for(100, 1 << 20, [&](int64_t b, int64_t e) { total += e - b; });
    }
  });
  EXPECT_EQ(total, 400);
}

TEST_F(Parallel, RefusesFewerThanOneThread) {
  try {
    set_num_threads(0);
    FAIL();
  } catch (const ValueError& error) {
    EXPECT_STREQ(error.what(), "set_num_threads: needs at least 1 thread, got 0");
  }
}

TEST_F(Parallel, RemembersTheNumberOfThreads) {
  set_num_threads(7);
  EXPECT_EQ(num_threads(), 7);
}

}  // namespace
}  // namespace lt::kernels
