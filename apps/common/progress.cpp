#include <libtensor/apps/common/progress.h>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

// step() may be called a hundred thousand times a second; all that it costs then is a look at the clock. What
// cannot be shown (a terminal that was closed, a full disk) is not worth the training: nothing here fails.

namespace lt::apps {
namespace {

using Clock = std::chrono::steady_clock;

int terminal_columns() {
  winsize size{};
  const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string clock_text(double seconds) {
  if (!std::isfinite(seconds) || seconds > 359999) return "--:--";
  const auto whole = static_cast<int64_t>(std::ceil(seconds));
  const std::string minutes = fmt::format("{:02}:{:02}", whole / 60 % 60, whole % 60);
  return whole < 3600 ? minutes : fmt::format("{}:{}", whole / 3600, minutes);
}

void write_to_stderr(const std::string& text) {
  (void)std::fputs(text.c_str(), stderr);
  (void)std::fflush(stderr);
}

// A block for each cell up to `full` of `width`: as high as the loss was there, from the lowest to the
// highest so far.
std::string curve_text(const std::vector<ProgressPoint>& curve, int64_t steps, int full, int width) {
  constexpr std::array kBlocks = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const auto by_loss = [](const ProgressPoint& a, const ProgressPoint& b) { return a.loss < b.loss; };
  const auto [low, high] = std::minmax_element(curve.begin(), curve.end(), by_loss);
  const double range = std::max(high->loss - low->loss, 1e-9);
  std::string text;
  size_t at = 0;
  for (int cell = 0; cell < full; ++cell) {
    while (at + 1 < curve.size() && curve[at + 1].done * width <= (cell + 1) * steps) ++at;
    const double height = (curve[at].loss - low->loss) / range;
    text += kBlocks[static_cast<size_t>(std::clamp(7 * height + 0.5, 0.0, 7.0))];
  }
  return text;
}

}  // namespace

std::string progress_text(const std::string& what, int64_t done, int64_t steps, double loss,
                          double steps_per_second, int columns, const std::vector<ProgressPoint>& curve,
                          const std::string& unit, double per_step) {
  const double part = steps > 0 ? static_cast<double>(done) / static_cast<double>(steps) : 1;
  const double left = static_cast<double>(steps - done) / steps_per_second;
  const std::string head = what + " ";
  const auto tail_with = [&](const std::string& speed) {
    return fmt::format(" {:3.0f}%  step {}/{}  loss {:.4f}{}  {} left", 100 * part, done, steps, loss, speed,
                       clock_text(left));
  };
  const auto width_beside = [&](const std::string& tail) {
    return std::min(30, columns - static_cast<int>(head.size() + tail.size()) - 3);
  };
  std::string tail = tail_with(fmt::format("  {:.0f} {}/s", steps_per_second * per_step, unit));
  if (width_beside(tail) < 20) tail = tail_with("");
  const int width = width_beside(tail);
  if (width < 5) return (head + tail).substr(0, static_cast<size_t>(std::max(columns - 1, 0)));
  const int full = static_cast<int>(part * width);
  const std::string done_part =
      curve.empty() ? std::string(static_cast<size_t>(full), '#') : curve_text(curve, steps, full, width);
  return head + fmt::format("[{}{:-<{}}]", done_part, "", width - full) + tail;
}

Progress::Progress(std::string what, int64_t steps, bool quiet, int64_t done)
    : what_(std::move(what)),
      steps_(steps),
      first_(done),
      done_(done),
      quiet_(quiet),
      is_terminal_(isatty(STDERR_FILENO) != 0),
      start_(Clock::now()),
      printed_(start_) {}

void Progress::count(const std::string& unit, double per_step) {
  unit_ = unit;
  per_step_ = per_step;
}

void Progress::step(double loss) {
  ++done_;
  if (quiet_) return;
  const bool is_last = done_ == steps_;
  if (is_terminal_) {
    if (is_last || Clock::now() - printed_ > std::chrono::milliseconds(100)) print(loss);
  } else if (is_last || done_ % std::max<int64_t>(steps_ / 20, 1) == 0) {
    print(loss);
  }
}

void Progress::print(double loss) {
  printed_ = Clock::now();
  if (is_terminal_ && std::isfinite(loss)) curve_.push_back({done_, loss});
  const int columns = is_terminal_ ? terminal_columns() : 200;
  const std::string text =
      progress_text(what_, done_, steps_, loss, steps_per_second(), columns, curve_, unit_, per_step_);
  open_line_ = is_terminal_;
  write_to_stderr(is_terminal_ ? "\r" + text + "\033[K" : text + "\n");
}

void Progress::clear() {
  if (open_line_) write_to_stderr("\r\033[K");
  open_line_ = false;
}

void Progress::finish() {
  if (open_line_) write_to_stderr("\n");
  open_line_ = false;
}

double Progress::steps_per_second() const {
  return static_cast<double>(done_ - first_) / std::max(seconds_since(start_), 1e-9);
}

}  // namespace lt::apps
