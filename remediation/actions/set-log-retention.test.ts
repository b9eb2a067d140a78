import { expect, test } from 'vitest'
import { openSmallAws, smallPlace as place } from '../../test/small-aws.ts'
import { setLogRetention } from './set-log-retention.ts'

const args = { place, group: 'orders', from: null, to: 365 }
const account = (retentionInDays?: number) =>
  openSmallAws({
    groups: new Map([
      ['orders', retentionInDays === undefined ? {} : { retentionInDays }],
      ['orders-audit', {}],
    ]),
  })

test('it is set, found among others of the same beginning, and what was there is kept', async () => {
  const small = account()
  expect(await setLogRetention.probe?.(args, small.context())).toBe('not-done')
  expect(await setLogRetention.apply(args, small.context())).toEqual({ before: null, after: 365 })
  expect(await setLogRetention.probe?.(args, small.context())).toBe('done')
  expect([...small.groups.values()]).toEqual([{ retentionInDays: 365 }, {}])
})

test('back to for ever', async () => {
  const small = account(365)
  expect(await setLogRetention.apply({ ...args, from: 365, to: null }, small.context())).toEqual({ before: 365, after: null })
  expect(small.groups.get('orders')).toEqual({})
})

test('what is so already is not done again', async () => {
  const small = account(365)
  expect(await setLogRetention.apply(args, small.context())).toMatchObject({ already: true })
  expect(small.changes()).toEqual([])
})

test.each([
  ['set otherwise meanwhile', account(30), 'orders is kept for 30 days now; it was kept for ever when this was approved'],
  ['deleted meanwhile', openSmallAws(), 'orders is gone now'],
])('what was %s is left alone', async (_, small, reason) => {
  await expect(setLogRetention.apply(args, small.context())).rejects.toThrow(reason)
  expect(small.changes()).toEqual([])
  expect(await setLogRetention.probe?.(args, small.context())).toBe('unclear')
})
