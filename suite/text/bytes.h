// How bytes of unknown origin are shown to people: nothing that a terminal, a log or a shell could
// take for a command ever comes out of these functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace md5spec {

// Returns `bytes` as a printable ASCII line in double quotes: \n \r \t \0 \\ \" escaped so, every
// other byte outside 0x20-0x7E as \xNN. Shows at most `most` bytes; what is left out is told by a
// trailing "… (N bytes)".
std::string in_quotes(std::string_view bytes, std::size_t most = 96);

// Returns well-formed UTF-8 without control characters: what is printable in `bytes` stays as it is
// (letters of any script too), everything else becomes \xNN. For text that people wrote and a
// terminal may show.
std::string displayable(std::string_view bytes);

// Returns two lower-case hex digits a byte, no separators.
std::string hex(std::string_view bytes);

// Reads what hex() writes, upper case and blanks between bytes allowed. Returns false if `text` is
// anything else;
// `*bytes` then holds what came before the fault.
bool unhex(std::string_view text, std::string* bytes);

// Returns the padded standard base64 (RFC 4648, section 4) of `bytes`.
std::string base64(std::string_view bytes);

// Reads padded standard base64; blanks and line ends are skipped. Returns false if `text` is
// anything else.
bool unbase64(std::string_view text, std::string* bytes);

// Whether `bytes` is well-formed UTF-8 (Unicode, table 3-7: no overlong forms, no surrogates, at
// most U+10FFFF).
bool is_utf8(std::string_view bytes);

// Returns `bytes` as one shell word that printf(1) turns back into them: '…' around printable ASCII
// and octal escapes for the rest.
std::string printf_word(std::string_view bytes);

// Returns `text` as one word of a shell's command line, as it is where that needs no quotes. It is
// displayable.
std::string shell_word(const std::string& text);

// Returns "1 byte", "14 bytes", "1 MiB (1048576 bytes)".
std::string size_in_words(unsigned long long bytes);

}  // namespace md5spec
