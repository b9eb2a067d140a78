import { seconds } from '../../core/clock.ts'
import { isFault } from '../../core/errors.ts'
import { type AwsHere, type AwsPlace, awsHere, changedSince } from '../aws.ts'
import { type VolumeState, volumeState } from '../aws-state.ts'
import { defineAction } from './define.ts'

/** `iops`, `throughput` (MiB/s): null where the type has its own. */
type Args = { place: AwsPlace; volume: string; from: string; to: string; iops: number | null; throughput: number | null }

/** While AWS begins with it, the volume still has its old type. */
const onItsWay = (now: VolumeState | null, to: string) =>
  now !== null && (now.type === to || (now.modification?.state === 'modifying' && now.modification.to === to))

/** Changes the type of a volume while it is in use. AWS takes hours to end it, and allows the next change six hours later. */
export const setVolumeType = defineAction('set-volume-type', {
  title: 'Change the type of a volume',
  kind: 'check-then-act',
  timeoutMs: seconds(60),
  attempts: 1,
  permissions: ['ec2:DescribeVolumes', 'ec2:DescribeVolumesModifications', 'ec2:ModifyVolume'],
  async apply({ place, volume, from, to, iops, throughput }: Args, context) {
    const aws = awsHere(context.world, place, context)
    const now = await volumeState(aws, volume)
    const told = { before: from, after: to }
    if (onItsWay(now, to)) return { ...told, already: true }
    if (now?.type !== from) throw changedSince(volume, from, now?.type ?? 'gone')
    await modify(aws, volume, to, { ...(iops === null ? {} : { Iops: iops }), ...(throughput === null ? {} : { Throughput: throughput }) })
    return { ...told, ...(now.iops === null ? {} : { iopsBefore: now.iops }) }
  },
  async probe({ place, volume, from, to }, context) {
    const now = await volumeState(awsHere(context.world, place, context), volume)
    return onItsWay(now, to) ? 'done' : now?.type === from ? 'not-done' : 'unclear'
  },
})

/** A call that was tried again after silence is refused because the first one was heard. */
async function modify(aws: AwsHere, volume: string, to: string, more: { Iops?: number; Throughput?: number }) {
  try {
    await aws('ec2:ModifyVolume', { VolumeId: volume, VolumeType: to, ...more })
  } catch (error) {
    if (!isFault(error, 'aws-refused') || !onItsWay(await volumeState(aws, volume), to)) throw error
  }
}
