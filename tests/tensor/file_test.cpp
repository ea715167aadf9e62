#include <libtensor/tensor/file.h>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <libtensor/tensor/error.h>
#include <libtensor/tests/expect.h>
#include <libtensor/tests/scratch.h>

namespace lt {
namespace {

namespace fs = std::filesystem;

TEST(File, ReadsBackEveryByte) {
  const Scratch scratch;
  std::string bytes;
  for (int i = 0; i < 200'000; ++i) bytes += static_cast<char>(i * 7);
  write_file_atomically(scratch.path("a"), bytes);
  EXPECT_EQ(read_file(scratch.path("a")), bytes);
}

TEST(File, ReadsAnEmptyFile) {
  const Scratch scratch;
  write_file_atomically(scratch.path("a"), "");
  EXPECT_EQ(read_file(scratch.path("a")), "");
}

TEST(File, WritesPartsOneAfterTheOther) {
  const Scratch scratch;
  write_file_atomically(scratch.path("a"), std::array<std::string_view, 3>{"one ", "", "two"});
  EXPECT_EQ(read_file(scratch.path("a")), "one two");
}

TEST(File, NamesAFileThatIsMissing) {
  EXPECT_EQ(error_text<IoError>([] { read_file("no/such/file"); }),
            "cannot read 'no/such/file': No such file or directory");
}

TEST(File, RefusesToReadAFolder) {
  const Scratch scratch;
  EXPECT_EQ(error_text<IoError>([&] { read_file(scratch.folder()); }),
            "cannot read '" + scratch.folder() + "': Is a directory");
}

TEST(File, ReadsWhatHasNoSizeOfItsOwn) { EXPECT_EQ(read_file("/proc/self/comm").back(), '\n'); }

TEST(File, ReplacesTheOldContentAndLeavesNothingBeside) {
  const Scratch scratch;
  scratch.put("a", "a long old content");
  write_file_atomically(scratch.path("a"), "new");
  EXPECT_EQ(read_file(scratch.path("a")), "new");
  EXPECT_EQ(scratch.names(), std::vector<std::string>{"a"});
}

TEST(File, KeepsTheOldFilesPermissions) {
  const Scratch scratch;
  const std::string path = scratch.put("a", "old");
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  write_file_atomically(path, "new");
  EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST(File, WritesThroughASymbolicLink) {
  const Scratch scratch;
  fs::create_directory(scratch.path("folder"));
  scratch.put("folder/target", "old");
  fs::create_symlink("folder/target", scratch.path("link"));
  write_file_atomically(scratch.path("link"), "new");
  EXPECT_TRUE(fs::is_symlink(scratch.path("link")));
  EXPECT_EQ(read_file(scratch.path("folder/target")), "new");
}

TEST(File, TakesANameOfTheGreatestLength) {
  const Scratch scratch;
  const std::string path = scratch.path(std::string(255, 'n'));
  write_file_atomically(path, "new");
  EXPECT_EQ(read_file(path), "new");
}

TEST(File, NamesAFolderThatIsMissing) {
  const Scratch scratch;
  const std::string path = scratch.path("missing/a");
  EXPECT_EQ(error_text<IoError>([&] { write_file_atomically(path, "new"); }),
            "cannot write '" + path + "': No such file or directory");
}

TEST(File, RefusesToReplaceAFolder) {
  const Scratch scratch;
  EXPECT_EQ(error_text<IoError>([&] { write_file_atomically(scratch.folder(), "new"); }),
            "cannot write '" + scratch.folder() + "': Is a directory");
}

TEST(File, SaysThatTheDiskIsFull) {
  if (!fs::is_character_file("/dev/full")) GTEST_SKIP() << "this system has no /dev/full";
  EXPECT_EQ(error_text<IoError>([] { write_file_atomically("/dev/full", "new"); }),
            "cannot write '/dev/full': No space left on device");
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
}

// Lets no file of this process grow past a size, as a disk does that fills up in the middle of a write.
class SizeLimit {
 public:
  explicit SizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  SizeLimit(const SizeLimit&) = delete;
  SizeLimit& operator=(const SizeLimit&) = delete;
  ~SizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  void (*handler_)(int);
  rlimit before_{};
};

TEST(File, LeavesTheOldFileWholeWhenAWriteFailsHalfway) {
  const Scratch scratch;
  const std::string path = scratch.put("a", "old");
  std::string text;
  {
    const SizeLimit limit(5000);
    text = error_text<IoError>([&] { write_file_atomically(path, std::string(100'000, 'x')); });
  }
  EXPECT_EQ(text, "cannot write '" + path + "': File too large");
  EXPECT_EQ(read_file(path), "old");
  EXPECT_EQ(scratch.names(), std::vector<std::string>{"a"});
}

// In a container each process may have the number 1: it once named its files after that.
TEST(File, WritesWhereAnEarlierProcessOfTheSameNumberLeftItsFiles) {
  const Scratch scratch;
  for (int serial = 0; serial < 2000; ++serial) {
    scratch.put(".lt-" + std::to_string(::getpid()) + "-" + std::to_string(serial) + ".tmp", "old");
  }
  check_writable(scratch.path("a"));
  write_file_atomically(scratch.path("a"), "new");
  EXPECT_EQ(read_file(scratch.path("a")), "new");
  EXPECT_EQ(scratch.names(), std::vector<std::string>{"a"});
}

// Runs f in a process of its own.
template <typename F>
pid_t forked(F f) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  f();
  std::_Exit(0);
}

int status_of_end(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

TEST(File, RemovesWhatAKilledWriterLeft) {
  const Scratch scratch;
  const std::string bytes(4'000'000, 'x');
  // Few kills come while there is a hidden file: killed again and again until one has.
  while (scratch.names().empty() || scratch.names() == std::vector<std::string>{"a"}) {
    const pid_t child = forked([&] {
      for (;;) write_file_atomically(scratch.path("a"), bytes);
    });
    while (scratch.names().empty() || scratch.names() == std::vector<std::string>{"a"}) ::usleep(100);
    ::kill(child, SIGKILL);
    EXPECT_TRUE(WIFSIGNALED(status_of_end(child)));
  }
  write_file_atomically(scratch.path("b"), "new");
  for (const std::string& name : scratch.names()) EXPECT_FALSE(name.starts_with(".lt-")) << name;
}

TEST(File, LeavesWhatAWriterIsAtWorkOnAndWhatIsNoWriters) {
  const Scratch scratch;
  const std::string at_work = scratch.put(".lt-0123456789abcdef.tmp", "half");
  const int file = ::open(at_work.c_str(), O_WRONLY | O_CLOEXEC);
  ASSERT_EQ(::flock(file, LOCK_EX), 0);
  scratch.put(".lt-notes", "a user's");
  fs::create_directory(scratch.path(".lt-folder.tmp"));
  fs::create_symlink(".lt-notes", scratch.path(".lt-link.tmp"));
  const std::vector<std::string> before = scratch.names();
  check_writable(scratch.path("a"));
  EXPECT_EQ(scratch.names(), before);
  ::close(file);
}

TEST(File, IsWrittenByManyProcessesAtOnceThatAllLookForLeftovers) {
  const Scratch scratch;
  std::vector<pid_t> children;
  for (int i = 0; i < 60; ++i) {
    children.push_back(forked([&] { write_file_atomically(scratch.path("a"), std::string(50'000, 'x')); }));
  }
  for (const pid_t child : children) EXPECT_EQ(status_of_end(child), 0);
  EXPECT_EQ(read_file(scratch.path("a")), std::string(50'000, 'x'));
  EXPECT_EQ(scratch.names(), std::vector<std::string>{"a"});
}

TEST(File, ForeseesWhatAWriteWouldRefuseAndTouchesNothing) {
  const Scratch scratch;
  scratch.put("file", "old");
  fs::create_directory(scratch.path("folder"));
  fs::create_symlink("missing/target", scratch.path("link"));
  const std::vector<std::string> before = scratch.names();
  for (const auto& [name, why] : {std::pair{"missing/a", "No such file or directory"},
                                  {"link", "No such file or directory"},
                                  {"folder", "Is a directory"},
                                  {"file/a", "Not a directory"},
                                  {"file/", "Not a directory"}}) {
    const std::string path = scratch.path(name);
    const std::string expected = "cannot write '" + path + "': " + why;
    EXPECT_EQ(error_text<IoError>([&] { check_writable(path); }), expected);
    EXPECT_EQ(error_text<IoError>([&] { write_file_atomically(path, "new"); }), expected);
  }
  const std::string long_name = scratch.path(std::string(256, 'n'));
  EXPECT_EQ(error_text<IoError>([&] { check_writable(long_name); }),
            "cannot write '" + long_name + "': File name too long");
  check_writable(scratch.path("file"));
  check_writable(scratch.path("new"));
  EXPECT_EQ(read_file(scratch.path("file")), "old");
  EXPECT_EQ(scratch.names(), before);
}

TEST(File, ForeseesWhatPermissionsRefuse) {
  if (::geteuid() == 0) GTEST_SKIP() << "nothing is refused to root";
  const Scratch scratch;
  const std::string path = scratch.put("file", "old");
  fs::permissions(path, fs::perms::owner_read);
  EXPECT_EQ(error_text<IoError>([&] { check_writable(path); }),
            "cannot write '" + path + "': Permission denied");
  fs::permissions(scratch.folder(), fs::perms::owner_read | fs::perms::owner_exec);
  const std::string beside = scratch.path("new");
  EXPECT_EQ(error_text<IoError>([&] { check_writable(beside); }),
            "cannot write '" + beside + "': Permission denied");
  fs::permissions(scratch.folder(), fs::perms::owner_all);
}

}  // namespace
}  // namespace lt
