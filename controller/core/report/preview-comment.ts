import { escapeHtml } from './markdown.ts';
import { readTimes } from './times.ts';

/** First line of the one comment per pull request and app. */
export const previewMarker = (app: string): string => `<!-- headgate:preview ${app} -->`;

export interface PreviewLink {
  readonly build: string;
  readonly url: string;
}

export interface PreviewShown {
  readonly app: string;
  readonly environment: string;
  readonly host: string;
  /** Newest first; at least one. */
  readonly links: readonly PreviewLink[];
  /** Commit of the pull request that the first one is of. */
  readonly commit: string;
  /** When signed links end, ISO 8601; undefined: they are open, and don't. */
  readonly expires?: string;
}

/** More nobody looks for, and each is a line. */
const EARLIER_SHOWN = 10;

/** The newest build first; those of earlier pushes folded away. */
export function renderPreviewComment(shown: PreviewShown): string {
  const { app, environment, host, commit } = shown;
  const [newest, ...earlier] = shown.links;
  if (newest === undefined) throw new Error('a preview comment without a build');
  const off = `https://${host}/?override_build_number=off`;
  return [
    previewMarker(app),
    `### Preview of ${app}`,
    '',
    `**[Open build ${newest.build}](${newest.url})** of commit ${commit.slice(0, 7)}, on \`${host}\` (${app}/${environment}).`,
    '',
    `Only the browser that opens the link sees it, on every page there, until it is closed or [leaves](${off}).`,
    shown.expires === undefined
      ? 'Anyone may open it.'
      : `The link is signed: whoever has it may open it, until ${readTimes(shown.expires)}. The next push makes new ones.`,
    'All builds on that host share its cookies and storage: a private window keeps them apart.',
    ...renderEarlier(earlier),
  ].join('\n');
}

function renderEarlier(links: readonly PreviewLink[]): readonly string[] {
  if (links.length === 0) return [];
  const title = links.length === 1 ? '1 earlier build' : `${links.length} earlier builds`;
  const rest = links.length - EARLIER_SHOWN;
  return [
    '',
    `<details><summary>${escapeHtml(title)} of this pull request</summary>`,
    '',
    ...links.slice(0, EARLIER_SHOWN).map(({ build, url }) => `- [${build}](${url})`),
    ...(rest > 0 ? [`- and ${rest} more: \`headgate preview\` makes a link to each`] : []),
    '',
    '</details>',
  ];
}

/** What stands in its place when the pull request is closed. */
export function renderRemoved(app: string, builds: number): string {
  const count = builds === 1 ? 'Its build is' : 'Its builds are';
  return [
    previewMarker(app),
    `### Preview of ${app}`,
    '',
    `This pull request is closed. ${builds === 0 ? 'It has no builds any more' : `${count} removed`}, so the links lead nowhere.`,
    'A browser that still has the preview leaves it with `?override_build_number=off`.',
  ].join('\n');
}
