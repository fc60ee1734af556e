import { cutText } from '../../core/report/cut.ts';
import type { Annotation } from '../../core/report/comment/annotations.ts';
import type { Check, Checks } from '../../ports/github.ts';
import type { Link } from './link.ts';

/** GitHub takes so many in one request, and adds those of further ones (documented). */
const ANNOTATIONS = 50;
/** Documented as characters; bytes are the safe reading. */
const SUMMARY_BYTES = 65_535;
const TITLE_LENGTH = 255;
const MESSAGE_BYTES = 65_536;
const CUT = '\n\n(cut: the rest is in the log of the run)';

/**
 * Every publication is a check run of its own: for one name and commit GitHub counts the latest, so a repeated
 * run, or two at once, need no care. It is complete from the start: a run that dies before its last
 * annotation must not leave a check that never ends.
 */
export function createChecks(link: Link): Checks {
  const { place } = link;
  return {
    publish: (check) =>
      link.ask(
        { what: `the check ${check.name}`, permission: 'checks: write' },
        async (octokit) => {
          const [first = [], ...rest] = inParts(check.annotations.map(toAnnotation));
          const output = {
            title: cutText(check.title, TITLE_LENGTH),
            summary: cutBytes(check.summary, SUMMARY_BYTES),
          };
          const created = await octokit.rest.checks.create({
            ...place,
            ...toFields(check),
            output: { ...output, annotations: first },
          });
          const id = { ...place, check_run_id: created.data.id };
          for (const annotations of rest)
            await octokit.rest.checks.update({ ...id, output: { ...output, annotations } });
        },
      ),
  };
}

function toFields({ name, commit, conclusion, detailsUrl }: Check) {
  return {
    name,
    head_sha: commit,
    status: 'completed' as const,
    conclusion,
    ...(detailsUrl !== undefined && { details_url: detailsUrl }),
  };
}

function toAnnotation({ path, line, level, title, message }: Annotation) {
  return {
    path,
    start_line: line,
    end_line: line,
    annotation_level: level,
    title: cutText(title, TITLE_LENGTH),
    message: cutBytes(message, MESSAGE_BYTES),
  };
}

function inParts<T>(all: readonly T[]): T[][] {
  const count = Math.ceil(all.length / ANNOTATIONS);
  return Array.from({ length: count }, (_, part) =>
    all.slice(part * ANNOTATIONS, (part + 1) * ANNOTATIONS),
  );
}

/** Whole characters only: half a one would be a sign for "unknown". */
function cutBytes(text: string, limit: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= limit) return text;
  const kept = bytes.subarray(0, limit - Buffer.byteLength(CUT)).toString();
  return `${kept.replace(/\uFFFD$/, '')}${CUT}`;
}
