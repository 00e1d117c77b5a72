// What Compose makes of a list of files, each over those before it, as far as ours need it: the
// merging rules of the specification's chapter 13 for mappings, mounts and lists.
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';

const is_mapping = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

/** `${NAME:-default}` with nothing in the environment. */
function interpolate(value) {
  if (typeof value === 'string') {
    return value.replace(/\$\{([A-Z_]+)(?::-([^}]*))?\}/g, (whole, name, fallback) => {
      if (fallback === undefined) throw new Error(`${whole}: ${name} has no default`);
      return fallback;
    });
  }
  if (Array.isArray(value)) return value.map(interpolate);
  if (!is_mapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, interpolate(part)]));
}

export function read_file(path) {
  return interpolate(parse(readFileSync(path, 'utf8'), { merge: true }));
}

/** "source:target[:ro]" as its parts; the source of a bind mount as an absolute path. */
export function mount_of(text, folder) {
  const [source, target, mode] = text.split(':');
  const is_bind = source.startsWith('.') || source.startsWith('/');
  return { source: is_bind ? resolve(folder, source) : source, target, is_bind, read_only: mode === 'ro' };
}

function merge(below, above, key) {
  if (below === undefined) return above;
  if (is_mapping(below) && is_mapping(above)) {
    const merged = { ...below };
    for (const [name, value] of Object.entries(above)) merged[name] = merge(below[name], value, name);
    return merged;
  }
  if (Array.isArray(below) && Array.isArray(above)) {
    if (key !== 'volumes') return [...below, ...above];
    const target = (text) => text.split(':')[1];
    const replaced = new Set(above.map(target));
    return [...below.filter((text) => !replaced.has(target(text))), ...above];
  }
  return above;
}

/** The services and volumes of `files`, relative paths being relative to the first of them. */
export function compose(files) {
  const merged = files.map(read_file).reduce((below, above) => merge(below, above, ''));
  const folder = dirname(files[0]);
  for (const service of Object.values(merged.services))
    service.mounts = (service.volumes ?? []).map((text) => mount_of(text, folder));
  return merged;
}
