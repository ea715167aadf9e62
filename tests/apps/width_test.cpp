#include <gtest/gtest.h>

#include <sstream>

#include <libtensor/apps/common/utf8.h>
#include <libtensor/tests/apps/app_run.h>

// What every app prints fits a terminal of 80 columns.

namespace lt::apps {
namespace {

void expect_eighty_columns(const std::string& command) {
  const Scratch scratch;
  const Outcome run = run_in(scratch, command);
  EXPECT_EQ(run.code, 0) << command << "\n" << run.err;
  std::istringstream lines(run.out);
  for (std::string line; std::getline(lines, line);)
    EXPECT_LE(display_width(line), 80) << command << " prints:\n" << line;
}

TEST(Width, OfHelpIsEightyColumns) {
  for (const char* app : {"micrograd", "bigram", "bigram_net", "mlp", "activations", "backprop", "wavenet",
                          "gpt", "makemore", "microgpt"})
    expect_eighty_columns(std::string(app) + " --help");
  expect_eighty_columns("mlp --version");
}

TEST(Width, OfEveryAppIsEightyColumns) {
  for (const char* command : {"micrograd --steps 3",
                              "micrograd --task exercise",
                              "bigram --data embedded --tune",
                              "bigram --data embedded --order 3",
                              "bigram_net --data embedded --steps 3",
                              "bigram_net --data embedded --words :50 --order 3 --steps 3",
                              "mlp --data embedded --words :300 --steps 20",
                              "mlp --data embedded --words :300 --overfit 5 --steps 20",
                              "mlp --data embedded --words :300 --find-lr",
                              "mlp --data embedded --words :300 --search --steps 3",
                              "activations --data embedded --words :300 --stage all --steps 20",
                              "activations --data embedded --words :300 --deep --steps 5",
                              "activations --data embedded --words :300 --exercise 1 --steps 5",
                              "activations --data embedded --words :300 --exercise 2 --steps 5",
                              "activations --data embedded --words :300 --widget 1",
                              "backprop --data embedded --words :300 --steps 20",
                              "wavenet --data embedded --words :300 --embed 4 --hidden 8 --steps 2000",
                              "wavenet --data embedded --words :300 --table --steps 2",
                              "wavenet --data embedded --words :300 --exercise 1 --hidden 8 --steps 2",
                              "wavenet --data embedded --words :300 --exercise 2 --bn-bug",
                              "wavenet --data embedded --words :300 --exercise 3 --hidden 8 --steps 2",
                              "makemore --data embedded --words :300 --type bow --steps 230",
                              "makemore --data embedded --words :300 --compare --steps 2",
                              "microgpt --data embedded --steps 3",
                              "gpt --data embedded --steps 3 --eval-iters 1",
                              "gpt --data embedded --exercise gpt2",
                              "gpt --data embedded --exercise 4 --steps 3 --eval-iters 1"}) {
    expect_eighty_columns(std::string(command));
  }
}

}  // namespace
}  // namespace lt::apps
