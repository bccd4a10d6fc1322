#include "report/files.h"

#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "conduct/endpoint.h"
#include "target/scratch_folder.h"

namespace md5spec {
namespace {

namespace fs = std::filesystem;

std::string content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::size_t files_in(const ScratchFolder& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder.path("")), fs::directory_iterator()));
}

class WriteFileTest : public testing::Test {
 protected:
  // What a failure to write says; empty if there was none.
  static std::string complaint(const std::string& path) {
    try {
      write_file(path, "new");
    } catch (const UsageError& error) {
      return error.what();
    }
    return "";
  }

  ScratchFolder folder_;
};

TEST_F(WriteFileTest, MakesAFileOrReplacesOne) {
  const std::string path = folder_.path("file");
  write_file(path, "old");
  std::ifstream reader(path);
  write_file(path, std::string(200'000, 'x'));
  EXPECT_EQ(content(path), std::string(200'000, 'x'));
  // Whoever had it open sees the old one to its end.
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(reader), {}), "old");
  EXPECT_EQ(files_in(folder_), 1U);
}

TEST_F(WriteFileTest, LeavesTheFileAsItWasWhenWritingFails) {
  const std::string path = folder_.path("file");
  write_file(path, "old");
  const auto fail = [](std::ostream& out) {
    out << "half";
    throw std::runtime_error("no more");
  };
  EXPECT_THROW(write_file(path, fail), std::runtime_error);
  EXPECT_EQ(content(path), "old");
  EXPECT_EQ(files_in(folder_), 1U);
}

TEST_F(WriteFileTest, FollowsLinks) {
  fs::create_directory(folder_.path("a"));
  fs::create_symlink("a/target", folder_.path("two"));
  fs::create_symlink(folder_.path("two"), folder_.path("one"));
  for (const char* text : {"new", "newer"}) {  // also one whose target isn't there yet
    write_file(folder_.path("one"), text);
    EXPECT_EQ(content(folder_.path("a/target")), text);
    EXPECT_TRUE(fs::is_symlink(folder_.path("one")));
    EXPECT_TRUE(fs::is_symlink(folder_.path("two")));
    EXPECT_EQ(files_in(folder_), 3U);
  }
}

TEST_F(WriteFileTest, LeavesALinkThatLeadsNowhereAlone) {
  fs::create_symlink("loop", folder_.path("loop"));
  EXPECT_EQ(complaint(folder_.path("loop")),
            "can't write " + folder_.path("loop") + ": Too many levels of symbolic links");
  EXPECT_TRUE(fs::is_symlink(folder_.path("loop")));
}

TEST_F(WriteFileTest, WritesIntoAFifo) {
  const std::string path = folder_.path("fifo");
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  auto read = std::async(std::launch::async, [&] { return content(path); });
  write_file(path, std::string(200'000, 'x'));
  EXPECT_EQ(read.get(), std::string(200'000, 'x'));
  EXPECT_TRUE(fs::is_fifo(path));
}

TEST_F(WriteFileTest, SaysThatADeviceIsFull) {
  // One of the test's own: the machine's mustn't be in danger from what this tests.
  const std::string path = folder_.path("full");
  constexpr unsigned kMemory = 1;
  constexpr unsigned kFull = 7;
  if (mknod(path.c_str(), S_IFCHR | 0600, makedev(kMemory, kFull)) != 0 ||
      access(path.c_str(), W_OK) != 0)
    GTEST_SKIP() << "only root may make devices, and not everywhere";
  fs::create_symlink("full", folder_.path("link"));
  for (const char* name : {"full", "link"}) {
    EXPECT_EQ(complaint(folder_.path(name)),
              "can't write " + folder_.path(name) + ": No space left on device");
    EXPECT_TRUE(fs::is_character_file(path));
  }
  EXPECT_TRUE(fs::is_symlink(folder_.path("link")));
}

TEST_F(WriteFileTest, WritesOnInAnOpenFile) {
  const std::string path = folder_.path("file");
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT, 0600);
  ASSERT_GE(descriptor, 0);
  ASSERT_EQ(write(descriptor, "old ", 4), 4);
  write_file(fmt::format("/proc/self/fd/{}", descriptor), "new ");
  fs::create_symlink(fmt::format("/proc/thread-self/fd/{}", descriptor), folder_.path("link"));
  write_file(folder_.path("link"), "newer");
  EXPECT_EQ(content(path), "old new newer");
  close(descriptor);
}

TEST_F(WriteFileTest, SaysWhatElseIsWrong) {
  EXPECT_EQ(complaint(folder_.path("none/file")),
            "can't write " + folder_.path("none/file") + ": No such file or directory");
  EXPECT_EQ(complaint(folder_.path("")), "can't write " + folder_.path("") + ": Is a directory");
}

}  // namespace
}  // namespace md5spec
