import { node_answered, node_did_not_answer } from "../state/connection";
import { NoAnswer, Problem } from "./problem";

export type Query = Record<string, string | number | undefined>;

export interface Options {
  query?: Query;
  /** Sent as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  timeout_ms?: number;
}

const timeout_ms_default = 20_000;

let key = "";
let refused_key: () => void = () => {};

/** The key that requests carry from now on; empty: none. */
export function use_key(text: string): void {
  key = text;
}

/** `refused` is called when the node wants a key that is valid. */
export function on_refused_key(refused: () => void): void {
  refused_key = refused;
}

export function path_with(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text ? `${path}?${text}` : path;
}

export function headers_with_key(headers: Record<string, string> = {}): Record<string, string> {
  return key ? { ...headers, Authorization: `Bearer ${key}` } : headers;
}

/** The answer to a request, whatever its status. Throws `NoAnswer`, or `AbortError` of the caller. */
export async function exchange(method: string, path: string, options: Options = {}): Promise<Response> {
  const headers = headers_with_key(options.headers);
  const init: RequestInit = { method, headers, cache: "no-store", credentials: "omit" };
  if (options.body !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(options.body);
  }
  const limit = AbortSignal.timeout(options.timeout_ms ?? timeout_ms_default);
  init.signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
  try {
    const response = await fetch(path_with(path, options.query), init);
    node_answered();
    return response;
  } catch (error) {
    if (options.signal?.aborted) throw error;
    node_did_not_answer();
    throw new NoAnswer();
  }
}

export async function problem_of(response: Response): Promise<Problem> {
  const document: unknown = await response.json().catch(() => null);
  if (response.status === 401) refused_key();
  return new Problem(response.status, document);
}

export async function ask(method: string, path: string, options: Options = {}): Promise<Response> {
  const response = await exchange(method, path, options);
  if (!response.ok) throw await problem_of(response);
  return response;
}

/** The JSON of an answer. Throws `Problem` where the node refuses. */
export async function json<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const response = await ask(method, path, options);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

export async function text(path: string, options: Options = {}): Promise<string> {
  return (await ask("GET", path, options)).text();
}

export const get = <T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> =>
  json<T>("GET", path, { ...(query ? { query } : {}), ...(signal ? { signal } : {}) });
