import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { text } from "../api/client";
import { Trouble } from "../parts/page";
import { usePolled } from "../state/polling";
import { copy_of_mail } from "./safe_html";

export type Format = "html" | "text" | "mail";

const titles: Record<Format, string> = { html: "As it looks", text: "As plain text", mail: "As it is sent" };

function HtmlMail({ html }: { html: string }): JSX.Element {
  const home = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!home.current) return;
    const root = home.current.shadowRoot ?? home.current.attachShadow({ mode: "open" });
    const { body, sheets } = copy_of_mail(html);
    root.adoptedStyleSheets = sheets;
    root.replaceChildren(body);
  }, [html]);
  return <div class="mail" ref={home} role="region" aria-label="Mail" tabIndex={0} />;
}

interface Props {
  /** Where the mail is, without its format. */
  path: string;
  query: Record<string, string>;
}

/** A mail in the formats there are. */
export function MailPreview({ path, query }: Props): JSX.Element {
  const [format, choose] = useState<Format>("html");
  const wanted = JSON.stringify([path, query, format]);
  const { value, problem } = usePolled(
    async (signal) => ({ wanted, text: await text(path, { query: { ...query, format }, signal }) }),
    [wanted],
    0,
  );
  const shown = value?.wanted === wanted ? value.text : undefined;
  return (
    <>
      <div class="tools" role="group" aria-label="Format of the mail">
        {(Object.keys(titles) as Format[]).map((one) => (
          <button key={one} type="button" class="small" aria-pressed={one === format} onClick={() => choose(one)}>
            {titles[one]}
          </button>
        ))}
      </div>
      <Trouble problem={problem} />
      {shown !== undefined &&
        (format === "html" ? (
          <HtmlMail html={shown} />
        ) : (
          <pre class="mail-text" tabIndex={0} role="region" aria-label="Mail">
            {shown}
          </pre>
        ))}
    </>
  );
}
