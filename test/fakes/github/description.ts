import { Ajv, type ValidateFunction } from 'ajv';
import { default as formats } from 'ajv-formats';
import { readFile, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchPackage } from '../../fetch-package.ts';
import type { Asked } from './server.ts';

type Json = Readonly<Record<string, unknown>>;

interface Operation {
  readonly parameters?: readonly unknown[];
  readonly requestBody?: Json;
  readonly responses: Readonly<Record<string, unknown>>;
}

/** GitHub's published OpenAPI description, asked for what a request or an answer breaks of it. */
export interface Description {
  /** Empty: all is as published. */
  violations(asked: Asked): readonly string[];
}

/** Statuses that GitHub gives everywhere and writes down almost nowhere. */
const EVERYWHERE = new Set([401, 403, 404, 422, 429, 500, 502, 503]);

let loaded: Promise<Description> | undefined;

/** Fetched from the npm registry once per worker: the very version that the types were made from. */
export function loadDescription(): Promise<Description> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Description> {
  const directory = await mkdtemp(join(tmpdir(), 'headgate-openapi-'));
  try {
    const types = createRequire(import.meta.url).resolve('@octokit/openapi-types/package.json');
    const { octokit } = JSON.parse(await readFile(types, 'utf8')) as {
      octokit: { 'openapi-version': string };
    };
    const name = `@octokit/openapi@${octokit['openapi-version']}`;
    const file = 'generated/api.github.com.json';
    const place = await fetchPackage(directory, name, [file]);
    return describe(JSON.parse(await readFile(join(place, file), 'utf8')) as Json);
  } finally {
    await rm(directory, { recursive: true });
  }
}

const ROOT = 'https://api.github.com/description';

function describe(document: Json): Description {
  const { paths } = document as { paths: Record<string, Record<string, Operation>> };
  const ajv = new Ajv({ strict: false, allErrors: true, coerceTypes: false, logger: false });
  formats.default(ajv);
  // Its addresses may be empty by its own defaults, though they say `format: uri`.
  ajv.addFormat('uri', (text: string) => text === '' || URL.canParse(text));
  // Only what is asked for is compiled; the rest is a place to look things up.
  ajv.addSchema({ $id: ROOT, components: translate(document['components']) });
  const compiled = new Map<string, ValidateFunction>();
  const check = (schema: unknown, value: unknown, what: string): string[] => {
    const key = JSON.stringify(schema);
    const validate = compiled.get(key) ?? ajv.compile(translate(schema) as Json);
    compiled.set(key, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message }) => `${what}${instancePath} ${message}`,
    );
  };
  const lookUp = (value: unknown): Json => {
    const { $ref } = value as { $ref?: string };
    if ($ref === undefined) return value as Json;
    const parts = $ref.slice('#/'.length).split('/');
    return parts.reduce<unknown>((inside, part) => (inside as Json)[part], document) as Json;
  };
  return {
    violations(asked) {
      const [method = '', template = ''] = asked.route.split(' ');
      const operation = findOperation(paths, template)?.[method.toLowerCase()];
      if (operation === undefined) return [`${asked.route}: not in GitHub's description`];
      const found = [
        ...checkQuery(operation, asked, { check, lookUp }),
        ...checkBody(operation, asked, { check, lookUp }),
        ...checkAnswer(operation, asked, { check, lookUp }),
      ];
      return found.map((one) => `${asked.route} (${asked.status}): ${one}`);
    },
  };
}

/** Parameters of paths have other names at times. */
function findOperation(paths: Record<string, Record<string, Operation>>, template: string) {
  const shape = (path: string) => path.replace(/\{\w+\}/g, '{}');
  const found = Object.keys(paths).find((path) => shape(path) === shape(template));
  return found === undefined ? undefined : paths[found];
}

interface Tools {
  check(schema: unknown, value: unknown, what: string): string[];
  lookUp(value: unknown): Json;
}

function checkQuery(operation: Operation, { path, status }: Asked, { check, lookUp }: Tools) {
  const known = (operation.parameters ?? []).map(lookUp);
  // GitHub is asked for something wrong on purpose at times.
  if (status >= 400) return [];
  return [...new URL(path, 'http://localhost').searchParams].flatMap(([name, text]) => {
    const parameter = known.find((one) => one['in'] === 'query' && one['name'] === name);
    if (parameter === undefined) return [`?${name} is no parameter of it`];
    const schema = parameter['schema'] as { type?: string };
    const value = schema.type === 'integer' ? Number(text) : text;
    return check(schema, value, `?${name}`);
  });
}

function checkBody(operation: Operation, { body, status }: Asked, { check, lookUp }: Tools) {
  if (body === undefined || status >= 400) return [];
  if (operation.requestBody === undefined) return ['takes no body'];
  return check(schemaOf(lookUp(operation.requestBody)), body, 'request');
}

function checkAnswer(operation: Operation, { answer, status }: Asked, { check, lookUp }: Tools) {
  const response = operation.responses[String(status)];
  // A file as it is, or the page of a load balancer.
  if (typeof answer === 'string') return [];
  if (response === undefined) {
    if (!EVERYWHERE.has(status)) return ['GitHub never answers that'];
    return check({ $ref: '#/components/schemas/basic-error' }, answer, 'answer');
  }
  const schema = schemaOf(lookUp(response));
  if (schema === undefined) {
    return answer === undefined || status >= 400 ? [] : ['answer has no body'];
  }
  return check(schema, answer, 'answer');
}

function schemaOf({ content }: Json): unknown {
  const types = content as Readonly<Record<string, Json>> | undefined;
  return types?.['application/json']?.['schema'];
}

/** OpenAPI 3.0 to JSON Schema: `nullable`, and where a `$ref` leads. GitHub's alternatives overlap: one of them, or more. */
function translate(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(translate);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { nullable, example: _, examples: __, ...rest } = schema as Json;
  const translated: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(rest)) {
    const isPlace = key === '$ref' && typeof value === 'string';
    const name = key === 'oneOf' ? 'anyOf' : key;
    translated[name] = isPlace ? `${ROOT}${value}` : translate(value);
  }
  if (nullable !== true) return translated;
  return { anyOf: [{ type: 'null' }, translated] };
}
