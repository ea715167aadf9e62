#pragma once

// What the lecture's path (bigram.cpp) and the parts beside it share.

#include <string>
#include <vector>

#include <libtensor/apps/common/counts.h>
#include <libtensor/apps/common/run.h>

namespace lt::apps::bigram {

// The defaults are the lecture's.
struct Flags {
  int64_t order = 2;
  double smoothing = 1;
  bool tune = false;
  std::vector<std::string> score;
  int64_t top = 10;
  int64_t trace = 3;
  bool show_broadcast_bug = false;
};

void declare(Options& options, Flags& flags);

std::vector<std::string> first_of(const std::vector<std::string>& words, int64_t how_many);  // at most
std::string joined(const std::vector<std::string>& texts);                                   // by spaces
std::string joined(const IntTensor& ids);

// The list of names, in figures.
void read_names(Run& run, const std::vector<std::string>& words);
// The table of pairs in figures, and as a picture in blues.
void show_table(Run& run, const IntTensor& N, const Vocabulary& vocabulary, int64_t top);
// What smoothing does to the row that is surest of what follows, at each K.
void draw_smoothing(Run& run, const IntTensor& N, const Vocabulary& vocabulary);
// The most frequent, "n. 6763, a. 6640", and the log's event "counts".
void show_counts(Run& run, const IntTensor& N, const Vocabulary& vocabulary, int64_t top);
// The log's event "nll".
void log_nll(Run& run, const IntTensor& N, double K);

// --score: each word's likelihood, character by character.
void show_scores(Run& run, const Flags& flags, const IntTensor& N, const Vocabulary& vocabulary, double K);

// Why the lecture divides by sums of shape (27, 1): the same line without keepdim.
void show_broadcast_bug(Run& run, const IntTensor& N, const Vocabulary& vocabulary);

// --tune: counts train names, tries smoothings on dev names, looks at test names once. Returns the best
// smoothing.
//   throws: AppError for fewer than 10 names
double tune(Run& run, const Split& split, const Vocabulary& vocabulary, int64_t order);

// How much better a table of trigrams is, and how much larger.
void look_two_back(Run& run, const std::vector<std::string>& words, const Vocabulary& vocabulary);

// --order 3: contexts of two characters.
void trigram(Run& run, const Flags& flags, const Words& data, const Vocabulary& vocabulary);

}  // namespace lt::apps::bigram
