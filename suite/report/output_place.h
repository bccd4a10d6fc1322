// Where a file that somebody asks for really ends up: behind links, in a device, in a pipe.
#pragma once

#include <string>

namespace md5spec {

struct OutputPlace {
  enum class Kind {
    kFile,        // a regular file or none yet: may be replaced by a whole new one
    kThrough,     // a device, a FIFO: there is nothing to replace, only to write to
    kDescriptor,  // an open file of this process (/dev/stdout, /dev/fd/3)
  };
  Kind kind = Kind::kFile;
  std::string path;     // kFile: the file itself, whatever links led to it
  int descriptor = -1;  // kDescriptor
};

// Follows symbolic links, also one whose target isn't there yet. Never throws: what can't be found
// out shows when it is opened.
OutputPlace output_place(const std::string& path);

}  // namespace md5spec
