#include <libtensor/apps/tokenizer/app.h>

namespace lt::apps::tokenizer {

void declare(Options& options, Flags& flags) {
  options.leave_out({"--seed", "--samples", "--sample-seed", "--sampling", "--profile"});  // nothing is drawn
  options.add("--kind all|basic|gpt2|gpt4|codepoint", flags.kind,
              "train this tokenizer alone; all: the whole lecture", {.selects = true});
  options.add("--vocab V", flags.vocab, "tokens in the vocabulary, 256 bytes and special ones among them",
              {.min = 256, .max = 1 << 20});
  options.add("--chars A:B", flags.chars, "train on characters A up to B (not included) of the text",
              {.group = "Data"});
  options.add("--special NAME", flags.specials,
              "a special token, as \"<|endoftext|>\"; it takes the last id");
  options.add("--encode TEXT", flags.texts, "show this text's ids", {.shows = true});
  options.add("--save MODEL", flags.save, "the tokenizer's file, and beside it MODEL.vocab for people",
              {.writes = true, .shows = true});
}

}  // namespace lt::apps::tokenizer
