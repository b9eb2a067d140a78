import { guardianErrors } from './errors-guardians.ts'
import { hostErrors } from './errors-hosts.ts'

/**
 * The error catalogue: every error a user can meet. `text` says what happened, `next` what was kept and what to do.
 * Placeholders in braces are filled from the details. Codes are stable: scripts depend on them.
 */
const catalogue = {
  'bad-config': {
    status: 422,
    retryable: false,
    text: 'The configuration {file} is not valid: {problems}',
    next: 'Nothing was started. Mend the named keys and start again.',
  },
  'config-not-found': {
    status: 404,
    retryable: false,
    text: 'No configuration: {file} does not exist.',
    next: 'Write jidoka.config.ts (see docs/configuration.md), pass --config FILE, or try `jidoka up --example`.',
  },
  'bad-request': {
    status: 422,
    retryable: false,
    text: 'The request is not valid: {problems}',
    next: 'Nothing was changed. Mend the named fields and send it again.',
  },
  'malformed-body': {
    status: 400,
    retryable: false,
    text: 'The body is not valid JSON: {problem}',
    next: 'Nothing was changed. Send one JSON document with content-type application/json.',
  },
  'body-too-large': {
    status: 413,
    retryable: false,
    text: 'The body is larger than {limitBytes} bytes.',
    next: 'Nothing was changed. Send smaller batches.',
  },
  'body-too-slow': {
    status: 408,
    retryable: true,
    text: 'The body did not arrive within {limitMs} ms.',
    next: 'Nothing was changed. Send it again.',
  },
  unauthorized: {
    status: 401,
    retryable: false,
    text: 'A valid bearer token is needed.',
    next: 'Send "Authorization: Bearer TOKEN"; the local token is in the data folder (.jidoka/token).',
  },
  'bad-signature': {
    status: 401,
    retryable: false,
    text: 'The request is not signed as it should be: {problem}',
    next: 'Nothing was done. Compare the signing secret and the clock of this host (jidoka doctor).',
  },
  forbidden: {
    status: 403,
    retryable: false,
    text: 'The role {role} may not do this; it needs {needs}.',
    next: 'Nothing was changed. Ask an admin for a token with that role (jidoka token create).',
  },
  'host-refused': {
    status: 421,
    retryable: false,
    text: 'This controller is not known as "{host}".',
    next: 'Nothing was changed. Open it as localhost or 127.0.0.1, or allow the name where the controller is started.',
  },
  'cross-origin': {
    status: 403,
    retryable: false,
    text: 'A page of another origin asked for this with the cookie of the board.',
    next: 'Nothing was changed. Use the board itself, or a bearer token.',
  },
  'key-reused': {
    status: 422,
    retryable: false,
    text: 'The Idempotency-Key came before with another body.',
    next: 'Nothing was changed. Take a new key for a new request.',
  },
  'too-many-clients': {
    status: 503,
    retryable: true,
    text: 'Already {limit} clients follow the live events.',
    next: 'Close one, or ask again later; the lists answer all the same.',
  },
  'token-file': {
    status: 500,
    retryable: false,
    text: 'The token file {path} cannot be trusted: {problem}',
    next: 'Nothing was started. Make it readable by you alone (chmod 600), or delete it: a new one is made on the next start.',
  },
  'not-found': { status: 404, retryable: false, text: 'There is no {what} "{id}".', next: 'See the list ({list}) for what exists.' },
  'unknown-action': {
    status: 404,
    retryable: false,
    text: '{member} has no action "{action}".',
    next: 'Nothing was changed. It knows: {known}.',
  },
  'stale-generation': {
    status: 409,
    retryable: false,
    text: 'A newer generation ({seen}) already acted on {member}; this call carries {given}.',
    next: 'Nothing was changed. Read the component again and decide anew.',
  },
  'not-active': {
    status: 409,
    retryable: false,
    text: '{member} is not the active member.',
    next: 'Nothing was changed. Read the component again.',
  },
  'role-refused': { status: 409, retryable: false, text: '{member} refused to become {role}: {problem}', next: 'Its role is unchanged.' },
  'step-down-failed': {
    status: 500,
    retryable: true,
    text: '{member} is {role}, but its own part of {action} failed: {problem}',
    next: 'It no longer says that it is active. Fence it by its agent to be sure that it does nothing.',
  },
  conflict: { status: 409, retryable: false, text: '{problem}', next: 'Nothing was changed. {hint}' },
  refused: { status: 409, retryable: false, text: 'Refused: {reason}', next: 'Nothing was changed. {hint}' },
  'target-refused': {
    status: 502,
    retryable: true,
    text: '{target} refused the connection.',
    next: 'Its process is probably not running.',
  },
  'target-unreachable': {
    status: 502,
    retryable: true,
    text: '{target} could not be reached: {problem}',
    next: 'It may be alive all the same; nothing is assumed.',
  },
  'target-timeout': {
    status: 504,
    retryable: true,
    text: '{target} did not answer within {timeoutMs} ms.',
    next: 'It may have acted all the same; it will be asked before anything is repeated.',
  },
  'target-bad-answer': {
    status: 502,
    retryable: false,
    text: '{target} answered something that is not its contract: {problem}',
    next: 'Nothing is assumed about it. Compare with docs/hooks.md.',
  },
  'target-failed': {
    status: 502,
    retryable: true,
    text: '{target} answered {httpStatus} {code}: {problem}',
    next: 'It says that it did not act.',
  },
  'command-failed': {
    status: 502,
    retryable: true,
    text: 'The command {command} ended with {problem}.',
    next: 'See its output in the step.',
  },
  'query-failed': {
    status: 502,
    retryable: true,
    text: 'The question to {what} was not answered: {problem}',
    next: 'Nothing is taken as counted. It is asked again by itself; try it by hand, and mend it in the configuration.',
  },
  'record-changed': {
    status: 409,
    retryable: true,
    text: 'Somebody else changed the same {kind} at the same moment.',
    next: 'Nothing was changed. Look at it again, and send it again.',
  },
  'router-failed': {
    status: 502,
    retryable: true,
    text: 'HAProxy at {socket} did not do "{command}": {problem}',
    next: 'Its own checks of /health/active still send users to the active member, a little later.',
  },
  'not-verified': {
    status: 502,
    retryable: true,
    text: '{member} was not well within {timeoutMs} ms: {problem}',
    next: 'The next rung of the ladder is tried, or a person is called.',
  },
  'page-not-sent': {
    status: 502,
    retryable: true,
    text: 'The pager {kind} did not take the page: {problem}',
    next: 'The page is kept and sent again until somebody takes it.',
  },
  'lease-lost': {
    status: 409,
    retryable: false,
    text: 'The lease on {resource} is no longer ours (fence {fence}).',
    next: 'We stopped before acting; whoever holds it goes on.',
  },
  'deadline-passed': {
    status: 504,
    retryable: true,
    text: '{what} did not end within {timeoutMs} ms.',
    next: 'It was aborted; what it did is asked before anything is repeated.',
  },
  'not-leader': {
    status: 503,
    retryable: true,
    text: 'Only the controller that leads can do this; it is {leader}, and could not be asked: {problem}',
    next: 'Nothing was done. Send it again; when a controller is gone, another one leads within seconds.',
  },
  'store-locked': {
    status: 503,
    retryable: false,
    text: 'Another controller holds the store {path}.',
    next: 'One controller at a time may use a SQLite store. Stop the other one, or give this one its own --data.',
  },
  'store-corrupt': {
    status: 500,
    retryable: false,
    text: 'The store {path} is damaged: {problem}',
    next: 'It was left as it is. Keep a copy, then restore a backup or start with another --data.',
  },
  'store-full': {
    status: 507,
    retryable: true,
    text: 'The store {path} cannot be written: {problem}',
    next: 'No action is taken while nothing can be recorded; pages still go out. Make room; it goes on by itself.',
  },
  'store-failed': {
    status: 503,
    retryable: true,
    text: 'The store failed: {problem}',
    next: 'No action is taken while nothing can be recorded; pages still go out.',
  },
  'store-not-empty': {
    status: 409,
    retryable: false,
    text: 'The store {store} is not empty: {tables}.',
    next: 'Nothing was copied. Name an empty database, and stop every controller that uses it.',
  },
  'copy-differs': {
    status: 500,
    retryable: true,
    text: 'The copy of {table} is not what was read: {problem}',
    next: 'Nothing was kept in the target, and the source is as it was. Copy again; should it differ again, keep the source and report it.',
  },
  'address-in-use': {
    status: 503,
    retryable: false,
    text: 'The address {address} is already in use.',
    next: 'Another Jidoka may be running here: try `jidoka status`, or pass --port.',
  },
  unreachable: {
    status: 503,
    retryable: true,
    text: 'No controller answers at {url}: {problem}',
    next: 'Start one with `jidoka up`, or pass --url.',
  },
  usage: { status: 400, retryable: false, text: '{problem}', next: '{hint}' },
  internal: {
    status: 500,
    retryable: true,
    text: 'Something failed that should not have: {problem}',
    next: 'What was acknowledged is kept. The log has the whole cause.',
  },
  ...hostErrors,
  ...guardianErrors,
} as const satisfies Record<string, { status: number; retryable: boolean; text: string; next: string }>

export type ErrorCode = keyof typeof catalogue
export const errorCodes = Object.keys(catalogue) as ErrorCode[]

/** An error of the catalogue; `message` and `next` are filled in. */
export class JidokaError extends Error {
  readonly code: ErrorCode
  readonly details: Record<string, unknown>
  constructor(code: ErrorCode, details: Record<string, unknown> = {}, options?: ErrorOptions) {
    super(fill(catalogue[code].text, details), options)
    this.name = 'JidokaError'
    this.code = code
    this.details = details
  }
  get status(): number {
    return catalogue[this.code].status
  }
  get retryable(): boolean {
    return catalogue[this.code].retryable
  }
  get next(): string {
    return fill(catalogue[this.code].next, this.details)
  }
}

export const fault = (code: ErrorCode, details?: Record<string, unknown>, cause?: unknown) =>
  new JidokaError(code, details, cause === undefined ? undefined : { cause })

export const isFault = (error: unknown, ...codes: ErrorCode[]): error is JidokaError =>
  error instanceof JidokaError && (codes.length === 0 || codes.includes(error.code))

/** RFC 9457 problem document of an error; anything unknown becomes `internal` without its inner text. */
export function problemOf(error: unknown, instance?: string) {
  const known = error instanceof JidokaError ? error : fault('internal', { problem: 'see the log of the controller' }, error)
  return {
    type: `urn:jidoka:error:${known.code}`,
    title: known.message,
    status: known.status,
    code: known.code,
    detail: known.next,
    retryable: known.retryable,
    ...(instance ? { instance } : {}),
  }
}

/** One line with the whole cause chain, for logs and timelines. */
export function causeChain(error: unknown): string {
  const parts: string[] = []
  for (let at: unknown = error; at instanceof Error && parts.length < 8; at = at.cause) parts.push(at.message || at.name)
  return parts.length > 0 ? parts.join(' <- ') : String(error)
}

function fill(text: string, details: Record<string, unknown>): string {
  return text.replace(/\{(\w+)\}/g, (_, key: string) => (details[key] === undefined ? key : String(details[key])))
}
