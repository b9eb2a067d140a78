import { describe, expect, test } from 'vitest'
import { faultOf, missingOf, refusalOf } from './errors.ts'

const from = (name: string, httpStatusCode = 400, message = 'no') =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode } })
const target = { account: '123456789012', region: 'eu-west-1', partition: 'aws' }

describe('what AWS answers, told apart', () => {
  test.each([
    ['UnauthorizedOperation', 403, 'denied'],
    ['AccessDeniedException', 400, 'denied'],
    ['AccessDenied', 403, 'denied'],
    ['AuthorizationErrorException', 403, 'denied'],
    ['SomethingNew', 403, 'denied'],
    ['Throttling', 400, 'throttled'],
    ['ThrottlingException', 400, 'throttled'],
    ['RequestLimitExceeded', 503, 'throttled'],
    ['TooManyRequestsException', 429, 'throttled'],
    ['SlowDown', 503, 'throttled'],
    ['LimitExceededException', 400, 'throttled'],
    ['NoSuchBucketPolicy', 404, 'absent'],
    ['NoSuchPublicAccessBlockConfiguration', 404, 'absent'],
    ['ResourceNotFoundException', 400, 'absent'],
    ['InvalidVolume.NotFound', 400, 'absent'],
    ['DBInstanceNotFoundFault', 404, 'absent'],
    ['QueueDoesNotExist', 400, 'absent'],
    ['ReportNotPresent', 410, 'absent'],
    ['OptInRequired', 403, 'region-off'],
    ['AuthFailure', 401, 'identity'],
    ['UnrecognizedClientException', 400, 'identity'],
    ['InvalidClientTokenId', 403, 'identity'],
    ['ExpiredToken', 403, 'credentials'],
    ['SignatureDoesNotMatch', 403, 'credentials'],
    ['CredentialsProviderError', 0, 'credentials'],
    ['TimeoutError', 0, 'unreachable'],
    ['InternalFailure', 500, 'unwell'],
    ['InvalidParameterValue', 400, 'refused'],
    ['ValidationException', 400, 'refused'],
  ])('%s (%i) is %s', (name, status, refusal) => {
    expect(refusalOf(from(name, status))).toBe(refusal)
  })

  test('a connection that is refused has its code beside its name', () => {
    expect(refusalOf(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }))).toBe('unreachable')
  })
})

test('the permission that is missing may be another than the one called', () => {
  const error = from(
    'AccessDeniedException',
    400,
    'User: arn:aws:sts::1:assumed-role/x is not authorized to perform: kms:Decrypt on resource y',
  )
  expect(missingOf(faultOf(error, 'secretsmanager:ListSecrets', target, 1, 'denied'))).toBe('kms:Decrypt')
})

test('what is missing is named', () => {
  const told = (refusal: Parameters<typeof faultOf>[4]) => missingOf(faultOf(from('Code'), 'logs:DescribeLogGroups', target, 3, refusal))
  expect(told('denied')).toBe('logs:DescribeLogGroups')
  expect(told('throttled')).toBe('throttled: logs:DescribeLogGroups')
  expect(told('absent')).toBe('not found: logs:DescribeLogGroups')
  expect(told('region-off')).toBe('region not enabled')
  expect(told('unreachable')).toBe('unreachable: logs:DescribeLogGroups')
  expect(told('refused')).toBe('refused: logs:DescribeLogGroups Code')
  expect(told('credentials')).toBe('credentials: Code')
  expect(missingOf(new TypeError('x is not a function'))).toBe('failed: x is not a function')
})

test('the code of the service stays, secrets do not', () => {
  const error = from('Sender.Weird', 400, 'bad request signed with AKIAIOSFODNN7EXAMPLE, token=abcdef0123456789')
  const fault = faultOf(error, 's3:GetBucketAcl', target, 1, 'absent')
  expect(fault.details).toMatchObject({ code: 'Sender.Weird', name: 'Sender.Weird', call: 's3:GetBucketAcl' })
  expect(fault.message).not.toMatch(/AKIA|abcdef/)
  expect(fault.cause).toBeUndefined()
})
