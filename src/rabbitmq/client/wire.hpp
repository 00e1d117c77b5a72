#pragma once

#include "bridge/message/message.hpp"
#include "rabbitmq/client/rabbitmq_c.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace orderflow::rabbitmq {

/// Between this program's texts and tables and rabbitmq-c's, which only point at what others own.

/// Of a text that outlives the result.
amqp_bytes_t to_bytes(std::string_view text) noexcept;

/// The same for texts that AMQP gives one byte for their size. Throws `std::length_error` above 255
/// bytes, which rabbitmq-c would send with a wrong size.
amqp_bytes_t to_short_bytes(std::string_view text, const char* what);

std::string to_text(amqp_bytes_t bytes);

/// A text of the broker for people, as `core::peer_text` makes it.
std::string to_words(amqp_bytes_t bytes);

/// Of fields that outlive the result, which points into `entries` also. Throws `std::length_error`
/// for names above 128 bytes and where all together are more than 64 KiB: rabbitmq-c notices only
/// when half of a message is sent.
amqp_table_t to_table(const bridge::Fields& fields, std::vector<amqp_table_entry_t>& entries);

/// The entries whose kind `FieldValue` has.
bridge::Fields to_fields(const amqp_table_t& table);

/// Of a message that outlives the result, which points into `entries` also.
amqp_basic_properties_t to_properties(const bridge::Message& message,
                                      std::vector<amqp_table_entry_t>& entries);

/// Properties, headers and body.
bridge::Message to_message(const amqp_message_t& message);

}  // namespace orderflow::rabbitmq
