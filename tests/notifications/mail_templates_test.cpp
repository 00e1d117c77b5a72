#include "composing/mail_templates.hpp"

#include "composing/order_mails.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <fstream>

namespace orderflow::notifications {
namespace {

/// A folder with template files.
class Folder {
 public:
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_.path() / name, std::ios::binary) << text;
  }

  MailTemplates templates(const std::string& default_language = "en") const {
    return {find_templates(folder_.path()), default_language};
  }

  /// What is wrong with the folder, without its name.
  std::string complaint(const std::string& default_language = "en") const {
    try {
      const MailTemplates read = templates(default_language);
      const OrderMails mails("Corner", read);
      return {};
    } catch (const TemplateError& e) {
      const std::string what = e.what();
      const std::string path = folder_.path().string() + "/";
      return what.starts_with(path) ? what.substr(path.size()) : what;
    }
  }

 private:
  test::TemporaryFolder folder_;
};

std::string subject_in(const MailTemplates& templates, const std::string& language) {
  const OrderMails mails("Corner", templates);
  return mails.subject(sample_news(Kind::order_confirmation, "placed", language), language);
}

}  // namespace

TEST_CASE("the built-in templates are whole in English and German") {
  for (const char* language : {"en", "de"}) {
    const MailTemplates templates(find_templates({}), language);
    CHECK(templates.languages() == std::vector<std::string>{"de", "en"});
    const OrderMails mails("Corner", templates);
    for (const Kind kind : all_kinds)
      CHECK(mails.language_for(kind, "xx") == language);
  }
}

TEST_CASE("a folder may stand in for some files and leave the others") {
  Folder folder;
  folder.write("order_confirmation.en.subject", "Got it: {{order_id}}\n");
  folder.write(".swap", "{{nonsense}}");
  folder.write("order_confirmation.en.txt~", "{{nonsense}}");
  const MailTemplates templates = folder.templates();
  CHECK(subject_in(templates, "en") == "Got it: 01900000-0000-7000-8000-000000000001");
  CHECK(subject_in(templates, "de").starts_with("Ihre Bestellung"));
  const OrderMails mails("Corner", templates);
  CHECK(mails.compose(sample_news(Kind::order_confirmation, "placed", "en"), "en", {})
            .text.find("thank you for your order") != std::string::npos);
}

TEST_CASE("a folder may add a language for some kinds; the others fall back") {
  Folder folder;
  folder.write("order_confirmation.fr.subject", "Commande {{order_id}}");
  folder.write("order_confirmation.fr.txt", "Total : {{total}}\n");
  folder.write("order_confirmation.fr.html", "<p>{{total}}</p>\n");
  const MailTemplates templates = folder.templates();
  const OrderMails mails("Corner", templates);
  CHECK(templates.supports("fr-CA"));
  CHECK_FALSE(templates.supports("it"));
  CHECK(mails.language_for(Kind::order_confirmation, "fr-CA") == "fr");
  CHECK(mails.language_for(Kind::order_outcome, "fr-CA") == "en");
  CHECK(mails.compose(sample_news(Kind::order_confirmation, "placed", "fr"), "fr", {}).text ==
        "Total : 44,48 EUR\n");
}

TEST_CASE("an unsound template is reported with file, line and the names there are") {
  Folder folder;
  folder.write("order_outcome.de.html", "<p>\n{{reasons}}</p>");
  CHECK(folder.complaint() ==
        "order_outcome.de.html:2: unknown name {{reasons}}; there are {{shop}}, {{order_id}}, "
        "{{amount}}, {{#paid}}, {{#refused}}, {{#declined}}, {{#canceled}}, {{#refunded}}, "
        "{{#partly_refunded}}, {{#unsubscribe}} with {{url}}");
  folder.write("order_outcome.de.html", "\n\n{{#paid}}");
  CHECK(folder.complaint() == "order_outcome.de.html:3: {{#paid}} is not closed");
}

TEST_CASE("a file that is no template of ours is reported") {
  const auto complaint_about = [](const std::string& name, const std::string& text = "x") {
    Folder folder;
    folder.write(name, text);
    return folder.complaint();
  };
  CHECK(complaint_about("readme").find("<kind>.<language>.<part>") != std::string::npos);
  CHECK(complaint_about("order_outcom.de.html") ==
        "order_outcom.de.html: there is no kind order_outcom; there are order_confirmation, "
        "order_outcome, unsubscribe");
  CHECK(complaint_about("order_outcome.german.html") ==
        "order_outcome.german.html: german is not a language, such as de or pt-BR");
  CHECK(complaint_about("order_outcome.de.htm") ==
        "order_outcome.de.htm: of order_outcome there is no .htm; there are subject, txt, html");
  CHECK(complaint_about("unsubscribe.de.txt").find("there are html") != std::string::npos);
  CHECK(complaint_about("order_outcome.de.txt", "\xff\xfe") ==
        "order_outcome.de.txt: is not UTF-8");
  CHECK(complaint_about("order_outcome.de.txt", std::string(300'000, 'x')) ==
        "order_outcome.de.txt: has more than 256 KiB");
}

TEST_CASE("half a language, no subject, and no default language are reported") {
  Folder folder;
  folder.write("order_outcome.fr.txt", "x");
  CHECK(folder.complaint() ==
        "order_outcome.fr.txt: order_outcome.fr.subject is missing: a language has all parts of a "
        "kind, or none");
  Folder other;
  other.write("order_outcome.en.subject", "{{#paid}}Paid{{/paid}}");
  CHECK(other.complaint() == "order_outcome.en.subject: gives no subject for \"refused\"");
  CHECK(Folder().complaint("fr") ==
        "there is no template order_confirmation.fr.subject, and fr is the default language");
  CHECK_THROWS_WITH_AS(find_templates("/nowhere/at/all"),
                       doctest::Contains("/nowhere/at/all: No such file"), TemplateError);
}

}  // namespace orderflow::notifications
