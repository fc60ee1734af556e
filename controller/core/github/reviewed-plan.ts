/**
 * What a plan comment remembers of the plan, in an HTML comment that nobody sees. People may edit comments,
 * so it is information, and decides nothing.
 */
import * as z from 'zod';

const subjectSchema = z.object({
  /** As `nameSubject` says. */
  name: z.string(),
  checksum: z.string(),
  /** What it would serve; absent where many had to fit. */
  to: z.string().optional(),
});

const reviewedSchema = z.object({
  version: z.literal(1),
  /** Head of the pull request. */
  commit: z.string(),
  /** Of GitHub; grows from run to run. */
  run: z.number().optional(),
  checksum: z.string(),
  /** Those whose plan had something to say; the others had nothing to do. */
  subjects: z.array(subjectSchema).readonly(),
  /** There were more than fit. */
  isCut: z.literal(true).optional(),
});

export type ReviewedPlan = z.infer<typeof reviewedSchema>;

const BEGIN = '<!-- headgate:plan-data ';
const END = ' -->';
/** Most of a comment is for people. */
const BYTES_LIMIT = 16_384;

/** One line; the most important subjects first, of which the last are left out where they don't fit. */
export function renderReviewed(reviewed: ReviewedPlan): string {
  const all = wrap(reviewed);
  if (bytesOf(all) <= BYTES_LIMIT) return all;
  const bare = reviewed.subjects.map(({ name, checksum }) => ({ name, checksum }));
  let kept = bare.length;
  let text = wrap({ ...reviewed, subjects: bare });
  while (bytesOf(text) > BYTES_LIMIT) {
    kept = Math.floor(kept * 0.9);
    text = wrap({ ...reviewed, subjects: bare.slice(0, kept), isCut: true });
  }
  return text;
}

/** undefined: there is none in it, or somebody has edited it. */
export function readReviewed(body: string): ReviewedPlan | undefined {
  const start = body.indexOf(BEGIN);
  const end = body.indexOf(END, start);
  if (start === -1 || end === -1) return undefined;
  try {
    return reviewedSchema.parse(JSON.parse(body.slice(start + BEGIN.length, end)));
  } catch {
    // Whatever it is, it isn't what we wrote.
    return undefined;
  }
}

/** Nothing in it may end the comment, or begin a tag. */
function wrap(reviewed: ReviewedPlan): string {
  const json = JSON.stringify(reviewed).replaceAll(
    /[<>&]|-(?=-)/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${BEGIN}${json}${END}`;
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text);
}
