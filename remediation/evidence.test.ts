import { describe, expect, test } from 'vitest'
import { configSchema } from '../core/catalog/schema.ts'
import { sleep } from '../core/clock.ts'
import { fault } from '../core/errors.ts'
import { type VirtualClock, virtualClock } from '../test/virtual-clock.ts'
import type { ActionContext } from './actions/define.ts'
import { demote } from './actions/demote.ts'
import { fence } from './actions/fence.ts'
import type { Evidence } from './evidence.ts'
import type { Limits, World } from './world.ts'

/** What somebody does with an order: an answer after so many ms, a fault, or nothing at all. */
type Manner = { after: number; answer?: object; fails?: Error } | 'silent'
const silent = 'silent' as const
const gone: Manner = { after: 1, fails: fault('target-refused', { target: 'it' }) }

interface Scene {
  agent?: Manner
  guard?: Manner
  /** Set: the member has hooks of its own, and no database. */
  member?: Manner
  command?: Manner
  /** Ms from now; null: no role lease. */
  leaseEndsIn?: number | null
}

const marginMs = 250

function scene({ agent = silent, guard = silent, member, command, leaseEndsIn = 1_000 }: Scene) {
  const clock = virtualClock()
  const [component] = configSchema.parse({
    agents: [{ id: 'a', url: 'http://a', guard: 'http://g' }],
    components: [
      {
        id: 'db',
        topology: 'active-standby',
        members: ['db-1', 'db-2'].map((id, at) => ({
          id,
          agent: 'a',
          ...(member ? { hooks: `http://${id}` } : { postgres: { bin: '/bin', data: `/data/${id}`, port: 5_000 + at } }),
          ...(command ? { fenceCommand: ['stop-machine', id] } : {}),
        })),
        ...(leaseEndsIn === null ? {} : { roleLease: { ttlMs: 2_000, marginMs } }),
      },
    ],
  }).components
  const asked: { who: string; action: string; at: number }[] = []
  async function does(manner: Manner, { timeoutMs, signal }: Limits): Promise<object> {
    const limit = manner === 'silent' ? timeoutMs : Math.min(manner.after, timeoutMs)
    await sleep(clock, limit, signal)
    if (signal.aborted) throw fault('deadline-passed', { what: 'it', timeoutMs })
    if (manner === 'silent' || manner.after > timeoutMs) throw fault('target-timeout', { target: 'it', timeoutMs })
    if (manner.fails) throw manner.fails
    return { status: 'done', ...manner.answer }
  }
  const world = {
    control(target, call, limits) {
      const who = 'agentOf' in target ? 'agent' : 'guardOf' in target ? 'guard' : 'member'
      asked.push({ who, action: call.action, at: clock.monotonic() })
      // The agent keeps the hooks of a database.
      return does({ agent, guard, member: member ?? agent }[who], limits)
    },
    exec(line, limits) {
      asked.push({ who: line[0] ?? '', action: 'exec', at: clock.monotonic() })
      return does(command ?? silent, limits)
    },
  } as Partial<World> as World
  const start = clock.monotonic()
  const context = {
    ...{ world, clock, component, generation: 7, key: 'k', timeoutMs: 30_000, signal: new AbortController().signal },
    roles: { release() {}, leaseEndsAt: () => start + (leaseEndsIn ?? 0) },
  } as unknown as ActionContext
  return { clock, context, asked, start }
}

async function through<T>(clock: VirtualClock, work: Promise<T>): Promise<T> {
  let over = false
  const ended = work.finally(() => {
    over = true
  })
  ended.catch(() => {}) // awaited below
  await clock.runUntil(() => over, 600_000)
  return ended
}

async function fenced(given: Scene) {
  const { clock, context, asked, start } = scene(given)
  const evidence = (await through(clock, fence.apply({ member: 'db-1' }, context))) as Evidence
  return { ...evidence, tookMs: clock.monotonic() - start, asked: asked.map(({ who }) => who) }
}

const reaped = { receipt: 'process-reaped' }

describe('the end of a database is proven', () => {
  test('by its agent: nobody else is asked', async () => {
    expect(await fenced({ agent: { after: 50, answer: reaped } })).toMatchObject({ ...reaped, by: 'agent', silent: [], asked: ['agent'] })
  })

  test('by the guard when the agent is dead or frozen, without waiting for the lease', async () => {
    const dead = await fenced({ agent: gone, guard: { after: 20, answer: { ...reaped, by: 'guard' } } })
    expect(dead).toMatchObject({ ...reaped, by: 'guard', silent: [expect.stringMatching(/^agent: .*refused/)], asked: ['agent', 'guard'] })
    expect(dead.tookMs).toBeLessThan(50)
    const frozen = await fenced({ guard: { after: 20, answer: reaped } })
    expect(frozen).toMatchObject({ by: 'guard', silent: ['agent: has not answered yet'] })
    expect(frozen.tookMs).toBeLessThan(500)
  })

  test('not before its lease has ended and the margin has passed, when nobody near it answers', async () => {
    const lost = await fenced({})
    expect(lost).toMatchObject({ receipt: 'lease-ended', by: 'lease', tookMs: 1_000 + marginMs })
    expect(lost.silent).toEqual(['agent: has not answered yet', 'guard: has not answered yet'])
    expect((await fenced({ agent: gone, guard: gone })).tookMs).toBe(1_000 + marginMs)
  })

  test('by the command that stops its machine, once all are silent; only if that ends well', async () => {
    const given = { agent: gone, guard: gone, leaseEndsIn: 60_000 }
    const stopped = await fenced({ ...given, command: { after: 3_000, answer: { output: 'off' } } })
    expect(stopped).toMatchObject({
      receipt: 'instance-fenced',
      by: 'fence command',
      output: 'off',
      asked: ['agent', 'guard', 'stop-machine'],
    })
    expect(stopped.tookMs).toBeLessThan(5_000)
    const failed = await fenced({
      ...given,
      command: { after: 3_000, fails: fault('command-failed', { command: 'x', problem: 'code 1' }) },
    })
    expect(failed).toMatchObject({
      receipt: 'lease-ended',
      silent: [expect.anything(), expect.anything(), expect.stringContaining('code 1')],
    })
  })

  test('not at all without a lease, when nobody and no command confirms it', async () => {
    const given = { agent: gone, guard: gone, leaseEndsIn: null }
    await expect(fenced(given)).rejects.toMatchObject({ code: 'fence-unconfirmed', message: expect.stringContaining('guard') })
    await expect(
      fenced({ ...given, command: { after: 1, fails: fault('command-failed', { command: 'x', problem: 'code 1' }) } }),
    ).rejects.toMatchObject({ code: 'fence-unconfirmed' })
  })

  test('a guard that cannot end it has no say; one that obeys a newer controller has', async () => {
    const unable = { after: 5, fails: fault('target-failed', { target: 'g', httpStatus: 500, code: 'process-alive', problem: 'D' }) }
    expect(await fenced({ guard: unable })).toMatchObject({ receipt: 'lease-ended' })
    const newer = { after: 5, fails: fault('stale-generation', { seen: 9, member: 'db-1', given: 7 }) }
    await expect(fenced({ agent: gone, guard: newer })).rejects.toMatchObject({ code: 'stale-generation' })
  })

  test('the guard is not asked about what is no database', async () => {
    const own = await fenced({ agent: gone, guard: { after: 1, answer: reaped }, member: { after: 10, answer: {} } })
    expect(own).toMatchObject({ receipt: 'member-fenced', by: 'member', asked: ['agent', 'member'] })
  })
})

describe('a database that is to step down', () => {
  test('may take its time with the last checkpoint, as long as its lease', async () => {
    const { clock, context, asked } = scene({ agent: { after: 4_000, answer: { walEnd: '0/30' } }, leaseEndsIn: 5_000 })
    const answer = await through(clock, demote.apply({ member: 'db-1' }, context))
    expect(answer).toMatchObject({ receipt: 'member-demoted', walEnd: '0/30' })
    expect(asked).toHaveLength(1)
  })

  test('is fenced when it does not answer, under another key, and the output says so', async () => {
    const { clock, context, asked } = scene({ agent: gone, guard: { after: 5, answer: reaped } })
    const answer = await through(clock, demote.apply({ member: 'db-1' }, context))
    expect(answer).toMatchObject({ ...reaped, by: 'guard', silent: [expect.stringMatching(/^member/), expect.stringMatching(/^agent/)] })
    expect(asked.map(({ who, action }) => `${who} ${action}`)).toEqual(['member demote', 'agent fence', 'guard fence'])
  })
})
