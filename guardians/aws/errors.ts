import { fault, isFault, type JidokaError } from '../../core/errors.ts'
import { scrub } from '../../core/scrub.ts'
import type { IamAction, Target } from '../define.ts'

/** What AWS may answer instead of an answer, in one place. */

export type Refusal = 'denied' | 'throttled' | 'absent' | 'region-off' | 'identity' | 'credentials' | 'unreachable' | 'unwell' | 'refused'

const throttles =
  /^(Throttl|RequestLimitExceeded|RequestThrottled|TooManyRequests|SlowDown|PriorRequestNotComplete|BandwidthLimitExceeded|EC2Throttled|LimitExceededException$|ProvisionedThroughputExceeded)/
const denials = /^(AccessDenied|Unauthorized|AuthorizationError|NotAuthorized|AllAccessDisabled|Forbidden)/
/** Nobody there of that name; the same answer comes from a region that is not enabled. */
const identities = /^(AuthFailure|UnrecognizedClient|InvalidClientTokenId|InvalidAccessKeyId)/
const badCredentials =
  /^(CredentialsProviderError|ExpiredToken|RequestExpired|TokenRefreshRequired|SignatureDoesNotMatch|InvalidSignature|IncompleteSignature|InvalidToken|MissingAuthenticationToken|RequestTimeTooSkewed|ProviderError)/
const absences =
  /^(ResourceNotFound|NoSuch|NonExistent|CredentialReportNotPresent|ReportNotPresent)|NotFound(Exception|Fault|Error)?$|DoesNotExist|NonExistent/
const network =
  /^(TimeoutError|NetworkingError|ECONNRESET|ECONNREFUSED|ECONNABORTED|ENOTFOUND|ETIMEDOUT|EPIPE|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR)/

interface SdkError {
  name?: unknown
  code?: unknown
  Code?: unknown
  message?: unknown
  $metadata?: { httpStatusCode?: number }
}

/** The service's own code, without the side whose fault it is: `UnauthorizedOperation`. */
export function codeOf(error: unknown): string {
  const { name, code, Code } = (error ?? {}) as SdkError
  const known = [Code, name, code].find((value): value is string => typeof value === 'string' && value !== '' && value !== 'Error')
  return (known ?? (typeof code === 'string' ? code : 'Unknown')).replace(/^(Client|Server)\./, '').slice(0, 100)
}

export function refusalOf(error: unknown): Refusal {
  const code = codeOf(error)
  const status = ((error ?? {}) as SdkError).$metadata?.httpStatusCode
  if (throttles.test(code) || status === 429) return 'throttled'
  if (/^OptInRequired|^RegionDisabled/.test(code)) return 'region-off'
  if (identities.test(code)) return 'identity'
  if (badCredentials.test(code)) return 'credentials'
  if (denials.test(code)) return 'denied'
  if (absences.test(code)) return 'absent'
  if (network.test(code) || network.test(String((error as SdkError)?.code ?? ''))) return 'unreachable'
  if (status === 403) return 'denied'
  if (status === 404 || status === 410) return 'absent'
  if (status !== undefined && status >= 500) return 'unwell'
  return 'refused'
}

/** Worth another try after a pause. */
export const mayPass = (refusal: Refusal): boolean => refusal === 'throttled' || refusal === 'unreachable' || refusal === 'unwell'

/** `User: … is not authorized to perform: kms:Decrypt on …`: what is missing may be another action than the one called. */
const actionIn = (text: string, call: IamAction): string => /not authorized to perform:? ([a-z0-9-]+:\w+)/i.exec(text)?.[1] ?? call

/** The error as a fault. It has no cause: the SDK's errors carry requests with them, and every word of use is in the details. */
export function faultOf(error: unknown, call: IamAction, { account, region }: Target, attempts: number, refusal: Refusal): JidokaError {
  if (isFault(error)) return error
  const code = codeOf(error)
  const text = String((error as SdkError)?.message ?? '')
  const problem = scrub(text).slice(0, 300) || code
  const details = { call, code, name: code, problem, account, region, attempts }
  switch (refusal) {
    case 'denied':
      return fault('aws-denied', { ...details, action: actionIn(text, call) })
    case 'throttled':
      return fault('aws-throttled', details)
    case 'absent':
      return fault('aws-absent', details)
    case 'region-off':
      return fault('aws-region-off', details)
    case 'identity':
    case 'credentials':
      return fault('aws-credentials', details)
    case 'unreachable':
      return fault('aws-unreachable', details)
    case 'unwell':
    case 'refused':
      return fault('aws-refused', details)
  }
}

/** What a report says is missing: the permission, or the answer. */
export function missingOf(error: unknown): string {
  if (!isFault(error)) return `failed: ${scrub(error instanceof Error ? error.message : String(error)).slice(0, 200)}`
  const { action, call, code } = error.details
  switch (error.code) {
    case 'aws-denied':
      return String(action)
    case 'aws-throttled':
      return `throttled: ${call}`
    case 'aws-absent':
      return `not found: ${call}`
    case 'aws-region-off':
      return 'region not enabled'
    case 'aws-credentials':
      return `credentials: ${code}`
    case 'aws-unreachable':
      return `unreachable: ${call}`
    case 'aws-refused':
      return `refused: ${call} ${code}`
    case 'aws-undeclared':
      return `not declared: ${call}`
    default:
      return `failed: ${scrub(error.message).slice(0, 200)}`
  }
}
