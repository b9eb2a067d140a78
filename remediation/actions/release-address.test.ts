import { expect, test } from 'vitest'
import { openSmallAws, smallPlace as place } from '../../test/small-aws.ts'
import { releaseAddress } from './release-address.ts'

const args = { place, allocation: 'eipalloc-1', ip: '198.51.100.7' }
const account = (address: object = {}) => openSmallAws({ addresses: new Map([['eipalloc-1', { PublicIp: '198.51.100.7', ...address }]]) })

test('it is given back, and by its absence known to be', async () => {
  const small = account()
  expect(await releaseAddress.probe?.(args, small.context())).toBe('not-done')
  expect(await releaseAddress.apply(args, small.context())).toEqual({ released: '198.51.100.7', allocation: 'eipalloc-1' })
  expect(await releaseAddress.probe?.(args, small.context())).toBe('done')
})

test('a second call that AWS refuses because the first one was heard is no failure', async () => {
  const small = account()
  small.fail('ec2:ReleaseAddress', 'aws-absent', true)
  expect(await releaseAddress.apply(args, small.context())).toMatchObject({ released: '198.51.100.7' })
})

test.each([
  ['is in use by now', account({ AssociationId: 'eipassoc-1' }), 'somebody uses it'],
  ['is another one by now', account({ PublicIp: '198.51.100.8' }), 'eipalloc-1 is 198.51.100.8 now; it was 198.51.100.7'],
  ['is gone', openSmallAws(), 'eipalloc-1 is gone now'],
])('one that %s is left alone', async (_, small, reason) => {
  await expect(releaseAddress.apply(args, small.context())).rejects.toThrow(reason)
  expect(small.changes()).toEqual([])
})
