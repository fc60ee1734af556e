/** Notes beside the lines of policies: what a reviewer sees in the files of a pull request. */
import { nameSubject, type Plan } from '../../plan/plan.ts';
import { findLine, type AppPlace } from '../../policy/places.ts';
import type { Policies } from '../../policy/policy.ts';
import { explainError } from '../failure.ts';
import { readTimes } from '../times.ts';
import type { PlanReport } from './comment.ts';
import { standingOf } from './standing.ts';
import { BLOCKED, describeMoved, describeShares, describeStanding } from './words.ts';

export interface Annotation {
  /** As the policies were loaded from; GitHub takes it from the root of the repository. */
  readonly path: string;
  readonly line: number;
  readonly level: 'notice' | 'warning' | 'failure';
  readonly title: string;
  readonly message: string;
}

/** GitHub takes 50 in a request; who has more problems than this reads the comment. */
const LIMIT = 300;

interface Written {
  readonly places: readonly AppPlace[];
  readonly policies: Policies;
}

/** The gravest first, at most LIMIT; what stands in no file has none. */
export function listAnnotations(report: PlanReport, written: Written): readonly Annotation[] {
  const all = [
    ...report.issues.map(({ file, line, message, example }) => {
      const text = `${message}\ne.g. ${example}`;
      return { path: file, line, level: 'failure', title: 'Policy issue', message: text } as const;
    }),
    ...report.failures.flatMap(({ subject, error }) => {
      const place = findLine(subject, written);
      const title = `${nameSubject(subject)} could not be planned`;
      return place ? [annotate(place, 'failure', { title, message: explainError(error) })] : [];
    }),
    ...report.set.plans.flatMap((plan) => annotatePlan(plan, written)),
  ];
  const rank = ['failure', 'warning', 'notice'];
  return all.toSorted((a, b) => rank.indexOf(a.level) - rank.indexOf(b.level)).slice(0, LIMIT);
}

interface Place {
  readonly file: string;
  readonly line: number;
}

function annotate(
  { file, line }: Place,
  level: Annotation['level'],
  { title, message }: Pick<Annotation, 'title' | 'message'>,
): Annotation {
  return { path: file, line, level, title, message: readTimes(message) };
}

function annotatePlan(plan: Plan, written: Written): readonly Annotation[] {
  const own = findLine(plan.subject, written);
  if (own === undefined) return [];
  const name = nameSubject(plan.subject);
  const refused = plan.refusals.map(({ message, next, place }) =>
    annotate(place ?? own, 'failure', {
      title: `${name} is refused`,
      message: `${message}\n${next}`,
    }),
  );
  return [
    ...refused,
    ...annotateEnvironment(plan, { own, build: findBuild(plan, written) ?? own }),
  ];
}

/** Where its build is named. */
function findBuild({ subject }: Plan, { policies }: Written): Place | undefined {
  if (subject.kind !== 'environment') return undefined;
  const app = policies.apps.find((one) => one.app === subject.app);
  const environment = app?.environments.find(({ name }) => name === subject.environment);
  return app && environment && { file: app.file, line: environment.release.line };
}

function annotateEnvironment(
  plan: Plan,
  { own, build }: { readonly own: Place; readonly build: Place },
): readonly Annotation[] {
  const { subject, review, direction, notes, evidence } = plan;
  const standing = standingOf(plan);
  if (subject.kind !== 'environment' || review === undefined || standing === 'idle') return [];
  const name = nameSubject(subject);
  const told = new Set(plan.refusals.map(({ message }) => message));
  const blocked = review.blockers
    .filter(({ why }) => !told.has(why))
    .map(({ kind, why, wayOut = '' }) =>
      annotate(build, 'warning', {
        title: `${name}: ${BLOCKED[kind]}`,
        message: `${why}\n${wayOut}`.trim(),
      }),
    );
  const warnings = notes
    .filter((note) => note.startsWith('warning: '))
    .map((note) =>
      annotate(own, 'warning', { title: name, message: note.slice('warning: '.length) }),
    );
  if (direction !== 'forward' && direction !== 'rollback') return [...blocked, ...warnings];
  const title = `${name}: ${describeStanding(standing, plan)}`;
  const moved = `${describeShares(review.now)} -> ${describeShares(review.after)}; visitors moved: ${describeMoved(review)}`;
  const message = [plan.why, moved, ...evidence].join('\n');
  const isOfBuild = review.event !== 'settings-changed';
  const level = direction === 'rollback' ? 'warning' : 'notice';
  return [...blocked, annotate(isOfBuild ? build : own, level, { title, message }), ...warnings];
}
