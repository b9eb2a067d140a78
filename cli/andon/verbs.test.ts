import { expect, test } from 'vitest'
import { andonCommands } from '../../bots/andon/commands/registry.ts'
import type { AnyAndonCommand } from '../../bots/andon/define.ts'
import { keys } from './keys.ts'
import { labelsOf } from './labels.ts'
import { burning, start } from './sample.ts'
import type { Given, Order } from './typed.ts'
import { verbs } from './verbs.ts'

const commands = (andonCommands as readonly AnyAndonCommand[]).filter(({ needs }) => needs !== 'nobody')
/** Routes that are no commands: several andons at once, or the platform itself. */
const services = ['split', 'approve', 'retry', 'stop']
const now = start + 600_000
const kaizen = {
  id: 'kai_1',
  text: 'watch the queue',
  owner: null,
  dueAt: null,
  kind: 'task',
  status: 'open',
  result: null,
  openedAt: '',
  endedAt: null,
  chased: 0,
}
const andon = { ...burning, kaizen: [kaizen as (typeof burning.kaizen)[number]] }

const order = (words: string, typed: string[], given: Given = {}): Order => {
  const verb = verbs.find((one) => one.words === words)
  if (!verb) throw new Error(`no verb ${words}`)
  return verb.order(typed, given, andon, now)
}

/** The command that takes an order, and what it is given. */
function taken({ path, body }: Order): { name: string; problems: string | null } | undefined {
  for (const { name, path: template, input } of commands) {
    const named = [...template.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string)
    const found = new RegExp(`^${template.replaceAll(/\{\w+\}/g, '([^/]+)')}$`).exec(path)
    if (!found) continue
    // As it goes over the wire: what is undefined is not there.
    const sent = JSON.parse(JSON.stringify(body))
    const parsed = input.safeParse({ ...sent, ...Object.fromEntries(named.map((key, n) => [key, found[n + 1]])) })
    return { name, problems: parsed.success ? null : parsed.error.message }
  }
  return undefined
}

const full: Record<string, [typed: string[], given: Given]> = {
  join: [['Osaka,', 'too'], {}],
  escalate: [['it', 'grows'], {}],
  lead: [['ben'], { note: 'the pump is off' }],
  role: [['scribe', 'ben'], { note: 'x' }],
  component: [['polaris'], {}],
  severity: [['2'], {}],
  private: [['on'], {}],
  update: [['we', 'look'], { to: 'customers' }],
  note: [['the', 'pump', 'is', 'off'], { at: '10:15' }],
  told: [['Cars'], {}],
  resolve: [[], { how: 'rolled back', cause: 'a leak', falseAlarm: true }],
  reopen: [['it', 'is', 'back'], {}],
  thank: [['Ben'], {}],
  keep: [[], { days: '14' }],
  split: [['the', 'other', 'matter'], { component: 'leo' }],
  approve: [['restart-process'], { member: 'polaris-1' }],
  retry: [['restart-process'], {}],
  stop: [['we', 'do', 'it', 'by', 'hand'], {}],
  'lane open': [['the', 'router'], { kind: 'logs' }],
  'lane take': [['1'], { minutes: '30' }],
  'lane report': [['carrier', 'they', 'look'], {}],
  'lane done': [['1', 'nothing', 'there'], {}],
  'lane hand': [['1', 'aki'], {}],
  'lane room': [['1'], {}],
  'inquiry send': [['starlink', 'no', 'answers'], { from: '10:05', until: '10:15', text: 'Dear {sender}' }],
  'inquiry answer': [['starlink', 'they', 'mend', 'it'], { ticket: 'T-1' }],
  'inquiry close': [['1'], {}],
  'inquiry chased': [['1'], {}],
  'kaizen add': [['watch', 'the', 'queue'], { owner: 'aki', due: '2026-12-01', runbook: true }],
  'kaizen done': [['1', 'an', 'alert', 'now'], { dropped: true }],
  'kaizen hand': [['1', 'ben'], { due: '2026-12-24' }],
}

test.each(verbs.map(({ words }) => words))('"%s" is taken by a command, with everything that can be said', (words) => {
  const [typed, given] = full[words] ?? [[], {}]
  const sent = order(words, typed, given)
  if (services.includes(sent.path)) return
  expect(taken(sent)).toEqual({ name: expect.any(String), problems: null })
})

test('each command that people may send can be typed', () => {
  const typed = verbs.flatMap(({ words }) => taken(order(words, ...(full[words] ?? [[], {}])))?.name ?? [])
  expect([...typed].sort()).toEqual(commands.map(({ name }) => name).sort())
})

test('each key of the room is taken by a command', () => {
  for (const { order: make } of keys) {
    const sent = make('1 words', andon, labelsOf('en').problems)
    const again = 'problem' in sent ? make('1 30', andon, labelsOf('en').problems) : sent
    expect('path' in again && taken(again)?.problems).toBeNull()
  }
})

test('each option that is declared is used, and each that is used is declared', () => {
  for (const { words, options = [] } of verbs) {
    const declared = options.map(([flags]) =>
      (/--([a-z-]+)/.exec(flags)?.[1] ?? '').replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
    )
    const used = new Set<string>()
    const given = new Proxy(full[words]?.[1] ?? {}, {
      get(target, name: string) {
        used.add(name)
        return target[name]
      },
    })
    order(words, full[words]?.[0] ?? [], given)
    expect([...used].sort(), words).toEqual(declared.sort())
  }
})

test.each([
  ['2', 'lanes/lane_2/take'],
  ['carrier', 'lanes/lane_2/take'],
  ['Carrier', 'lanes/lane_2/take'],
  ['lane_2', 'lanes/lane_2/take'],
  ['Customer range', 'lanes/lane_3/take'],
])('the lane "%s"', (typed, path) => {
  expect(order('lane take', [typed]).path).toBe(path)
})

test('times are those of whoever types, and told with their offset', () => {
  const { body } = order('note', ['x'], { at: '2026-11-20T09:00+09:00' })
  expect(body).toMatchObject({ at: '2026-11-20T00:00:00.000Z' })
})

test.each([
  ['join', [], {}],
  ['resolve', [], {}],
  ['lane report', ['1'], {}],
  ['lane take', ['9'], {}],
  ['lane take', ['0'], {}],
  ['lane take', ['1'], { minutes: 'soon' }],
  ['inquiry send', [], {}],
  ['component', ['polaris', 'leo'], {}],
  ['severity', ['5'], {}],
  ['private', ['maybe'], {}],
  ['keep', [], { days: '0' }],
  ['note', ['x'], { at: 'noon' }],
] as [string, string[], Given][])('%s %j %j is wrong usage', (words, typed, given) => {
  expect(() => order(words, typed, given)).toThrow(expect.objectContaining({ code: 'usage' }))
})

test('nothing was wrong: no more words are needed', () => {
  expect(order('resolve', [], { falseAlarm: true }).body).toMatchObject({ how: 'Nothing was wrong', falseAlarm: true })
  expect(order('resolve', ['rolled', 'back']).body).toMatchObject({ how: 'rolled back' })
})
