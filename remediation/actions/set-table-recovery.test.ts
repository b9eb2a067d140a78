import { expect, test } from 'vitest'
import { openSmallAws, smallPlace as place } from '../../test/small-aws.ts'
import { setTableRecovery } from './set-table-recovery.ts'

const args = { place, table: 'orders', from: false, to: true }
const account = (recovery: boolean) => openSmallAws({ tables: new Map([['orders', { recovery, protection: false }]]) })

test('it is switched on, and back, and deletion protection is left as it is', async () => {
  const small = account(false)
  expect(await setTableRecovery.probe?.(args, small.context())).toBe('not-done')
  expect(await setTableRecovery.apply(args, small.context())).toEqual({ before: false, after: true })
  expect(small.tables.get('orders')).toEqual({ recovery: true, protection: false })
  expect(await setTableRecovery.probe?.(args, small.context())).toBe('done')
  await setTableRecovery.apply({ ...args, from: true, to: false }, small.context())
  expect(small.tables.get('orders')?.recovery).toBe(false)
})

test('what somebody else has done is not done again', async () => {
  const small = account(true)
  expect(await setTableRecovery.apply(args, small.context())).toMatchObject({ already: true })
  expect(small.changes()).toEqual([])
})

test('a table that is gone is told', async () => {
  await expect(setTableRecovery.apply(args, openSmallAws().context())).rejects.toThrow('recovery of orders is gone now; it was off')
  expect(await setTableRecovery.probe?.(args, openSmallAws().context())).toBe('unclear')
})
