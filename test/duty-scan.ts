import { ebs } from '../guardians/ebs/guardian.ts'
import type { Report } from '../guardians/report.ts'
import { scanAccount } from './aws/accounts.ts'
import { refused } from './aws/recorded.ts'

/** Scans by the engine itself, over what EC2 answers: volumes of Chika, looked at by `ebs-unattached`. */

const dayMs = 86_400_000

/** These volumes of 100 GiB are attached to nothing, and one more is attached. */
function volumesAnswer(names: readonly string[], now: number): string {
  const made = new Date(now - 30 * dayMs).toISOString()
  const volume = (name: string, attached: string) =>
    `<item><volumeId>vol-${name}</volumeId><size>100</size><volumeType>gp3</volumeType><createTime>${made}</createTime>${attached}` +
    `<tagSet><item><key>Name</key><value>${name}</value></item><item><key>owner</key><value>chika</value></item></tagSet></item>`
  const attachment = `<attachmentSet><item><instanceId>i-1</instanceId><attachTime>${made}</attachTime><status>attached</status></item></attachmentSet>`
  const set = [...names.map((name) => volume(name, '')), volume('used', attachment)].join('')
  return `<DescribeVolumesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r-1</requestId><volumeSet>${set}</volumeSet></DescribeVolumesResponse>`
}

/** `volumes`: null: the role may not list them. */
export async function scanOfVolumes(run: string, now: number, volumes: readonly string[] | null): Promise<Report> {
  const answer = volumes === null ? refused('UnauthorizedOperation', 'not allowed', { xml: 'ec2' }) : volumesAnswer(volumes, now)
  const { report } = await scanAccount({ DescribeVolumes: answer }, [ebs], { run, now, only: ['ebs-unattached'] })
  return { ...report, startedAt: now, endedAt: now }
}
