// What operators are shipped, config/prometheus and config/grafana, against a real Prometheus.
#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "support/certificates.hpp"
#include "support/process.hpp"
#include "support/temporary_folder.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace orderflow::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using namespace std::chrono_literals;

const fs::path sources = ORDERFLOW_SOURCE_DIR;
const fs::path alerts = sources / "config/prometheus/alerts.yml";
const fs::path dashboard = sources / "config/grafana/orderflow.json";

bool is_installed() {
  const bool there = fs::exists("/usr/bin/prometheus") && fs::exists("/usr/bin/promtool");
  if (!there) MESSAGE("SKIPPED: there is no Prometheus on this machine (Debian: prometheus)");
  return there;
}

void promtool(std::vector<std::string> arguments) {
  Process tool({.executable = "/usr/bin/promtool", .arguments = std::move(arguments)});
  const auto ended = tool.wait(60s);
  CAPTURE(tool.output());
  CAPTURE(tool.errors());
  CHECK(ended == ExitStatus{.code = 0});
}

std::string content_of(const fs::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// The names of metrics that a text mentions; a histogram's without their suffixes.
std::set<std::string> metrics_in(const std::string& text) {
  static const std::regex name("(?:orderflow|process)_[a-z_]+");
  static const std::regex suffix("_(bucket|sum|count)$");
  std::set<std::string> names;
  for (std::sregex_iterator found(text.begin(), text.end(), name), end; found != end; ++found)
    names.insert(std::regex_replace(found->str(), suffix, ""));
  return names;
}

std::vector<std::string> expressions_of(const fs::path& file) {
  std::vector<std::string> expressions;
  const json document = json::parse(content_of(file));
  for (const json& panel : document.at("panels")) {
    for (const json& target : panel.value("targets", json::array())) {
      std::string expression = target.at("expr");
      expression = std::regex_replace(expression, std::regex(R"(\$instance)"), ".*");
      expressions.push_back(
          std::regex_replace(expression, std::regex(R"(\$__rate_interval)"), "1m"));
    }
  }
  return expressions;
}

std::uint16_t free_port() {
  boost::asio::io_context context;
  const boost::asio::ip::tcp::acceptor acceptor(context,
                                                {boost::asio::ip::address_v4::loopback(), 0});
  return acceptor.local_endpoint().port();
}

std::string encoded(const std::string& text) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (std::isalnum(octet) != 0) {
      out += c;
    } else {
      (out += '%').append({digits[octet >> 4U], digits[octet & 15U]});
    }
  }
  return out;
}

/// A Prometheus of its own, which scrapes nodes every second by the alerts that are shipped.
class Prometheus {
 public:
  /// One of the nodes has a certificate.
  Prometheus(const std::vector<std::uint16_t>& node_ports, std::uint16_t tls_port)
      : port_(free_port()), process_(command(node_ports, tls_port)), client_(port_) {}

  json query(const std::string& expression) {
    const HttpResponse response = client_.get("/api/v1/query?query=" + encoded(expression));
    CAPTURE(expression);
    CAPTURE(response.body);
    REQUIRE(response.status == 200);
    return response.json().at("data").at("result");
  }

  json rules() { return client_.get("/api/v1/rules").json().at("data").at("groups"); }

  bool is_ready() {
    try {
      return client_.get("/-/ready").status == 200;
    } catch (const ConnectionLost&) {
      return false;
    }
  }

 private:
  Command command(const std::vector<std::uint16_t>& node_ports, std::uint16_t tls_port) const {
    std::string targets;
    for (const std::uint16_t port : node_ports)
      targets += (targets.empty() ? "'127.0.0.1:" : ", '127.0.0.1:") + std::to_string(port) + "'";
    std::ofstream(folder_.path() / "prometheus.yml")
        << "global: {scrape_interval: 1s, evaluation_interval: 1s}\n"
        << "rule_files: ['" << alerts.string() << "']\n"
        << "scrape_configs:\n  - job_name: orderflow\n    static_configs:\n"
        << "      - targets: [" << targets << "]\n"
        << "  - job_name: secure\n    scheme: https\n"
        << "    tls_config: {insecure_skip_verify: true}\n    static_configs:\n"
        << "      - targets: ['127.0.0.1:" << tls_port << "']\n";
    return {.executable = "/usr/bin/prometheus",
            .arguments = {"--config.file=" + (folder_.path() / "prometheus.yml").string(),
                          "--storage.tsdb.path=" + (folder_.path() / "data").string(),
                          "--web.listen-address=127.0.0.1:" + std::to_string(port_)}};
  }

  TemporaryFolder folder_;
  std::uint16_t port_;
  Process process_;
  HttpClient client_;
};

TEST_CASE("Prometheus accepts what is shipped, and each alert fires when it should") {
  if (!is_installed()) return;
  promtool({"check", "config", (sources / "config/prometheus/prometheus.yml").string()});
  for (const char* composed : {"compose.yml", "compose.split.yml"}) {
    promtool(
        {"check", "config", "--syntax-only", (sources / "config/prometheus" / composed).string()});
  }
  promtool({"test", "rules", (sources / "tests/monitoring/alerts_test.yml").string()});
}

TEST_CASE("systemd accepts the unit that is shipped") {
  if (!fs::exists("/usr/bin/systemd-analyze")) {
    MESSAGE("SKIPPED: there is no systemd-analyze on this machine");
    return;
  }
  TemporaryFolder folder;
  // It looks for the executable, which nobody has installed here.
  const std::string unit =
      std::regex_replace(content_of(sources / "config/systemd/orderflow.service"),
                         std::regex("/usr/local/bin/orderflow"), "/bin/true");
  const fs::path file = folder.path() / "orderflow.service";
  std::ofstream(file) << unit;
  Process verify(
      {.executable = "/usr/bin/systemd-analyze", .arguments = {"verify", file.string()}});
  const auto ended = verify.wait(60s);
  CHECK(verify.errors() == "");
  CHECK(ended == ExitStatus{.code = 0});
}

TEST_CASE("the unit that is shipped gives a node nothing that it does not need") {
  const std::string unit = content_of(sources / "config/systemd/orderflow.service");
  for (const char* line :
       {"NoNewPrivileges=yes", "CapabilityBoundingSet=", "ProtectSystem=strict", "LimitCORE=0",
        "PrivateUsers=yes", "ProtectProc=invisible", "ProcSubset=pid", "RemoveIPC=yes"}) {
    CAPTURE(line);
    CHECK(unit.find("\n" + std::string(line) + "\n") != std::string::npos);
  }
}

TEST_CASE("each alert describes what to do about it") {
  const std::string text = content_of(alerts);
  const std::string manual = content_of(sources / "docs/operations.md");
  static const std::regex alert("- alert: (\\w+)");
  int found_count = 0;
  for (std::sregex_iterator found(text.begin(), text.end(), alert), end; found != end; ++found) {
    const std::string name = (*found)[1];
    CAPTURE(name);
    CHECK(manual.find("### " + name + "\n") != std::string::npos);
    ++found_count;
  }
  CHECK(found_count >= 21);
}

/// A node with a certificate.
struct SecureNode {
  TemporaryFolder folder;
  Certificate certificate =
      CertificateAuthority(folder.path(), "authority").issue("node", "IP:127.0.0.1");
  Process process{serve_command(
      folder.path() / "data", {{"ORDERFLOW_HTTP_TLS_CERTIFICATE_FILE", certificate.file.string()},
                               {"ORDERFLOW_HTTP_TLS_KEY_FILE", certificate.private_key.string()}})};
  std::uint16_t port = wait_for_port();

 private:
  std::uint16_t wait_for_port() {
    const auto line = process.wait_for_line("listening on https://127.0.0.1:", 120s);
    if (!line) throw std::runtime_error("the node did not start: " + process.errors());
    return static_cast<std::uint16_t>(std::stoul(line->substr(line->rfind(':') + 1)));
  }
};

bool is_raised(Prometheus& prometheus, const std::string& alert) {
  return !prometheus.query("ALERTS{alertname=\"" + alert + "\"}").empty();
}

/// That what alerts and dashboard ask for is there.
void check_wanted_metrics(Prometheus& prometheus) {
  std::set<std::string> wanted = metrics_in(content_of(alerts));
  wanted.merge(metrics_in(content_of(dashboard)));
  CHECK(wanted.size() > 25);
  for (const std::string& name : wanted) {
    const bool there =
        !prometheus.query(name).empty() || !prometheus.query(name + "_count").empty();
    CHECK_MESSAGE(there, name);
  }
  for (const std::string& expression : expressions_of(dashboard))
    prometheus.query(expression);
}

TEST_CASE("Prometheus scrapes loaded nodes, and finds every metric that is asked for") {
  if (!is_installed()) return;
  TemporaryFolder folder;
  // A mail server that nobody runs: there is a destination, and it is away.
  Node node(folder.path(), {{"ORDERFLOW_NOTIFICATIONS_CHANNEL", "smtp"},
                            {"ORDERFLOW_NOTIFICATIONS_SMTP_HOST", "127.0.0.1"},
                            {"ORDERFLOW_NOTIFICATIONS_SMTP_PORT", std::to_string(free_port())},
                            {"ORDERFLOW_NOTIFICATIONS_SMTP_SECURITY", "none"},
                            {"ORDERFLOW_LOG_LEVEL", "off"}});
  HttpClient client(node.port());
  constexpr int orders = 20;
  for (int i = 0; i < orders; ++i)
    place(client, order_of("ada", 100 + i));

  // A node that is one of several, and whose broker and collector of traces nobody runs.
  TemporaryFolder till_folder;
  Node till(till_folder.path(),
            {{"ORDERFLOW_NODE_MODULES", "billing"},
             {"ORDERFLOW_NODE_NAME", "till"},
             {"RABBIT_MQ_URI", "amqp://guest:guest@127.0.0.1:" + std::to_string(free_port())},
             {"ORDERFLOW_TRACES_ENDPOINT", "http://127.0.0.1:" + std::to_string(free_port())},
             {"ORDERFLOW_LOG_LEVEL", "off"}});
  const SecureNode secure;
  Prometheus prometheus({node.port(), till.port()}, secure.port);
  wait_until("Prometheus is ready", [&] { return prometheus.is_ready(); });
  wait_until("Prometheus has scraped the node", [&] {
    const json result = prometheus.query("sum(orderflow_events_total{kind=\"order.created\"})");
    return !result.empty() && result[0].at("value")[1] == std::to_string(orders);
  });
  wait_until("Prometheus has scraped the others",
             [&] { return prometheus.query("up == 1").size() == 3; });

  check_wanted_metrics(prometheus);

  wait_until("every alert was evaluated", [&] {
    for (const json& group : prometheus.rules()) {
      for (const json& rule : group.at("rules")) {
        CHECK(rule.value("lastError", "") == "");
        if (rule.at("health") != "ok") return false;
      }
    }
    return true;
  });
  wait_until("the alerts of mail server and broker are raised", [&] {
    return is_raised(prometheus, "OrderflowDestinationAway") &&
           is_raised(prometheus, "OrderflowBridgeAway");
  });
}

}  // namespace
}  // namespace orderflow::test
