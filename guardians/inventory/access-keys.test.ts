import { afterEach, expect, test } from 'vitest'
import { accessTo, sourcesThrough } from '../../test/aws/door.ts'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { readAll } from '../../test/aws/sources.ts'
import { virtualClock } from '../../test/virtual-clock.ts'
import { accessKeys } from './access-keys.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
async function open(answers: Answers) {
  aws = await openRecorded(answers)
  return sourcesThrough(accessTo(aws.url), aws.url)
}

const state = (said: string) =>
  `<GenerateCredentialReportResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GenerateCredentialReportResult><State>${said}</State></GenerateCredentialReportResult></GenerateCredentialReportResponse>`
const report = (text: string) =>
  `<GetCredentialReportResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetCredentialReportResult><Content>${Buffer.from(text).toString('base64')}</Content><ReportFormat>text/csv</ReportFormat><GeneratedTime>2026-11-21T05:00:00Z</GeneratedTime></GetCredentialReportResult></GetCredentialReportResponse>`

const header =
  'user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated'
const none = 'false,N/A,N/A,N/A,N/A'
const line = (user: string, arn: string, first: string, second = none) =>
  `${user},${arn},2020-01-01T00:00:00+00:00,not_supported,no_information,N/A,N/A,false,${first},${second},false,N/A,false,N/A`
const used = 'true,2026-01-01T00:00:00+00:00,2026-11-20T10:00:00+00:00,us-east-1,s3'

test('a row per key, with when it was used; who has none has no row', async () => {
  const lines = [
    header,
    line('<root_account>', 'arn:aws:iam::123456789012:root', none),
    line('aki', 'arn:aws:iam::123456789012:user/aki', used, 'true,2026-02-01T00:00:00+00:00,N/A,N/A,N/A'),
    line('ben,work', 'arn:aws:iam::123456789012:user/a,b/ben,work', 'false,2019-01-01T00:00:00+00:00,N/A,N/A,N/A'),
    line('chie', 'arn:aws:iam::123456789012:user/chie', none),
  ]
  const rows = await readAll(
    accessKeys,
    await open({ GenerateCredentialReport: state('COMPLETE'), GetCredentialReport: report(`${lines.join('\n')}\n`) }),
  )
  expect(rows).toEqual([
    {
      ...{ arn: 'arn:aws:iam::123456789012:user/aki#access-key-1', name: 'aki, key 1', user: 'aki', number: 1, root: false, active: true },
      ...{ rotatedAt: Date.UTC(2026, 0, 1), lastUsedAt: Date.UTC(2026, 10, 20, 10), lastUsedService: 's3' },
    },
    {
      ...{ arn: 'arn:aws:iam::123456789012:user/aki#access-key-2', name: 'aki, key 2', user: 'aki', number: 2, root: false, active: true },
      ...{ rotatedAt: Date.UTC(2026, 1, 1), lastUsedAt: null, lastUsedService: null },
    },
    expect.objectContaining({ arn: 'arn:aws:iam::123456789012:user/a,b/ben,work#access-key-1', user: 'ben,work', active: false }),
  ])
})

test('root with a key is a row of its own kind', async () => {
  const text = [header, line('<root_account>', 'arn:aws:iam::123456789012:root', used)].join('\n')
  const rows = await readAll(accessKeys, await open({ GenerateCredentialReport: state('COMPLETE'), GetCredentialReport: report(text) }))
  expect(rows).toMatchObject([{ arn: 'arn:aws:iam::123456789012:root#access-key-1', root: true }])
})

test('a report that is still being made is waited for', async () => {
  const clock = virtualClock(undefined, { drain: 'immediates' })
  const sources = await open({
    GenerateCredentialReport: [state('STARTED'), state('INPROGRESS'), state('COMPLETE')],
    GetCredentialReport: report(header),
  })
  let rows: unknown
  const reading = readAll(accessKeys, { ...sources, clock }).then((read) => {
    rows = read
  })
  while (rows === undefined) await clock.advance(500)
  await reading
  expect(rows).toEqual([])
  expect(aws?.count('GenerateCredentialReport')).toBe(3)
})

test('a report that never comes ends the waiting', async () => {
  const clock = virtualClock(undefined, { drain: 'immediates' })
  const sources = await open({ GenerateCredentialReport: state('STARTED') })
  let problem: unknown
  const reading = readAll(accessKeys, { ...sources, clock }).catch((error) => {
    problem = error
  })
  while (problem === undefined) await clock.advance(2_000)
  await reading
  expect(problem).toMatchObject({ code: 'deadline-passed' })
})

test('a refusal names the permission', async () => {
  const sources = await open({ GenerateCredentialReport: refused('AccessDenied', 'no', { xml: 'query' }) })
  await expect(readAll(accessKeys, sources)).rejects.toMatchObject({
    code: 'aws-denied',
    details: { action: 'iam:GenerateCredentialReport' },
  })
})
