import { describe, expect, it } from 'vitest'
import type { CommandOptions, CommandResult } from '../../core/api/ports.ts'
import { indexCatalog } from '../../core/catalog/catalog.ts'
import { configSchema } from '../../core/catalog/schema.ts'
import { isFault } from '../../core/errors.ts'
import type { Andon } from './andon.ts'
import { ordered } from './commands/ordered.ts'
import { ben, chika, dan, done, envOf, redOf } from './fixture.ts'
import { openOrders } from './orders.ts'
import { house } from './ports.ts'

const catalog = indexCatalog(
  configSchema.parse({
    components: [
      { id: 'polaris', owner: 'team-core', members: [{ id: 'polaris-1' }] },
      { id: 'leo', owner: 'team-sim', members: [{ id: 'leo-1' }] },
    ],
    people: [{ id: 'chika', name: 'Chika', teams: ['team-core'] }],
  }),
)
const polaris = { component: { id: 'polaris', by: 'words' as const } }
const begun = (id: string) => ({ kind: 'run', run: { id } }) as CommandResult

/** A desk of one andon (or more), a remediation that answers `result`, and what each of them was told. */
function house_(andons: Andon[], result: CommandResult = begun('run_1')) {
  const store = new Map(andons.map((andon) => [andon.id, andon]))
  const asked: { runbook: string; component: string; options: CommandOptions }[] = []
  const switched: unknown[][] = []
  const told: string[] = []
  const orders = openOrders({
    catalog,
    desk: {
      get: async (id) => store.get(id) ?? null,
      async command(id, name, input, actor) {
        expect([name, actor]).toEqual(['ordered', house])
        const { next, tell } = done(ordered, store.get(id) as Andon, input, envOf({ actor }))
        store.set(id, next)
        told.push(...tell.map(({ data }) => `${data.what}: ${data.answer}`))
        return next
      },
    },
    commands: {
      async runRunbook(runbook, component, options) {
        asked.push({ runbook, component, options })
        return result
      },
    },
    journal: {
      async setSwitch(...args) {
        switched.push(args)
      },
    },
  })
  return { orders, asked, switched, told }
}

describe('whose component it is', () => {
  it('may decide about its runs, and about no others', async () => {
    const leo = { component: { id: 'leo', by: 'words' as const } }
    const { orders } = house_([redOf({ id: 'and_1', ...polaris }), redOf({ id: 'and_2', ...leo })])
    expect(await orders.retry('and_1', { runbook: 'restart-process' }, chika)).toMatchObject({ acted: true })
    await expect(orders.retry('and_2', { runbook: 'restart-process' }, chika)).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('an order of an approver', () => {
  const andon = redOf({ id: 'and_1', ...polaris })

  it('is carried out, and then told', async () => {
    const { orders, asked, told } = house_([andon])
    expect(await orders.approve('and_1', { runbook: 'restart-process', member: 'polaris-1' }, dan)).toMatchObject({ acted: true })
    expect(asked).toEqual([
      {
        runbook: 'restart-process',
        component: 'polaris',
        options: { by: 'dan', member: 'polaris-1', reason: 'approved by Dan in and_1', dryRun: false },
      },
    ])
    expect(told).toEqual(['approve: run run_1 has begun'])
  })

  it('that the remediation refuses is told with the reason', async () => {
    const { orders, told } = house_([andon], { kind: 'refused', code: 'live-run', reason: 'one is under way' })
    expect(await orders.retry('and_1', { runbook: 'restart-process' }, dan)).toMatchObject({
      acted: false,
      answer: 'refused (live-run): one is under way',
    })
    expect(told).toEqual(['retry: refused (live-run): one is under way'])
  })

  it('stops automation of the component', async () => {
    const { orders, switched, told } = house_([andon])
    await orders.stop('and_1', { reason: 'let us look first' }, dan)
    expect(switched).toEqual([['polaris', true, 'Dan', 'let us look first (and_1)']])
    expect(told).toEqual(['stop: automation of polaris is off: let us look first'])
  })

  it('is followed to where the andon was merged into', async () => {
    const merged = redOf({
      id: 'and_0',
      ...polaris,
      state: { status: 'resolved', at: 0, by: { id: 'b', name: 'B' }, how: 'merged', cause: null, mergedInto: 'and_1', falseAlarm: false },
    })
    const { orders } = house_([merged, andon])
    expect((await orders.approve('and_0', { runbook: 'x' }, dan)).andon.id).toBe('and_1')
  })
})

describe('an order in a drill', () => {
  const drill = redOf({ id: 'and_1', ...polaris, drill: { scenario: 'practice' } })

  it('only says what would be done', async () => {
    const steps = [{ name: 'fence polaris-1' }, { name: 'promote polaris-2' }]
    const { orders, asked, told } = house_([drill], { kind: 'plan', runbook: 'failover', steps, reason: 'r' } as CommandResult)
    expect(await orders.approve('and_1', { runbook: 'failover' }, dan)).toMatchObject({ acted: false })
    expect(asked[0]?.options.dryRun).toBe(true)
    expect(told).toEqual(['approve: drill: this would be done: fence polaris-1, promote polaris-2'])
  })

  it('switches nothing off', async () => {
    const { orders, switched, told } = house_([drill])
    expect(await orders.stop('and_1', { reason: 'practice' }, dan)).toMatchObject({ acted: false })
    expect(switched).toEqual([])
    expect(told).toEqual(['stop: drill: automation of polaris would be switched off (practice)'])
  })
})

describe('an order is refused', () => {
  const refusal = async (andon: Andon, actor = dan, id = 'and_1') => {
    const { orders, asked, switched } = house_([andon])
    const errors = await Promise.all(
      [orders.approve(id, { runbook: 'x' }, actor), orders.retry(id, { runbook: 'x' }, actor), orders.stop(id, { reason: 'x' }, actor)].map(
        (order) => order.catch((error: unknown) => error),
      ),
    )
    expect([asked, switched]).toEqual([[], []])
    return errors.map((error) => (isFault(error) ? error.code : error))
  }

  it('of whoever is no approver', async () => {
    expect(await refusal(redOf({ id: 'and_1', ...polaris }), ben)).toEqual(['forbidden', 'forbidden', 'forbidden'])
  })

  it('while nobody knows the component', async () => {
    expect(await refusal(redOf({ id: 'and_1' }))).toEqual(['refused', 'refused', 'refused'])
  })

  it('of an andon that there is not', async () => {
    expect(await refusal(redOf({ id: 'and_1' }), dan, 'and_9')).toEqual(['not-found', 'not-found', 'not-found'])
  })
})
