import { afterEach, expect, test } from 'vitest'
import { accessTo, sourcesThrough } from '../../test/aws/door.ts'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { readAll } from '../../test/aws/sources.ts'
import { launchTemplateVersions } from './launch-template-versions.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
const read = async (answers: Answers) => {
  aws = await openRecorded(answers)
  return readAll(launchTemplateVersions, sourcesThrough(accessTo(aws.url), aws.url))
}
const page = (items: string, next = '') =>
  `<DescribeLaunchTemplateVersionsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r-1</requestId><launchTemplateVersionSet>${items}</launchTemplateVersionSet>${next && `<nextToken>${next}</nextToken>`}</DescribeLaunchTemplateVersionsResponse>`

const version = (id: string, number: number, data = '') =>
  `<item><launchTemplateId>${id}</launchTemplateId><launchTemplateName>${id}-name</launchTemplateName><versionNumber>${number}</versionNumber><launchTemplateData>${data}</launchTemplateData></item>`
const whole = `<imageId>ami-1</imageId><securityGroupIdSet><item>sg-1</item></securityGroupIdSet>
  <networkInterfaceSet><item><deviceIndex>0</deviceIndex><groupSet><groupId>sg-2</groupId></groupSet></item></networkInterfaceSet>`

test('the latest and the default of each, page after page, and one that is both but once', async () => {
  const rows = await read({
    DescribeLaunchTemplateVersions: [page(version('lt-1', 3, whole) + version('lt-1', 3, whole), 'more'), page(version('lt-2', 1))],
  })
  const arn = 'arn:aws:ec2:us-east-1:123456789012:launch-template'
  expect(rows).toEqual([
    { arn: `${arn}/lt-1:3`, template: 'lt-1', name: 'lt-1-name', version: 3, image: 'ami-1', securityGroups: ['sg-1', 'sg-2'] },
    { arn: `${arn}/lt-2:1`, template: 'lt-2', name: 'lt-2-name', version: 1, image: null, securityGroups: [] },
  ])
  expect(aws?.calls.at(-1)?.input).toMatchObject({
    ...{ 'LaunchTemplateVersion.1': '$Latest', 'LaunchTemplateVersion.2': '$Default', MaxResults: '200', NextToken: 'more' },
  })
})

test('an empty region', async () => {
  expect(await read({ DescribeLaunchTemplateVersions: page('') })).toEqual([])
})

test('a refusal names the permission', async () => {
  await expect(read({ DescribeLaunchTemplateVersions: refused('UnauthorizedOperation', 'no', { xml: 'ec2' }) })).rejects.toMatchObject({
    ...{ code: 'aws-denied', details: { action: 'ec2:DescribeLaunchTemplateVersions' } },
  })
})
