#include "conduct/background_digest.h"

#include <exception>
#include <optional>
#include <system_error>
#include <utility>

#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

namespace md5spec {

struct BackgroundDigest::State {
  explicit State(const asio::any_io_executor& executor) : ended(executor) {
    ended.expires_at(asio::steady_timer::time_point::max());
  }

  asio::steady_timer ended;  // cancelled when it is; this and `over` belong to the event loop
  bool over = false;
  std::optional<Digest> digest;  // these two to the thread, until `over`
  std::exception_ptr thrown;
};

BackgroundDigest::BackgroundDigest(const asio::any_io_executor& executor, const Profile& profile,
                                   std::shared_ptr<PlannedMessage> message)
    : message_(std::move(message)), state_(std::make_shared<State>(executor)) {
  thread_ = std::thread([this, &profile, executor, state = state_] {
    try {
      state->digest = due_digest(profile, *message_, &stop_);
    } catch (...) {
      state->thrown = std::current_exception();
    }
    asio::post(executor, [state] {
      state->over = true;
      state->ended.cancel();
    });
  });
}

BackgroundDigest::~BackgroundDigest() {
  stop_ = true;
  thread_.join();
}

asio::awaitable<void> BackgroundDigest::finish() {
  while (!state_->over) {
    std::error_code cancelled;
    co_await state_->ended.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
  if (state_->thrown) std::rethrow_exception(state_->thrown);
  if (state_->digest) message_->reply.digest = *state_->digest;
}

}  // namespace md5spec
