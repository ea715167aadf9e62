#pragma once

// log.jsonl: one JSON object a line, for scripts. cli.md lists the events.

#include <concepts>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lt::apps {

// One JSON value, already as text. A float has 9 significant digits; a double the shortest text that reads
// back as the same number (17 at most); infinite and NaN are the strings "inf", "-inf", "nan". Text that is
// not UTF-8 is repaired with U+FFFD.
class Json {
 public:
  template <std::integral I>
  Json(I value) : text_(std::to_string(value)) {}                    // NOLINT: implicit
  Json(bool value) : text_(value ? "true" : "false") {}              // NOLINT: implicit
  Json(float value);                                                 // NOLINT: implicit
  Json(double value);                                                // NOLINT: implicit
  Json(std::string_view value);                                      // NOLINT: implicit
  Json(const std::string& value) : Json(std::string_view(value)) {}  // NOLINT: implicit
  Json(const char* value) : Json(std::string_view(value)) {}         // NOLINT: implicit
  template <typename T>
  Json(const std::vector<T>& values)  // NOLINT: implicit
      : Json(list(std::vector<Json>(values.begin(), values.end()))) {}

  // [1,"two",[3]]
  static Json list(const std::vector<Json>& values);

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

struct Field {
  std::string name;
  Json value;
};

// {"event":"step","step":0,"loss":3.3239} without the newline.
std::string to_json_line(std::string_view event, const std::vector<Field>& fields);

// A log file, appended to (each run starts with its "config" line), a whole line at a time. Training comes
// first: that a line cannot be written (a full disk) is said once on standard error, and is no more than
// that. Default-made, it writes nothing.
class Log {
 public:
  Log() = default;
  // Ends the last line, should a run that was killed have left half of it.
  //   throws: IoError naming the file where it cannot be opened
  explicit Log(const std::string& path);

  void write(std::string_view event, const std::vector<Field>& fields);
  // Was a line not written?
  bool failed() const { return failed_; }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  void put(const std::string& line);

  std::unique_ptr<std::FILE, Close> file_;
  std::string path_;
  bool failed_ = false;
};

// Is a step logged? All of them where there are at most 20; else 0, 1, 2, 5, 10, ... 5000, then every 10000,
// the last, and every `log_every`-th (0: no more).
bool is_logged_step(int64_t step, int64_t steps, int64_t log_every);

}  // namespace lt::apps
