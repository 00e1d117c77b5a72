// Compares types of TypeScript with the schemas of an OpenAPI document.
import { createRequire } from "node:module";
import { join } from "node:path";

if (!process.env.ORDERFLOW_PAGE) throw new Error("ORDERFLOW_PAGE names the folder that the page is built in");
const ts = createRequire(join(process.env.ORDERFLOW_PAGE, "package.json"))("typescript");

/** The declarations of a source by their names: interfaces and aliases. */
function declarations_of(text) {
  const source = ts.createSourceFile("shapes.ts", text, ts.ScriptTarget.Latest, true);
  const named = source.statements.filter((one) => ts.isInterfaceDeclaration(one) || ts.isTypeAliasDeclaration(one));
  return new Map(named.map((one) => [one.name.text, one]));
}

class Comparison {
  #declarations;
  #document;
  contradictions = [];
  /** The declarations that were met. */
  compared = new Set();

  constructor(text, document) {
    this.#declarations = declarations_of(text);
    this.#document = document;
  }

  names() {
    return [...this.#declarations.keys()];
  }

  /** What `name` declares must be true of each of these schemas; a member may be of one of them alone. */
  compare(name, schemas) {
    const declaration = this.#declarations.get(name);
    if (!declaration) return this.#report(name, "is not declared");
    this.compared.add(name);
    const resolved = schemas.map((schema) => this.#resolve(schema));
    if (ts.isTypeAliasDeclaration(declaration)) {
      for (const schema of resolved) this.#compare_type(declaration.type, schema, name);
      return;
    }
    this.#compare_members(this.#members_of(declaration), resolved, name);
  }

  #report(where, what) {
    this.contradictions.push(`${where} ${what}`);
  }

  #at(pointer) {
    return pointer.slice(2).split("/").reduce((part, key) => part[key], this.#document);
  }

  /** Without references; the parts of `allOf` in one. */
  #resolve(schema) {
    if (schema.$ref) return this.#resolve(this.#at(schema.$ref));
    if (!schema.allOf) return schema;
    const parts = schema.allOf.map((part) => this.#resolve(part));
    return {
      ...schema,
      type: "object",
      properties: Object.assign({}, ...parts.map((part) => part.properties), schema.properties),
      required: [...parts, schema].flatMap((part) => part.required ?? []),
    };
  }

  /** One schema for each JSON type that a value may be of; `type` is undefined where it may be any. */
  #alternatives_of(schema) {
    const resolved = this.#resolve(schema);
    const choices = resolved.oneOf ?? resolved.anyOf;
    if (choices) return choices.flatMap((choice) => this.#alternatives_of(choice));
    const type_of = (value) => (value === null ? "null" : typeof value);
    const of_values = resolved.enum && [...new Set(resolved.enum.map(type_of))];
    const types = [resolved.type ?? of_values ?? (resolved.properties ? "object" : undefined)].flat();
    return types.map((type) => ({
      ...resolved,
      type: type === "integer" ? "number" : type,
      enum: type === "string" ? resolved.enum?.filter((value) => value !== null) : undefined,
    }));
  }

  #members_of(declaration) {
    const inherited = (declaration.heritageClauses ?? [])
      .flatMap((clause) => clause.types)
      .flatMap((type) => {
        this.compared.add(type.expression.text);
        return this.#members_of(this.#declarations.get(type.expression.text));
      });
    return [...inherited, ...declaration.members];
  }

  #compare_members(members, schemas, where) {
    for (const member of members) {
      const name = member.name.text;
      const found = schemas.filter((schema) => schema.properties?.[name]);
      if (found.length === 0) this.#report(`${where}.${name}`, "is not in the contract");
      const is_required = schemas.every((schema) => schema.required?.includes(name));
      if (found.length > 0 && !member.questionToken && !is_required) this.#report(`${where}.${name}`, "may be missing");
      for (const schema of found) this.#compare_type(member.type, schema.properties[name], `${where}.${name}`);
    }
  }

  #compare_type(node, schema, where) {
    const choices = this.#choices_of(node);
    if (choices.some((one) => one.kind === ts.SyntaxKind.UnknownKeyword)) return;
    for (const alternative of this.#alternatives_of(schema)) {
      const fits = choices.some((choice) => this.#takes(choice, alternative, where));
      if (!fits) this.#report(where, `may be ${this.#shown(alternative)}`);
    }
  }

  #shown(schema) {
    return schema.enum ? `one of ${schema.enum.join(", ")}` : (schema.type ?? "anything");
  }

  /** The members of a union and of the aliases that it names, those that are texts together as one. */
  #choices_of(node) {
    const choices = this.#flat(node);
    const is_text = (one) => ts.isLiteralTypeNode(one) && ts.isStringLiteral(one.literal);
    const texts = choices.filter(is_text).map((one) => one.literal.text);
    return [...choices.filter((one) => !is_text(one)), ...(texts.length > 0 ? [{ texts }] : [])];
  }

  #flat(node) {
    if (ts.isUnionTypeNode(node)) return node.types.flatMap((type) => this.#flat(type));
    if (ts.isParenthesizedTypeNode(node)) return this.#flat(node.type);
    const alias = ts.isTypeReferenceNode(node) && this.#declarations.get(node.typeName.text);
    if (!alias || !ts.isTypeAliasDeclaration(alias)) return [node];
    this.compared.add(node.typeName.text);
    return this.#flat(alias.type);
  }

  #takes(choice, schema, where) {
    if (choice.texts) {
      return schema.type === "string" && (schema.enum ?? [undefined]).every((text) => choice.texts.includes(text));
    }
    switch (schema.type) {
      case "string":
        return choice.kind === ts.SyntaxKind.StringKeyword;
      case "number":
        return choice.kind === ts.SyntaxKind.NumberKeyword;
      case "boolean":
        return choice.kind === ts.SyntaxKind.BooleanKeyword;
      case "null":
        return ts.isLiteralTypeNode(choice) && choice.literal.kind === ts.SyntaxKind.NullKeyword;
      case "array":
        if (!ts.isArrayTypeNode(choice)) return false;
        this.#compare_type(choice.elementType, schema.items, `${where}[]`);
        return true;
      case "object":
        return this.#takes_object(choice, schema, where);
      default:
        return false;
    }
  }

  #takes_object(choice, schema, where) {
    if (ts.isTypeLiteralNode(choice)) {
      this.#compare_members(choice.members, [schema], where);
      return true;
    }
    if (!ts.isTypeReferenceNode(choice)) return false;
    const name = choice.typeName.text;
    if (name === "Record") return true;
    const declaration = this.#declarations.get(name);
    if (!declaration || !ts.isInterfaceDeclaration(declaration)) return false;
    this.compared.add(name);
    this.#compare_members(this.#members_of(declaration), [schema], `${where}: ${name}`);
    return true;
  }
}

/** What the declarations of `text` claim and the document does not promise. `places` has the schemas of each type by
 * their names: pointers below `#/components/schemas/`. Types that nothing leads to are named too. */
export function contradictions_of(text, document, places) {
  const comparison = new Comparison(text, document);
  for (const [name, pointers] of Object.entries(places)) {
    comparison.compare(
      name,
      [pointers].flat().map((pointer) => ({ $ref: `#/components/schemas/${pointer}` })),
    );
  }
  const unreached = comparison.names().filter((name) => !comparison.compared.has(name));
  return [...comparison.contradictions, ...unreached.map((name) => `${name} is compared with nothing`)];
}
