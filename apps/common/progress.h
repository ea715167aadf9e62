#pragma once

// How far a long work is: a bar on a terminal, a plain line now and then where the
// output is a file or a pipe.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace lt::apps {

struct ProgressPoint {
  int64_t done;
  double loss;
};

// Prints to standard error, so that standard output holds results alone. Where that cannot be written,
// nothing is shown, and no error is made of it.
class Progress {
 public:
  // `steps` in all, of which `done` were made before (a resumed run). Quiet prints nothing.
  Progress(std::string what, int64_t steps, bool quiet, int64_t done = 0);
  ~Progress() { finish(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // What the speed counts: `per_step` of them in a step ("tokens"); by default the steps.
  void count(const std::string& unit, double per_step);

  // After each step; prints at most ten times a second on a terminal, else at each twentieth part of the way.
  void step(double loss);
  // Takes the bar off the terminal: a line of results comes in its place.
  void clear();
  // Ends the bar's line. Called by the destructor too.
  void finish();

  double steps_per_second() const;

 private:
  void print(double loss);

  std::vector<ProgressPoint> curve_;  // of what a terminal was shown
  std::string what_;
  std::string unit_ = "steps";
  double per_step_ = 1;
  int64_t steps_;
  int64_t first_;
  int64_t done_;
  bool quiet_;
  bool is_terminal_;
  bool open_line_ = false;
  std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point printed_;
};

// "train [########--------]  50%  step 500/1000  loss 2.4541  1200 steps/s  00:12 left"; on `columns` or
// fewer, without the speed where the bar would be short. With points of the loss so far, the bar is their
// curve.
std::string progress_text(const std::string& what, int64_t done, int64_t steps, double loss,
                          double steps_per_second, int columns, const std::vector<ProgressPoint>& curve = {},
                          const std::string& unit = "steps", double per_step = 1);

}  // namespace lt::apps
