#include "report/badge.h"

#include <nlohmann/json.hpp>

#include "report/page.h"

namespace md5spec {
namespace {

struct Look {
  const char* message;
  const char* colour;
};

}  // namespace

std::string to_badge(const ReportDocument& report) {
  const auto look = [&]() -> Look {
    switch (worst_verdict(report.runs)) {
      case Verdict::kConformant:
        return {"conformant", "brightgreen"};
      case Verdict::kConformantWithWarnings:
        return {"conformant, with warnings", "yellow"};
      case Verdict::kNonConformant:
        return {"not conformant", "red"};
      case Verdict::kInconclusive:
        break;
    }
    return {"inconclusive", "lightgrey"};
  }();
  std::string message = look.message;
  // A narrowed run proves less than its verdict sounds like.
  if (!report.selection.narrowed_by().empty()) message += " (in part)";
  const nlohmann::ordered_json json = {
      {"schemaVersion", 1}, {"label", "MD5 server"}, {"message", message}, {"color", look.colour}};
  return json.dump(1) + "\n";
}

}  // namespace md5spec
