/** What the probe's distribution runs. It is text: CloudFront runs it, not we. */

export const SEEN = 'x-seen';

/**
 * Says in a header what it sees of the request, and of the store. `/generated` it answers itself; `/` and `/missing`
 * go to the bucket as they are, everything else is the page.
 */
export const REQUEST_CODE = `import cf from 'cloudfront';
async function handler(event) {
  var request = event.request;
  if (request.uri === '/generated') return { statusCode: 200, statusDescription: 'OK', body: 'generated' };
  if (request.uri === '/origin') cf.selectRequestOriginById('nowhere');
  var written = '';
  try { written = await cf.kvs().get('written'); } catch (e) {}
  var query = request.querystring.q, cookie = request.cookies.c;
  var seen = [request.uri, query ? query.value : '', cookie ? cookie.value : '', written];
  request.headers['${SEEN}'] = { value: seen.join('|') };
  if (request.uri !== '/' && request.uri !== '/missing') request.uri = '/page.html';
  return request;
}
`;

/** Shows what viewer-request has set. */
export const RESPONSE_CODE = `function handler(event) {
  var response = event.response, seen = event.request.headers['${SEEN}'];
  response.headers['${SEEN}'] = { value: seen ? seen.value : 'nothing' };
  return response;
}
`;
