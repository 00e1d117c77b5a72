#include <curl/curl.h>

void prepare(CURL* easy, curl_write_callback take_body) {
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
}
