import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../core/clock.ts'
import { systemRandom } from '../../core/random.ts'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { testCredentials, testTarget } from '../../test/aws/sources.ts'
import { openAws } from '../aws/open.ts'
import { ebs } from '../ebs/guardian.ts'
import { reportSchema } from '../report.ts'
import { scan } from './scan.ts'

let recorded: Recorded | undefined
afterEach(() => recorded?.close())

const run = async (answers: Answers) => {
  recorded = await openRecorded(answers)
  const aws = openAws({
    ...{ clock: systemClock, random: systemRandom, environment: () => undefined, endpoint: recorded.url },
    credentials: async () => testCredentials,
  })
  const report = await scan(
    {
      run: 'scan_1',
      guardians: [ebs],
      targets: [testTarget],
      settings: { ownerTags: ['owner'] },
      overrides: {},
      prices: {},
      only: ['ebs-unattached'],
    },
    { aws, platform: null, clock: systemClock },
  )
  aws.close()
  return reportSchema.parse(report)
}

const page = (ids: string[], next = '') =>
  `<DescribeVolumesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r-1</requestId><volumeSet>${ids
    .map(
      (id) =>
        `<item><volumeId>${id}</volumeId><size>100</size><volumeType>gp3</volumeType><createTime>2020-10-01T00:00:00.000Z</createTime></item>`,
    )
    .join('')}</volumeSet>${next && `<nextToken>${next}</nextToken>`}</DescribeVolumesResponse>`

test('findings, coverage and cost of two pages', async () => {
  const report = await run({ DescribeVolumes: [page(['vol-1', 'vol-2'], 'more'), page(['vol-3'])] })
  expect(report.findings.map(({ resource }) => resource.split('/')[1])).toEqual(['vol-1', 'vol-2', 'vol-3'])
  expect(report.coverage).toMatchObject([{ check: 'ebs-unattached', looked: 3, failed: 3, complete: true }])
  expect(report.cost).toMatchObject({ calls: 2, usd: 0, byCall: [{ call: 'ec2:DescribeVolumes', calls: 2, throttled: 0, denied: 0 }] })
})

test('a refusal names the permission, and nothing is complete', async () => {
  const report = await run({ DescribeVolumes: [page(['vol-1'], 'more'), refused('UnauthorizedOperation', 'no', { xml: 'ec2' })] })
  expect(report.findings).toHaveLength(1)
  expect(report.coverage).toMatchObject([{ looked: 1, complete: false }])
  expect(report.unknown).toMatchObject([{ missing: 'ec2:DescribeVolumes', resources: null }])
})
