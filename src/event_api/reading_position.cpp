#include "event_api/reading_position.hpp"

#include "http/message/problem.hpp"

namespace orderflow::event_api {

std::string ReadingPosition::text(events::Seq position) const {
  const std::string number = std::to_string(position.value());
  return incarnation.empty() ? number : incarnation + '.' + number;
}

ReadingPosition find_reading_position(const host::Services& services,
                                      const events::NamedPosition& named) {
  ReadingPosition position{
      .after = named.position,
      .incarnation = named.incarnation.empty() ? std::string() : services.incarnations.id()};
  events::Seq newest = services.live.newest();
  if (named.position > newest) {
    // An event can be read a moment before the live feed has its commit.
    newest = services.readers.read(events::event_owner, [&](storage::Session session) {
      return services.log.newest(session);
    });
  }
  if (const auto instead = services.incarnations.begin_instead(named, newest)) {
    position.after = *instead;
    position.is_of_this_log = false;
  }
  return position;
}

http::Response position_not_in_log(const http::Request& request, const host::Services& services,
                                   const ReadingPosition& position) {
  const std::string next = position.text(position.after);
  http::Response response = http::problem_response(
      request,
      {.status = 410,
       .type = "place-not-in-log",
       .title = "The position is not one of this log",
       .detail = "The log was restored from a backup, or is another one. Begin after position " +
                 next + ": you have already received this log up to there.",
       .members = {{"next", next}, {"life", services.incarnations.id()}}});
  response.headers.emplace_back(log_incarnation_header, services.incarnations.id());
  return response;
}

}  // namespace orderflow::event_api
