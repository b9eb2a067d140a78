import { expect, test } from 'vitest'
import { openSmallAws, smallPlace as place } from '../../test/small-aws.ts'
import type { VolumeModification } from '../aws.ts'
import { setVolumeType } from './set-volume-type.ts'

const args = { place, volume: 'vol-1', from: 'gp2', to: 'gp3', iops: 6_000, throughput: 250 }
const account = (VolumeType: string, ...modifications: VolumeModification[]) =>
  openSmallAws({ volumes: new Map([['vol-1', { VolumeType, Size: 2_000, Iops: 6_000, modifications }]]) })

test('the type is changed, as fast as it is told', async () => {
  const small = account('gp2')
  expect(await setVolumeType.probe?.(args, small.context())).toBe('not-done')
  expect(await setVolumeType.apply(args, small.context())).toEqual({ before: 'gp2', after: 'gp3', iopsBefore: 6_000 })
  expect(small.volumes.get('vol-1')).toMatchObject({ VolumeType: 'gp3', Iops: 6_000, Throughput: 250 })
  expect(await setVolumeType.probe?.(args, small.context())).toBe('done')
})

test('one that AWS has begun with is done, though the volume still has its old type', async () => {
  const small = account('gp2', { ModificationState: 'modifying', TargetVolumeType: 'gp3' })
  expect(await setVolumeType.probe?.(args, small.context())).toBe('done')
  expect(await setVolumeType.apply(args, small.context())).toMatchObject({ already: true })
  expect(small.changes()).toEqual([])
})

test('an older modification, or one that failed, is no sign', async () => {
  const failed = account('gp2', { ModificationState: 'failed', TargetVolumeType: 'gp3', StartTime: new Date(2) })
  expect(await setVolumeType.probe?.(args, failed.context())).toBe('not-done')
  const older = { ModificationState: 'modifying', TargetVolumeType: 'gp3', StartTime: new Date(1) }
  const newer = { ModificationState: 'completed', TargetVolumeType: 'gp2', StartTime: new Date(2) }
  expect(await setVolumeType.probe?.(args, account('gp2', older, newer).context())).toBe('not-done')
})

test('a second call that AWS refuses because it heard the first one is no failure', async () => {
  const small = account('gp2')
  small.fail('ec2:ModifyVolume', 'aws-refused', true)
  expect(await setVolumeType.apply(args, small.context())).toMatchObject({ after: 'gp3' })
  const refusing = account('gp2')
  refusing.fail('ec2:ModifyVolume', 'aws-refused')
  await expect(setVolumeType.apply(args, refusing.context())).rejects.toMatchObject({ code: 'aws-refused' })
})

test.each([
  ['of another type by now', account('io2'), 'vol-1 is io2 now; it was gp2'],
  ['gone', openSmallAws(), 'vol-1 is gone now'],
])('one that is %s is left alone', async (_, small, reason) => {
  await expect(setVolumeType.apply(args, small.context())).rejects.toThrow(reason)
  expect(small.changes()).toEqual([])
  expect(await setVolumeType.probe?.(args, small.context())).toBe('unclear')
})
