import { options } from "preact";

/**
 * What no text of a page may have, by the node's own `core::is_readable`; a line may end and a tab may stand in a
 * payload: control characters, separators of lines and paragraphs, embeddings, overrides and isolates.
 */
const unreadable = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

/** `readable("gnp\u202eexe.")` writes the override out, as the command line does. */
export function readable(text: string): string {
  return text.replace(unreadable, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16)}`;
  });
}

/** Has every text that the page shows made readable: to Preact a text is a node whose props are the text. */
export function show_readable_texts(): void {
  const before = options.vnode;
  options.vnode = (node) => {
    const text: unknown = node.props;
    if (typeof text === "string") (node as { props: unknown }).props = readable(text);
    before?.(node);
  };
}
