#include "wire/system_error.h"

#include <cerrno>

#include <gtest/gtest.h>

namespace md5spec {
namespace {

TEST(SystemErrorTest, AReasonIsKnownWhicheverLibraryTellsIt) {
  for (const std::error_category* category :
       {&asio::error::get_system_category(), &std::system_category(), &std::generic_category()}) {
    EXPECT_TRUE(failed_for({ENOMEM, *category}, std::errc::not_enough_memory)) << category->name();
    EXPECT_TRUE(failed_for({EMFILE, *category}, std::errc::too_many_files_open))
        << category->name();
    EXPECT_FALSE(failed_for({EMFILE, *category}, std::errc::not_enough_memory)) << category->name();
  }
}

TEST(SystemErrorTest, WhatIsNoneOfTheSystemsIsNoReason) {
  EXPECT_FALSE(failed_for({}, std::errc::not_enough_memory));
  // Its number is that of a missing file.
  EXPECT_FALSE(failed_for(asio::error::eof, std::errc::no_such_file_or_directory));
}

}  // namespace
}  // namespace md5spec
