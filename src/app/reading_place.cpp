#include "reading_place.hpp"

#include "http/problem.hpp"

namespace orderflow::app {

std::string ReadingPlace::text(events::Seq place) const {
  const std::string number = std::to_string(place.value());
  return life.empty() ? number : life + '.' + number;
}

ReadingPlace find_reading_place(const host::Services& services, const events::NamedPlace& named) {
  ReadingPlace place{.after = named.place,
                     .life = named.life.empty() ? std::string() : services.life.id()};
  events::Seq newest = services.live.newest();
  if (named.place > newest) {
    // An event can be read a moment before its commit is told to those who follow it live.
    newest = services.readers.read(events::event_owner, [&](storage::Session session) {
      return services.log.newest(session);
    });
  }
  if (const auto instead = services.life.begin_instead(named, newest)) {
    place.after = *instead;
    place.is_of_this_log = false;
  }
  return place;
}

http::Response place_not_in_log(const http::Request& request, const host::Services& services,
                                const ReadingPlace& place) {
  const std::string next = place.text(place.after);
  http::Response response = http::problem_response(
      request,
      {.status = 410,
       .type = "place-not-in-log",
       .title = "The place is not one of this log",
       .detail = "The log was restored from a backup, or is another one. Begin after place " +
                 next + ": up to there you have had what this log holds.",
       .members = {{"next", next}, {"life", services.life.id()}}});
  response.headers.emplace_back(log_life_header, services.life.id());
  return response;
}

}  // namespace orderflow::app
