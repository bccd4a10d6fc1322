#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "catalogue/catalogue.h"
#include "cli/commands.h"
#include "cli/data_folder.h"
#include "conduct/endpoint.h"
#include "report/certificate.h"
#include "report/dsse.h"
#include "report/files.h"
#include "report/report_reader.h"
#include "report/statement.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

constexpr std::string_view kDigestPrefix = "sha256:";

struct AttestOptions {
  std::string report;
  std::vector<std::string> transcripts;
  std::vector<std::string> subjects;
  std::vector<std::string> cases;
  std::string key;
  std::string out;
};

// NAME=FILE or NAME=sha256:DIGEST
Subject read_subject(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
    throw UsageError(
        fmt::format("--subject {}: must be NAME=FILE or NAME=sha256:DIGEST", in_quotes(text)));
  }
  const std::string name = text.substr(0, equals);
  const std::string what = text.substr(equals + 1);
  if (!what.starts_with(kDigestPrefix)) return {name, sha256_of_file(what)};
  const std::string digest = what.substr(kDigestPrefix.size());
  if (digest.size() != 64 || digest.find_first_not_of("0123456789abcdef") != std::string::npos) {
    throw UsageError(
        fmt::format("--subject {}: a SHA-256 has 64 lower-case hex digits", in_quotes(text)));
  }
  return {name, digest};
}

std::map<std::string, std::string> untried_in(const ReportDocument& report) {
  std::map<std::string, std::string> all;
  for (const RunDocument& run : report.runs) {
    for (const CaseDocument& one : run.cases) {
      if (one.basis.kind == Basis::Kind::kUntried)
        all[run.profile + "/" + one.id] = one.basis.reason;
    }
  }
  return all;
}

int refuse(const std::string& why) {
  fmt::print(stderr, "md5spec: no certificate: {}\n", displayable(why));
  return kExitFailed;
}

int run(const AttestOptions& options) {
  const ReportDocument report = load_report(options.report);
  const PrivateKey key = PrivateKey::load(options.key);
  std::vector<Subject> subjects;
  for (const std::string& one : options.subjects) subjects.push_back(read_subject(one));
  const Catalogue catalogue = Catalogue::load(cases_folder(), options.cases);
  if (report.catalogue_sha256 != catalogue.sha256()) {
    return refuse(
        "the report is of another catalogue of cases than this md5spec's; give the --cases that it "
        "was made with, or use the version that made it");
  }
  std::vector<std::string> texts;
  for (const std::string& file : options.transcripts) texts.push_back(read_file(file));
  std::vector<TranscriptsText> files;
  for (std::size_t i = 0; i < texts.size(); ++i)
    files.push_back({texts[i], options.transcripts[i]});
  std::string statement;
  try {
    const Rejudged rejudged = rejudge(catalogue, files, untried_in(report));
    if (const std::string other = difference(report, rejudged); !other.empty())
      return refuse(other);
    if (const std::string why = why_not_certifiable(report, catalogue); !why.empty())
      return refuse(why);
    const Certificate certificate = certify(report, rejudged, subjects, texts);
    if (const std::string other = difference(certificate, rejudged); !other.empty())
      return refuse(other);
    statement = to_statement(certificate);
  } catch (const RejudgeError& error) {
    return refuse(error.what());
  }
  write_file(options.out, seal(kPayloadType, statement, key));
  fmt::print("{}: signed with the key {}\n", displayable(options.out), key.id());
  return kExitGood;
}

}  // namespace

void add_attest(CLI::App& app, Command* chosen) {
  auto options = std::make_shared<AttestOptions>();
  CLI::App* command = app.add_subcommand("attest",
                                         "Writes a signed certificate of a run that found a server "
                                         "conformant.");
  command->add_option("report", options->report, "The run's JSON report")
      ->required()
      ->option_text("REPORT.json");
  command
      ->add_option("--transcripts", options->transcripts,
                   "What the run wrote with --transcripts; of a merged report, each part's")
      ->required()
      ->allow_extra_args(false);
  command
      ->add_option("--subject", options->subjects,
                   "What was tested: NAME=FILE (the server's binary, an image), or "
                   "NAME=sha256:DIGEST")
      ->required()
      ->allow_extra_args(false);
  command->add_option("--key", options->key, "An Ed25519 private key, in PEM")->required();
  command->add_option("-o", options->out, "Where to write the certificate")->required();
  command->add_option("--cases", options->cases, "The --cases that the run was given")
      ->envname("MD5SPEC_CASES")
      ->allow_extra_args(false);
  command->footer(
      "The run must have had all cases, no known failures, no interruption, and must have found "
      "the "
      "server\nconformant; the transcripts are judged again. docs/certification.md says what a "
      "certificate proves.\n"
      "Exit status: 0 written, 1 the run can't be certified, 2 bad usage or file.");
  command->callback([options, chosen] { *chosen = [options] { return run(*options); }; });
}

}  // namespace md5spec
