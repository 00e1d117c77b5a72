export interface FieldError {
  /** A JSON pointer into the body, or the name of a parameter. */
  pointer: string;
  detail: string;
}

/** What the node answered where it did not do what it was asked (RFC 9457). */
export class Problem extends Error {
  readonly status: number;
  readonly type: string;
  readonly title: string;
  readonly errors: FieldError[];
  readonly correlation_id: string;

  constructor(status: number, document: unknown) {
    const fields = (typeof document === "object" && document ? document : {}) as Record<string, unknown>;
    const text = (name: string, otherwise: string): string =>
      typeof fields[name] === "string" ? fields[name] : otherwise;
    super(text("detail", `The node answered with status ${status}.`));
    this.status = status;
    this.type = text("type", "").replace("/problems/", "");
    this.title = text("title", "The request failed");
    this.correlation_id = text("correlationId", "");
    this.errors = Array.isArray(fields["errors"]) ? (fields["errors"] as FieldError[]) : [];
  }

  /** What is wrong with a field, if anything. */
  about(pointer: string): string | undefined {
    return this.errors.find((error) => error.pointer === pointer)?.detail;
  }
}

/** The node could not be reached, or did not answer in time. */
export class NoAnswer extends Error {
  constructor() {
    super("The node does not answer.");
  }
}

/** A sentence for people about anything that was thrown. */
export function message_of(error: unknown): string {
  if (error instanceof Problem) {
    if (error.errors.length === 0) return error.message;
    return error.errors.map((one) => `${one.pointer || "The body"} ${one.detail}`).join("; ");
  }
  return error instanceof Error ? error.message : String(error);
}
