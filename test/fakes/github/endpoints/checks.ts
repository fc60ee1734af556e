import * as z from 'zod';
import { nodeId, renderApp, stamp, type Schema } from '../bodies.ts';
import { endpoint, notFound, pageOf, Refusal, type Call } from '../endpoint.ts';
import type { CheckState, State } from '../state.ts';

const HOME = '/repos/{owner}/{repo}';
/** Of one request; more come with updates. */
const ANNOTATIONS = 50;
const TEXT_LIMIT = 65_535;

const Annotation = z.strictObject({
  path: z.string().min(1),
  start_line: z.int().min(1),
  end_line: z.int().min(1),
  start_column: z.int().optional(),
  end_column: z.int().optional(),
  annotation_level: z.enum(['notice', 'warning', 'failure']),
  message: z.string().min(1).max(65_536),
  title: z.string().max(255).optional(),
  raw_details: z.string().optional(),
});
const Output = z.strictObject({
  title: z.string().min(1).max(255),
  summary: z.string().refine((text) => Buffer.byteLength(text) <= TEXT_LIMIT, 'is too long'),
  text: z.string().max(TEXT_LIMIT).optional(),
  annotations: z.array(Annotation).max(ANNOTATIONS, `only ${ANNOTATIONS} per request`).optional(),
});
const Update = z.strictObject({
  name: z.string().min(1).optional(),
  details_url: z.url().optional(),
  external_id: z.string().optional(),
  status: z.enum(['queued', 'in_progress', 'completed']).optional(),
  conclusion: z
    .enum(['success', 'failure', 'neutral', 'cancelled', 'skipped', 'timed_out', 'action_required'])
    .optional(),
  started_at: z.iso.datetime().optional(),
  completed_at: z.iso.datetime().optional(),
  output: Output.optional(),
});
const Create = Update.extend({ name: z.string().min(1), head_sha: z.string() });

export const checks = [
  endpoint(
    `POST ${HOME}/check-runs`,
    ['checks=write'],
    (call, body) => {
      const { state, token } = call;
      if (token.identity.app === undefined) {
        throw new Refusal(403, 'You must authenticate via a GitHub App.');
      }
      if (state.git.find(body.head_sha)?.sha !== body.head_sha) {
        throw new Refusal(422, `No commit found for SHA: ${body.head_sha}`);
      }
      const made: CheckState = {
        id: state.nextId(),
        author: token.identity,
        startedAt: state.now(),
        headSha: body.head_sha,
        name: body.name,
        status: 'queued',
        conclusion: null,
        detailsUrl: null,
        externalId: null,
        title: null,
        summary: null,
        text: null,
        completedAt: undefined,
        annotations: [],
      };
      update(made, body, call);
      state.checks.push(made);
      return { status: 201, body: render(made, state) };
    },
    Create,
  ),

  endpoint(
    `PATCH ${HOME}/check-runs/{check_run_id}`,
    ['checks=write'],
    (call, body) => {
      const found = findCheck(call);
      if (found.author.app?.id !== call.token.identity.app?.id) {
        const id = call.token.identity.app?.id;
        const whose = 'check run can only be modified by the GitHub App that created it.';
        throw new Refusal(403, `Invalid app_id \`${id}\` - ${whose}`);
      }
      update(found, body, call);
      return { status: 200, body: render(found, call.state) };
    },
    Update,
  ),

  endpoint(`GET ${HOME}/check-runs/{check_run_id}`, ['checks=read'], (call) => ({
    status: 200,
    body: render(findCheck(call), call.state),
  })),

  endpoint(`GET ${HOME}/check-runs/{check_run_id}/annotations`, ['checks=read'], (call) => ({
    status: 200,
    body: pageOf(findCheck(call).annotations, call),
  })),

  endpoint(`GET ${HOME}/commits/{ref}/check-runs`, ['checks=read'], (call) => {
    const { state, params, query } = call;
    const commit = state.git.find(params['ref'] ?? '');
    if (commit === undefined) {
      throw new Refusal(422, `No commit found for SHA: ${params['ref']}`);
    }
    const ofCommit = state.checks.filter(({ headSha }) => headSha === commit.sha);
    const wanted = ofCommit.filter(
      ({ name, status, author }) =>
        (query.get('check_name') ?? name) === name &&
        (query.get('status') ?? status) === status &&
        Number(query.get('app_id') ?? author.app?.id) === author.app?.id,
    );
    const { items } = pageOf(wanted.toReversed(), call);
    const check_runs = items.map((one) => render(one, state));
    return { status: 200, body: { total_count: wanted.length, check_runs } };
  }),
];

function findCheck({ state, params }: Call): CheckState {
  const found = state.checks.find(({ id }) => id === Number(params['check_run_id']));
  if (found === undefined) throw notFound();
  return found;
}

function update(check: CheckState, body: z.infer<typeof Update>, { state }: Call): void {
  check.name = body.name ?? check.name;
  check.status = body.conclusion === undefined ? (body.status ?? check.status) : 'completed';
  if (check.status === 'completed' && (body.conclusion ?? check.conclusion) === null) {
    throw new Refusal(422, 'Invalid request.\n\n"conclusion" wasn\'t supplied.');
  }
  check.conclusion = body.conclusion ?? check.conclusion;
  check.detailsUrl = body.details_url ?? check.detailsUrl;
  check.externalId = body.external_id ?? check.externalId;
  if (check.status === 'completed') check.completedAt ??= state.now();
  if (body.output === undefined) return;
  check.title = body.output.title;
  check.summary = body.output.summary;
  check.text = body.output.text ?? check.text;
  check.annotations.push(
    ...(body.output.annotations ?? []).map((one) => ({
      ...one,
      start_column: one.start_column ?? null,
      end_column: one.end_column ?? null,
      title: one.title ?? null,
      raw_details: one.raw_details ?? null,
      blob_href: `${state.links.api}/${one.path}`,
    })),
  );
}

function render(check: CheckState, { links, repository, pulls, git }: State): Schema<'check-run'> {
  const { id, headSha, author, name, status, conclusion, completedAt } = check;
  const home = `${repository.owner}/${repository.name}`;
  const url = `${links.api}/repos/${home}/check-runs/${id}`;
  const place = { id: repository.id, url: `${links.api}/repos/${home}`, name: repository.name };
  const ofCommit = pulls.filter((pull) => pull.state === 'open' && pull.headSha === headSha);
  return {
    id,
    head_sha: headSha,
    node_id: nodeId('CR', id),
    external_id: check.externalId,
    url,
    html_url: `${links.html}/${home}/runs/${id}`,
    details_url: check.detailsUrl ?? 'https://example.com',
    status,
    conclusion,
    started_at: stamp(check.startedAt),
    completed_at: completedAt === undefined ? null : stamp(completedAt),
    output: {
      title: check.title,
      summary: check.summary,
      text: check.text,
      annotations_count: check.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    name,
    check_suite: { id: 1 },
    app: renderApp(author, links),
    pull_requests: ofCommit.map((pull) => ({
      id: pull.id,
      number: pull.number,
      url: `${links.api}/repos/${home}/pulls/${pull.number}`,
      head: { ref: pull.head, sha: pull.headSha, repo: place },
      base: { ref: pull.base, sha: git.branches.get(pull.base) ?? '', repo: place },
    })),
  };
}
