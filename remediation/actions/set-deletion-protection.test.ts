import { expect, test } from 'vitest'
import { openSmallAws, smallPlace as place } from '../../test/small-aws.ts'
import { setDeletionProtection } from './set-deletion-protection.ts'

const args = { place, table: 'orders', from: false, to: true }
const account = (protection: boolean) => openSmallAws({ tables: new Map([['orders', { recovery: false, protection }]]) })

test('it is switched on, and back, and recovery is left as it is', async () => {
  const small = account(false)
  expect(await setDeletionProtection.probe?.(args, small.context())).toBe('not-done')
  expect(await setDeletionProtection.apply(args, small.context())).toEqual({ before: false, after: true })
  expect(small.tables.get('orders')).toEqual({ recovery: false, protection: true })
  expect(await setDeletionProtection.probe?.(args, small.context())).toBe('done')
  await setDeletionProtection.apply({ ...args, from: true, to: false }, small.context())
  expect(small.tables.get('orders')?.protection).toBe(false)
})

test('what somebody else has done is not done again', async () => {
  const small = account(true)
  expect(await setDeletionProtection.apply(args, small.context())).toMatchObject({ already: true })
  expect(small.changes()).toEqual([])
})

test('a table that is gone is told', async () => {
  await expect(setDeletionProtection.apply(args, openSmallAws().context())).rejects.toThrow('protection of orders is gone now; it was off')
})
