// Shows the HTML of a mail without trusting it: only what is listed here is taken over, built again node
// by node. Nothing of it can run, load or submit.

const taken_over = new Set(
  ("a abbr b blockquote br caption code div em h1 h2 h3 h4 h5 h6 hr i li ol p pre s small span strong sub sup " +
    "table tbody td tfoot th thead tr u ul center font").split(" "),
);
const dropped = new Set("head link meta noscript script title template iframe object embed svg math".split(" "));
const attributes = new Set("align alt bgcolor border cellpadding cellspacing color colspan dir height lang role rowspan title valign width".split(" "));
const nodes_max = 20_000;

interface Policy {
  createHTML: (html: string) => string;
}
interface TrustedTypes {
  createPolicy: (name: string, rules: Policy) => Policy;
}

let policy: Policy | undefined;

/** A browser that enforces trusted types wants to know who parses; what is parsed is not run. */
function parsable(html: string): string {
  const types = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
  policy ??= types?.createPolicy("orderflow-mail", { createHTML: (text) => text });
  return policy ? policy.createHTML(html) : html;
}

function element_of(source: HTMLElement): HTMLElement {
  const name = source.localName;
  const copy = document.createElement(taken_over.has(name) ? name : "div");
  for (const { name: attribute, value } of source.attributes) {
    if (attributes.has(attribute)) copy.setAttribute(attribute, value);
  }
  copy.style.cssText = (source.getAttribute("data-style") ?? "").replace(/url\([^)]*\)|position\s*:[^;]*/gi, "");
  const target = source.getAttribute("href");
  if (target) copy.title = target;
  if (name === "a") copy.style.textDecoration = "underline";
  return copy;
}

/**
 * The page's content security policy holds for what is parsed too: styles are put aside under other
 * names, and reach the copy through the object model.
 */
function with_styles_aside(html: string): string {
  return html
    .replace(/<(\/?)style\b/gi, "<$1mail-style")
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\sstyle\s*=/gi, " data-style="));
}

/** A copy of the mail's body, and of its style sheets, to be put into a shadow root. */
export function copy_of_mail(html: string): { body: DocumentFragment; sheets: CSSStyleSheet[] } {
  const mail = new DOMParser().parseFromString(parsable(with_styles_aside(html)), "text/html");
  const body = document.createDocumentFragment();
  let left = nodes_max;
  const take = (from: Node, to: Node): void => {
    for (const child of from.childNodes) {
      left -= 1;
      if (left < 0) return;
      if (child instanceof Text || child.nodeType === Node.TEXT_NODE) {
        to.appendChild(document.createTextNode(child.textContent ?? ""));
      } else if (child.nodeType === Node.ELEMENT_NODE) {
        const element = child as HTMLElement;
        if (dropped.has(element.localName) || element.localName === "mail-style") continue;
        const copy = element_of(element);
        to.appendChild(copy);
        take(element, copy);
      }
    }
  };
  take(mail.body, body);
  const sheets = [...mail.querySelectorAll("mail-style")].map((style) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync((style.textContent ?? "").replace(/url\([^)]*\)|@import[^;]*;/gi, ""));
    return sheet;
  });
  return { body, sheets };
}
