import type { Plan } from '../../plan/plan.ts';
import type { Standing, Standings } from './standing.ts';
import { count } from './words.ts';

/** Singular and plural of what comes after the number. */
const SAID: Readonly<Record<Standing, readonly [one: string, many: string]>> = {
  rollback: ['will roll back', 'will roll back'],
  refused: ['is refused', 'are refused'],
  move: ['will move', 'will move'],
  blocked: ['is blocked', 'are blocked'],
  repair: ['will be put right', 'will be put right'],
  underway: ['is under way', 'are under way'],
  idle: ['has nothing to do', 'have nothing to do'],
};

interface Troubles {
  /** Environments that could not be read. */
  readonly unread: number;
  readonly issues: number;
}

/** All of it in one sentence: `2 environments will move, 1 is blocked, 27 have nothing to do.` */
export function renderHeadline(
  { environments, groups }: Standings,
  { unread, issues }: Troubles,
): string {
  const counted = Object.entries(SAID).flatMap(([standing, [one, many]]) => {
    const { length } = environments.filter((entry) => entry.standing === standing);
    return length === 0 ? [] : [{ standing, length, said: length === 1 ? one : many }];
  });
  const [first, ...others] = counted;
  const code = groups.filter(({ changes }) => changes.length > 0);
  // First, since the check fails for them.
  const troubles = [
    ...(issues === 0 ? [] : [`${count(issues, 'issue', 'issues')} in the policy files`]),
    ...(unread === 0 ? [] : [`${count(unread, 'subject', 'subjects')} could not be read`]),
  ];
  const tail = describeCode(code);
  if (first === undefined) return sentence([...troubles, ...tail], 'No environments');
  if (others.length === 0 && first.standing === 'idle' && troubles.length === 0) {
    const all = `Nothing to do: ${first.length === 1 ? 'the environment serves' : `all ${first.length} environments serve`} what the policies say`;
    return sentence([all, ...tail], all);
  }
  const all = `${count(first.length, 'environment', 'environments')} ${first.said}`;
  const rest = others.map(({ length, said }) => `${length} ${said}`);
  return sentence([...troubles, all + describeUnseen(environments), ...rest, ...tail], all);
}

/** The question of whoever reviews a revert. */
function describeUnseen(environments: Standings['environments']): string {
  const moving = environments.filter(({ plan }) => plan.direction !== 'none');
  const isUnseen = moving.every(({ plan }) => plan.review?.isUnseen === true);
  return moving.length > 0 && isUnseen ? ', with no change for visitors' : '';
}

function describeCode(groups: readonly Plan[]): readonly string[] {
  return groups.length === 0
    ? []
    : [`${count(groups.length, 'edge group gets', 'edge groups get')} other code`];
}

function sentence(parts: readonly string[], otherwise: string): string {
  return `${parts.length === 0 ? otherwise : parts.join(', ')}.`;
}
