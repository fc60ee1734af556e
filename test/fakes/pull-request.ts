import { UsageError } from '../../controller/core/errors.ts';
import type { Comment, GitHub } from '../../controller/ports/github.ts';
import type { Context } from '../../controller/ports/context.ts';

/** A run of GitHub Actions on a pull request, and the comments there. */
export interface PullRequestRun {
  /** Bodies, oldest first. */
  readonly comments: string[];
  /** What was told on standard error. */
  readonly notes: string[];
  /** Everything that GitHub is asked fails. */
  isDown: boolean;
  through(context: Context): Context;
}

/** In memory: the adapter and the fake GitHub have tests of their own. */
export function createPullRequestRun(number: number, eventName = 'pull_request'): PullRequestRun {
  const own: PullRequestRun = {
    comments: [],
    notes: [],
    isDown: false,
    through: (context) => ({
      ...context,
      terminal: { ...context.terminal, note: (text) => void own.notes.push(text) },
      surroundings: { ...context.surroundings, github: async () => describeRun(number, eventName) },
      github: { comments: commentsOf(own, number) } as GitHub,
    }),
  };
  return own;
}

function commentsOf(own: PullRequestRun, number: number): GitHub['comments'] {
  const check = (asked: number): void => {
    if (own.isDown) throw new UsageError('GitHub does not answer.', 'The next run shows it.');
    if (asked !== number) throw new Error(`asked for pull request ${asked}`);
  };
  const describe = (id: number): Comment => ({ id, url: `#${id}`, body: own.comments[id] ?? '' });
  return {
    async find(asked, marker) {
      check(asked);
      const id = own.comments.findLastIndex((body) => body.startsWith(marker));
      return id === -1 ? undefined : describe(id);
    },
    async write(asked, body, comment) {
      check(asked);
      const id = comment?.id ?? own.comments.length;
      own.comments[id] = body;
      return describe(id);
    },
  };
}

function describeRun(number: number, eventName: string) {
  return {
    repository: 'acme/shop',
    eventName,
    sha: 'merged',
    ref: `refs/pull/${number}/merge`,
    runUrl: 'https://github.com/acme/shop/actions/runs/1',
    actor: 'ada',
    inputs: {},
    ...(eventName === 'pull_request' && {
      pullRequest: {
        number,
        headSha: '0123456789abcdef0123456789abcdef01234567',
        headRef: 'new-basket',
        baseRef: 'main',
        isFork: false,
        action: 'synchronize',
        isMerged: false,
      },
    }),
  };
}
