#include "app/build_info.hpp"

#include "rabbitmq/client/connection.hpp"
#include "storage/program_versions.hpp"

#include <curl/curl.h>
#include <openssl/crypto.h>
#include <boost/version.hpp>

namespace orderflow::app {
namespace {

std::string compiler() {
#if defined(__clang__)
  return "clang " __clang_version__;
#else
  return "GCC " __VERSION__;
#endif
}

std::string boost_version() {
  return std::to_string(BOOST_VERSION / 100'000) + '.' +
         std::to_string(BOOST_VERSION / 100 % 1000) + '.' + std::to_string(BOOST_VERSION % 100);
}

}  // namespace

std::string build_text() {
  return "orderflow " ORDERFLOW_VERSION "\ncommit  " + std::string(built_commit) +
         "\nbuild   " ORDERFLOW_BUILD_TYPE ", " + compiler() + "\nengines SQLite " +
         storage::sqlite_version() + ", OpenSSL " + OpenSSL_version(OPENSSL_VERSION_STRING) +
         ", libcurl " + curl_version_info(CURLVERSION_NOW)->version + ", rabbitmq-c " +
         rabbitmq::library_version() + ", Boost " + boost_version();
}

}  // namespace orderflow::app
