/** What the functions of Lambda@Edge run. It is text: Lambda runs it, not we. */

export const VIEWER_LIMIT = 40_960;
/** Seconds; of both functions. */
export const TIMEOUT = 3;
export const LOADING_SECONDS = 4;

export const RAN = 'x-ran';
export const SAW = 'x-saw';

/** At all four events, by the path: each of these is one question of the probe. */
export const LAMBDA_CODE = `'use strict';
const field = (key, value) => ({ [key.toLowerCase()]: [{ key, value: String(value) }] });
const make = (status, body, more = {}) => ({
  status, statusDescription: 'Probe', body, headers: { ...field('Content-Type', 'text/plain'), ...more },
});
const requests = {
  '/lambda/expiring': () => make('200', String(Date.now()), { ...field('Cache-Control', 'max-age=1'), ...field('ETag', '"probe"') }),
  '/lambda/other': (request) => {
    const domain = request.origin.s3.domainName.replace('-lambda.', '-other.');
    request.origin.s3.domainName = domain;
    request.headers.host = [{ key: 'Host', value: domain }];
    return request;
  },
  '/group/generated': () => make('404', 'generated'),
  '/fails/throws': () => {
    if (Math.floor(Date.now() / 1000) % 2 === 0) throw new Error('headgate-probe');
    return make('200', 'fine', field('Cache-Control', 'no-store'));
  },
  '/fails/slow': async (request) => {
    await new Promise((resolve) => setTimeout(resolve, 10000));
    return request;
  },
  '/fails/nonsense': () => 'nonsense',
  '/viewer/fits': () => sized(${VIEWER_LIMIT}),
  '/viewer/over': () => sized(${VIEWER_LIMIT + 1}),
};
function sized(bytes) {
  const empty = make('200', '', field('X-Probe', 'x'.repeat(1000)));
  return { ...empty, body: 'x'.repeat(bytes - JSON.stringify(empty).length) };
}
const responses = {
  '/lambda/kept': (response) => ({ ...response, headers: { ...response.headers, ...field('X-Ran', Date.now()) } }),
  '/lambda/missing': (response) => ({ ...response, status: '200', statusDescription: 'OK', body: 'made' }),
  '/group/second': (response) => ({ ...response, headers: { ...response.headers, ...field('X-Saw', response.status) } }),
  '/group/spoilt': (response) => ({ ...response, status: '404', statusDescription: 'Not Found' }),
};
const views = {
  '/lambda/missing': (response) => ({ ...response, headers: { ...response.headers, ...field('X-Ran', 'viewer-response') } }),
  '/viewer/status': (response) => ({ ...response, status: '201', statusDescription: 'Created' }),
  '/viewer/body': (response) => ({ ...response, body: 'replaced' }),
  '/viewer/via': (response) => ({ ...response, headers: { ...response.headers, ...field('Via', 'probe') } }),
};
exports.handler = async (event) => {
  const { config, request, response } = event.Records[0].cf;
  const lists = { 'origin-response': responses, 'viewer-response': views };
  const run = (lists[config.eventType] ?? requests)[request.uri];
  return run ? run(response ?? request) : (response ?? request);
};
`;

/** Takes longer to load than it may take to run. */
export const LOADING_CODE = `'use strict';
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${LOADING_SECONDS * 1000});
exports.handler = async (event) => event.Records[0].cf.request;
`;
