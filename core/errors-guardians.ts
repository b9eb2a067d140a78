/** Errors of guardians and findings; a part of the catalogue in errors.ts. */
export const guardianErrors = {
  'guardian-failed': {
    status: 502,
    retryable: true,
    text: 'The guardian {guardian} did not report: {problem}',
    next: 'Nothing of its findings was changed. Read its log, or run `jidoka guardians run {guardian}` here.',
  },
  'finding-not-found': { status: 404, retryable: false, text: 'There is no finding "{id}".', next: 'See the list (GET /v1/findings).' },
  'finding-decided': {
    status: 409,
    retryable: false,
    text: 'The finding {id} is {status}: it cannot be {wanted}.',
    next: 'Nothing was changed. {hint}',
  },
  'owner-unknown': {
    status: 422,
    retryable: false,
    text: 'Nobody to ask: {problem}',
    next: 'Nobody was asked. Name a person or a team of the configuration, or set guardians.fallback.',
  },
  'no-runbook': {
    status: 409,
    retryable: false,
    text: 'Nothing mends {check} by itself: {reason}',
    next: 'Nothing was changed. A person does what the finding says.',
  },
  'too-many-items': {
    status: 409,
    retryable: false,
    text: '{count} fixes already wait for a scan to confirm them; {limit} at most.',
    next: 'Nothing was changed. Let a scan look at them first (jidoka guardians run), or raise guardians.fixMaxItems.',
  },
  'aws-denied': {
    status: 502,
    retryable: false,
    text: 'AWS does not allow {action} in {account} {region}: {problem}',
    next: 'What rests on it is told as unknown, and nothing is closed. Allow it in the role (docs/guardians.md lists what each check needs).',
  },
  'aws-credentials': {
    status: 502,
    retryable: false,
    text: 'No usable AWS credentials for {account}: {problem}',
    next: 'Everything of this account is told as unknown. Sign in, or check AWS_PROFILE and the role of the account.',
  },
  'aws-throttled': {
    status: 502,
    retryable: true,
    text: 'AWS throttled {call} in {account} {region}, {attempts} times running.',
    next: 'What rests on it is told as unknown. The next scan asks again, slower.',
  },
  'aws-absent': {
    status: 404,
    retryable: false,
    text: 'AWS has nothing of that name for {call}: {code}: {problem}',
    next: 'It was deleted, or never configured.',
  },
  'aws-region-off': {
    status: 502,
    retryable: false,
    text: 'The region {region} is not enabled in {account}.',
    next: 'Enable it, or take it out of guardians.accounts.',
  },
  'aws-unreachable': {
    status: 502,
    retryable: true,
    text: 'AWS could not be reached for {call} in {region}: {problem}',
    next: 'What rests on it is told as unknown. Check the network, the proxy and AWS_ENDPOINT_URL.',
  },
  'aws-refused': {
    status: 502,
    retryable: false,
    text: 'AWS refused {call} in {account} {region}: {code}: {problem}',
    next: 'What rests on it is told as unknown.',
  },
  'aws-undeclared': {
    status: 500,
    retryable: false,
    text: '{call} was called, but not declared.',
    next: 'Add it to `calls` of the inventory or detail: the policies are generated from there.',
  },
  'no-platform': {
    status: 503,
    retryable: false,
    text: 'There is no configuration here that names components, pairs of stores or addresses.',
    next: 'Nothing of ours was looked at, and nothing is taken as gone. Run it with --config FILE, or let the controller run it.',
  },
} as const
