import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ConfigInput } from '../../core/catalog/schema.ts'
import { idMint } from '../../core/ids.ts'
import { type MemoryJournal, openMemoryJournal } from '../../core/journal/open.ts'
import { seededRandom } from '../../core/random.ts'
import type { ReportedFinding } from '../../guardians/report.ts'
import { type FixHouse, openFixHouse } from '../../test/fix-house.ts'
import { openSmallAws, smallPlace } from '../../test/small-aws.ts'
import { virtualClock } from '../../test/virtual-clock.ts'

/** Approved fixes, through the real desk, journal and engine, in an account that fails when it is told to. On moto: test/aws. */

const clock = virtualClock(Date.UTC(2026, 0, 31), { drain: 'immediates' })
let journal: MemoryJournal
let small: ReturnType<typeof openSmallAws>
let house: FixHouse
let ids: Record<'volume' | 'table' | 'address', string>
const mint = idMint(clock, seededRandom(5))

beforeEach(async () => {
  journal = await openMemoryJournal({ clock, mint })
  small = openSmallAws({
    volumes: new Map([['vol-1', { VolumeType: 'gp2', Size: 100, modifications: [] }]]),
    tables: new Map([['orders', { recovery: false, protection: false }]]),
    addresses: new Map([['eipalloc-1', { PublicIp: '198.51.100.7' }]]),
  })
  await live()
  await house.ingest({
    ...{ schema: 1, run: mint('scan'), guardians: [], startedAt: clock.now(), endedAt: clock.now() },
    findings: [
      reported('ebs', 'ebs-gp2', 'ec2', 'volume/vol-1'),
      reported('dynamodb', 'dynamodb-unprotected', 'dynamodb', 'table/orders'),
      reported('network', 'network-eip-unassociated', 'ec2', 'elastic-ip/eipalloc-1'),
    ],
    ...{ unknown: [], coverage: [], undecided: [], cost: { calls: 0, usd: 0, byCall: [] } },
  })
  const id = async (check: string) => (await house.finding(check)).id
  ids = { volume: await id('ebs-gp2'), table: await id('dynamodb-unprotected'), address: await id('network-eip-unassociated') }
})
afterEach(async () => {
  await house.close()
  await journal.close()
})

const reported = (guardian: string, check: string, service: string, name: string): ReportedFinding => ({
  ...{ guardian, check, account: smallPlace.account, region: smallPlace.region, name: null, severity: 'low', reason: 'x', evidence: {} },
  ...{ resource: `arn:aws:${service}:us-east-1:${smallPlace.account}:${name}`, savings: null, owner: null },
})

async function live(config?: ConfigInput) {
  house = await openFixHouse({ journal, aws: small.aws, clock, mint, config })
}

/** Lets the engine do all that it does by itself: longer than a step may take. */
const settle = () => clock.advance(90_000)

async function fixed(id: string, undo = false) {
  await house.approve(id, undo)
  await settle()
  return (await house.desk.get(id))?.fix
}
const lastSteps = async (id: string) => journal.steps((await house.runs(id))[0]?.id ?? '')

describe('a change that was not answered', () => {
  test('is looked for, and done when it was done', async () => {
    small.fail('ec2:ModifyVolume', 'target-unreachable', true)
    expect(await fixed(ids.volume)).toMatchObject({ ended: 'done' })
    expect(small.changes()).toEqual(['ec2:ModifyVolume'])
    expect(await lastSteps(ids.volume)).toMatchObject([{ status: 'done', output: { probed: 'done' } }])
  })

  test('and was not done, has failed, and may be approved again', async () => {
    small.fail('ec2:ModifyVolume', 'target-unreachable')
    expect(await fixed(ids.volume)).toMatchObject({ ended: 'failed', said: expect.stringContaining('could not be reached') })
    small.heal()
    expect(await fixed(ids.volume)).toMatchObject({ ended: 'done' })
    expect(await house.runs(ids.volume)).toHaveLength(2)
  })

  test('and cannot be looked at either, is in doubt: only a scan may tell', async () => {
    const { aws } = small
    small.aws = async (place, call, input, limits) => {
      if (call === 'ec2:ModifyVolume') small.fail('ec2:DescribeVolumes', 'aws-denied')
      return aws(place, call, input, limits)
    }
    small.fail('ec2:ModifyVolume', 'target-unreachable')
    await house.close()
    await live()
    expect(await fixed(ids.volume)).toMatchObject({ ended: 'unknown', said: expect.stringContaining('may or may not have been done') })
    await expect(house.approve(ids.volume)).rejects.toThrow(/in doubt/)
    expect((await journal.due(10, 'page')).map(({ payload }) => payload.title)).toEqual(['A fix in doubt'])
  })
})

describe('a controller that died after the intent', () => {
  /** Orders it as a controller does that dies before, or after, AWS heard of it. */
  async function diedOn(id: string) {
    await house.close()
    const dead = await openFixHouse({ journal, aws: small.aws, clock, mint })
    await dead.engine.stop()
    await dead.approve(id)
    await dead.close()
    const [run] = await house.runs(id)
    const planned = run?.plan[0]
    const claim = await journal.claim(run?.id ?? '', 'dead', 10_000)
    if (!run || !planned || !claim) throw new Error('nothing was ordered')
    const deadlineAt = clock.now() + planned.timeoutMs
    await journal.intend(claim.held, { run: run.id, seq: 0, attempt: 1, planned, key: `${run.id}/0/1`, deadlineAt })
    journal.boot()
    return deadlineAt
  }

  test('and had not acted: it is done after the deadline, once', async () => {
    const deadlineAt = await diedOn(ids.volume)
    await live()
    await clock.advance(deadlineAt - clock.now() - 1)
    expect(small.changes()).toEqual([])
    await settle()
    expect((await house.desk.get(ids.volume))?.fix).toMatchObject({ ended: 'done' })
    expect(small.changes()).toEqual(['ec2:ModifyVolume'])
  })

  test('and had acted: it is not done twice', async () => {
    await diedOn(ids.volume)
    small.volumes.get('vol-1')?.modifications.push({ ModificationState: 'modifying', TargetVolumeType: 'gp3', StartTime: new Date(0) })
    await live()
    await settle()
    expect((await house.desk.get(ids.volume))?.fix).toMatchObject({ ended: 'done' })
    expect(small.changes()).toEqual([])
  })

  test('on something that cannot be taken back, it is not begun again by itself', async () => {
    await diedOn(ids.address)
    await live()
    await settle()
    expect((await house.desk.get(ids.address))?.fix).toMatchObject({ ended: 'failed' })
    expect([small.changes(), small.addresses.size]).toEqual([[], 1])
  })
})

test('one finding, one fix at a time; another finding does not wait', async () => {
  const steps = [house.approve(ids.volume), house.approve(ids.volume), house.approve(ids.table)]
  const ends = await Promise.allSettled(steps)
  expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'fulfilled', 'rejected'])
  await settle()
  expect(small.changes().toSorted()).toEqual(['dynamodb:UpdateContinuousBackups', 'dynamodb:UpdateTable', 'ec2:ModifyVolume'])
})

describe('an undo', () => {
  test('takes back what was done, though the rest of it failed, and nothing else', async () => {
    small.fail('dynamodb:UpdateTable', 'aws-denied')
    expect(await fixed(ids.table)).toMatchObject({ ended: 'failed' })
    small.heal()
    Object.assign(small.tables.get('orders') ?? {}, { protection: true })
    expect(await fixed(ids.table, true)).toMatchObject({ undo: true, ended: 'done' })
    expect(small.tables.get('orders')).toEqual({ recovery: false, protection: true })
  })

  test('does not take back what somebody else had done before us', async () => {
    const { aws } = small
    small.aws = async (place, call, input, limits) => {
      // Between the look of the approval and that of the step.
      const answer = await aws(place, call, input, limits)
      if (call === 'dynamodb:DescribeTable') Object.assign(small.tables.get('orders') ?? {}, { recovery: true })
      return answer
    }
    await house.close()
    await live()
    expect(await fixed(ids.table)).toMatchObject({ ended: 'done' })
    expect(small.changes()).toEqual(['dynamodb:UpdateTable'])
    expect(await fixed(ids.table, true)).toMatchObject({ ended: 'done' })
    expect(small.tables.get('orders')).toEqual({ recovery: true, protection: false })
  })

  test('of nothing is refused', async () => {
    await expect(house.approve(ids.volume, true)).rejects.toThrow(/has changed nothing here/)
    expect((await house.desk.get(ids.volume))?.fix).toBeNull()
  })
})

test('what cannot be looked at is not approved, and the permission is named', async () => {
  small.fail('ec2:DescribeVolumes', 'aws-denied')
  await expect(house.approve(ids.volume)).rejects.toThrow(/AWS does not allow ec2:DescribeVolumes/)
  await expect(house.say(ids.volume)).rejects.toThrow(/AWS does not allow ec2:DescribeVolumes/)
  expect(await house.runs(ids.volume)).toEqual([])
})

test('a controller that is to touch nothing says what it would have done', async () => {
  await house.close()
  await live({ dryRun: true })
  expect((await house.say(ids.volume)).fix?.said).toContain('would turn vol-1 (100 GiB) from gp2 to gp3')
  await expect(house.approve(ids.volume)).rejects.toThrow(/touches nothing \(dryRun\); it would turn vol-1/)
})
