import { andonSchema } from '../../core/catalog/schema-andon.ts'
import { fault } from '../../core/errors.ts'
import type { Actor, Andon, Lane, Person } from './andon.ts'
import { type AndonChange, type AndonCommand, type CommandEnv, type Refusal, refused } from './define.ts'
import { decidePull } from './pull.ts'

/** For tests of what is pure in the Andon: one that was pulled at `t0` by Aki, people to act, and a command as the desk does it. */

export const t0 = Date.UTC(2026, 10, 20, 1, 0, 0)
export const second = 1_000
export const minute = 60_000
export const day = 86_400_000

export const actorOf = (id: string, more: Partial<Actor> = {}): Actor => ({
  id,
  name: id.charAt(0).toUpperCase() + id.slice(1),
  via: 'slack',
  locale: 'en',
  rank: 'anyone',
  ...more,
})
export const [aki, ben, chika, dan] = [actorOf('aki'), actorOf('ben'), actorOf('chika'), actorOf('dan', { rank: 'approver' })]
const people: readonly Person[] = [aki, ben, chika, dan].map(({ id, name }) => ({ id, name }))

export const settingsOf = (more: object = {}) => andonSchema.parse(more)

/** By default a minute after the pull, and Ben acts. Ids are `lane_1`, `lane_2`, … in the order of their making. */
export function envOf({ settings, ...more }: Partial<Omit<CommandEnv, 'settings'>> & { settings?: object } = {}): CommandEnv {
  let minted = 0
  return {
    now: t0 + minute,
    actor: ben,
    mint: (prefix) => `${prefix}_${++minted}`,
    settings: settingsOf(settings),
    person: (ref) => people.find(({ id, name }) => [id, `@${id}`, name].includes(ref)) ?? null,
    components: new Set(['polaris', 'dipper', 'leo']),
    carrier: () => null,
    ...more,
  }
}

/** Yellow, as a pull of Aki at `t0` makes it; `more` stands over it. */
export function andonOf(more: Partial<Andon> = {}): Andon {
  const env = { ...envOf({ now: t0, actor: aki }), component: null, recurrence: { count: 0, last: null, lastAt: null, kaizenOpen: 0 } }
  return { ...decidePull({ text: 'Sessions drop in Tokyo' }, [], env).next, ...more }
}

/** Red since a minute, with a lead and the usual lanes. */
export const redOf = (more: Partial<Andon> = {}): Andon =>
  andonOf({
    state: { status: 'red', since: t0, reason: 'it is real' },
    roles: { lead: { person: { id: ben.id, name: ben.name }, at: t0 }, scribe: null, comms: null },
    call: null,
    updateDueAt: t0 + 30 * minute,
    lanes: [laneOf({ id: 'lane_logs', kind: 'logs', title: 'Logs' }), laneOf({ id: 'lane_range', kind: 'range', title: 'Range' })],
    marks: { human: t0, lead: t0, red: t0, room: null, resolved: null },
    ...more,
  })

export const laneOf = (more: Partial<Lane> = {}): Lane => ({
  id: 'lane_x',
  kind: 'other',
  title: 'Look there',
  status: 'open',
  owner: null,
  openedAt: t0,
  dueAt: null,
  reports: [],
  outcome: null,
  endedAt: null,
  room: null,
  ...more,
})

/** One command as the desk does it: its state, its input by its schema, its answer. */
export function apply<Input>(command: AndonCommand<Input>, andon: Andon, input: unknown, env: CommandEnv = envOf()): AndonChange | Refusal {
  const { status } = andon.state
  if (!command.when.includes(status)) return { refuse: `${command.name} makes no sense while it is ${status}`, hint: '' }
  const parsed = command.input.safeParse(input)
  if (!parsed.success) throw fault('bad-request', { problems: parsed.error.issues.map(({ message }) => message).join('; ') })
  return command.apply(andon, parsed.data, env)
}

/** The same, where it must not be refused; with the kinds of its entries. */
export function done<Input>(command: AndonCommand<Input>, andon: Andon, input: unknown, env?: CommandEnv) {
  const answer = apply(command, andon, input, env)
  if (refused(answer)) throw fault('internal', { problem: `refused: ${answer.refuse}` })
  return { ...answer, kinds: answer.tell.map(({ kind }) => kind) }
}
