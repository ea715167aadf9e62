#pragma once

// Tokenizers as files.

#include <string>

#include <libtensor/apps/tokenizer/model.h>

namespace lt::apps::tokenizer {

// A line each: the version, "minbpe v1" (the lecture's own) or "libtensor bpe v1"; the pattern; how many
// special tokens, and these with their ids; in ours how many characters, and these, and how many merges; the
// merges.
//   throws: IoError naming the file, the line, and what was expected there
Tokenizer load_model(const std::string& file);
//   throws: ValueError for an order of bytes that is not 0, 1, 2, ..., or a name with a line's end in it
std::string model_text(const Tokenizer& tokenizer);

// GPT-2's, by the two files that were published with it: vocab.json (or encoder.json) and merges.txt (or
// vocab.bpe).
//   throws: IoError naming the file, the line or the token, and what was expected there
Tokenizer load_gpt2(const std::string& vocab_json, const std::string& merges_txt);

// The vocabulary for people, "[a][b] -> [ab] 256", a line a token.
std::string listing(const Tokenizer& tokenizer);
// Bytes for people: control characters spelled out, and what is not UTF-8 as U+FFFD.
std::string rendered(std::string_view bytes);

}  // namespace lt::apps::tokenizer
