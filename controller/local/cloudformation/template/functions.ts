import { invalid } from '../errors.ts';

/** What a template's functions can ask while they are evaluated. */
export interface Scope {
  /** Of a parameter, a resource or a pseudo parameter. */
  ref(name: string): unknown;
  attribute(resource: string, attribute: string): unknown;
}

/** Stands in a change set for what only carrying it out will tell; AWS shows the same text. */
export const UNKNOWN = '{{changeSet:KNOWN_AFTER_APPLY}}';

export function isKnown(value: unknown): boolean {
  return !JSON.stringify(value ?? null).includes(UNKNOWN);
}

type Evaluate = (argument: unknown, scope: Scope) => unknown;

const FUNCTIONS: Readonly<Record<string, Evaluate>> = {
  Ref: (name, scope) => scope.ref(text(name, 'Ref')),
  'Fn::GetAtt': (argument, scope) => scope.attribute(...readGetAtt(argument)),
  'Fn::Sub': substitute,
  'Fn::Join': (argument, scope) => {
    const [separator, values] = pair(argument, 'Fn::Join');
    const parts = list(resolve(values, scope), 'Fn::Join');
    return parts.map((part) => text(part, 'Fn::Join')).join(text(separator, 'Fn::Join'));
  },
};

/** The value with every function evaluated; `AWS::NoValue` takes its property or its place in a list away. */
export function resolve(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) {
    return value.map((one) => resolve(one, scope)).filter((one) => one !== undefined);
  }
  if (typeof value !== 'object' || value === null) return value;
  const called = readCall(value);
  if (called !== undefined) return evaluate(called, scope);
  const resolved = Object.entries(value).map(([name, one]) => [name, resolve(one, scope)] as const);
  return Object.fromEntries(resolved.filter(([, one]) => one !== undefined));
}

interface CallOf {
  readonly name: string;
  readonly argument: unknown;
}

/** `{ "Fn::Sub": "..." }`: an object with this one key is a call. */
function readCall(value: object): CallOf | undefined {
  const [[name, argument] = ['', undefined], ...others] = Object.entries(value);
  const isCall = others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'));
  return isCall ? { name, argument } : undefined;
}

function evaluate({ name, argument }: CallOf, scope: Scope): unknown {
  const run = FUNCTIONS[name];
  if (run !== undefined) return run(argument, scope);
  throw invalid(`Template error: the local cloud does not imitate ${name}`);
}

const PLACEHOLDER = /\$\{(!?)([^}]*)\}/g;

function substitute(argument: unknown, scope: Scope): string {
  const { template, values } = readSub(argument);
  return template.replaceAll(PLACEHOLDER, (_, literal: string, written: string) => {
    if (literal !== '') return `\${${written}}`;
    const name = written.trim();
    if (Object.hasOwn(values, name)) return text(resolve(values[name], scope), 'Fn::Sub');
    const [resource = '', ...attribute] = name.split('.');
    const value =
      attribute.length === 0 ? scope.ref(name) : scope.attribute(resource, attribute.join('.'));
    return text(value, 'Fn::Sub');
  });
}

function readSub(argument: unknown) {
  const [template, values = {}] = [argument].flat() as readonly unknown[];
  if (typeof values !== 'object' || values === null) throw wrong('Fn::Sub', 'needs a map');
  return { template: text(template, 'Fn::Sub'), values: values as Record<string, unknown> };
}

function readGetAtt(argument: unknown): [resource: string, attribute: string] {
  const [resource = '', ...rest] =
    typeof argument === 'string' ? argument.split('.') : list(argument, 'Fn::GetAtt');
  return [text(resource, 'Fn::GetAtt'), rest.map((one) => text(one, 'Fn::GetAtt')).join('.')];
}

/** What a value refers to: a name, and the attribute that is asked for; undefined: it is a Ref. */
export interface Reference {
  readonly name: string;
  readonly attribute: string | undefined;
}

/** Every reference in a value. */
export function findReferences(value: unknown): readonly Reference[] {
  if (Array.isArray(value)) return value.flatMap(findReferences);
  if (typeof value !== 'object' || value === null) return [];
  const called = readCall(value);
  if (called?.name === 'Ref') return [{ name: text(called.argument, 'Ref'), attribute: undefined }];
  if (called?.name === 'Fn::GetAtt') {
    const [name, attribute] = readGetAtt(called.argument);
    return [{ name, attribute }];
  }
  if (called?.name === 'Fn::Sub') return findInSub(called.argument);
  return Object.values(value).flatMap(findReferences);
}

function findInSub(argument: unknown): readonly Reference[] {
  const { template, values } = readSub(argument);
  const written = [...template.matchAll(PLACEHOLDER)]
    .filter(([, literal]) => literal === '')
    .map(([, , name = '']) => name.trim())
    .filter((name) => !Object.hasOwn(values, name))
    .map((name) => {
      const [resource = '', ...attribute] = name.split('.');
      return {
        name: resource,
        attribute: attribute.length === 0 ? undefined : attribute.join('.'),
      };
    });
  return [...written, ...findReferences(values)];
}

function text(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw wrong(where, 'needs a text');
}

function list(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw wrong(where, 'needs a list');
}

function pair(value: unknown, where: string): readonly [unknown, unknown] {
  const [first, second, ...others] = list(value, where);
  if (second === undefined || others.length > 0) throw wrong(where, 'needs two arguments');
  return [first, second];
}

function wrong(where: string, why: string) {
  return invalid(`Template error: ${where} ${why}.`);
}
