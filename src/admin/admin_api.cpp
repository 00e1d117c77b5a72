#include "admin/admin_api.hpp"

#include "http/message/problem.hpp"

namespace orderflow::admin {

http::Response refused(const http::Request& request, const events::Refusal& refusal) {
  using Reason = events::Refusal::Reason;
  http::Problem problem{409, "not-possible", "This cannot be done now", refusal.detail,
                        refusal.errors};
  switch (refusal.reason) {
    case Reason::no_such_subscription:
      problem.status = 404;
      problem.type = "subscription-not-found";
      problem.title = "There is no such subscription";
      break;
    case Reason::no_such_letter:
      problem.type = "not-dead";
      problem.title = "The event is not dead";
      break;
    case Reason::not_valid:
      problem.status = 422;
      problem.type = "invalid-payload";
      problem.title = "The payload is not valid";
      break;
    case Reason::not_possible:
      break;
  }
  return http::problem_response(request, problem);
}

}  // namespace orderflow::admin
