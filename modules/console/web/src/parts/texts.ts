/**
 * The digits behind the point where they are not two: ISO 4217, as the node counts. Not the browser's own table, which
 * follows what people write: it has no decimals for HUF or IDR, and an amount typed here would be a hundredth of what
 * was meant.
 */
const unusual_digits: Record<string, number> = {
  ...{ BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, UYI: 0, VND: 0, VUV: 0 },
  ...{ XAF: 0, XOF: 0, XPF: 0 },
  ...{ BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3 },
  ...{ CLF: 4, UYW: 4 },
};

/** How many digits of a currency's amounts are behind the point. */
export function digits_of(currency: string): number {
  return unusual_digits[currency] ?? 2;
}

/** `money(1999, "EUR")` is "19.99 EUR". Exact up to 2^53 of the minor unit. */
export function money(amount: number, currency: string): string {
  const digits = digits_of(currency);
  const text = String(Math.abs(amount)).padStart(digits + 1, "0");
  const whole = text.slice(0, text.length - digits).replace(/\B(?=(\d{3})+$)/g, "\u202f");
  const sign = amount < 0 ? "\u2212" : "";
  return `${sign}${whole}${digits ? `.${text.slice(-digits)}` : ""} ${currency}`;
}

/** The minor units that a person's "19.99" stands for; nothing where it is not an amount. */
export function parse_money(text: string, currency: string): number | undefined {
  const digits = digits_of(currency);
  const parts = /^(\d{1,15})(?:[.,](\d+))?$/.exec(text.trim());
  if (!parts || (parts[2] ?? "").length > digits) return undefined;
  const amount = Number(`${parts[1]}${(parts[2] ?? "").padEnd(digits, "0")}`);
  return Number.isSafeInteger(amount) ? amount : undefined;
}

/** What `parse_money` reads back as the same amount. */
export function plain_money(amount: number, currency: string): string {
  return money(amount, currency).replace(/\u202f| .*$/g, "");
}

/** How an attempt ended; `times` attempts in a row that used up nothing are shown as one. */
export function outcome(attempt: { error: string | null; times?: number }): string {
  const text = attempt.error ?? "succeeded";
  return attempt.times ? `${text} (${count(attempt.times)} times in a row)` : text;
}

export function count(value: number): string {
  return Math.round(value).toLocaleString("en").replaceAll(",", "\u202f");
}

/** A rate or a measure with three digits that matter. */
export function figure(value: number): string {
  if (value === 0) return "0";
  if (value >= 100) return count(value);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

export function duration(ms: number): string {
  if (ms < 1) return `${Math.round(ms * 1000)} µs`;
  if (ms < 1000) return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.round(hours / 24)} days`;
}

/** The end of a UUIDv7 identifies it; its beginning is the time. */
export const short_id = (id: string): string => (id.length > 13 ? `…${id.slice(-8)}` : id);

/** A time to the microsecond, in milliseconds since 1970. */
export function precise_ms(at: string): number {
  const micros = /\.\d{3}(\d{1,3})/.exec(at)?.[1] ?? "";
  return Date.parse(at) + Number(micros.padEnd(3, "0")) / 1000;
}

export const plural = (number: number, one: string, many = `${one}s`): string =>
  `${count(number)} ${number === 1 ? one : many}`;

const alphabet = "0123456789abcdefghijklmnopqrstuv";

/** A text that is not made twice. Also where the page's origin has no `randomUUID`. */
export function random_text(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(26));
  return Array.from(bytes, (byte) => alphabet[byte & 31]).join("");
}
