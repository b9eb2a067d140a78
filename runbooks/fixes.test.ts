import { describe, expect, test } from 'vitest'
import type { PlannedStep } from '../core/runs/run.ts'
import { actions } from '../remediation/actions/registry.ts'
import { awsHere } from '../remediation/aws.ts'
import type { FixLook, Runbook } from '../remediation/runbook.ts'
import { openSmallAws, smallPlace as place, type SmallAws } from '../test/small-aws.ts'
import { expireLogs } from './expire-logs.ts'
import { protectTable } from './protect-table.ts'
import { runbooks } from './registry.ts'
import { releaseAddress } from './release-address.ts'
import { turnToGp3 } from './turn-to-gp3.ts'

const hourMs = 3_600_000
const lookAt = (account: Partial<SmallAws>, now = 0): FixLook => {
  const small = openSmallAws(account)
  return { aws: awsHere(small, place, small.context()), now }
}
const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:123456789012:${resource}`
const planned = (runbook: Runbook, resource: string, account: Partial<SmallAws>, evidence = {}) =>
  runbook.fix?.plan({ place, resource, reason: 'x', evidence }, lookAt(account))

const groups = (group: object) => ({ groups: new Map([['orders', group]]) })
const volumes = (VolumeType: string, Size: number, more = {}) => ({
  volumes: new Map([['vol-1', { VolumeType, Size, modifications: [], ...more }]]),
})
const tables = (recovery: boolean, protection: boolean) => ({ tables: new Map([['orders', { recovery, protection }]]) })
const addresses = (more = {}) => ({ addresses: new Map([['eipalloc-1', { PublicIp: '198.51.100.7', ...more }]]) })

describe('a runbook that mends findings plans from what is there now', () => {
  const orders = arn('logs', 'log-group:orders')
  const vol = arn('ec2', 'volume/vol-1')
  const table = arn('dynamodb', 'table/orders')
  const ip = arn('ec2', 'elastic-ip/eipalloc-1')

  test.each<[string, Runbook, string, Partial<SmallAws>, object, object[]]>([
    ['logs for ever', expireLogs, orders, groups({}), {}, [{ from: null, to: 365 }]],
    ['logs for an audit of two years', expireLogs, orders, groups({ retentionInDays: 90 }), { auditDays: 730 }, [{ from: 90, to: 731 }]],
    ['a small volume', turnToGp3, vol, volumes('gp2', 100, { Iops: 300 }), {}, [{ iops: null, throughput: null }]],
    ['a fast one', turnToGp3, vol, volumes('gp2', 1_100, { Iops: 3_300 }), {}, [{ iops: 3_300, throughput: 250 }]],
    ['the largest, of unknown speed', turnToGp3, vol, volumes('gp2', 9_000), {}, [{ iops: 16_000, throughput: 250 }]],
    ['a table without anything', protectTable, table, tables(false, false), {}, [{ to: true }, { to: true }]],
    ['a table that may be deleted', protectTable, table, tables(true, false), {}, [{ to: true }]],
    ['an address', releaseAddress, ip, addresses(), {}, [{ ip: '198.51.100.7' }]],
  ])('%s', async (_, runbook, resource, account, evidence, args) => {
    const plan = await planned(runbook, resource, account, evidence)
    expect(plan).toMatchObject({ words: expect.stringMatching(/^would /), steps: args.map((each) => ({ args: each })) })
  })

  test.each<[string, Runbook, string, Partial<SmallAws>, string]>([
    ['logs that are gone', expireLogs, orders, {}, 'orders is gone'],
    ['logs that expire after longer', expireLogs, orders, groups({ retentionInDays: 731 }), 'for 731 days already'],
    ['logs that are passed on', expireLogs, orders, groups({ logGroupClass: 'DELIVERY' }), 'passes logs on'],
    ['something else', expireLogs, vol, {}, 'is no log group'],
    ['a volume that is gone', turnToGp3, vol, {}, 'vol-1 is gone'],
    ['a volume of another type', turnToGp3, vol, volumes('io2', 100), 'vol-1 is io2, not gp2'],
    ['one under way', turnToGp3, vol, volumes('gp2', 100, { modifications: [{ ModificationState: 'modifying' }] }), 'being modified'],
    ['a table that is gone', protectTable, table, {}, 'orders is gone'],
    ['a table that is protected', protectTable, table, tables(true, true), 'protected already'],
    ['an address in use', releaseAddress, ip, addresses({ AssociationId: 'eipassoc-1' }), 'somebody uses it'],
    ['an address of old times', releaseAddress, arn('ec2', 'elastic-ip/198.51.100.7'), {}, 'no address of a VPC'],
  ])('and refuses %s', async (_, runbook, resource, account, why) => {
    expect(await planned(runbook, resource, account)).toEqual({ refuse: expect.stringContaining(why) })
  })

  test('what it needs longer than AWS keeps anything is refused', async () => {
    expect(await planned(expireLogs, orders, groups({}), { auditDays: 9_999 })).toHaveProperty('refuse')
  })
})

describe('its undo swaps what was there and what was made of it', () => {
  const done = (action: string, args: object) => [{ action, args } as unknown as PlannedStep]

  test('of log retention', async () => {
    const plan = await expireLogs.fix?.undo?.(done('set-log-retention', { place, group: 'orders', from: null, to: 365 }), lookAt({}))
    expect(plan).toMatchObject({ steps: [{ args: { from: 365, to: null } }], words: 'would set retention of orders back to never' })
  })

  test('of both protections, in the order given', async () => {
    const steps = ['set-deletion-protection', 'set-table-recovery'].flatMap((action) =>
      done(action, { place, table: 'orders', from: false, to: true }),
    )
    const plan = await protectTable.fix?.undo?.(steps, lookAt({}))
    expect(plan).toMatchObject({
      steps: [
        { action: 'set-deletion-protection', args: { from: true, to: false } },
        { action: 'set-table-recovery', args: { from: true, to: false } },
      ],
    })
  })

  test('of a volume, from six hours after its last modification on', async () => {
    const steps = done('set-volume-type', { place, volume: 'vol-1', from: 'gp2', to: 'gp3', iops: 6_000, throughput: 250 })
    const account = volumes('gp3', 100, { modifications: [{ ModificationState: 'completed', StartTime: new Date(0) }] })
    const early = await turnToGp3.fix?.undo?.(steps, lookAt(account, 6 * hourMs - 1))
    expect(early).toEqual({ refuse: expect.stringContaining('vol-1 not before 1970-01-01T06:00:00.000Z') })
    const plan = await turnToGp3.fix?.undo?.(steps, lookAt(account, 6 * hourMs))
    expect(plan).toMatchObject({ steps: [{ args: { from: 'gp3', to: 'gp2', iops: null, throughput: null } }] })
  })
})

test('those that mend findings name only actions that there are, and are begun by nothing else', () => {
  const known = actions.map(({ id }) => id as string)
  const fixes = (runbooks as readonly Runbook[]).flatMap((runbook) => (runbook.fix ? [{ runbook, fix: runbook.fix }] : []))
  expect(fixes).toHaveLength(4)
  for (const { runbook, fix } of fixes) {
    expect(known).toEqual(expect.arrayContaining([...fix.actions]))
    expect([runbook.answers, runbook.requires]).toEqual([[], ['finding']])
  }
})
