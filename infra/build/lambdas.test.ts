import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { guardians } from '../../guardians/registry.ts'
import { type Answers, openRecorded, refused } from '../../test/aws/recorded.ts'
import { bundleLambdas, guardianFolders } from './lambdas.ts'

const root = resolve(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'jidoka-lambdas-'))
const limitBytes = 350 * 1024

beforeAll(() => bundleLambdas(root, folder), 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** As Lambda does it: the handler of the bundle, in a process of its own, with nothing but its environment. */
async function invoke(guardian: string, answers: Answers, event: object = {}, environment: Record<string, string> = {}) {
  const aws = await openRecorded(answers)
  const driver = join(folder, `${guardian}.driver.mjs`)
  writeFileSync(
    driver,
    `import { handler } from './${guardian}/index.mjs'
try {
  const report = await handler(${JSON.stringify(event)}, { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 900_000 })
  console.log('REPORT ' + JSON.stringify(report))
} catch (error) {
  // Uncaught, node would print the one long line of the bundle first.
  console.error(String(error))
  process.exitCode = 1
}`,
  )
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [driver], {
      env: {
        AWS_ENDPOINT_URL: aws.url,
        AWS_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
        AWS_SECRET_ACCESS_KEY: 'not-a-secret',
        ...environment,
      },
    })
    const line = stdout.split('\n').find((one) => one.startsWith('REPORT '))
    return { report: JSON.parse(line?.slice('REPORT '.length) ?? 'null'), calls: aws.calls, stdout }
  } finally {
    await aws.close()
  }
}

const whoAmI = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
  <Arn>arn:aws:iam::123456789012:role/guardian</Arn><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`
const emptyOf = (name: string, set: string) =>
  `<${name}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><${set}/></${name}Response>`

test('one per guardian, its id the name of its folder, and none above its limit', () => {
  expect(guardianFolders(root)).toEqual(guardians.map(({ id }) => id).toSorted())
  const sizes = guardianFolders(root).map((id) => ({ id, bytes: statSync(join(folder, id, 'index.mjs')).size }))
  expect(sizes.filter(({ bytes }) => bytes > limitBytes)).toEqual([])
})

test('looks at the account and region that it is in, and answers its report', async () => {
  const volume =
    '<item><volumeId>vol-1</volumeId><volumeType>gp3</volumeType><size>10</size><createTime>2026-01-01T00:00:00Z</createTime></item>'
  const { report, calls, stdout } = await invoke(
    'ebs',
    {
      GetCallerIdentity: whoAmI,
      DescribeVolumes: emptyOf('DescribeVolumes', 'volumeSet').replace('<volumeSet/>', `<volumeSet>${volume}</volumeSet>`),
      DescribeSnapshots: emptyOf('DescribeSnapshots', 'snapshotSet'),
      DescribeImages: emptyOf('DescribeImages', 'imagesSet'),
      DescribeInstances: emptyOf('DescribeInstances', 'reservationSet'),
      DescribeLaunchTemplateVersions: emptyOf('DescribeLaunchTemplateVersions', 'launchTemplateVersionSet'),
    },
    { only: ['ebs-unattached'] },
  )
  expect(report).toMatchObject({
    run: 'request-1',
    guardians: ['ebs'],
    findings: [
      {
        check: 'ebs-unattached',
        account: '123456789012',
        region: 'eu-central-1',
        resource: 'arn:aws:ec2:eu-central-1:123456789012:volume/vol-1',
      },
    ],
    unknown: [],
  })
  expect(calls.map(({ region }) => region)).not.toContain('us-east-1')
  expect(JSON.parse(stdout.split('\n')[0] as string)).toMatchObject({ guardian: 'ebs', findings: 1 })
})

test('what the bundle leaves out of the SDK does not change how a refusal is read', async () => {
  const { report } = await invoke(
    'exposure',
    {
      GetCallerIdentity: whoAmI,
      'GET /':
        '<ListAllMyBucketsResult><Buckets><Bucket><Name>b-1</Name><BucketRegion>eu-central-1</BucketRegion></Bucket></Buckets></ListAllMyBucketsResult>',
      'GET /v20180820/configuration/publicAccessBlock': refused('NoSuchPublicAccessBlockConfiguration', 'none', { xml: 's3', status: 404 }),
      'GET /b-1': refused('AccessDenied', 'no', { xml: 's3' }),
      'GET /b-1/': refused('AccessDenied', 'no', { xml: 's3' }),
    },
    { only: ['exposure-s3-public'] },
  )
  expect(report.findings).toEqual([])
  expect(report.unknown).toMatchObject([{ check: 'exposure-s3-public', missing: expect.stringMatching(/^s3:Get/), resources: 1 }])
})

test('a scheduled run sends its report with the token of the secret, and fails when nobody takes it', async () => {
  const answers = {
    GetCallerIdentity: whoAmI,
    DescribeVolumes: emptyOf('DescribeVolumes', 'volumeSet'),
    GetSecretValue: JSON.stringify({ SecretString: 'jdk_token' }),
  }
  const taken: { authorization: string | undefined; guardians: string[] }[] = []
  let status = 202
  const controller = createServer(async (request, response) => {
    const report = JSON.parse(await text(request))
    taken.push({ authorization: request.headers.authorization, guardians: report.guardians })
    response.writeHead(status).end()
  }).listen(0, '127.0.0.1')
  await once(controller, 'listening')
  const url = `http://127.0.0.1:${(controller.address() as AddressInfo).port}/v1/scans`
  const run = () =>
    invoke(
      'ebs',
      answers,
      { only: ['ebs-unattached'], scheduled: true },
      { JIDOKA_REPORT_URL: url, JIDOKA_REPORT_TOKEN_SECRET: 'arn:secret' },
    )
  try {
    await run()
    expect(taken).toEqual([{ authorization: 'Bearer jdk_token', guardians: ['ebs'] }])
    status = 503
    await expect(run()).rejects.toThrow(/answered 503/)
  } finally {
    controller.close()
  }
})
