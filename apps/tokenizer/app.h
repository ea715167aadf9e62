#pragma once

// What the lecture's path (tokenizer.cpp) and the parts beside it share.

#include <string>
#include <string_view>
#include <vector>

#include <libtensor/apps/common/run.h>
#include <libtensor/apps/tokenizer/encoder.h>
#include <libtensor/apps/tokenizer/model.h>

namespace lt::apps::tokenizer {

// The defaults are the lecture's.
struct Flags {
  std::string kind = "all";
  int64_t vocab = 512;
  WordRange chars;
  std::vector<std::string> specials;
  std::vector<std::string> texts;  // --encode
  std::string save;
};

void declare(Options& options, Flags& flags);
// "tokenizer encode ..." and "tokenizer decode ...": filters from a file or standard input to standard
// output.
int encode_or_decode(int argc, char** argv, bool decodes);

// What --kind asks for.
Plan plan_of(const std::string& kind, const Flags& flags);
// Characters A up to B of a text.
//   throws: AppError where there is none
std::string range_of(const std::string& text, const WordRange& range);
// "70 299 310".
std::string joined(const Ids& ids);
// Chunks of a text, with | between them and line ends as \n.
std::string chunks_shown(const std::string& pattern, std::string_view text);

// Trains one kind: the merge log, the tokens of the text, the encodings of --encode; saves the last.
Trained train_and_show(Run& run, const Flags& flags, const std::string& kind, std::string_view text);
void save(Run& run, const Flags& flags, const Tokenizer& tokenizer);

// The beginning of a text with a colour for each token, spaces and line ends visible: terminal and report.
void show_tokens(Run& run, const Tokenizer& tokenizer, std::string_view text, const std::string& file,
                 const std::string& title);
// Bytes per token against the vocabulary's size.
void draw_sizes(Run& run, const Flags& flags, std::string_view text);

// The lecture's questions, answered by runs of our own.
void answer_why(Run& run, const Tokenizer& tokenizer, std::string_view text);

}  // namespace lt::apps::tokenizer
