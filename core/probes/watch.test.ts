import { describe, expect, test } from 'vitest'
import { type VirtualClock, virtualClock } from '../../test/virtual-clock.ts'
import type { AlertInput } from '../alerts/alert.ts'
import { indexCatalog } from '../catalog/catalog.ts'
import { type ConfigInput, configSchema } from '../catalog/schema.ts'
import { type Clock, sleep } from '../clock.ts'
import { fault } from '../errors.ts'
import type { Health } from '../hooks/contract.ts'
import { silentLog } from '../log.ts'
import { seededRandom } from '../random.ts'
import type { LookLimits } from './define.ts'
import { watchMembers } from './watch.ts'

type Answer = (Partial<Health> & { afterMs?: number }) | 'hangs' | 'refuses' | 'throws' | 'deaf'

const hook = { kind: 'hook', everyMs: 100, timeoutMs: 200, failAfter: 3, jitter: 0 } as const
const pair: ConfigInput['components'] = [
  {
    id: 'polaris',
    topology: 'active-standby',
    members: [
      { id: 'polaris-1', hooks: 'http://polaris-1', agent: 'a' },
      { id: 'polaris-2', hooks: 'http://polaris-2', agent: 'a' },
    ],
    probes: [hook],
  },
]
const single = (probe: object = hook, more: object = {}) =>
  [{ id: 'leo', members: [{ id: 'leo-1', hooks: 'http://leo-1', agent: 'a' }], probes: [probe], ...more }] as ConfigInput['components']

/** Our own process is held up for a while: what is due meanwhile comes late, all at once. The world goes on. */
function stalling(clock: Clock): Clock & { stall(ms: number): void } {
  let until = 0
  return {
    now: clock.now,
    monotonic: clock.monotonic,
    after(ms, fn) {
      let cancel = clock.after(ms, fire)
      function fire() {
        const late = until - clock.monotonic()
        if (late > 0) cancel = clock.after(late, fire)
        else fn()
      }
      return () => cancel()
    },
    stall(ms) {
      until = clock.monotonic() + ms
    },
  }
}

/** A watch over members that answer as they are told to, in virtual time. */
function watching(
  components: ConfigInput['components'],
  options: { flap?: object; active?: string; seed?: number; onAlerts?(alerts: AlertInput[]): void } = {},
) {
  const clock: VirtualClock = virtualClock()
  const ours = stalling(clock)
  const answers: Record<string, Answer> = {}
  const looks: Record<string, number[]> = {}
  const hanging = new Set<AbortSignal>()
  const alerts: AlertInput[] = []
  const journal = { active: options.active ?? null, generation: 1 }
  const config = configSchema.parse({ components, agents: [{ id: 'a', url: 'http://agent' }], flap: options.flap })

  async function health(base: string, { timeoutMs, signal }: LookLimits): Promise<Health> {
    const member = new URL(base).hostname
    const begun = looks[member] ?? []
    looks[member] = [...begun, clock.monotonic()]
    const answer = answers[member] ?? {}
    if (answer === 'refuses') throw fault('target-refused', { target: member })
    if (answer === 'throws') throw new Error('a defect of ours')
    if (answer === 'deaf') return new Promise(() => {})
    if (answer === 'hangs') {
      hanging.add(signal)
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      hanging.delete(signal)
      throw fault('target-timeout', { target: member, timeoutMs })
    }
    const { afterMs = 0, ...told } = answer
    // An answer that arrives while we are held up lies in the socket, and is read a little after the timers.
    if (afterMs > 0) await sleep(ours, afterMs).then(() => sleep(clock, 5))
    return { status: 'pass', ...told }
  }

  const watch = watchMembers({
    catalog: indexCatalog(config),
    clock: ours,
    random: seededRandom(options.seed ?? 5),
    hooks: { health },
    role: () => journal,
    onAlerts(batch) {
      options.onAlerts?.(batch)
      alerts.push(...batch)
    },
    log: silentLog,
  })
  const brief = () => alerts.splice(0).map(({ key, signal, status }) => (status === 'firing' ? `${key}: ${signal}` : `${key}: over`))
  return { clock, stall: ours.stall, watch, answers, looks, hanging, alerts, brief, journal }
}

/** Started, and seen once by everybody; what the first looks told is dropped. */
async function settled(...args: Parameters<typeof watching>) {
  const room = watching(...args)
  room.watch.start()
  await room.clock.advance(1_000)
  room.alerts.length = 0
  return room
}

describe('one member', () => {
  test('since when it has answered: a failing answer is one, silence begins anew', async () => {
    const { watch, clock, answers } = await settled(single())
    const heardSince = () => watch.status.of('leo-1').heardSince
    const first = heardSince() as number
    expect(first).toBeLessThanOrEqual(clock.now())
    answers['leo-1'] = { status: 'fail' }
    await clock.advance(1_000)
    watch.exited('leo-1', 'code 1', 1, 'agent:a')
    await clock.advance(1_000)
    expect(heardSince()).toBe(first)
    answers['leo-1'] = 'refuses'
    await clock.advance(1_000)
    expect(heardSince()).toBeNull()
    answers['leo-1'] = {}
    const before = clock.now()
    await clock.advance(1_000)
    expect(heardSince()).toBeGreaterThan(before)
  })

  test('is unknown until it was looked at, then passes; whatever fired before we started is over', async () => {
    const { watch, clock, brief } = watching(single())
    expect(watch.status.of('leo-1')).toMatchObject({ status: 'unknown', component: 'leo', role: 'unknown', generation: null })
    watch.start()
    await clock.advance(100)
    expect(watch.status.of('leo-1')).toMatchObject({ status: 'pass', summary: 'healthy' })
    expect(brief()).toEqual(['leo/leo-1/agent:a: over', 'leo/leo-1/probe:hook: over'])
    await clock.advance(5_000)
    expect(brief()).toEqual([])
  })

  test('that hangs is found when the third look, overlapping the others, ends: 400 ms after the first missed tick', async () => {
    const { clock, answers, looks, alerts } = await settled(single())
    answers['leo-1'] = 'hangs'
    const before = (looks['leo-1'] as number[]).length
    await clock.runUntil(() => alerts.length > 0)
    const missed = (looks['leo-1'] as number[])[before] as number
    expect(Math.round(clock.monotonic() - missed)).toBe(400)
    expect(alerts).toEqual([
      {
        key: 'leo/leo-1/probe:hook',
        component: 'leo',
        member: 'leo-1',
        signal: 'timeout',
        status: 'firing',
        source: 'probe:hook',
        summary: 'no answer within 200 ms',
        at: clock.now(),
      },
    ])
  })

  test('a probe that never ends is ended, and no more of them run at once than fit into the time-out', async () => {
    const { clock, answers, looks, watch, brief } = await settled(single({ ...hook, timeoutMs: 1_000 }))
    answers['leo-1'] = 'deaf'
    const before = (looks['leo-1'] as number[]).length
    await clock.advance(990)
    expect((looks['leo-1'] as number[]).length - before).toBeLessThanOrEqual(11)
    await clock.advance(400)
    expect(brief()).toEqual(['leo/leo-1/probe:hook: timeout'])
    expect(watch.status.of('leo-1').status).toBe('fail')
  })

  test('that recovers is not called failing again by looks that began before', async () => {
    const { clock, answers, brief, watch } = await settled(single({ ...hook, timeoutMs: 1_000, failAfter: 1 }))
    answers['leo-1'] = 'hangs'
    await clock.advance(1_200)
    expect(brief()).toEqual(['leo/leo-1/probe:hook: timeout'])
    answers['leo-1'] = {}
    await clock.advance(2_000)
    expect(brief()).toEqual(['leo/leo-1/probe:hook: over'])
    expect(watch.status.of('leo-1').status).toBe('pass')
  })

  test('that stays broken is told again every 10 s; another symptom is told at once', async () => {
    const { clock, answers, brief } = await settled(single())
    answers['leo-1'] = 'refuses'
    await clock.advance(9_000)
    expect(brief()).toEqual(['leo/leo-1/probe:hook: refused'])
    await clock.advance(3_000)
    expect(brief()).toEqual(['leo/leo-1/probe:hook: refused'])
    answers['leo-1'] = { status: 'fail' }
    await clock.advance(1_500)
    expect(brief()).toEqual(['leo/leo-1/probe:hook: fail'])
  })

  test('changes of status, role and generation are told once; the rest is kept quietly', async () => {
    const { clock, answers, watch } = await settled(single())
    const told: string[] = []
    const stop = watch.status.onChange(({ status, role, generation }) => told.push(`${status} ${role} ${generation}`))
    watch.status.onChange(() => {
      throw new Error('a listener of somebody else')
    })
    answers['leo-1'] = { role: 'active', generation: 4, output: 'well' }
    await clock.advance(500)
    answers['leo-1'] = { role: 'active', generation: 5, checks: { load: [{ observedValue: 1 }] } }
    await clock.advance(500)
    answers['leo-1'] = 'refuses'
    await clock.advance(500)
    expect(told).toEqual(['pass active 4', 'pass active 5', 'fail unknown null'])
    stop()
    answers['leo-1'] = {}
    await clock.advance(500)
    expect(told).toHaveLength(3)
    expect(watch.status.of('leo-1')).toMatchObject({ status: 'pass', health: { status: 'pass' } })
    expect(() => watch.status.of('leo-9')).toThrow(expect.objectContaining({ code: 'not-found' }))
  })

  test('that changes too often is flapping, once; when it has been quiet long enough its state is told again', async () => {
    const { clock, answers, brief } = await settled(single({ ...hook, failAfter: 1 }), { flap: { changes: 4, withinMs: 5_000 } })
    for (let i = 0; i < 10; i++) {
      answers['leo-1'] = i % 2 === 0 ? 'refuses' : {}
      await clock.advance(100)
    }
    expect(brief()).toEqual(['refused', 'over', 'refused', 'flapping'].map((what) => `leo/leo-1/probe:hook: ${what}`))
    await clock.advance(4_500)
    expect(brief()).toEqual([])
    await clock.advance(1_000)
    expect(brief()).toEqual(['leo/leo-1/probe:hook: over'])
  })

  test('a probe that is broken itself warns, and its neighbours look on', async () => {
    const { clock, answers, brief, watch } = await settled([...(single() ?? []), ...(pair ?? [])])
    answers['leo-1'] = 'throws'
    answers['polaris-1'] = 'refuses'
    await clock.advance(1_000)
    expect(brief().sort()).toEqual(['leo/leo-1/probe:hook: warn', 'polaris/polaris-1/probe:hook: refused'])
    expect(watch.status.of('leo-1')).toMatchObject({ status: 'warn', summary: 'the hook probe itself failed: a defect of ours' })
  })

  test('alerts that were not taken are told again at the next look', async () => {
    let full = false
    const { clock, answers, brief } = await settled(single(), {
      onAlerts() {
        if (full) throw new Error('the disk is full')
      },
    })
    full = true
    answers['leo-1'] = 'refuses'
    await clock.advance(1_000)
    full = false
    await clock.advance(100)
    expect(brief()).toEqual(['leo/leo-1/probe:hook: refused'])
  })

  test('when we were held up ourselves, answers that came meanwhile count, and missed rounds are not made up for', async () => {
    const { clock, answers, brief, looks, stall } = await settled(single({ ...hook, timeoutMs: 1_000, failAfter: 1 }))
    answers['leo-1'] = { afterMs: 20 }
    await clock.advance(500)
    const seen = () => (looks['leo-1'] as number[]).length
    const before = seen()
    await clock.runUntil(() => seen() > before)
    stall(3_000)
    await clock.advance(3_050)
    expect(seen() - before).toBeLessThanOrEqual(2)
    await clock.advance(1_000)
    expect(brief()).toEqual([])
  })

  test('nor do looks pile up then', async () => {
    const { clock, answers, stall, hanging } = await settled(single({ ...hook, everyMs: 20, timeoutMs: 40 }))
    answers['leo-1'] = 'hangs'
    await clock.advance(100)
    stall(1_000)
    for (let i = 0; i < 1_500; i++) {
      await clock.advance(1)
      expect(hanging.size).toBeLessThanOrEqual(3)
    }
  })

  test('after stop nothing is looked at or told any more', async () => {
    const { clock, answers, brief, watch, looks } = await settled(single())
    answers['leo-1'] = 'hangs'
    await clock.advance(150)
    watch.stop()
    const before = (looks['leo-1'] as number[]).length
    await clock.runUntilIdle()
    expect([brief(), (looks['leo-1'] as number[]).length]).toEqual([[], before])
  })
})

describe('several probes', () => {
  test('the worst wins, and two of a kind have alerts of their own', async () => {
    const slow = { ...hook, failAfter: 20 }
    const { clock, answers, brief, watch } = await settled(
      single(hook, { probes: [slow, hook, { kind: 'heartbeat', withinMs: 1_500, everyMs: 100, failAfter: 1, jitter: 0 }] }),
    )
    watch.beat('leo-1')
    await clock.advance(100)
    brief()
    answers['leo-1'] = 'refuses'
    await clock.advance(900)
    expect(brief()).toEqual(['leo/leo-1/probe:hook-2: refused'])
    expect(watch.status.of('leo-1').status).toBe('fail')
    answers['leo-1'] = {}
    await clock.advance(700)
    expect(brief()).toEqual(['leo/leo-1/probe:hook-2: over', 'leo/leo-1/probe:heartbeat: missed-beat'])
    expect(watch.status.of('leo-1')).toMatchObject({ status: 'fail', summary: expect.stringContaining('no beat for') })
  })
})

describe('a heartbeat', () => {
  const beating = single({ kind: 'heartbeat', withinMs: 1_000, everyMs: 100, failAfter: 2, jitter: 0 })

  test('is waited for after our start, and is not taken for granted meanwhile', async () => {
    const { clock, watch, brief } = watching(beating)
    watch.start()
    await clock.advance(900)
    expect([watch.status.of('leo-1').status, brief()]).toEqual(['unknown', []])
    await clock.advance(400)
    expect([watch.status.of('leo-1').status, brief()]).toEqual(['fail', ['leo/leo-1/probe:heartbeat: missed-beat']])
  })

  test('that comes keeps the member alive; one from before its end does not prove that it is back', async () => {
    const { clock, watch, brief } = await settled(beating)
    for (let i = 0; i < 5; i++) {
      watch.beat('leo-1')
      await clock.advance(600)
    }
    brief()
    watch.exited('leo-1', 'code 1', 7, 'agent:a')
    await clock.advance(300)
    expect([watch.status.of('leo-1').status, brief()]).toEqual(['fail', ['leo/leo-1/agent:a: exit']])
    watch.beat('leo-1')
    await clock.advance(200)
    expect([watch.status.of('leo-1').status, brief()]).toEqual(['pass', ['leo/leo-1/agent:a: over']])
  })
})

describe('an exit that its agent reports', () => {
  test('is told at once, and is over when a look that began after it passes', async () => {
    const { clock, answers, alerts, brief, watch } = await settled(single())
    watch.exited('leo-1', 'signal SIGKILL', 4711, 'agent:a')
    expect(alerts).toMatchObject([{ signal: 'exit', source: 'agent:a', summary: 'its process 4711 ended: signal SIGKILL' }])
    expect(watch.status.of('leo-1')).toMatchObject({ status: 'fail', role: 'unknown', summary: 'its process 4711 ended: signal SIGKILL' })
    brief()
    answers['leo-1'] = 'refuses'
    await clock.advance(200)
    watch.started('leo-1')
    expect([watch.status.of('leo-1').status, brief()]).toEqual(['fail', []])
    answers['leo-1'] = {}
    await clock.advance(100)
    expect([watch.status.of('leo-1').status, brief()]).toEqual(['pass', ['leo/leo-1/agent:a: over']])
  })

  test('a look that began before it, and passes after it, proves nothing', async () => {
    const { clock, answers, brief, watch, looks } = await settled(single())
    answers['leo-1'] = { afterMs: 40, role: 'active' }
    const before = (looks['leo-1'] as number[]).length
    await clock.runUntil(() => (looks['leo-1'] as number[]).length > before)
    watch.exited('leo-1', 'signal SIGKILL', null, 'agent:a')
    await clock.advance(90)
    expect(brief()).toEqual(['leo/leo-1/agent:a: exit'])
    expect(watch.status.of('leo-1')).toMatchObject({ status: 'fail', role: 'unknown' })
    await clock.advance(100)
    expect(brief()).toEqual(['leo/leo-1/agent:a: over'])
  })

  test('each end is told anew, however soon', async () => {
    const { brief, watch } = await settled(single())
    for (let i = 0; i < 3; i++) watch.exited('leo-1', 'code 1', i, 'agent:a')
    expect(brief()).toEqual(Array(3).fill('leo/leo-1/agent:a: exit'))
  })

  test('of a member without probes is over when its agent started it again', async () => {
    const { brief, watch } = await settled(single(hook, { probes: [] }))
    watch.exited('leo-1', 'code 1', 7, 'agent:a')
    watch.started('leo-1')
    expect(brief()).toEqual(['leo/leo-1/agent:a: exit', 'leo/leo-1/agent:a: over'])
    expect(watch.status.of('leo-1')).toMatchObject({ status: 'pass', summary: 'its agent started it' })
  })

  test('of a member that nobody knows changes nothing', async () => {
    const { brief, watch } = await settled(single())
    watch.exited('leo-9', 'code 1', 7, 'agent:a')
    watch.started('leo-9')
    watch.beat('leo-9')
    expect(brief()).toEqual([])
  })
})

describe('roles', () => {
  const healthy = async (options: Parameters<typeof watching>[1] = {}) => {
    const room = watching(pair, { active: 'polaris-1', ...options })
    room.answers['polaris-1'] = { role: 'active', generation: 1 }
    room.answers['polaris-2'] = { role: 'standby', generation: 1 }
    room.watch.start()
    await room.clock.advance(1_000)
    room.alerts.length = 0
    return room
  }

  test('two members that both say active are told, and it is over when one of them says otherwise', async () => {
    const { clock, answers, alerts, brief } = await healthy()
    answers['polaris-2'] = { role: 'active', generation: 2 }
    await clock.advance(300)
    expect(alerts).toMatchObject([
      {
        key: 'polaris/*/probe:roles',
        member: null,
        signal: 'two-actives',
        summary: 'polaris-1 (generation 1) and polaris-2 (generation 2) both say that they are active',
      },
    ])
    brief()
    answers['polaris-1'] = { role: 'fenced', generation: 1 }
    await clock.advance(100)
    expect(brief()).toEqual(['polaris/*/probe:roles: over'])
  })

  test('two actives are over when one of them is not heard any more', async () => {
    const { clock, answers, brief } = await healthy()
    answers['polaris-2'] = { role: 'active', generation: 2 }
    await clock.advance(300)
    answers['polaris-1'] = 'hangs'
    await clock.advance(450)
    expect(brief()).toEqual(['polaris/*/probe:roles: two-actives', 'polaris/*/probe:roles: over'])
  })

  test('a slow old answer does not take back what a younger look told', async () => {
    const { clock, answers, watch } = await healthy()
    answers['polaris-2'] = { role: 'standby', generation: 1, afterMs: 150 }
    await clock.advance(100)
    answers['polaris-2'] = { role: 'fenced', generation: 2 }
    await clock.advance(300)
    const told: unknown[] = []
    watch.status.onChange(({ role }) => told.push(role))
    expect(watch.status.of('polaris-2').role).toBe('fenced')
    answers['polaris-2'] = { role: 'standby', generation: 2, afterMs: 180 }
    await clock.advance(100)
    answers['polaris-2'] = { role: 'active', generation: 3 }
    await clock.advance(400)
    expect(told).toEqual(['active'])
  })

  test('one that thaws and still believes that it is active is found by its first look', async () => {
    const { clock, answers, brief, journal } = await healthy()
    answers['polaris-1'] = 'hangs'
    answers['polaris-2'] = { role: 'active', generation: 2 }
    journal.active = 'polaris-2'
    await clock.advance(2_000)
    brief()
    answers['polaris-1'] = { role: 'active', generation: 1 }
    await clock.advance(100)
    expect(brief()).toContain('polaris/*/probe:roles: two-actives')
  })

  test('an orderly switch is no trouble, wherever the looks happen to fall', async () => {
    for (let offset = 0; offset < 100; offset += 4) {
      const { clock, answers, brief, journal } = await healthy({ seed: offset })
      await clock.advance(offset)
      answers['polaris-1'] = { role: 'fenced', generation: 1 }
      answers['polaris-2'] = { role: 'active', generation: 2 }
      await clock.advance(5)
      journal.active = 'polaris-2'
      await clock.advance(1_000)
      expect(brief()).toEqual([])
    }
  })

  test('the active member in another role is told after failAfter looks, and is over when it is right, or another one is active', async () => {
    const { clock, answers, brief, journal, watch } = await healthy()
    answers['polaris-1'] = { role: 'standby', generation: 1 }
    await clock.advance(190)
    expect(brief()).toEqual([])
    await clock.advance(200)
    expect(brief()).toEqual(['polaris/polaris-1/probe:roles: wrong-role'])
    expect(watch.status.of('polaris-1').status).toBe('pass')
    answers['polaris-1'] = { role: 'active', generation: 1 }
    await clock.advance(100)
    expect(brief()).toEqual(['polaris/polaris-1/probe:roles: over'])
    answers['polaris-1'] = { role: 'standby', generation: 1 }
    await clock.advance(400)
    brief()
    journal.active = 'polaris-2'
    answers['polaris-2'] = { role: 'active', generation: 2 }
    await clock.advance(100)
    expect(brief()).toEqual(['polaris/polaris-1/probe:roles: over'])
  })

  test('a member that fails anyway is not blamed for its role, too', async () => {
    const { clock, answers, brief } = await healthy()
    answers['polaris-1'] = { status: 'fail', role: 'unknown' }
    await clock.advance(1_000)
    expect(brief()).toEqual(['polaris/polaris-1/probe:hook: fail'])
  })
})

test('ten thousand members are watched, each at its own pace', async () => {
  const members = Array.from({ length: 1_000 }, (_, i) => i)
  const components = Array.from({ length: 10 }, (_, c) => ({
    id: `c${c}`,
    members: members.map((m) => ({ id: `c${c}-${m}`, hooks: `http://c${c}-${m}` })),
    probes: [{ ...hook, everyMs: 1_000, jitter: 0.1 }],
  }))
  const { watch, clock, answers, looks, brief } = watching(components)
  watch.start()
  await clock.advance(3_000)
  expect(watch.status.all().filter(({ status }) => status === 'pass')).toHaveLength(10_000)
  brief()
  for (let m = 0; m < 500; m++) answers[`c3-${m}`] = 'refuses'
  await clock.advance(4_000)
  expect(brief()).toHaveLength(500)
  const perSlot = Array.from({ length: 10 }, () => 0)
  for (const [first = 0] of Object.values(looks)) perSlot[Math.floor(first / 110)] = (perSlot[Math.floor(first / 110)] ?? 0) + 1
  expect(Math.max(...perSlot)).toBeLessThan(1_500)
  watch.stop()
})

describe('of several controllers, one that leads later', () => {
  test('tells at once how everything is, as it saw it while another one led', async () => {
    const { clock, answers, watch, brief } = await settled(single())
    watch.follow()
    answers['leo-1'] = 'refuses'
    await clock.advance(1_000)
    brief()
    watch.lead()
    expect(brief()).toEqual(['leo/leo-1/agent:a: over', 'leo/leo-1/probe:hook: refused'])
    expect(watch.firing().map(({ key }) => key)).toEqual(['leo/leo-1/probe:hook'])
  })

  test('takes nobody for dead that beat elsewhere: each has its time again to beat here when it comes to lead', async () => {
    const { clock, watch, alerts, brief } = await settled(
      single({ kind: 'heartbeat', everyMs: 100, withinMs: 500, failAfter: 1, jitter: 0 }),
    )
    watch.beat('leo-1')
    await clock.advance(100)
    watch.follow()
    await clock.advance(5_000)
    expect(watch.status.of('leo-1').status).not.toBe('fail')
    alerts.length = 0
    watch.lead()
    await clock.advance(450)
    expect(brief().filter((line) => !line.endsWith('over'))).toEqual([])
    await clock.advance(300)
    expect(brief()).toContain('leo/leo-1/probe:heartbeat: missed-beat')
  })
})
