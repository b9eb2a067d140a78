import { afterEach, expect, test } from 'vitest'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { foundBy, scanAt } from '../../test/aws/scans.ts'
import { ebs } from './guardian.ts'

/** The guardian in a whole scan, where one of the lists that its verdicts rest on is refused, or has what moto does not know. */
let aws: Recorded | undefined
afterEach(() => aws?.close())

const list = (operation: string, set: string, ...items: string[]) =>
  `<${operation}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><${set}>${items.map((item) => `<item>${item}</item>`).join('')}</${set}></${operation}Response>`
const snapshot = (id: string, volume: string, gib: number) =>
  `<snapshotId>${id}</snapshotId><volumeId>${volume}</volumeId><status>completed</status><ownerId>123456789012</ownerId>
  <startTime>2026-01-01T00:00:00.000Z</startTime><volumeSize>100</volumeSize><fullSnapshotSizeInBytes>${gib * 1024 ** 3}</fullSnapshotSizeInBytes>`
const image = `<imageId>ami-1</imageId><name>old-web</name><creationDate>2026-01-01T00:00:00.000Z</creationDate>
  <blockDeviceMapping><item><ebs><snapshotId>snap-of-image</snapshotId></ebs></item></blockDeviceMapping>`

const answers: Answers = {
  DescribeVolumes: list('DescribeVolumes', 'volumeSet'),
  DescribeSnapshots: list(
    'DescribeSnapshots',
    'snapshotSet',
    snapshot('snap-alone', 'vol-1', 30),
    snapshot('snap-one-of-two', 'vol-2', 30),
    snapshot('snap-two-of-two', 'vol-2', 31),
    snapshot('snap-of-image', 'vol-3', 8),
  ),
  DescribeImages: list('DescribeImages', 'imagesSet', image),
  DescribeInstances: list('DescribeInstances', 'reservationSet'),
  DescribeLaunchTemplateVersions: list('DescribeLaunchTemplateVersions', 'launchTemplateVersionSet'),
}
const scan = async (over: Answers = {}) => {
  aws = await openRecorded({ ...answers, ...over })
  return scanAt(aws.url, [ebs], { now: Date.parse('2026-11-21T06:00:00Z'), only: ['ebs-snapshot-old', 'ebs-ami-unused'] })
}

test('savings are what AWS tells to be stored, and only where the deletion frees all of it', async () => {
  const { findings, unknown } = await scan()
  expect(unknown).toEqual([])
  const saved = Object.fromEntries(findings.map(({ resource, savings }) => [resource.split('/').at(-1), savings?.usdPerMonth ?? null]))
  expect(saved).toEqual({ 'snap-alone': 1.5, 'snap-one-of-two': null, 'snap-two-of-two': null, 'ami-1': 0.4 })
})

test('without the images no snapshot is called old: some may be theirs', async () => {
  const report = await scan({ DescribeImages: refused('UnauthorizedOperation', 'no', { xml: 'ec2' }) })
  expect(report.findings).toEqual([])
  expect(report.unknown.map(({ check, missing }) => [check, missing]).toSorted()).toEqual([
    ['ebs-ami-unused', 'ec2:DescribeImages'],
    ['ebs-snapshot-old', 'ec2:DescribeImages'],
  ])
})

test('without the launch templates no image is called unused; the snapshots are judged all the same', async () => {
  const report = await scan({ DescribeLaunchTemplateVersions: refused('UnauthorizedOperation', 'no', { xml: 'ec2' }) })
  expect(foundBy(report, 'ebs-ami-unused')).toEqual({})
  expect(report.unknown).toMatchObject([{ check: 'ebs-ami-unused', missing: 'ec2:DescribeLaunchTemplateVersions' }])
  expect(report.findings.filter(({ check }) => check === 'ebs-snapshot-old')).toHaveLength(3)
})
