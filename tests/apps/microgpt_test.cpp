#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

#include <libtensor/apps/microgpt/microgpt.h>
#include <libtensor/tests/apps/app_run.h>

// microgpt: both engines against each other and finite differences, the figures, and resuming.

namespace lt::apps::microgpt {
namespace {

using testing::HasSubstr;

constexpr Sizes kSmall{.vocabulary = 5, .block = 4, .embed = 6, .heads = 2, .layers = 2};
const Names kThree{{4, 0, 1, 4}, {4, 3, 3, 2, 1, 0, 4}, {4, 2, 4}};  // the second is longer than the block

Weights small_weights() {
  PythonRandom random(7);
  return draw_weights(kSmall, random);
}

TEST(Microgpt, GradientsOfBothEnginesAreThoseOfFiniteDifferences) {
  const Scope scope;
  for (const auto engine : {scalar_gpt, tensor_gpt}) {
    const auto model = engine(kSmall, small_weights());
    model->backward(kThree);
    const Numbers gradients = model->gradients;
    ASSERT_EQ(gradients.size(), model->parameters.size());
    for (size_t i = 0; i < gradients.size(); i += 7) {
      const double at = *model->parameters[i], h = 1e-5;
      *model->parameters[i] = at + h;
      const double above = model->backward(kThree);
      *model->parameters[i] = at - h;
      const double below = model->backward(kThree);
      *model->parameters[i] = at;
      EXPECT_NEAR(gradients[i], (above - below) / (2 * h), 1e-8) << "parameter " << i;
    }
  }
}

TEST(Microgpt, EnginesAgreeOnLossesGradientsLogitsAndAttention) {
  const Scope scope;
  const auto scalar = scalar_gpt(kSmall, small_weights()), tensor = tensor_gpt(kSmall, small_weights());
  EXPECT_NEAR(scalar->backward(kThree), tensor->backward(kThree), 1e-14);
  for (size_t i = 0; i < scalar->gradients.size(); ++i)
    EXPECT_NEAR(scalar->gradients[i], tensor->gradients[i], 1e-14);
  const Ids ids{4, 3, 1, 2};
  const Numbers ours = scalar->logits(ids), theirs = tensor->logits(ids);
  for (size_t i = 0; i < ours.size(); ++i) EXPECT_NEAR(ours[i], theirs[i], 1e-14);
  const auto weights = scalar->attention(ids), same = tensor->attention(ids);
  ASSERT_EQ(weights.size(), 16U);  // 4 positions, 2 layers, 2 heads
  ASSERT_EQ(same.size(), 16U);
  for (size_t i = 0; i < weights.size(); ++i) {
    ASSERT_EQ(weights[i].size(), i / 4 + 1);  // nothing looks ahead
    for (size_t t = 0; t < weights[i].size(); ++t) EXPECT_NEAR(weights[i][t], same[i][t], 1e-14);
  }
}

TEST(Microgpt, AStepOfTensorsHasAsManyNodesForAnyNumberOfNames) {
  const Scope scope;
  const auto scalar = scalar_gpt(kSmall, small_weights()), tensor = tensor_gpt(kSmall, small_weights());
  EXPECT_EQ(tensor->nodes({kThree[0]}), tensor->nodes(kThree));
  EXPECT_GT(scalar->nodes(kThree), 2 * scalar->nodes({kThree[0]}));
  EXPECT_GT(scalar->nodes({kThree[0]}), 20 * tensor->nodes({kThree[0]}));
}

TEST(Microgpt, GivesItsFiguresOnTheEmbeddedNames) {
  const Scratch scratch;
  for (const char* flags : {"--steps 20", "--engine tensor --steps 20"}) {
    const Outcome run =
        run_in(scratch, fmt::format("microgpt --check --no-out --quiet --data embedded {}", flags));
    EXPECT_EQ(run.code, 0) << run.out << run.err;
    EXPECT_THAT(run.out, testing::ContainsRegex("check: (23 of 23|24 of 24) figures agree")) << flags;
  }
}

TEST(Microgpt, GivesItsFiguresAndTheKnownNamesOnTheLecturesNames) {
  if (!std::filesystem::exists(lt::apps::kNames))
    GTEST_SKIP() << "needs the lecture's names.txt in ../shared/data";
  const Scratch scratch;
  const Outcome run =
      run_in(scratch, "microgpt --check --engine tensor --no-out --quiet --data '" + lt::apps::kNames + "'");
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_THAT(run.out, HasSubstr("check: 15 of 15 figures agree"));
}

TEST(Microgpt, KilledAndResumedEndsWithTheSameBits) {
  const Scratch scratch;
  const std::string app = "microgpt --engine tensor --steps 300 --samples 2 --quiet --save-every 10 ";
  ASSERT_EQ(run_in(scratch, app + "--out whole").code, 0);
  const std::string file = scratch.path("part/checkpoint.safetensors");
  const pid_t run = start_in(scratch, "exec $BIN/" + app + "--data embedded --out part >/dev/null 2>&1");
  while (!std::filesystem::exists(file)) ::usleep(1000);
  ::kill(run, SIGKILL);
  ASSERT_EQ(wait_for(run), 128 + SIGKILL);
  const Outcome rest = run_in(scratch, app + "--out part --resume " + file);
  ASSERT_EQ(rest.code, 0) << rest.err;
  EXPECT_EQ(slurp(file), slurp(scratch.path("whole/checkpoint.safetensors")));
}

TEST(Microgpt, ShowsTheCodeTheGraphAttentionAndWhatAStepCosts) {
  const Scratch scratch;
  const Outcome run = run_in(scratch, "microgpt --steps 3 --samples 2 --out o");
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("tensors, 32 names a step"));
  for (const char* figure : {"tiny.svg", "loss.svg", "attention.svg"})
    EXPECT_TRUE(std::filesystem::exists(scratch.path(std::string("o/") + figure))) << figure;
  const std::string attention = slurp(scratch.path("o/attention.svg"));
  for (const char* head : {">Layer 1, head 1<", ">Layer 1, head 4<"}) EXPECT_THAT(attention, HasSubstr(head));
}

TEST(Microgpt, RefusesHeadsThatDoNotShareTheWidth) {
  const Scratch scratch;
  const Outcome run = run_in(scratch, "microgpt --embed 10 --heads 4");
  EXPECT_EQ(run.code, 2);
  EXPECT_EQ(run.err, "microgpt: --embed 10 cannot be shared among --heads 4 (--help lists the flags)\n");
  EXPECT_TRUE(scratch.names().empty());
}

}  // namespace
}  // namespace lt::apps::microgpt
