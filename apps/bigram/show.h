#pragma once

// How this app shows what it has: texts, pictures, log lines, and the closing names.

#include <string>
#include <vector>

#include <libtensor/apps/common/counts.h>
#include <libtensor/apps/common/run.h>

namespace lt::apps {

// The app's own flags, at the lecture's values.
struct Flags {
  int64_t order = 2;
  double smoothing = 1;
  bool tune = false;
  std::vector<std::string> score;
  int64_t top = 10;
  int64_t trace = 3;
  bool show_broadcast_bug = false;
};

std::vector<std::string> first_of(const std::vector<std::string>& words, int64_t how_many);  // at most
std::string joined(const std::vector<std::string>& texts);                                   // by spaces
std::string joined(const IntTensor& ids);
// "n. 6763, a. 6640": at most `how_many`.
std::string listed(const std::vector<Frequent>& frequent, size_t how_many);
// A line for each step of a word: symbols, probability, logarithm.
std::string steps_text(const std::string& word, const Vocabulary& vocabulary, const DoubleTensor& P);

// The same for several words, on the terminal and in the report.
void show_steps(Run& run, const std::vector<std::string>& words, const Vocabulary& vocabulary,
                const DoubleTensor& P);

// The table in blues with its counts, and how names begin.
void draw_counts(Run& run, const IntTensor& N, const Vocabulary& vocabulary);
// "counts" and "nll".
void log_counts(Run& run, const IntTensor& N, const std::vector<Frequent>& frequent);
void log_nll(Run& run, const IntTensor& N, double K);

// --score: each word's likelihood.
void show_scores(Run& run, const std::vector<std::string>& words, const IntTensor& N,
                 const Vocabulary& vocabulary, double K);
// The samples at the end, and what --check expects of them.
void show_names(Run& run, const IntTensor& N, const Vocabulary& vocabulary, double K,
                const std::string& lecture);

}  // namespace lt::apps
