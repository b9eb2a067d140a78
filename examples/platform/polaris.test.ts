import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { exampleFolder } from './layout.ts'
import { openStage, type Stage, sendPacket, until } from './testing.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
})
afterEach(() => stage.close())

const lagOf = async (member: 'polaris-1' | 'polaris-2') => {
  const health = (await (await fetch(`${stage.url(member)}/health`)).json()) as {
    checks: Record<string, { observedValue?: number; output?: string }[]>
  }
  return health.checks['replication:lag']?.[0]
}
const follows = (active: 'polaris-1' | 'polaris-2') =>
  until(`the standby of ${active} follows`, async () => (await lagOf(active))?.output === 'the standby follows')

test('only the active member answers, and every answer says who it is', async () => {
  await stage.start('polaris-1', 'polaris-2', 'dipper-1')
  expect(await sendPacket(stage.url('polaris-1'), 's1', 1)).toMatchObject({
    status: 503,
    body: { code: 'not-active' },
    member: 'polaris-1',
    role: 'standby',
  })
  await stage.control('polaris-1', 'promote', 1)
  expect(await sendPacket(stage.url('polaris-1'), 's1', 1)).toMatchObject({
    status: 200,
    body: { packets: 1, bytes: 100 },
    member: 'polaris-1',
    role: 'active',
    generation: 1,
  })
  expect(await sendPacket(stage.url('polaris-2'), 's1', 2)).toMatchObject({ status: 503, body: { code: 'not-active' }, role: 'standby' })
})

test('the standby goes on with every counter of an active that was killed', async () => {
  await stage.start('polaris-1', 'polaris-2', 'dipper-1')
  await stage.control('polaris-1', 'promote', 1)
  await follows('polaris-1')
  const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => sendPacket(stage.url('polaris-1'), `s${i % 4}`, i)))
  expect(answers.filter(({ status }) => status !== 200)).toEqual([])
  await stage.end('polaris-1')

  expect(await lagOf('polaris-2')).toMatchObject({ observedValue: 0, status: 'pass' })
  await stage.control('polaris-2', 'promote', 2)
  // Dipper is gone by now, too: known sessions do not need it.
  await stage.end('dipper-1')
  for (const session of ['s0', 's1', 's2', 's3']) {
    expect(await sendPacket(stage.url('polaris-2'), session, 99)).toMatchObject({
      status: 200,
      body: { packets: 11, bytes: 1_100 },
      member: 'polaris-2',
      generation: 2,
    })
  }
  expect(await sendPacket(stage.url('polaris-2'), 'new', 1)).toMatchObject({ status: 503, body: { code: 'authentication-unavailable' } })
})

test('a restarted active takes its own counters back from the standby before it serves', async () => {
  await stage.start('polaris-1', 'polaris-2', 'dipper-1')
  await stage.control('polaris-1', 'promote', 1)
  await follows('polaris-1')
  await sendPacket(stage.url('polaris-1'), 's1', 1)
  await stage.end('polaris-1')
  await stage.start('polaris-1')
  await stage.control('polaris-1', 'promote', 2)
  expect(await sendPacket(stage.url('polaris-1'), 's1', 2)).toMatchObject({ status: 200, body: { packets: 2 }, generation: 2 })
})

test('users do not wait for a standby that is away; it catches up when it is back', async () => {
  await stage.start('polaris-1', 'polaris-2', 'dipper-1')
  await stage.control('polaris-1', 'promote', 1)
  await follows('polaris-1')
  stage.process('polaris-2').kill('SIGSTOP')
  for (let seq = 0; seq < 50; seq++) expect((await sendPacket(stage.url('polaris-1'), 's1', seq)).status).toBe(200)
  expect(await lagOf('polaris-1')).toMatchObject({ output: 'the standby is away' })
  stage.process('polaris-2').kill('SIGCONT')
  await follows('polaris-1')
  await stage.end('polaris-1')
  await stage.control('polaris-2', 'promote', 2)
  expect(await sendPacket(stage.url('polaris-2'), 's1', 51)).toMatchObject({ body: { packets: 51 } })
})

test('an old active that was frozen serves nobody when it thaws, and takes over the newer state', async () => {
  await stage.start('polaris-1', 'polaris-2', 'dipper-1')
  await stage.control('polaris-1', 'promote', 1, { leaseMs: 60_000 })
  await follows('polaris-1')
  await sendPacket(stage.url('polaris-1'), 's1', 1)
  stage.process('polaris-1').kill('SIGSTOP')
  await stage.control('polaris-2', 'promote', 2)
  await sendPacket(stage.url('polaris-2'), 's1', 2)
  stage.process('polaris-1').kill('SIGCONT')
  // Nobody told it anything, and its lease is long: it hears of the newer generation from its peer before it answers.
  expect(await sendPacket(stage.url('polaris-1'), 's1', 3)).toMatchObject({ status: 503, body: { code: 'not-active' }, role: 'standby' })
  await stage.control('polaris-1', 'demote', 2)
  await follows('polaris-2')
  await stage.end('polaris-2')
  await stage.control('polaris-1', 'promote', 3)
  // The refused packet may have been counted by nobody: 1 and 2 were answered, 3 was not.
  expect(await sendPacket(stage.url('polaris-1'), 's1', 4)).toMatchObject({ status: 200, body: { packets: 3 } })
})

test('a barred session is refused', async () => {
  await stage.start('polaris-1', 'dipper-1', 'dipper-2')
  await stage.control('polaris-1', 'promote', 1)
  expect(await sendPacket(stage.url('polaris-1'), 'barred7-1', 1)).toMatchObject({ status: 403, body: { code: 'barred' } })
})

test('a member that was killed for good says so and does not start', async () => {
  writeFileSync(join(exampleFolder(stage.dataFolder), 'broken', 'polaris-1'), '')
  await expect(stage.start('polaris-1')).rejects.toThrow(
    'polaris-1 was killed for good and will not start. Undo it: jidoka example restore polaris-1',
  )
})
