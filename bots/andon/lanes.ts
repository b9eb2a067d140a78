import { type Andon, type Lane, limits, type Person } from './andon.ts'
import type { CommandEnv, Refusal } from './define.ts'
import { peopleIn } from './here.ts'

/** A lane that nobody has taken yet. */
export const newLane = (kind: string, title: string, { now, mint }: Pick<CommandEnv, 'now' | 'mint'>): Lane => ({
  id: mint('lane'),
  kind,
  title,
  status: 'open',
  owner: null,
  openedAt: now,
  dueAt: null,
  reports: [],
  outcome: null,
  endedAt: null,
  room: null,
})

/** A lane by its id, or by its kind when that means only one which is not done. */
export function findLane(andon: Andon, ref: string): Lane | Refusal {
  const byId = andon.lanes.find(({ id }) => id === ref)
  if (byId) return byId
  const byKind = andon.lanes.filter(({ kind, status }) => kind === ref && status !== 'done')
  if (byKind.length === 1) return byKind[0] as Lane
  const going = andon.lanes.filter(({ status }) => status !== 'done')
  const refuse = byKind.length > 1 ? `${byKind.length} lanes are of the kind "${ref}"` : `there is no lane "${ref}"`
  const hint = going.length > 0 ? `Lanes: ${going.map(({ id, title }) => `${id} (${title})`).join(', ')}.` : 'No lane is open; open one.'
  return { refuse, hint }
}

export const notALane = (found: Lane | Refusal): found is Refusal => 'refuse' in found

export const withLane = (andon: Andon, changed: Lane): Andon => ({
  ...andon,
  lanes: andon.lanes.map((lane) => (lane.id === changed.id ? changed : lane)),
})

/** The newest reports stay. */
export const reported = (lane: Lane, person: Person, text: string, at: number): Lane => ({
  ...lane,
  reports: [...lane.reports, { person, text, at }].slice(-limits.laneReports),
})

/** Up to so many, one room and replies to cards do. */
const oneRoomMost = 7

/** So many people that a lane may have a room of its own. */
export const crowded = (andon: Andon): boolean => peopleIn(andon).length > oneRoomMost

export const isDone = ({ title, owner }: Lane): Refusal => ({
  refuse: `the lane ${title} is done already${owner ? ` (${owner.name})` : ''}`,
  hint: 'Open a new one, if there is more to do.',
})
