#include <libtensor/apps/common/save_file.h>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include <libtensor/tensor/error.h>
#include <libtensor/tests/expect.h>
#include <libtensor/tests/scratch.h>

namespace lt::apps {
namespace {

namespace fs = std::filesystem;

std::string refusal_to_save(const std::string& file, const std::string& data) {
  return error_text<IoError>([&] { check_save_file(file, {{"the log", "/nowhere"}, {"the data", data}}); });
}

TEST(SaveFile, IsNoFileThatTheRunNeedsWhateverItsName) {
  const Scratch scratch;
  const std::string data = scratch.put("data", "emma\n");
  fs::create_hard_link(data, scratch.path("hard"));
  fs::create_symlink("data", scratch.path("soft"));
  fs::create_directory(scratch.path("folder"));
  for (const char* name : {"data", "hard", "soft", "folder/../data", "./data"}) {
    const std::string file = scratch.path(name);
    EXPECT_EQ(refusal_to_save(file, data), "cannot write '" + file + "': it is the data of this run");
  }
  EXPECT_EQ(refusal_to_save(scratch.path("other"), data), "no error");
  EXPECT_EQ(refusal_to_save(scratch.path("other"), ""), "no error");
}

TEST(SaveFile, IsNoFileThatTheRunWillWriteEither) {
  const Scratch scratch;
  const std::string report = scratch.path("report.html");
  fs::create_symlink("report.html", scratch.path("soft"));
  fs::create_directory(scratch.path("folder"));
  for (const char* name : {"report.html", "soft", "folder/../report.html"}) {
    const std::string file = scratch.path(name);
    EXPECT_EQ(refusal_to_save(file, report), "cannot write '" + file + "': it is the data of this run");
  }
  EXPECT_FALSE(fs::exists(report));
}

TEST(SaveFile, IsARegularOne) {
  const Scratch scratch;
  const std::string pipe = scratch.path("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  fs::create_symlink("pipe", scratch.path("soft"));
  for (const std::string& file : {pipe, scratch.path("soft"), std::string("/dev/null")}) {
    EXPECT_EQ(refusal_to_save(file, ""), "cannot write '" + file + "': it is no regular file");
    EXPECT_EQ(error_text<IoError>([&] { check_resume_file(file); }),
              "cannot read '" + file + "': it is no regular file");
  }
  EXPECT_EQ(refusal_to_save(scratch.folder(), ""), "cannot write '" + scratch.folder() + "': Is a directory");
  EXPECT_EQ(error_text<IoError>([&] { check_resume_file(scratch.folder()); }),
            "cannot read '" + scratch.folder() + "': Is a directory");
}

TEST(SaveFile, ThatFailsInTheMiddleOfARunIsSpokenOfOnce) {
  bool has_failed = false;
  testing::internal::CaptureStderr();
  for (int i = 0; i < 3; ++i) write_or_go_on([] { throw IoError("cannot write 'a': full"); }, has_failed);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "cannot write 'a': full; the run goes on\n");
  EXPECT_TRUE(has_failed);
}

}  // namespace
}  // namespace lt::apps
