#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>

#include "catalogue/catalogue.h"
#include "cli/commands.h"
#include "cli/data_folder.h"
#include "report/certificate.h"
#include "report/dsse.h"
#include "report/files.h"
#include "report/statement.h"
#include "report/version.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

struct VerifyOptions {
  std::string file;
  std::string key;
  std::vector<std::string> subjects;
  std::vector<std::string> cases;
};

// What doesn't hold about the certificate; empty if all does.
std::string judge_again(const VerifyOptions& options, const Certificate& certificate) {
  if (Catalogue::sha256_of(cases_folder(), options.cases) != certificate.catalogue_sha256) {
    return fmt::format(
        "it is of another catalogue of cases than this md5spec's ({}); give the --cases that the "
        "run was given, or use version {}",
        certificate.catalogue_sha256, certificate.suite_version);
  }
  const Catalogue catalogue = Catalogue::load(cases_folder(), options.cases);
  std::vector<TranscriptsText> files;
  for (const std::string& text : certificate.transcripts)
    files.push_back({text, options.file + " (transcripts)"});
  try {
    return difference(certificate, rejudge(catalogue, files));
  } catch (const RejudgeError& error) {
    return error.what();
  } catch (const InputError& error) {
    return error.what();
  }
}

std::string foreign_subject(const VerifyOptions& options, const Certificate& certificate) {
  for (const std::string& file : options.subjects) {
    const std::string digest = sha256_of_file(file);
    const auto& all = certificate.subjects;
    if (std::none_of(all.begin(), all.end(), [&](const Subject& s) { return s.sha256 == digest; }))
      return fmt::format("it isn't about {} (SHA-256 {})", file, digest);
  }
  return {};
}

void print(const Certificate& certificate, const PublicKey& key) {
  fmt::print("signed with the key {}\n", key.id());
  for (const Subject& one : certificate.subjects)
    fmt::print("subject: {} (SHA-256 {})\n", one.name, one.sha256);
  fmt::print("md5spec {}, catalogue {}, seed {}, run of {}\n", certificate.suite_version,
             certificate.catalogue_sha256, certificate.seed, certificate.started);
  if (certificate.suite_version != kVersion) {
    fmt::print(
        "note: judged again by md5spec {}; that the run was made by {} is the signer's word\n",
        kVersion, certificate.suite_version);
  }
  for (const Certificate::Run& one : certificate.runs) {
    RunDocument run;
    run.verdict = one.verdict;
    run.restrictions = one.restrictions;
    const auto count = [&](Outcome outcome) { return one.counts.at(outcome); };
    fmt::print("{}: {}; {} pass, {} warn, {} skip\n", one.profile, verdict_in_words(run),
               count(Outcome::kPass), count(Outcome::kWarn), count(Outcome::kSkip));
    for (const auto& [seen, times] : one.observations) {
      fmt::print("{}/{}: against {} something was observed ({}), though not by a case about it\n",
                 one.profile, seen.first, seen.second, times);
    }
  }
  fmt::print("huge messages were {}among the cases\n", certificate.huge ? "" : "not ");
  fmt::print("judged again from the transcripts: the same verdicts\n");
}

int run(const VerifyOptions& options) {
  const PublicKey key = PublicKey::load(options.key);
  const Envelope envelope = read_envelope(read_file(options.file), options.file);
  const auto refuse = [&](const std::string& why) {
    fmt::print(stderr, "md5spec: {}: {}\n", displayable(options.file), displayable(why));
    return kExitFailed;
  };
  if (const std::string why = why_not_signed_by(envelope, key); !why.empty()) return refuse(why);
  if (envelope.payload_type != kPayloadType)
    return refuse("what was signed isn't an in-toto statement");
  Certificate certificate;
  try {
    certificate = read_statement(envelope.payload, "the statement");
  } catch (const InputError& error) {
    return refuse(error.what());
  }
  if (const std::string why = foreign_subject(options, certificate); !why.empty())
    return refuse(why);
  if (const std::string why = judge_again(options, certificate); !why.empty()) return refuse(why);
  print(certificate, key);
  return kExitGood;
}

}  // namespace

void add_verify(CLI::App& app, Command* chosen) {
  auto options = std::make_shared<VerifyOptions>();
  CLI::App* command = app.add_subcommand(
      "verify", "Checks a certificate, and judges its transcripts again without the server.");
  command->add_option("certificate", options->file, "What attest wrote")
      ->required()
      ->option_text("FILE");
  command->add_option("--key", options->key, "The signer's Ed25519 public key, in PEM")->required();
  command
      ->add_option("--subject", options->subjects,
                   "A file that the certificate has to be about: the server's binary, an image")
      ->allow_extra_args(false);
  command->add_option("--cases", options->cases, "The --cases that the run was given")
      ->envname("MD5SPEC_CASES")
      ->allow_extra_args(false);
  command->footer(
      "Exit status: 0 everything holds, 1 something doesn't, 2 bad usage, or a file that is no "
      "certificate.");
  command->callback([options, chosen] { *chosen = [options] { return run(*options); }; });
}

}  // namespace md5spec
