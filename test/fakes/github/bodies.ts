import type { components } from '@octokit/openapi-types';

/** A body as GitHub's OpenAPI description has it: the compiler sees to it that nothing is left out. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

/** Who a token stands for. */
export interface Identity {
  readonly login: string;
  readonly id: number;
  /** Of the App it acts as; undefined: a person. */
  readonly app: { readonly id: number; readonly slug: string; readonly name: string } | undefined;
}

/** Where links lead: to GitHub itself in a browser, to the fake for programs. */
export interface Links {
  readonly api: string;
  readonly html: string;
}

/** What makes ids readable in a failing test: `IC_17`. */
export const nodeId = (kind: string, id: number): string => `${kind}_${id}`;

/** GitHub writes whole seconds. */
export const stamp = (date: Date): string => date.toISOString().replace(/\.\d{3}Z$/, 'Z');

export function renderUser(
  { login, id, app }: Identity,
  { api, html }: Links,
): Schema<'simple-user'> {
  const url = `${api}/users/${encodeURIComponent(login)}`;
  return {
    login,
    id,
    node_id: nodeId('U', id),
    avatar_url: `https://avatars.githubusercontent.com/u/${id}?v=4`,
    gravatar_id: '',
    url,
    html_url: app === undefined ? `${html}/${login}` : `${html}/apps/${app.slug}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: app === undefined ? 'User' : 'Bot',
    user_view_type: 'public',
    site_admin: false,
  };
}

const SINCE = '2025-01-01T00:00:00Z';

export function renderApp({ app }: Identity, links: Links): Schema<'nullable-integration'> {
  if (app === undefined) return null;
  return {
    id: app.id,
    slug: app.slug,
    node_id: nodeId('A', app.id),
    client_id: `Iv23${app.id}`,
    owner: renderUser({ login: 'acme', id: 9, app: undefined }, links),
    name: app.name,
    description: '',
    external_url: 'https://example.com',
    html_url: `${links.html}/apps/${app.slug}`,
    created_at: SINCE,
    updated_at: SINCE,
    permissions: { metadata: 'read' },
    events: [],
  };
}

export interface RepositoryFacts {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly defaultBranch: string;
  readonly isFork: boolean;
}

export function renderRepository(facts: RepositoryFacts, links: Links): Schema<'repository'> {
  const { id, owner, name, defaultBranch, isFork } = facts;
  const url = `${links.api}/repos/${owner}/${name}`;
  const page = `${links.html}/${owner}/${name}`;
  const folders = FOLDERS.map(([key, path]) => [key, `${url}/${path}`]);
  return {
    ...(Object.fromEntries(folders) as Record<(typeof FOLDERS)[number][0], string>),
    id,
    node_id: nodeId('R', id),
    name,
    full_name: `${owner}/${name}`,
    license: null,
    owner: renderUser({ login: owner, id: 9, app: undefined }, links),
    private: true,
    html_url: page,
    description: null,
    fork: isFork,
    url,
    git_url: `git://github.com/${owner}/${name}.git`,
    ssh_url: `git@github.com:${owner}/${name}.git`,
    clone_url: `${page}.git`,
    svn_url: page,
    mirror_url: null,
    homepage: null,
    language: null,
    forks: 0,
    forks_count: 0,
    stargazers_count: 0,
    watchers: 0,
    watchers_count: 0,
    size: 1,
    default_branch: defaultBranch,
    open_issues: 0,
    open_issues_count: 0,
    has_issues: true,
    has_projects: false,
    has_wiki: false,
    has_pages: false,
    has_downloads: false,
    has_discussions: false,
    archived: false,
    disabled: false,
    visibility: 'private',
    pushed_at: SINCE,
    created_at: SINCE,
    updated_at: SINCE,
  };
}

const FOLDERS = [
  ['archive_url', '{archive_format}{/ref}'],
  ['assignees_url', 'assignees{/user}'],
  ['blobs_url', 'git/blobs{/sha}'],
  ['branches_url', 'branches{/branch}'],
  ['collaborators_url', 'collaborators{/collaborator}'],
  ['comments_url', 'comments{/number}'],
  ['commits_url', 'commits{/sha}'],
  ['compare_url', 'compare/{base}...{head}'],
  ['contents_url', 'contents/{+path}'],
  ['contributors_url', 'contributors'],
  ['deployments_url', 'deployments'],
  ['downloads_url', 'downloads'],
  ['events_url', 'events'],
  ['forks_url', 'forks'],
  ['git_commits_url', 'git/commits{/sha}'],
  ['git_refs_url', 'git/refs{/sha}'],
  ['git_tags_url', 'git/tags{/sha}'],
  ['hooks_url', 'hooks'],
  ['issue_comment_url', 'issues/comments{/number}'],
  ['issue_events_url', 'issues/events{/number}'],
  ['issues_url', 'issues{/number}'],
  ['keys_url', 'keys{/key_id}'],
  ['labels_url', 'labels{/name}'],
  ['languages_url', 'languages'],
  ['merges_url', 'merges'],
  ['milestones_url', 'milestones{/number}'],
  ['notifications_url', 'notifications{?since,all,participating}'],
  ['pulls_url', 'pulls{/number}'],
  ['releases_url', 'releases{/id}'],
  ['stargazers_url', 'stargazers'],
  ['statuses_url', 'statuses/{sha}'],
  ['subscribers_url', 'subscribers'],
  ['subscription_url', 'subscription'],
  ['tags_url', 'tags'],
  ['teams_url', 'teams'],
  ['trees_url', 'git/trees{/sha}'],
] as const;
