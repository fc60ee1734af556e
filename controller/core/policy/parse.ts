/** Text -> written policy, or every issue of the file at once. */
import * as z from 'zod';
import { explainIssue, explainObjection, type Finding, type Subject } from './explain.ts';
import type { Issue } from './issue.ts';
import { appSchema, edgeSchema, type WrittenApp, type WrittenEdge } from './schema.ts';
import { readSource, type PolicyText, type Source } from './source.ts';

export interface Parsed<Written> {
  readonly source: Source;
  /** Without the entries that have issues; undefined when the file as a whole can't be used. */
  readonly written: Written | undefined;
  readonly issues: readonly Issue[];
}

/** What an issue inside an entry of the file belongs to; undefined: the whole file. */
type Owner = (entry: string, file: unknown) => Pick<Issue, 'environment' | 'group'> | undefined;

interface Form<Written> {
  readonly schema: z.ZodType<Written>;
  /** The map whose entries stand or fall alone. */
  readonly entries: 'groups' | 'environments';
  /** What no release needs: a mistake in it leaves it out. */
  readonly aside?: 'setup';
  readonly owner: Owner;
}

export function parseEdge(text: PolicyText): Parsed<WrittenEdge> {
  return parse(text, { schema: edgeSchema, entries: 'groups', aside: 'setup', owner: ownByGroup });
}

export function parseApp(text: PolicyText): Parsed<WrittenApp> {
  return parse(text, { schema: appSchema, entries: 'environments', owner: ownByEnvironment });
}

const ownByGroup: Owner = (group) => ({ group });

const appNamed = z.object({ app: appSchema.shape.app });

const ownByEnvironment: Owner = (environment, file) => {
  const named = appNamed.safeParse(file);
  return named.success ? { environment: `${named.data.app}/${environment}` } : undefined;
};

function parse<Written>(text: PolicyText, form: Form<Written>): Parsed<Written> {
  const source = readSource(text);
  const findings = source.issues.length > 0 ? [] : findIssues({ source, schema: form.schema });
  const isUsable =
    source.value !== undefined &&
    findings.every((finding) => isInEntry(finding, form) || isAside(finding, form));
  const usable = isUsable ? withoutEntries(source.value, form, findings) : undefined;
  return {
    source,
    written: isUsable ? form.schema.parse(usable) : undefined,
    issues: [...source.issues, ...findings.map((finding) => assign(finding, form, source.value))],
  };
}

function findIssues(subject: Subject): readonly Finding[] {
  const { source, schema } = subject;
  const objections = source.objections.map((objection) => explainObjection(subject, objection));
  if (source.value === undefined) return objections;
  const { error } = z.safeParse(schema, source.value);
  const issues = error?.issues ?? [];
  return [...objections, ...issues.flatMap((issue) => explainIssue(subject, issue))];
}

function isInEntry({ path }: Finding, form: Form<unknown>): boolean {
  return path[0] === form.entries && path.length > 1;
}

function isAside({ path }: Finding, { aside }: Form<unknown>): boolean {
  return aside !== undefined && path[0] === aside;
}

function assign(finding: Finding, form: Form<unknown>, value: unknown): Issue {
  const owner = isInEntry(finding, form) ? form.owner(String(finding.path[1]), value) : undefined;
  return { ...finding.issue, ...owner };
}

/** The same file as if the broken entries weren't there. */
function withoutEntries(
  value: unknown,
  form: Form<unknown>,
  findings: readonly Finding[],
): unknown {
  const own = findings.filter((finding) => isInEntry(finding, form));
  const broken = new Set(own.map((finding) => String(finding.path[1])));
  const file = { ...z.record(z.string(), z.unknown()).parse(value) };
  if (form.aside && own.length < findings.length) delete file[form.aside];
  const entries = Object.entries(z.record(z.string(), z.unknown()).parse(file[form.entries]));
  const usable = entries.filter(([name]) => !broken.has(name));
  return { ...file, [form.entries]: Object.fromEntries(usable) };
}
