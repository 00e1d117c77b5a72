// Checks a value against a JSON Schema, as far as the schemas of events go (draft 7). What it does not
// know it leaves to the node, which checks again.

export interface Schema {
  type?: string | string[];
  required?: string[];
  properties?: Record<string, Schema>;
  additionalProperties?: boolean;
  items?: Schema;
  enum?: unknown[];
  const?: unknown;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
}

export interface Fault {
  pointer: string;
  text: string;
}

const faults_max = 20;

function type_of(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}

function is_of(value: unknown, type: string): boolean {
  const own = type_of(value);
  return own === type || (type === "number" && own === "integer");
}

class Check {
  readonly faults: Fault[] = [];

  #report(pointer: string, text: string): void {
    if (this.faults.length < faults_max) this.faults.push({ pointer, text });
  }

  value(value: unknown, schema: Schema, pointer: string): void {
    const types = schema.type === undefined ? [] : [schema.type].flat();
    if (types.length > 0 && !types.some((type) => is_of(value, type))) {
      this.#report(pointer, `must be ${types.join(" or ")}, not ${type_of(value)}`);
      return;
    }
    if (schema.enum && !schema.enum.includes(value)) this.#report(pointer, `must be one of ${schema.enum.join(", ")}`);
    if (schema.const !== undefined && value !== schema.const) this.#report(pointer, `must be ${String(schema.const)}`);
    if (typeof value === "string") this.#text(value, schema, pointer);
    if (typeof value === "number") this.#number(value, schema, pointer);
    if (Array.isArray(value)) this.#list(value, schema, pointer);
    else if (typeof value === "object" && value !== null) {
      this.#object(value as Record<string, unknown>, schema, pointer);
    }
  }

  #text(value: string, schema: Schema, pointer: string): void {
    const length = [...value].length;
    if (length < (schema.minLength ?? 0)) this.#report(pointer, `must have ${schema.minLength} characters or more`);
    if (length > (schema.maxLength ?? Infinity)) this.#report(pointer, `must have ${schema.maxLength} characters or fewer`);
    if (schema.pattern && !new RegExp(schema.pattern, "u").test(value)) {
      this.#report(pointer, `must match ${schema.pattern}`);
    }
  }

  #number(value: number, schema: Schema, pointer: string): void {
    if (value < (schema.minimum ?? -Infinity)) this.#report(pointer, `must be ${schema.minimum} or more`);
    if (value > (schema.maximum ?? Infinity)) this.#report(pointer, `must be ${schema.maximum} or less`);
  }

  #list(value: unknown[], schema: Schema, pointer: string): void {
    if (value.length < (schema.minItems ?? 0)) this.#report(pointer, `must have ${schema.minItems} entries or more`);
    if (value.length > (schema.maxItems ?? Infinity)) this.#report(pointer, `must have ${schema.maxItems} entries or fewer`);
    const { items } = schema;
    if (items) value.forEach((one, at) => this.value(one, items, `${pointer}/${at}`));
  }

  #object(value: Record<string, unknown>, schema: Schema, pointer: string): void {
    const properties = schema.properties ?? {};
    for (const name of schema.required ?? []) {
      if (!Object.hasOwn(value, name)) this.#report(`${pointer}/${name}`, "is missing");
    }
    for (const [name, one] of Object.entries(value)) {
      const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (known) this.value(one, known, `${pointer}/${name}`);
      else if (schema.additionalProperties === false) this.#report(`${pointer}/${name}`, "is not known");
    }
  }
}

/** What is wrong with the value; empty where nothing is. */
export function faults_of(value: unknown, schema: Schema): Fault[] {
  const check = new Check();
  check.value(value, schema, "");
  return check.faults;
}
