// A certificate as what is signed: an in-toto statement (version 1) whose predicate is a test
// result.
#pragma once

#include <string>

#include "report/certificate.h"

namespace md5spec {

inline constexpr const char* kStatementType = "https://in-toto.io/Statement/v1";
inline constexpr const char* kPredicateType = "https://in-toto.io/attestation/test-result/v0.1";
inline constexpr const char* kPayloadType = "application/vnd.in-toto+json";

std::string to_statement(const Certificate& certificate);

// Reads a statement; `file` is its name in errors. Throws InputError for all that to_statement()
// wouldn't have written for what it returns, but for the way in which the transcripts are
// compressed.
Certificate read_statement(const std::string& text, const std::string& file);

}  // namespace md5spec
