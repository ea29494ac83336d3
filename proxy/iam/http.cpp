#include "proxy/iam/http.hpp"

#include <memory>

#include <curl/curl.h>

#include "proxy/iam/url.hpp"

namespace occam::iam {
namespace {

// The largest answers are a few KiB.
constexpr std::size_t longest_answer = std::size_t{256} << 10;

using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

// curl_slist copies each line; the copies are wiped when the list goes.
class HeaderLines {
 public:
  HeaderLines() = default;
  HeaderLines(const HeaderLines&) = delete;
  HeaderLines& operator=(const HeaderLines&) = delete;
  ~HeaderLines() {
    for (auto* at = list_; at != nullptr; at = at->next)
      wipe(at->data, std::string_view(at->data).size());
    curl_slist_free_all(list_);
  }
  void add(std::string_view name, std::string_view value) {
    WipedText line(name);
    line += value.empty() ? ":" : ": ";
    line += value;
    auto* longer = curl_slist_append(list_, line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    list_ = longer;
  }
  curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

struct Receipt {
  const std::stop_token& stop;
  WipedText body;
  std::optional<Instant> date;
  bool too_long = false;
};

std::size_t on_body(char* bytes, std::size_t, std::size_t count, void* to) {
  auto& receipt = *static_cast<Receipt*>(to);
  receipt.too_long = receipt.body.size() + count > longest_answer;
  if (receipt.too_long) return 0;
  receipt.body.append(bytes, count);
  return count;
}

std::size_t on_header(char* bytes, std::size_t, std::size_t count, void* to) {
  constexpr std::string_view date = "date:";
  std::string_view line(bytes, count);
  const auto same = [](char a, char b) { return a == b || (a >= 'A' && a <= 'Z' && a + 32 == b); };
  if (line.size() > date.size() && std::equal(date.begin(), date.end(), line.begin(),
                                              [&](char b, char a) { return same(a, b); })) {
    line.remove_prefix(date.size());
    while (line.starts_with(' ')) line.remove_prefix(1);
    while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
    static_cast<Receipt*>(to)->date = parse_http_date(line);
  }
  return count;
}

int on_progress(void* to, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Receipt*>(to)->stop.stop_requested() ? 1 : 0;
}

template <class Value>
void set(CURL* curl, CURLoption option, Value value) {
  if (const auto code = curl_easy_setopt(curl, option, value); code != CURLE_OK)
    throw HttpFailure(curl_easy_strerror(code));
}

void address(CURL* curl, const HttpRequest& request) {
  set(curl, CURLOPT_URL, request.url.c_str());
  set(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  set(curl, CURLOPT_FOLLOWLOCATION, 0L);
  set(curl, CURLOPT_NOSIGNAL, 1L);
  set(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout.count()));
  set(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
  if (!request.may_use_proxy) set(curl, CURLOPT_PROXY, "");
  set(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (request.method == "GET") return;
  set(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.reveal().size()));
  set(curl, CURLOPT_POSTFIELDS, request.body.reveal().data());
}

void receive(CURL* curl, Receipt& receipt) {
  set(curl, CURLOPT_WRITEFUNCTION, &on_body);
  set(curl, CURLOPT_WRITEDATA, static_cast<void*>(&receipt));
  set(curl, CURLOPT_HEADERFUNCTION, &on_header);
  set(curl, CURLOPT_HEADERDATA, static_cast<void*>(&receipt));
  set(curl, CURLOPT_NOPROGRESS, 0L);
  set(curl, CURLOPT_XFERINFOFUNCTION, &on_progress);
  set(curl, CURLOPT_XFERINFODATA, static_cast<void*>(&receipt));
}

}  // namespace

HttpAnswer exchange(const HttpRequest& request, const std::stop_token& stop) {
  static const auto started = curl_global_init(CURL_GLOBAL_DEFAULT);
  const Handle curl(started == CURLE_OK ? curl_easy_init() : nullptr, &curl_easy_cleanup);
  if (!curl) throw HttpFailure("libcurl does not start");
  Receipt receipt{stop, {}, {}};
  HeaderLines headers;
  for (const auto& header : request.headers) headers.add(header.name, header.value.reveal());
  if (request.method != "GET") headers.add("Expect", "");  // or curl waits for a 100 Continue
  address(curl.get(), request);
  receive(curl.get(), receipt);
  set(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  if (const auto code = curl_easy_perform(curl.get()); code != CURLE_OK) {
    const auto url = parse_url(request.url);
    const auto where = url ? url->origin() : std::string("the endpoint");
    if (receipt.too_long) throw HttpFailure(where + ": the answer is too long");
    throw HttpFailure(where + ": " + (stop.stop_requested() ? "ended" : curl_easy_strerror(code)));
  }
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  return {static_cast<int>(status), Secret(std::move(receipt.body)), receipt.date};
}

}  // namespace occam::iam
